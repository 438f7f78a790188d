"""Looks count for the moments that were drawn, and for no others."""

from __future__ import annotations

from fractions import Fraction

import pytest

from bystander import run
from bystander.errors import PlanError
from bystander.records import Keep, Looked
from bystander.review.times import Times
from bystander.review.walk import Walks

TIMES = Times(
    run.Facts(
        kind="recording",
        width=32,
        height=32,
        frames=1000,
        pixel_aspect=Fraction(1),
        tick=Fraction(1, 25),
        runs=((1, 999),),
        duration=Fraction(40),
        rate=Fraction(25),
        has_sound=False,
        indexed=True,
    )
)


def test_a_look_is_at_a_moment_that_was_drawn_for_its_walk() -> None:
    walks = Walks(TIMES, "seed")
    first, second = (run.audit.walk(TIMES.all(), "seed", number) for number in (1, 2))
    for at in first:
        walks.check(Looked(walk=1, at=at, clean=True))
    for at in set(TIMES.all()) - set(second):
        with pytest.raises(PlanError, match="was not drawn for walk 2"):
            walks.check(Looked(walk=2, at=at, clean=True))
    walks.check(Keep(tracks=("face-1",)))
