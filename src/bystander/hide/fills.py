"""What takes the place of what is hidden.

Every fill is a function of the pixels outside the masks, the masks, and nothing else (the
independence rule in ``docs/explanation/why-not-blur.md``): a fill that reads one pixel from inside
can be worked back. ``bystander prove`` puts that to the test on a user's own recording.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from bystander.geometry import Box
from bystander.records import PixelLayout, Plane, solid_level

Fill = Callable[[tuple[Plane, ...], Sequence[Box], PixelLayout], tuple[Plane, ...]]

_BLOCK_PX = 16


def solid(
    planes: tuple[Plane, ...], boxes: Sequence[Box], layout: PixelLayout
) -> tuple[Plane, ...]:
    """Return *planes* with one grey in every box."""
    filled = tuple(plane.copy() for plane in planes)
    for number, plane in enumerate(filled):
        for rows, columns in windows(boxes, layout.shift(number)):
            plane[rows, columns] = solid_level(layout, number)
    return filled


def soft(planes: tuple[Plane, ...], boxes: Sequence[Box], layout: PixelLayout) -> tuple[Plane, ...]:
    """Return *planes* with every box filled smoothly from the pixels around it.

    Looks like a blur and contains nothing from inside: blocks of 16 pixels are averaged over their
    pixels outside all boxes; blocks with none get theirs by push-pull, coarser averages filling
    finer gaps (Gortler, Grzeszczuk, Szeliski, Cohen, "The Lumigraph", SIGGRAPH 1996, 5.1); and a
    box is painted by bilinear interpolation between blocks. A frame with nothing outside is grey.
    """
    filled = tuple(plane.copy() for plane in planes)
    for number, (source, target) in enumerate(zip(planes, filled, strict=True)):
        shift_x, shift_y = layout.shift(number)
        step_y, step_x = _BLOCK_PX >> shift_y, _BLOCK_PX >> shift_x
        outside = np.ones(source.shape, dtype=bool)
        where = windows(boxes, (shift_x, shift_y))
        for rows, columns in where:
            outside[rows, columns] = False
        blocks, weights = _block_means(source, outside, step_y, step_x)
        if weights.any():
            blocks = _push_pull(blocks, weights)
        else:
            blocks[:] = solid_level(layout, number)
        for rows, columns in where:
            painted = _between_blocks(blocks, rows, columns, source.shape, (step_y, step_x))
            target[rows, columns] = np.rint(painted).astype(source.dtype)
    return filled


FILLS: dict[str, Fill] = {"solid": solid, "soft": soft}


def windows(boxes: Sequence[Box], shift: tuple[int, int]) -> list[tuple[slice, slice]]:
    """Return the rows and columns of a plane that hold any part of each box.

    Args:
        boxes: In pixels of the frame, not outside it.
        shift: log2 of how much smaller the plane is than the frame, x and y.
    """
    scale_x, scale_y = 1 << shift[0], 1 << shift[1]
    return [
        (
            slice(int(box.y0 // scale_y), int(-(-box.y1 // scale_y))),
            slice(int(box.x0 // scale_x), int(-(-box.x1 // scale_x))),
        )
        for box in boxes
        if not box.empty
    ]


def _block_means(
    plane: Plane, outside: NDArray[np.bool_], step_y: int, step_x: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return each block's mean over its outside pixels, and how many of those there are."""
    rows, columns = np.arange(0, plane.shape[0], step_y), np.arange(0, plane.shape[1], step_x)

    def sums(values: NDArray[np.generic]) -> NDArray[np.float64]:
        tall = np.add.reduceat(values, rows, axis=0, dtype=np.float64)
        total: NDArray[np.float64] = np.add.reduceat(tall, columns, axis=1)
        return total

    counts = sums(outside)
    totals = sums(np.where(outside, plane, 0))
    return np.divide(totals, counts, out=np.zeros_like(totals), where=counts > 0), counts


def _push_pull(values: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return *values* with those of no weight filled from coarser and coarser averages."""
    known = weights > 0
    if known.all() or max(values.shape) == 1:
        return values
    saturated = np.minimum(weights, 1.0)
    rows, columns = np.arange(0, values.shape[0], 2), np.arange(0, values.shape[1], 2)

    def sums(of: NDArray[np.float64]) -> NDArray[np.float64]:
        total: NDArray[np.float64] = np.add.reduceat(
            np.add.reduceat(of, rows, axis=0), columns, axis=1
        )
        return total

    coarse_weights = sums(saturated)
    coarse = np.divide(
        sums(values * saturated),
        coarse_weights,
        out=np.zeros_like(coarse_weights),
        where=coarse_weights > 0,
    )
    coarse = _push_pull(coarse, coarse_weights)
    everything = (slice(0, values.shape[0]), slice(0, values.shape[1]))
    wide = _between_blocks(coarse, *everything, values.shape, (2, 2))
    return np.where(known, values, wide)


def _between_blocks(
    blocks: NDArray[np.float64],
    rows: slice,
    columns: slice,
    shape: tuple[int, ...],
    steps: tuple[int, int],
) -> NDArray[np.float64]:
    """Interpolate bilinearly between block centres, for the given rows and columns of a plane."""
    rows = slice(rows.start, min(rows.stop, shape[0]))
    columns = slice(columns.start, min(columns.stop, shape[1]))
    top, bottom, down = _neighbours(rows, blocks.shape[0], steps[0])
    left, right, across = _neighbours(columns, blocks.shape[1], steps[1])
    lines = blocks[top] * (1 - down)[:, None] + blocks[bottom] * down[:, None]
    between: NDArray[np.float64] = lines[:, left] * (1 - across) + lines[:, right] * across
    return between


def _neighbours(
    positions: slice, count: int, step: int
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    place = (np.arange(positions.start, positions.stop) + 0.5) / step - 0.5
    low = np.clip(np.floor(place), 0, count - 1).astype(np.intp)
    high = np.minimum(low + 1, count - 1)
    return low, high, np.clip(place - low, 0.0, 1.0)
