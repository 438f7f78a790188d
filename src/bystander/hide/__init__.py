"""From a plan and a frame, or sound, to the same with nothing left to undo."""

from collections.abc import Sequence

from bystander.geometry import Box
from bystander.hide import camera
from bystander.hide.fills import FILLS, Fill, windows
from bystander.hide.sound import cover, silence
from bystander.records import Frame, Plan

__all__ = ["FILLS", "Fill", "apply", "cover", "silence", "windows"]


def apply(plan: Plan, frame: Frame, fill: Fill | None = None) -> Frame:
    """Return *frame* with every region of *plan* filled; the rest of it untouched.

    When the plan says so, the rest gets less noise, to make the camera's fingerprint fainter.

    Args:
        plan: What to hide and with which fill.
        frame: A frame of the recording that the plan is for.
        fill: Used in place of the plan's; for tests of the proof.
    """
    boxes: Sequence[Box] = plan.boxes_at(frame.at)
    planes = frame.planes
    if boxes:
        fill = fill or FILLS[plan.policy.fill]
        planes = fill(planes, boxes, frame.layout)
    if plan.policy.hide_camera:
        planes = camera.fainter(planes, boxes, frame.layout)
    return frame.with_planes(planes)
