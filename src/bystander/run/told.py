"""What is told of a file that is shown, and how far that is believed.

A child that has read a hostile file may say anything: see :mod:`bystander.run.child`.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import numpy as np

from bystander.geometry import Box
from bystander.records import Limits
from bystander.timeline import from_text

_MOST_TICKS = 1 << 53
_LONGEST_NUMBER = 60  # digits and a stroke


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Which file, and how it is opened."""

    source: Path
    salvage: bool
    limits: Limits
    cache_bytes: int


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
        for delta, times in self.runs:
            ticks += range(ticks[-1] + delta, ticks[-1] + delta * times + 1, delta)
        return [at * self.tick for at in ticks]


def read_facts(told: dict[str, Any], body: bytes, limits: Limits) -> Facts | None:
    """Return what was told, or ``None`` if it cannot be."""
    kind, notes = told.get("kind"), told.get("notes")
    width, height = told.get("width"), told.get("height")
    sound, indexed = told.get("has_sound"), told.get("indexed")
    aspect, tick, duration, rate = (
        read_number(told.get(name)) for name in ("pixel_aspect", "tick", "duration", "rate")
    )
    if (
        kind not in ("recording", "photo")
        or type(width) is not int
        or type(height) is not int
        or not 0 < width * height <= limits.pixels
        or width < 1
        or not isinstance(sound, bool)
        or not isinstance(indexed, bool)
        or not isinstance(notes, list)
        or not all(isinstance(note, str) for note in notes)
        or aspect is None
        or tick is None
        or duration is None
        or rate is None
        or len(body) % 16
    ):
        return None
    runs = np.frombuffer(body, dtype="<i8").reshape(-1, 2)
    if (runs < 1).any() or (runs > _MOST_TICKS).any():
        return None
    frames = 1 + sum(int(times) for _, times in runs)
    if frames > limits.frames:
        return None
    return Facts(
        kind=kind,
        width=width,
        height=height,
        frames=frames,
        pixel_aspect=aspect,
        tick=tick,
        runs=tuple((int(delta), int(times)) for delta, times in runs),
        duration=duration,
        rate=rate,
        has_sound=sound,
        indexed=indexed,
        notes=tuple(notes),
    )


def read_number(text: object) -> Fraction | None:
    """Return *text* as a positive number, or ``None`` if it is none."""
    if not isinstance(text, str) or len(text) > _LONGEST_NUMBER:
        return None
    try:
        number = from_text(text)
    except (ValueError, ZeroDivisionError):
        return None
    return number if number > 0 else None


def read_followed(row: object, facts: Facts) -> tuple[int, Box, float] | None:
    """Return one row of what was followed, or ``None`` if it cannot be."""
    if not isinstance(row, list) or len(row) != 6 or not all(type(n) is float for n in row):
        return None
    index, *sides, confidence = row
    box = Box(*sides)
    inside = box.clipped(facts.width, facts.height)
    if not index.is_integer() or not 0 <= confidence <= 1 or inside != box or box.empty:
        return None
    return int(index), box, confidence
