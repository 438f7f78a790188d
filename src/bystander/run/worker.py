"""What is done in the child that works on files, for :mod:`bystander.run.work`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from bystander.records import Plan
from bystander.run import answering, batch
from bystander.run.prove import prove
from bystander.timeline import to_text


def serve(requests: int, answers: int, given_up: tuple[str, ...]) -> None:
    """Answer requests; see :func:`bystander.run.answering.serve`."""
    answering.serve(requests, answers, given_up, _VERBS)


def _redact(**arguments: Any) -> dict[str, object]:
    report = batch.redact(**arguments)
    return {
        "unsure": len(report.unsure) + len(report.unsure_speech),
        "camera": report.camera.in_words if report.camera else "",
    }


def _draw_up(**arguments: Any) -> dict[str, object]:
    drawn: Plan = batch.draw_up(**arguments)
    return {"regions": len(drawn.redactions)}


def _examine(**arguments: Any) -> dict[str, object]:
    report = batch.examine(**arguments)
    counted = report.recount
    return {
        "ran": [[check.name, check.passed, check.looked_at] for check in report.ran],
        "skipped": [[skip.name, skip.why] for skip in report.skipped],
        "leaks": answering.leaks(report),
        "leak_count": len(report.leaks),
        "unsure_speech": [[to_text(one.start), to_text(one.end)] for one in report.unsure_speech],
        "camera": [asdict(report.camera)] if report.camera else [],
        "recount": [counted.looks, counted.both, counted.first_only, counted.second_only]
        if counted
        else None,
    }


def _prove(**arguments: Any) -> dict[str, object]:
    proof = prove(**arguments)
    return {name: getattr(proof, name) for name in type(proof).__slots__}


_VERBS: answering.Verbs = {
    "redact": _redact,
    "draw_up": _draw_up,
    "examine": _examine,
    "prove": _prove,
}
