"""The correlation of a patch with every place is what it says, worked out the slow way."""

from __future__ import annotations

import numpy as np
import pytest

from bystander.watch import correlation, sampled, weights


@pytest.mark.parametrize("room", [(24, 31), (37, 29)])  # lengths that a transform is padded for
def test_every_place_is_correlated(room: tuple[int, int]) -> None:
    drawn = np.random.default_rng(3)
    window = drawn.normal(120, 30, room).astype(np.float32)
    patch = window[5:14, 7:18] + drawn.normal(0, 5, (9, 11)).astype(np.float32)
    weighing = weights(9, 11)
    fits = correlation(window, patch, weighing)
    assert fits.shape == (room[0] - 8, room[1] - 10)
    weighted = weighing / weighing.sum()
    for y, x in ((0, 0), (5, 7), (fits.shape[0] - 1, fits.shape[1] - 1)):
        here = window[y : y + 9, x : x + 11]
        a, b = (side - (side * weighted).sum() for side in (here, patch))
        expected = (weighted * a * b).sum() / np.sqrt(
            (weighted * a * a).sum() * (weighted * b * b).sum()
        )
        assert fits[y, x] == pytest.approx(float(expected), abs=1e-4)
    assert divmod(int(fits.argmax()), fits.shape[1]) == (5, 7)


def test_what_has_no_pattern_is_like_nothing() -> None:
    window = np.full((20, 20), 90, dtype=np.float32)
    patch = np.random.default_rng(3).normal(0, 30, (7, 7)).astype(np.float32)
    assert not correlation(window, patch, weights(7, 7)).any()


def test_beyond_the_edge_the_last_pixels_go_on() -> None:
    grey = np.arange(64, dtype=np.uint8).reshape(8, 8)
    seen = sampled(grey, (0.5, 0.5), 1, (3, 3))
    assert seen.tolist() == [[0, 0, 1], [0, 0, 1], [8, 8, 9]]
