"""A place is found again where it looks the same, and nowhere where that is not plain."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.stage import Scene, draw

from bystander import media
from bystander.detect.known import Known, LastSeen
from bystander.detect.places import Place, place, walked
from bystander.geometry import Box, sides
from bystander.records import Detection, Frame, Kind

FACE = Box(100, 80, 112, 96)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Frame:
    scene = Scene(width=320, height=240, frames=1, rate=25)
    [frame] = media.open_footage(draw(tmp_path_factory.mktemp("places") / "in.mp4", scene)).frames()
    return frame


def pattern(seed: int, tall: int = 24) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(60, 200, (tall, tall), dtype=np.uint8)


def showing(empty: Frame, *shown: tuple[int, int, NDArray[np.uint8]]) -> Frame:
    """Return a frame of noise with patterns at x and y of their first pixel."""
    luma = np.random.default_rng(99).integers(90, 110, empty.planes[0].shape, dtype=np.uint8)
    for x, y, drawn in shown:
        luma[y : y + drawn.shape[0], x : x + drawn.shape[1]] = drawn
    return empty.with_planes((luma, *empty.planes[1:]))


def found(then: Frame, now: Frame, box: Box = FACE) -> Box | None:
    there = place(then, box)
    assert there is not None
    again = there.again(now)
    return again.box if again is not None else None


@pytest.mark.parametrize("moved", [(0, 0), (5, -3), (-30, 20), (38, 38)])
def test_what_moved_is_found_where_it_is(empty: Frame, moved: tuple[int, int]) -> None:
    dx, dy = moved
    then = showing(empty, (94, 76, pattern(1)))
    now = showing(empty, (94 + dx, 76 + dy, pattern(1)))
    assert found(then, now) == Box(100 + dx, 80 + dy, 112 + dx, 96 + dy)


def test_what_is_larger_than_a_patch_is_found_to_a_pixel_of_it(empty: Frame) -> None:
    face = Box(100, 60, 150, 120)
    drawn = np.kron(pattern(1, 10), np.ones((12, 12), dtype=np.uint8))
    then, now = showing(empty, (80, 30, drawn)), showing(empty, (91, 43, drawn))
    box = found(then, now, face)
    assert box is not None
    assert box.iou(Box(111, 73, 161, 133)) > 0.9


def test_what_looks_otherwise_or_walked_off_is_not_found(empty: Frame) -> None:
    then = showing(empty, (94, 76, pattern(1)))
    assert found(then, showing(empty, (94, 76, pattern(2)))) is None
    assert found(then, showing(empty)) is None
    assert found(then, showing(empty, (94 + 60, 76, pattern(1)))) is None


def test_what_looks_the_same_in_two_places_is_not_told_apart(empty: Frame) -> None:
    then = showing(empty, (94, 76, pattern(1)))
    assert found(then, showing(empty, (90, 70, pattern(1)), (118, 76, pattern(1)))) is None


def test_nothing_is_found_by_what_shows_nothing_or_is_cut_off(empty: Frame) -> None:
    plain = empty.with_planes((np.full_like(empty.planes[0], 90), *empty.planes[1:]))
    assert place(plain, FACE) is None
    assert place(showing(empty), Box(1, 80, 13, 96)) is None
    # Nor is it said to be where it would be cut off.
    then = showing(empty, (22, 76, pattern(1)))
    assert found(then, showing(empty, (0, 76, pattern(1))), Box(30, 80, 42, 96)) is not None
    shifted = showing(empty, (0, 76, pattern(1)[:, 5:]))
    assert found(then, shifted, Box(30, 80, 42, 96)) is None


def test_more_bits_are_more_brightness(empty: Frame, tmp_path: Path) -> None:
    scene = Scene(width=320, height=240, frames=1, rate=25, pix_fmt="yuv420p10le")
    [deep] = media.open_footage(draw(tmp_path / "in.mp4", scene)).frames()

    def faint(step: int) -> Frame:
        luma: NDArray[Any] = 400 + step * (np.indices(deep.planes[0].shape).sum(axis=0) % 2)
        return deep.with_planes((luma.astype(np.uint16), *deep.planes[1:]))

    assert place(faint(4), FACE) is None  # one of 255
    assert place(faint(64), FACE) is not None


def test_who_walks_is_not_far_off_nor_much_larger() -> None:
    others = sides([Box(130, 80, 142, 96), Box(145, 80, 157, 96), Box(100, 80, 124, 112)])
    assert walked(sides([FACE]), others).tolist() == [[True, False, False]]


def seen(frame: Frame, box: Box, score: float) -> Detection:
    return Detection(at=frame.at, box=box, kind=Kind.FACE, score=score, detector="made@0")


def test_whoever_looks_the_same_keeps_the_score_and_how_they_looked(empty: Frame) -> None:
    then, now = (showing(empty, (x, 76, pattern(1))) for x in (94, 99))
    last = LastSeen(sure=0.25)
    last.follow(then, [seen(then, FACE, 0.4)])
    there = last.again(dict(enumerate(last.known)), now)
    assert there == {0: seen(now, Box(105, 80, 117, 96), 0.4)}
    [one] = last.known
    last.follow(now, there.values())
    [again] = last.known
    # As a detector saw them, and not as they were found since: errors do not add up.
    assert isinstance(again.looks, Place)
    kept = one.without_frame().looks
    assert isinstance(kept, Place)
    assert np.array_equal(again.looks.patch, kept.patch)


def test_a_chain_is_strong_from_its_first_sure_link_on(empty: Frame) -> None:
    frame, last = showing(empty), LastSeen(sure=0.25)
    strong = []
    for score in (0.2, 0.3, 0.15, 0.15):
        last.follow(frame, [seen(frame, FACE, score), seen(frame, Box(200, 80, 212, 96), 0.2)])
        strong.append([one.strong for one in last.known])
    assert strong == [[False, False], [True, False], [True, False], [True, False]]
    last.forget()
    last.follow(frame, [seen(frame, FACE, 0.15)])
    assert not last.known[0].strong


def test_no_frame_is_held_for_whoever_stays_unseen(empty: Frame) -> None:
    """Where nothing changes nobody is looked at, for many glances."""
    first, last = showing(empty, (94, 76, pattern(1))), LastSeen(sure=0.25)
    last.follow(first, [seen(first, FACE, 0.4)])
    for _ in range(2):
        last.follow(showing(empty), [seen(first, FACE, 0.4)])
    assert [one for one in last.known if isinstance(one.looks, Frame)] == []
    assert Known(seen(first, FACE, 0.4), True, None).again(first) is None


def test_times_are_those_of_the_frame(empty: Frame) -> None:
    frame = showing(empty, (94, 76, pattern(1)))
    later = replace(frame, at=Fraction(1, 4))
    again = Known(seen(frame, FACE, 0.4), True, frame).again(later)
    assert again is not None
    assert again.seen.at == Fraction(1, 4)
