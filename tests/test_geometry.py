from __future__ import annotations

from functools import reduce

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bystander.geometry import Box, around, block_means, covered_share, iou, sides

side = st.integers(-60, 120)
boxes = st.builds(
    lambda x, y, w, h: Box(x, y, x + w, y + h),
    side,
    side,
    st.integers(0, 60),
    st.integers(0, 60),
)


@given(boxes, boxes)
def test_iou_of_arrays_and_of_boxes_agree(a: Box, b: Box) -> None:
    arrays = [np.array([[c.x0, c.y0, c.x1, c.y1]], dtype=np.float64) for c in (a, b)]
    assert float(iou(*arrays)[0, 0]) == a.iou(b)


@given(st.lists(boxes, max_size=8), st.lists(boxes, max_size=8))
def test_iou_of_many_is_that_of_each_two(these: list[Box], those: list[Box]) -> None:
    expected = [[a.iou(b) for b in those] for a in these]
    assert iou(sides(these), sides(those)).tolist() == expected


@given(boxes, st.integers(1, 32), st.tuples(side, side))
def test_snapping_never_loses_a_pixel(box: Box, step: int, origin: tuple[int, int]) -> None:
    snapped = box.snapped(step, origin)
    assert snapped.x0 <= box.x0
    assert snapped.x1 >= box.x1
    assert snapped.y0 <= box.y0
    assert snapped.y1 >= box.y1
    assert (snapped.x0 - origin[0]) % step == 0
    assert snapped.x0 > box.x0 - step


@given(boxes, st.lists(boxes, max_size=4))
def test_covered_share_agrees_with_painting_pixels(box: Box, by: list[Box]) -> None:
    canvas = np.zeros((400, 400), dtype=bool)
    for other in by:
        canvas[
            int(other.y0) + 100 : int(other.y1) + 100, int(other.x0) + 100 : int(other.x1) + 100
        ] = True
    inside = canvas[int(box.y0) + 100 : int(box.y1) + 100, int(box.x0) + 100 : int(box.x1) + 100]
    painted = inside.mean() if inside.size else 1.0
    assert abs(covered_share(box, by) - painted) < 0.2
    assert (covered_share(box, by) == 1.0) >= (painted == 1.0)


@given(boxes, st.lists(boxes, max_size=6))
def test_covered_share_counts_points_of_a_grid(box: Box, by: list[Box]) -> None:
    points = [
        (box.x0 + (x + 0.5) / 32 * box.width, box.y0 + (y + 0.5) / 32 * box.height)
        for x in range(32)
        for y in range(32)
    ]
    inside = [any(b.x0 <= x < b.x1 and b.y0 <= y < b.y1 for b in by) for x, y in points]
    assert covered_share(box, by) == (1.0 if box.empty else sum(inside) / 1024)


@given(
    st.sampled_from([np.uint8, np.int8, np.uint16, np.int16, np.float32]),
    st.integers(1, 20),
    st.integers(1, 40),
    st.integers(1, 40),
    st.integers(0, 99),
)
def test_block_means_are_the_means_of_blocks(
    dtype: type[np.generic], block: int, height: int, width: int, seed: int
) -> None:
    bits = np.random.default_rng(seed).integers(0, 256, (height, width * dtype().itemsize))
    values = bits.astype(np.uint8).view(dtype)
    if dtype is np.float32:
        values = np.nan_to_num(values) % 256
    means = block_means(values, block)
    for (row, column), mean in np.ndenumerate(means):
        y, x = row * block, column * block
        inside = values[y : y + block, x : x + block].astype(np.float64)
        assert abs(mean - inside.mean()) < 1e-9
    assert means.shape == (-(-height // block), -(-width // block))


@given(boxes, boxes)
def test_hull_holds_both(a: Box, b: Box) -> None:
    hull = a.hull(b)
    assert hull.intersection(a).area == a.area
    assert hull.intersection(b).area == b.area


@given(st.lists(boxes, min_size=1, max_size=6))
def test_what_is_around_many_is_the_hull_of_each_with_the_next(these: list[Box]) -> None:
    assert around(these) == reduce(Box.hull, these)
