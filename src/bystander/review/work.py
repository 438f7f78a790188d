"""What jobs do: draw up a plan, follow a box, render."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from typing import Literal

from bystander import media, plan, run
from bystander.errors import BystanderError, LeakFound
from bystander.geometry import Box
from bystander.records import Change, Decided, Plan, Speech
from bystander.review import documents
from bystander.review.desk import Desk
from bystander.review.jobs import Job
from bystander.review.places import Place
from bystander.review.settings import Settings
from bystander.review.unsure import read_report

_ADDED = "the second look found it"
_HEARD = "somebody was heard in the output"


def draw_up(place: Place, settings: Settings) -> Callable[[Job], None]:
    """Return what draws up the plan of *place*."""

    def body(job: Job) -> None:
        place.make_folders()
        with _worker(place, settings) as worker:
            job.on_stop(worker.stop)
            worker.draw_up(
                place.source,
                place.plan,
                settings.policy,
                options=settings.options,
                progress=job,
            )

    return body


def follow(
    desk: Desk, index: int, box: Box, *, directions: tuple[Literal[1, -1], ...], until: int | None
) -> Callable[[Job], None]:
    """Return what follows *box*, drawn in frame *index*, as far as it goes."""

    def body(job: Job) -> None:
        found = {index: box}
        job.keys = []
        for step in directions:
            job.begin("following", 0)
            going = desk.pictures.back.follow(index, box, step=step, until=until)
            for number, where, _ in going:
                if job.stopping.is_set():
                    return
                found[number] = where
                job.step()
                job.keys = _rows(desk, found)

    return body


def _rows(desk: Desk, found: dict[int, Box]) -> list[list[float]]:
    width, height = desk.facts.width, desk.facts.height
    rows = []
    for number, box in sorted(found.items()):
        whole = box.snapped(1).clipped(width, height)
        if not whole.empty:
            rows.append([float(desk.times.at(number)), *documents.corners(whole)])
    return rows


def render(desk: Desk, decided: Decided, settings: Settings) -> Callable[[Job], None]:
    """Return what renders what was *decided* at *desk*, and verifies it."""
    place = desk.place

    def body(job: Job) -> None:
        with _alone(place):
            _check_ours(place)
            try:
                with _worker(place, settings) as worker:
                    job.on_stop(worker.stop)
                    worker.redact(
                        place.source,
                        place.outputs,
                        decided.plan.policy,
                        given=decided.plan,
                        reviewed=decided.reviewed(desk.plan_sha256),
                        options=replace(settings.options, force=True),
                        progress=job,
                    )
            except LeakFound:
                take_in(desk, decided.plan, job)
                raise
            take_in(desk, decided.plan, job)

    return body


def _worker(place: Place, settings: Settings) -> run.Worker:
    return run.Worker(
        [place.outputs.recording.absolute().parent, place.plan.absolute().parent],
        allowance=settings.allowance,
        sockets=settings.sockets,
    )


@contextmanager
def _alone(place: Place) -> Iterator[None]:
    """Have no other review render from the same plan meanwhile: report and output would be mixed.

    Raises:
        BystanderError: Another does.
    """
    try:
        file = os.open(place.plan, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        why = str(error.strerror).lower()
        raise BystanderError(f"{place.plan.name} cannot be read: {why}") from error
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BystanderError("another review is rendering from this plan") from None
        yield
    finally:
        os.close(file)


def _check_ours(place: Place) -> None:
    """Check that what rendering would replace was made by an earlier run.

    Raises:
        BystanderError: It was not, or was changed since.
    """
    output = place.outputs.recording
    if not output.exists():
        return
    report = read_report(place.outputs.report_json)
    told = report.get("output") if report else None
    if not isinstance(told, dict) or told.get("sha256") != media.digest(output):
        raise BystanderError(
            f"{output.name} exists already and was not made by an earlier run as it is now",
            hint="move it away, or begin the review with -o and another name",
        )


def take_in(desk: Desk, given: Plan, job: Job) -> None:
    """Write down as decisions what was added to the plan that was *given*, so that it is seen."""
    followed = run.read_plan(desk.place.outputs.plan)
    exactly = replace(given.policy, speech_pad_s=Fraction(0), speech_gap_s=Fraction(0))

    def wanted(first: int, decided: Decided) -> list[tuple[str, Change]]:
        changes: list[tuple[str, Change]] = []
        for change in plan.additions(given, followed, first):
            if isinstance(change, Speech):  # what was decided during the work stays as well
                spans = plan.speech((*change.spans, *(decided.speech or ())), exactly)
                changes.append((_HEARD, Speech(spans=spans)))
            else:
                changes.append((_ADDED, change))
        return changes

    job.revision = desk.add(wanted)
