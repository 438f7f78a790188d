"""Few frames are looked at, and nothing that lasts is missed."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.stage import Scene, draw

from bystander import media
from bystander.geometry import Box
from bystander.records import Detection, Frame, Kind
from bystander.watch import Jumps, Watcher

RATE = 25
WIDTH, HEIGHT = 768, 448
Where = Callable[[int], Box | None]


class Seen:
    """Looks for white patches, and notes where it looked."""

    def __init__(self, score: float = 0.9) -> None:
        self.score = score
        self.at: list[tuple[int, Box | None]] = []

    def __call__(
        self, frame: Frame, part: Box | None, sizes: tuple[float, float] | None
    ) -> list[Detection]:
        self.at.append((frame.index, part))
        shown = part or Box(0, 0, frame.width, frame.height)
        x, y = int(shown.x0), int(shown.y0)
        white = frame.planes[0][y : int(shown.y1), x : int(shown.x1)] > 220
        rows, columns = np.flatnonzero(white.any(axis=1)), np.flatnonzero(white.any(axis=0))
        if not rows.size:
            return []
        box = Box(
            float(x + columns[0]),
            float(y + rows[0]),
            float(x + columns[-1] + 1),
            float(y + rows[-1] + 1),
        )
        return [
            Detection(at=frame.at, box=box, kind=Kind.FACE, score=self.score, detector="white@0")
        ]

    @property
    def frames(self) -> set[int]:
        return {index for index, _ in self.at}


def watched(
    folder: Path,
    where: Where,
    look: Seen,
    *,
    frames: int = 50,
    first_s: Fraction | None = None,
    within_s: Fraction = Fraction(0),
    change: Callable[[int, list[np.ndarray[Any, Any]]], None] | None = None,
    **options: Any,
) -> list[Detection]:
    """Draw a white patch where *where* says on a ground that stands still; return what is seen."""

    def paint(index: int, planes: list[np.ndarray[Any, Any]]) -> None:
        planes[0][:] = planes[0].clip(0, 150)
        planes[0][:] = GROUND
        if change:
            change(index, planes)
        box = where(index)
        if box is not None:
            planes[0][int(box.y0) : int(box.y1), int(box.x0) : int(box.x1)] = 235

    scene = Scene(width=WIDTH, height=HEIGHT, frames=frames, rate=RATE, change=paint)
    footage = media.open_footage(draw(folder / "in.mp4", scene))
    watcher = Watcher(look, sure=0.25, first_s=first_s, within_s=within_s, **options)
    jumps = Jumps()
    found: list[Detection] = []
    for frame in footage.frames():
        found += watcher.see(frame, jumped=jumps.see(frame))
    return found + watcher.finish()


GROUND = (
    90
    + 40 * np.sin(np.mgrid[:HEIGHT, :WIDTH][1] / 9)
    + 15 * np.cos(np.mgrid[:HEIGHT, :WIDTH][0] / 7)
).astype(np.uint8)

_Y, _X = np.mgrid[:HEIGHT, :WIDTH]
# Moved by a little, it is the same scene.
ROUGH = (
    95
    + 35 * np.sin(2 * np.pi * _X / WIDTH)
    + 35 * np.cos(2 * np.pi * _Y / HEIGHT)
    + np.kron(
        np.random.default_rng(11).integers(-12, 12, (HEIGHT // 8, WIDTH // 8)), np.ones((8, 8))
    )
)


def still(index: int) -> Box:
    return Box(400, 200, 440, 250)


def during(frames: Iterable[int]) -> Where:
    present = set(frames)
    return lambda index: still(index) if index in present else None


def numbers(found: list[Detection]) -> list[int]:
    return sorted({round(d.at * RATE) for d in found})


def test_what_stands_still_is_looked_at_once_and_reported_all_along(tmp_path: Path) -> None:
    look = Seen()
    found = watched(tmp_path, still, look)
    assert look.at == [(0, None)]
    assert numbers(found) == [0, 7, 14, 21, 28, 35, 42, 49]
    assert {d.box for d in found} == {found[0].box}


def test_no_part_goes_longer_than_two_seconds_without_a_look(tmp_path: Path) -> None:
    look = Seen()
    watched(tmp_path, still, look, frames=130)
    whole = [index for index, part in look.at if part is None]
    assert max(b - a for a, b in pairwise(whole)) <= 2.5 * RATE


def test_what_moves_evenly_is_looked_at_four_times_a_second_and_just_there(tmp_path: Path) -> None:
    look = Seen()
    found = watched(tmp_path, lambda index: Box(100 + index, 200, 140 + index, 250), look)
    assert numbers(found) == [0, 7, 14, 21, 28, 35, 42, 49]
    parts = [part for _, part in look.at[1:]]
    assert all(part is not None and part.area < WIDTH * HEIGHT / 4 for part in parts)


@pytest.mark.parametrize("frames", [range(20, 50), range(30), range(16, 45), range(15, 28)])
def test_when_something_comes_and_goes_is_found_to_the_frame(tmp_path: Path, frames: range) -> None:
    found = watched(tmp_path, during(frames), Seen())
    assert numbers(found)[0] == frames[0]
    assert numbers(found)[-1] == frames[-1]


def test_what_moves_fast_is_looked_at_often(tmp_path: Path) -> None:
    def fast(index: int) -> Box:
        x = 20 + 16 * index
        return Box(x, 200, x + 40, 250)

    found = watched(tmp_path, fast, Seen())
    seen = numbers(found)
    assert max(b - a for a, b in pairwise(seen)) <= 2


def test_a_second_who_comes_is_found_though_the_first_stays(tmp_path: Path) -> None:
    def second(index: int, planes: list[np.ndarray[Any, Any]]) -> None:
        if index >= 17:
            planes[0][400:440, 700:730] = 235

    look = Seen()
    watched(tmp_path, still, look, change=second)
    assert any(
        part is not None and part.intersection(Box(700, 400, 730, 440)).area == 30 * 40
        for index, part in look.at
        if index == 17
    )


def test_a_scene_shorter_than_a_stretch_is_looked_at(tmp_path: Path) -> None:
    def other(index: int, planes: list[np.ndarray[Any, Any]]) -> None:
        if 16 <= index < 20:
            planes[0][:] = GROUND[::-1, ::-1].T.repeat(2, axis=1)[:HEIGHT, :WIDTH]

    found = watched(tmp_path, during(range(16, 20)), look := Seen(), change=other)
    assert {16, 20} <= look.frames
    assert numbers(found)[0] == 16
    assert numbers(found)[-1] == 19


def test_a_doubtful_sighting_is_not_followed(tmp_path: Path) -> None:
    look = Seen(score=0.2)
    watched(tmp_path, during(range(14, 15)), look)
    assert look.frames <= {0, 7, 14, 21, 28, 35, 42, 49}


def test_the_second_look_can_fall_between_the_first_ones(tmp_path: Path) -> None:
    found = watched(tmp_path, still, Seen(), first_s=Fraction(1, 8))
    assert numbers(found) == [0, 4, 11, 18, 25, 32, 39, 46, 49]


def test_who_rests_and_then_runs_is_followed(tmp_path: Path) -> None:
    def runs(index: int) -> Box:
        x = 40 + max(0, index - 29) * 55
        return Box(x, 200, x + 60, 260)

    found = watched(tmp_path, lambda i: runs(i) if runs(i).x1 < WIDTH else None, Seen())
    assert {30, 31, 32, 33} <= set(numbers(found))


def test_after_a_jump_the_second_look_still_falls_between(tmp_path: Path) -> None:
    def other(index: int, planes: list[np.ndarray[Any, Any]]) -> None:
        if index >= 30:
            planes[0][:] = GROUND[::-1, ::-1].T.repeat(2, axis=1)[:HEIGHT, :WIDTH]

    found = watched(tmp_path, still, Seen(), first_s=Fraction(1, 8), change=other)
    assert [number for number in numbers(found) if number >= 29] == [29, 30, 34, 41, 48, 49]


def test_half_beyond_the_edge_is_seen(tmp_path: Path) -> None:
    def leaves(index: int) -> Box:
        x = WIDTH - 80 + 2 * index
        return Box(x, 200, min(x + 60, WIDTH), 260) if x < WIDTH else Box(0, 0, 0, 0)

    found = watched(tmp_path, leaves, Seen(), frames=36)
    assert numbers(found)[-1] >= 33


def test_a_jolt_of_the_camera_is_followed(tmp_path: Path) -> None:
    def jolted(index: int) -> Box:
        x = 100 + 60 * min(3, max(0, index - 10))
        return Box(x, 200, x + 20, 224)

    found = watched(tmp_path, jolted, Seen(), frames=30, within_s=Fraction(13, 100))
    assert {10, 11, 12, 13} <= set(numbers(found))


@pytest.mark.parametrize("beside", [False, True])
def test_a_camera_that_swings_in_step_with_the_looks_is_followed(
    tmp_path: Path, beside: bool
) -> None:
    def swung(index: int) -> int:
        return round(30 * math.sin(2 * math.pi * index / 7))  # it is looked at every seventh frame

    def camera(index: int, planes: list[np.ndarray[Any, Any]]) -> None:
        planes[0][:] = np.roll(ROUGH, swung(index), axis=0)
        if beside and 9 <= index < 40:  # somebody else comes and goes, and is looked for
            planes[0][100:124, 20:40] = 235

    def where(index: int) -> Box:
        return Box(500, 200 + swung(index), 520, 224 + swung(index))

    look = Seen()
    watched(tmp_path, where, look, change=camera, within_s=Fraction(13, 100))
    shown = [
        index
        for index in range(42)
        if any(
            at == index and (part is None or part.hull(where(index)) == part)
            for at, part in look.at
        )
    ]
    ways = [where(index).y0 for index in range(42)]
    between = np.interp(range(42), shown, [ways[index] for index in shown])
    assert np.abs(between - ways).max() <= 0.25 * 24 + 4


class Deep(Seen):
    """Sees the patch in every fourth look at most, and notes in which frames it looked deeply."""

    def __init__(self) -> None:
        super().__init__()
        self.deep: list[int] = []
        self.glances = 0

    def depth(self, frame: Frame, _: bool) -> int:
        self.glances += 1
        if self.glances % 4 != 1:
            return 0
        self.deep.append(frame.index)
        return 2

    def __call__(
        self, frame: Frame, part: Box | None, sizes: tuple[float, float] | None
    ) -> list[Detection]:
        seen = super().__call__(frame, part, sizes)
        return seen if frame.index in self.deep else []


def test_a_deeper_look_is_at_all_that_changed_since_the_last_as_deep(tmp_path: Path) -> None:
    look = Deep()
    there = during(range(3, 100))
    found = watched(tmp_path, there, look, frames=57, within_s=Fraction(1), depth=look.depth)
    assert look.deep == [0, 28, 56]
    assert numbers(found) == [28, 35, 42, 49, 56]
    parts = [part for index, part in look.at if index == 28]
    assert any(part is not None and part.intersection(still(0)) == still(0) for part in parts)
