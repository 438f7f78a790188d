"""What the second look would find in the output is known from the original."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from tests.stage import draw, plan_for
from tests.verify.planted import SCENE, SeesWhite, patches

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
