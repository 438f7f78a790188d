"""What a box was drawn around is followed while it is in view, and no further."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.stage import Scene, draw

from bystander import media, track
from bystander.geometry import Box
from bystander.records import Frame

Planes = list[np.ndarray[Any, Any]]
SCENE = Scene(width=320, height=180, frames=50, options={"preset": "veryfast", "crf": "26"})


def frames_of(path: Path, scene: Scene) -> list[Frame]:
    return list(media.open_footage(draw(path / "in.mp4", scene)).frames())


@pytest.mark.parametrize("backwards", [False, True])
def test_what_moves_is_followed_to_the_end(tmp_path: Path, backwards: bool) -> None:
    frames = frames_of(tmp_path, SCENE)
    frames = frames[::-1] if backwards else frames
    found = list(track.follow(SCENE.box(frames[0].index), frames))
    assert [one.index for one in found] == [frame.index for frame in frames[1:]]
    assert [one.at for one in found] == [frame.at for frame in frames[1:]]
    for one in found:
        assert one.box.iou(SCENE.box(one.index)) > 0.9
        assert 0.8 < one.confidence <= 1


def test_a_box_drawn_a_little_off_stays_as_far_off(tmp_path: Path) -> None:
    frames = frames_of(tmp_path, SCENE)
    drawn = Box(12, 20, 50, 66)
    found = list(track.follow(drawn, frames))
    assert len(found) == 49
    for one in found:
        by = 2 * one.index
        assert one.box.iou(Box(12 + by, 20, 50 + by, 66)) > 0.9


@pytest.mark.parametrize(("pix_fmt", "codec"), [("yuv420p10le", "libx264"), ("gray", "ffv1")])
def test_depth_does_not_matter(tmp_path: Path, pix_fmt: str, codec: str) -> None:
    scene = replace(SCENE, pix_fmt=pix_fmt, codec=codec, options={}, frames=10)
    path = draw(tmp_path / "in.mkv", scene)
    found = list(track.follow(scene.box(0), media.open_footage(path).frames()))
    assert len(found) == 9
    assert all(one.box.iou(scene.box(one.index)) > 0.9 for one in found)


def test_what_grows_is_followed(tmp_path: Path) -> None:
    texture = np.random.default_rng(5).integers(30, 225, size=(12, 10)).repeat(4, 0).repeat(4, 1)

    def box(index: int) -> Box:
        grown = 1.01**index
        return Box(160 - 20 * grown, 90 - 24 * grown, 160 + 20 * grown, 90 + 24 * grown)

    def paint(index: int, planes: Planes) -> None:
        at = box(index)
        rows, columns = np.arange(round(at.y0), round(at.y1)), np.arange(round(at.x0), round(at.x1))
        up = ((rows - at.y0) / at.height * 48).clip(0, 47).astype(int)
        across = ((columns - at.x0) / at.width * 40).clip(0, 39).astype(int)
        planes[0][np.ix_(rows, columns)] = texture[np.ix_(up, across)]

    scene = replace(SCENE, change=paint)
    found = list(track.follow(box(0), frames_of(tmp_path, scene)))
    assert len(found) == 49
    assert all(one.box.iou(box(one.index)) > 0.75 for one in found)


def hidden_from(first: int, last: int) -> Callable[[int, Planes], None]:
    """Cover the thing by a wall from frame *first* until frame *last*."""
    wall = np.random.default_rng(9).integers(60, 180, size=(90, 160)).repeat(2, 0).repeat(2, 1)

    def paint(index: int, planes: Planes) -> None:
        if first <= index < last:
            planes[0][:, 60:] = wall[:, 60:]

    return paint


@pytest.mark.parametrize("last", [23, 50])
def test_what_is_covered_is_lost_and_not_found_again(tmp_path: Path, last: int) -> None:
    scene = replace(SCENE, change=hidden_from(20, last))
    box = scene.box(20)
    assert box.x0 < 60 < box.x1  # so little of it stays
    found = list(track.follow(scene.box(0), frames_of(tmp_path, scene)))
    assert [one.index for one in found] == list(range(1, 20))


def test_what_goes_behind_something_is_lost_when_most_of_it_is(tmp_path: Path) -> None:
    wall = np.random.default_rng(9).integers(60, 180, size=(90, 160)).repeat(2, 0).repeat(2, 1)

    def paint(_: int, planes: Planes) -> None:
        planes[0][:, 90:140] = wall[:, 90:140]

    scene = replace(SCENE, change=paint)
    found = list(track.follow(scene.box(0), frames_of(tmp_path, scene)))
    last = found[-1].index  # its right side is behind the wall from frame 21, its left from 37
    assert 21 < last < 37
    assert all(one.box.iou(scene.box(one.index)) > 0.5 for one in found)


@pytest.mark.parametrize("backwards", [False, True])
def test_a_cut_ends_it_even_if_something_like_it_is_there(tmp_path: Path, backwards: bool) -> None:
    ground = np.random.default_rng(3).integers(20, 200, size=(9, 16)).repeat(20, 0).repeat(20, 1)

    def paint(index: int, planes: Planes) -> None:
        if index >= 25:
            at = SCENE.box(index)
            rows, columns = slice(int(at.y0), int(at.y1)), slice(int(at.x0), int(at.x1))
            thing = planes[0][rows, columns].copy()
            planes[0][:] = ground
            planes[0][rows, columns] = thing

    frames = frames_of(tmp_path, replace(SCENE, change=paint))
    frames = frames[::-1] if backwards else frames
    found = list(track.follow(SCENE.box(frames[0].index), frames))
    assert len(found) == 24


def test_what_leaves_the_frame_is_followed_no_further(tmp_path: Path) -> None:
    scene = replace(SCENE, width=100, frames=60)
    found = list(track.follow(scene.box(0), frames_of(tmp_path, scene)))
    assert 26 < found[-1].index < 40  # it begins to leave at 26, and is gone at 42
    assert all(0 <= one.box.x0 < one.box.x1 <= 100 for one in found)


def test_where_there_is_nothing_to_see_nothing_is_followed(tmp_path: Path) -> None:
    def paint(_: int, planes: Planes) -> None:
        planes[0][100:, :] = 90

    frames = frames_of(tmp_path, replace(SCENE, change=paint))
    assert list(track.follow(Box(100, 120, 140, 160), frames)) == []
    assert list(track.follow(Box(-50, 0, 0, 50), frames)) == []
    assert len(list(track.follow(Box(-1e9, -1e9, 1e9, 1e9), frames[:3]))) == 2
    assert list(track.follow(SCENE.box(0), frames[:1])) == []
    assert list(track.follow(SCENE.box(0), [])) == []


def test_a_real_face_is_followed_there_and_back(sample: Path) -> None:
    frames = list(media.open_footage(sample).frames())[100:140]
    early, late = Box(410, 39, 430, 64), Box(417, 14, 439, 41)  # in frames 108 and 132
    there = {one.index: one.box for one in track.follow(early, frames[8:])}
    back = {one.index: one.box for one in track.follow(late, frames[32::-1])}
    assert there[132].iou(late) > 0.6
    assert back[108].iou(early) > 0.6
    for box, index in ((Box(413, 32, 434, 57), 114), (Box(417, 20, 439, 46), 126)):
        assert there[index].iou(box) > 0.7
        assert back[index].iou(box) > 0.7
