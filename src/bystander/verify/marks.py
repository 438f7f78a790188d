"""Looking over the output for plates, text and codes that still show.

It is the detector that the plan was made with that looks here, at other frames: there is no second
one of text that is any good and small. So this finds what fell between the looks of the first pass
or comes out at the edge of a mask, and not what that detector does not see.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from bystander.geometry import around, covered_share
from bystander.records import Check, Detection, Frame, Leak, Plan
from bystander.timeline import Span, clock
from bystander.watch import Jumps, Look, Watcher

_EVERY_S = Fraction(1, 2)
_MOST_COVERED = 0.8  # what is hidden by more than this is not showing
# What scores so much is a leak where it is seen again within a second, or there is but one look.
_EVIDENCE = 0.7
_AGAIN_S = Fraction(1)
# What is hidden along with a leak, and when that is done for the last time.
_NEARLY, _NEARLY_AT_LAST = 0.65, 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """Somebody who looks over the output.

    Attributes:
        name: What the check is called.
        by: Who looks, ``name@digest``.
        look: What shows in a frame or a part of it.
    """

    name: str
    by: str
    look: Look


class MarkLook:
    """Sees every frame of the output, in order."""

    def __init__(self, witness: Witness, plan: Plan) -> None:
        """Prepare to look for what *plan* leaves showing."""
        self._witness = witness
        self._plan = plan
        # It begins half a stretch late, so as to look where the first pass did not.
        self._watcher = Watcher(witness.look, sure=None, longest_s=_EVERY_S, first_s=_EVERY_S / 4)
        self._jumps = Jumps()
        self._seen: list[Detection] = []

    def see(self, frame: Frame) -> None:
        """Take in the next frame."""
        self._seen += self._watcher.see(frame, jumped=self._jumps.see(frame))

    def examined(self, *, at_last: bool) -> tuple[Check, list[Leak], tuple[Detection, ...]]:
        """Return the check, what it found, and what nearly has evidence; after the last frame.

        Args:
            at_last: Whether what is found can be hidden once more, and not again.
        """
        self._seen += self._watcher.finish()
        showing = self._plan.without_kept(d for d in self._seen if self._shows(d))
        sure = [d for d in showing if d.score >= _EVIDENCE]
        found = [d for d in sure if self._watcher.looks < 3 or _again(d, sure)]
        least = _NEARLY_AT_LAST if at_last else _NEARLY
        nearly = tuple(d for d in showing if found and d not in found and d.score >= least)
        check = Check(
            name=self._witness.name,
            passed=not found,
            looked_at=f"{self._watcher.looks} looks, by {self._witness.by}, "
            "which the plan was made with as well",
        )
        return check, self._leaks(found), nearly

    def _shows(self, seen: Detection) -> bool:
        width, height = self._plan.footage.width, self._plan.footage.height
        box = seen.box.clipped(width, height)
        hidden = covered_share(box, self._plan.boxes_at(seen.at)) > _MOST_COVERED
        return not (box.empty or hidden)

    def _leaks(self, found: list[Detection]) -> list[Leak]:
        if not found:
            return []
        first, last = min(d.at for d in found), max(d.at for d in found)
        return [
            Leak(
                check=self._witness.name,
                what=f"a {found[0].kind} is showing at {clock(first)}",
                span=Span(first, last),
                box=around([detection.box for detection in found]),
                found=tuple(found),
            )
        ]


def _again(seen: Detection, among: list[Detection]) -> bool:
    """Return whether *seen* is seen at another moment within a second, about the same place."""
    around = seen.box.padded(seen.box.width)
    return any(
        0 < abs(other.at - seen.at) <= _AGAIN_S and not around.intersection(other.box).empty
        for other in among
    )
