"""Whether two pictures show the same scene, told from very small versions of them.

Pictures are compared by their pattern: normalised correlation, which brightness and contrast do not
move.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bystander.records import Frame, Picture

LOOK_WIDTH, LOOK_HEIGHT = 64, 36

_SAME_PATTERN = 0.55  # correlation above which two pictures show the same scene

FLAT = 4.0  # mean square below which a picture has next to no pattern

Pattern = NDArray[np.float32]


def pattern(picture: Picture) -> Pattern:
    """Return the pattern of *picture*, (H, W, 3): its brightness less the mean, (H, W)."""
    grey: Pattern = picture.mean(axis=2, dtype=np.float32)
    grey -= grey.mean()
    return grey


def correlation(a: Pattern, b: Pattern, when_flat: float = 1.0) -> float:
    """Return the normalised correlation of two patterns, -1 to 1.

    A picture with next to no pattern is like any other; then it is *when_flat*.
    """
    energy = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / energy if energy > a.size * FLAT else when_flat


def same_scene(a: Pattern, b: Pattern, when_flat: float = 1.0) -> bool:
    """Return whether *a* and *b* show the same scene, neither moved; see :func:`correlation`."""
    return correlation(a, b, when_flat) > _SAME_PATTERN


class Jumps:
    """Sees every frame in order, and says when one shows something else than the one before."""

    def __init__(self) -> None:
        self._last: Pattern | None = None

    def see(self, frame: Frame) -> bool:
        """Return whether *frame* shows another scene than the last; the first does not."""
        last, self._last = self._last, pattern(frame.rgb(LOOK_WIDTH, LOOK_HEIGHT))
        return last is not None and not same_scene(last, self._last)
