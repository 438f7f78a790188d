"""Whether the camera goes straight from one frame that is looked at to the next.

Where two looks show everybody a little further on, whoever is in the frames between is taken to be
on the way. That does not hold where the whole picture swings out and back in the meantime, as it
does in the hand of somebody who walks. What shows then is not told from the people, who may be
small, but from all of the picture: the sums of its rows and of its columns, which shift as it does
(Ratakonda, "Real-time digital video stabilization for multi-media applications", 1998).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bystander.records import Frame

_SAMPLES = 480  # about as many of the longer side are read
_FARTHEST = 0.125  # of a side, from one frame to the next
_LEAST_BETTER = 0.02  # by that share a shift must fit better than none does

Profile = NDArray[np.float64]


class Sway:
    """Where a stretch of frames has moved to, each compared with the one before it."""

    def __init__(self, frames: Sequence[Frame]) -> None:
        """Prepare; *frames* follow one another in one scene."""
        self._frames = frames
        self._moved: dict[int, NDArray[np.float64]] = {}

    def farthest(self, frames: Sequence[Frame]) -> tuple[int, float]:
        """Return which of *frames* is farthest off the straight way from the first to the last.

        Args:
            frames: A stretch of those that this was made with, three at least.

        Returns:
            Its place among them, and how far off it is, in pixels of the frame.
        """
        if not self._moved:
            self._follow()
        moved = np.array([self._moved[frame.index] for frame in frames])
        times = np.array([float(frame.at - frames[0].at) for frame in frames])
        share = (times / max(times[-1], 1e-9))[:, None]
        off = np.abs(moved - (moved[0] + share * (moved[-1] - moved[0]))).max(axis=1)
        off[0] = off[-1] = 0
        return int(off.argmax()), float(off.max())

    def _follow(self) -> None:
        moved = np.zeros(2)
        last: tuple[Profile, Profile] | None = None
        for frame in self._frames:
            step = _step(frame)
            here = _profiles(frame, step)
            if last is not None:
                moved = moved + [step * shift(a, b) for a, b in zip(last, here, strict=True)]
            self._moved[frame.index], last = moved, here


def shift(before: Profile, after: Profile) -> float:
    """Return by how many places *after* is *before* moved on, to a fraction of one.

    Args:
        before: Shape (N,).
        after: The same, a moment later.
    """
    length = len(before)
    reach = int(length * _FARTHEST)
    if reach < 1:
        return 0.0
    kept = after[reach : length - reach]
    windows = np.lib.stride_tricks.sliding_window_view(before, len(kept))
    misfits = np.abs(windows - kept).mean(axis=1)
    best = int(misfits.argmin())
    if abs(best - reach) > 1 and misfits[best] >= (1 - _LEAST_BETTER) * misfits[reach]:
        return 0.0
    low, middle, high = (
        float(misfits[min(max(number, 0), 2 * reach)]) for number in (best - 1, best, best + 1)
    )
    bend = low + high - 2 * middle
    return reach - best - ((low - high) / (2 * bend) if bend > 0 else 0.0)


def _step(frame: Frame) -> int:
    return max(1, max(frame.width, frame.height) // _SAMPLES)


def _profiles(frame: Frame, step: int) -> tuple[Profile, Profile]:
    """Return the means of the columns and of the rows of *frame*, less what is the same in all."""
    few = frame.planes[0][::step, ::step]
    columns, rows = few.mean(axis=0, dtype=np.float64), few.mean(axis=1, dtype=np.float64)
    return columns - columns.mean(), rows - rows.mean()
