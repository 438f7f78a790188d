from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from bystander.records import Looked
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


def test_each_walk_is_a_draw_of_its_own() -> None:
    walks = [audit.walk(TIMES, "a", number) for number in (1, 2, 3)]
    assert len(set(walks)) == 3
    assert walks[0] == audit.walk(TIMES, "a", 1)
    assert all(len(set(drawn)) == audit.LOOKS[-1] for drawn in walks)


@pytest.mark.parametrize(("looks", "showing"), [(10, 1), (59, 1), (59, 5), (59, 58), (299, 3)])
def test_the_bound_where_somebody_showed_is_the_exact_one(looks: int, showing: int) -> None:
    def chance(share: Fraction) -> Fraction:
        return sum(
            (
                math.comb(looks, n) * share**n * (1 - share) ** (looks - n)
                for n in range(showing + 1)
            ),
            Fraction(0),
        )

    bound = Fraction(audit.bound(looks, showing)).limit_denominator(10**12)
    near = Fraction(1, 10**7)
    assert chance(bound + near) < Fraction(1, 20) < chance(bound - near)


@pytest.mark.parametrize("share", [0.01, 0.05, 0.3])
@pytest.mark.parametrize("looks", [20, 59])
def test_the_bound_is_above_the_truth_in_at_least_19_of_20_draws(looks: int, share: float) -> None:
    bounds = np.array([audit.bound(looks, showing) for showing in range(looks + 1)])
    assert (np.diff(bounds) >= 0).all()
    found = np.random.default_rng(1).binomial(looks, share, size=20_000)
    assert (bounds[found] > share).mean() > 0.945


def test_the_bound_for_none_is_the_limit_of_the_others() -> None:
    assert audit.bound(59, 59) == audit.bound(0, 0) == 1
    assert audit.bound(59) < audit.bound(59, 1) < audit.bound(59, 2)


def _looks(clean: int, dirty: int) -> list[Looked]:
    found = [True] * clean + [False] * dirty
    return [Looked(walk=1, at=TIMES[n], clean=is_clean) for n, is_clean in enumerate(found)]


def test_the_sentence_claims_what_the_looks_support() -> None:
    assert audit.sentence(_looks(59, 0)) == (
        "59 moments drawn at random were looked at, and nobody showed in any of them: with 95 % "
        "confidence, somebody shows in fewer than 5.0 % of the frames."
    )
    said = audit.sentence(_looks(57, 2))
    assert "somebody showed in 2 of them" in said
    assert "fewer than 10.3 % of the frames as they were then" in said
    assert said.endswith("begin a new walk: what was looked at before says nothing of that.")


def test_the_sentence_on_all_frames_has_no_figure() -> None:
    assert audit.sentence(_looks(20, 0), frames=20) == (
        "Every one of the 20 frames was looked at, and nobody showed in any of them."
    )
