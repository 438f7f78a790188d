"""Looking at the original as the second look will at the output, before anything is written.

Outside the masks, output and original show the same. So what the second look would find can be
known, and hidden, before the recording is written once, instead of writing it, finding that, and
writing it again. The output is looked over all the same, at moments at which the original was
looked at besides its own: what shows there for a moment alone would have it written again.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from bystander import media
from bystander.records import Detection, Detector, Frame, Plan, Recount
from bystander.verify import recount
from bystander.verify.moments import Memory, Moment
from bystander.verify.second_look import SecondLook
from bystander.watch import LONGEST_S


class Foresight:
    """Sees every frame of the original, in order; the plan need not be known until the end.

    Attributes:
        look: What was seen, but for the moments at which the output is going to be looked at.
    """

    def __init__(
        self,
        detector: Detector,
        pixel_aspect: Fraction,
        *,
        is_large: bool = False,
        every_frame: bool = False,
    ) -> None:
        """Prepare to look.

        Args:
            detector: Who looks; not one that the plan is made with.
            pixel_aspect: Width of a pixel over its height.
            is_large: Whether frames have more pixels than :data:`bystander.watch.LARGE_PX`. They
                are looked at twice a second in all, and others five times.
            every_frame: Look at every frame.
        """
        # Nothing is hidden yet: to look closer would be to follow everybody.
        self.look = SecondLook(
            detector,
            pixel_aspect,
            None,
            closer=False,
            every_frame=every_frame,
            longest_s=4 * LONGEST_S if is_large else LONGEST_S,
        )
        self._as_output = SecondLook(
            detector, pixel_aspect, None, every_frame=every_frame, foreseen=self.look
        )
        self._every_frame = every_frame
        self._memory = Memory()

    def see(self, frame: Frame) -> None:
        """Take in the next frame."""
        self._memory.see(frame)
        self.look.see(frame)
        if not self._every_frame:
            self._as_output.see(frame)

    def missed(self, plan: Plan) -> tuple[Detection, ...]:
        """Return what *plan* leaves showing, with evidence behind it; and with it, what nearly has.

        Empty where nothing has evidence.
        """
        leaks = self._as_output.leaks(plan)
        if not leaks:
            return ()
        found = tuple(detection for leak in leaks for detection in leak.found)
        return found + self._as_output.nearly(at_last=False, plan=plan)

    @property
    def looks(self) -> int:
        """How many times it looked, at frames or parts of them."""
        return self.look.looks + self._as_output.looks

    def moments(self, original: media.Footage) -> Iterator[Moment]:
        """Yield what it remembers; see :meth:`bystander.verify.moments.Memory.moments`."""
        return self._memory.moments(original)

    def count(self, plan: Plan) -> Recount:
        """Return how many both detectors saw, and how many only one did."""
        return recount.count(self.look.chains(), self.look.looks, plan)
