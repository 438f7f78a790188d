"""What a look for people shows besides: vehicles, which bear plates, and screens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from bystander.detect.nanodet import Found, NanoDet, Things
from bystander.detect.plates import VEHICLE_SCORE
from bystander.geometry import Box
from bystander.records import Detection, Detector, Frame, Kind, Picture

_KEPT_S = Fraction(1)  # how long sightings of vehicles are remembered
_KEPT_FRAMES = 60  # the same for files whose times cannot be believed
_SAME_IOU = 0.5
_PERSON_SCORE = 0.4


class Also:
    """Remembers the vehicles and the screens of the last second."""

    def __init__(self, *, screen_score: float | None) -> None:
        """Prepare; *screen_score* is the least that a screen scores, ``None``: none is sought."""
        self._screen_score = screen_score
        self._seen: list[tuple[Fraction, list[Box]]] = []
        self._screens: list[Detection] = []
        self.people = False  # whether the last look showed any

    def beside(self, detector: Detector, frame: Frame) -> Detector:
        """Return a detector that looks as *detector* and has this take in what else it sees."""
        if not isinstance(detector, NanoDet):
            return detector
        self._begin(frame, [])
        self._screens, self.people = [], False
        return _Noting(detector, frame, self)

    def again(self, frame: Frame) -> None:
        """Take in that *frame* shows what was shown last."""
        self._begin(frame, self._seen[-1][1] if self._seen else [])
        self._screens = [replace(screen, at=frame.at) for screen in self._screens]

    def screens(self) -> list[Detection]:
        """Return the screens that were seen last."""
        return self._screens

    def vehicles(self, frame: Frame) -> Sequence[Box]:
        """Return where vehicles were seen about the time of *frame*: before it, and after."""
        before = [boxes for seen, boxes in self._seen if seen <= frame.at][-1:]
        after = [boxes for seen, boxes in self._seen if seen > frame.at][:1]
        joined: list[Box] = []
        for box in (box for boxes in (*before, *after) for box in boxes):
            for number, other in enumerate(joined):
                if other.iou(box) > _SAME_IOU:
                    joined[number] = other.hull(box)
                    break
            else:
                joined.append(box)
        return joined

    def take_in(self, frame: Frame, name: str, picture: Picture, things: Things) -> None:
        """Take in what *picture*, which shows *frame*, shows besides."""
        size = np.array([frame.width / picture.shape[1], frame.height / picture.shape[0]] * 2)
        (vehicles, how_surely), (screens, scores) = things.vehicles, things.screens
        self.people |= bool((things.people[1] >= _PERSON_SCORE).any())
        self._seen[-1][1].extend(_boxes(vehicles[how_surely >= VEHICLE_SCORE] * size))
        if self._screen_score is not None:
            sure = scores >= self._screen_score
            self._screens += [
                Detection(at=frame.at, box=box, kind=Kind.SCREEN, score=score, detector=name)
                for box, score in zip(
                    _boxes(screens[sure] * size), scores[sure].tolist(), strict=True
                )
            ]

    def _begin(self, frame: Frame, vehicles: list[Box]) -> None:
        self._seen = [
            (seen, boxes)
            for seen, boxes in self._seen[-_KEPT_FRAMES:]
            if frame.at - seen <= _KEPT_S and seen != frame.at
        ]
        self._seen.append((frame.at, list(vehicles)))


class _Noting:
    """Looks as a detector of people, and hands on what else it sees."""

    kind = Kind.PERSON

    def __init__(self, detector: NanoDet, frame: Frame, also: Also) -> None:
        self._detector, self._frame, self._also = detector, frame, also
        self.name = detector.name

    def look(self, picture: Picture) -> Found:
        things = self._detector.things(picture)
        self._also.take_in(self._frame, self.name, picture, things)
        return things.people


def _boxes(corners: NDArray[np.float64]) -> list[Box]:
    return [Box(*sides) for sides in corners.tolist()]
