"""Times between page and plan: the page counts in floats, a plan in exact fractions."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import numpy as np

from bystander import run

_SAME_S = 1e-6  # the page and we may count out a time differently by less


class Times:
    """When every frame of a file is shown; what the page says is put on the nearest of them."""

    def __init__(self, facts: run.Facts) -> None:
        """Count out the times that *facts* tell of."""
        deltas = [np.zeros(1, dtype=np.int64)]
        deltas += [np.full(count, delta, dtype=np.int64) for delta, count in facts.runs]
        self._ticks = np.cumsum(np.concatenate(deltas))
        self._tick, self._duration = facts.tick, facts.duration
        self._seconds = self._ticks * float(facts.tick)

    def __len__(self) -> int:
        return len(self._ticks)

    def all(self) -> list[Fraction]:
        """Return all of them, ascending."""
        return [int(ticks) * self._tick for ticks in self._ticks]

    def frame(self, at: float) -> int:
        """Return the number of the frame whose time is nearest to *at*."""
        after = int(np.searchsorted(self._seconds, at))
        near = [n for n in (after - 1, after) if 0 <= n < len(self._seconds)]
        return min(near, key=lambda n: abs(float(self._seconds[n]) - at))

    def at(self, number: int) -> Fraction:
        """Return when frame *number* is shown."""
        return int(self._ticks[number]) * self._tick

    def nearest(self, at: float) -> Fraction:
        """Return the time of a frame that is nearest to *at*."""
        return self.at(self.frame(at))

    def end(self, at: float) -> Fraction:
        """Return when something ends that lasts until *at*: at the time of a frame, or the last.

        Never before *at*: a frame that is hidden until then is not to show because it was rounded.
        """
        after = int(np.searchsorted(self._seconds, at - _SAME_S))
        return self.at(after) if after < len(self._seconds) else self._duration


def sound_time(at: float, known: Iterable[Fraction]) -> Fraction:
    """Return *at* exactly: as one of the times that are *known*, or to a thousandth of a second.

    >>> sound_time(1 / 3, [Fraction(1, 3)]), sound_time(0.5, [])
    (Fraction(1, 3), Fraction(1, 2))
    """
    for each in known:
        if float(each) == at:
            return each
    return Fraction(round(at * 1000), 1000)
