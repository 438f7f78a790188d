"""How many people both detectors may have missed: counting twice, as one counts fish in a pond.

The verifier's detector looks at the *original*, on its own, and its appearances of faces are held
against those in the plan. How many neither saw follows if the two erred independently (Chapman's
estimate, :attr:`bystander.records.Recount.missed`). It is rough, and no bound: detectors err alike,
which makes the true number larger, and what is no face at all makes the estimate larger.

A doubtful find of one would count as a person whom the other missed. So only finds that either was
sure of are counted, or that both had. A face that comes and goes counts once for each time.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from itertools import compress

from bystander.geometry import covered_share, iou, sides
from bystander.records import Because, Detector, Frame, Kind, Plan, Recount
from bystander.verify.sightings import Chain, Sightings

_EVERY_S = Fraction(1)
_SURE = 0.65
_FOUND_SHARE = 0.6  # of a box that a region covers when both mean the same face


class Recounter:
    """Sees every frame of the original, in order, and looks at one in each second."""

    def __init__(self, detector: Detector, pixel_aspect: Fraction) -> None:
        self._sightings = Sightings(
            detector, pixel_aspect, hidden=lambda _: [], sure=None, longest_s=_EVERY_S
        )

    def see(self, frame: Frame) -> None:
        """Take in the next frame."""
        self._sightings.see(frame)

    def count(self, plan: Plan) -> Recount:
        """Return what both saw; call after the last frame."""
        return count(self._sightings.chains(), self._sightings.looks, plan)


def count(chains: Iterable[Chain], looks: int, plan: Plan) -> Recount:
    """Return how many both saw and how many only one did.

    Args:
        chains: What the second detector saw in the original, on its own.
        looks: How often it looked.
        plan: What the first one's plan hides.
    """
    chains = list(chains)
    found = [
        redaction
        for redaction in plan.redactions
        # What was asked for and has a kind was found, and changed by a person.
        if redaction.because in (Because.DETECTOR, Because.ASKED)
        and redaction.kind in (Kind.FACE, Kind.HEAD)
    ]
    moments = {detection.at for chain in chains for detection in chain}
    hidden_at = {at: plan.boxes_at(at) for at in moments}
    showing = [
        detection
        for chain in chains
        for detection in chain
        if covered_share(detection.box, hidden_at[detection.at]) < _FOUND_SHARE
    ]
    found_at = {
        at: [(r.track, box) for r in found if (box := r.box_at(at)) is not None] for at in moments
    }
    corners_at = {at: sides(box for _, box in there) for at, there in found_at.items()}
    kept = set(showing).difference(plan.without_kept(showing))
    both: set[str] = set()
    second_only = 0
    for chain in chains:
        if max(detection.box.height for detection in chain) < plan.policy.min_face_px:
            continue
        if 2 * sum(detection in kept for detection in chain) > len(chain):
            continue
        matched = [
            track
            for detection in chain
            # In a crowd, most of what was found is elsewhere.
            for near in iou(sides([detection.box]), corners_at[detection.at])
            for track, box in compress(found_at[detection.at], near > 0)
            if covered_share(detection.box, [box]) >= _FOUND_SHARE
        ]
        if 2 * len(matched) >= len(chain):
            both.add(max(sorted(set(matched)), key=matched.count))
        elif max(detection.score for detection in chain) >= _SURE:
            second_only += 1
    sure = {r.track for r in found if r.score >= _SURE and r.kind is Kind.FACE}
    return Recount(
        looks=looks, both=len(both), first_only=len(sure - both), second_only=second_only
    )
