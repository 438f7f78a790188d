"""The audit: moments drawn at random, what was seen there, and what that supports."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from bystander import run
from bystander.errors import PlanError
from bystander.records import Change, Decided, Looked
from bystander.review.times import Times
from bystander.timeline import clock


class Walks:
    """The draws of one file, which are kept: each is of all its frames."""

    def __init__(self, times: Times, seed: str) -> None:
        """Draw from *times* by *seed* and the number of each walk."""
        self._times, self._seed = times, seed
        self._drawn: dict[int, tuple[Fraction, ...]] = {}

    def _moments(self, number: int) -> tuple[Fraction, ...]:
        moments = self._drawn.get(number)
        if moments is None:
            moments = run.audit.walk(self._times.all(), self._seed, number)
            self._drawn = {number: moments}  # another thread may put another one there
        return moments

    def check(self, change: Change) -> None:
        """Check that a look, if *change* is one, is at a moment that was drawn for its walk.

        Raises:
            PlanError: It is not, so no figure would hold for it.
        """
        if isinstance(change, Looked) and change.at not in self._moments(change.walk):
            raise PlanError(f"{clock(change.at)} was not drawn for walk {change.walk}")

    def told(self, decided: Decided, number: int | None = None) -> dict[str, Any]:
        """Return walk *number* as the page knows it; ``None``: the one that is on."""
        number = decided.walk if number is None else number
        looks = [look for look in decided.looks if look.walk == number]
        return {
            "walk": number,
            "moments": [float(at) for at in self._moments(number)],
            "looks": [{"at": float(look.at), "clean": look.clean} for look in looks],
            "sentence": run.audit.sentence(looks, frames=len(self._times)),
            "supports": [
                {"clean_looks": n, "fewer_than_percent": run.audit.percent(n)}
                for n in run.audit.LOOKS
                if n <= len(self._times)
            ],
        }
