"""What the second look would find in the output is known from the original."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from tests.stage import draw, plan_for
from tests.verify.planted import SCENE, Bench, SeesWhite, patches

from bystander import media, verify
from bystander.geometry import Box
from bystander.records import Detection, Recount

HIDDEN, BARE = Box(24, 24, 56, 64), Box(200, 100, 240, 150)


def foreseen(folder: Path, *shown: Box, score: float) -> tuple[tuple[Detection, ...], Recount]:
    scene = replace(SCENE, frames=30, change=patches(*shown))
    footage = media.open_footage(draw(folder / "in.mp4", scene))
    plan = plan_for(footage.sha256, scene, boxes=lambda _: Box(16, 16, 72, 72))
    foresight = verify.Foresight(SeesWhite(score), Fraction(1))
    for frame in footage.frames():
        foresight.see(frame)
    return foresight.missed(plan), foresight.count(plan)


def test_what_the_plan_leaves_showing_is_known_beforehand(tmp_path: Path) -> None:
    missed, counted = foreseen(tmp_path, HIDDEN, BARE, score=0.9)
    assert missed
    assert all(d.box.iou(BARE) > 0.8 for d in missed)
    assert (counted.both, counted.first_only, counted.second_only) == (1, 0, 1)


def test_what_the_plan_hides_is_not_missed(tmp_path: Path) -> None:
    missed, counted = foreseen(tmp_path, HIDDEN, score=0.9)
    assert missed == ()
    assert counted.both == 1


def test_what_lacks_evidence_is_not_missed(tmp_path: Path) -> None:
    missed, _ = foreseen(tmp_path, BARE, score=0.5)
    assert missed == ()


def test_after_foresight_the_output_is_looked_at_less_and_both_count(tmp_path: Path) -> None:
    bench = Bench(tmp_path, replace(SCENE, frames=60, change=patches(BARE)))
    output = bench.render()
    foresight = verify.Foresight(SeesWhite(0.65), Fraction(1))
    for frame in bench.footage.frames():
        foresight.see(frame)
    alone, after = (
        bench.examine(output, SeesWhite(0.65), foreseen=given) for given in (None, foresight)
    )
    assert [leak.check for leak in alone.leaks] == [leak.check for leak in after.leaks] != []
    assert after.leaks[0].found[0].at < Fraction(1, 2)
    said = [
        next(c.looked_at for c in r.ran if c.name == verify.SECOND_LOOK) for r in (alone, after)
    ]
    assert "at the original's" not in said[0]
    assert "at the original's" in said[1]


def test_what_shows_in_the_output_alone_is_found_after_foresight(tmp_path: Path) -> None:
    """The original is not believed about the output: here it is another recording."""
    plain = Bench(tmp_path, replace(SCENE, frames=60))
    foresight = verify.Foresight(SeesWhite(0.9), Fraction(1))
    for frame in plain.footage.frames():
        foresight.see(frame)
    (tmp_path / "other").mkdir()
    other = Bench(tmp_path / "other", replace(SCENE, frames=60, change=patches(BARE)))
    report = other.examine(other.render(), SeesWhite(0.9), foreseen=foresight)
    assert {leak.check for leak in report.leaks} == {verify.SECOND_LOOK}


def test_large_frames_of_the_original_are_looked_at_half_as_often(tmp_path: Path) -> None:
    footage = media.open_footage(
        draw(tmp_path / "in.mp4", replace(SCENE, frames=60, change=patches(BARE)))
    )
    often, seldom = (
        verify.Foresight(SeesWhite(0.9), Fraction(1), is_large=large) for large in (False, True)
    )
    for frame in footage.frames():
        often.see(frame)
        seldom.see(frame)
    moments = [{d.at for d in one.look.chains()[0]} for one in (often, seldom)]
    assert len(moments[1]) < 0.7 * len(moments[0])
