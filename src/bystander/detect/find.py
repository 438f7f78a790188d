"""Looking at a frame at several sizes, with what one size misses found at another.

A detector is best at faces of a middling size. At twice the size it finds small faces it would
have missed (10 to 16 px: 95 % instead of 69 % on the crowd photos that `docs/measurements.md`
cites), at half the size very large and blurred ones. So a frame is looked at as it is and at half
its size, and twice as large where faces may be small.

Looking at twice the size costs four times as much. Up to :data:`_DOUBLE_ALWAYS_PX` pixels every
frame is doubled; above that, one frame in each :data:`_DOUBLE_EVERY_S` seconds is, and tracks fill
in between. What the doubled look is for are faces below 20 px, whose head region with its grid
and margin reaches further beyond them than they move in that time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product

import numpy as np

from bystander.detect.tiles import suppress
from bystander.geometry import Box
from bystander.records import Detection, Detector, Frame, aspects_to_look_at

_SMALL_FACE_PX = 20  # below this the picture as it is does not do
_DOUBLE_ALWAYS_PX = 1280 * 736
_DOUBLE_EVERY_S = Fraction(1, 5)
_DOUBLE_EVERY_FRAMES = 15  # for files whose times cannot be believed
_LEAST_SIDE = 96  # a picture is not looked at smaller than this
_MOST_SIDE_WHOLE = 1920  # faces may be as large as the picture: some look takes it in whole
_MOST_IOU = 0.4


class Finder:
    """Looks at the frames of one recording, in order."""

    def __init__(
        self,
        detectors: Sequence[Detector],
        *,
        pixel_aspect: Fraction,
        smallest_px: int,
        least_score: float,
    ) -> None:
        """Prepare to look.

        Args:
            detectors: Who looks.
            pixel_aspect: Width of a pixel over its height, as the file has it.
            smallest_px: Height of the smallest face to look for, in pixels of the frame.
            least_score: What scores less is not reported.
        """
        self._detectors = detectors
        self._aspects = aspects_to_look_at(pixel_aspect)
        self._smallest_px = smallest_px
        self._least_score = least_score
        self._doubled: Frame | None = None

    def find(self, frame: Frame) -> list[Detection]:
        """Return what the detectors see in *frame*, best first, each thing once."""
        found: list[Detection] = []
        scales = list(self._scales(frame))
        for detector in self._detectors:
            boxes, scores = [], []
            for scale, aspect in product(scales, self._aspects):
                width = max(1, round(frame.width * aspect * scale))
                height = max(1, round(frame.height * scale))
                seen, score = detector.look(frame.rgb(width, height))
                back = np.array([frame.width / width, frame.height / height] * 2)
                boxes.append(seen * back)
                scores.append(score)
            all_boxes, all_scores = np.concatenate(boxes), np.concatenate(scores)
            for i in suppress(all_boxes, all_scores, _MOST_IOU):
                box = Box(*(float(side) for side in all_boxes[i]))
                if (
                    all_scores[i] < self._least_score
                    or box.clipped(frame.width, frame.height).empty
                ):
                    continue
                if box.height < self._smallest_px * 0.6:  # sizes are estimates
                    continue
                found.append(
                    Detection(
                        at=frame.at,
                        box=box,
                        kind=detector.kind,
                        score=min(1.0, float(all_scores[i])),
                        detector=detector.name,
                    )
                )
        return found

    def _scales(self, frame: Frame) -> Iterator[Fraction]:
        yield Fraction(1)
        scale = Fraction(1, 2)
        while min(frame.width, frame.height) * scale >= _LEAST_SIDE:
            yield scale
            if max(frame.width, frame.height) * scale <= _MOST_SIDE_WHOLE / 2:
                break
            scale /= 2
        if self._smallest_px < _SMALL_FACE_PX and self._double_is_due(frame):
            self._doubled = frame
            yield Fraction(2)

    def _double_is_due(self, frame: Frame) -> bool:
        return (
            frame.width * frame.height <= _DOUBLE_ALWAYS_PX
            or self._doubled is None
            or frame.at - self._doubled.at >= _DOUBLE_EVERY_S
            or frame.index - self._doubled.index >= _DOUBLE_EVERY_FRAMES
        )
