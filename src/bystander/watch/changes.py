"""Which parts of the picture have changed since they were last looked at.

The picture is held, small, as it was when it was looked at, block by block, and each block of a
later picture is compared with that: so what creeps in slowly adds up, and does not pass below a
threshold from frame to frame. Sensors and coding make every block flicker a little; what counts as
a change is therefore held against what most of the picture does.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from bystander.geometry import Box, block_means
from bystander.records import Frame

# The small picture: this long at most, but no less than a quarter of the frame. A face of 10 px
# must not be lost in a block.
_LONGEST_SIDE, _LEAST_SCALE = 480, 0.25
_BLOCK = 4  # pixels of it
_BLOCKS_TOGETHER = 4  # a side, of what is reported
_LEAST_CHANGE = 2.5  # mean absolute difference of a block, in steps of an 8-bit sample
_TIMES_USUAL = 3  # how far above the lower quartile of all blocks
_MOST_NOISE = 4.0  # above this the whole picture moves, and it is no noise


class Changes:
    """Remembers how each part of a recording looked when somebody last looked at it."""

    def __init__(self) -> None:
        self._seen: NDArray[np.int16] | None = None

    def since(self, frame: Frame) -> list[Box]:
        """Return rows of blocks of *frame* in which something has changed, in pixels of the frame.

        All of it is one when nothing was looked at before.
        """
        if self._seen is None:
            return [frame.bounds]
        difference = np.abs(_small(frame) - self._seen)
        if difference.shape != self._seen.shape:
            return [frame.bounds]
        means = block_means(difference, _BLOCK)
        usual = min(_MOST_NOISE / _TIMES_USUAL, float(np.quantile(means, 0.25)))
        changed = means > max(_LEAST_CHANGE, _TIMES_USUAL * usual)
        for axis in (0, 1):
            changed = np.logical_or.reduceat(
                changed, np.arange(0, changed.shape[axis], _BLOCKS_TOGETHER), axis=axis
            )
        block_x = frame.width * _BLOCK * _BLOCKS_TOGETHER / difference.shape[1]
        block_y = frame.height * _BLOCK * _BLOCKS_TOGETHER / difference.shape[0]
        return [
            Box(x0 * block_x, y * block_y, x1 * block_x, (y + 1) * block_y).clipped(
                frame.width, frame.height
            )
            for y, row in enumerate(changed)
            for x0, x1 in _runs(row)
        ]

    def looked_at(self, frame: Frame, parts: Iterable[Box]) -> None:
        """Remember *parts* of *frame* as they are."""
        small = _small(frame)
        if self._seen is None:
            self._seen = small
            return
        scale_x, scale_y = small.shape[1] / frame.width, small.shape[0] / frame.height
        for part in parts:
            rows = slice(int(part.y0 * scale_y), -int(-part.y1 * scale_y // 1))
            columns = slice(int(part.x0 * scale_x), -int(-part.x1 * scale_x // 1))
            self._seen[rows, columns] = small[rows, columns]


def _runs(row: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return starts and ends of what is true in *row*."""
    edges = np.flatnonzero(np.diff(row.astype(np.int8), prepend=0, append=0)).tolist()
    return list(zip(edges[::2], edges[1::2], strict=True))


def _small(frame: Frame) -> NDArray[np.int16]:
    scale = min(1.0, max(_LEAST_SCALE, _LONGEST_SIDE / max(frame.width, frame.height)))
    width, height = (max(_BLOCK, round(side * scale)) for side in (frame.width, frame.height))
    return frame.rgb(width, height)[..., 1].astype(np.int16)  # green is most of what brightness is
