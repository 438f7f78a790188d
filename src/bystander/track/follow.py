"""Following what a person drew a box around, from one frame to the next, as long as it is in view.

The patch in the box is searched for near where it is due, in brightness alone and at about
forty pixels, by normalised cross-correlation (Lewis, "Fast Normalized Cross-Correlation", 1995),
weighted so that the middle counts more than what shows of the ground at the corners; then a little
larger and smaller. The patch learns slowly from what is found, and only from what is sure; where
what was first drawn still fits, that decides the place, so that errors do not add up (Matthews,
Ishikawa, Baker, "The Template Update Problem", PAMI 26(6), 2004). What was found must lead back to
where it came from (Kalal, Mikolajczyk, Matas, "Forward-Backward Error", ICPR 2010).

When the patch is not there, or the shot ends, that is the end: it is not searched for again, nor
anywhere else. A patch is compared with the next frame of one continuous appearance and forgotten;
it says nothing about who or what is in it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bystander.geometry import Box
from bystander.records import Frame
from bystander.track.cuts import shows_another_shot
from bystander.watch import (
    FLAT,
    LOOK_HEIGHT,
    LOOK_WIDTH,
    Grey,
    correlation,
    pattern,
    sampled,
    weights,
)

_PATCH_PX = 40  # the longer side of the patch as it is compared
_LEAST_PX = 8  # the shorter one
_LOST = 0.5  # correlation below which the thing is not there
_SURE = 0.75  # above which the patch learns, and what was drawn decides
_LEARNS = 0.12  # how much of what is found goes into the patch
_SCALES = (1 / 1.03, 1.03)
_SCALE_GAIN = 0.004  # by how much another size must fit better
_REACH, _REACH_PX = 0.6, 12.0  # how far it is searched for: a share of the longer side, and pixels
_FARTHEST = 1.5  # in longer sides, however fast it was
_NEAR = 4  # pixels of the patch, to look closer
_STRAY = 0.12  # correlation that the end of the reach counts less
_BACK = 0.25  # how far off the way back may end, as a share of the longer side
_LEAST_SHOWN = 0.4  # share of the box within the frame


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """Where the thing is in one frame: ``confidence`` 0 to 1."""

    index: int
    at: Fraction
    box: Box
    confidence: float


@dataclass(frozen=True, slots=True)
class _Place:
    """A box by its centre and how large it is beside the first one."""

    x: float
    y: float
    scale: float


def follow(box: Box, frames: Iterable[Frame]) -> Iterator[Followed]:
    """Yield where what *box* shows in the first of *frames* is in those after it.

    Args:
        box: In pixels of the upright frame; what of it is outside counts for nothing.
        frames: In order, or backwards; none left out.

    Yields:
        One for each frame but the first. It ends with the frames, where the thing is lost or has
        left, and where the shot ends. A box without any pattern in it cannot be followed.
    """
    others = iter(frames)
    first = next(others, None)
    if first is None:
        return
    box = box.clipped(first.width, first.height)
    if box.empty:
        return
    following = _Following(box, first.planes[0], first.layout.bit_depth)
    if following.flat:
        return
    look = pattern(first.rgb(LOOK_WIDTH, LOOK_HEIGHT))
    for frame in others:
        before, look = look, pattern(frame.rgb(LOOK_WIDTH, LOOK_HEIGHT))
        if shows_another_shot(before, look):
            return
        found = following.go_on(frame.planes[0])
        if found is None:
            return
        place, confidence = found
        inside = place.clipped(frame.width, frame.height)
        if inside.area < _LEAST_SHOWN * place.area:
            return
        yield Followed(index=frame.index, at=frame.at, box=inside, confidence=confidence)


class _Following:
    """What is followed, and where it was last."""

    def __init__(self, box: Box, grey: NDArray[Any], bit_depth: int) -> None:
        self._size = box.width, box.height
        longer, shorter = max(self._size), min(self._size)
        # Pixels of the frame to one of the patch: never less than one.
        self._step = max(1.0, min(longer / _PATCH_PX, shorter / _LEAST_PX))
        columns, rows = (max(3, round(side / self._step)) for side in self._size)
        self._patch_size = rows, columns
        self._weights = weights(rows, columns)
        self._last = _Place(*box.centre, 1.0)
        self._speed = 0.0, 0.0
        self._grey = grey
        self._drawn = self._patch_at(grey, self._last)
        self._patch = self._drawn
        weighted = self._weights / self._weights.sum()
        mean = float((self._drawn * weighted).sum())
        spread = float(((self._drawn - mean) ** 2 * weighted).sum())
        self.flat = spread < FLAT * 4 ** (bit_depth - 8)

    def go_on(self, grey: NDArray[Any]) -> tuple[Box, float] | None:
        """Return where it is in the next picture, and how sure that is; ``None``: lost."""
        last = self._last
        longer = max(self._size) * last.scale
        fast = math.hypot(*self._speed)
        reach = min(_REACH * longer + _REACH_PX + fast, _FARTHEST * longer + _REACH_PX)
        due = _Place(last.x + self._speed[0], last.y + self._speed[1], last.scale)
        place, likeness = self._search(grey, self._patch, due, reach, stray=_STRAY)
        if likeness < _LOST:
            return None
        near = _NEAR * self._step * place.scale
        for scale in _SCALES:
            other = _Place(place.x, place.y, last.scale * scale)
            other, fits = self._search(grey, self._patch, other, near)
            if fits > likeness + _SCALE_GAIN:
                place, likeness = other, fits
        anchored, fits = self._search(grey, self._drawn, place, near)
        if fits >= _SURE:
            place, likeness = anchored, max(likeness, fits)
        here = self._patch_at(grey, place)
        back, _ = self._search(self._grey, here, _Place(last.x, last.y, last.scale), reach)
        if math.hypot(back.x - last.x, back.y - last.y) > _BACK * longer + self._step:
            return None
        if likeness >= _SURE:
            self._patch = (1 - _LEARNS) * self._patch + _LEARNS * here
        moved = place.x - last.x, place.y - last.y
        self._speed = (self._speed[0] + moved[0]) / 2, (self._speed[1] + moved[1]) / 2
        self._last, self._grey = place, grey
        return self._box(place), min(1.0, max(0.0, likeness))

    def _box(self, place: _Place) -> Box:
        wide, tall = (side * place.scale / 2 for side in self._size)
        return Box(place.x - wide, place.y - tall, place.x + wide, place.y + tall)

    def _patch_at(self, grey: NDArray[Any], place: _Place) -> Grey:
        return sampled(grey, (place.x, place.y), self._step * place.scale, self._patch_size)

    def _search(
        self, grey: NDArray[Any], patch: Grey, due: _Place, reach_px: float, stray: float = 0.0
    ) -> tuple[_Place, float]:
        """Return where *patch* fits best within *reach_px* of *due*, at its size, and how well."""
        step = self._step * due.scale
        reach = max(1, math.ceil(reach_px / step))
        rows, columns = (side + 2 * reach for side in self._patch_size)
        window = sampled(grey, (due.x, due.y), step, (rows, columns))
        fits = correlation(window, patch, self._weights)
        away = np.arange(-reach, reach + 1) / reach
        judged = fits - stray * (away[:, None] ** 2 + away[None, :] ** 2)
        y, x = divmod(int(judged.argmax()), fits.shape[1])
        dx, dy = _peak(judged[y], x), _peak(judged[:, x], y)
        place = _Place(due.x + (x + dx - reach) * step, due.y + (y + dy - reach) * step, due.scale)
        return place, float(fits[y, x])


def _peak(values: NDArray[np.float64], at: int) -> float:
    """Return how far off *at* the top of a parabola through it and its neighbours is."""
    if not 0 < at < len(values) - 1:
        return 0.0
    before, here, after = (float(value) for value in values[at - 1 : at + 2])
    bend = before - 2 * here + after
    return max(-0.5, min(0.5, (before - after) / (2 * bend))) if bend < 0 else 0.0
