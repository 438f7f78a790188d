"""Which cells of a grid hang together, and where each such patch lies.

A row's cells come in runs. Two runs that touch, in neighbouring rows, belong together; the smallest
number among those that do spreads until nothing changes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def components(
    cells: NDArray[np.bool_], values: NDArray[np.float32]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the patches of a grid, each with the mean of its values.

    Args:
        cells: Shape (H, W). Cells hang together when they touch by a side or a corner.
        values: Shape (H, W).

    Returns:
        Boxes, shape (N, 4), as x0 y0 x1 y1 in cells, by their first cell in reading order; and
        means, shape (N,).

    >>> grid = np.array([[1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0], [1, 0, 0, 0]])
    >>> components(grid > 0, grid.astype(np.float32))[0]
    array([[0, 0, 3, 2],
           [0, 3, 1, 4]])
    """
    height, width = cells.shape
    lines = np.flatnonzero(cells.any(axis=1))  # mostly few: the others need no work
    if not lines.size:
        return np.zeros((0, 4), dtype=np.int64), np.zeros(0)
    padded = np.zeros((lines.size, width + 2), dtype=np.int8)
    padded[:, 1:-1] = cells[lines]
    edges = np.diff(padded, axis=1)
    line, starts = np.divmod(np.flatnonzero(edges == 1), width + 1)
    ends = np.flatnonzero(edges == -1) % (width + 1)
    rows = lines[line]
    labels = _joined(*_touching(rows, starts, ends, width), rows.size)
    firsts, patch = np.unique(labels, return_inverse=True)
    count = firsts.size
    boxes = np.zeros((count, 4), dtype=np.int64)
    boxes[:, :2] = max(height, width)
    for column, (limit, side) in enumerate(
        ((np.minimum, starts), (np.minimum, rows), (np.maximum, ends), (np.maximum, rows + 1))
    ):
        limit.at(boxes[:, column], patch, side)
    sums = np.zeros((lines.size, width + 1))
    np.cumsum(values[lines], axis=1, dtype=np.float64, out=sums[:, 1:])
    totals = np.bincount(patch, sums[line, ends] - sums[line, starts], count)
    return boxes, totals / np.bincount(patch, ends - starts, count)


def _touching(
    rows: NDArray[np.intp], starts: NDArray[np.intp], ends: NDArray[np.intp], width: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return pairs of runs that touch, as two lists of their numbers."""
    # Runs are in reading order, so those of the row above that touch one are neighbours.
    span = width + 2
    first = np.searchsorted(rows * span + ends, (rows - 1) * span + starts, side="left")
    after = np.searchsorted(rows * span + starts, (rows - 1) * span + ends, side="right")
    counts = np.maximum(after - first, 0)
    below = np.repeat(np.arange(rows.size), counts)
    place = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return below, np.repeat(first, counts) + place


def _joined(a: NDArray[np.intp], b: NDArray[np.intp], count: int) -> NDArray[np.intp]:
    """Return for each of *count* things the smallest that it hangs together with."""
    labels = np.arange(count)
    while True:
        least = np.minimum(labels[a], labels[b])
        before = labels.copy()
        for these in (before[a], before[b], a, b):
            np.minimum.at(labels, these, least)
        labels = labels[labels]
        if (labels == before).all():
            return labels
