"""Looking at a frame, or a part of it, at several sizes.

A detector of faces is best at faces of a middling size. At twice the size it finds small faces it
would have missed (10 to 16 px: 95 % instead of 69 % on the crowd photos that
``docs/measurements.md`` cites), at half the size very large and blurred ones. So what is looked at
is seen as it is, at half its size where the frame is large, and twice as large where faces may be
small; what the looks say together is in :mod:`bystander.detect.evidence`.

A still has no neighbours in time that could make up for a miss. It is looked at more closely.

A detector of people sees them whole, so it looks once, at a small picture.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

import numpy as np

from bystander.detect.also import Also
from bystander.detect.evidence import Look, together
from bystander.detect.tiles import suppress, tiles
from bystander.geometry import Box
from bystander.records import Detection, Detector, Frame, Kind, aspects_to_look_at
from bystander.watch import covering, is_due, look_at

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
# A picture larger than this is looked at piece by piece, with as much of each seen twice: photos.
_PIECE_SIDE, _PIECE_OVERLAP = 6144, 256
_PERSON_SIDE = 416  # the longer side of the picture that people are looked for in: as in training


class Sizes:
    """Looks at frames of one recording, and parts of them."""

    def __init__(
        self,
        detectors: Sequence[Detector],
        *,
        pixel_aspect: Fraction,
        smallest_px: int,
        least_scores: Mapping[Kind, float],
        still: bool,
        every_frame: bool,
    ) -> None:
        """Prepare to look; see :class:`bystander.detect.find.Finder`."""
        self._detectors = detectors
        self._aspects = aspects_to_look_at(pixel_aspect)
        self._smallest_px = smallest_px
        self._least_scores = least_scores
        self._still = still
        self._every_frame = every_frame
        self._doubled: Frame | None = None
        self._scene = 0  # the number of its first frame
        self._small: list[Box] = []

    def begin_scene(self, frame: Frame) -> None:
        """Take in that *frame* is the first of another scene."""
        self._scene, self._small = frame.index, []

    def follow(self, seen: Sequence[Detection]) -> None:
        """Take in what was seen last: who is small is looked for where they were."""
        if seen:
            latest = max(detection.at for detection in seen)
            self._small = [d.box for d in seen if d.at == latest and d.box.height < _SMALL_FACE_PX]

    def people(self, frame: Frame, also: Also | None = None) -> list[Detection]:
        """Return the people in *frame*; *also* takes in what else the same look shows."""
        scale = Fraction(_PERSON_SIDE, max(frame.width, frame.height))
        return [
            found
            for detector in self._detectors
            if detector.kind is Kind.PERSON
            for found in self._seen(
                also.beside(detector, frame) if also else detector, frame, None, [scale]
            )
        ]

    def faces(
        self, frame: Frame, part: Box | None, sizes: tuple[float, float] | None
    ) -> list[Detection]:
        """Return the faces in *frame*, or *part* of it; see :data:`bystander.watch.Look`."""
        scales = list(self._scales(frame))
        if sizes is not None:
            least, largest = sizes
            scales_down = [scale for scale in scales if scale <= 1]
            fit = [s for s in scales if largest * s >= _FIT_PX[0] and least * s <= _FIT_PX[1]]
            if part is None and frame.width * frame.height > _DOUBLE_ALWAYS_PX:
                fit = [scale for scale in fit if scale in scales_down] or fit
            # What is too large for all of them is best seen where it is smallest.
            return self._seen_at(Kind.FACE, frame, part, fit or scales_down)
        if part is not None:
            return self._seen_at(Kind.FACE, frame, part, scales)
        if self._double_is_due(frame):
            self._doubled = frame
            return self._seen_at(Kind.FACE, frame, part, scales)
        seen = self._seen_at(Kind.FACE, frame, part, [scale for scale in scales if scale <= 1])
        # Those who were found at twice the size are looked for at twice the size.
        small = [box.padded(2 * box.height + 16) for box in self._small]
        for around in covering(small, frame) or ():
            seen += self._seen_at(Kind.FACE, frame, around, scales)
        return seen

    def _seen_at(
        self, kind: Kind, frame: Frame, part: Box | None, scales: Sequence[Fraction]
    ) -> list[Detection]:
        return [
            found
            for detector in self._detectors
            if detector.kind is kind
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
                score >= self._least_scores.get(detector.kind, 0)
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
        pieces = list(_pieces(frame, part, scale))
        seen = [
            look_at(detector, frame, piece, scale, aspect)
            for piece in pieces
            for aspect in self._aspects
        ]
        boxes, scores = zip(*seen, strict=True)
        all_boxes, all_scores = np.concatenate(boxes), np.concatenate(scores)
        if len(seen) > 1:  # one aspect is wrong, and sees less; and pieces overlap
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


def _pieces(frame: Frame, part: Box | None, scale: Fraction) -> Iterator[Box | None]:
    """Yield *part*, or what it is looked at in pieces of where it is too large to be held."""
    shown = part or frame.bounds
    side, overlap = (2 * int(px / scale / 2) for px in (_PIECE_SIDE, _PIECE_OVERLAP))
    if shown.width * shown.height * scale**2 <= _PIECE_SIDE**2:
        yield part
        return
    # Sides on even pixels, or the frame's own: colour may be stored for two at a time.
    half_width, half_height = int(shown.width) // 2, int(shown.height) // 2
    for y0, y1 in tiles(half_height, side // 2, overlap // 2):
        for x0, x1 in tiles(half_width, side // 2, overlap // 2):
            yield Box(
                shown.x0 + 2 * x0,
                shown.y0 + 2 * y0,
                shown.x1 if x1 == half_width else shown.x0 + 2 * x1,
                shown.y1 if y1 == half_height else shown.y0 + 2 * y1,
            )
