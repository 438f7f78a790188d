"""``bystander prove``: show that nothing from inside the masks comes through."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bystander.cli import console, options
from bystander.errors import LeakFound
from bystander.records import Leak, Report

if TYPE_CHECKING:
    from bystander.run import Proof


def prove(
    source: options.Source,
    plan: options.PlanPath,
    suffix: Annotated[
        str | None,
        typer.Option(
            "--as",
            metavar="SUFFIX",
            help="Container or kind of photo to render to. Default: .mp4; for a photo, its own.",
        ),
    ] = None,
    released: Annotated[
        Path | None,
        typer.Option(
            "--released", metavar="OUT", help="Compare the released file with both as well."
        ),
    ] = None,
    limit: options.Limit = None,
    salvage: options.Salvage = False,
    quiet: options.Quiet = False,
) -> None:
    """Show that the output does not depend on what is under the masks.

    Replaces everything inside the plan's regions by random noise, renders both versions with the
    same plan and settings, and compares the two files byte for byte.
    """
    from bystander import run

    given = run.read_plan(plan)
    limits, allowance = options.limits(limit)
    with (
        console.Terminal(quiet=quiet) as terminal,
        run.Worker([Path(tempfile.gettempdir())], allowance=allowance) as worker,
    ):
        proof = worker.prove(
            source,
            given,
            suffix=suffix,
            released=released,
            options=run.Options(salvage=salvage, limits=limits),
            progress=terminal,
        )
    if not proof.equal:
        raise _unproven(
            proof, "the file made from noise differs: something from inside comes through"
        )
    if proof.released is False:
        raise _unproven(
            proof, "the released file is not what this plan gives here: it differs from both"
        )
    if not quiet:
        console.out(
            f"proven: {proof.frames} frames, {proof.samples} hidden samples of them"
            f"{f' and {proof.heard} of the sound' if proof.heard else ''} made noise, and"
        )
        which = "both files and the released one" if proof.released else "both files"
        console.out(f"{which} are {proof.original_sha256} ({proof.encoder})")


def _unproven(proof: Proof, why: str) -> LeakFound:
    leak = Leak(check="proof", what=why)
    report = Report(
        plan_sha256=proof.plan_sha256,
        output_sha256=proof.original_sha256,
        ran=(),
        skipped=(),
        leaks=(leak,),
    )
    return LeakFound(f"not proven: {why}", report=report)
