"""Seeing things over time with one detector: sightings that lie on one another make a chain."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from itertools import groupby, product

import numpy as np

from bystander.geometry import Box, covered_share, goes_on, iou, sides
from bystander.records import Detection, Detector, Frame, aspects_to_look_at
from bystander.verify.moments import Moment, pattern_of
from bystander.watch import Jumps, Watcher, each_once, look_at, same_scene

Chain = tuple[Detection, ...]
# Given a time, what is covered then.
Hidden = Callable[[Fraction], list[Box]]
# Given what shows, what of it may not.
Unkept = Callable[[Iterable[Detection]], list[Detection]]

_LEAST_SCORE = 0.35
_LEAST_IOU = 0.25
_MOST_COVERED = 0.6  # a box hidden by more than this is not showing
_SMALLEST_PX = 8
_SAME_IOU = 0.4
# Sides of a picture, in pixels: doubled up to the first, halved until within the second.
_DOUBLE_BELOW_PX = 960
_WHOLE_PX = 480
_LEAST_SIDE = 128
_LEAST_PART_SIDE = 32
# A detector is good at faces up to about this height, in pixels of the picture looked at. Folds and
# fists that look like larger ones do so in one size.
_TALLEST_PX = 400


class Sightings:
    """Sees frames in order, has some of them looked at, and chains what shows in them."""

    def __init__(
        self,
        detector: Detector,
        pixel_aspect: Fraction,
        *,
        hidden: Hidden,
        sure: float | None,
        longest_s: Fraction,
        first_s: Fraction | None = None,
    ) -> None:
        """Prepare to look.

        Args:
            detector: Who looks.
            pixel_aspect: Width of a pixel over its height.
            hidden: What is covered at a time; what is seen there is not showing.
            sure: What scores this is looked for in the frames between as well; ``None``: nothing.
            longest_s: Longest time between two frames that are looked at.
            first_s: The same between the first and the second.
        """
        self._detector = detector
        self._hidden = hidden
        self._aspects = aspects_to_look_at(pixel_aspect)
        self._jumps = Jumps()
        self._watcher = Watcher(self._look, sure=sure, longest_s=longest_s, first_s=first_s)
        self._longest_s = longest_s
        self._last: Frame | None = None
        self._differs = False  # since it last jumped, from the scene of the original
        self._widest_s = Fraction(0)  # between two frames
        self._seen: list[Detection] = []
        # What was asked for last, and the answer: leaks, doubts and what nearly is one are all in
        # the same chains.
        self._chained: tuple[object, list[Chain]] | None = None

    @property
    def looks(self) -> int:
        """How many looks there were, at frames or parts of them."""
        return self._watcher.looks

    def see(self, frame: Frame, original: Moment | None = None) -> None:
        """Take in the next frame.

        Args:
            frame: What is looked at.
            original: The same frame before anything was hidden in it, if that is known: where the
                scene jumps is told from that, for masks that come and go may look like it, or not.
                Where *frame* jumps and does not show what the original does, both frames are looked
                at as well.
        """
        if self._last is not None:
            self._widest_s = max(self._widest_s, frame.at - self._last.at)
        has_jumped = self._jumps.see(frame)
        jumped = original.jumped() if original is not None else has_jumped
        self._seen += self._watcher.see(frame, jumped=jumped)
        if original is not None and has_jumped:
            differed, self._differs = self._differs, _differ(frame, original)
            shown = [self._last, frame] if self._last and (differed or self._differs) else []
            self._seen += [d for one in shown for d in self._look(one, None, None)]
        self._last = frame

    def seen(self) -> list[Detection]:
        """Return all that was seen; call after the last frame."""
        self._seen += self._watcher.finish()
        return self._seen

    def chains(
        self,
        hidden: Hidden | None = None,
        unkept: Unkept = list,
        others: Sightings | None = None,
    ) -> list[Chain]:
        """Return all chains of what shows, by their beginning; call after the last frame.

        Args:
            hidden: What is covered at a time, instead of what was said when looking began.
            unkept: Leaves out what may show.
            others: What was seen elsewhere of the same moments and places.
        """
        hidden = hidden or self._hidden
        seen, seen_elsewhere = self.seen(), others.seen() if others else []
        asked = (hidden, unkept, others, len(seen), len(seen_elsewhere))
        if self._chained is None or self._chained[0] != asked:
            self._chained = asked, self._chains(hidden, unkept, others)
        return list(self._chained[1])

    def _chains(self, hidden: Hidden, unkept: Unkept, others: Sightings | None) -> list[Chain]:
        all_seen = each_once(self.seen() + others.seen()) if others else self.seen()
        # What did not change was not looked at again, but may have been covered meanwhile.
        hidden_at = {at: hidden(at) for at in {detection.at for detection in all_seen}}
        showing = unkept(d for d in all_seen if _shows(d.box, hidden_at[d.at]))
        # One look may be missing between two of a chain, and each falls on a frame.
        most_often_s = min(self._longest_s, others._longest_s) if others else self._longest_s
        longest_gap_s = 2 * (most_often_s + self._widest_s)
        active: list[list[Detection]] = []
        closed: list[list[Detection]] = []
        for at, group in groupby(sorted(showing, key=_order), key=lambda d: d.at):
            closed += [c for c in active if at - c[-1].at > longest_gap_s]
            active = [c for c in active if at - c[-1].at <= longest_gap_s]
            _prolong(active, list(group))
        return sorted((tuple(chain) for chain in closed + active), key=lambda c: _order(c[0]))

    def _look(
        self, frame: Frame, part: Box | None, _sizes: tuple[float, float] | None
    ) -> list[Detection]:
        """Return what shows, seen at any size, each thing once, the best look of it."""
        hidden = self._hidden(frame.at)
        seen: list[Detection] = []
        least_scale = min(_scales(frame))
        for scale, aspect in product(_scales(frame), self._aspects):
            if part is not None and min(part.width, part.height) * scale < _LEAST_PART_SIDE:
                continue
            boxes, scores = look_at(self._detector, frame, part, scale, aspect)
            for corners, score in zip(boxes, scores, strict=True):
                box = Box(*(float(side) for side in corners)).clipped(frame.width, frame.height)
                if scale > least_scale and box.height * scale > _TALLEST_PX:
                    continue  # for the look at a smaller picture to say
                if score >= _LEAST_SCORE and box.height >= _SMALLEST_PX and _shows(box, hidden):
                    seen.append(
                        Detection(
                            at=frame.at,
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


def _differ(frame: Frame, original: Moment) -> bool:
    """Return whether *frame* does not show the scene of *original*."""
    return not same_scene(pattern_of(frame), original.pattern())


def _order(detection: Detection) -> tuple[Fraction, float, float, float]:
    return detection.at, -detection.score, detection.box.x0, detection.box.y0


def _prolong(chains: list[list[Detection]], here: list[Detection]) -> None:
    """Add each of *here*, all of one moment, to the chain that it lies on, or begin one."""
    last, seen = sides(chain[-1].box for chain in chains), sides(d.box for d in here)
    overlaps = iou(last, seen)
    is_same = (overlaps >= _LEAST_IOU) | goes_on(last, seen)
    pairs = sorted((-overlaps[c, n], c, n) for c, n in np.argwhere(is_same).tolist())
    taken: set[int] = set()
    joined: set[int] = set()
    for _, c, n in pairs:
        if c not in taken and n not in joined:
            taken.add(c)
            joined.add(n)
            chains[c].append(here[n])
    chains += [[d] for n, d in enumerate(here) if n not in joined]


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
