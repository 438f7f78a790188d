"""``bystander redact``: the whole way."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bystander.cli import console, folder, options, regions


def redact(
    source: options.Source,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="OUT",
            help="The new recording (.mp4, .mov, .mkv, .webm) or photo (.jpg, .png, .webp, "
            ".tif, .avif, .bmp, .gif). Default: IN with .redacted before the suffix. For a "
            "folder: another folder.",
        ),
    ] = None,
    plan: Annotated[
        Path | None,
        typer.Option("--plan", metavar="PLAN", help="Follow this plan instead of looking."),
    ] = None,
    policy: options.PolicyName = None,
    target: options.Target = None,
    fill: options.Fill = None,
    audio: options.Audio = None,
    region: regions.Regions = None,
    keep_region: regions.Kept = None,
    min_face: options.MinFace = None,
    crf: options.Crf = None,
    preset: options.Preset = None,
    hide_camera: options.HideCamera = None,
    provider: options.Provider = "auto",
    limit: options.Limit = None,
    salvage: options.Salvage = False,
    force: options.Force = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Take the people out of a recording, verify the result, and report.

    The plan and the report (JSON and a page for a person) are put beside the output. Without a
    clean report there is no output.

    IN may be a folder: every recording in it is redacted into the folder OUT, which is made if need
    be. What is done and unchanged is not done again; a file that fails does not end the run.
    """
    settings = {
        "targets": target,
        "fill": fill,
        "audio": audio,
        "min_face_px": min_face,
        "crf": crf,
        "preset": preset,
        "hide_camera": hide_camera,
    }
    wanted = options.policy(policy, **settings)
    chosen = options.provider(provider)
    asked = regions.regions(region, keep_region)
    from bystander import media, run

    if plan and (policy or asked or any(value is not None for value in settings.values())):
        raise console.WrongUsage(
            "--plan brings its own settings",
            hint="leave out the other options, or draw up a plan with them by bystander detect",
        )
    if source.is_dir():
        if plan or asked:
            raise console.WrongUsage("--plan and regions are for one recording, not for a folder")
        if output is None:
            raise console.WrongUsage(f"{source} is a folder", hint="-o says which folder to write")
        folder.redact(
            source,
            output,
            wanted,
            limit=limit,
            how=run.Options(provider=chosen, salvage=salvage, force=force),
            json=json,
            quiet=quiet,
        )
        return
    given = run.read_plan(plan) if plan else None
    followed = given.policy if given else wanted
    limits, allowance = options.limits(limit)
    outputs = run.outputs_for(source, output, neutral=followed.neutral_names)
    with (
        console.Terminal(quiet=quiet) as terminal,
        options.worker(outputs.recording.absolute().parent, chosen, allowance) as worker,
    ):
        for line in console.about(followed, photo=media.is_photo(source)):
            terminal.say(line)
        keep = given.kept if given else tuple(one for one in asked if one.keep)
        for track in dict.fromkeys(one.track for one in keep if one.track):
            terminal.say(f"weaker than release, as asked: {track} is kept")
        for kept in (one for one in keep if one.track is None):
            sides = f"{kept.box.x0:.0f},{kept.box.y0:.0f} to {kept.box.x1:.0f},{kept.box.y1:.0f}"
            terminal.say(f"weaker than release, as asked: what lies wholly in {sides} is kept")
        unsure, camera = worker.redact(
            source,
            outputs,
            wanted,
            given=given,
            regions=asked,
            options=run.Options(provider=chosen, salvage=salvage, force=force, limits=limits),
            progress=terminal,
        )
    if json:
        console.out_text(outputs.report_json.read_text(encoding="utf-8").rstrip())
    elif not quiet:
        if camera is not None:
            console.out(f"fingerprint of the camera: reduced, not removed; {camera}")
        console.out(f"output  {outputs.recording}")
        console.out(f"report  {outputs.report_html}")
        console.out(f"plan    {outputs.plan}")
        if unsure:
            what = ("place" if media.is_photo(source) else "moment") + "s" * (unsure != 1)
            console.out(f"the report lists {unsure} {what} to look at yourself")
