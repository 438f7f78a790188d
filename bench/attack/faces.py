"""A set of faces, as the person who runs the attack supplies it.

``FOLDER/LABEL/*``: one folder a person, one main face a picture; jpg, png or pgm. Labels say which
pictures are of one person, and that is all that is made of them: they are not kept, so they cannot
come out again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from bystander.geometry import Box
from bystander.records import Detector, Picture, Policy

ENROLLED = 2  # pictures of each person that the attacker knows whose they are
LEAST_ENROLLED_PEOPLE = 2
# Fewer other people teach what tells these apart, not what tells people apart.
LEAST_TRAINING_PEOPLE = 10

Features = NDArray[np.float64]

_SUFFIXES = {".jpg", ".jpeg", ".png", ".pgm"}


class Unusable(Exception):
    """The set of faces, or this machine, does not allow the attack. ``str()`` is one line."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shot:
    """A picture, shape (H, W, 3), R G B, 0 to 255; and where its main face is, in its pixels."""

    picture: Picture
    face: Box


Person = tuple[Shot, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FaceSet:
    """People, in the order of their labels.

    Attributes:
        people: The shots of each in the order of their files; perhaps none.
        faceless: Pictures in which no face was found, which are left out.
    """

    people: tuple[Person, ...]
    faceless: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cast:
    """Who plays which part.

    Attributes:
        gallery: The pictures that the attacker has of each person to be named.
        probes: Other pictures of the same people, in the same order; at least one each.
        others: Other people altogether, with two pictures or more, to learn from; perhaps none.
        lacking: How many more people the set would need for the trained attacker; 0: enough.
    """

    gallery: tuple[Person, ...]
    probes: tuple[Person, ...]
    others: tuple[Person, ...]
    lacking: int

    @property
    def probe_count(self) -> int:
        """How many pictures are to be named."""
        return sum(map(len, self.probes))


def read(folder: Path, detector: Detector, *, people: int | None = None) -> FaceSet:
    """Read a set of faces.

    Args:
        folder: Holds one folder for each person.
        detector: Finds the faces; the largest in a picture is its main one.
        people: Read no more than the first so many.

    Raises:
        Unusable: There is no such folder, nobody in it, or a picture does not decode.
    """
    if not folder.is_dir():
        raise Unusable("there is no such folder of faces")
    found: list[Person] = []
    faceless = 0
    for number, home in enumerate(_homes(folder)[:people], start=1):
        shots: list[Shot] = []
        files = sorted(path for path in home.iterdir() if path.suffix.lower() in _SUFFIXES)
        for count, path in enumerate(files, start=1):
            try:
                with Image.open(path) as image:
                    upright = ImageOps.exif_transpose(image).convert("RGB")
            except (OSError, SyntaxError, Image.DecompressionBombError):
                # Not by its name: that may be the person's.
                message = f"picture {count} of person {number} cannot be read"
                raise Unusable(f"{message} (both counted in the order of names)") from None
            picture = np.asarray(upright, dtype=np.uint8)
            face = main_face(picture, detector)
            if face is None:
                faceless += 1
            else:
                shots.append(Shot(picture=picture, face=face))
        found.append(tuple(shots))
    if not found:
        raise Unusable("the folder holds no folders of people")
    return FaceSet(people=tuple(found), faceless=faceless)


def main_face(picture: Picture, detector: Detector) -> Box | None:
    """Return the largest face that the product would hide on a still, or ``None``."""
    boxes, scores = detector.look(picture)
    faces = [Box(*map(float, box)) for box in boxes[scores >= Policy().score_still]]
    height, width = picture.shape[:2]
    faces = [face for face in faces if not face.clipped(width, height).empty]
    return max(faces, key=lambda face: face.area, default=None)


def widened(picture: Picture, face: Box) -> tuple[Picture, int]:
    """Return *picture* with its edge drawn outwards by the face's size, and by how much.

    What is looked at may reach beyond the picture. Black there would tell where the face was.
    """
    margin = int(np.ceil(max(face.width, face.height)))
    return np.pad(picture, ((margin, margin), (margin, margin), (0, 0)), mode="edge"), margin


def same_labels(a: Path, b: Path) -> int:
    """Return how many labels two sets have in common."""
    return len({home.name for home in _homes(a)} & {home.name for home in _homes(b)})


def assign(faces: FaceSet, training: FaceSet | None = None, *, probes: int | None = None) -> Cast:
    """Decide who is enrolled, which pictures are to be named, and who is learnt from.

    People with three pictures or more can be enrolled: with the first two, and the rest are
    probes. Without a training set of its own, every second person goes to training if that makes
    enough of them; if not, all are enrolled and nobody is learnt from.

    Args:
        faces: The set under attack.
        training: Other people to learn from.
        probes: No more than so many of each person.

    Raises:
        Unusable: Fewer than two people can be enrolled.
    """
    candidates: Sequence[Person] = faces.people
    if training is not None:
        others = _learnable(training.people)
        lacking = max(0, LEAST_TRAINING_PEOPLE - len(others))
    else:
        usable = [person for person in candidates if len(person) > ENROLLED]
        lacking = max(0, 2 * LEAST_TRAINING_PEOPLE - len(usable))
        candidates = usable if lacking else usable[::2]
        others = () if lacking else tuple(usable[1::2])
    enrolled = [person for person in candidates if len(person) > ENROLLED]
    if len(enrolled) < LEAST_ENROLLED_PEOPLE:
        raise Unusable(
            f"the set needs {LEAST_ENROLLED_PEOPLE} people with {ENROLLED + 1} pictures that show"
            f" a face, and has {len(enrolled)}"
        )
    last = None if probes is None else ENROLLED + probes
    return Cast(
        gallery=tuple(person[:ENROLLED] for person in enrolled),
        probes=tuple(person[ENROLLED:last] for person in enrolled),
        others=() if lacking else others,
        lacking=lacking,
    )


def _learnable(people: Sequence[Person]) -> tuple[Person, ...]:
    """Return those with two pictures: from one, nothing is learnt of how a person's differ."""
    return tuple(person for person in people if len(person) > 1)


def _homes(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir())
