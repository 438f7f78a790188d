"""Measure leaks over a folder of footage whose faces are known, and write down what came out.

``python -m bench.leaks FOLDER [--only STEPS] [--limit N] [--quick] [--work DIR]``. Steps: ``video``
and ``stills`` run both tools and judge their outputs; ``curve`` moves the thresholds;
``synthetic`` pastes heads along known paths; ``document`` writes what was measured, now or before,
to ``docs/measurements.md`` with plots beside it. A run with ``--limit`` or ``--quick`` is a trial:
its figures and its document stay in the work folder, apart from those of a full run.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.leaks import curve, document, heads, plots, sets, synthetic, tools
from bench.leaks.results import Results, digest, measured_from_json, measured_to_json
from bench.leaks.sets import Item
from bench.leaks.tools import Tool

from bystander.records import Policy

STEPS = ("video", "stills", "curve", "synthetic", "document")
_DOCS = Path(__file__).parents[2] / "docs"


def main() -> None:
    """Do the steps that were asked for, in order."""
    arguments = _arguments()
    arguments.work.mkdir(parents=True, exist_ok=True)
    trial = arguments.limit is not None or arguments.quick
    results = Results(arguments.work, trial)
    chosen = arguments.only
    ran: list[Tool] = []
    if {"video", "stills", "synthetic"} & set(chosen):
        ran = [tools.own(), tools.deface(arguments.work, arguments.deface)]
    if "video" in chosen:
        _compare("video", sets.videos(arguments.folder), ran, results, arguments.limit)
    if "stills" in chosen:
        _compare("stills", sets.stills(arguments.folder), ran, results, arguments.limit)
    if "curve" in chosen:
        every = (*sets.videos(arguments.folder), *sets.stills(arguments.folder))
        _curve(every, results, arguments.limit)
    if "synthetic" in chosen:
        _synthetic(arguments.folder, ran, results, arguments)
    if "document" in chosen:
        measured = {step: results.read_step(step) for step in STEPS}
        docs = arguments.work / "trial" if trial else _DOCS
        drawn = plots.draw(measured, docs / "plots")
        document.write(docs / "measurements.md", document.text(measured, drawn))
        _say(f"wrote {docs / 'measurements.md'} and {len(drawn)} plots")


def _arguments() -> argparse.Namespace:
    def steps(text: str) -> list[str]:
        names = text.split(",")
        if set(names) - set(STEPS):
            raise argparse.ArgumentTypeError(f"steps are {', '.join(STEPS)}")
        return names

    parser = argparse.ArgumentParser(
        prog="python -m bench.leaks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folder", type=Path, help="footage with box files")
    parser.add_argument("--only", type=steps, default=list(STEPS), metavar="STEP,STEP")
    parser.add_argument("--limit", type=int, metavar="N", help="the first N of every set only")
    parser.add_argument("--quick", action="store_true", help="synthetic sweeps over one ground")
    parser.add_argument("--work", type=Path, default=Path("bench-results"), metavar="DIR")
    parser.add_argument("--deface", metavar="PROGRAM", help="deface 1.5.0 that is there already")
    return parser.parse_args()


def _compare(
    step: str, items: tuple[Item, ...], ran: Sequence[Tool], results: Results, limit: int | None
) -> None:
    """Run every tool on every item, judge, and keep the step."""
    measured: dict[str, list[dict[str, Any]]] = {tool.name: [] for tool in ran}
    some = sets.first(items, limit)
    for number, item in enumerate(some, start=1):
        for tool in ran:
            measured[tool.name] += _kept(item, tool, results)
        _say(f"{step} {number} of {len(some)}, {item.path.stem}: " + _leaked(measured))
    results.write_step(step, _step(measured, ran, counts=_counts(items), used=_counts(some)))


def _kept(item: Item, tool: Tool, results: Results) -> list[dict[str, Any]]:
    """Return what *tool* leaves of *item*, measured now or before."""

    def measure() -> list[dict[str, Any]]:
        with tempfile.TemporaryDirectory() as place:
            return [measured_to_json(sets.measure(item, tool, Path(place)))]

    about = [tool.name, item.of_set, item.path.stem, tool.state, *_identity(item)]
    return results.kept(about, measure)


def _identity(item: Item) -> tuple[str, str]:
    return digest(item.path), json.dumps(item.truth, sort_keys=True)


def _curve(items: tuple[Item, ...], results: Results, limit: int | None) -> None:
    detectors = curve.detectors_for(Policy())
    points: list[dict[str, Any]] = []
    some = sets.first(items, limit)
    state = tools.own().state
    for number, item in enumerate(some, start=1):

        def measure(item: Item = item) -> list[dict[str, Any]]:
            with tempfile.TemporaryDirectory() as place:
                return [
                    {"factor": point.factor, **measured_to_json(point.measured)}
                    for point in curve.trace(item, detectors, Path(place))
                ]

        about = ["curve", item.of_set, item.path.stem, state, *_identity(item)]
        points += results.kept(about, measure)
        _say(f"curve {number} of {len(some)}, {item.path.stem}")
    step = {"points": points, "counts": _counts(items), "used": _counts(some)}
    results.write_step("curve", step)


def _synthetic(
    folder: Path, ran: Sequence[Tool], results: Results, arguments: argparse.Namespace
) -> None:
    cut = heads.heads_of(folder, synthetic.MOST_HEADS)
    grounds = synthetic.grounds_of(folder)[: 1 if arguments.quick else 2]
    every = synthetic.cases()
    if arguments.limit is not None:
        every = {name: cases[: arguments.limit] for name, cases in every.items()}
    sweeps: dict[str, list[dict[str, Any]]] = {name: [] for name in every}
    for name, cases in every.items():
        for value, case in cases:
            both = [m for ground in grounds for m in _composed(ground, cut, case, ran, results)]
            row: dict[str, Any] = {"value": value}
            for number, tool in enumerate(ran):
                row[tool.name] = both[number :: len(ran)]
            sweeps[name].append(row)
            _say(f"synthetic {name} {value}: " + _leaked({t.name: row[t.name] for t in ran}))
    names = [ground.stem for ground in grounds]
    results.write_step("synthetic", _step(sweeps, ran, grounds=names, heads=len(cut)))


def _composed(
    ground: Path,
    cut: Sequence[heads.Head],
    case: synthetic.Case,
    ran: Sequence[Tool],
    results: Results,
) -> list[dict[str, Any]]:
    """Return what every tool leaves of one composite, in their order, measured now or before."""

    def measure() -> list[dict[str, Any]]:
        with tempfile.TemporaryDirectory() as place:
            target = Path(place) / f"{ground.stem}.mp4"
            item = synthetic.compose(ground, cut, case, target)
            return [measured_to_json(sets.measure(item, tool, Path(place))) for tool in ran]

    cuts = hashlib.sha256(b"".join(head.colours.tobytes() for head in cut)).hexdigest()
    states = [tool.state for tool in ran]
    about = ["synthetic", ground.stem, "composite", repr(case), digest(ground), cuts, *states]
    return results.kept(about, measure)


def _step(measured: object, ran: Sequence[Tool], **more: object) -> dict[str, Any]:
    return {"states": {tool.name: tool.state for tool in ran}, "measured": measured, **more}


def _counts(items: Sequence[Item]) -> dict[str, int]:
    return {
        name: sum(item.of_set == name for item in items)
        for name in dict.fromkeys(item.of_set for item in items)
    }


def _leaked(measured: dict[str, list[dict[str, Any]]]) -> str:
    def last(rows: list[dict[str, Any]]) -> str:
        judged = measured_from_json(rows[-1]).judged
        return f"{judged.leaked} of {len(judged.faces)}" if judged else "no output"

    return ", ".join(f"{name} {last(rows)}" for name, rows in measured.items())


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
