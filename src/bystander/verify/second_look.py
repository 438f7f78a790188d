"""Looking over the whole output with a detector that the plan was not made with.

A detector errs, this one too: hands, flags and folds of cloth look like faces to it for a frame or
two. So a sighting counts when it has evidence behind it, one very sure look or several in
a row, and the rest is kept as unsure, for a person to look at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

import numpy as np

from bystander.geometry import Box, covered_share
from bystander.records import Detection, Detector, Frame, Leak, aspects_to_look_at
from bystander.timeline import Span, clock

NAME = "second look"

# How many frames a sighting must last to count, by the best score in it.
_EVIDENCE = ((0.75, 1), (0.65, 3), (0.55, 6))
# The same for what is hidden along with it when the recording is written anew.
_NEARLY = ((0.6, 1), (0.5, 3))
_LEAST_SCORE = 0.35
_LEAST_IOU = 0.25
_LONGEST_GAP_S = Fraction(1, 2)
_MOST_COVERED = 0.6  # a box hidden by more than this is not showing
_SMALLEST_PX = 8
_SAME_IOU = 0.4
# Sides of a picture, in pixels: doubled up to the first, halved until within the second.
_DOUBLE_BELOW_PX = 960
_WHOLE_PX = 480
_LEAST_SIDE = 128


@dataclass(slots=True)
class _Chain:
    detections: list[Detection]

    def has(self, evidence: tuple[tuple[float, int], ...]) -> bool:
        """Return whether any pair of least score and least frames is met."""
        best = max(detection.score for detection in self.detections)
        return any(best >= score and len(self.detections) >= frames for score, frames in evidence)


class SecondLook:
    """Sees every frame of the output, in order."""

    def __init__(self, detector: Detector, pixel_aspect: Fraction) -> None:
        self._detector = detector
        self._aspects = aspects_to_look_at(pixel_aspect)
        self._open: list[_Chain] = []
        self._closed: list[_Chain] = []
        self.frames = 0

    def see(self, frame: Frame, at: Fraction, hidden: list[Box]) -> None:
        """Look at *frame*, shown at *at*, in which *hidden* is covered."""
        self.frames += 1
        self._closed += [c for c in self._open if at - c.detections[-1].at > _LONGEST_GAP_S]
        self._open = [c for c in self._open if at - c.detections[-1].at <= _LONGEST_GAP_S]
        here = [d for d in self._sightings(frame, at) if _shows(d.box, hidden)]
        pairs = sorted(
            ((-chain.detections[-1].box.iou(d.box), c, n))
            for c, chain in enumerate(self._open)
            for n, d in enumerate(here)
        )
        chains: set[int] = set()
        joined: set[int] = set()
        for overlap, c, n in pairs:
            if -overlap >= _LEAST_IOU and c not in chains and n not in joined:
                chains.add(c)
                joined.add(n)
                self._open[c].detections.append(here[n])
        self._open += [_Chain([d]) for n, d in enumerate(here) if n not in joined]

    def _sightings(self, frame: Frame, at: Fraction) -> list[Detection]:
        """Return what the detector sees at any size, each thing once, the best look of it."""
        seen: list[Detection] = []
        for scale, aspect in product(_scales(frame), self._aspects):
            width = max(1, round(frame.width * aspect * scale))
            height = max(1, round(frame.height * scale))
            boxes, scores = self._detector.look(frame.rgb(width, height))
            back = np.array([frame.width / width, frame.height / height] * 2)
            for corners, score in zip(boxes * back, scores, strict=True):
                box = Box(*(float(side) for side in corners)).clipped(frame.width, frame.height)
                if score >= _LEAST_SCORE and box.height >= _SMALLEST_PX:
                    seen.append(
                        Detection(
                            at=at,
                            box=box,
                            kind=self._detector.kind,
                            score=min(1.0, float(score)),
                            detector=self._detector.name,
                        )
                    )
        best: list[Detection] = []
        for detection in sorted(seen, key=lambda d: -d.score):
            if all(detection.box.iou(other.box) < _SAME_IOU for other in best):
                best.append(detection)
        return best

    def leaks(self) -> list[Leak]:
        """Return the sightings with evidence behind them; call after the last frame."""
        return [
            Leak(
                check=NAME,
                what=f"a {found[0].kind} is showing at {clock(found[0].at)}"
                + (f" for {len(found)} frames" if len(found) > 1 else ""),
                span=Span(found[0].at, found[-1].at),
                box=_hull(found),
                found=tuple(found),
            )
            for found in (chain.detections for chain in self._chains() if chain.has(_EVIDENCE))
        ]

    def nearly(self) -> tuple[Detection, ...]:
        """Return the detections of sightings that lack a little evidence.

        Where the recording is written anew because of a leak, these are hidden along with it:
        the next look, at a picture that differs by a few masks, could tip them over the line.
        """
        chains = (
            chain for chain in self._chains() if chain.has(_NEARLY) and not chain.has(_EVIDENCE)
        )
        return tuple(detection for chain in chains for detection in chain.detections)

    def unsure(self) -> tuple[tuple[Fraction, Box], ...]:
        """Return when and where something was seen that lacks evidence, for a person to look at."""
        return tuple(
            (chain.detections[0].at, _hull(chain.detections))
            for chain in self._chains()
            if not chain.has(_EVIDENCE)
        )

    def _chains(self) -> list[_Chain]:
        return sorted(self._closed + self._open, key=lambda c: c.detections[0].at)


def _scales(frame: Frame) -> Iterator[Fraction]:
    """Yield how much larger or smaller to look: small faces want it large, large ones small."""
    longest = max(frame.width, frame.height)
    if longest <= _DOUBLE_BELOW_PX:
        yield Fraction(2)
    scale = Fraction(1)
    while True:
        yield scale
        if longest * scale <= _WHOLE_PX or min(frame.width, frame.height) * scale < _LEAST_SIDE:
            return
        scale /= 2


def _shows(box: Box, hidden: list[Box]) -> bool:
    return covered_share(box, hidden) <= _MOST_COVERED


def _hull(detections: list[Detection]) -> Box:
    hull = detections[0].box
    for detection in detections[1:]:
        hull = hull.hull(detection.box)
    return hull
