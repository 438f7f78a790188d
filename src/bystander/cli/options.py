"""Options that several commands share."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bystander.cli.console import WrongUsage
from bystander.errors import PlanError
from bystander.records import Policy

if TYPE_CHECKING:
    from bystander.media import Limits
    from bystander.run import Allowance, Worker

_LIMITS = {
    "pixels": "pixels",
    "frames": "frames",
    "duration": "duration_s",
    "memory": "memory_mb",
    "stall": "stall_s",
}
# What settings of a policy are called on the command line.
_SETTINGS = {
    "targets": "--target",
    "fill": "--fill",
    "audio": "--audio",
    "min_face_px": "--min-face",
    "crf": "--crf",
    "preset": "--preset",
    "hide_camera": "--hide-camera",
}
# Whose drivers are not kept from sockets and other programs.
_ON_CARDS = ("cuda", "coreml", "directml")

Source = Annotated[Path, typer.Argument(metavar="IN", help="The recording. Never written to.")]
PlanPath = Annotated[Path, typer.Option("--plan", metavar="PLAN", help="A plan, as JSON.")]
PolicyName = Annotated[
    str | None,
    typer.Option(
        "--policy",
        metavar="NAME",
        help="release (default), research, source, or a .toml file; bystander policy show NAME "
        "prints one. Options beside it change it.",
    ),
]
Target = Annotated[
    str | None,
    typer.Option(
        metavar="T,T...",
        help="What is hidden, one or several of: faces; heads (faces, and the heads of people "
        "whose face is not seen); people (heads, and whole people); plates (text on vehicles); "
        "text (all of it, and codes); screens.",
    ),
]
Fill = Annotated[
    str | None,
    typer.Option(
        help="What takes its place: solid (one grey) or soft (smooth, made of the pixels around)."
    ),
]
Audio = Annotated[
    str | None,
    typer.Option(
        help="The sound: drop; mute-speech or tone, which leave all but what is heard as speech; "
        "or keep (re-encoded; voices identify people)."
    ),
]
MinFace = Annotated[
    int | None,
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
    str | None, typer.Option(metavar="P", help="Speed of the encoder: ultrafast ... veryslow.")
]
HideCamera = Annotated[
    bool | None,
    typer.Option(
        "--hide-camera/--no-hide-camera",
        help="Reduce the fingerprint that the camera's sensor leaves in pictures.",
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
Limit = Annotated[
    list[str] | None,
    typer.Option(
        "--limit",
        metavar="NAME=N",
        help="Take more of a file, or less: pixels of a picture, frames, duration (seconds), "
        "memory (MiB, 0: no limit), stall (seconds without progress). May be repeated.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Write the report to standard output as JSON.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Write nothing but errors.")]


def policy(name: str | None, **given: Any) -> Policy:
    """Return the policy called *name*, with what is *given* changed beside it.

    Args:
        name: The name of a policy, or the path of a TOML file; ``None``: ``release``.
        **given: Settings of a policy; ``None`` means that the option was not given.

    Raises:
        PlanError: There is no such policy, or it asks for something that is not done.
    """
    from bystander import plan

    wanted = {key: value for key, value in given.items() if value is not None}
    if "targets" in wanted:
        wanted["targets"] = plan.policies.in_order(
            target.strip() for target in wanted["targets"].split(",")
        )
    chosen = plan.policies.changed(_named(name) if name else Policy(), wanted)
    plan.check_policy(chosen, called=_SETTINGS)
    return chosen


def _named(name: str) -> Policy:
    from bystander import plan

    if name in plan.policies.NAMES:
        return plan.policies.named(name)
    if not name.endswith(".toml"):
        raise WrongUsage(
            f"--policy: there is no policy {name!r}",
            hint=f"one of {', '.join(plan.policies.NAMES)}, or a file that ends in .toml",
        )
    try:
        text = Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = str(getattr(error, "strerror", None) or "it is not text").lower()
        raise WrongUsage(f"--policy: {name} cannot be read: {why}") from error
    try:
        return plan.policies.from_toml(text)
    except PlanError as error:
        raise WrongUsage(f"{name}: {error}", hint=error.hint) from error


def limits(texts: Iterable[str] | None) -> tuple[Limits, Allowance]:
    """Read what ``--limit`` was given.

    Raises:
        WrongUsage: There is no such limit, or it is no number.
    """
    from bystander import media, run

    given: dict[str, int] = {}
    for text in texts or ():
        name, _, number = text.partition("=")
        if name not in _LIMITS:
            raise WrongUsage(
                f"--limit: there is no {name!r}",
                hint=f"one of {', '.join(_LIMITS)}, such as pixels=200000000",
            )
        if not re.fullmatch(r"\d{1,12}", number, re.ASCII) or (
            name != "memory" and not int(number)
        ):
            raise WrongUsage(f"--limit: {number!r} is no number of {name}")
        given[_LIMITS[name]] = int(number)
    allowance = {key: given.pop(key) for key in ("memory_mb", "stall_s") if key in given}
    return media.Limits(**given), run.Allowance(**allowance)


def worker(folder: Path, provider: str, allowance: Allowance) -> Worker:
    """Return a worker that may write to *folder*, for a run on *provider*."""
    from bystander import run

    return run.Worker([folder], allowance=allowance, sockets=on_card(provider))


def on_card(provider: str) -> bool:
    """Return whether *provider* is a graphics card's, whose drivers need sockets."""
    return provider in _ON_CARDS


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
