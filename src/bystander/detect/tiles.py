"""Looking at a large picture in overlapping pieces, and making one list of what they showed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from bystander.geometry import iou


def tiles(length: int, largest: int, overlap: int) -> Iterator[tuple[int, int]]:
    """Yield starts and ends of the fewest equal pieces that cover *length*.

    Args:
        length: What is to be covered, in pixels.
        largest: Longest piece, in pixels; more than *overlap*.
        overlap: Least that neighbouring pieces share, in pixels.

    >>> list(tiles(100, 60, 10)), list(tiles(50, 60, 10))
    ([(0, 55), (45, 100)], [(0, 50)])
    """
    if length <= largest:
        yield 0, length
        return
    count = -(-(length - overlap) // (largest - overlap))
    size = -(-(length + (count - 1) * overlap) // count)
    for number in range(count):
        start = round(number * (length - size) / (count - 1))
        yield start, start + size


def suppress(
    boxes: NDArray[np.float64], scores: NDArray[np.float64], most_iou: float
) -> NDArray[np.intp]:
    """Return which boxes stay when of any two that overlap more than *most_iou* the better stays.

    Greedy non-maximum suppression. *boxes* is (N, 4), *scores* (N,); the result indexes both,
    best first.
    """
    order = np.argsort(-scores, kind="stable")
    kept: list[int] = []
    while order.size:
        best, order = order[0], order[1:]
        kept.append(int(best))
        order = order[iou(boxes[best : best + 1], boxes[order])[0] <= most_iou]
    return np.array(kept, dtype=np.intp)
