"""From what was seen to the plan."""

from __future__ import annotations

from fractions import Fraction

from bystander.geometry import Box
from bystander.records import Detection, Kind
from bystander.run import drawing


def _seen(at: int, box: Box, kind: Kind = Kind.TEXT, score: float = 0.7) -> Detection:
    return Detection(at=Fraction(at), box=box, kind=kind, score=score, detector="eye@0")


def test_text_of_a_moment_becomes_one_and_nothing_is_lost() -> None:
    face = _seen(0, Box(0, 0, 9, 9), Kind.FACE)
    page = _seen(1, Box(70, 70, 80, 80))
    found = [_seen(0, Box(10, 10, 20, 20)), face, page, _seen(0, Box(50, 5, 60, 9), score=0.9)]
    one = _seen(0, Box(10, 5, 60, 20), score=0.9)
    assert drawing.as_one(found) == [face, one, page]
    assert drawing.as_one([]) == []
