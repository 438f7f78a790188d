"""Where a finer look pays, after coarser ones.

Twice the size is four times the work, and most of what a frame shows is no face at any size. So a
recording is looked at from coarse to fine: whole in the coarser sizes, and in each finer one around
what the coarser ones make next to nothing of, and around whoever was seen last and is too small for
them. Between two deep looks, a second or less, more is asked of what is looked at closer, and
whoever is small and known counts as seen where the coarser look shows half a face.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np

from bystander.detect.evidence import Look
from bystander.geometry import Box, goes_on, iou, sides
from bystander.records import Detection, Frame

SMALL_FACE_PX = 20  # below this the picture looked at does not do
# Least score that is looked at closer, in the deepest looks and between. Of 997 faces of 10 to 60
# px that look like faces at twice their size, in public clips and photos of crowds, one has less
# than 0.04 at its own size, and three less than 0.06.
HALF_SEEN, HALF_SEEN_BETWEEN = 0.03, 0.06
_CLOSER_UP_TO_PX = 80  # its height, in pixels of the closer look: above, coarser ones do
# Above that a closer look is the second opinion where there is no coarser one.
_HALF_SEEN_LARGE, _SECOND_UP_TO_PX, _OPINIONS = 0.1, 400, 2
_GOES_ON = 0.06  # enough where somebody small was seen a moment ago
_PLAIN = 0.15  # enough where somebody larger was
_SAME_IOU = 0.4


def worth(
    looks: Sequence[Look], scale: float, without: Sequence[Box], least_score: float
) -> list[Box]:
    """Return what is worth a look at *scale* after coarser *looks*.

    Args:
        looks: What they saw, each finer than the one before.
        scale: Height of the picture to be looked at over that of the frame.
        without: Where it is not needed: what shows these.
        least_score: What is half seen scores this.
    """
    last = looks[-1]
    height = last.boxes[:, 3] - last.boxes[:, 1]
    opinions = sum((height * look.scale >= SMALL_FACE_PX).astype(int) for look in looks)
    tall = height * scale
    small = (last.scores >= least_score) & (tall <= _CLOSER_UP_TO_PX)
    alone = (last.scores >= _HALF_SEEN_LARGE) & (tall <= _SECOND_UP_TO_PX) & (opinions < _OPINIONS)
    near = (iou(last.boxes, sides(without)) > _SAME_IOU).any(axis=1)
    return [Box(*box) for box in last.boxes[(small | alone) & ~near].tolist()]


def still_there(
    look: Look, known: Sequence[Detection], already: Collection[int], frame: Frame
) -> dict[int, Detection]:
    """Return who of *known* is too small for *look* and half seen by it, by their number.

    As they show in *frame*, with the scores that they had. What is seen once is one of them, the
    nearest, and those *already* found are left out.
    """
    near = goes_on(look.boxes, sides(found.box for found in known))
    near &= look.scores[:, None] >= _GOES_ON
    ways = sorted(
        (math.dist(Box(*look.boxes[row]).centre, known[number].box.centre), number, row)
        for row, number in np.argwhere(near).tolist()
        if number not in already and known[number].box.height * look.scale < SMALL_FACE_PX
    )
    there: dict[int, Detection] = {}
    taken: set[int] = set()
    for _, number, row in ways:
        if number not in there and row not in taken:
            taken.add(row)
            box = Box(*look.boxes[row].tolist())
            there[number] = replace(known[number], at=frame.at, box=box)
    return there


def unsure(box: Box, looks: Sequence[Look], scale: float) -> bool:
    """Return whether who was at *box* is to be looked for at *scale* after coarser *looks*.

    That is whoever is too small for the last of them, and whoever none of them plainly showed.
    """
    if box.height * looks[-1].scale < SMALL_FACE_PX:
        return True
    shown = (goes_on(look.boxes[look.scores >= _PLAIN], sides([box])).any() for look in looks)
    return box.height * scale <= _SECOND_UP_TO_PX and not any(shown)
