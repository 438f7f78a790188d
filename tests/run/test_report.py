"""What a report says, and what is said with it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from tests.stage import Scene, plan_for

from bystander.cli.regions import regions
from bystander.geometry import Box
from bystander.records import Detection, Kind, Leak, Report
from bystander.run import report
from bystander.timeline import Span

_PLAN = plan_for("0" * 64, Scene(width=640, height=480, frames=100))
_CLEAN = Report(plan_sha256="", output_sha256="", ran=(), skipped=(), leaks=())


def _leak(box: Box, start: str, end: str) -> Leak:
    span = Span(Fraction(start), Fraction(end))
    seen = Detection(at=span.start, box=box, kind=Kind.TEXT, score=0.9, detector="eye@0")
    return Leak(check="text", what="a text is showing", span=span, box=box, found=(seen,))


@pytest.mark.parametrize("still", [True, False])
def test_what_shows_can_be_hidden_by_what_is_advised(*, still: bool) -> None:
    box = Box(41, 50, 90, 99)
    found = replace(_CLEAN, leaks=(_leak(box, "1", "7/3"),))
    said = report.what_helps(found, _PLAN, still=still)
    assert said.startswith("; to hide what shows there: --region ")
    (region,) = regions([said.split("--region ")[1]], None)
    assert region.box == Box(32, 48, 96, 112)
    assert region.start == (0 if still else Fraction(1, 2))
    assert region.end == (None if still else Fraction(2833, 1000))


def test_what_cannot_be_hidden_gets_no_advice() -> None:
    strange = Leak(check="container", what="there is an extra data stream")
    assert report.what_helps(replace(_CLEAN, leaks=(strange,)), _PLAN, still=False) == ""
    assert report.what_helps(_CLEAN, _PLAN, still=True) == ""
