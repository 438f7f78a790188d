"""What was rendered before: clean, with a leak, or from decisions that have changed since."""

from __future__ import annotations

from typing import Any

from bystander.records import Decided, Draw, Looked, Speech, Undo
from bystander.review.places import Place
from bystander.review.unsure import read_report

PROGRAM = "bystander"


class Rendered:
    """The outputs of one file, as far as the report tells; read anew when it has changed."""

    def __init__(self, place: Place, plan_sha256: str) -> None:
        self._place, self._plan_sha256 = place, plan_sha256
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
            if upto is None and report["plan_sha256"] != self._plan_sha256:
                return "outdated"
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
