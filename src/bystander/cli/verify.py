"""``bystander verify``: check an output again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bystander.cli import console, options
from bystander.errors import LeakFound
from bystander.timeline import clock


def verify(
    output: Annotated[Path, typer.Argument(metavar="OUT", help="The redacted recording.")],
    plan: options.PlanPath,
    original: Annotated[
        Path,
        typer.Option("--original", metavar="IN", help="The recording that it was made from."),
    ],
    camera: Annotated[
        bool,
        typer.Option(
            "--camera",
            help="Say as well how surely the original's camera can be told from the output.",
        ),
    ] = False,
    limit: options.Limit = None,
    salvage: options.Salvage = False,
    quiet: options.Quiet = False,
) -> None:
    """Open a redacted recording as a stranger would, and check all that the plan promises."""
    from bystander import run

    given = run.read_plan(plan)
    limits, allowance = options.limits(limit)
    with (
        console.Terminal(quiet=quiet) as terminal,
        run.Worker([], allowance=allowance) as worker,
    ):
        report, count = worker.examine(
            output,
            original,
            given,
            camera=camera,
            options=run.Options(salvage=salvage, limits=limits),
            progress=terminal,
        )
    if not quiet:
        for check in report.ran:
            result = "passed" if check.passed else "FAILED"
            console.out(f"{check.name:<12} {result:<14} {check.looked_at}")
        for skip in report.skipped:
            console.out(f"{skip.name:<12} {'NOT CHECKED':<14} {skip.why}")
        if not given.policy.wants("faces"):
            console.out(f"{'second look':<12} {'not done':<14} faces are not hidden by this plan")
        if (counted := report.recount) is not None:
            console.out(
                f"in the original two detectors saw, of faces: both {counted.both}, the plan's "
                f"alone {counted.first_only}, the second alone {counted.second_only}"
            )
        if report.camera is not None:
            console.out(f"fingerprint of the camera: {report.camera.in_words}")
        for span in report.unsure_speech:
            console.out(f"listen yourself: this may be speech at {clock(span.start)}")
        for leak in report.leaks:
            console.out(f"leak: {leak.check}: {leak.what}")
        if count > len(report.leaks):
            console.out(f"and {count - len(report.leaks)} more")
    if count or not report.clean:
        raise LeakFound(f"{count} leak{'s' * (count != 1)} found", report=report)
