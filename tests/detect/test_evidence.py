from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bystander.detect.evidence import Look, together
from bystander.geometry import Box


def look(scale: float, *seen: tuple[float, float, float]) -> Look:
    """Return a look that saw boxes of 40 px: x, y and score of each."""
    boxes = np.array([(x, y, x + 40, y + 40) for x, y, _ in seen], dtype=np.float64).reshape(-1, 4)
    return Look(scale, boxes, np.array([score for *_, score in seen]))


def test_two_looks_that_agree_make_one_thing_with_their_mean() -> None:
    boxes, scores = together([look(1, (0, 0, 0.4)), look(2, (2, 1, 0.6))])
    assert boxes.tolist() == [[2, 1, 42, 41]]  # from the look that was surer
    assert scores == pytest.approx([0.5])


def test_what_only_one_of_two_looks_saw_counts_half() -> None:
    _, scores = together([look(1, (0, 0, 0.4)), look(2)])
    assert scores == pytest.approx([0.2])


def test_a_look_that_could_not_show_it_says_nothing() -> None:
    _, scores = together([look(1, (0, 0, 0.5)), look(0.1)])  # 4 px high there
    assert scores == pytest.approx([0.4])


def test_the_two_best_of_many_count() -> None:
    looks = [look(1, (0, 0, 0.3)), look(1.5, (0, 0, 0.6)), look(2, (0, 0, 0.5)), look(3)]
    assert together(looks)[1] == pytest.approx([0.55])


def test_a_single_look_is_taken_at_its_word() -> None:
    assert together([look(1, (0, 0, 0.4))])[1] == pytest.approx([0.4])


def test_nothing_seen_is_nothing() -> None:
    boxes, scores = together([look(1), look(2)])
    assert boxes.shape == (0, 4)
    assert scores.shape == (0,)


def test_a_look_elsewhere_says_nothing() -> None:
    here, there = Box(0, 0, 100, 100), Box(500, 500, 600, 600)
    closer = replace(look(2), parts=(here,))
    assert together([look(1, (0, 0, 0.4)), closer])[1] == pytest.approx([0.2])
    assert together([look(1, (0, 0, 0.4)), replace(closer, parts=(there,))])[1] == pytest.approx(
        [0.32]
    )
