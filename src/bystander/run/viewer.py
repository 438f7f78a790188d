"""Looking at one file: its pictures by number, pieces of its sound, from a child that decodes it.

For the page on which a person reviews a plan. The child opens the file once and keeps it; it is
confined as :mod:`bystander.run.child` says, writes nothing anywhere, and its answers are numbers,
JPEG and WAV, bounded in length. When it crashes or hangs, :class:`~bystander.errors.WorkerLost` is
raised, and the next question gets a new one, which opens the file anew.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bystander.geometry import Box
from bystander.media import Limits
from bystander.run.child import Allowance


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a file is, as far as a page that shows it must know.

    Attributes:
        kind: ``recording`` or ``photo``.
        width: Width of an upright frame in pixels, as boxes count them.
        height: Height of an upright frame in pixels.
        frames: How many frames there are.
        pixel_aspect: Width of a pixel over its height, upright.
        tick: Every frame's time is a multiple of this many seconds.
        runs: Ticks from one frame to the next, and how many times in a row: the counts together
            are one less than ``frames``. The first frame is at 0.
        duration: When the last frame ends, in seconds, as plans have it.
        rate: Frames per second as the file states it.
        has_sound: Whether there is sound that can be decoded.
        indexed: Whether any frame is found by seeking; if not, the file is decoded from its start.
        notes: What is to be known about what is shown, in words: why it is not indexed, what was
            done to the picture.
    """

    kind: Literal["recording", "photo"]
    width: int
    height: int
    frames: int
    pixel_aspect: Fraction
    tick: Fraction
    runs: tuple[tuple[int, int], ...]
    duration: Fraction
    rate: Fraction
    has_sound: bool
    indexed: bool
    notes: tuple[str, ...] = ()

    def times(self) -> list[Fraction]:
        """Return when every frame is shown, in seconds since the first, exactly.

        >>> facts = Facts(
        ...     kind="recording", width=2, height=2, frames=4, pixel_aspect=Fraction(1),
        ...     tick=Fraction(1, 50), runs=((2, 2), (3, 1)), duration=Fraction(1, 5),
        ...     rate=Fraction(25), has_sound=False, indexed=True,
        ... )
        >>> [str(at) for at in facts.times()]
        ['0', '1/25', '2/25', '7/50']
        """
        ticks = [0]
        for delta, count in self.runs:
            ticks += range(ticks[-1] + delta, ticks[-1] + delta * count + 1, delta)
        return [at * self.tick for at in ticks]


class Viewer:
    """Shows one file; use it as a context manager.

    Its methods may be called from any thread; one question is answered after the other.
    """

    def __init__(
        self,
        source: Path,
        *,
        salvage: bool = False,
        limits: Limits | None = None,
        allowance: Allowance | None = None,
    ) -> None:
        """Start a child, which gets ready meanwhile; the file is opened with the first question.

        Args:
            source: The recording or photo.
            salvage: Show what decodes of a damaged recording.
            limits: How much of the file is taken; ``None``: the usual.
            allowance: Memory and time of the child; ``None``: the usual memory, and half a minute.
        """
        self._source = source
        self._salvage = salvage
        self._limits = limits
        self._allowance = allowance
        self._lock = threading.Lock()

    @property
    def pid(self) -> int | None:
        """Number of the child, ``None`` if there is none now."""
        raise NotImplementedError

    def __enter__(self) -> Viewer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the child. What waits for it, in other threads, raises ``WorkerLost``."""

    def facts(self) -> Facts:
        """Return what the file is; every frame's time is learned first, which may take a while.

        Raises:
            FootageError: It cannot be opened, or does not decode.
            WorkerLost: The child crashed, hung or misbehaved. All methods may raise either.
        """
        raise NotImplementedError

    def digest(self) -> str:
        """Return the SHA-256 of the file in hexadecimal; reads all of it."""
        raise NotImplementedError

    def frame(
        self,
        index: int,
        *,
        width: int,
        boxes: Sequence[Box] = (),
        fill: str = "solid",
        part: Box | None = None,
        quality: int = 90,
    ) -> bytes:
        """Return a frame as JPEG: upright, with square pixels, in the colours of a usual screen.

        Args:
            index: Its number, from 0.
            width: Width of the result in pixels; the height follows. Never more than 4096, nor
                than *part* has in square pixels.
            boxes: What to hide, in pixels of the upright frame, exactly as rendering hides it.
                What of them is outside of the frame counts for nothing.
            fill: ``solid`` or ``soft``.
            part: What of the frame to show, widened to even pixels; ``None``: all of it.
            quality: As JPEG counts it, 1 to 100.

        Raises:
            ValueError: There is no such frame or fill, or *part* shows nothing of it.
        """
        raise NotImplementedError

    def crop(self, index: int, box: Box, *, width: int) -> bytes:
        """Return what lies in *box* as JPEG, *width* pixels wide however small it is.

        Raises:
            ValueError: There is no such frame, or *box* lies outside of it.
        """
        raise NotImplementedError

    def thumb(self, index: int, *, height: int) -> bytes:
        """Return the nearest frame at or before *index* that is quickly had, small, as JPEG.

        Raises:
            ValueError: There is no such frame.
        """
        raise NotImplementedError

    def waveform(self, buckets: int) -> tuple[NDArray[np.int8], Fraction]:
        """Return how loud the sound is over time; reads all of it, once.

        Args:
            buckets: Into how many equal stretches the time is divided, 1 to 200,000.

        Returns:
            Least and largest sample of every stretch, shape (buckets, 2), -127 to 127; and how many
            seconds all of them are, which is the duration of the picture. Zeros without sound.
        """
        raise NotImplementedError

    def sound(self, start: Fraction, end: Fraction) -> bytes:
        """Return the sound from *start* to *end* (seconds since the first frame) as WAV.

        Mono or stereo, 16 bits; silence where there is none. No more than 60 s at once.

        Raises:
            ValueError: It is more, or nothing.
        """
        raise NotImplementedError

    def follow(
        self, index: int, box: Box, *, step: Literal[1, -1], until: int | None = None
    ) -> Iterator[tuple[int, Box, float]]:
        """Yield where what *box* shows is in the frames that follow, or come before.

        Between two of them other questions are answered; who wants no more just stops.

        Args:
            index: The frame in which *box* was drawn, which is not yielded.
            box: What to follow, in pixels of the upright frame.
            step: 1: forwards, -1: backwards.
            until: Number of the last frame to look at; ``None``: the last, or first, there is.

        Yields:
            Number of the frame, the box in it, and how sure that is, 0 to 1. It ends where the
            thing is lost, at a cut, and at *until*.

        Raises:
            ValueError: There is no such frame, or *box* lies outside of it.
        """
        raise NotImplementedError
