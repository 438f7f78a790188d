"""Bystander takes the people out of camera footage for good, and checks that it did.

>>> import bystander
>>> report = bystander.redact("holiday.mp4", "holiday.redacted.mp4")  # doctest: +SKIP
>>> report.clean  # doctest: +SKIP
True
"""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from pathlib import Path

from bystander.errors import (
    BeyondLimits,
    BystanderError,
    DamagedFootage,
    FootageError,
    LeakFound,
    ModelError,
    PlanError,
    WrongPath,
)
from bystander.geometry import Box
from bystander.records import (
    Because,
    Check,
    Detection,
    Frame,
    Kind,
    Leak,
    Limits,
    Plan,
    Policy,
    Redaction,
    Region,
    Report,
    Skipped,
    Sound,
    Track,
)
from bystander.timeline import Span

__version__ = "0.1.0"

__all__ = [
    "Because",
    "BeyondLimits",
    "Box",
    "BystanderError",
    "Check",
    "DamagedFootage",
    "Detection",
    "FootageError",
    "Frame",
    "Kind",
    "Leak",
    "LeakFound",
    "Limits",
    "ModelError",
    "Plan",
    "PlanError",
    "Policy",
    "Redaction",
    "Region",
    "Report",
    "Skipped",
    "Sound",
    "Span",
    "Track",
    "WrongPath",
    "redact",
]


def redact(
    path: str | PathLike[str],
    output: str | PathLike[str] | None = None,
    *,
    policy: Policy | None = None,
    regions: Sequence[Region] = (),
    salvage: bool = False,
    force: bool = False,
    provider: str = "auto",
    limits: Limits | None = None,
) -> Report:
    """Take the people out of the recording at *path*.

    The work is done in this process; the command line does it in a child that can crash.

    Args:
        path: The recording; never written to.
        output: The new recording; its suffix chooses the container. ``None``: the name of *path*
            with ``.redacted`` before the suffix. Plan and report are put beside it.
        policy: What to hide and how; ``None``: the defaults.
        regions: Parts of the frame to hide as well, whatever shows there, or to keep.
        salvage: Work on what decodes of a damaged recording, instead of refusing it.
        force: Replace files that exist.
        provider: What the detectors run on: ``cpu``, ``openvino``, ``cuda``, ``coreml`` or
            ``directml``; ``auto``: OpenVINO where it is installed and faster, else ``cpu``.
        limits: How much of a file is taken, in pixels, frames and seconds; ``None``: the defaults.
            Memory and time are your process's own: nothing here limits them.

    Returns:
        The report; always clean.

    Raises:
        WrongPath: The recording is not there, or something is in the way of the new one.
        BeyondLimits: The recording is larger or longer than *limits* allow.
        FootageError: The recording cannot be read, or the new one cannot be written.
        ModelError: A detector is missing, altered or cannot run here.
        PlanError: The policy cannot be followed, or a region covers nothing.
        LeakFound: Something is still showing; no output was written.
    """
    from bystander import run  # the rooms load codecs and models: only when there is work

    source, policy = Path(path), policy or Policy()
    target = Path(output) if output is not None else None
    return run.redact(
        source,
        run.outputs_for(source, target, neutral=policy.neutral_names),
        policy,
        regions=regions,
        options=run.Options(
            provider=provider, salvage=salvage, force=force, limits=limits or Limits()
        ),
    )
