"""Looking at a frame at several sizes, with what one size misses found at another.

A detector of faces is best at faces of a middling size. At twice the size it finds small faces it
would have missed (10 to 16 px: 95 % instead of 69 % on the crowd photos that
``docs/measurements.md`` cites), at half the size very large and blurred ones. So a frame is looked
at as it is, at half its size where it is large, and twice as large where faces may be small; what
the looks say together is in :mod:`bystander.detect.evidence`.

Looking at twice the size costs four times as much. Up to :data:`_DOUBLE_ALWAYS_PX` pixels every
frame is doubled; above that, one frame in each :data:`_DOUBLE_EVERY_S` seconds is, and tracks fill
in between. What the doubled look is for are faces below 20 px, whose head region with its grid
and margin reaches further beyond them than they move in that time.

A still has no neighbours in time that could make up for a miss. It is looked at more closely.

A detector of people sees them whole, so it looks once, at a small picture.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

import numpy as np

from bystander.detect.evidence import Look, together
from bystander.detect.tiles import suppress
from bystander.geometry import Box
from bystander.records import Detection, Detector, Frame, Kind, aspects_to_look_at

_SMALL_FACE_PX = 20  # below this the picture as it is does not do
_DOUBLE_ALWAYS_PX = 1280 * 736
_DOUBLE_EVERY_S = Fraction(1, 5)
_DOUBLE_EVERY_FRAMES = 15  # for files whose times cannot be believed
_LEAST_SIDE = 96  # a picture is not looked at smaller than this
_MOST_SIDE_WHOLE = 960  # faces may be as large as the picture: some look takes it in whole
# Little texture makes a small face to a detector. Among its weak finds (0.15 to 0.3) on the photos
# of docs/measurements.md, 6 % were faces below this height and 14 % above: a score says less there.
_DOUBTFUL_PX = 16
_DOUBT = 1.5
_CLOSER = (Fraction(3, 2), Fraction(3))  # for stills, beside the double size
_CLOSER_UP_TO_PX = 1_000_000
_MOST_IOU = 0.4
_PERSON_SIDE = 416  # the longer side of the picture that people are looked for in: as in training


class Finder:
    """Looks at the frames of one recording, in order."""

    def __init__(
        self,
        detectors: Sequence[Detector],
        *,
        pixel_aspect: Fraction,
        smallest_px: int,
        least_scores: Mapping[Kind, float],
        still: bool = False,
    ) -> None:
        """Prepare to look.

        Args:
            detectors: Who looks, for faces or for people.
            pixel_aspect: Width of a pixel over its height, as the file has it.
            smallest_px: Height of the smallest face to look for, in pixels of the frame.
            least_scores: For each kind that the detectors find, what scores less is not reported.
            still: The recording is too short for one frame to make up for another.
        """
        self._detectors = detectors
        self._aspects = aspects_to_look_at(pixel_aspect)
        self._smallest_px = smallest_px
        self._least_scores = least_scores
        self._still = still
        self._doubled: Frame | None = None

    def find(self, frame: Frame) -> list[Detection]:
        """Return what the detectors see in *frame*, each thing once."""
        found: list[Detection] = []
        face_scales = list(self._scales(frame))
        for detector in self._detectors:
            is_face = detector.kind is Kind.FACE
            scales = face_scales if is_face else [_whole(frame)]
            boxes, scores = together([self._look(detector, frame, scale) for scale in scales])
            least_px = self._smallest_px * 0.6 if is_face else 0  # sizes are estimates
            if is_face and self._still:  # on film, lasting decides
                scores = scores / np.where(boxes[:, 3] - boxes[:, 1] < _DOUBTFUL_PX, _DOUBT, 1)
            for corners, score in zip(boxes, scores, strict=True):
                box = Box(*(float(side) for side in corners))
                if (
                    score >= self._least_scores[detector.kind]
                    and box.height >= least_px
                    and not box.clipped(frame.width, frame.height).empty
                ):
                    found.append(
                        Detection(
                            at=frame.at,
                            box=box,
                            kind=detector.kind,
                            score=min(1.0, float(score)),
                            detector=detector.name,
                        )
                    )
        return found

    def _look(self, detector: Detector, frame: Frame, scale: Fraction) -> Look:
        boxes, scores = [], []
        for aspect in self._aspects:
            width = max(1, round(frame.width * aspect * scale))
            height = max(1, round(frame.height * scale))
            seen, score = detector.look(frame.rgb(width, height))
            boxes.append(seen * np.array([frame.width / width, frame.height / height] * 2))
            scores.append(score)
        all_boxes, all_scores = np.concatenate(boxes), np.concatenate(scores)
        if len(self._aspects) > 1:  # one of them is wrong, and sees less
            kept = suppress(all_boxes, all_scores, _MOST_IOU)
            all_boxes, all_scores = all_boxes[kept], all_scores[kept]
        return Look(float(scale), all_boxes, all_scores)

    def _scales(self, frame: Frame) -> Iterator[Fraction]:
        yield Fraction(1)
        scale = Fraction(1)
        while max(frame.width, frame.height) * scale > _MOST_SIDE_WHOLE:
            scale /= 2
            if min(frame.width, frame.height) * scale < _LEAST_SIDE:
                break
            yield scale
        if self._smallest_px < _SMALL_FACE_PX and self._double_is_due(frame):
            self._doubled = frame
            yield Fraction(2)
            if self._still and frame.width * frame.height <= _CLOSER_UP_TO_PX:
                yield from _CLOSER

    def _double_is_due(self, frame: Frame) -> bool:
        return (
            self._still
            or frame.width * frame.height <= _DOUBLE_ALWAYS_PX
            or self._doubled is None
            or frame.at - self._doubled.at >= _DOUBLE_EVERY_S
            or frame.index - self._doubled.index >= _DOUBLE_EVERY_FRAMES
        )


def _whole(frame: Frame) -> Fraction:
    return Fraction(_PERSON_SIDE, max(frame.width, frame.height))
