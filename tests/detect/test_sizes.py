"""Large frames are looked at in depths, and whoever is small in them is followed."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.stage import Scene, draw

from bystander import detect, media
from bystander.records import Detection, Kind, Picture

RATE = 25
WIDTH, HEIGHT = 1600, 896


class Sharp:
    """Sees white patches that are at least so tall in the picture, and notes how large that is.

    Those that are half as tall are half seen, as small faces are by detectors.
    """

    kind = Kind.FACE
    name = "sharp@0"

    def __init__(self, least_px: int, half_px: float) -> None:
        self.least_px, self.half_px = least_px, half_px
        self.pictures: list[tuple[int, int]] = []

    def look(self, picture: Picture) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        self.pictures.append((picture.shape[1], picture.shape[0]))
        white = picture[..., 1] > 200
        rows, columns = np.flatnonzero(white.any(axis=1)), np.flatnonzero(white.any(axis=0))
        if rows.size < self.half_px:
            return np.zeros((0, 4)), np.zeros(0)
        box = [columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]
        score = 0.9 if rows.size >= self.least_px else 0.05
        return np.array([box], dtype=np.float64), np.array([score])


def seen_in(
    folder: Path,
    tall: int,
    x: Callable[[int], int | None],
    least_px: int = 8,
    frames: int = 60,
    half_px: float | None = None,
) -> tuple[list[Detection], Sharp]:
    """Draw a white patch *tall* pixels high whose left edge is at *x*; the ground never rests."""

    def paint(index: int, planes: list[NDArray[Any]]) -> None:
        planes[0][:] = 40 + 2 * index
        left = x(index)
        if left is not None:
            planes[0][400 : 400 + tall, left : left + tall] = 235

    scene = Scene(width=WIDTH, height=HEIGHT, frames=frames, rate=RATE, change=paint)
    footage = media.open_footage(draw(folder / "in.mp4", scene))
    sharp = Sharp(least_px, half_px or least_px / 2)
    finder = detect.Finder(
        [sharp],
        pixel_aspect=Fraction(1),
        smallest_px=10,
        least_scores={Kind.FACE: 0.12},
        sure=0.25,
    )
    found = [seen for frame in footage.frames() for seen in finder.see(frame)]
    return found + finder.finish(), sharp


def numbers(found: list[Detection]) -> list[int]:
    return sorted({round(d.at * RATE) for d in found})


def test_large_frames_are_looked_at_in_depths(tmp_path: Path) -> None:
    _, sharp = seen_in(tmp_path, 0, lambda _: None)
    whole = [width / WIDTH for width, height in sharp.pictures if width / WIDTH == height / HEIGHT]
    # Every quarter of a second, every second, every two; and the last in full depth.
    assert [whole.count(size) for size in (0.5, 1, 2)] == [10, 4, 3]


@pytest.mark.parametrize(("tall", "least"), [(14, 24), (30, 24), (60, 24)])
def test_whoever_moves_is_followed_at_any_size(tmp_path: Path, tall: int, least: int) -> None:
    found, _ = seen_in(tmp_path, tall, lambda index: 300 + index, least)
    gaps = np.diff(numbers(found)) / RATE
    assert numbers(found)[0] == 0
    assert numbers(found)[-1] >= 56
    assert gaps.max() <= 0.3


@pytest.mark.parametrize("comes", [3, 8, 16, 23, 30])
def test_the_small_who_come_are_known_within_a_quarter_of_a_second(
    tmp_path: Path, comes: int
) -> None:
    found, _ = seen_in(tmp_path, 14, lambda index: 300 if index >= comes else None, 24)
    assert numbers(found)[0] / RATE <= comes / RATE + 0.3


@pytest.mark.parametrize("comes", [3, 8, 16, 23, 30])
def test_the_small_who_come_walking_are_known_within_a_quarter_of_a_second(
    tmp_path: Path, comes: int
) -> None:
    """At 1.6 heights of their face in a quarter of a second, about 1.4 m/s."""
    found, _ = seen_in(tmp_path, 14, lambda n: 300 + int(3.6 * n) if n >= comes else None, 24)
    assert numbers(found)[0] / RATE <= comes / RATE + 0.3


def test_who_is_not_even_half_seen_is_known_within_two_seconds(tmp_path: Path) -> None:
    found, _ = seen_in(tmp_path, 14, lambda n: 300 if n >= 20 else None, 24, half_px=16)
    assert numbers(found)[0] / RATE <= 20 / RATE + 0.3  # looked for in the frames before


@pytest.mark.parametrize("frames", [30, 31, 34, 37])  # the last is looked at for itself, or is not
def test_the_small_who_come_at_the_very_end_are_seen(tmp_path: Path, frames: int) -> None:
    found, _ = seen_in(
        tmp_path, 14, lambda n: 300 if n >= frames - 3 else None, 24, frames, half_px=16
    )
    assert numbers(found)[-1] == frames - 1
    assert numbers(found)[0] >= frames - 3
    assert len(found) == len(numbers(found))  # once in each


def test_what_only_a_coarse_look_shows_does_not_count(tmp_path: Path) -> None:
    class Coarse(Sharp):
        def look(self, picture: Picture) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
            boxes, scores = super().look(picture)
            small = picture.shape[:2] == (HEIGHT // 2, WIDTH // 2)
            return (boxes, scores) if small else (boxes[:0], scores[:0])

    def paint(_: int, planes: list[NDArray[Any]]) -> None:
        planes[0][:] = 80
        planes[0][400:500, 300:400] = 235

    scene = Scene(width=WIDTH, height=HEIGHT, frames=8, rate=RATE, change=paint)
    footage = media.open_footage(draw(tmp_path / "in.mp4", scene))
    options: dict[str, Any] = {"pixel_aspect": Fraction(1), "smallest_px": 10, "sure": 0.25}
    finder = detect.Finder([Coarse(8, 4)], least_scores={Kind.FACE: 0.5}, **options)
    assert not [seen for frame in footage.frames() for seen in finder.see(frame)]


def test_who_still_looks_the_same_is_not_looked_at_again_between(tmp_path: Path) -> None:
    found, sharp = seen_in(tmp_path, 14, lambda index: 300 + index, 24, half_px=16)
    assert np.diff(numbers(found)).max() / RATE <= 0.3
    parts = [size for size in sharp.pictures if size[0] / WIDTH != size[1] / HEIGHT]
    assert len(parts) <= 2  # at the deeper glance at the frame's own size, at twice that
