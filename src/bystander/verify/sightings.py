"""Seeing things over time with one detector: sightings that lie on one another make a chain."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product

import numpy as np

from bystander.geometry import Box, covered_share
from bystander.records import Detection, Detector, Frame, aspects_to_look_at

Chain = tuple[Detection, ...]

_LEAST_SCORE = 0.35
_LEAST_IOU = 0.25
_MOST_COVERED = 0.6  # a box hidden by more than this is not showing
_SMALLEST_PX = 8
_SAME_IOU = 0.4
# Sides of a picture, in pixels: doubled up to the first, halved until within the second.
_DOUBLE_BELOW_PX = 960
_WHOLE_PX = 480
_LEAST_SIDE = 128


class Sightings:
    """Sees frames in order and chains what shows in them."""

    def __init__(self, detector: Detector, pixel_aspect: Fraction, longest_gap_s: Fraction) -> None:
        self._detector = detector
        self._longest_gap_s = longest_gap_s
        self._aspects = aspects_to_look_at(pixel_aspect)
        self._open: list[list[Detection]] = []
        self._closed: list[list[Detection]] = []

    def see(self, frame: Frame, at: Fraction, hidden: list[Box]) -> None:
        """Look at *frame*, shown at *at*, in which *hidden* is covered."""
        self._closed += [c for c in self._open if at - c[-1].at > self._longest_gap_s]
        self._open = [c for c in self._open if at - c[-1].at <= self._longest_gap_s]
        here = [d for d in self._look(frame, at) if _shows(d.box, hidden)]
        pairs = sorted(
            ((-chain[-1].box.iou(d.box), c, n))
            for c, chain in enumerate(self._open)
            for n, d in enumerate(here)
        )
        chains: set[int] = set()
        joined: set[int] = set()
        for overlap, c, n in pairs:
            if -overlap >= _LEAST_IOU and c not in chains and n not in joined:
                chains.add(c)
                joined.add(n)
                self._open[c].append(here[n])
        self._open += [[d] for n, d in enumerate(here) if n not in joined]

    def chains(self) -> list[Chain]:
        """Return all chains, by their beginning; call after the last frame."""
        ordered = sorted(self._closed + self._open, key=lambda c: c[0].at)
        return [tuple(chain) for chain in ordered]

    def _look(self, frame: Frame, at: Fraction) -> list[Detection]:
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
