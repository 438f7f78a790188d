"""Looking at the original as the second look will at the output, before anything is written.

Outside the masks, output and original show the same. So what the second look would find can be
known, and hidden, before the recording is written once, instead of writing it, finding that, and
writing it again. The output is looked over all the same.
"""

from __future__ import annotations

from fractions import Fraction

from bystander.records import Detection, Detector, Frame, Plan, Recount
from bystander.verify import recount
from bystander.verify.second_look import SecondLook


class Foresight:
    """Sees every frame of the original, in order; the plan need not be known until the end."""

    def __init__(
        self, detector: Detector, pixel_aspect: Fraction, *, every_frame: bool = False
    ) -> None:
        """Prepare to look; *detector* is not one that the plan is made with."""
        # Nothing is hidden yet: to look closer would be to follow everybody.
        self._look = SecondLook(detector, pixel_aspect, None, closer=False, every_frame=every_frame)

    def see(self, frame: Frame) -> None:
        """Take in the next frame."""
        self._look.see(frame)

    def missed(self, plan: Plan) -> tuple[Detection, ...]:
        """Return what *plan* leaves showing, with evidence behind it; and with it, what nearly has.

        Empty where nothing has evidence.
        """
        leaks = self._look.leaks(plan)
        if not leaks:
            return ()
        found = tuple(detection for leak in leaks for detection in leak.found)
        return found + self._look.nearly(at_last=False, plan=plan)

    def count(self, plan: Plan) -> Recount:
        """Return how many both detectors saw, and how many only one did."""
        return recount.count(self._look.chains(), self._look.looks, plan)
