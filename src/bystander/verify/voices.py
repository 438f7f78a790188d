"""Listening to the output: is it silent where it must be, in step, and free of speech elsewhere?

What is planned to be hidden is decoded and measured: silence must be silent and the tone nothing
but the tone, up to what a lossy codec does. It spreads what it codes over one window, so the first
and last window of a stretch are not held to that; but nowhere in it may there be anything like what
the original has there.
The rest is compared with the original, for the two must be in step, and listened to by one of those
who made the plan, with a higher bar: that finds what was left out of a plan or put in the wrong
place, not what nobody hears.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import zip_longest
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from bystander import media
from bystander.records import (
    LISTEN_HZ,
    TONE_HZ,
    TONE_LEVEL,
    Heard,
    Leak,
    Listener,
    Plan,
    Sound,
)
from bystander.timeline import Span, clock

NAME = "sound"
SPEECH = "speech"

# The longest window of the codecs written: AAC's (ISO/IEC 14496-3, 4.6.11); Opus's are shorter.
WINDOW = 2048
# Largest sample of silence, and of what is there besides the tone, after decoding. Measured: up to
# 0.004 and 0.005 next to white noise at full scale in Opus, 0.0001 and 0.001 next to speech.
SILENCE = 0.01
BESIDE_TONE = 0.02
# What was beneath shows if a piece is this much like it, and at least this share of its level.
# What a codec spreads into the first window is less (0.0034 of full scale next to speech), or not
# like it.
_PIECE = 1024
_ALIKE_BENEATH = 0.5
_SHARE_BENEATH = 0.2
_FAINTEST = 0.0003
# How sure the listener must be that somebody speaks outside of what was planned.
SURE = 0.5
UNSURE = 0.25
# Sound is in step if it is most like the original's when it is moved by no more than this.
IN_STEP_S = Fraction(1, 1000)
_SEARCHED_S = Fraction(1, 5)
_ALIKE = 0.9
_LIKE_ENOUGH = 0.5
_LOUD_ENOUGH = 0.001
# The last packet of AAC is padded to its length; MP4 states where sound ends to the millisecond.
LONGER = 1024
_MOST_LISTED = 20


class Hearing:
    """Hears output and original together, as much at a time as is asked for."""

    def __init__(
        self, plan: Plan, output: media.Footage, original: media.Footage, listener: Listener | None
    ) -> None:
        """Begin.

        Args:
            plan: Says when sound is hidden.
            output: The new recording; it has sound.
            original: The recording it was made from.
            listener: Listens outside of that; ``None``: the plan keeps voices.
        """
        self._plan, self._listener = plan, listener
        self.listens = listener is not None
        self._spans = (plan.speech or ()) if plan.hides_speech else ()
        self._rate, layout = media.sound_form(output, media.container_for(output.path))
        self._pairs = zip_longest(
            _seconds(media.read_sound(original, self._rate, layout), self._rate),
            _seconds(media.read_sound(output, self._rate, layout), self._rate),
        )
        self._outside: Iterator[Sound] = (
            media.read_sound(output, LISTEN_HZ, None, self._blanked) if listener else iter(())
        )
        self._second = 0
        self._lengths = [0, 0]
        self._loud: list[Leak] = []
        self._late: list[Leak] = []
        self._heard: tuple[Heard, ...] | None = None
        self.compared = 0
        self.silent = 0

    def up_to(self, at: Fraction | None) -> None:
        """Hear what comes before *at*, or all that is left.

        Raises:
            DamagedFootage: Sound does not decode.
        """
        while at is None or self._second < at:
            pair = next(self._pairs, None)
            if pair is None:
                break
            self._compare(*pair)
        if self._listener is not None:
            for sound in self._outside:
                self._listener.hear(sound)
                if at is not None and sound.at >= at:
                    break

    def looked_at(self) -> str:
        """Return what was measured, in words."""
        original, output = (count / self._rate for count in self._lengths)
        hidden = ""
        if self._spans:
            what = "the tone" if self._plan.policy.audio == "tone" else "silence"
            hidden = f"; {what} in {self.silent / self._rate:.1f} s of {len(self._spans)} stretches"
        return (
            f"{output:.3f} s of sound, {original:.3f} s in the original; in step in "
            f"{self.compared} seconds that could be compared{hidden}"
        )

    def listened_to(self) -> str:
        """Return what was listened to, in words."""
        doubts = len(self.unsure())
        name = self._listener.name if self._listener else "nobody"
        apart = f"; {doubts} moments that may be speech are listed apart" if doubts else ""
        return f"all sound outside of the planned stretches, by {name}{apart}"

    def leaks(self) -> list[Leak]:
        """Return what is wrong with the sound; call after the last of it."""
        original, output = self._lengths
        found = [*self._loud, *self._late]
        if not -self._rate * IN_STEP_S <= output - original <= LONGER:
            much = abs(original - output) / self._rate
            longer = "longer" if output > original else "shorter"
            found.append(Leak(check=NAME, what=f"the sound is {much:.3f} s {longer} than it was"))
        return found

    def spoken(self) -> list[Leak]:
        """Return where somebody is surely heard outside of the plan; call after the last of it."""
        return [
            Leak(check=SPEECH, what=f"somebody may speak at {clock(one.span.start)}", span=one.span)
            for one in self._all_heard()
            if one.score >= SURE
        ]

    def unsure(self) -> tuple[Span, ...]:
        """Return where something was heard that may be speech; call after the last of it."""
        return tuple(one.span for one in self._all_heard() if one.score < SURE)

    def _all_heard(self) -> tuple[Heard, ...]:
        if self._heard is None:
            self._heard = self._listener.finish() if self._listener else ()
        return tuple(one for one in self._heard if one.score >= UNSURE)

    def _blanked(self, sound: Sound) -> Sound:
        samples = sound.samples.copy()
        samples[:, self._inside(sound, 0)] = 0
        return replace(sound, samples=samples)

    def _inside(self, sound: Sound, margin: int) -> NDArray[np.bool_]:
        """Return which samples lie in what is hidden, *margin* samples or more from its ends."""
        rate, count = sound.rate_hz, sound.samples.shape[1]
        start = round(sound.at * rate)
        hidden = np.zeros(count, dtype=np.bool_)
        for span in self._spans:
            first = floor(span.start * rate) - start + margin
            last = ceil(span.end * rate) - start - margin
            if first < count and last > 0:
                hidden[max(first, 0) : last] = True
        return hidden

    def _compare(
        self, original: NDArray[np.float32] | None, output: NDArray[np.float32] | None
    ) -> None:
        at = Fraction(self._second)
        self._second += 1
        for place, samples in enumerate((original, output)):
            self._lengths[place] += 0 if samples is None else samples.shape[1]
        if output is None or original is None:
            return  # how much longer one may be is checked at the end
        count = min(original.shape[1], output.shape[1])
        # At the very end a codec has one window less to be exact with.
        exact = count if count == self._rate else max(0, count - WINDOW)
        self._listen_inside(Sound(at=at, rate_hz=self._rate, samples=output[:, :exact]))
        self._look_beneath(at, original[:, :count], output[:, :count])
        before = self._blanked(Sound(at=at, rate_hz=self._rate, samples=original[:, :count]))
        after = self._blanked(Sound(at=at, rate_hz=self._rate, samples=output[:, :count]))
        moved = _moved(before.samples, after.samples, self._rate)
        if moved is not None:
            self.compared += 1
            if abs(moved) > IN_STEP_S and len(self._late) < _MOST_LISTED:
                what = f"the sound is {float(moved) * 1000:+.1f} ms out of step at {clock(at)}"
                self._late.append(Leak(check=NAME, what=what, span=Span(at, at + 1)))

    def _listen_inside(self, sound: Sound) -> None:
        inside = self._inside(sound, WINDOW)
        if not inside.any():
            return
        self.silent += int(inside.sum())
        most = BESIDE_TONE if self._plan.policy.audio == "tone" else SILENCE
        left = float(np.abs(self._besides(sound)[:, inside]).max())
        if not left <= most:
            self._note_loud(sound.at, "something else")

    def _look_beneath(
        self, at: Fraction, original: NDArray[np.float32], output: NDArray[np.float32]
    ) -> None:
        sound = Sound(at=at, rate_hz=self._rate, samples=output)
        inside = self._inside(sound, 0)
        if not inside.any():
            return
        left = self._besides(sound)
        for start in range(0, output.shape[1], _PIECE):
            here = np.flatnonzero(inside[start : start + _PIECE]) + start
            if here.size < _PIECE // 4:
                continue
            beneath = original[:, here].astype(np.float64)
            energy = float((beneath**2).sum())
            product = float((left[:, here] * beneath).sum())
            alike = product / max(1e-12, np.sqrt(energy * float((left[:, here] ** 2).sum())))
            faint = energy < _FAINTEST**2 * beneath.size
            if not faint and alike > _ALIKE_BENEATH and product > _SHARE_BENEATH * energy:
                self._note_loud(at, "what was there")
                return

    def _besides(self, sound: Sound) -> NDArray[np.float64]:
        """Return what *sound* has besides the tone, if there should be one."""
        if self._plan.policy.audio != "tone":
            return sound.samples.astype(np.float64)
        numbers = np.arange(sound.samples.shape[1]) + round(sound.at * sound.rate_hz)
        turns = numbers * TONE_HZ % sound.rate_hz / sound.rate_hz
        return np.asarray(sound.samples - TONE_LEVEL * np.sin(2 * np.pi * turns))

    def _note_loud(self, at: Fraction, what: str) -> None:
        if len(self._loud) < _MOST_LISTED:
            what = f"a planned stretch of sound still holds {what} at {clock(at)}"
            self._loud.append(Leak(check=NAME, what=what, span=Span(at, at + 1)))


def _seconds(pieces: Iterator[Sound], rate_hz: int) -> Iterator[NDArray[np.float32]]:
    """Yield the sound second by second."""
    waiting: list[NDArray[np.float32]] = []
    count = 0
    for piece in pieces:
        waiting.append(piece.samples)
        count += piece.samples.shape[1]
        if count >= rate_hz:
            joined = np.concatenate(waiting, axis=1)
            while joined.shape[1] >= rate_hz:
                yield joined[:, :rate_hz]
                joined = joined[:, rate_hz:]
            waiting, count = [joined], joined.shape[1]
    if count:
        yield np.concatenate(waiting, axis=1)


def _moved(
    before: NDArray[np.float32], after: NDArray[np.float32], rate_hz: int
) -> Fraction | None:
    """Return by how many seconds *after* comes late; ``None`` if the two cannot be compared.

    The circular cross-correlation, over all channels; where the sound repeats itself, as a hum
    does, the least movement at which the two are nearly as alike as at any.
    """
    power = float(np.sqrt((before**2).mean() * (after**2).mean()))
    if power < _LOUD_ENOUGH**2 or before.shape[1] < rate_hz // 4:
        return None
    size = before.shape[1] + ceil(_SEARCHED_S * rate_hz)
    spectrum = np.fft.rfft(after, size, axis=1) * np.fft.rfft(before, size, axis=1).conj()
    alike = np.fft.irfft(spectrum.sum(axis=0), size) / (power * before.size)
    reach = ceil(_SEARCHED_S * rate_hz)
    lags = np.arange(-reach, reach + 1)
    near = alike[lags]
    if near.max() < _LIKE_ENOUGH:
        return None
    good = lags[near >= _ALIKE * near.max()]
    return Fraction(int(good[np.abs(good).argmin()]), rate_hz)
