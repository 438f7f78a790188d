"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bystander.cli.console import WrongUsage
from bystander.errors import PlanError
from bystander.records import TARGETS, Policy

Source = Annotated[Path, typer.Argument(metavar="IN", help="The recording. Never written to.")]
PlanPath = Annotated[Path, typer.Option("--plan", metavar="PLAN", help="A plan, as JSON.")]
Target = Annotated[
    str,
    typer.Option(
        metavar="T,T...",
        help="What is hidden, one or several of: faces; heads (faces, and the heads of people "
        "whose face is not seen); people (heads, and whole people); plates; text; screens.",
    ),
]
Fill = Annotated[
    str,
    typer.Option(
        help="What takes its place: solid (one grey) or soft (smooth, made of the pixels around)."
    ),
]
Audio = Annotated[
    str,
    typer.Option(
        help="The sound: drop it; mute-speech, or a tone where somebody speaks; or keep it "
        "(re-encoded; voices identify people)."
    ),
]
MinFace = Annotated[
    int,
    typer.Option(
        "--min-face",
        metavar="PX",
        help="Height of the smallest face to look for. 20 or more is several times faster.",
    ),
]
Crf = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        help="Quality, in the encoder's scale: lower is better and larger. Default: 23 for H.264.",
    ),
]
Preset = Annotated[
    str, typer.Option(metavar="P", help="Speed of the encoder: ultrafast ... veryslow.")
]
HideCamera = Annotated[
    bool,
    typer.Option(
        "--hide-camera", help="Reduce the fingerprint that the camera's sensor leaves in pictures."
    ),
]
Provider = Annotated[
    str,
    typer.Option(
        help="What the detectors run on: cpu; openvino, cuda, coreml or directml where "
        "installed; auto is openvino where that is faster."
    ),
]
Salvage = Annotated[
    bool, typer.Option("--salvage", help="Redact what decodes of a damaged recording.")
]
Force = Annotated[bool, typer.Option("--force", help="Replace files that exist.")]
Json = Annotated[bool, typer.Option("--json", help="Write the report to standard output as JSON.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Write nothing but errors.")]


TARGET = ",".join(Policy().targets)


def policy(
    *,
    target: str,
    fill: str,
    audio: str,
    min_face: int,
    crf: int | None = None,
    preset: str = Policy().preset,
    hide_camera: bool = False,
) -> Policy:
    """Return the policy that the options ask for.

    Raises:
        WrongUsage: They ask for something that is not done.
    """
    from bystander import plan

    named = {name.strip() for name in target.split(",")}
    wanted = Policy(
        # In one order, so that the same wish gives the same plan.
        targets=(*(name for name in TARGETS if name in named), *sorted(named - set(TARGETS))),
        fill=fill,
        audio=audio,
        min_face_px=min_face,
        crf=crf,
        preset=preset,
        hide_camera=hide_camera,
    )
    try:
        plan.check_policy(wanted)
    except PlanError as error:
        raise WrongUsage(str(error), hint=error.hint) from error
    return wanted


def provider(name: str) -> str:
    """Return *name* if there is such a provider.

    Raises:
        WrongUsage: There is none.
    """
    from bystander import detect

    known = (detect.AUTO, *detect.PROVIDERS)
    if name not in known:
        raise WrongUsage(f"--provider: there is no {name}", hint=f"one of {', '.join(known)}")
    return name
