"""The nouns that rooms hand to each other, and :class:`Detector`, the one role two rooms need.

All are frozen and made once. Time (``at``) is an exact fraction of a second since the first frame;
space is pixels of the upright frame, x right, y down, half-open. Nothing here does any I/O.
"""

from bystander.records.footage import Frame, Picture, PixelLayout, Plane, Sound, solid_level
from bystander.records.plans import (
    TARGETS,
    TONE_HZ,
    TONE_LEVEL,
    Because,
    FootageFacts,
    Keyframe,
    Plan,
    Policy,
    Redaction,
    Region,
)
from bystander.records.reports import CameraMatch, Check, Leak, Recount, Report, Skipped
from bystander.records.tracks import Detection, Detector, Kind, Track, aspects_to_look_at
from bystander.records.voices import LISTEN_HZ, Heard, Listener, stretches

__all__ = [
    "LISTEN_HZ",
    "TARGETS",
    "TONE_HZ",
    "TONE_LEVEL",
    "Because",
    "CameraMatch",
    "Check",
    "Detection",
    "Detector",
    "FootageFacts",
    "Frame",
    "Heard",
    "Keyframe",
    "Kind",
    "Leak",
    "Listener",
    "Picture",
    "PixelLayout",
    "Plan",
    "Plane",
    "Policy",
    "Recount",
    "Redaction",
    "Region",
    "Report",
    "Skipped",
    "Sound",
    "Track",
    "aspects_to_look_at",
    "solid_level",
    "stretches",
]
