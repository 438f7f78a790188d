"""The clips and the command that costs are held against."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.stage import Scene, draw

from bench import speed
from bystander import media


def test_the_transcode_has_the_same_frames(tmp_path: Path) -> None:
    source = draw(tmp_path / "in.mp4", Scene(frames=7))
    speed.transcode(source, tmp_path / "out.mp4")
    before, after = (media.open_footage(tmp_path / name) for name in ("in.mp4", "out.mp4"))
    assert [frame.at for frame in before.frames()] == [frame.at for frame in after.frames()]
    assert (after.width, after.height) == (before.width, before.height)


@pytest.mark.parametrize(("width", "height"), [(160, 96), (96, 160)])
def test_a_clip_is_scaled_by_its_shorter_side(tmp_path: Path, width: int, height: int) -> None:
    source = draw(tmp_path / "in.mp4", Scene(width=width, height=height, frames=9))
    assert speed.scaled(source, tmp_path / "out.mp4", 192, 5) == 5
    made = media.open_footage(tmp_path / "out.mp4")
    assert (made.width, made.height) == (width * 2, height * 2)
    assert len(list(made.frames())) == 5
