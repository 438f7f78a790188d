"""Looking at a frame, or a part of it, at several sizes.

A detector of faces is best at faces of a middling size. At twice the size it finds small faces it
would have missed (10 to 16 px: 95 % instead of 69 % on the crowd photos that
``docs/measurements.md`` cites), at half the size very large and blurred ones. So what is looked at
is seen as it is, at half its size where the frame is large, and twice as large where faces may be
small; what the looks say together is in :mod:`bystander.detect.evidence`.

A recording is looked at from coarse to fine (:mod:`bystander.detect.closer`): whole in the coarser
sizes, and in finer ones where that pays.

A still has no neighbours in time that could make up for a miss. It is looked at more closely.

A detector of people sees them whole, so it looks once, at a small picture.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import partial

import numpy as np

from bystander.detect.also import Also
from bystander.detect.closer import (
    HALF_SEEN,
    HALF_SEEN_BETWEEN,
    SMALL_FACE_PX,
    still_there,
    unsure,
    worth,
)
from bystander.detect.depths import Depths
from bystander.detect.evidence import Look, together
from bystander.detect.known import Known, LastSeen
from bystander.detect.places import walked
from bystander.detect.scales import pieces, scales_of
from bystander.detect.tiles import suppress
from bystander.geometry import Box, goes_on, sides
from bystander.records import Detection, Detector, Frame, Kind, aspects_to_look_at
from bystander.threads import each
from bystander.watch import covering, held, holds, look_at

# Little texture makes a small face to a detector. Among its weak finds (0.15 to 0.3) on the photos
# of docs/measurements.md, 6 % were faces below this height and 14 % above: a score says less there.
_DOUBTFUL_PX = 16
_DOUBT = 1.5
# Least score in a coarser look, between deep ones in large frames, for their own size and twice it.
# What scores less waits for the next deep look, and is looked for in the frames before it then.
_HALF_SEEN_LARGE = (0.1, 0.15)
_STEP_PX = 16  # sides of what is looked at closer lie on this; even, for colour
# Of the frame around what is looked at closer: a share of its height, and pixels besides. More
# where somebody was a moment ago, and may have moved.
_AROUND, _AROUND_MOVED, _AROUND_PX = 0.5, 1.0, 16
# Heights, in pixels of the picture looked at, that a detector is good at: what is known to be of
# some size is looked for at the scales that make it so.
_FIT_PX = (10, 100)
_MOST_IOU = 0.4
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
        sure: float,
        still: bool,
        every_frame: bool,
    ) -> None:
        """Prepare to look; see :class:`bystander.detect.find.Finder`."""
        self._detectors = detectors
        self._aspects = aspects_to_look_at(pixel_aspect)
        self._smallest_px = smallest_px
        self._scales_of = partial(scales_of, with_small=smallest_px < SMALL_FACE_PX, still=still)
        self._least_scores = least_scores
        self._still = still
        self._always_deep = every_frame
        self._depths = Depths(always=every_frame)
        self._last = LastSeen(sure=sure)

    def begin_scene(self, frame: Frame) -> None:
        """Take in that *frame* is the first of another scene; the last may yet be looked at."""
        self._depths.begin_scene(frame)

    def follow(self, frame: Frame, seen: Sequence[Detection]) -> None:
        """Take in what was *seen* last: who is small in *frame* is looked for there in the next."""
        if self._depths.is_of(frame):
            self._last.follow(frame, [found for found in seen if found.at == frame.at])

    def depth(self, frame: Frame, ends: bool) -> int:
        """Return how deeply *frame* is looked at; see :meth:`bystander.detect.depths.Depths.of`."""
        depth = self._depths.of(frame, ends=ends)
        if self._depths.begins:
            self._last.forget()
        return depth

    def people(self, frame: Frame, also: Also | None = None) -> list[Detection]:
        """Return the people in *frame*; *also* takes in what else the same look shows."""
        scale = Fraction(_PERSON_SIDE, max(frame.width, frame.height))
        return [
            found
            for detector in self._detectors
            if detector.kind is Kind.PERSON
            for found in self._said(
                detector,
                frame,
                [
                    self._look(
                        also.beside(detector, frame) if also else detector, frame, None, scale
                    )
                ],
            )
        ]

    def faces(
        self, frame: Frame, part: Box | None, sizes: tuple[float, float] | None
    ) -> list[Detection]:
        """Return the faces in *frame*, or *part* of it; see :data:`bystander.watch.Look`.

        And those that are new to a deeper look, in frames before.
        """
        if sizes is not None:
            return self._seen_at(frame, part, self._fitting(frame, part, sizes))
        depth = self._depths.now
        known = [one for one in self._last.known if part is None or holds(part, one.box, frame)]
        seen = [
            found
            for detector in self._detectors
            if detector.kind is Kind.FACE
            for found in self._from_coarse(detector, frame, part, known, depth)
        ]
        if self._always_deep or depth == 0:
            return seen
        near = goes_on(sides(d.box for d in seen), sides(one.box for one in known))
        coarsest = self._depths.whole(frame, 0)
        fresh = [
            found
            for number, found in enumerate(seen)
            if not near[number].any() and found.box.height * coarsest < SMALL_FACE_PX
        ]
        return [*seen, *self._before(frame, fresh)]

    def _from_coarse(
        self,
        detector: Detector,
        frame: Frame,
        part: Box | None,
        known: Sequence[Known],
        depth: int,
    ) -> list[Detection]:
        """Look at *part*, whole in sizes as *depth* has it, and in finer ones where that pays."""
        scales = sorted(self._scales_of(frame))
        whole = (
            scales[-1] if self._always_deep else max(scales[0], self._depths.whole(frame, depth))
        )
        looks = [self._look(detector, frame, part, scale) for scale in scales if scale <= whole]
        again: dict[int, Detection] = {}
        for scale in scales[len(looks) :]:
            if depth == 0:
                again |= still_there(looks[-1], [one.seen for one in known], again, frame)
            sought = {
                number: one
                for number, one in enumerate(known)
                if number not in again and unsure(one.box, looks, float(scale))
            }
            if depth == 0:
                again |= self._last.again(sought, frame)
                sought = {n: one for n, one in sought.items() if n not in again and one.strong}
            there = [found.box for found in again.values()]
            half = worth(looks, float(scale), there, self._least_half(frame, scale, depth))
            new = [box for box in half if part is None or holds(part, box, frame)]
            moved = [one.box.padded(_AROUND_MOVED * one.box.height) for one in sought.values()]
            around = [*moved, *(box.padded(_AROUND * box.height) for box in new)]
            looks.append(self._look_around(detector, frame, part, around, scale))
        return [*self._said(detector, frame, looks), *again.values()]

    def _least_half(self, frame: Frame, scale: Fraction, depth: int) -> float:
        """Return what must score in a coarser look to be looked at in *scale*."""
        if depth:
            return HALF_SEEN
        return _HALF_SEEN_LARGE[scale > 1] if self._depths.is_large(frame) else HALF_SEEN_BETWEEN

    def _look_around(
        self,
        detector: Detector,
        frame: Frame,
        part: Box | None,
        boxes: Sequence[Box],
        scale: Fraction,
    ) -> Look:
        """Look at what is around *boxes* in *part*, or at all of that if it costs no more."""
        around = [box.padded(_AROUND_PX) for box in boxes]
        parts = covering(around, frame, max(_STEP_PX, round(2 * _STEP_PX / scale)))
        all_of_it = part or frame.bounds
        if parts is None or sum(one.area for one in parts) >= all_of_it.area:
            return self._look(detector, frame, part, scale)

        def look(one: Box) -> Look:
            seen = self._look(detector, frame, one, scale)
            inside = held(one, seen.boxes, frame)
            return Look(float(scale), seen.boxes[inside], seen.scores[inside])

        seen = each(look, parts)
        found = np.concatenate([one.boxes for one in seen]) if seen else np.zeros((0, 4))
        scores = np.concatenate([one.scores for one in seen]) if seen else np.zeros(0)
        kept = suppress(found, scores, _MOST_IOU)  # parts may overlap
        return Look(float(scale), found[kept], scores[kept], tuple(parts))

    def _around(self, frame: Frame, boxes: Sequence[Box]) -> list[Detection]:
        """Return the faces in *frame* around *boxes*, and of their sizes."""
        if not boxes:
            return []
        parts = covering([box.padded(2 * box.height + 16) for box in boxes], frame)
        found: list[Detection] = []
        for part in [frame.bounds] if parts is None else parts:
            heights = [box.height for box in boxes if holds(part, box, frame)]
            if heights:
                fit = self._fitting(frame, part, (min(heights), max(heights)))
                seen = self._seen_at(frame, part, fit)
                found += [d for d in seen if holds(part, d.box, frame)]
        return found

    def _before(self, frame: Frame, fresh: Sequence[Detection]) -> list[Detection]:
        """Return earlier sightings of those who are *fresh* in *frame*.

        In frames that were not looked at deeply enough. Who looks the same there is there. Others
        are looked for, if they are sure enough to be hidden for it.
        """
        found: list[Detection] = []
        latest = self._last.new(frame, fresh)  # seen in the frame after
        missed: list[Known] = []  # not there, but in the one after that
        for earlier in reversed(self._depths.passed):
            if not (latest or missed):
                break
            again = [one.again(earlier) for one in latest]
            lost = [o for o, same in zip(latest, again, strict=True) if same is None and o.strong]
            boxes = [one.box for one in (*lost, *missed)]
            here = self._around(earlier, boxes)
            is_one = walked(sides(found.box for found in here), sides(boxes))
            new = [Known(d, True, earlier) for n, d in enumerate(here) if is_one[n].any()]
            # Whoever one look misses may be there in the one before.
            there = walked(sides(one.box for one in lost), sides(one.box for one in new))
            missed = [one for number, one in enumerate(lost) if not there[number].any()]
            latest = [*(one for one in again if one is not None), *new]
            found += [one.seen for one in latest]
        return found

    def _fitting(
        self, frame: Frame, part: Box | None, sizes: tuple[float, float]
    ) -> list[Fraction]:
        """Return the scales at which what is of *sizes*, least and largest height, is looked for.

        What is too large for all of them is best seen where it is smallest.
        """
        least, largest = sizes
        scales = list(self._scales_of(frame))
        scales_down = [scale for scale in scales if scale <= 1]
        fit = [s for s in scales if largest * s >= _FIT_PX[0] and least * s <= _FIT_PX[1]]
        if self._depths.is_large(frame) and (part is None or least >= SMALL_FACE_PX):
            fit = [scale for scale in fit if scale in scales_down] or fit
        return fit or scales_down

    def _seen_at(
        self, frame: Frame, part: Box | None, scales: Sequence[Fraction]
    ) -> list[Detection]:
        return [
            found
            for detector in self._detectors
            if detector.kind is Kind.FACE
            for found in self._said(
                detector, frame, [self._look(detector, frame, part, scale) for scale in scales]
            )
        ]

    def _said(self, detector: Detector, frame: Frame, looks: Sequence[Look]) -> list[Detection]:
        """Return what *looks* at *frame* say together."""
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
        shown = list(pieces(frame, part, scale))
        seen = [
            look_at(detector, frame, piece, scale, aspect)
            for piece in shown
            for aspect in self._aspects
        ]
        boxes, scores = zip(*seen, strict=True)
        all_boxes, all_scores = np.concatenate(boxes), np.concatenate(scores)
        if len(seen) > 1:  # one aspect is wrong, and sees less; and pieces overlap
            kept = suppress(all_boxes, all_scores, _MOST_IOU)
            all_boxes, all_scores = all_boxes[kept], all_scores[kept]
        return Look(float(scale), all_boxes, all_scores)
