"""Places that a look has judged, found again a moment later by how they look.

From one glance to the next, a quarter of a second, most of what is small moves a little and looks
the same. Where it fits well, and plainly better than anywhere else it can have gone, what was said
of it holds, without another look at it. Where it does not, nothing is known.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bystander.geometry import Box, near
from bystander.records import Frame
from bystander.watch import FLAT, Grey, correlation, sampled, weights

_AROUND = 0.25  # of its height, on every side: hair and shoulders are part of how it looks
_LARGEST_PATCH = 32  # pixels, the longer side; larger ones are compared reduced
_FITS, _BETTER = 0.9, 0.05  # least correlation, and by how much it is less at any other place
_ELSEWHERE = 0.25  # of the patch's longer side: what is nearer is the same place
# Somebody who walks is, a glance later, no further away than these times the height of their face
# and pixels.
_MOST_WALKED, _MOST_WALKED_PX = 2, 8


@dataclass(frozen=True, slots=True)
class Place:
    """What was judged, and how it looked then.

    Attributes:
        box: Where it was found last.
        patch: Brightness around it as it was judged, shape (rows, columns).
        step: Pixels of the frame to one of the patch.
    """

    box: Box
    patch: Grey
    step: float

    def again(self, frame: Frame) -> Place | None:
        """Return where it is in *frame*, at most a glance later or earlier; ``None``: not known."""
        rows, columns = self.patch.shape
        reach = round((_MOST_WALKED * self.box.height + _MOST_WALKED_PX) / self.step)
        room = rows + 2 * reach, columns + 2 * reach
        window = sampled(frame.planes[0], self.box.centre, self.step, room)
        fits = correlation(window, self.patch, weights(rows, columns))
        y, x = divmod(int(fits.argmax()), fits.shape[1])
        best = float(fits[y, x])
        same = max(3, round(_ELSEWHERE * max(rows, columns)))
        fits[max(0, y - same) : y + same + 1, max(0, x - same) : x + same + 1] = -1
        if best < _FITS or best - float(fits.max()) < _BETTER:
            return None
        dx, dy = (x - reach) * self.step, (y - reach) * self.step
        box = Box(self.box.x0 + dx, self.box.y0 + dy, self.box.x1 + dx, self.box.y1 + dy)
        return Place(box, self.patch, self.step) if _is_inside(_around(box), frame) else None


def place(frame: Frame, box: Box) -> Place | None:
    """Return *box* in *frame* as a place to find again.

    ``None``: nothing shows in it that could be found, or it reaches beyond the frame.
    """
    around = _around(box)
    if not _is_inside(around, frame):
        return None
    step = max(1.0, max(around.width, around.height) / _LARGEST_PATCH)
    rows, columns = (max(3, round(side / step)) for side in (around.height, around.width))
    patch = sampled(frame.planes[0], box.centre, step, (rows, columns))
    flat = float(np.var(patch)) < FLAT * 4 ** (frame.layout.bit_depth - 8)
    return None if flat else Place(box, patch, step)


def walked(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return for each box of *a* and of *b* whether they may be one person who walks.

    Args:
        a: Boxes, shape (N, 4), as x0 y0 x1 y1 in pixels.
        b: Boxes, shape (M, 4), likewise, a glance later or earlier.

    Returns:
        Shape (N, M).
    """
    return near(a, b, heights=_MOST_WALKED, px=_MOST_WALKED_PX)


def _around(box: Box) -> Box:
    return box.padded(_AROUND * box.height)


def _is_inside(box: Box, frame: Frame) -> bool:
    return box.x0 >= 0 and box.y0 >= 0 and box.x1 <= frame.width and box.y1 <= frame.height
