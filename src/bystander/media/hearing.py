"""Sound for a person who looks at footage: a piece of it to listen to, and how loud all of it is.

For listening only: nothing that is written is made from it. Time 0 is the first frame.
"""

from __future__ import annotations

import io
import math
import wave
from collections.abc import Callable
from fractions import Fraction

import av
import numpy as np
from numpy.typing import NDArray

from bystander.errors import DamagedFootage
from bystander.media.footage import Footage
from bystander.media.sound import decoded, decoded_sound
from bystander.media.tally import SoundTally
from bystander.records import Sound

LONGEST_S = 60
_SILENT_HZ = 8000  # of what is no sound at all
_MOST_HZ = 192_000
# Decoding begins this long before, for what a decoder gives first is not yet right.
_PREROLL_S = Fraction(1)
# What is silence, and what is full, by the kind of number.
_SCALES = {"u1": (128.0, 128.0), "i2": (0.0, 32_768.0), "i4": (0.0, 2_147_483_648.0)}
_JITTER_S = Fraction(3, 100)  # as sound is read elsewhere: less is no gap


def wav(footage: Footage, start: Fraction, end: Fraction) -> bytes:
    """Return the sound of *footage* from *start* to *end*, in seconds, as WAV.

    Mono or stereo, 16 bits. Silence before the first and after the last sample.

    Raises:
        ValueError: It is longer than a minute, or not longer than nothing.
        DamagedFootage: It does not decode, and salvage was not asked for.
    """
    if not 0 < end - start <= LONGEST_S:
        raise ValueError("sound is given for a minute at most")
    piece: _Piece | None = None
    if footage.has_sound:
        since = max(Fraction(0), start - _PREROLL_S)
        piece = _taken(footage, start, end, since if since else None)
        if since and (piece is None or piece.begins_late):
            piece = _taken(footage, start, end, None)
    if piece is None:
        piece = _Piece(start, end, rate_hz=_SILENT_HZ, channels=1)
    return piece.wav()


def loudness(
    footage: Footage,
    duration: Fraction,
    buckets: int,
    step: Callable[[], object] = lambda: None,
) -> NDArray[np.int8]:
    """Return the least and the largest sample of equal stretches of time.

    Args:
        footage: The recording; all of its sound is decoded, once.
        duration: How many seconds the stretches are together.
        buckets: How many there are.
        step: Called now and then.

    Returns:
        Shape (buckets, 2), -127 to 127, the channels together; zeros where there is no sound.

    Raises:
        DamagedFootage: It does not decode, and salvage was not asked for.
    """
    low, high = np.zeros(buckets, dtype=np.float32), np.zeros(buckets, dtype=np.float32)
    if footage.has_sound:
        per_second = buckets / float(duration)
        due = 0.0
        for frame in decoded(footage, SoundTally()):
            step()
            if frame.sample_rate < 1:
                continue
            at, least, largest = due, *_extremes(frame)
            if frame.pts is not None and frame.time_base is not None:
                at = float(frame.pts * frame.time_base - footage.start)
            due = at + len(least) / frame.sample_rate
            if due <= 0 or at >= float(duration):
                continue
            ends = int(at * per_second), int((due - 0.5 / frame.sample_rate) * per_second)
            if at >= 0 and ends[0] == ends[1] < buckets:
                into, begins = np.array(ends[:1]), np.zeros(1, dtype=np.intp)
            else:
                times = at + np.arange(len(least)) / frame.sample_rate
                where = np.floor(times * per_second).astype(np.intp)
                inside = (where >= 0) & (where < buckets)
                where, least, largest = where[inside], least[inside], largest[inside]
                begins = np.flatnonzero(np.diff(where, prepend=-1))
                into = where[begins]
            if len(into):
                low[into] = np.minimum(low[into], np.minimum.reduceat(least, begins))
                high[into] = np.maximum(high[into], np.maximum.reduceat(largest, begins))
    both = np.nan_to_num(np.stack([low, high], axis=1)).clip(-1, 1)
    loud: NDArray[np.float32] = np.rint(both * 127)
    return loud.astype(np.int8)


def _extremes(frame: av.AudioFrame) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the least and largest of the channels at every sample, both of shape (n,)."""
    numbers = frame.to_ndarray()
    if not frame.format.is_planar:
        numbers = numbers.reshape(-1, frame.layout.nb_channels).T
    offset, scale = _SCALES.get(numbers.dtype.str[1:], (0.0, 1.0))
    least, largest = (
        (side.astype(np.float32) - np.float32(offset)) / np.float32(scale)
        for side in (numbers.min(axis=0), numbers.max(axis=0))
    )
    return least, largest


class _Piece:
    """A stretch of sound that is put together from what a decoder gives."""

    def __init__(self, start: Fraction, end: Fraction, *, rate_hz: int, channels: int) -> None:
        self.rate_hz = rate_hz
        self._start = start
        self._samples = np.zeros(
            (min(2, channels), max(1, math.ceil((end - start) * rate_hz))), dtype=np.float32
        )
        self._next: int | None = None
        self.begins_late = False

    def put(self, sound: Sound) -> None:
        """Add *sound* where it belongs."""
        samples = sound.samples
        channels = self._samples.shape[0]
        if samples.shape[0] != channels:
            samples = samples.mean(axis=0, keepdims=True)
        if sound.rate_hz != self.rate_hz:
            count = samples.shape[1] * self.rate_hz // sound.rate_hz
            samples = samples[:, np.arange(count) * sound.rate_hz // self.rate_hz]
        place = round((sound.at - self._start) * self.rate_hz)
        if self._next is None:
            self.begins_late = place > _JITTER_S * self.rate_hz
        elif abs(place - self._next) < _JITTER_S * self.rate_hz:
            place = self._next  # the count is the better clock
        self._next = place + samples.shape[1]
        first, last = max(0, place), min(self._samples.shape[1], self._next)
        if first < last:
            self._samples[:, first:last] = samples[:, first - place : last - place]

    def wav(self) -> bytes:
        """Return it as a file."""
        file = io.BytesIO()
        with wave.open(file, "wb") as target:
            target.setnchannels(self._samples.shape[0])
            target.setsampwidth(2)
            target.setframerate(self.rate_hz)
            numbers = np.rint(self._samples.T.clip(-1, 1) * 32767).astype("<i2")
            target.writeframes(numbers.tobytes())
        return file.getvalue()


def _taken(
    footage: Footage, start: Fraction, end: Fraction, since: Fraction | None
) -> _Piece | None:
    """Return the sound from *start* to *end*, decoded from *since* on; ``None``: nothing came."""
    piece: _Piece | None = None
    try:
        for sound, _ in decoded_sound(footage, SoundTally(), since):
            if sound.at >= end:
                break
            if piece is None:
                rate, channels = min(sound.rate_hz, _MOST_HZ), sound.samples.shape[0]
                piece = _Piece(start, end, rate_hz=rate, channels=channels)
            piece.put(sound)
    except (av.FFmpegError, DamagedFootage):
        if since is None:
            raise
        return None  # it cannot be sought in
    return piece
