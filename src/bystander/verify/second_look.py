"""Looking over the whole output with a detector that the plan was not made with.

A detector errs, this one too: hands, flags and folds of cloth look like faces to it for a frame or
two. So a sighting counts when it has evidence behind it, one very sure look or several in
a row, and the rest is kept as unsure, for a person to look at.
"""

from __future__ import annotations

from fractions import Fraction

from bystander.geometry import Box
from bystander.records import Detection, Detector, Frame, Leak
from bystander.timeline import Span, clock
from bystander.verify.sightings import Chain, Sightings

NAME = "second look"

# How many frames a sighting must last to count, by the best score in it.
_EVIDENCE = ((0.75, 1), (0.7, 3), (0.6, 12))
# The same for what is hidden along with it when the recording is written anew, and when that is
# done for the last time.
_NEARLY = ((0.7, 1), (0.65, 3), (0.55, 12))
_NEARLY_AT_LAST = ((0.6, 1), (0.5, 3))
_LONGEST_GAP_S = Fraction(1, 2)
_LONGEST_GAP_FRAMES = 2


class SecondLook:
    """Sees every frame of the output, in order."""

    def __init__(self, detector: Detector, pixel_aspect: Fraction, rate: Fraction) -> None:
        # Where frames are few, a chain bridges as many of them as it does elsewhere.
        longest_gap_s = max(_LONGEST_GAP_S, _LONGEST_GAP_FRAMES / rate)
        self._sightings = Sightings(detector, pixel_aspect, longest_gap_s)
        self.frames = 0

    def see(self, frame: Frame, at: Fraction, hidden: list[Box]) -> None:
        """Look at *frame*, shown at *at*, in which *hidden* is covered."""
        self.frames += 1
        self._sightings.see(frame, at, hidden)

    def leaks(self) -> list[Leak]:
        """Return the sightings with evidence behind them; call after the last frame."""
        return [
            Leak(
                check=NAME,
                what=f"a {found[0].kind} is showing at {clock(found[0].at)}"
                + (f" for {len(found)} frames" if len(found) > 1 else ""),
                span=Span(found[0].at, found[-1].at),
                box=_hull(found),
                found=found,
            )
            for found in self._sightings.chains()
            if _has(found, _EVIDENCE)
        ]

    def nearly(self, *, at_last: bool) -> tuple[Detection, ...]:
        """Return the detections of sightings that lack a little evidence; more of them *at_last*.

        Where the recording is written anew because of a leak, these are hidden along with it:
        the next look, at a picture that differs by a few masks, could tip them over the line. When
        there will be no other chance to hide them, more of them are.
        """
        evidence = _NEARLY_AT_LAST if at_last else _NEARLY
        chains = (
            chain
            for chain in self._sightings.chains()
            if _has(chain, evidence) and not _has(chain, _EVIDENCE)
        )
        return tuple(detection for chain in chains for detection in chain)

    def unsure(self) -> tuple[tuple[Fraction, Box], ...]:
        """Return when and where something was seen that lacks evidence, for a person to look at."""
        return tuple(
            (chain[0].at, _hull(chain))
            for chain in self._sightings.chains()
            if not _has(chain, _EVIDENCE)
        )


def _has(chain: Chain, evidence: tuple[tuple[float, int], ...]) -> bool:
    """Return whether any pair of least score and least frames is met."""
    best = max(detection.score for detection in chain)
    return any(best >= score and len(chain) >= frames for score, frames in evidence)


def _hull(detections: Chain) -> Box:
    hull = detections[0].box
    for detection in detections[1:]:
        hull = hull.hull(detection.box)
    return hull
