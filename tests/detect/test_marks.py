"""What finds text, codes, plates and screens, each on its own."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from tests.stage import Scene, draw
from tests.written import box_of, code, put, text

from bystander import detect, media
from bystander.detect.nanodet import Things
from bystander.geometry import Box, covered_share
from bystander.records import Detection, Frame, Kind, Picture

WORDS = text("B 4711 K", 16)
ON, OFF = (60, 130), (320, 60)  # where the same words are on a vehicle, and where on none
VEHICLE = Box(20, 80, 200, 180)


@pytest.fixture(scope="module")
def frame(tmp_path_factory: pytest.TempPathFactory) -> Frame:
    scene = Scene(
        width=480, height=272, frames=1, change=put(lambda _: [(*ON, WORDS), (*OFF, WORDS)])
    )
    path = draw(tmp_path_factory.mktemp("marks") / "in.mp4", scene)
    return next(iter(media.open_footage(path).frames()))


def looking(*vehicles: Box, still: bool = False) -> detect.Plates:
    return detect.Plates(detect.PpOcr(), lambda _: vehicles, least_score=0.5, still=still)


def only_on_the_vehicle(found: list[Detection]) -> None:
    """Check that *found* are plates that cover the words on the vehicle, and no others."""
    assert {seen.kind for seen in found} == {Kind.PLATE}
    assert covered_share(box_of(*ON, WORDS), [seen.box for seen in found]) == 1.0
    assert all(seen.box.intersection(box_of(*OFF, WORDS)).empty for seen in found)


@pytest.mark.parametrize("still", [False, True])
def test_text_on_a_vehicle_is_a_plate_and_other_text_is_none(frame: Frame, still: bool) -> None:
    found = looking(VEHICLE, still=still).look(frame, None, None)
    only_on_the_vehicle(found)


def test_without_a_vehicle_nothing_is_a_plate(frame: Frame) -> None:
    assert looking().look(frame, None, None) == []


def test_a_part_without_the_vehicle_shows_no_plate(frame: Frame) -> None:
    assert looking(VEHICLE).look(frame, Box(256, 0, 480, 128), None) == []
    assert looking(VEHICLE).look(frame, Box(0, 64, 224, 224), None)


def test_two_signs_are_found_whole(frame: Frame) -> None:
    found = detect.Writing(detect.PpOcr(), least_score=0.5).look(frame, None, None)
    for where in (box_of(*ON, WORDS), box_of(*OFF, WORDS)):
        assert any(seen.box.hull(where).area <= 1.1 * seen.box.area for seen in found)


def test_an_empty_picture_has_no_text_and_no_code() -> None:
    rows, columns = np.mgrid[:272, :480]
    soft = (90 + 20 * np.sin(columns / 60) + 15 * np.cos(rows / 45)).astype(np.uint8)
    picture = np.stack([soft] * 3, axis=2)
    for detector in (detect.PpOcr(), detect.Codes()):
        boxes, scores = detector.look(picture)
        assert boxes.shape == (0, 4)
        assert scores.shape == (0,)


@pytest.mark.parametrize("turned", [0, 1, 2, 3])
def test_a_code_is_found_whichever_way_it_is_turned(turned: int) -> None:
    picture = np.full((300, 400, 3), 128, dtype=np.uint8)
    drawn = np.rot90(code("https://example.org"), turned)
    picture[90 : 90 + drawn.shape[0], 120 : 120 + drawn.shape[1]] = drawn[..., None]
    boxes, scores = detect.Codes().look(picture)
    assert len(boxes) == 1
    assert Box(*boxes[0].tolist()).iou(box_of(120, 90, drawn, 16)) > 0.9
    assert scores[0] > 0.5


def test_people_are_found_as_before_beside_vehicles_and_screens(sample: Path) -> None:
    picture = next(iter(media.open_footage(sample).frames())).rgb(416, 234)
    detector = detect.NanoDet()
    things = detector.things(picture)
    boxes, scores = detector.look(picture)
    assert len(boxes)
    assert np.array_equal(boxes, things.people[0])
    assert np.array_equal(scores, things.people[1])
    for found, how_surely in (things.vehicles, things.screens):
        assert found.shape == (len(how_surely), 4)


def test_vehicles_are_looked_for_once_in_a_frame(frame: Frame) -> None:
    vehicles = detect.VehiclesIn(detect.NanoDet())
    assert vehicles(frame) is vehicles(frame)
    assert frame.at == Fraction(0)


class SeesThings(detect.NanoDet):
    """Sees a vehicle where one is said to be, and a screen beside it, at any size of picture."""

    def __init__(self) -> None:
        self.name = "drawn@0"

    def things(self, picture: Picture) -> Things:
        size = picture.shape[1] / 480
        nothing = np.empty((0, 4)), np.empty(0)
        vehicle = np.array([[20.0, 80, 200, 180]]) * size, np.array([0.4])
        screen = np.array([[300.0, 160, 400, 240]]) * size, np.array([0.5])
        return Things(nothing, vehicle, screen)


def found_by(frame: Frame, wanted: dict[Kind, float]) -> list[Detection]:
    finder = detect.Finder(
        [SeesThings(), detect.PpOcr()],
        pixel_aspect=Fraction(1),
        smallest_px=10,
        least_scores=wanted,
        sure=0.25,
    )
    return finder.see(frame) + finder.finish()


def test_a_finder_gives_screens_when_they_are_wanted(frame: Frame) -> None:
    (screen,) = found_by(frame, {Kind.SCREEN: 0.3})
    assert screen.kind is Kind.SCREEN
    assert screen.box.iou(Box(300, 160, 400, 240)) > 0.9
    assert found_by(frame, {Kind.SCREEN: 0.6}) == []


def test_a_finder_looks_for_plates_on_the_vehicles_that_it_sees(frame: Frame) -> None:
    found = found_by(frame, {Kind.PLATE: 0.5})
    only_on_the_vehicle(found)
