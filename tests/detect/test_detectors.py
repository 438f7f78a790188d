"""What every detector must keep, on a real frame with real people."""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.stage import Scene, draw

from bystander import detect, media
from bystander.detect import fastest, session
from bystander.detect.tiles import suppress, tiles
from bystander.errors import ModelError
from bystander.geometry import Box
from bystander.records import Detector, Frame, Kind, Picture, Policy

# The cyclist in that frame, in pixels, drawn by eye.
FACE = Box(365, 9, 423, 86)


def on_openvino() -> detect.CenterFace:
    pytest.importorskip("openvino", reason="OpenVINO is not installed: pip install '.[openvino]'")
    return detect.CenterFace("openvino")


DETECTORS: list[Callable[[], Detector]] = [detect.CenterFace, on_openvino, detect.YuFace]


@pytest.fixture(scope="module", params=DETECTORS, ids=lambda made: made.__name__)
def detector(request: pytest.FixtureRequest) -> Detector:
    made: Detector = request.param()
    return made


@pytest.fixture(scope="module")
def frame(short_sample: Path) -> Frame:
    """Return a frame in which a cyclist's face fills a fifth of the picture's height."""
    return list(media.open_footage(short_sample).frames())[12]


def test_its_name_tells_the_digest(detector: Detector) -> None:
    name, digest = detector.name.split("@")
    assert name in ("centerface", "yuface")
    assert len(digest) == 16


def test_it_finds_a_face_where_it_is(detector: Detector, frame: Frame) -> None:
    boxes, scores = detector.look(frame.rgb(frame.width, frame.height))
    assert boxes.shape == (len(scores), 4)
    assert ((scores >= 0) & (scores <= 1)).all()
    best = Box(*boxes[scores.argmax()])
    assert scores.max() > 0.6
    assert best.iou(FACE) > 0.4


def test_scaled_twice_the_face_is_at_twice_the_place(detector: Detector, frame: Frame) -> None:
    boxes, scores = detector.look(frame.rgb(2 * frame.width, 2 * frame.height))
    twice = Box(FACE.x0 * 2, FACE.y0 * 2, FACE.x1 * 2, FACE.y1 * 2)
    assert max(Box(*box).iou(twice) for box in boxes[scores > 0.5]) > 0.4


def test_a_face_in_a_picture_larger_than_a_tile_is_found_once(
    detector: Detector, frame: Frame
) -> None:
    picture = frame.rgb(frame.width, frame.height)
    wide = np.zeros((1200, 2500, 3), np.uint8)
    x, y = 2500 - frame.width, 1200 - frame.height
    wide[y:, x:] = picture
    boxes, scores = detector.look(wide)
    moved = Box(FACE.x0 + x, FACE.y0 + y, FACE.x1 + x, FACE.y1 + y)
    assert sum(Box(*box).iou(moved) > 0.4 for box in boxes[scores > 0.5]) == 1


@pytest.mark.parametrize("size", [(1, 1), (7, 3), (16, 900), (33, 31), (31, 64)])
def test_any_size_will_do_and_nothing_is_nobody(detector: Detector, size: tuple[int, int]) -> None:
    boxes, scores = detector.look(np.full((*size, 3), 128, np.uint8))
    assert boxes.shape == (len(scores), 4)
    assert not (scores > 0.5).any()


def test_it_looks_at_the_same_picture_the_same_way(detector: Detector, frame: Frame) -> None:
    picture = frame.rgb(frame.width, frame.height)
    first, second = detector.look(picture), detector.look(picture)
    assert np.array_equal(first[0], second[0])
    assert np.array_equal(first[1], second[1])


def test_several_threads_see_what_one_sees(detector: Detector, frame: Frame) -> None:
    sizes = [(frame.width * n // 4, frame.height * n // 4) for n in (1, 2, 3, 4, 6)]
    pictures = [frame.rgb(*size) for size in sizes] * 4
    alone = [detector.look(picture) for picture in pictures[:5]] * 4
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(detector.look, pictures))
    assert sum(len(scores) for _, scores in alone) > 0
    for (boxes, scores), (others, theirs) in zip(alone, together, strict=True):
        assert np.array_equal(boxes, others)
        assert np.array_equal(scores, theirs)


def test_looking_keeps_no_memory(detector: Detector) -> None:
    def resident() -> int:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
        return int(pages) * os.sysconf("SC_PAGESIZE")

    picture = np.zeros((64, 64, 3), np.uint8)
    for _ in range(20):
        detector.look(picture)
    before = resident()
    for _ in range(400):
        detector.look(picture)
    assert resident() - before < 4_000_000  # a binding that was in use kept 36 kB of each


class Somebody:
    """Always sees the same person."""

    kind = Kind.PERSON
    name = "somebody@0"

    def __init__(self) -> None:
        self.looks = 0

    def look(self, picture: Picture) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        self.looks += 1
        return np.array([[10.0, 10, 30, 60]]), np.array([0.9])


@pytest.mark.parametrize(("moves", "looks"), [(False, 4), (True, 15)])
def test_people_are_looked_for_where_something_changed(
    tmp_path: Path, moves: bool, looks: int
) -> None:
    def paint(index: int, planes: list[NDArray[Any]]) -> None:
        planes[0][:] = 100
        if moves:
            planes[0][:, 8 * index : 8 * index + 40] = 200

    scene = Scene(width=480, height=272, frames=45, rate=30, change=paint)
    somebody = Somebody()
    made = finder(somebody)
    footage = media.open_footage(draw(tmp_path / "in.mp4", scene))
    seen = [found for frame in footage.frames() for found in made.see(frame)]
    assert somebody.looks == looks
    assert [d.at for d in seen] == [Fraction(number, 10) for number in range(15)]


class Blinking(Somebody):
    """Sees that person every other time."""

    def look(self, picture: Picture) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        boxes, scores = super().look(picture)
        return boxes, scores * (self.looks % 2)


def test_who_is_missed_once_where_nothing_changes_is_not_missed_for_long(tmp_path: Path) -> None:
    def paint(_: int, planes: list[NDArray[Any]]) -> None:
        planes[0][:] = 100

    scene = Scene(width=480, height=272, frames=90, rate=30, change=paint)
    made = finder(Blinking())
    footage = media.open_footage(draw(tmp_path / "in.mp4", scene))
    seen = [found.at for frame in footage.frames() for found in made.see(frame)]
    assert max(b - a for a, b in itertools.pairwise(seen)) < Policy().gap_s / 2 + Fraction(1, 10)


def finder(detector: Detector, smallest_px: int = 10) -> detect.Finder:
    return detect.Finder(
        [detector],
        pixel_aspect=Fraction(1),
        smallest_px=smallest_px,
        least_scores={Kind.FACE: 0.15, Kind.PERSON: 0.35},
        sure=0.25,
    )


def test_a_finder_reports_each_face_once_in_pixels_of_the_frame(frame: Frame) -> None:
    found = finder(detect.CenterFace()).see(frame)
    assert sum(d.box.iou(FACE) > 0.3 for d in found) == 1
    assert all(d.at == frame.at for d in found)


def test_a_finder_leaves_out_what_is_smaller_than_asked_for(frame: Frame) -> None:
    assert not finder(detect.CenterFace(), smallest_px=400).see(frame)


@pytest.mark.parametrize("aspect", [Fraction(1, 8), Fraction(1, 2), Fraction(2), Fraction(9)])
def test_a_wrong_pixel_aspect_does_not_blind_it(frame: Frame, aspect: Fraction) -> None:
    made = detect.Finder(
        [detect.CenterFace()],
        pixel_aspect=aspect,
        smallest_px=20,
        least_scores={Kind.FACE: 0.15, Kind.PERSON: 0.35},
        sure=0.25,
    )
    assert any(d.box.iou(FACE) > 0.4 and d.score > 0.5 for d in made.see(frame))


def test_a_provider_that_is_not_there_is_an_error() -> None:
    with pytest.raises(ModelError, match="no cuda provider"):
        detect.CenterFace("cuda")


def test_openvino_that_is_not_there_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openvino", None)
    session._loaded.cache_clear()  # a network is loaded once in a process
    with pytest.raises(ModelError, match="OpenVINO is not installed"):
        detect.CenterFace("openvino")


def test_openvino_says_what_it_computes_in() -> None:
    assert on_openvino().provider.startswith("OpenVINO ")


def test_openvino_says_the_same_to_several_threads(frame: Frame) -> None:
    detector = on_openvino()
    pictures = [frame.rgb(frame.width + 32 * n, frame.height + 160) for n in range(4)]
    assert all(picture.size > 3 * 512 * 512 for picture in pictures)
    alone = [detector.look(picture) for picture in pictures]
    with ThreadPoolExecutor(4) as pool:
        beside = list(pool.map(detector.look, pictures * 3))
    for (boxes, scores), (expected, sure) in zip(beside, alone * 3, strict=True):
        assert sure.max() > 0.6
        assert np.array_equal(boxes, expected)
        assert np.array_equal(scores, sure)


@pytest.mark.parametrize(
    ("openvino_s", "choice"), [(0.5, "openvino"), (0.9, "cpu"), (2.0, "cpu"), (None, "cpu")]
)
def test_openvino_is_chosen_where_it_is_faster(
    monkeypatch: pytest.MonkeyPatch, openvino_s: float | None, choice: str
) -> None:
    def seconds(provider: str) -> float:
        if provider == "cpu":
            return 1.0
        if openvino_s is None:
            raise ModelError("OpenVINO does not start here")
        return openvino_s

    monkeypatch.setattr(fastest, "find_spec", lambda _: object())
    monkeypatch.setattr(fastest, "_seconds", seconds)
    assert detect.chosen("auto") == choice
    assert detect.chosen("cpu") == "cpu"


def test_without_openvino_the_choice_is_the_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fastest, "find_spec", lambda _: None)
    assert detect.chosen("auto") == "cpu"


def test_what_is_chosen_here_can_be_had() -> None:
    assert detect.CenterFace(detect.chosen("auto")).provider


@given(st.integers(1, 5000), st.integers(100, 2000), st.integers(0, 90))
def test_tiles_cover_everything_and_share_enough(length: int, largest: int, overlap: int) -> None:
    made = list(tiles(length, largest, overlap))
    assert made[0][0] == 0
    assert made[-1][1] == length
    assert all(end - start <= largest for start, end in made)
    for (_, end), (start, _) in itertools.pairwise(made):
        assert end - start >= overlap


def test_suppression_keeps_the_better_of_two() -> None:
    boxes = np.array([[0.0, 0, 10, 10], [1, 1, 11, 11], [50, 50, 60, 60]])
    assert suppress(boxes, np.array([0.5, 0.9, 0.3]), 0.3).tolist() == [1, 2]


@given(st.integers(0, 150), st.integers(0, 99))
def test_suppression_of_many_goes_from_the_best_to_the_worst(count: int, seed: int) -> None:
    chance = np.random.default_rng(seed)
    corners = chance.integers(0, 60, (count, 2))
    boxes = np.concatenate([corners, corners + chance.integers(0, 30, (count, 2))], axis=1)
    boxes, scores = boxes.astype(np.float64), chance.integers(0, 9, count) / 8
    kept: list[int] = []
    for one in sorted(range(count), key=lambda number: (-scores[number], number)):
        if all(Box(*boxes[one]).iou(Box(*boxes[other])) <= 0.4 for other in kept):
            kept.append(one)
    assert suppress(boxes, scores, 0.4).tolist() == kept
