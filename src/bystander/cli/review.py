"""``bystander review``: look, correct and sign off, on a page that only this machine sees."""

from __future__ import annotations

import getpass
import signal
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bystander.cli import console, folder, options
from bystander.errors import WrongPath

if TYPE_CHECKING:
    from bystander.review import Place, Settings

_LEAST_PORT, _MOST_PORT = 1024, 65535
_LONGEST_NAME = 100
_PROGRAM = "bystander"


def review(
    source: Annotated[
        Path,
        typer.Argument(metavar="IN", help="A recording, a photo or a folder. Never written to."),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="OUT",
            help="What rendering writes; for a folder: the folder of plans and outputs.",
        ),
    ] = None,
    plan: Annotated[
        Path | None,
        typer.Option(
            "--plan",
            metavar="PLAN",
            help="The plan to review. Default: the one beside OUT, which is drawn up if there is "
            "none.",
        ),
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Who decides, as reports say it. Default: the name you log in by."
        ),
    ] = None,
    port: Annotated[
        int, typer.Option(metavar="N", help="Where it is served on this machine. 0: a free port.")
    ] = 0,
    no_open: Annotated[
        bool, typer.Option("--no-open", help="Print the link and do not open the browser.")
    ] = False,
    idle: Annotated[
        float, typer.Option(metavar="MINUTES", help="It ends when nobody uses it for so long.")
    ] = 30,
    policy: options.PolicyName = None,
    target: options.Target = None,
    fill: options.Fill = None,
    audio: options.Audio = None,
    min_face: options.MinFace = None,
    crf: options.Crf = None,
    preset: options.Preset = None,
    hide_camera: options.HideCamera = None,
    provider: options.Provider = "auto",
    limit: options.Limit = None,
    salvage: options.Salvage = False,
    quiet: options.Quiet = False,
) -> None:
    """Look at what a plan hides, correct it, render and verify, on a page in the browser.

    The page is served to this machine alone. Every decision is saved at once beside the plan,
    which itself stays as it is. The options of a policy are for plans that are not there yet.
    """
    if port and not _LEAST_PORT <= port <= _MOST_PORT:
        raise console.WrongUsage(f"--port: {port} is not between {_LEAST_PORT} and {_MOST_PORT}")
    if not idle > 0:
        raise console.WrongUsage("--idle: some minutes, more than 0")
    wanted = options.policy(
        policy,
        targets=target,
        fill=fill,
        audio=audio,
        min_face_px=min_face,
        crf=crf,
        preset=preset,
        hide_camera=hide_camera,
    )
    chosen = options.provider(provider)
    limits, allowance = options.limits(limit)
    from bystander import review as room
    from bystander import run

    if source.is_dir() and (plan or output is None):
        raise console.WrongUsage(
            f"{source} is a folder", hint="-o names the folder of plans and outputs; no --plan"
        )
    settings = room.Settings(
        by=_name(by),
        policy=wanted,
        options=run.Options(provider=chosen, salvage=salvage, limits=limits),
        allowance=allowance,
        sockets=options.on_card(chosen),
    )
    places = room.find(source, output, plan, neutral=wanted.neutral_names)
    if output is not None and source.is_dir():
        made = folder.make(output)
        try:
            _hold(places, settings, port=port, idle=idle, browser=not no_open, quiet=quiet)
        finally:
            if made:
                with suppress(OSError):
                    output.rmdir()  # unless something is in it
        return
    if not places[0].plan.exists():
        if plan is not None:
            raise WrongPath(f"{plan} does not exist")
        _draw_up(places[0], settings, quiet=quiet)
    _hold(places, settings, port=port, idle=idle, browser=not no_open, quiet=quiet)


def _hold(
    places: Sequence[Place],
    settings: Settings,
    *,
    port: int,
    idle: float,
    browser: bool,
    quiet: bool,
) -> None:
    from bystander import review as room

    try:
        why = room.hold(
            places, settings, say=console.out, port=port, idle_s=idle * 60, browser=browser
        )
    except console.Stopped as stop:
        if stop.number != signal.SIGINT:  # Ctrl-C is how it usually ends
            raise
        why = "stopped"
    if not quiet:
        console.warn(f"the review ended: {why}; every decision is saved")


def _draw_up(place: Place, settings: Settings, *, quiet: bool) -> None:
    """Draw up the plan of the one file, which is not there yet, before the page is opened."""
    from bystander import media

    with (
        console.Terminal(quiet=quiet) as terminal,
        options.worker(
            place.plan.absolute().parent, settings.options.provider, settings.allowance
        ) as worker,
    ):
        for line in console.about(settings.policy, photo=media.is_photo(place.source)):
            terminal.say(line)
        worker.draw_up(
            place.source,
            place.plan,
            settings.policy,
            options=settings.options,
            progress=terminal,
        )


def _name(by: str | None) -> str:
    """Return who decides: *by*, or who is logged in.

    Raises:
        WrongUsage: It cannot be written in a report.
    """
    if by is None:
        try:
            by = getpass.getuser()
        except (KeyError, OSError):  # nobody has that number
            by = "reviewer"
    if not by.strip() or len(by) > _LONGEST_NAME or not by.isprintable():
        raise console.WrongUsage(f"--by: a name of 1 to {_LONGEST_NAME} printable characters")
    if by.strip().lower() == _PROGRAM:
        raise console.WrongUsage(f"--by: {_PROGRAM} is what the program itself decides by")
    return by.strip()
