"""What changed since it was looked at, and the parts that cover it for little work."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.stage import Scene, draw

from bystander import media
from bystander.geometry import Box, sides
from bystander.records import Detection, Frame, Kind
from bystander.watch import Changes, covering, each_once, held, holds

WIDTH, HEIGHT = 640, 384
Change = Callable[[int, list[np.ndarray[Any, Any]]], None]


def frames(folder: Path, change: Change, count: int = 12) -> list[Frame]:
    def paint(index: int, planes: list[np.ndarray[Any, Any]]) -> None:
        planes[0][:] = 100
        change(index, planes)

    scene = Scene(width=WIDTH, height=HEIGHT, frames=count, change=paint)
    return list(media.open_footage(draw(folder / "in.mp4", scene)).frames())


def everything(frame: Frame) -> list[Box]:
    return [Box(0, 0, frame.width, frame.height)]


def test_all_of_it_is_new_at_first(tmp_path: Path) -> None:
    (frame,) = frames(tmp_path, lambda *_: None, count=1)
    assert Changes().since(frame) == everything(frame)


def test_what_is_new_is_found_where_it_is(tmp_path: Path) -> None:
    def something(index: int, planes: list[np.ndarray[Any, Any]]) -> None:
        planes[0][200:212, 320:330] = 100 + 60 * (index > 5)

    shown = frames(tmp_path, something)
    changes = Changes()
    changes.looked_at(shown[0], everything(shown[0]))
    assert changes.since(shown[5]) == []
    new = changes.since(shown[6])
    assert all(box.padded(24).hull(Box(320, 200, 330, 212)) == box.padded(24) for box in new)
    changes.looked_at(shown[6], new)
    assert changes.since(shown[7]) == []


def test_what_creeps_in_adds_up(tmp_path: Path) -> None:
    def brighter(index: int, planes: list[np.ndarray[Any, Any]]) -> None:
        planes[0][100:180, 100:180] += np.uint8(index)

    shown = frames(tmp_path, brighter)
    changes = Changes()
    changes.looked_at(shown[0], everything(shown[0]))
    assert [bool(changes.since(frame)) for frame in (shown[1], shown[11])] == [False, True]


def test_noise_is_no_change(tmp_path: Path) -> None:
    random = np.random.default_rng(3)

    def noise(index: int, planes: list[np.ndarray[Any, Any]]) -> None:
        planes[0][:] = random.normal(100, 2.5, planes[0].shape).clip(0, 255)

    shown = frames(tmp_path, noise)
    changes = Changes()
    changes.looked_at(shown[0], everything(shown[0]))
    assert changes.since(shown[5]) == []


FRAME_BOXES = [
    [Box(10, 10, 40, 40)],
    [Box(10, 10, 40, 40), Box(500, 300, 560, 380)],
    [Box(x, x // 2, x + 30, x // 2 + 30) for x in range(0, 600, 40)],
    [Box(620, 370, 700, 500)],
]


@pytest.mark.parametrize("boxes", FRAME_BOXES)
def test_parts_cover_what_they_are_for(tmp_path: Path, boxes: list[Box]) -> None:
    (frame,) = frames(tmp_path, lambda *_: None, count=1)
    parts = covering(boxes, frame)
    assert parts is not None
    for box in boxes:
        inside = box.clipped(WIDTH, HEIGHT)
        assert any(part.hull(inside) == part for part in parts)
    for part in parts:
        assert part == part.clipped(WIDTH, HEIGHT)
        assert part.x0 % 32 == part.y0 % 32 == 0
    # Not so many that one look at their hull would have been cheaper.
    assert sum(part.area for part in parts) <= WIDTH * HEIGHT


def test_far_apart_they_stay_apart_and_together_they_are_one(tmp_path: Path) -> None:
    (frame,) = frames(tmp_path, lambda *_: None, count=1)
    assert len(covering([Box(0, 0, 64, 64), Box(500, 300, 564, 364)], frame) or ()) == 2
    assert covering([Box(0, 0, 64, 64), Box(64, 0, 128, 64)], frame) == [Box(0, 0, 128, 64)]


def test_nearly_all_is_all(tmp_path: Path) -> None:
    (frame,) = frames(tmp_path, lambda *_: None, count=1)
    assert covering([Box(0, 0, 600, 380)], frame) is None
    assert covering([], frame) == []


some_boxes = st.lists(
    st.builds(
        lambda x, y, w, h: Box(x, y, x + w, y + h),
        st.integers(-50, 2000),
        st.integers(-50, 1100),
        st.integers(0, 99),
        st.integers(0, 99),
    ),
    max_size=25,
)


@given(some_boxes)
def test_parts_are_joined_two_by_two_those_first_that_save_most(boxes: list[Box]) -> None:
    frame = cast(Frame, SimpleNamespace(width=1920, height=1080))
    snapped = [box.snapped(32).clipped(1920, 1080) for box in boxes]
    parts = list(dict.fromkeys(part for part in snapped if not part.empty))
    while len(parts) > 1:
        saved = [
            (a.area + b.area + 64 * 64 - a.hull(b).area, -n, a.hull(b))
            for n, (a, b) in enumerate(combinations(parts, 2))
        ]
        most, _, hull = max(saved, key=lambda one: one[:2])
        if most < 0:
            break
        parts = [*(part for part in parts if hull.hull(part) != hull), hull]
    nearly_all = sum(part.area for part in parts) > 0.7 * 1920 * 1080
    assert covering(boxes, frame) == (None if nearly_all else parts)


@given(some_boxes, st.integers(0, 99))
def test_of_those_that_lie_on_one_another_the_best_stays(boxes: list[Box], seed: int) -> None:
    chance = np.random.default_rng(seed)
    seen = [
        Detection(
            at=Fraction(int(chance.integers(2)), 3),
            box=box,
            kind=Kind.FACE,
            score=float(chance.integers(9)) / 8,
            detector="drawn@0",
        )
        for box in boxes
    ]
    kept: list[Detection] = []
    for one in sorted(seen, key=lambda d: (d.at, -d.score, d.box.x0, d.box.y0)):
        if all(one.at != other.at or one.box.iou(other.box) <= 0.4 for other in kept):
            kept.append(one)
    assert each_once(seen) == kept


edge = st.floats(-80, 700)


@given(st.lists(st.builds(Box, edge, edge, edge, edge), max_size=8))
def test_what_of_many_a_part_holds_is_what_it_holds_of_each(boxes: list[Box]) -> None:
    frame = cast(Frame, SimpleNamespace(width=WIDTH, height=HEIGHT))
    part = Box(64, 32, 320, HEIGHT)
    assert held(part, sides(boxes), frame).tolist() == [holds(part, box, frame) for box in boxes]
