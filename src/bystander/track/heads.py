"""Where the heads of people are whose faces were not seen.

A person seen from behind, in profile, in a helmet or with a hand before the face has a head that
hair, ears and headgear identify. A detector of people gives a box around all of such a person; the
head is taken to lie at its top, in the middle. Its size follows from the box's width more steadily
than from its height, which changes with how much of the legs is in view.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bystander.geometry import Box
from bystander.records import Detection, Kind, Track

# Medians over the people in 207 photos whose face was seen as well; see docs/measurements.md.
_FACE_TO_WIDTH = 0.42
_FACE_TO_HEIGHT = 0.4  # at most: of someone seen down to the chest
_GAP_ABOVE = 0.3  # as a share of the face's height
_FACE_SHAPE = 0.8  # width over height
# A face counts as this person's when its middle lies in the upper part of the box.
_UPPER = (-0.1, 0.5)


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
    """Return a head for each sighting of a person at a time when no face is hidden there.

    Args:
        people: Tracks of whole people.
        faces: Tracks of faces, which are hidden anyway.

    Returns:
        Detections of kind head, in no particular order; their box is where the face would be.
    """
    found: list[Detection] = []
    for person in people:
        near = [face for face in faces if face.span.overlaps(person.span)]
        for seen in person.detections:
            hidden = (face.box_at(seen.at) for face in near if seen.at in face.span)
            if not any(_belongs(face, seen.box) for face in hidden):
                found.append(replace(seen, kind=Kind.HEAD, box=face_of(seen.box)))
    return found


def _belongs(face: Box, person: Box) -> bool:
    x, y = face.centre
    low, high = (person.y0 + share * person.height for share in _UPPER)
    return person.x0 < x < person.x1 and low < y < high
