"""All that one server knows: who may come in, what is under review, and what is being done."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bystander import run
from bystander.errors import BystanderError, PlanError
from bystander.review import work
from bystander.review.answers import Refusal
from bystander.review.desk import Desk
from bystander.review.jobs import PLAN, RENDER, Job, Jobs
from bystander.review.keys import Keys
from bystander.review.lifetime import Clock
from bystander.review.listing import Listing
from bystander.review.places import Place
from bystander.review.settings import Settings

_MOST_OPEN = 2  # files whose children run
_LONGEST_WAIT_S = 30  # for a picture: somebody looks at the page


class Room:
    """A context manager; when it ends, so do children and jobs."""

    def __init__(
        self,
        places: Sequence[Place],
        settings: Settings,
        *,
        keys: Keys,
        clock: Clock,
    ) -> None:
        """Prepare to review *places*."""
        self.places, self.settings, self.keys, self.clock = tuple(places), settings, keys, clock
        self.jobs = Jobs()
        self._desks: dict[int, Desk] = {}
        self._asked_for: dict[int, float] = {}
        self._opening = threading.Lock()
        self._listing = Listing(self.places)
        self._closed = False

    def __enter__(self) -> Room:
        return self

    def __exit__(self, *_: object) -> None:
        self._closed = True
        self.jobs.close()
        with self._opening:  # one that is being opened is closed as well
            for desk in self._desks.values():
                desk.close()

    def place(self, n: int) -> Place:
        """Return the place of file *n*.

        Raises:
            Refusal: There is no such file.
        """
        if n >= len(self.places):
            raise Refusal(404, "unknown", "there is no such file")
        return self.places[n]

    def desk(self, n: int) -> Desk:
        """Return the desk of file *n*, which is opened for it; may take a while.

        Raises:
            Refusal: There is no such file, or no plan of it.
            BystanderError: It cannot be opened.
        """
        if (desk := self._desks.get(n)) is not None:
            self._asked_for[n] = time.monotonic()
            return desk
        place = self.place(n)
        with self._opening:
            if (desk := self._desks.get(n)) is not None:
                return desk
            if self._closed:
                raise Refusal(503, "ended", "the review has ended")
            if not place.plan.exists():
                raise Refusal(404, "unplanned", "there is no plan of this file yet")
            try:
                desk = Desk(place, by=self.settings.by, viewer=lambda: self._viewer(place))
            except BystanderError as error:
                self._listing.failed[n] = str(error)
                raise
            self._listing.failed.pop(n, None)
            self._close_others()
            self._desks[n] = desk
            self._asked_for[n] = time.monotonic()
            return desk

    def _close_others(self) -> None:
        """Close desks that nobody asked for lately, so that there is room for one more."""
        idle = [n for n in self._desks if self.jobs.of_file(n) is None]
        idle.sort(key=lambda n: self._asked_for[n])
        for n in idle[: max(0, len(self._desks) - _MOST_OPEN + 1)]:
            self._desks.pop(n).close()

    def _viewer(self, place: Place) -> run.Viewer:
        options = self.settings.options
        return run.Viewer(
            place.source,
            salvage=options.salvage,
            limits=options.limits,
            allowance=replace(self.settings.allowance, stall_s=_LONGEST_WAIT_S),
        )

    def files(self) -> list[dict[str, Any]]:
        """Return what the page lists of every file."""
        doing = {n: self.jobs.of_file(n) for n in range(len(self.places))}
        return self._listing.entries(doing, dict(self._desks))

    def draw_up(self, n: int) -> Job:
        """Begin to draw up the plan of file *n*.

        Raises:
            Refusal: There is one, or other work is under way.
        """
        place = self.place(n)
        if place.plan.exists():
            raise Refusal(422, "refused", "there is a plan already, which is never written to")
        doing = work.draw_up(place, self.settings)

        def body(job: Job) -> None:
            self._listing.failed.pop(n, None)
            try:
                doing(job)
            except BystanderError as error:
                if not job.stopping.is_set():
                    self._listing.failed[n] = str(error)
                raise

        return self.jobs.begin(PLAN, "drawing up the plan", body, file=n)

    def render(self, n: int, revision: int) -> Job:
        """Begin to render file *n* as it was decided up to *revision*.

        Raises:
            Conflict: Others decided since.
            PlanError: The plan is for another recording.
            Refusal: Other work is under way.
        """
        desk = self.desk(n)
        decided = desk.standing(revision)
        if desk.digest == "other":
            raise PlanError("the plan was drawn up for another recording")
        return self.jobs.begin(
            RENDER, "rendering", work.render(desk, decided, self.settings), file=n
        )
