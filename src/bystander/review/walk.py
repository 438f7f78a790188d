"""The audit: moments drawn at random, what was seen there, and what that supports."""

from __future__ import annotations

from typing import Any

from bystander import run
from bystander.records import Decided
from bystander.review.times import Times


class Walks:
    """The draws of one file, which are kept: each is of all its frames."""

    def __init__(self, times: Times, seed: str) -> None:
        """Draw from *times* by *seed* and the number of each walk."""
        self._times, self._seed = times, seed
        self._drawn: dict[int, list[float]] = {}

    def told(self, decided: Decided, number: int | None = None) -> dict[str, Any]:
        """Return walk *number* as the page knows it; ``None``: the one that is on."""
        number = decided.walk if number is None else number
        moments = self._drawn.get(number)
        if moments is None:
            drawn = run.audit.walk(self._times.all(), self._seed, number)
            moments = [float(at) for at in drawn]
            self._drawn = {number: moments}  # another thread may put another one there
        looks = [look for look in decided.looks if look.walk == number]
        return {
            "walk": number,
            "moments": moments,
            "looks": [{"at": float(look.at), "clean": look.clean} for look in looks],
            "sentence": run.audit.sentence(looks, frames=len(self._times)),
            "supports": [
                {"clean_looks": n, "fewer_than_percent": run.audit.percent(n)}
                for n in run.audit.LOOKS
                if n <= len(self._times)
            ],
        }
