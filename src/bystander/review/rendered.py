"""What was rendered before: clean, with a leak, or from decisions that have changed since."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bystander.records import Decided, Draw, Looked, Speech, Undo
from bystander.review.places import Place
from bystander.review.unsure import read_report

PROGRAM = "bystander"


class Rendered:
    """The outputs of one file, as far as the report tells; read anew when it has changed."""

    def __init__(self, place: Place, text_sha256: str, plan_sha256: Callable[[], str]) -> None:
        """Look at what lies at *place*; for the digests, see the journal."""
        self._place = place
        self._text_sha256, self._plan_sha256 = text_sha256, plan_sha256
        self._of: tuple[int, ...] | None = None
        self._report: dict[str, Any] | None = None

    def state(self, decided: Decided) -> str:
        """Return ``no``, ``clean``, ``leak`` or ``outdated``."""
        report = self._read()
        try:
            if report is None or report["original"]["sha256"] != decided.plan.footage.sha256:
                return "no"
            clean = report["clean"] is True
            if clean and not self._place.outputs.recording.is_file():
                return "no"
            upto = up_to(report)
            about = report["plan_sha256"] if upto is None else report["reviewed"]["plan_sha256"]
            if about != self._text_sha256 and about != self._plan_sha256():
                return "outdated"
            if upto is not None and _said(report) != _words(decided, upto):
                return "outdated"  # other decisions about the same plan
        except (LookupError, TypeError, ValueError):
            return "no"  # not as our reports are
        if any(matters(decided, n) for n in range((upto or 0) + 1, len(decided.history) + 1)):
            return "outdated"
        return "clean" if clean else "leak"

    def _read(self) -> dict[str, Any] | None:
        path = self._place.outputs.report_json
        try:
            found = path.stat()
        except OSError:
            self._of = None
            return None
        now = (found.st_ino, found.st_size, found.st_mtime_ns)
        if now != self._of:
            self._of, self._report = now, read_report(path)
        return self._report


def up_to(report: dict[str, Any]) -> int | None:
    """Return the number of the last decision that *report* knows of; ``None``: of no review."""
    reviewed = report.get("reviewed")
    return None if reviewed is None else int(reviewed["decisions"])


def _said(report: dict[str, Any]) -> list[tuple[str, ...]]:
    """Return what *report* says of each decision that it knows of."""
    entries = report["reviewed"]["history"]
    return [(entry["what"], entry["by"], entry["because"]) for entry in entries]


def _words(decided: Decided, upto: int) -> list[tuple[str, ...]]:
    """Return the same of the decisions that there are, up to number *upto*."""
    entries = decided.history[:upto]
    return [(entry.what, entry.decision.by, entry.decision.because) for entry in entries]


def matters(decided: Decided, number: int) -> bool:
    """Return whether decision *number* may change what is rendered.

    A look does not, and what the program added is in the output already.
    """
    decision = decided.history[number - 1].decision
    change, taken_back = decision.change, False
    while isinstance(change, Undo):
        change, taken_back = decided.history[change.number - 1].decision.change, True
    if isinstance(change, Looked):
        return False
    added = decision.by == PROGRAM and isinstance(change, Draw | Speech)
    return taken_back or not added
