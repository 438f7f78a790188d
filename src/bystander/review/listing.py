"""The list of files, without opening any: what lies beside each says how far it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bystander import media
from bystander.review.desk import Desk
from bystander.review.jobs import Job
from bystander.review.places import Place
from bystander.review.rendered import up_to
from bystander.review.unsure import read_report


class Listing:
    """Knows which files could not be opened, and why."""

    def __init__(self, places: Sequence[Place]) -> None:
        self._places = places
        self.failed: dict[int, str] = {}

    def entries(
        self, doing: Mapping[int, Job | None], desks: Mapping[int, Desk]
    ) -> list[dict[str, Any]]:
        """Return what the page lists of every file, with what is being done to it."""
        return [self._entry(n, doing.get(n), desks.get(n)) for n in range(len(self._places))]

    def _entry(self, n: int, job: Job | None, desk: Desk | None) -> dict[str, Any]:
        place = self._places[n]
        message = self.failed.get(n)
        state = "planned" if place.plan.exists() else "unplanned"
        if job is not None and job.heavy:
            state = "busy"
        elif message is not None:
            state = "failed"
        return {
            "n": n,
            "name": place.name,
            "kind": "photo" if media.is_photo(place.source) else "recording",
            "state": state,
            "message": message,
            "job": {"id": job.id, "kind": job.kind} if job is not None and job.heavy else None,
            "decisions": desk.revision if desk else _lines(place),
            "rendered": desk.rendered.state(desk.decided) if desk else _rendered(place),
        }


def _lines(place: Place) -> int:
    """Return how many decisions the journal of *place* holds, by its lines."""
    try:
        if place.journal.is_symlink() or not place.journal.is_file():
            return 0
        with place.journal.open("rb") as file:
            return max(0, sum(1 for line in file if line.endswith(b"\n")) - 1)
    except OSError:
        return 0


def _rendered(place: Place) -> str:
    """Return how the output of *place* is, as far as can be told without the plan."""
    report = read_report(place.outputs.report_json)
    if report is None:
        return "no"
    try:
        upto = up_to(report) or 0
    except (LookupError, TypeError, ValueError):
        return "no"
    if _lines(place) != upto:
        return "outdated"  # or not: looks and what the program added are known when it is opened
    if report.get("clean") is not True:
        return "leak"
    return "clean" if place.outputs.recording.is_file() else "no"
