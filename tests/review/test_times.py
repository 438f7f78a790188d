"""Times between page and plan: nothing shows for a frame because a time was rounded."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bystander import run
from bystander.review.times import Times


def _times(tick: Fraction, runs: tuple[tuple[int, int], ...]) -> Times:
    frames = 1 + sum(count for _, count in runs)
    ticks = sum(delta * count for delta, count in runs)
    return Times(
        run.Facts(
            kind="recording",
            width=32,
            height=32,
            frames=frames,
            pixel_aspect=Fraction(1),
            tick=tick,
            runs=runs,
            duration=(ticks + runs[-1][0]) * tick,
            rate=Fraction(25),
            has_sound=False,
            indexed=True,
        )
    )


@pytest.mark.parametrize("rate", [1, 8, 10, 24, 25, 30, 60, 120, Fraction(30000, 1001)])
def test_what_a_person_keeps_of_a_track_is_hidden_to_its_last_frame(rate: Fraction) -> None:
    """A track that followed something ends a moment after its last key, between two frames."""
    times = _times(1 / Fraction(rate), ((1, 40),))
    for frame in range(40):
        end = times.at(frame) + Fraction(1, 25)
        hidden = [at for at in times.all() if at < end]
        assert [at for at in times.all() if at < times.end(float(end))][: len(hidden)] == hidden


@given(
    st.lists(st.tuples(st.integers(1, 3000), st.integers(1, 9)), min_size=1, max_size=6),
    st.sampled_from([Fraction(1, 90_000), Fraction(1001, 30_000), Fraction(1, 1000)]),
    st.floats(0, 1),
)
def test_nothing_ends_before_it_was_to_and_frames_end_where_they_do(
    runs: list[tuple[int, int]], tick: Fraction, share: float
) -> None:
    times = _times(tick, tuple(runs))
    last = times.end(1e7)
    at = share * float(last)
    assert at - 1e-6 <= times.end(at) <= last
    assert all(times.end(float(each)) == each for each in (*times.all(), last))
