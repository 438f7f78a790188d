"""All that one server knows: who may come in, what is under review, and what is being done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bystander import run
from bystander.records import Policy
from bystander.review.answers import Refusal
from bystander.review.jobs import Jobs
from bystander.review.keys import Keys
from bystander.review.lifetime import Clock
from bystander.review.places import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a review is made.

    Attributes:
        by: Who decides, as it is written into decisions and reports.
        policy: What plans are drawn up with that are not there yet.
        options: How files are worked on.
        allowance: How much memory and time a child is given.
        sockets: Let children have sockets; see :class:`bystander.run.Worker`.
    """

    by: str
    policy: Policy
    options: run.Options
    allowance: run.Allowance
    sockets: bool = False


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

    def __enter__(self) -> Room:
        return self

    def __exit__(self, *_: object) -> None:
        self.jobs.close()

    def place(self, n: int) -> Place:
        """Return the place of file *n*.

        Raises:
            Refusal: There is no such file.
        """
        if n >= len(self.places):
            raise Refusal(404, "unknown", "there is no such file")
        return self.places[n]

    def files(self) -> list[dict[str, Any]]:
        """Return what the page lists of every file."""
        return []
