"""Regions that a person names: to be hidden whatever shows in them, or to be kept."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from fractions import Fraction

from bystander.errors import PlanError
from bystander.plan.draw import time_after
from bystander.records import Because, Keyframe, Policy, Redaction, Region
from bystander.timeline import Span, clock


def check_regions(regions: Sequence[Region], *, width: int, height: int) -> None:
    """Check that each of *regions* lies in a frame of *width* x *height* pixels.

    One that reaches out of it was measured on something else, and would hide less than was meant.

    Raises:
        PlanError: One does not.
    """
    for number, region in enumerate(regions, start=1):
        if region.box.empty or region.box.clipped(width, height) != region.box:
            raise PlanError(
                f"region {number} does not lie within the frame of {width}x{height}",
                hint="it is measured in pixels of the upright frame, as they are stored",
            )


def asked_for(
    regions: Sequence[Region],
    *,
    policy: Policy,
    times: Sequence[Fraction],
    width: int,
    height: int,
    grid_origin: tuple[int, int] = (0, 0),
) -> tuple[Redaction, ...]:
    """Return one redaction for each of *regions* to hide, grown to the grid and by the margin.

    A frame is hidden when any of the time it is shown lies in the region's, and the next as well:
    who reads the time of the last frame to be hidden off a player gets when it begins, rounded.

    Args:
        regions: What is to be hidden; those to be kept are checked, and passed over.
        policy: How far regions reach.
        times: When every frame of the recording is shown, ascending.
        width: Width of the upright frame in pixels.
        height: Height of the upright frame in pixels.
        grid_origin: Where the source's coding blocks start, x and y in pixels.

    Raises:
        PlanError: One of them does not lie within the frame, or lies after the recording.
    """
    check_regions(regions, width=width, height=height)
    redactions = []
    for number, region in enumerate(regions, start=1):
        first = max(0, bisect_right(times, region.start) - 1)
        last = len(times) if region.end is None else bisect_left(times, region.end) + 1
        last = min(last, len(times))
        if region.start > times[-1] or first >= last:
            raise PlanError(
                f"region {number} covers no frame: it starts at {clock(region.start)}, "
                f"the last frame is shown at {clock(times[-1])}"
            )
        if region.keep:
            continue
        box = region.box.snapped(policy.grid_px, grid_origin).padded(policy.margin_px)
        redactions.append(
            Redaction(
                track=f"asked-{number}",
                kind=None,
                because=Because.ASKED,
                span=Span(times[first], time_after(times, last - 1)),
                region=(Keyframe(at=times[first], box=box.clipped(width, height)),),
                score=1.0,
            )
        )
    return tuple(redactions)
