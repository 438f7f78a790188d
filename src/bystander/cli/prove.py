"""``bystander prove``: show that nothing from inside the masks comes through."""

from __future__ import annotations

from typing import Annotated

import typer

from bystander.cli import console, options


def prove(
    source: options.Source,
    plan: options.PlanPath,
    suffix: Annotated[
        str, typer.Option("--as", metavar="SUFFIX", help="Container to render to.")
    ] = ".mp4",
    salvage: options.Salvage = False,
    quiet: options.Quiet = False,
) -> None:
    """Show that the output does not depend on what is under the masks.

    Replaces everything inside the plan's regions by random noise, renders both versions with the
    same plan and settings, and compares the two files byte for byte.
    """
    from bystander import run
    from bystander.errors import LeakFound
    from bystander.records import Leak, Report

    given = run.read_plan(plan)
    with console.Terminal(quiet=quiet) as terminal:
        proof = run.prove(source, given, suffix=suffix, salvage=salvage, progress=terminal)
    if not proof.equal:
        leak = Leak(check="proof", what="the output depends on what is under the masks")
        report = Report(
            plan_sha256="", output_sha256=proof.original_sha256, ran=(), skipped=(), leaks=(leak,)
        )
        raise LeakFound(
            "not proven: the file made from noise differs, so something from inside comes through",
            report=report,
        )
    if not quiet:
        console.out(
            f"proven: {proof.frames} frames, {proof.samples} hidden samples made noise, and"
        )
        console.out(f"both files are {proof.original_sha256} ({proof.encoder})")
