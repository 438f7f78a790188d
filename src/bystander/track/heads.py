"""Where the heads of people are whose faces were not seen.

A person seen from behind, in profile, in a helmet or with a hand before the face has a head that
hair, ears and headgear identify. A detector of people gives a box around all of such a person; the
head is taken to lie at its top, in the middle. Its size follows from the box's width more steadily
than from its height, which changes with how much of the legs is in view.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from bystander.geometry import Box
from bystander.records import Detection, Kind, Track

# Over 419 people in photos whose face is marked as well, the medians are 0.32 of the width, 0.17
# of the height and 0.5 above, and scatter widely (docs/measurements.md): so larger, and higher up.
_FACE_TO_WIDTH = 0.42
_FACE_TO_HEIGHT = 0.4  # at most: of someone seen down to the chest
_GAP_ABOVE = 0.3  # as a share of the face's height
_FACE_SHAPE = 0.8  # width over height
# A face counts as this person's when its middle lies in the upper part of the box.
_UPPER = (-0.1, 0.5)
_SAME_PERSON_IOU = 0.45


def face_of(person: Box) -> Box:
    """Return where the face of *person* would be, in pixels of the frame.

    >>> face_of(Box(0, 0, 100, 300))
    Box(x0=33.2, y0=12.6, x1=66.8, y1=54.6)
    """
    tall = min(_FACE_TO_WIDTH * person.width, _FACE_TO_HEIGHT * person.height)
    half = _FACE_SHAPE * tall / 2
    middle, top = person.centre[0], person.y0 + _GAP_ABOVE * tall
    return Box(
        round(middle - half, 6), round(top, 6), round(middle + half, 6), round(top + tall, 6)
    )


def heads(people: Sequence[Track], faces: Sequence[Track]) -> list[Detection]:
    """Return a head for each sighting of a person at a time when their face is not hidden.

    At each moment, faces are given to people one to one, each to whom it fits best: a child's face
    does not stand for that of the one who carries the child.

    Args:
        people: Tracks of whole people.
        faces: Tracks of faces, which are hidden anyway.

    Returns:
        Detections of kind head, in no particular order; their box is where the face would be.
    """
    by_moment: dict[Fraction, list[Detection]] = defaultdict(list)
    for person in people:
        for seen in person.detections:
            by_moment[seen.at].append(seen)
    return [
        replace(seen, kind=Kind.HEAD, box=face_of(seen.box))
        for at, here in by_moment.items()
        for seen in _faceless(here, [face.box_at(at) for face in faces if at in face.span])
    ]


def _faceless(people: Sequence[Detection], faces: Sequence[Box]) -> list[Detection]:
    """Return those of *people*, all of one moment, to whom none of *faces* belongs."""
    middles = np.array([face.centre for face in faces]).reshape(-1, 2)
    pairs = sorted(
        (_distance(faces[f], person.box), p, f)
        for p, person in enumerate(people)
        for f in np.flatnonzero(_belong(middles, person.box)).tolist()
    )
    whose: dict[int, int] = {}
    seen: set[int] = set()
    for _, p, f in pairs:
        # Two boxes that lie on one another are one person seen twice, with one face.
        if f not in whose or people[whose[f]].box.iou(people[p].box) > _SAME_PERSON_IOU:
            seen.add(p)
            whose.setdefault(f, p)
    return [person for p, person in enumerate(people) if p not in seen]


def _distance(face: Box, person: Box) -> float:
    """Return how far *face* is from where the face of *person* would be, in widths of the box."""
    (x, y), (there_x, there_y) = face.centre, face_of(person).centre
    return math.hypot(x - there_x, y - there_y) / person.width


def _belong(middles: NDArray[np.float64], person: Box) -> NDArray[np.bool_]:
    """Return which faces, by their *middles*, (N, 2), can be that of *person*."""
    x, y = middles.T
    low, high = (person.y0 + share * person.height for share in _UPPER)
    belong: NDArray[np.bool_] = (person.x0 < x) & (x < person.x1) & (low < y) & (y < high)
    return belong
