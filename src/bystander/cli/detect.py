"""``bystander detect``: look, and write the plan."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bystander.cli import console, options, regions


def detect(
    source: options.Source,
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="PLAN", help="Where the plan goes.")
    ],
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
    quiet: options.Quiet = False,
) -> None:
    """Look at a recording and write the plan of what would be hidden, without hiding it."""
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
    asked = regions.regions(region, keep_region)
    from bystander import run

    limits, allowance = options.limits(limit)
    with (
        console.Terminal(quiet=quiet) as terminal,
        options.worker(output.absolute().parent, chosen, allowance) as worker,
    ):
        hidden = worker.draw_up(
            source,
            output,
            wanted,
            regions=asked,
            options=run.Options(provider=chosen, salvage=salvage, force=force, limits=limits),
            progress=terminal,
        )
    if not quiet:
        console.out(f"plan    {output}: {hidden} regions to hide")
