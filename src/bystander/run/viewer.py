"""Looking at one file: its pictures by number, pieces of its sound, from a child that decodes it.

For the page on which a person reviews a plan. The child opens the file once and keeps it; it is
confined as :mod:`bystander.run.child` says, writes nothing anywhere, and its answers are numbers,
JPEG and WAV, bounded in length. When it crashes or hangs, :class:`~bystander.errors.WorkerLost` is
raised, and the next question gets a new one, which opens the file anew.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import count
from pathlib import Path
from typing import Any, Literal, NoReturn

import numpy as np
from numpy.typing import NDArray

from bystander.errors import BystanderError, WorkerLost
from bystander.geometry import Box
from bystander.hide import FILLS
from bystander.media import CACHE_BYTES, LONGEST_S
from bystander.records import Limits
from bystander.run.child import SURPRISED, Allowance, Child
from bystander.run.told import Facts, Opening, read_facts, read_followed, read_number

_WORK = "bystander.run.showing"
_STALL_S = 30  # somebody waits
_MOST_BUCKETS = 200_000


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
        cache_mb: int = CACHE_BYTES >> 20,
    ) -> None:
        """Start a child, which gets ready meanwhile; the file is opened with the first question.

        Args:
            source: The recording or photo.
            salvage: Show what decodes of a damaged recording.
            limits: How much of the file is taken; ``None``: the usual.
            allowance: Memory and time of the child; ``None``: the usual memory, and half a minute.
            cache_mb: How much room decoded frames may take, in MiB, in the child.
        """
        self._opening = Opening(
            source=source,
            salvage=salvage,
            limits=limits or Limits(),
            cache_bytes=cache_mb << 20,
        )
        allowance = allowance or Allowance(stall_s=_STALL_S)
        self._child = Child((), allowance=allowance, sockets=False, work=_WORK)
        self._lock = threading.Lock()
        self._closed = False
        self._known: Facts | None = None
        self._numbers = count()

    @property
    def pid(self) -> int | None:
        """Number of the child, ``None`` if there is none now."""
        return self._child.pid

    @property
    def given_up(self) -> tuple[str, ...]:
        """What the child cannot do, as it said when it was ready: of ``writing``, ``calls``."""
        return self._child.given_up

    def __enter__(self) -> Viewer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the child. What waits for it, in other threads, raises ``WorkerLost``."""
        self._closed = True
        self._child.kill()
        with self._lock:
            self._child.end()

    def facts(self) -> Facts:
        """Return what the file is; every frame's time is learned first, which may take a while.

        Raises:
            FootageError: It cannot be opened, or does not decode.
            WorkerLost: The child crashed, hung or misbehaved. All methods may raise either.
        """
        if self._known is None:
            told, body = self._ask("facts")
            self._known = read_facts(told, body, self._opening.limits) or self._surprised()
        return self._known

    def digest(self) -> str:
        """Return the SHA-256 of the file in hexadecimal; reads all of it."""
        told, _ = self._ask("digest", waits_for=self._opening.source)
        digest = told.get("sha256")
        if not isinstance(digest, str) or not re.fullmatch("[0-9a-f]{64}", digest):
            self._surprised()
        return str(digest)

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
        if fill not in FILLS:
            raise ValueError(f"there is no fill {fill}")
        return self._picture(
            "frame",
            index,
            within=part,
            width=width,
            boxes=list(boxes),
            fill=fill,
            part=part,
            quality=max(1, min(100, quality)),
            enlarge=False,
        )

    def crop(self, index: int, box: Box, *, width: int) -> bytes:
        """Return what lies in *box* as JPEG, *width* pixels wide however small it is.

        Raises:
            ValueError: There is no such frame, or *box* lies outside of it.
        """
        return self._picture(
            "frame",
            index,
            within=box,
            width=width,
            boxes=[],
            fill="solid",
            part=box,
            quality=90,
            enlarge=True,
        )

    def thumb(self, index: int, *, height: int) -> bytes:
        """Return the nearest frame at or before *index* that is quickly had, small, as JPEG.

        Raises:
            ValueError: There is no such frame.
        """
        return self._picture("thumb", index, height=max(1, min(1024, height)))

    def waveform(self, buckets: int) -> tuple[NDArray[np.int8], Fraction]:
        """Return how loud the sound is over time; reads all of it, once.

        Args:
            buckets: Into how many equal stretches the time is divided, 1 to 200,000.

        Returns:
            Least and largest sample of every stretch, shape (buckets, 2), -127 to 127; and how many
            seconds all of them are, which is the duration of the picture. Zeros without sound.

        Raises:
            ValueError: There are fewer or more stretches than that.
        """
        if not 0 < buckets <= _MOST_BUCKETS:
            raise ValueError(f"1 to {_MOST_BUCKETS} stretches can be asked for")
        told, body = self._ask("waveform", buckets=buckets)
        duration = read_number(told.get("duration"))
        if duration is None or len(body) != 2 * buckets:
            self._surprised()
        return np.frombuffer(body, dtype=np.int8).reshape(buckets, 2), duration or Fraction(0)

    def sound(self, start: Fraction, end: Fraction) -> bytes:
        """Return the sound from *start* to *end* (seconds since the first frame) as WAV.

        Mono or stereo, 16 bits; silence where there is none. No more than 60 s at once.

        Raises:
            ValueError: It is more, or nothing.
        """
        if not 0 < end - start <= LONGEST_S:
            raise ValueError(f"sound is given for {LONGEST_S} seconds at most")
        _, body = self._ask("sound", start=start, end=end)
        if body[:4] != b"RIFF" or body[8:12] != b"WAVE":
            self._surprised()
        return body

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
        facts = self._check(index, box)
        last = facts.frames - 1 if step > 0 else 0
        until = last if until is None else max(0, min(facts.frames - 1, until))
        return self._followed(facts, index, box, step, until)

    def _followed(
        self, facts: Facts, index: int, box: Box, step: int, until: int
    ) -> Iterator[tuple[int, Box, float]]:
        number, begins, over = next(self._numbers), (index, box), False
        last = index
        while not over and (until - index) * step > 0:
            told, _ = self._ask(
                "follow",
                number=number,
                begins=begins if last == index else None,
                step=step,
                until=until,
            )
            over = told.get("over") is not False
            found = told.get("found")
            for row in found if isinstance(found, list) else self._surprised():
                one = read_followed(row, facts)
                if one is None or one[0] != last + step:
                    self._surprised()
                else:
                    last = one[0]
                    yield one
            if not found and not over:
                self._surprised()

    def _picture(
        self, verb: str, index: int, *, within: Box | None = None, **arguments: Any
    ) -> bytes:
        self._check(index, within)
        _, body = self._ask(verb, index=index, **arguments)
        if body[:3] != b"\xff\xd8\xff" or body[-2:] != b"\xff\xd9":
            self._surprised()
        return body

    def _check(self, index: int, part: Box | None) -> Facts:
        facts = self.facts()
        if not 0 <= index < facts.frames:
            raise ValueError(f"there is no frame {index}")
        if part is not None and part.clipped(facts.width, facts.height).empty:
            raise ValueError("that part is outside of the frame")
        return facts

    def _ask(
        self, verb: str, *, waits_for: Path | None = None, **arguments: Any
    ) -> tuple[dict[str, Any], bytes]:
        with self._lock:
            if self._closed:
                raise WorkerLost("the viewer was closed")
            try:
                return self._child.fetch(
                    None, verb, waits_for=waits_for, opening=self._opening, **arguments
                )
            except BystanderError:
                self._known = None  # it may be another file by now
                raise

    def _surprised(self) -> NoReturn:
        with self._lock:
            self._child.end()
        raise WorkerLost(SURPRISED)
