"""Boxes in the upright frame: pixels, x right, y down, half-open, and what is done with them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle, ``x0 <= x < x1`` and ``y0 <= y < y1``, in pixels of the upright frame.

    >>> Box(2, 3, 6, 5).area
    8
    >>> Box(2, 3, 2, 5).empty
    True
    """

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        """Width in pixels, never negative."""
        return max(0, self.x1 - self.x0)

    @property
    def height(self) -> float:
        """Height in pixels, never negative."""
        return max(0, self.y1 - self.y0)

    @property
    def area(self) -> float:
        """Area in square pixels."""
        return self.width * self.height

    @property
    def empty(self) -> bool:
        """Whether no pixel lies inside."""
        return self.area == 0

    @property
    def centre(self) -> tuple[float, float]:
        """The middle, x and y in pixels."""
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    def intersection(self, other: Box) -> Box:
        """Return what both cover; empty when they do not meet."""
        x0, y0 = max(self.x0, other.x0), max(self.y0, other.y0)
        return Box(x0, y0, max(x0, min(self.x1, other.x1)), max(y0, min(self.y1, other.y1)))

    def hull(self, other: Box) -> Box:
        """Return the smallest box around both; an empty box adds nothing."""
        if self.empty:
            return other
        if other.empty:
            return self
        return Box(
            min(self.x0, other.x0),
            min(self.y0, other.y0),
            max(self.x1, other.x1),
            max(self.y1, other.y1),
        )

    def iou(self, other: Box) -> float:
        """Return intersection over union, 0 to 1; an empty box overlaps nothing."""
        shared = self.intersection(other).area
        return shared / (self.area + other.area - shared) if shared else 0.0

    def moved_towards(self, other: Box, share: float) -> Box:
        """Return the box *share* (0 to 1) of the straight way from this one to *other*."""
        return Box(
            self.x0 + (other.x0 - self.x0) * share,
            self.y0 + (other.y0 - self.y0) * share,
            self.x1 + (other.x1 - self.x1) * share,
            self.y1 + (other.y1 - self.y1) * share,
        )

    def snapped(self, step_px: int, origin: tuple[int, int] = (0, 0)) -> Box:
        """Return the smallest box around this one with its sides on a grid.

        Args:
            step_px: Distance between grid lines.
            origin: Where one crossing of the grid lies, x and y in pixels.

        >>> Box(17, 15.5, 30, 16.5).snapped(16)
        Box(x0=16, y0=0, x1=32, y1=32)
        """
        ox, oy = origin
        return Box(
            math.floor((self.x0 - ox) / step_px) * step_px + ox,
            math.floor((self.y0 - oy) / step_px) * step_px + oy,
            math.ceil((self.x1 - ox) / step_px) * step_px + ox,
            math.ceil((self.y1 - oy) / step_px) * step_px + oy,
        )

    def padded(self, by_px: float) -> Box:
        """Return the box with every side moved outwards by *by_px*."""
        return Box(self.x0 - by_px, self.y0 - by_px, self.x1 + by_px, self.y1 + by_px)

    def clipped(self, width: int, height: int) -> Box:
        """Return what of the box lies inside a frame of *width* x *height* pixels."""
        return self.intersection(Box(0, 0, width, height))


def around(boxes: Sequence[Box]) -> Box:
    """Return the smallest box around all of *boxes*, one or more; empty ones add nothing.

    >>> around([Box(0, 0, 2, 2), Box(1, 1, 3, 5), Box(9, 9, 9, 9)])
    Box(x0=0, y0=0, x1=3, y1=5)
    """
    if len(boxes) == 1:
        return boxes[0]
    shown = [box for box in boxes if box.x0 < box.x1 and box.y0 < box.y1] or boxes[-1:]
    return Box(
        min([box.x0 for box in shown]),
        min([box.y0 for box in shown]),
        max([box.x1 for box in shown]),
        max([box.y1 for box in shown]),
    )


# One thing at two moments lies no further apart than this share of its height and these pixels, and
# is no more than this many times as high: what lies between is then well inside the head region.
_MOST_MOVED, _MOST_MOVED_PX = 0.5, 8
_MOST_RESIZED = 1.5


def goes_on(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return for every box in *a* and every box in *b* whether one plainly goes on from the other.

    Args:
        a: Boxes, shape (N, 4), as x0 y0 x1 y1 in pixels.
        b: Boxes, shape (M, 4), likewise, a fraction of a second later or earlier.

    Returns:
        Shape (N, M).

    >>> goes_on(np.array([[0., 0, 10, 10]]), np.array([[12., 0, 22, 10], [40, 0, 50, 10]]))
    array([[ True, False]])
    """
    return near(a, b, heights=_MOST_MOVED, px=_MOST_MOVED_PX)


def near(
    a: NDArray[np.float64], b: NDArray[np.float64], *, heights: float, px: float
) -> NDArray[np.bool_]:
    """Return for every box in *a* and every box in *b* whether they are near and of about one size.

    Args:
        a: Boxes, shape (N, 4), as x0 y0 x1 y1 in pixels.
        b: Boxes, shape (M, 4), likewise.
        heights: How far apart their middles may be, in heights of the lower one.
        px: As many pixels besides.

    Returns:
        Shape (N, M).
    """
    tall_a, tall_b = (a[:, 3] - a[:, 1])[:, None], (b[:, 3] - b[:, 1])[None, :]
    low, high = np.minimum(tall_a, tall_b), np.maximum(tall_a, tall_b)
    centres_a, centres_b = ((sides[:, :2] + sides[:, 2:]) / 2 for sides in (a, b))
    moved_x, moved_y = (
        np.abs(centres_a[:, None, axis] - centres_b[None, :, axis]) for axis in (0, 1)
    )
    moved = np.maximum(moved_x, moved_y)
    is_near: NDArray[np.bool_] = (high <= _MOST_RESIZED * low) & (moved <= heights * low + px)
    return is_near


def sides(boxes: Iterable[Box]) -> NDArray[np.float64]:
    """Return *boxes* as an array, shape (N, 4)."""
    rows = [(box.x0, box.y0, box.x1, box.y1) for box in boxes]
    return np.array(rows, dtype=np.float64).reshape(-1, 4)


def iou(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the intersection over union of every box in *a* with every box in *b*.

    Args:
        a: Boxes, shape (N, 4), as x0 y0 x1 y1 in pixels.
        b: Boxes, shape (M, 4), likewise.

    Returns:
        Shape (N, M), each in [0, 1]. An empty box overlaps nothing: 0.

    >>> iou(np.array([[0., 0, 4, 4]]), np.array([[0., 0, 4, 4], [2, 0, 6, 4], [9, 9, 9, 9]]))
    array([[1.        , 0.33333333, 0.        ]])
    """
    of_a, of_b = a.T.copy(), b.T.copy()  # side by side in memory: twice as fast
    left_a, top_a, right_a, bottom_a = of_a[:, :, None]
    left_b, top_b, right_b, bottom_b = of_b
    meets = (left_a < right_b) & (left_b < right_a) & (top_a < bottom_b) & (top_b < bottom_a)
    # In a crowd few of a million pairs meet: the others are left out of the sums.
    pairs = np.flatnonzero(meets)  # much faster than by row and column
    first = pairs // max(1, len(b))
    second = pairs - first * len(b)
    left_a, top_a, right_a, bottom_a = of_a[:, first]
    left_b, top_b, right_b, bottom_b = of_b[:, second]
    wide = np.minimum(right_a, right_b) - np.maximum(left_a, left_b)
    tall = np.minimum(bottom_a, bottom_b) - np.maximum(top_a, top_b)
    # What is empty may lie between another's sides, and shares nothing all the same.
    shared = np.maximum(wide, 0) * np.maximum(tall, 0)
    area_a = np.maximum(right_a - left_a, 0) * np.maximum(bottom_a - top_a, 0)
    area_b = np.maximum(right_b - left_b, 0) * np.maximum(bottom_b - top_b, 0)
    share = np.zeros(meets.shape)
    share.ravel()[pairs] = shared / np.maximum(area_a + area_b - shared, _TINY)
    return share


_TINY = float(np.finfo(np.float64).tiny)


def block_means(values: NDArray[Any], block: int) -> NDArray[np.float64]:
    """Return the mean of every block of *block* x *block* values; those at the ends may be smaller.

    >>> block_means(np.arange(6).reshape(2, 3), 2)
    array([[2. , 3.5]])
    """
    rows, columns = (np.arange(0, side, block) for side in values.shape)
    if values.dtype.kind in "iu" and values.dtype.itemsize <= 2:
        sums: NDArray[Any] = _block_sums(values, block)
    else:
        sums = np.add.reduceat(values, rows, axis=0, dtype=np.float64)
        sums = np.add.reduceat(sums, columns, axis=1)
    heights = np.diff(np.append(rows, values.shape[0]))
    widths = np.diff(np.append(columns, values.shape[1]))
    means: NDArray[np.float64] = sums / (heights[:, None] * widths[None, :])
    return means


def _block_sums(values: NDArray[Any], block: int) -> NDArray[Any]:
    """Return the sum of every block of 8- or 16-bit integers, exact; see :func:`block_means`.

    Rows and columns that lie *block* apart are added as wholes, in the narrowest integers that hold
    the sum: several times as fast as to add up each block, in floating point, by itself.
    """
    small = values.dtype == np.uint8 and block * block * 255 <= np.iinfo(np.uint16).max
    wide = values.astype(np.uint16 if small else np.int64)
    for axis in (0, 1):
        lines = np.moveaxis(wide, axis, 0)
        sums = lines[::block].copy()
        for number in range(1, min(block, len(lines))):
            further = lines[number::block]
            np.add(sums[: len(further)], further, out=sums[: len(further)])
        wide = np.moveaxis(sums, 0, axis)
    return wide


_STEPS = (np.arange(32) + 0.5) / 32
_FIRST, _LAST = float(_STEPS[0]), float(_STEPS[-1])


def covered_share(box: Box, by: list[Box]) -> float:
    """Return how much of *box* the boxes in *by* cover together, 0 to 1.

    Counted on a grid of 32 x 32 points, so a sliver thinner than 1/32 of the box can go unseen.
    An empty box counts as covered.

    >>> covered_share(Box(0, 0, 10, 10), [Box(0, 0, 5, 10), Box(2, 0, 5, 10)])
    0.5
    """
    if box.empty:
        return 1.0
    width, height = box.width, box.height
    left, right = box.x0 + _FIRST * width, box.x0 + _LAST * width
    top, bottom = box.y0 + _FIRST * height, box.y0 + _LAST * height
    touching = [
        other
        for other in by
        if other.x0 <= right and left < other.x1 and other.y0 <= bottom and top < other.y1
    ]
    if not touching:
        return 0.0
    xs, ys = box.x0 + _STEPS * width, box.y0 + _STEPS * height
    inside = np.zeros((32, 32), dtype=bool)
    for other in touching:
        if other.x0 <= left and right < other.x1 and other.y0 <= top and bottom < other.y1:
            return 1.0
        inside |= ((ys >= other.y0) & (ys < other.y1))[:, None] & (
            (xs >= other.x0) & (xs < other.x1)
        )[None, :]
    return float(inside.mean())
