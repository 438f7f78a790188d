"""How far a camera swung out between two frames is told from the whole picture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.stage import Scene, draw

from bystander import media
from bystander.records import Frame
from bystander.watch.sway import Sway, shift

WIDTH, HEIGHT = 640, 360
_DRAWN = np.random.default_rng(7)
_ROUGH = np.kron(_DRAWN.integers(40, 200, (40, 60)), np.ones((12, 12)))
GROUND = (_ROUGH + _DRAWN.integers(-10, 10, _ROUGH.shape)).astype(np.uint8)


def filmed(folder: Path, camera: Callable[[int], tuple[int, int]], frames: int) -> list[Frame]:
    def paint(index: int, planes: list[np.ndarray[Any, Any]]) -> None:
        x, y = camera(index)
        planes[0][:] = GROUND[40 + y : 40 + y + HEIGHT, 40 + x : 40 + x + WIDTH]

    scene = Scene(width=WIDTH, height=HEIGHT, frames=frames, change=paint)
    return list(media.open_footage(draw(folder / "in.mp4", scene)).frames())


@pytest.mark.parametrize("moved", [0, 1, -3, 9, -14])
def test_a_shift_is_found(moved: int) -> None:
    line = np.random.default_rng(5).normal(0, 1, 300).cumsum()
    before, after = line[50:200], line[50 - moved : 200 - moved]
    assert shift(before, after) == pytest.approx(moved, abs=0.3)


def test_half_a_place_is_told_from_none_and_one() -> None:
    line = np.sin(np.arange(601) / 17) + np.sin(np.arange(601) / 7.3)
    assert shift(line[:600:2], line[1:600:2]) == pytest.approx(-0.5, abs=0.2)


def test_where_nothing_is_to_be_seen_nothing_moves() -> None:
    assert shift(np.zeros(100), np.zeros(100)) == 0
    assert shift(np.zeros(3), np.ones(3)) == 0


def test_a_camera_that_pans_evenly_goes_straight(tmp_path: Path) -> None:
    frames = filmed(tmp_path, lambda index: (4 * index, -2 * index), 8)
    _, off = Sway(frames).farthest(frames)
    assert off < 1.5


def test_the_frame_in_which_it_is_farthest_out_is_found(tmp_path: Path) -> None:
    out = [0, 5, 14, 22, 13, 6, 0]
    frames = filmed(tmp_path, lambda index: (4 * index, out[index]), 7)
    sway = Sway(frames)
    number, off = sway.farthest(frames)
    assert number == 3
    assert off == pytest.approx(22, abs=1.5)
    number, off = sway.farthest(frames[:4])
    assert number == 1
    assert off == pytest.approx(22 / 3 - 5, abs=1.5)
