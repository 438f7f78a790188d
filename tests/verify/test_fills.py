from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.hide.test_fills import HEIGHT, LAYOUTS, WIDTH, box_in_frame, planes_of

from bystander.geometry import Box
from bystander.records import (
    Because,
    FootageFacts,
    Frame,
    Keyframe,
    PixelLayout,
    Plan,
    Policy,
    Redaction,
    solid_level,
)
from bystander.timeline import Span
from bystander.verify.fills import bare, difference

NOISE = 9.0


def plan_that_hides(boxes: list[Box]) -> Plan:
    return Plan(
        footage=FootageFacts(
            sha256="0" * 64, width=WIDTH, height=HEIGHT, frames=1, duration=Fraction(1)
        ),
        policy=Policy(),
        detectors=(),
        redactions=tuple(
            Redaction(
                track=str(number),
                kind=None,
                because=Because.ASKED,
                span=Span(Fraction(0), Fraction(1)),
                region=(Keyframe(at=Fraction(0), box=box),),
                score=1.0,
            )
            for number, box in enumerate(boxes)
        ),
    )


@pytest.mark.parametrize("times", [1, 200])  # few boxes are looked at one by one, many at once
@given(
    boxes=st.lists(box_in_frame, max_size=4),
    bared=box_in_frame,
    number=st.integers(0, 2),
    step=st.integers(0, 30),
    layout=st.sampled_from(LAYOUTS),
)
def test_the_first_box_with_a_block_that_is_off_is_named(
    times: int, boxes: list[Box], bared: Box, number: int, step: int, layout: PixelLayout
) -> None:
    planes = tuple(
        np.full_like(plane, solid_level(layout, n)) for n, plane in enumerate(planes_of(layout, 1))
    )
    scale = 1 << (layout.bit_depth - 8)
    planes[number][int(bared.y0) : int(bared.y1), int(bared.x0) : int(bared.x1)] += step * scale
    frame = Frame(index=0, at=Fraction(0), lasts=None, planes=planes, layout=layout)
    off = [
        box
        for box in boxes
        if any(
            difference(plane, box, layout.shift(n), solid_level(layout, n)) > NOISE * scale
            for n, plane in enumerate(planes)
        )
    ]
    assert bare(plan_that_hides(boxes * times), frame, frame, NOISE) == next(iter(off), None)
