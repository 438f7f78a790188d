"""All that one server knows: who may come in, what is under review, and what is being done."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from bystander import run
from bystander.errors import BystanderError, PlanError
from bystander.review import work
from bystander.review.answers import Refusal
from bystander.review.desk import Desk
from bystander.review.jobs import Job, Jobs
from bystander.review.keys import Keys
from bystander.review.lifetime import Clock
from bystander.review.listing import Listing
from bystander.review.places import Place
from bystander.review.settings import Settings

_MOST_OPEN = 2  # files whose children run


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
        self._desks: OrderedDict[int, Desk] = OrderedDict()
        self._opening = threading.Lock()
        self._listing = Listing(self.places)
        self._closed = False

    def __enter__(self) -> Room:
        return self

    def __exit__(self, *_: object) -> None:
        self._closed = True
        self.jobs.close()
        with self._opening:
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
        place = self.place(n)
        with self._opening:
            if (desk := self._desks.get(n)) is not None:
                self._desks.move_to_end(n)
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
            self._desks[n] = desk
            idle = [m for m in self._desks if m != n and self.jobs.of_file(m) is None]
            for other in idle[: len(self._desks) - _MOST_OPEN]:
                self._desks.pop(other).close()
            return desk

    def _viewer(self, place: Place) -> run.Viewer:
        options = self.settings.options
        return run.Viewer(place.source, salvage=options.salvage, limits=options.limits)

    def files(self) -> list[dict[str, Any]]:
        """Return what the page lists of every file."""
        busy = {n for n in range(len(self.places)) if self.jobs.of_file(n)}
        return self._listing.entries(busy, dict(self._desks))

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

        return self.jobs.begin("drawing up the plan", body, file=n, heavy=True)

    def render(self, n: int, revision: int) -> Job:
        """Begin to render file *n* as it was decided up to *revision*.

        Raises:
            Refusal: Others decided since, or other work is under way.
        """
        desk = self.desk(n)
        desk.refresh()
        if revision != desk.revision:
            raise Refusal(
                409, "conflict", "somebody else decided in the meantime", revision=desk.revision
            )
        if desk.digest == "other":
            raise PlanError("the plan was drawn up for another recording")
        return self.jobs.begin("rendering", work.render(desk, self.settings), file=n, heavy=True)
