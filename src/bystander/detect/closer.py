"""Where a finer look pays, after coarser ones.

Twice the size is four times the work, and most of what a frame shows is no face at any size. So a
recording is looked at from coarse to fine: whole in the coarser sizes, and in each finer one around
what the coarser ones make next to nothing of, and around whoever was seen last and is too small for
them. Between two deep looks, a second or less, more is asked of what is looked at closer, and
whoever is small and known counts as seen where the coarser look shows half a face.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from bystander.detect.evidence import Look
from bystander.geometry import Box, goes_on, sides
from bystander.records import Detection, Frame

SMALL_FACE_PX = 20  # below this the picture looked at does not do
# Least score that is looked at closer, in the deepest looks and between. Of 997 faces of 10 to 60
# px that look like faces at twice their size, in public clips and photos of crowds, one has less
# than 0.04 at its own size, and three less than 0.06.
HALF_SEEN, HALF_SEEN_BETWEEN = 0.03, 0.06
_CLOSER_UP_TO_PX = 80  # its height, in pixels of the closer look: above, coarser ones do
# Above that a closer look is the second opinion where there is no coarser one.
_HALF_SEEN_LARGE, _SECOND_UP_TO_PX, _OPINIONS = 0.1, 400, 2
_GOES_ON = 0.06  # enough where somebody was seen a moment ago


def worth(
    looks: Sequence[Look], scale: float, without: Sequence[Box], least_score: float
) -> list[Box]:
    """Return what is worth a look at *scale* after coarser *looks*.

    Args:
        looks: What they saw, each finer than the one before.
        scale: Height of the picture to be looked at over that of the frame.
        without: Where it is not needed: what goes on from these.
        least_score: What is half seen scores this.
    """
    last = looks[-1]
    height = last.boxes[:, 3] - last.boxes[:, 1]
    opinions = sum((height * look.scale >= SMALL_FACE_PX).astype(int) for look in looks)
    tall = height * scale
    small = (last.scores >= least_score) & (tall <= _CLOSER_UP_TO_PX)
    alone = (last.scores >= _HALF_SEEN_LARGE) & (tall <= _SECOND_UP_TO_PX) & (opinions < _OPINIONS)
    near = goes_on(last.boxes, sides(without)).any(axis=1)
    return [Box(*box) for box in last.boxes[(small | alone) & ~near].tolist()]


def still_there(look: Look, known: Sequence[Detection], frame: Frame) -> dict[int, Detection]:
    """Return which of *known* are too small for *look* and half seen by it, by their number.

    As they show in *frame*, with the scores that they had.
    """
    near = goes_on(look.boxes, sides(found.box for found in known))
    near &= look.scores[:, None] >= _GOES_ON
    return {
        number: replace(found, at=frame.at, box=Box(*look.boxes[best].tolist()))
        for number, found in enumerate(known)
        if too_small(found.box, look.scale) and near[:, number].any()
        for best in [np.where(near[:, number], look.scores, -1).argmax()]
    }


def too_small(box: Box, scale: float | Fraction) -> bool:
    """Return whether *box* is too small to be seen well at *scale*."""
    return bool(box.height * scale < SMALL_FACE_PX)
