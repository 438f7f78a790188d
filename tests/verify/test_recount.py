"""Counting twice: what both detectors saw in the original, and what only one did."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from tests.stage import draw, plan_for
from tests.verify.planted import SCENE, SeesWhite, patches

from bystander import media
from bystander.geometry import Box
from bystander.records import Because, Plan, Recount
from bystander.verify.recount import Recounter


def recount(
    folder: Path, *shown: Box, score: float = 0.9, because: Because = Because.DETECTOR
) -> Recount:
    scene = replace(SCENE, frames=30, change=patches(*shown))
    footage = media.open_footage(draw(folder / "in.mp4", scene))
    plan: Plan = plan_for(footage.sha256, scene, boxes=lambda _: Box(16, 16, 72, 72))
    plan = replace(plan, redactions=tuple(replace(r, because=because) for r in plan.redactions))
    counter = Recounter(SeesWhite(score), Fraction(1))
    for frame in footage.frames():
        counter.see(frame)
    return counter.count(plan)


HIDDEN, ELSEWHERE = Box(24, 24, 56, 64), Box(100, 20, 130, 60)


def test_a_face_that_both_saw_is_counted_once_however_often_it_was_seen(tmp_path: Path) -> None:
    counted = recount(tmp_path, HIDDEN)
    assert (counted.both, counted.first_only, counted.second_only) == (1, 0, 0)
    assert counted.missed == 0
    assert counted.looks >= 3  # of 30 frames at 25 a second


def test_a_face_that_only_one_saw_is_counted_as_that_ones(tmp_path: Path) -> None:
    counted = recount(tmp_path, ELSEWHERE)
    assert (counted.both, counted.first_only, counted.second_only) == (0, 1, 1)
    assert counted.missed == 1


def test_a_doubtful_sighting_of_the_second_counts_only_where_the_first_has_it(
    tmp_path: Path,
) -> None:
    counted = recount(tmp_path, HIDDEN, ELSEWHERE, score=0.5)
    assert (counted.both, counted.first_only, counted.second_only) == (1, 0, 0)


def test_what_the_verifier_added_to_the_plan_is_not_the_firsts(tmp_path: Path) -> None:
    counted = recount(tmp_path, HIDDEN, because=Because.VERIFIER)
    assert (counted.both, counted.first_only, counted.second_only) == (0, 0, 1)


@pytest.mark.parametrize(
    ("both", "first", "second", "missed"), [(0, 0, 0, 0), (9, 10, 2, 2), (4, 0, 7, 0), (1, 4, 3, 6)]
)
def test_the_estimate_is_chapmans(both: int, first: int, second: int, missed: float) -> None:
    counted = Recount(looks=1, both=both, first_only=first, second_only=second)
    n1, n2 = both + first, both + second
    total = (n1 + 1) * (n2 + 1) / (both + 1) - 1
    assert counted.missed == pytest.approx(total - (both + first + second)) == missed
