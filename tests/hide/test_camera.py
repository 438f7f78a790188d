from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from tests.hide.test_fills import LAYOUTS, planes_of
from tests.stage import Scene, plan_for

from bystander import hide
from bystander.geometry import Box
from bystander.records import Frame, PixelLayout, Plan, Plane, Policy, solid_level

WIDTH, HEIGHT = 71, 53  # of planes_of
BOX = Box(8, 16, 40, 48)


def plan_of(fill: str, *, hide_camera: bool) -> Plan:
    scene = Scene(width=WIDTH, height=HEIGHT, frames=1)
    policy = Policy(fill=fill, hide_camera=hide_camera)
    return plan_for("0" * 64, scene, policy=policy, boxes=lambda _: BOX)


def frame_of(planes: tuple[Plane, ...], layout: PixelLayout) -> Frame:
    return Frame(index=0, at=Fraction(0), lasts=None, planes=planes, layout=layout)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
@pytest.mark.parametrize("fill", ["solid", "soft"])
def test_nothing_from_inside_comes_out_and_the_fill_stays(fill: str, layout: PixelLayout) -> None:
    one, noise = planes_of(layout, 1), planes_of(layout, 2)
    other = tuple(plane.copy() for plane in one)
    for number, plane in enumerate(other):
        for rows, columns in hide.windows([BOX], layout.shift(number)):
            plane[rows, columns] = noise[number][rows, columns]
    plan = plan_of(fill, hide_camera=True)
    filled = hide.apply(plan_of(fill, hide_camera=False), frame_of(one, layout)).planes
    made = hide.apply(plan, frame_of(one, layout)).planes
    again = hide.apply(plan, frame_of(other, layout)).planes
    for number, (a, b, kept) in enumerate(zip(made, again, filled, strict=True)):
        assert np.array_equal(a, b)
        assert not np.array_equal(a, kept)  # something was done outside
        for rows, columns in hide.windows([BOX], layout.shift(number)):
            assert np.array_equal(a[rows, columns], kept[rows, columns])
            if fill == "solid":
                assert set(np.unique(a[rows, columns])) == {solid_level(layout, number)}


def test_a_frame_in_which_nothing_is_hidden_is_treated_as_well() -> None:
    layout = LAYOUTS[0]
    plan = replace(plan_of("solid", hide_camera=True), redactions=())
    before = planes_of(layout, 3)
    after = hide.apply(plan, frame_of(before, layout)).planes
    assert all(not np.array_equal(a, b) for a, b in zip(after, before, strict=True))
