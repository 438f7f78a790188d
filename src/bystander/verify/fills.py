"""Whether every planned region of every frame really holds the fill.

Nothing is believed of how the fill was drawn: the output is decoded, cut into blocks of 8 x 8
pixels inside each region, and each block is held against what the fill promises. A solid region
has one grey. A soft one is smooth, so that a plane laid through a block leaves next to nothing; but
so does a large face that was never filled, block by block. So a soft region must not show the
original's own shapes either: over windows of 64 x 64 pixels the blocks' means must not be the
original's.
How far a block may be off is what the encoder's coding adds at this quality, about twice what
was measured (``docs/measurements.md``); skin, hair or a misplaced mask leave more.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bystander.geometry import Box, block_means
from bystander.records import Frame, Plan, Plane, solid_level

NAME = "fill"

_BLOCK = 8
_BOX_PX = 128 * 128  # to look at a box by itself takes as long as so many samples


def bare(plan: Plan, frame: Frame, source: Frame | None, noise: float) -> Box | None:
    """Return the first region of *frame* that does not hold the fill, or ``None``.

    Args:
        plan: What must be hidden.
        frame: The frame as it was decoded from the output.
        source: The same frame of the original; needed for a soft fill.
        noise: Most that a block may differ from the fill, in steps of an 8-bit sample.
    """
    limit = noise * (1 << (frame.layout.bit_depth - 8))
    boxes = plan.boxes_at(frame.at)
    if frame.shown:
        boxes = [box.clipped(*frame.shown) for box in boxes]
    if plan.policy.fill == "solid":
        return _not_solid(frame, boxes, limit)
    for box in boxes:
        for number, plane in enumerate(frame.planes):
            if difference(plane, box, frame.layout.shift(number), None) > limit:
                return box
        if source is None:
            return box
        luma, original = (_cut(f.planes[0], box, (0, 0)) for f in (frame, source))
        if _same(luma, original, limit):
            return box
    return None


def difference(plane: Plane, box: Box, shift: tuple[int, int], level: int | None) -> float:
    """Return how far *plane* is from holding the fill in *box*, at the worst block of 8 x 8.

    Args:
        plane: One plane of a frame.
        box: The region, in pixels of the frame.
        shift: log2 of how much smaller the plane is than the frame, x and y.
        level: The sample value of a solid fill; ``None`` for a soft one, which is smooth.

    Returns:
        The mean distance of a block's samples from *level*, or from a plane laid through them;
        0 where the box holds no sample.
    """
    inside = _cut(plane, box, shift)
    if not inside.size:
        return 0.0
    return _from_smooth(inside) if level is None else _from_level(inside, level)


def _not_solid(frame: Frame, boxes: Sequence[Box], limit: float) -> Box | None:
    """Return the first of *boxes* that has a block further than *limit* from the solid fill."""
    for number, part in _doubtful(frame, boxes, limit):
        level = solid_level(frame.layout, part)
        if difference(frame.planes[part], boxes[number], frame.layout.shift(part), level) > limit:
            return boxes[number]
    return None


def _doubtful(frame: Frame, boxes: Sequence[Box], limit: float) -> list[tuple[int, int]]:
    """Return in which of *boxes*, and which plane, a sample is further than *limit* from the fill.

    Both by their number, ascending. No mean is more than the largest: where every sample is near,
    every block is.
    """
    # In a crowd boxes are many and lie on one another: each sample is looked at once for all then.
    at_once = len(boxes) * _BOX_PX > frame.width * frame.height
    cuts: dict[tuple[int, int], list[tuple[slice, slice]]] = {}
    doubted: list[tuple[int, int]] = []
    for part, plane in enumerate(frame.planes):
        shift, level = frame.layout.shift(part), solid_level(frame.layout, part)
        if shift not in cuts:
            cuts[shift] = [_inside(box, shift) for box in boxes]
        least, most = math.ceil(level - limit), math.floor(level + limit)
        if at_once:
            far = (plane < least) | (plane > most)
            doubted += [(n, part) for n, cut in enumerate(cuts[shift]) if far[cut].any()]
        else:
            insides = [plane[cut] for cut in cuts[shift]]
            doubted += [
                (n, part)
                for n, inside in enumerate(insides)
                if inside.size and not least <= int(inside.min()) <= int(inside.max()) <= most
            ]
    return sorted(doubted)


def _cut(plane: Plane, box: Box, shift: tuple[int, int]) -> Plane:
    """Return the part of *plane* whose every sample lies inside *box*."""
    return plane[_inside(box, shift)]


def _inside(box: Box, shift: tuple[int, int]) -> tuple[slice, slice]:
    """Return the rows and columns of a plane whose every sample lies inside *box*."""
    (scale_x, scale_y) = (1 << shift[0], 1 << shift[1])
    rows = slice(int(-(-box.y0 // scale_y)), int(box.y1 // scale_y))
    columns = slice(int(-(-box.x0 // scale_x)), int(box.x1 // scale_x))
    return rows, columns


def _from_level(inside: Plane, level: int) -> float:
    """Return the largest mean distance of a block's samples from *level*."""
    # Whole numbers: nothing is rounded, and 8-bit samples stay 8-bit.
    distance = np.maximum(inside, level) - np.minimum(inside, level)
    return float(block_means(distance, _BLOCK).max())


def _from_smooth(inside: Plane) -> float:
    """Return the largest mean distance of a block's samples from a plane laid through it."""
    height, width = (side - side % _BLOCK for side in inside.shape)
    if not height or not width:
        return 0.0  # too small for a block to show anything
    blocks = inside[:height, :width].astype(np.float32)
    blocks = blocks.reshape(height // _BLOCK, _BLOCK, width // _BLOCK, _BLOCK).swapaxes(1, 2)
    ramp = (np.arange(_BLOCK, dtype=np.float32) - (_BLOCK - 1) / 2) / _SPREAD
    mean = blocks.mean(axis=(2, 3), keepdims=True)
    slope_y = (blocks * ramp[:, None]).mean(axis=(2, 3), keepdims=True)
    slope_x = (blocks * ramp[None, :]).mean(axis=(2, 3), keepdims=True)
    rest = np.abs(blocks - mean - slope_y * ramp[:, None] - slope_x * ramp[None, :])
    return float(rest.mean(axis=(2, 3)).max())


def _same(inside: Plane, original: Plane, limit: float) -> bool:
    """Return whether any window of *inside* is what *original* has there.

    Only windows in which the original has shapes can tell: where it is flat or an even slope, a
    fill from around it is rightly much the same.
    """
    a, b = (_whole_block_means(plane) for plane in (original, inside))
    if min(a.shape) < 2:
        return False
    tall, wide = (min(side, _WINDOW) for side in a.shape)
    views = (np.lib.stride_tricks.sliding_window_view(m, (tall, wide)) for m in (a, b))
    of_original, of_inside = (view[:: tall // 2, :: wide // 2] for view in views)
    shape = _without_slope(of_original)
    shown = _without_slope(of_inside)
    spread = shape.std(axis=(2, 3))
    product = (shape * shown).mean(axis=(2, 3))
    alike = product / np.maximum(spread * shown.std(axis=(2, 3)), 1e-9)
    return bool(((spread > _LEAST_SPREAD * limit) & (alike > _ALIKE)).any())


_WINDOW = 8  # blocks a side
# In 24,000 windows of honest soft fills on real clips none was alike by more than this.
_ALIKE = 0.9
_LEAST_SPREAD = 1 / 3  # of what coding may add


def _without_slope(windows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return windows (..., rows, columns) less the plane that fits each best."""
    rows, columns = (np.arange(side) - (side - 1) / 2 for side in windows.shape[2:])
    rest: NDArray[np.float64] = windows - windows.mean(axis=(2, 3), keepdims=True)
    for ramp in (rows[:, None], columns[None, :]):
        scale = (ramp**2).mean()
        slope = (rest * ramp).mean(axis=(2, 3), keepdims=True) / scale
        rest = rest - slope * ramp
    return rest


def _whole_block_means(plane: Plane) -> NDArray[np.float64]:
    height, width = (side - side % _BLOCK for side in plane.shape)
    blocks = plane[:height, :width].reshape(height // _BLOCK, _BLOCK, width // _BLOCK, _BLOCK)
    means: NDArray[np.float64] = blocks.mean(axis=(1, 3), dtype=np.float64)
    return means


# Makes the ramp above of unit variance, so that its mean product with a block is the slope.
_SPREAD = float(np.std(np.arange(_BLOCK)))
