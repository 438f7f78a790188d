from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bystander.geometry import Box
from bystander.hide import FILLS, windows
from bystander.records import PixelLayout, Plane, solid_level

LAYOUTS = [
    PixelLayout(name="yuv420p", bit_depth=8, chroma_shift=(1, 1), full_range=False),
    PixelLayout(name="yuv422p", bit_depth=8, chroma_shift=(1, 0), full_range=True),
    PixelLayout(name="yuv444p10le", bit_depth=10, chroma_shift=(0, 0), full_range=False),
    PixelLayout(name="yuv420p12le", bit_depth=12, chroma_shift=(1, 1), full_range=False),
]

WIDTH, HEIGHT = 71, 53

box_in_frame = st.tuples(
    st.integers(0, WIDTH), st.integers(0, HEIGHT), st.integers(0, WIDTH), st.integers(0, HEIGHT)
).map(lambda t: Box(min(t[0], t[2]), min(t[1], t[3]), max(t[0], t[2]), max(t[1], t[3])))


def planes_of(layout: PixelLayout, seed: int) -> tuple[Plane, ...]:
    random = np.random.default_rng(seed)
    dtype: Any = np.uint16 if layout.bit_depth > 8 else np.uint8
    made = []
    for number in range(3):
        shift_x, shift_y = layout.shift(number)
        shape = (-(-HEIGHT // (1 << shift_y)), -(-WIDTH // (1 << shift_x)))
        made.append(random.integers(0, 1 << layout.bit_depth, size=shape, dtype=dtype))
    return tuple(made)


@pytest.mark.parametrize("name", FILLS)
@given(boxes=st.lists(box_in_frame, max_size=4), layout=st.sampled_from(LAYOUTS))
def test_nothing_from_inside_decides_the_fill(
    name: str, boxes: list[Box], layout: PixelLayout
) -> None:
    one, noise = planes_of(layout, 1), planes_of(layout, 2)
    other = tuple(plane.copy() for plane in one)
    for number, plane in enumerate(other):
        for rows, columns in windows(boxes, layout.shift(number)):
            plane[rows, columns] = noise[number][rows, columns]
    for a, b in zip(
        FILLS[name](one, boxes, layout), FILLS[name](other, boxes, layout), strict=True
    ):
        assert np.array_equal(a, b)


@pytest.mark.parametrize("name", FILLS)
@given(boxes=st.lists(box_in_frame, max_size=4), layout=st.sampled_from(LAYOUTS))
def test_nothing_outside_is_touched_and_everything_inside_is(
    name: str, boxes: list[Box], layout: PixelLayout
) -> None:
    before = planes_of(layout, 3)
    kept = tuple(plane.copy() for plane in before)
    after = FILLS[name](before, boxes, layout)
    for number, plane in enumerate(after):
        assert np.array_equal(before[number], kept[number])
        inside = np.zeros(plane.shape, dtype=bool)
        shift_x, shift_y = layout.shift(number)
        for box in boxes:
            for y in range(plane.shape[0]):
                for x in range(plane.shape[1]):
                    left, top = x << shift_x, y << shift_y
                    cell = Box(left, top, left + (1 << shift_x), top + (1 << shift_y))
                    if not box.intersection(cell).empty:
                        inside[y, x] = True
        assert np.array_equal(plane[~inside], kept[number][~inside])
        if name == "solid" and inside.any():
            assert set(np.unique(plane[inside])) == {solid_level(layout, number)}


def test_a_soft_fill_is_smooth_and_meets_what_is_around_it() -> None:
    layout = LAYOUTS[0]
    luma = np.full((160, 160), 60, np.uint8)
    luma[:, 80:] = 200
    chroma = np.full((80, 80), 128, np.uint8)
    luma[48:112, 48:112] = np.random.default_rng(0).integers(0, 255, (64, 64), dtype=np.uint8)
    filled = FILLS["soft"]((luma, chroma, chroma), [Box(48, 48, 112, 112)], layout)[0]
    inside = filled[48:112, 48:112].astype(int)
    assert np.abs(np.diff(inside, axis=0)).max() <= 12
    assert np.abs(np.diff(inside, axis=1)).max() <= 12
    assert inside[32, 0] < 90
    assert inside[32, -1] > 170


def test_a_frame_with_nothing_outside_is_grey() -> None:
    layout = LAYOUTS[0]
    planes = planes_of(layout, 4)
    filled = FILLS["soft"](planes, [Box(0, 0, WIDTH, HEIGHT)], layout)
    for number, plane in enumerate(filled):
        assert set(np.unique(plane)) == {solid_level(layout, number)}
