"""Whether what is planned to be hidden in the sound is gone: by its level, and by likeness.

A lossy codec is fed silence or the tone there, and gives back nearly that. It spreads what it codes
over one window, so the first and last window of a stretch are held to likeness alone. Further in,
AAC gives silence back as silence, to the last bit; Opus leaves the slow end of its high-pass filter
(3 Hz). So slow movements are taken out of every piece before it is measured, and where the tone
should be, a tone of its frequency. What is left is measured; and nowhere may it be like what the
original has there, upside down or a little late as well. Over a second, likeness shows far below
the level at which it could be heard.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from bystander.records import TONE_HZ, TONE_LEVEL, Plan, Sound, stretches

# The longest window of the codecs written: AAC's (ISO/IEC 14496-3, 4.6.11); Opus's are shorter.
WINDOW = 2048
# Largest sample that may be left of silence, and beside the tone. Measured: 0.0006 next to white
# noise at full scale in Opus, 0.00001 next to speech, 0 in AAC; beside the tone 0.0016.
SILENCE = 0.001
BESIDE_TONE = 0.003
# And of what is taken out before: the slow end of a filter is as large as what it ends, and tells
# no more of it; the tone is nearly as loud as it was made.
_SLOW = 0.25
_NOT_FITTED = 0.05
_OFF_THE_TONE = 0.02
_PIECE = 1024
_SHORTEST = 256
# Least likeness that is none of chance, over a quarter of a second or more. Measured: up to 0.07
# with the tone. In silence what is measured is so little (less than _NOTHING) or, from Opus, low
# hum: up to 0.4 at a level of 0.00001.
_ALIKE = {"tone": 0.25, "mute-speech": 0.5}
_ALIKE_SHORT = 0.6
_NOTHING = 0.00002
# In the windows at the ends, likeness counts from this share of the original's level on. Measured:
# what codecs spread into them has up to 0.01 of it and is like it, or more and is not.
_ALIKE_AT_ENDS = 0.5
# The tone fades, and what is left of it can be like a note beneath it.
_SHARE_AT_ENDS = {"tone": 0.2, "mute-speech": 0.03}
_NEAR_TONE_HZ = 200
_TOO_LITTLE = 0.05
# How late or early a copy is found.
_LATE_S = 0.1
_LATE_SHORT = 16

Samples = NDArray[np.float64]


class Hushed:
    """Looks at what is planned to be hidden, second by second.

    Attributes:
        measured: Samples that were held to the level of silence, or of what is beside the tone.
    """

    def __init__(self, plan: Plan) -> None:
        """Prepare to look where *plan* hides speech."""
        self._spans = (plan.speech or ()) if plan.hides_speech else ()
        self._audio = plan.policy.audio
        self.measured = 0

    def holds(self, output: Sound, original: Sound, exact: int) -> str | None:
        """Return what the planned stretches in *output* still hold, in words, or ``None``.

        Args:
            output: A second of the output's sound, or less at its end.
            original: The same of the original.
            exact: How many samples of it are held to the level; the rest to likeness alone.
        """
        inside = self.inside(output, 0)
        if not inside.any():
            return None
        deep = self.inside(output, WINDOW)
        deep[exact:] = False
        left = self._besides(output)
        there = original.samples.astype(np.float64)
        start = round(output.at * output.rate_hz)
        held: list[tuple[Samples, Samples]] = []
        for piece in _pieces(deep):
            self.measured += piece.stop - piece.start
            rest = self._rest(left[:, piece], start + piece.start, output.rate_hz)
            most = BESIDE_TONE if self._audio == "tone" else SILENCE
            slow = left[:, piece] - without_slow(left[:, piece])
            off_the_tone = left[:, piece] - slow - rest
            # No cubic fits the end of a large filter to the last digit.
            most += _NOT_FITTED * float(np.abs(slow).max())
            limits = ((rest, most), (slow, _SLOW), (off_the_tone, _OFF_THE_TONE))
            # So that what is no number is not quiet.
            if not all(float(np.abs(part).max()) <= limit for part, limit in limits):
                return "something else"
            held.append((rest, self._rest(there[:, piece], start + piece.start, output.rate_hz)))
        if held and self._alike(held, output.rate_hz):
            return "what was there"
        for piece in _pieces(inside & ~deep):
            rest = self._rest(left[:, piece], start + piece.start, output.rate_hz)
            beneath = self._rest(there[:, piece], start + piece.start, output.rate_hz)
            if (beneath**2).sum() < _TOO_LITTLE * (there[:, piece] ** 2).sum():
                continue  # all that is there is slow, or of the tone's frequency
            share = np.sqrt((rest**2).sum() / max(1e-12, (beneath**2).sum()))
            like = likeness(rest, beneath, _LATE_SHORT)
            if share * like > _SHARE_AT_ENDS[self._audio] and like > _ALIKE_AT_ENDS:
                return "what was there"
        return None

    def inside(self, sound: Sound, margin: int) -> NDArray[np.bool_]:
        """Return which samples lie in what is hidden, *margin* samples or more from its ends."""
        hidden = np.zeros(sound.samples.shape[1], dtype=np.bool_)
        for first, last in stretches(self._spans, sound):
            hidden[max(first + margin, 0) : max(last - margin, 0)] = True
        return hidden

    def _besides(self, sound: Sound) -> Samples:
        """Return what *sound* has besides the tone, if there should be one."""
        if self._audio != "tone":
            return sound.samples.astype(np.float64)
        numbers = np.arange(sound.samples.shape[1]) + round(sound.at * sound.rate_hz)
        turns = numbers * TONE_HZ % sound.rate_hz / sound.rate_hz
        return np.asarray(sound.samples - TONE_LEVEL * np.sin(2 * np.pi * turns))

    def _alike(self, held: list[tuple[Samples, Samples]], rate_hz: int) -> bool:
        rest, beneath = (np.concatenate(parts, axis=1) for parts in zip(*held, strict=True))
        if np.sqrt(np.mean(rest**2)) < _NOTHING:
            return False
        if self._audio == "tone":  # what a codec adds to the tone is near it, and like a note there
            whole = float((beneath**2).sum())
            rest, beneath = (without_tone(samples, rate_hz) for samples in (rest, beneath))
            if float((beneath**2).sum()) < _TOO_LITTLE * whole:
                return False
        long = rest.shape[1] >= rate_hz // 4
        lags = round(_LATE_S * rate_hz) if long else _LATE_SHORT
        return likeness(rest, beneath, lags) > (_ALIKE[self._audio] if long else _ALIKE_SHORT)

    def _rest(self, samples: Samples, number: int, rate_hz: int) -> Samples:
        """Return *samples* less their slow movement, and less what is of the tone's frequency."""
        if self._audio != "tone":
            return without_slow(samples)
        count = samples.shape[1]
        turns = (np.arange(count) + number) * TONE_HZ % rate_hz / rate_hz * 2 * np.pi
        # Times the slope as well: the tone fades in and out.
        tones = [np.sin(turns), np.cos(turns)]
        slope = np.linspace(-1, 1, count)
        return without_slow(samples, *tones, *(slope * tone for tone in tones))


def without_slow(samples: Samples, *shapes: Samples) -> Samples:
    """Return *samples* less the cubic that fits each channel best, and less *shapes*."""
    at = np.linspace(-1, 1, samples.shape[1])
    basis, _ = np.linalg.qr(np.stack([*(at**power for power in range(4)), *shapes], axis=1))
    return np.asarray(samples - (samples @ basis) @ basis.T)


def without_tone(samples: Samples, rate_hz: int) -> Samples:
    """Return *samples* without what is within ``_NEAR_TONE_HZ`` of the tone."""
    count = samples.shape[1]
    far = np.abs(np.fft.rfftfreq(count, 1 / rate_hz) - TONE_HZ) > _NEAR_TONE_HZ
    return np.asarray(np.fft.irfft(np.fft.rfft(samples, axis=1) * far, count, axis=1))


def likeness(a: Samples, b: Samples, lags: int) -> float:
    """Return how alike *a* and *b* are, (channels, n) each, 0 to 1.

    The largest correlation by size, so that what is upside down is as alike, when one of them is
    moved by up to *lags* samples.
    """
    size = a.shape[1] + lags
    power = float(np.sqrt((a**2).sum() * (b**2).sum()))
    if power < 1e-12:
        return 0.0
    product = np.fft.rfft(a, size, axis=1) * np.fft.rfft(b, size, axis=1).conj()
    alike = np.fft.irfft(product.sum(axis=0), size)
    return float(np.abs(alike[np.arange(-lags, lags + 1)]).max()) / power


def _pieces(mask: NDArray[np.bool_]) -> Iterator[slice]:
    """Yield pieces of about ``_PIECE`` samples, none shorter than ``_SHORTEST``, of what is set."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    for first, last in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        count = max(1, (last - first) // _PIECE)
        if last - first < _SHORTEST:
            continue
        for number in range(count):
            begin, end = (first + (last - first) * n // count for n in (number, number + 1))
            yield slice(begin, end)
