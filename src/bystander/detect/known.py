"""Who was seen at the last glance, and how they looked.

Between two deeper glances whoever is too small for the coarse looks, and still looks the same,
counts as seen where they are now, with the score that they had; see
:mod:`bystander.detect.places`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from bystander.detect.places import Place, place
from bystander.geometry import Box, goes_on, sides
from bystander.records import Detection, Frame


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """Somebody who was seen.

    Attributes:
        seen: The detection.
        strong: Whether they, or who they go on from, were seen surely enough to be hidden for it.
        looks: How they looked when a detector last saw them: the frame in which it did, or as they
            were found since; ``None``: there was nothing to tell them by.
    """

    seen: Detection
    strong: bool
    looks: Place | Frame | None

    @property
    def box(self) -> Box:
        """Where they were."""
        return self.seen.box

    def again(self, frame: Frame) -> Known | None:
        """Return the same as it shows in *frame*, a glance away; ``None``: not known."""
        looks = self.without_frame().looks
        found = looks.again(frame) if isinstance(looks, Place) else None
        if found is None:
            return None
        return Known(replace(self.seen, at=frame.at, box=found.box), self.strong, found)

    def without_frame(self) -> Known:
        """Return the same, with how they looked cut out of the frame that is held for it."""
        if not isinstance(self.looks, Frame):
            return self
        return replace(self, looks=place(self.looks, self.box))


class LastSeen:
    """Remembers who was seen at the last glance of a recording.

    Attributes:
        known: They.
    """

    def __init__(self, *, sure: float) -> None:
        """Prepare; who scores *sure* is hidden for that."""
        self._sure = sure
        self._found: list[Known] = []  # in the frame that is being looked at
        self.known: list[Known] = []

    def forget(self) -> None:
        """Take in that another scene begins."""
        self.known, self._found = [], []

    def new(self, frame: Frame, seen: Iterable[Detection]) -> list[Known]:
        """Return who was *seen* in *frame* and not before."""
        return [Known(found, found.score >= self._sure, frame) for found in seen]

    def again(self, known: Mapping[int, Known], frame: Frame) -> dict[int, Detection]:
        """Return who of *known* looks the same somewhere near in *frame*, by their number.

        May be called from several threads.
        """
        found = {number: one.again(frame) for number, one in known.items()}
        there = {number: one for number, one in found.items() if one is not None}
        self._found.extend(there.values())
        return {number: one.seen for number, one in there.items()}

    def follow(self, frame: Frame, seen: Iterable[Detection]) -> None:
        """Take in all that was *seen* in *frame*, which was just looked at."""
        before = {one.box: one for one in (*self.known, *self._found)}
        strong = sides(one.box for one in (*self.known, *self._found) if one.strong)
        new = self.new(frame, seen)
        goes = goes_on(sides(one.box for one in new), strong)
        self.known = [
            replace(
                before[one.box].without_frame() if one.box in before else one,
                seen=one.seen,
                strong=one.strong or bool(goes[number].any()),
            )
            for number, one in enumerate(new)
        ]
        self._found = []
