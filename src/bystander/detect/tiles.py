"""Looking at a large picture in overlapping pieces, and making one list of what they showed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

import numpy as np
from numpy.typing import NDArray

from bystander.geometry import iou
from bystander.records import Picture
from bystander.threads import each

_AT_ONCE = 32  # boxes that are held against others


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
        # Some of the best are held against all that is left at once.
        best = order[:_AT_ONCE]
        lies_on = ~(iou(boxes[best], boxes[order]) <= most_iou)
        stays = np.ones(order.size, dtype=bool)
        for number, one in enumerate(best.tolist()):
            if stays[number]:
                kept.append(one)
                stays &= ~lies_on[number]
        order = order[_AT_ONCE:][stays[_AT_ONCE:]]
    return np.array(kept, dtype=np.intp)


def in_tiles(
    look: Callable[[Picture], NDArray[np.float64]],
    picture: Picture,
    *,
    largest: tuple[int, int],
    overlap: int,
    most_iou: float,
    at_once: bool = False,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what *look* sees in pieces of *picture*, each thing once, as detectors report it.

    Args:
        look: Given a piece, returns rows of x0 y0 x1 y1 in pixels of it, and a score: (N, 5).
        picture: Shape (H, W, 3).
        largest: Width and height of the largest piece.
        overlap: Least that neighbouring pieces share, in pixels.
        most_iou: See :func:`suppress`.
        at_once: Look at pieces in several threads.
    """

    def seen(piece: tuple[tuple[int, int], tuple[int, int]]) -> NDArray[np.float64]:
        (y0, y1), (x0, x1) = piece
        found: NDArray[np.float64] = look(picture[y0:y1, x0:x1]) + np.array([x0, y0, x0, y0, 0])
        return found

    height, width = picture.shape[:2]
    pieces = product(tiles(height, largest[1], overlap), tiles(width, largest[0], overlap))
    both = np.concatenate(each(seen, pieces) if at_once else [seen(piece) for piece in pieces])
    kept = suppress(both[:, :4], both[:, 4], most_iou)
    return both[kept, :4], both[kept, 4]
