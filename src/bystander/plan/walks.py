"""Which looks at moments drawn at random belong together, so that a figure holds for them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from bystander.errors import PlanError
from bystander.records import Change, Decision, Draw, Hide, Join, Looked, Speech, Split, Undo

# What shows no more than before; looks that saw nobody hold after it.
_HIDES_MORE = (Draw, Hide, Join, Split)
_SHOWS_THE_SAME = (Looked, Speech)


class Walks:
    """Takes in all changes, in their order, and counts walks.

    Looks were at the picture as it was. A change that may show more of it ends their walk; so does
    one that hides more, once somebody was seen: what was seen is hidden then, and to count on as if
    it had not been seen would make every walk a clean one.
    """

    def __init__(self) -> None:
        self.walk = 1
        self._looks: dict[tuple[int, Fraction], Looked] = {}

    def take(self, change: Change, *, counts: bool, all_given: Sequence[Decision]) -> None:
        """Take in the next change; *counts*: nobody took it back later.

        Raises:
            PlanError: It is a look of a walk that is over, or of one far ahead.
        """
        if isinstance(change, Looked):
            # Of one that was taken back the number was right: what it went by may be gone as well.
            if counts and change.walk not in (self.walk, self.walk + 1):
                raise PlanError(
                    f"it is a look of walk {change.walk}, and walk {self.walk} is on",
                    hint="every change that may show more begins a new walk",
                )
            self.walk = change.walk
            if counts:
                self._looks.pop((change.walk, change.at), None)
                self._looks[change.walk, change.at] = change
            return
        while isinstance(change, Undo):
            change = all_given[change.number - 1].change
            if isinstance(change, _HIDES_MORE):
                self._end()  # taking that back, or doing it again after that, shows more or may
                return
        if isinstance(change, _SHOWS_THE_SAME):
            return
        here = [look for look in self._looks.values() if look.walk == self.walk]
        if not isinstance(change, _HIDES_MORE) or not all(look.clean for look in here):
            self._end()

    def _end(self) -> None:
        if any(look.walk == self.walk for look in self._looks.values()):
            self.walk += 1

    def looks(self) -> tuple[Looked, ...]:
        """Return those that count, in their order."""
        return tuple(self._looks.values())
