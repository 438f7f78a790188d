"""Looking over the whole output with a detector that the plan was not made with.

Where the same detector has been shown the original (:mod:`bystander.verify.foresight`), what it
saw there outside the masks shows in the output as well. That counts as seen, and the output is
looked at once a second, at other moments, so as not to take the original's word for all of it.

A detector errs, this one too: hands, flags and folds of cloth look like faces to it for a frame or
two. So a sighting counts when it has evidence behind it, one very sure look or several in
a row, and the rest is kept as unsure, for a person to look at.
"""

from __future__ import annotations

from fractions import Fraction

from bystander.geometry import Box, around
from bystander.records import Detection, Detector, Frame, Leak, Plan
from bystander.timeline import Span, clock
from bystander.verify.moments import Moment
from bystander.verify.sightings import Chain, Sightings
from bystander.watch import LONGEST_S

NAME = "second look"

# How long a sighting must last to count, in seconds, by the best score in it.
_EVIDENCE = ((0.75, 0.0), (0.7, 0.08), (0.6, 0.44))
# The same for what is hidden along with it when the recording is written anew, and when that is
# done for the last time.
_NEARLY = ((0.7, 0.0), (0.65, 0.08), (0.55, 0.44))
_NEARLY_AT_LAST = ((0.6, 0.0), (0.5, 0.08))
_FOLLOWED = 0.5  # what scores less is hidden in no case
# Between two looks at the output where the original was looked at, and before the first of them.
_SAMPLED_S, _SAMPLED_FIRST_S = Fraction(1), Fraction(3, 16)


class SecondLook:
    """Sees every frame of the output, in order."""

    def __init__(
        self,
        detector: Detector,
        pixel_aspect: Fraction,
        plan: Plan | None,
        *,
        closer: bool = True,
        every_frame: bool = False,
        foreseen: SecondLook | None = None,
        longest_s: Fraction = LONGEST_S,
    ) -> None:
        """Prepare to look; see :class:`bystander.verify.sightings.Sightings`.

        Args:
            detector: Who looks.
            pixel_aspect: Width of a pixel over its height.
            plan: What is covered and what may show; ``None``: that is not known yet.
            closer: Look at frames in between as well where something shows.
            every_frame: Look at every frame.
            foreseen: The look at the original, if that was looked at.
            longest_s: Longest time between two looks, if it was not.
        """
        self._plan = plan
        self._foreseen = foreseen
        first_s = longest_s / 2
        if foreseen:
            longest_s, first_s, closer = _SAMPLED_S, _SAMPLED_FIRST_S, False
        if every_frame:
            longest_s = first_s = Fraction(0)
        # It begins half a stretch late, so as to look where the plan's detector did not.
        self._sightings = Sightings(
            detector,
            pixel_aspect,
            hidden=plan.boxes_at if plan else lambda _: [],
            sure=_FOLLOWED if closer else None,
            longest_s=longest_s,
            first_s=first_s,
        )
        self.frames = 0

    @property
    def looks(self) -> int:
        """How many times it looked, at frames or parts of them."""
        return self._sightings.looks

    def see(self, frame: Frame, original: Moment | None = None) -> None:
        """Take in the next frame; see :meth:`bystander.verify.sightings.Sightings.see`."""
        self.frames += 1
        self._sightings.see(frame, original)

    def chains(self, plan: Plan | None = None) -> list[Chain]:
        """Return all sightings, by *plan* or what was given before; call after the last frame."""
        plan = plan or self._plan
        if plan is None:
            return self._sightings.chains()
        others = self._foreseen._sightings if self._foreseen else None
        return self._sightings.chains(plan.boxes_at, plan.without_kept, others)

    def leaks(self, plan: Plan | None = None) -> list[Leak]:
        """Return the sightings with evidence behind them; see :meth:`chains`."""
        return [
            Leak(
                check=NAME,
                what=f"a {found[0].kind} is showing at {clock(found[0].at)}"
                + (f" for {float(_lasts(found)):.1f} s" if _lasts(found) else ""),
                span=Span(found[0].at, found[-1].at),
                box=around([one.box for one in found]),
                found=found,
            )
            for found in self.chains(plan)
            if _has(found, _EVIDENCE)
        ]

    def nearly(self, *, at_last: bool, plan: Plan | None = None) -> tuple[Detection, ...]:
        """Return the detections of sightings that lack a little evidence; more of them *at_last*.

        Where the recording is written anew because of a leak, these are hidden along with it:
        the next look, at a picture that differs by a few masks, could tip them over the line. When
        there will be no other chance to hide them, more of them are.
        """
        evidence = _NEARLY_AT_LAST if at_last else _NEARLY
        chains = (
            chain
            for chain in self.chains(plan)
            if _has(chain, evidence) and not _has(chain, _EVIDENCE)
        )
        return tuple(detection for chain in chains for detection in chain)

    def unsure(self) -> tuple[tuple[Fraction, Box], ...]:
        """Return when and where something was seen that lacks evidence, for a person to look at."""
        return tuple(
            (chain[0].at, around([one.box for one in chain]))
            for chain in self.chains()
            if not _has(chain, _EVIDENCE)
        )


def _has(chain: Chain, evidence: tuple[tuple[float, float], ...]) -> bool:
    """Return whether any pair of least score and least duration is met."""
    best = max(detection.score for detection in chain)
    return any(best >= score and _lasts(chain) >= seconds for score, seconds in evidence)


def _lasts(chain: Chain) -> Fraction:
    """Return the seconds from the first to the last sighting."""
    return chain[-1].at - chain[0].at
