from __future__ import annotations

from fractions import Fraction

import pytest

from bystander.run import audit

TIMES = [Fraction(number, 30) for number in range(2000)]


def test_the_same_plan_draws_the_same_moments_and_another_draws_others() -> None:
    assert audit.moments(TIMES, "a") == audit.moments(TIMES, "a")
    assert audit.moments(TIMES, "a") != audit.moments(TIMES, "b")


def test_no_moment_is_drawn_twice_and_all_are_frames() -> None:
    drawn = audit.moments(TIMES, "a")
    assert len(drawn) == len(set(drawn)) == audit.LOOKS[-1]
    assert set(drawn) <= set(TIMES)


def test_the_first_moments_lie_all_over_the_recording() -> None:
    first = sorted(audit.moments(TIMES, "a")[: audit.LOOKS[0]])
    assert first[0] < TIMES[200]
    assert first[-1] > TIMES[-200]


def test_a_short_recording_is_looked_at_whole() -> None:
    assert sorted(audit.moments(TIMES[:20], "a")) == TIMES[:20]


@pytest.mark.parametrize(("looks", "percent"), [(59, 5), (149, 2), (299, 1)])
def test_the_bound_is_the_first_below_its_round_figure(looks: int, percent: float) -> None:
    assert audit.bound(looks) * 100 < percent < audit.bound(looks - 1) * 100


def test_no_look_says_nothing() -> None:
    assert audit.bound(0) == 1
