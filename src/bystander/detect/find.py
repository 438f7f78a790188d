"""Looking at frames at several sizes, with what one size misses found at another.

A detector of faces is best at faces of a middling size. At twice the size it finds small faces it
would have missed (10 to 16 px: 95 % instead of 69 % on the crowd photos that
``docs/measurements.md`` cites), at half the size very large and blurred ones. So what is looked at
is seen as it is, at half its size where the frame is large, and twice as large where faces may be
small; what the looks say together is in :mod:`bystander.detect.evidence`. Which frames, and what of
them, is the watcher's choice (:mod:`bystander.watch`).

A still has no neighbours in time that could make up for a miss. It is looked at more closely.

A detector of people sees them whole and is cheap, so it looks at a small picture of all there is,
ten times a second.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

import numpy as np

from bystander.detect.evidence import Look, together
from bystander.detect.tiles import suppress
from bystander.geometry import Box
from bystander.records import Detection, Detector, Frame, Kind, aspects_to_look_at
from bystander.watch import LONGEST_S, Watcher, covering, is_due, look_at

_SMALL_FACE_PX = 20  # below this the picture as it is does not do
_LEAST_SIDE = 96  # a picture is not looked at smaller than this
_MOST_SIDE_WHOLE = 960  # faces may be as large as the picture: some look takes it in whole
# Little texture makes a small face to a detector. Among its weak finds (0.15 to 0.3) on the photos
# of docs/measurements.md, 6 % were faces below this height and 14 % above: a score says less there.
_DOUBTFUL_PX = 16
_DOUBT = 1.5
# Looking at twice the size costs four times as much: frames larger than this are so looked at, all
# of them, twice a second, and what changed in them always. A face that only such a look finds moves
# little in the meantime, and is looked for around where it was.
_DOUBLE_ALWAYS_PX = 1280 * 736
_DOUBLE_EVERY_S = Fraction(1, 2)
_DOUBLE_EVERY_FRAMES = 30  # for files whose times cannot be believed
# Heights, in pixels of the picture looked at, that a detector is good at: what is known to be of
# some size is looked for at the scales that make it so.
_FIT_PX = (10, 100)
_CLOSER = (Fraction(3, 2), Fraction(3))  # for stills, beside the double size
_CLOSER_UP_TO_PX = 1_000_000
_MOST_IOU = 0.4
_PERSON_SIDE = 416  # the longer side of the picture that people are looked for in: as in training
# When a face comes or goes need not be known as exactly as tracks are extended beyond it.
_WITHIN_S = Fraction(13, 100)
_PEOPLE_EVERY_S = Fraction(1, 10)
_PEOPLE_EVERY_FRAMES = 6  # for files whose times cannot be believed


class Finder:
    """Looks at the frames of one recording, in order."""

    def __init__(
        self,
        detectors: Sequence[Detector],
        *,
        pixel_aspect: Fraction,
        smallest_px: int,
        least_scores: Mapping[Kind, float],
        sure: float,
        still: bool = False,
        every_frame: bool = False,
    ) -> None:
        """Prepare to look.

        Args:
            detectors: Who looks, for faces or for people.
            pixel_aspect: Width of a pixel over its height, as the file has it.
            smallest_px: Height of the smallest face to look for, in pixels of the frame.
            least_scores: For each kind that the detectors find, what scores less is not reported.
            sure: A face that scores this is looked for in the frames between as well.
            still: The recording is too short for one frame to make up for another.
            every_frame: Look at every frame whole; to measure what is lost otherwise.
        """
        self._aspects = aspects_to_look_at(pixel_aspect)
        self._smallest_px = smallest_px
        self._least_scores = least_scores
        self._still = still
        self._every_frame = still or every_frame
        longest_s = Fraction(0) if self._every_frame else LONGEST_S
        self._face_detectors = [d for d in detectors if d.kind is Kind.FACE]
        self._other_detectors = [d for d in detectors if d.kind is not Kind.FACE]
        self._watcher = Watcher(self._faces, sure=sure, longest_s=longest_s, within_s=_WITHIN_S)
        self._people_every_s = Fraction(0) if self._every_frame else _PEOPLE_EVERY_S
        self._people_sought: Frame | None = None
        self._doubled: Frame | None = None
        self._scene = 0  # the number of its first frame
        self._small: list[Box] = []

    def see(self, frame: Frame, *, jumped: bool = False) -> list[Detection]:
        """Take in the next frame.

        Args:
            frame: The frame.
            jumped: Whether it shows another scene than the one before it.

        Returns:
            What the detectors see in it and in frames before it that were not looked at until now,
            each thing once in each frame.
        """
        found: list[Detection] = []
        if jumped:
            self._scene, self._small = frame.index, []
        if self._face_detectors:
            found += self._watcher.see(frame, jumped=jumped)
            if found:
                latest = max(d.at for d in found)
                self._small = [
                    d.box for d in found if d.at == latest and d.box.height < _SMALL_FACE_PX
                ]
        if jumped or is_due(frame, self._people_sought, self._people_every_s, _PEOPLE_EVERY_FRAMES):
            self._people_sought = frame
            for detector in self._other_detectors:
                found += self._seen(detector, frame, None, [_small(frame)])
        return found

    def finish(self) -> list[Detection]:
        """Return what was seen in the last frames; call after the last frame."""
        return self._watcher.finish()

    def _faces(
        self, frame: Frame, part: Box | None, sizes: tuple[float, float] | None
    ) -> list[Detection]:
        scales = list(self._scales(frame))
        if sizes is not None:
            least, largest = sizes
            fit = [s for s in scales if largest * s >= _FIT_PX[0] and least * s <= _FIT_PX[1]]
            if part is None and frame.width * frame.height > _DOUBLE_ALWAYS_PX:
                fit = [scale for scale in fit if scale <= 1]
            return self._seen_at(frame, part, fit or scales)
        if part is not None:
            return self._seen_at(frame, part, scales)
        if self._double_is_due(frame):
            self._doubled = frame
            return self._seen_at(frame, part, scales)
        seen = self._seen_at(frame, part, [scale for scale in scales if scale <= 1])
        # Those who were found at twice the size are looked for at twice the size.
        small = [box.padded(2 * box.height + 16) for box in self._small]
        for around in covering(small, frame) or ():
            seen += self._seen_at(frame, around, scales)
        return seen

    def _seen_at(
        self, frame: Frame, part: Box | None, scales: Sequence[Fraction]
    ) -> list[Detection]:
        return [
            found
            for detector in self._face_detectors
            for found in self._seen(detector, frame, part, scales)
        ]

    def _seen(
        self, detector: Detector, frame: Frame, part: Box | None, scales: Sequence[Fraction]
    ) -> list[Detection]:
        looks = [self._look(detector, frame, part, scale) for scale in scales]
        boxes, scores = together(looks)
        is_face = detector.kind is Kind.FACE
        least_px = self._smallest_px * 0.6 if is_face else 0  # sizes are estimates
        if is_face and self._still:  # on film, lasting decides
            scores = scores / np.where(boxes[:, 3] - boxes[:, 1] < _DOUBTFUL_PX, _DOUBT, 1)
        found: list[Detection] = []
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

    def _look(self, detector: Detector, frame: Frame, part: Box | None, scale: Fraction) -> Look:
        seen = [look_at(detector, frame, part, scale, aspect) for aspect in self._aspects]
        boxes, scores = zip(*seen, strict=True)
        all_boxes, all_scores = np.concatenate(boxes), np.concatenate(scores)
        if len(self._aspects) > 1:  # one of them is wrong, and sees less
            kept = suppress(all_boxes, all_scores, _MOST_IOU)
            all_boxes, all_scores = all_boxes[kept], all_scores[kept]
        return Look(float(scale), all_boxes, all_scores)

    def _double_is_due(self, frame: Frame) -> bool:
        """Return whether all of *frame* is to be looked at twice as large as well."""
        if frame.width * frame.height <= _DOUBLE_ALWAYS_PX or self._every_frame:
            return True
        last = self._doubled
        is_new = last is not None and last.index < self._scene <= frame.index
        return is_new or is_due(frame, last, _DOUBLE_EVERY_S, _DOUBLE_EVERY_FRAMES)

    def _scales(self, frame: Frame) -> Iterator[Fraction]:
        yield Fraction(1)
        scale = Fraction(1)
        while max(frame.width, frame.height) * scale > _MOST_SIDE_WHOLE:
            scale /= 2
            if min(frame.width, frame.height) * scale < _LEAST_SIDE:
                break
            yield scale
        if self._smallest_px < _SMALL_FACE_PX:
            yield Fraction(2)
            if self._still and frame.width * frame.height <= _CLOSER_UP_TO_PX:
                yield from _CLOSER


def _small(frame: Frame) -> Fraction:
    return Fraction(_PERSON_SIDE, max(frame.width, frame.height))
