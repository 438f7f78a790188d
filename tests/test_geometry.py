from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bystander.geometry import Box, covered_share, iou

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
    assert abs(float(iou(*arrays)[0, 0]) - a.iou(b)) < 1e-12


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


@given(boxes, boxes)
def test_hull_holds_both(a: Box, b: Box) -> None:
    hull = a.hull(b)
    assert hull.intersection(a).area == a.area
    assert hull.intersection(b).area == b.area
