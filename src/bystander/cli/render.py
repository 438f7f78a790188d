"""``bystander render``: follow a plan to the letter."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bystander.cli import console, options
from bystander.records import Plan, Reviewed


def render(
    source: options.Source,
    plan: options.PlanPath,
    output: Annotated[
        Path,
        typer.Option("-o", "--output", metavar="OUT", help="The new recording."),
    ],
    decisions: Annotated[
        Path | None,
        typer.Option(
            "--decisions",
            metavar="D",
            help="What a person decided about the plan, as bystander review writes it.",
        ),
    ] = None,
    limit: options.Limit = None,
    salvage: options.Salvage = False,
    force: options.Force = False,
    quiet: options.Quiet = False,
) -> None:
    """Hide what a plan says and nothing else, and verify the result.

    The plan is not added to: what the second look finds with evidence is a leak at once.
    """
    from bystander import run

    given, reviewed = run.read_plan(plan), None
    outputs = run.outputs_for(source, output)
    if decisions is not None:
        given, reviewed = _decided(given, decisions)
        outputs = outputs.after_review
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
            reviewed=reviewed,
        )
    if not quiet:
        console.out(f"output  {outputs.recording}")
        console.out(f"report  {outputs.report_html}")


def _decided(base: Plan, decisions: Path) -> tuple[Plan, Reviewed]:
    """Return the plan after the *decisions* in that file, and what the report says of them.

    Raises:
        PlanError: They are not of this plan, or one does not fit.
    """
    from bystander import plan, run

    journal = run.read_decisions(decisions, base)
    if journal.torn:
        console.warn(f"the last line of {decisions} has no end and is passed over")
    decided = plan.decide(base, journal.decisions)
    return decided.plan, decided.reviewed(journal.plan_sha256)
