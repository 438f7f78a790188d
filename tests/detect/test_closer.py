"""What coarse looks half see is looked at closer, and whoever was just seen need not be."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
from tests.stage import Scene, draw

from bystander import media
from bystander.detect.closer import still_there, unsure, worth
from bystander.detect.evidence import Look
from bystander.geometry import Box
from bystander.records import Detection, Kind

SMALL, FAR = Box(100, 100, 110, 112), Box(400, 100, 410, 112)
LARGE, HUGE = Box(200, 200, 260, 270), Box(300, 300, 700, 800)


def look(scale: float, *seen: tuple[Box, float]) -> Look:
    rows = np.array([(b.x0, b.y0, b.x1, b.y1) for b, _ in seen], dtype=np.float64).reshape(-1, 4)
    return Look(scale, rows, np.array([score for _, score in seen]))


def known(box: Box) -> Detection:
    return Detection(at=Fraction(0), box=box, kind=Kind.FACE, score=0.7, detector="made@0")


def test_what_is_half_seen_and_small_is_looked_at_closer() -> None:
    looks = [look(1, (SMALL, 0.04), (FAR, 0.02))]
    assert worth(looks, 2, [], 0.03) == [SMALL]
    assert worth(looks, 2, [], 0.06) == []
    assert worth(looks, 2, [SMALL], 0.03) == []


def test_what_one_look_alone_could_judge_gets_a_second_one() -> None:
    alone = [look(1, (LARGE, 0.2))]
    assert worth(alone, 2, [], 0.03) == [LARGE]
    assert worth([look(0.5, (LARGE, 0.3)), *alone], 2, [], 0.03) == []
    assert worth([look(1, (HUGE, 0.2))], 2, [], 0.03) == []


def test_whoever_was_seen_and_is_half_seen_is_still_there(tmp_path: Path) -> None:
    [frame] = media.open_footage(
        draw(tmp_path / "in.mp4", Scene(width=640, height=480, frames=1, rate=25))
    ).frames()
    moved = Box(106, 102, 116, 114)
    again = still_there(look(1, (moved, 0.07), (LARGE, 0.5)), [known(FAR), known(SMALL)], (), frame)
    assert again == {1: known(moved)}
    assert not still_there(look(1, (moved, 0.05)), [known(SMALL)], (), frame)
    # A look that shows it large enough has its own say.
    assert not still_there(look(2, (moved, 0.07)), [known(SMALL)], (), frame)


def test_two_side_by_side_are_two(tmp_path: Path) -> None:
    [frame] = media.open_footage(
        draw(tmp_path / "in.mp4", Scene(width=640, height=480, frames=1, rate=25))
    ).frames()
    beside = Box(112, 100, 122, 112)
    both = [known(SMALL), known(beside)]
    assert still_there(look(1, (SMALL, 0.3)), both, (), frame) == {0: known(SMALL)}
    # Whoever else shows there is looked at closer.
    assert worth([look(1, (SMALL, 0.3), (beside, 0.1))], 2, [SMALL], 0.06) == [beside]
    seen = look(1, (beside, 0.2), (SMALL, 0.3))
    assert still_there(seen, both, (), frame) == {0: known(SMALL), 1: known(beside)}


def test_whoever_no_look_plainly_showed_is_looked_for_again() -> None:
    assert unsure(SMALL, [look(1, (SMALL, 0.9))], 2)
    assert unsure(LARGE, [look(1, (LARGE, 0.1))], 2)
    assert not unsure(LARGE, [look(0.5, (LARGE, 0.2)), look(1)], 2)
    assert not unsure(HUGE, [look(1)], 2)
