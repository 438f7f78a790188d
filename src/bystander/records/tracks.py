"""What is seen: detections, tracks, and :class:`Detector`, the one role that two rooms need."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bystander.geometry import Box
from bystander.records.footage import Picture
from bystander.timeline import Span, share


class Kind(StrEnum):
    """What a detection is of."""

    FACE = "face"
    HEAD = "head"  # of a person whose face was not seen; its box is where the face would be
    PERSON = "person"
    PLATE = "plate"
    TEXT = "text"
    CODE = "code"  # QR and bar codes
    SCREEN = "screen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """One thing seen in one frame. ``detector`` is ``name@first-digits-of-digest``."""

    at: Fraction
    box: Box
    kind: Kind
    score: float
    detector: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """One continuous appearance: boxes over time within one recording.

    Never a name, never an embedding, never matched across recordings. ``detections`` are in time
    order and never empty; ``span`` also covers the stretches that were added at both ends.
    """

    id: str
    kind: Kind
    detections: tuple[Detection, ...]
    span: Span

    def __post_init__(self) -> None:
        if not self.detections:
            raise ValueError("a track needs at least one detection")

    @property
    def score(self) -> float:
        """The best score of its detections."""
        return max(detection.score for detection in self.detections)

    def box_at(self, at: Fraction) -> Box:
        """Return where it is at *at*.

        Between two detections that is on the straight line from one to the other. Before the
        first and after the last it is not known whether the thing stopped or went on as before,
        so the box reaches around both.
        """
        after = bisect_left(self.detections, at, key=lambda detection: detection.at)
        if after == 0:
            return _drifting(*_end(self.detections[:_DRIFT_OVER]), at)
        if after == len(self.detections):
            return _drifting(*_end(self.detections[-_DRIFT_OVER:][::-1]), at)
        return _between(self.detections[after - 1], self.detections[after], at)

    def boxes_at(self, times: Iterable[Fraction]) -> list[Box]:
        """Return where it is at each of *times*, which ascend; see :meth:`box_at`."""
        seen = self.detections
        first, last = _end(seen[:_DRIFT_OVER]), _end(seen[-_DRIFT_OVER:][::-1])
        boxes: list[Box] = []
        after = 0
        for at in times:
            while after < len(seen) and seen[after].at < at:
                after += 1
            if 0 < after < len(seen):
                boxes.append(_between(seen[after - 1], seen[after], at))
            else:
                boxes.append(_drifting(*(last if after else first), at))
        return boxes


# How many detections, and how much time at most, the drift beyond an end is taken from.
_DRIFT_OVER = 6
_DRIFT_OVER_S = Fraction(2, 5)


def _between(left: Detection, right: Detection, at: Fraction) -> Box:
    return left.box.moved_towards(right.box, share(at, left.at, right.at))


def _end(seen: Sequence[Detection]) -> tuple[Detection, Detection | None]:
    """Return the first of *seen*, an end of a track, and the one its drift is taken from."""
    near = (one for one in reversed(seen[1:]) if abs(one.at - seen[0].at) <= _DRIFT_OVER_S)
    return seen[0], next(near, None)


def _drifting(end: Detection, other: Detection | None, at: Fraction) -> Box:
    """Return a box around *end* and around where its motion from *other* leads to at *at*."""
    if other is None:
        return end.box
    pace = -share(at, end.at, other.at)
    (x, y), (other_x, other_y) = end.box.centre, other.box.centre
    # A detector's boxes jitter: no more than two box sizes of drift are believed.
    limit_x, limit_y = 2 * end.box.width, 2 * end.box.height
    dx = min(limit_x, max(-limit_x, (x - other_x) * pace))
    dy = min(limit_y, max(-limit_y, (y - other_y) * pace))
    box = end.box
    return box.hull(Box(box.x0 + dx, box.y0 + dy, box.x1 + dx, box.y1 + dy))


class Detector(Protocol):
    """Finds things of one kind in a picture; an implementation lives in ``detect``."""

    @property
    def name(self) -> str:
        """``name@digest``, as it is written into plans and reports."""

    @property
    def kind(self) -> Kind:
        """What it finds."""

    def look(self, picture: Picture) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Find things in one picture.

        Args:
            picture: Shape (H, W, 3), R G B, 0 to 255; square pixels.

        Returns:
            Boxes, shape (N, 4), x0 y0 x1 y1 in pixels of *picture*, perhaps partly outside it;
            and scores, shape (N,), each in [0, 1].
        """


# Pixel aspects beyond these are taken for mistakes: no camera has them.
_NARROWEST, _WIDEST = Fraction(1, 3), Fraction(3)


def aspects_to_look_at(pixel_aspect: Fraction) -> tuple[Fraction, ...]:
    """Return the pixel aspects with which a detector is to look at a picture.

    A file's word for its pixel aspect may be wrong, and a picture stretched by a wrong one shows a
    detector nobody. So the picture is looked at as it is too, and where the word cannot be right,
    only so.

    >>> aspects_to_look_at(Fraction(1)), aspects_to_look_at(Fraction(8))
    ((Fraction(1, 1),), (Fraction(1, 1),))
    >>> aspects_to_look_at(Fraction(4, 3))
    (Fraction(1, 1), Fraction(4, 3))
    """
    if pixel_aspect == 1 or not _NARROWEST <= pixel_aspect <= _WIDEST:
        return (Fraction(1),)
    return Fraction(1), pixel_aspect
