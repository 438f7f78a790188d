"""From a plan and a frame to the same frame with nothing left to undo."""

from collections.abc import Sequence

from bystander.geometry import Box
from bystander.hide.fills import FILLS, Fill, windows
from bystander.records import Frame, Plan

__all__ = ["FILLS", "Fill", "apply", "windows"]


def apply(plan: Plan, frame: Frame, fill: Fill | None = None) -> Frame:
    """Return *frame* with every region of *plan* filled; the rest of it untouched.

    Args:
        plan: What to hide and with which fill.
        frame: A frame of the recording that the plan is for.
        fill: Used in place of the plan's; for tests of the proof.
    """
    boxes: Sequence[Box] = plan.boxes_at(frame.at)
    if not boxes:
        return frame.with_planes(frame.planes)
    fill = fill or FILLS[plan.policy.fill]
    return frame.with_planes(fill(frame.planes, boxes, frame.layout))
