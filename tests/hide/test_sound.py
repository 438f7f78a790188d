from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.stage import Scene, plan_for

from bystander import hide
from bystander.records import Plan, Policy, Sound
from bystander.timeline import Span

RATE = 8000
FADE = RATE // 200
SPANS = (Span(Fraction(1, 10), Fraction(3, 10)), Span(Fraction(301, 1000), Fraction(1, 2)))


def plan(audio: str, speech: tuple[Span, ...] | None = SPANS) -> Plan:
    return replace(plan_for("0" * 64, Scene(), policy=Policy(audio=audio)), speech=speech)


def sound(seed: int = 0, first: int = 0, count: int = RATE) -> Sound:
    samples = np.random.default_rng(seed).uniform(-1, 1, (2, count)).astype(np.float32)
    return Sound(at=Fraction(first, RATE), rate_hz=RATE, samples=samples)


def hidden(spans: tuple[Span, ...]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return which samples lie in *spans*, by the definition, one by one."""
    return np.array(
        [
            any(s.start < Fraction(n + 1, RATE) and Fraction(n, RATE) < s.end for s in spans)
            for n in range(RATE)
        ]
    )


def test_every_planned_sample_is_silent_and_the_rest_is_as_it_was() -> None:
    original = sound()
    inside = hidden(SPANS)
    silent = hide.silence(plan("mute-speech"), original)
    covered = hide.cover(plan("mute-speech"), original)
    assert inside.any()
    for made in (silent, covered):
        assert not made.samples[:, inside].any()
    np.testing.assert_array_equal(silent.samples[:, ~inside], original.samples[:, ~inside])
    near = np.convolve(inside, np.ones(2 * FADE + 1), "same") > 0
    np.testing.assert_array_equal(covered.samples[:, ~near], original.samples[:, ~near])
    assert np.abs(covered.samples[:, near]).sum() < np.abs(original.samples[:, near]).sum()


@pytest.mark.parametrize("audio", ["mute-speech", "tone"])
def test_nothing_of_what_was_there_comes_through(audio: str) -> None:
    first, second = sound(1), sound(1)
    inside = hidden(SPANS)
    second.samples[:, inside] = np.random.default_rng(9).uniform(-1, 1, (2, int(inside.sum())))
    second.samples[:, np.flatnonzero(inside)[0]] = np.nan
    for step in (hide.silence, hide.cover):
        ours, theirs = (step(plan(audio), one).samples for one in (first, second))
        assert ours.tobytes() == theirs.tobytes()


def test_the_tone_is_one_of_1_khz_in_all_channels() -> None:
    long = (Span(Fraction(1, 10), Fraction(9, 10)),)
    made = hide.cover(plan("tone", long), sound()).samples
    middle = made[:, RATE // 5 : 4 * RATE // 5]
    np.testing.assert_array_equal(middle[0], middle[1])
    spectrum = np.abs(np.fft.rfft(middle[0]))
    assert spectrum.argmax() * RATE / middle.shape[1] == pytest.approx(1000, abs=2)
    assert np.abs(middle).max() == pytest.approx(0.1, abs=0.001)
    # It fades within its own stretch.
    assert abs(made[0, RATE // 10]) < 0.01


@given(st.lists(st.integers(1, RATE - 1), max_size=6, unique=True))
def test_pieces_are_treated_as_the_whole_is(cuts: list[int]) -> None:
    whole = sound(3)
    places = [0, *sorted(cuts), RATE]
    for audio in ("mute-speech", "tone"):
        for step in (hide.silence, hide.cover):
            parts = [
                step(
                    plan(audio),
                    Sound(at=Fraction(a, RATE), rate_hz=RATE, samples=whole.samples[:, a:b]),
                ).samples
                for a, b in pairwise(places)
            ]
            np.testing.assert_array_equal(
                np.concatenate(parts, axis=1), step(plan(audio), whole).samples
            )


def test_kept_sound_is_left_alone() -> None:
    original = sound()
    assert hide.cover(plan("keep"), original) is original
    assert hide.silence(plan("keep"), original) is original
    untouched = hide.cover(plan("mute-speech", ()), original)
    np.testing.assert_array_equal(untouched.samples, original.samples)
