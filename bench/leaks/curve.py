"""Leaks against over-redaction as the detectors' thresholds move, without looking again.

The networks run once over each clip or picture, at the lowest thresholds. For each point of the
curve the plan is drawn up from what scores enough then, as the product would, and the decoded
planes are filled and judged in memory. So a point leaves out two things that the command does: the
second look, which hides what it finds as well, and the coding of the output.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
from bench.leaks.judge import Judge, Luma
from bench.leaks.metrics import Measured
from bench.leaks.sets import Item, as_clip

from bystander import hide, media
from bystander.records import Detection, Detector, Frame, Kind, Plan, Policy
from bystander.run import Silent, drawing, eyes, passes

FACTORS = (0.4, 0.6, 0.8, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 3.5)
_PREFIXES = {Kind.FACE: "score", Kind.PERSON: "person_score"}
_MOST = 0.99


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One clip or picture at one threshold; its ``judged`` is never ``None``."""

    factor: float
    measured: Measured


def scaled(policy: Policy, factor: float) -> Policy:
    """Return *policy* with all thresholds of faces and people times *factor*, 0.99 at most."""
    moved: dict[str, Any] = {
        field.name: min(_MOST, getattr(policy, field.name) * factor)
        for field in fields(policy)
        if field.name.startswith(tuple(_PREFIXES.values()))
    }
    return replace(policy, **moved)


def least_scores(policy: Policy) -> dict[Kind, float]:
    """Return for each kind the score under which *policy* lets a detection count for nothing."""
    return {
        kind: min(
            getattr(policy, field.name) for field in fields(policy) if field.name.startswith(prefix)
        )
        for kind, prefix in _PREFIXES.items()
    }


def detectors_for(policy: Policy) -> list[Detector]:
    """Return the detectors that the command looks with."""
    return eyes.for_plan(policy)[0]


def trace(
    item: Item,
    detectors: Sequence[Detector],
    folder: Path,
    factors: Sequence[float] = FACTORS,
) -> list[Point]:
    """Return a point of the curve for each of *factors*, ascending, for one clip or picture."""
    source = item.path
    if item.of_set.startswith("images/"):
        source = as_clip(item.path, folder / f"{item.path.stem}.mkv")
    footage = media.open_footage(source)
    lowest = scaled(Policy(), min(factors))
    survey, seen = passes.look(footage, lowest, detectors, Silent())
    plans = [
        drawing.draw_up(footage, survey, policy, _counting(seen, policy), detectors)
        for policy in (scaled(Policy(), factor) for factor in factors)
    ]
    judges = judged(footage.frames(), plans, item.truth)
    if source != item.path:
        source.unlink()
    return [
        Point(
            factor=factor,
            measured=Measured(
                of_set=item.of_set,
                origin=item.origin,
                name=item.path.stem,
                exit_code=0,
                judged=judge.judged(),
            ),
        )
        for factor, judge in zip(factors, judges, strict=True)
    ]


def _counting(seen: Iterable[Detection], policy: Policy) -> list[Detection]:
    least = least_scores(policy)
    return [d for d in seen if d.score >= least.get(d.kind, 0.0)]


def judged(frames: Iterable[Frame], plans: Sequence[Plan], truth: dict[str, Any]) -> list[Judge]:
    judges = [Judge(truth) for _ in plans]
    for number, frame in enumerate(frames):
        before = luma(frame)
        made: dict[tuple[Any, ...], Luma] = {}
        for drawn, judge in zip(plans, judges, strict=True):
            # Neighbouring thresholds often hide the same boxes: those are filled once.
            boxes = tuple(sorted((b.x0, b.y0, b.x1, b.y1) for b in drawn.boxes_at(frame.at)))
            if boxes not in made:
                made[boxes] = luma(hide.apply(drawn, frame))
            judge.see(number, before, made[boxes])
    return judges


def luma(frame: Frame) -> Luma:
    """Return the frame's luma as 8 bits from black 0 to white 255, as the judge of files has it."""
    samples = frame.planes[0].astype(np.float32) / (1 << (frame.layout.bit_depth - 8))
    if not frame.layout.full_range:
        samples = (samples - 16) * (255 / 219)
    seen: Luma = np.rint(samples.clip(0, 255)).astype(np.uint8)
    return seen
