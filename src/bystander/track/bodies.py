"""Where the bodies of people are of whom a face was found and no body.

A detector of people misses some whose face is found: seated, half hidden, close to another. Who
asks for whole people to be hidden must not get a head hidden above a body that is not. So a body is
taken to hang below such a face, as large as bodies are: a standing adult is seven to eight heads
tall and two to three wide (A. Loomis, "Figure Drawing for All It's Worth", 1943), and arms reach
beyond that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bystander.geometry import Box, covered_share
from bystander.records import Detection, Kind, Track

# In widths and heights of the face, which is less than the head.
_ACROSS, _UP, _DOWN = 2.2, 0.6, 8.0
# What must lie in the boxes of people for the face to count as one of theirs.
_TORSO_ACROSS, _TORSO_DOWN = 1.2, 3.0
_COVERED = 0.8


def body_of(face: Box) -> Box:
    """Return a box around the body whose face is *face*, in pixels of the frame.

    >>> body_of(Box(40, 10, 50, 20))
    Box(x0=23.0, y0=4.0, x1=67.0, y1=100.0)
    """
    middle = face.centre[0]
    half = _ACROSS * face.width
    return Box(
        middle - half, face.y0 - _UP * face.height, middle + half, face.y1 + _DOWN * face.height
    )


def bodies(
    faces: Iterable[Track], people: Sequence[Track], *, width: int, height: int
) -> list[Detection]:
    """Return a body for each sighting of a face below which no person is hidden.

    Args:
        faces: Tracks of faces.
        people: Tracks of whole people.
        width: Width of the frame in pixels.
        height: Height of the frame in pixels.

    Returns:
        Detections of kind person, in no particular order.
    """
    return [
        replace(seen, kind=Kind.PERSON, box=body_of(seen.box))
        for face in faces
        for seen in face.detections
        if covered_share(
            _torso(seen.box).clipped(width, height),
            [person.box_at(seen.at) for person in people if seen.at in person.span],
        )
        < _COVERED
    ]


def _torso(face: Box) -> Box:
    middle, half = face.centre[0], _TORSO_ACROSS * face.width
    return Box(middle - half, face.y1, middle + half, face.y1 + _TORSO_DOWN * face.height)
