from __future__ import annotations

from fractions import Fraction

import numpy as np

from bystander.records import Picture
from bystander.track import CutFinder
from bystander.watch import LOOK_HEIGHT, LOOK_WIDTH


def scene(seed: int, shift: int = 0, brightness: float = 1.0) -> Picture:
    blocks = np.random.default_rng(seed).integers(20, 200, size=(9, 24, 3))
    wide = blocks.repeat(4, 0).repeat(4, 1)[:, shift : shift + LOOK_WIDTH]
    return (wide[:LOOK_HEIGHT] * brightness).clip(0, 255).astype(np.uint8)


def cuts(pictures: list[Picture]) -> list[int]:
    finder = CutFinder()
    for index, picture in enumerate(pictures):
        finder.see(Fraction(index, 25), picture)
    return [int(at * 25) for at in finder.cuts()]


def test_a_cut_is_found_where_it_is() -> None:
    assert cuts([scene(1)] * 10 + [scene(2)] * 10 + [scene(3)] * 10) == [10, 20]


def test_a_change_that_the_end_leaves_open_is_no_cut() -> None:
    assert cuts([scene(1)] * 10 + [scene(2)]) == []


def test_a_pan_is_no_cut() -> None:
    assert cuts([scene(1, shift=i) for i in range(30)]) == []


def test_a_flash_is_no_cut() -> None:
    flash = [scene(1, brightness=1.8), np.full((LOOK_HEIGHT, LOOK_WIDTH, 3), 255, np.uint8)]
    assert cuts([scene(1)] * 10 + flash + [scene(1)] * 10) == []


def test_a_light_switched_off_is_no_cut() -> None:
    assert cuts([scene(1)] * 10 + [scene(1, brightness=0.3)] * 10) == []


def test_something_that_passes_close_by_is_no_cut() -> None:
    assert cuts([scene(1)] * 10 + [scene(5), scene(6)] + [scene(1)] * 10) == []


def test_a_camera_swung_round_is_no_cut() -> None:
    scene = np.random.default_rng(5).integers(0, 255, (LOOK_HEIGHT // 3, 200, 3), dtype=np.uint8)
    wide = scene.repeat(3, axis=0).repeat(3, axis=1)
    swung = [wide[:, 5 * n : 5 * n + LOOK_WIDTH] for n in range(40)]
    assert cuts(swung) == []


def test_what_passes_close_before_the_lens_is_no_cut() -> None:
    assert cuts([scene(1)] * 20 + [scene(2)] * 15 + [scene(1)] * 20) == []


def test_what_comes_slowly_before_a_lens_that_moves_is_no_cut() -> None:
    coming = []
    for share in (0.2, 0.4, 0.6, 0.8):  # of the picture that it hides
        picture = scene(1).copy()
        picture[:, : int(share * LOOK_WIDTH)] = scene(2)[:, : int(share * LOOK_WIDTH)]
        coming.append(picture)
    gone = [scene(1, shift=4)] * 20
    assert cuts([scene(1)] * 20 + coming[:2] + [scene(2)] * 12 + gone) == []


def test_a_shot_that_returns_after_a_long_one_is_cut_twice() -> None:
    assert cuts([scene(1)] * 20 + [scene(2)] * 30 + [scene(1)] * 20) == [20, 50]
