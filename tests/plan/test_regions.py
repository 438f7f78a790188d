"""What a person asks to have hidden is hidden, all of it, and what covers nothing is an error."""

from __future__ import annotations

from fractions import Fraction

import pytest

from bystander import plan
from bystander.errors import PlanError
from bystander.geometry import Box
from bystander.records import Because, Policy, Redaction, Region

TIMES = [Fraction(number, 25) for number in range(50)]


def asked_for(*regions: Region) -> tuple[Redaction, ...]:
    return plan.asked_for(regions, policy=Policy(), times=TIMES, width=320, height=240)


def covered(redaction: Redaction) -> list[int]:
    return [number for number, at in enumerate(TIMES) if redaction.box_at(at) is not None]


def test_without_times_every_frame_is_covered() -> None:
    (redaction,) = asked_for(Region(box=Box(100, 50, 140, 90)))
    assert covered(redaction) == list(range(50))
    assert redaction.because is Because.ASKED
    box = redaction.region[0].box
    assert box.hull(Box(100, 50, 140, 90)) == box
    assert box == Box(96, 48, 144, 96).padded(8)


@pytest.mark.parametrize(
    ("start", "end", "frames"),
    [
        (Fraction(10, 25), Fraction(12, 25), [10, 11, 12]),
        (Fraction(21, 50), Fraction(12, 25), [10, 11, 12]),  # begins while frame 10 is shown
        (Fraction(10, 25), Fraction(25, 50), [10, 11, 12, 13]),
        (Fraction(0), Fraction(1, 1000), [0, 1]),
        (Fraction(48, 25), None, [48, 49]),
        (Fraction(49, 25), Fraction(99), [49]),
    ],
)
def test_frames_that_show_any_of_the_time_are_covered(
    start: Fraction, end: Fraction | None, frames: list[int]
) -> None:
    (redaction,) = asked_for(Region(box=Box(0, 0, 9, 9), start=start, end=end))
    assert covered(redaction) == frames


def test_the_margin_is_cut_off_at_the_edge() -> None:
    (redaction,) = asked_for(Region(box=Box(300, 200, 320, 240)))
    assert redaction.region[0].box == Box(280, 184, 320, 240)


@pytest.mark.parametrize(
    ("region", "why"),
    [
        (Region(box=Box(320, 0, 340, 20)), "not lie within the frame of 320x240"),
        (Region(box=Box(300, 0, 340, 20)), "not lie within the frame of 320x240"),
        (Region(box=Box(0, 0, 9, 9), start=Fraction(2)), "covers no frame"),
        (Region(box=Box(0, 0, 9, 9), start=Fraction(3), end=Fraction(4)), "covers no frame"),
    ],
)
def test_what_covers_nothing_is_an_error(region: Region, why: str) -> None:
    with pytest.raises(PlanError, match=f"region 2 .*{why}"):
        asked_for(Region(box=Box(0, 0, 9, 9)), region)
