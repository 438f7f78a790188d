"""``bystander render``: follow a plan to the letter."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bystander.cli import console, options


def render(
    source: options.Source,
    plan: options.PlanPath,
    output: Annotated[
        Path,
        typer.Option("-o", "--output", metavar="OUT", help="The new recording."),
    ],
    limit: options.Limit = None,
    salvage: options.Salvage = False,
    force: options.Force = False,
    quiet: options.Quiet = False,
) -> None:
    """Hide what a plan says and nothing else, and verify the result.

    The plan is not added to: what the second look finds with evidence is a leak at once.
    """
    from bystander import run

    given = run.read_plan(plan)
    outputs = run.outputs_for(source, output)
    limits, allowance = options.limits(limit)
    with (
        console.Terminal(quiet=quiet) as terminal,
        options.worker(output.absolute().parent, "cpu", allowance) as worker,
    ):
        worker.redact(
            source,
            outputs,
            given.policy,
            given=given,
            options=run.Options(salvage=salvage, force=force, limits=limits),
            progress=terminal,
            amend=False,
        )
    if not quiet:
        console.out(f"output  {outputs.recording}")
        console.out(f"report  {outputs.report_html}")
