"""``bystander redact``: the whole way."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bystander.cli import console, options, regions
from bystander.records import Policy

_DEFAULT = Policy()


def redact(
    source: options.Source,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="OUT",
            help="The new recording: .mp4, .mov, .mkv or .webm. Default: IN with .redacted "
            "before the suffix.",
        ),
    ] = None,
    plan: Annotated[
        Path | None,
        typer.Option("--plan", metavar="PLAN", help="Follow this plan instead of looking."),
    ] = None,
    target: options.Target = options.TARGET,
    fill: options.Fill = _DEFAULT.fill,
    audio: options.Audio = _DEFAULT.audio,
    region: regions.Regions = None,
    keep_region: regions.Kept = None,
    min_face: options.MinFace = _DEFAULT.min_face_px,
    crf: options.Crf = None,
    preset: options.Preset = _DEFAULT.preset,
    hide_camera: options.HideCamera = _DEFAULT.hide_camera,
    provider: options.Provider = "auto",
    salvage: options.Salvage = False,
    force: options.Force = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Take the people out of a recording, verify the result, and report.

    The plan and the report (JSON and a page for a person) are put beside the output. Without a
    clean report there is no output.
    """
    wanted = options.policy(
        target=target,
        fill=fill,
        audio=audio,
        min_face=min_face,
        crf=crf,
        preset=preset,
        hide_camera=hide_camera,
    )
    chosen = options.provider(provider)
    asked = regions.regions(region, keep_region)
    from bystander import run

    if plan and (wanted != _DEFAULT or asked):
        raise console.WrongUsage(
            "--plan brings its own settings",
            hint="leave out the other options, or draw up a plan with them by bystander detect",
        )
    given = run.read_plan(plan) if plan else None
    outputs = run.outputs_for(source, output)
    with console.Terminal(quiet=quiet) as terminal:
        policy = given.policy if given else wanted
        if policy.audio == "drop":
            terminal.say("the sound is dropped, voices identify people; --audio keep keeps it")
        else:
            terminal.say("the sound is kept: voices in it can identify people")
        report = run.redact(
            source,
            outputs,
            wanted,
            given=given,
            regions=asked,
            options=run.Options(provider=chosen, salvage=salvage, force=force),
            progress=terminal,
        )
    if json:
        console.out(outputs.report_json.read_text(encoding="utf-8").rstrip())
    elif not quiet:
        unsure = len(report.unsure)
        console.out(f"output  {outputs.recording}")
        console.out(f"report  {outputs.report_html}")
        console.out(f"plan    {outputs.plan}")
        if unsure:
            console.out(
                f"the report lists {unsure} moment{'s' * (unsure != 1)} to look at yourself"
            )
