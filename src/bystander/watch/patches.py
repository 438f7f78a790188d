"""Patches of a picture, and how well one fits at each place of another picture.

Normalised cross-correlation of brightness alone (Lewis, "Fast Normalized Cross-Correlation", 1995),
weighted so that the middle counts more than what shows of the ground at the corners. A patch is
compared within one continuous appearance and forgotten; it says nothing about who or what is in it.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bystander.watch.likeness import FLAT

Grey = NDArray[np.float32]


def weights(rows: int, columns: int) -> Grey:
    """Return how much each pixel of a patch of *rows* x *columns* counts: the middle most."""
    tall, wide = (_of_a_side(count) for count in (rows, columns))
    return np.outer(tall, wide)


def _of_a_side(count: int) -> Grey:
    middle = np.hanning(count + 2)[1:-1]
    return (0.15 + 0.85 * middle).astype(np.float32)


def correlation(window: Grey, patch: Grey, weighing: Grey) -> NDArray[np.float64]:
    """Return the weighted correlation of *patch* with each place in *window*, -1 to 1.

    Args:
        window: Shape (H, W).
        patch: Shape (h, w), at most as large.
        weighing: How much each pixel of it counts, shape (h, w).

    Returns:
        Shape (H - h + 1, W - w + 1), for where the first pixel of the patch lies; 0 where there is
        next to nothing to be seen.
    """
    room = tuple(_quick_length(side) for side in window.shape)  # beyond the window it is 0
    total = float(weighing.sum())
    mean = float((patch * weighing).sum()) / total
    pattern_ = weighing * (patch - mean)
    energy = float((pattern_ * (patch - mean)).sum())
    level = window.astype(np.float64) - float(window.mean())  # less is lost to rounding
    of_window, of_squares = (np.fft.rfft2(x, s=room) for x in (level, level * level))
    of_pattern, of_weights = (np.fft.rfft2(x, s=room).conj() for x in (pattern_, weighing))
    rows, columns = (window.shape[n] - patch.shape[n] + 1 for n in (0, 1))

    def sums(product: NDArray[np.complex128]) -> NDArray[np.float64]:
        return np.fft.irfft2(product, s=room)[:rows, :columns]

    shared = sums(of_window * of_pattern)
    means = sums(of_window * of_weights) / total
    spread = np.maximum(0, sums(of_squares * of_weights) - total * means**2)
    both = np.sqrt(spread * energy)
    return np.divide(shared, both, out=np.zeros_like(shared), where=both > total * FLAT / 4)


@cache
def _quick_length(least: int) -> int:
    """Return the smallest number from *least* on that a Fourier transform takes little time for."""
    length = least
    while True:
        rest = length
        for factor in (2, 3, 5):
            while rest % factor == 0:
                rest //= factor
        if rest == 1:
            return length
        length += 1


def sampled(
    grey: NDArray[Any], centre: tuple[float, float], step: float, size: tuple[int, int]
) -> Grey:
    """Return a picture of *size* (rows, columns) around *centre*, a pixel of it every *step*.

    Beyond the edge of *grey*, its last pixels go on.
    """
    block = max(1, int(step))
    starts, places = [], []
    for middle, count in zip(centre[::-1], size, strict=True):
        first = middle - step * (count - 1) / 2 - 0.5
        start = math.floor(first) - block
        starts.append(start)
        places.append((first - start + step * np.arange(count) - (block - 1) / 2) / block)
    lengths = [(math.ceil(float(place[-1])) + 2) * block for place in places]
    rows, columns = (
        np.clip(np.arange(start, start + length), 0, side - 1)
        for start, length, side in zip(starts, lengths, grey.shape, strict=True)
    )
    # Rows and columns in turn: what is indexed so is copied once, and small.
    cut = grey[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    cut = cut[rows - rows[0]][:, columns - columns[0]]
    small = _reduced(cut, block).astype(np.float64)
    for axis, place in enumerate(places):
        low = np.clip(np.floor(place).astype(np.intp), 0, small.shape[axis] - 2)
        share = (place - low).reshape((-1, 1) if axis == 0 else (1, -1))
        small = small.take(low, axis) * (1 - share) + small.take(low + 1, axis) * share
    return small.astype(np.float32)


def _reduced(grey: NDArray[Any], block: int) -> Grey:
    """Return the means of blocks of *block* x *block* pixels, of which *grey* has whole ones."""
    rows, columns = (side // block for side in grey.shape)
    tall = grey.reshape(rows, block, columns * block)
    sums = np.einsum("ikj->ij", tall, dtype=np.float32)
    totals = np.einsum("ijk->ij", sums.reshape(rows, columns, block))
    means: Grey = (totals / block**2).astype(np.float32)
    return means
