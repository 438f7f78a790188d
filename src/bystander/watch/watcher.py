"""Looking at few frames, and closer where two of them do not agree.

Between two frames that show the same things, each a little further on, what happened in between
is plain, and is interpolated. So a frame is looked at every quarter of a second, and where the two
ends of such a stretch disagree (something is there at one end only, or moved or grew a lot) the
frame in the middle is looked at, just there, and so on, down to every frame. Where they agree and
the camera swung out and back in between (:mod:`bystander.watch.sway`), the frame that is farthest
out is looked at likewise. What has not changed since it was last looked at is not looked at again,
for at most two seconds.

A look can be of several depths, where whoever looks says so: a deeper one sees more, costs more and
is due less often. What has changed is then kept apart for each depth.

What this can miss is what comes and goes, or moves away and back, within that time, with nothing to
be seen of it at either end. A scene that begins or ends is no such case: its first and last frame
are looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from bystander.geometry import Box, goes_on, sides
from bystander.records import Detection, Frame
from bystander.threads import each
from bystander.watch.changes import Changes
from bystander.watch.parts import besides, contains, covering, each_once, holds
from bystander.watch.sway import Sway

# Given a frame, a part of it, or ``None`` for all of it, and the least and largest height of what
# is looked for, or ``None`` for any: what shows there.
Look = Callable[[Frame, Box | None, tuple[float, float] | None], Sequence[Detection]]

LONGEST_S = Fraction(1, 4)  # between two frames that are looked at
_LONGEST_FRAMES = 30  # the same for files whose times cannot be believed; these are held in memory
# No part goes longer without a look, nor without one of each depth.
_UNCHANGED_S = (Fraction(2), Fraction(4), Fraction(8))
_UNCHANGED_FRAMES = (120, 240, 480)  # the same for files whose times cannot be believed
LARGE_PX = 1280 * 736  # frames with more pixels are dear, and are looked at more sparingly
# Around what is looked for, as a share of its height, and pixels.
_AROUND, _AROUND_PX = 1.5, 32
# What is that near, in heights, and of about that size may be the same, having moved fast.
_FARTHEST, _SAME_SIZE = 10, 1.5
# How far off the way between two looks somebody may be because the camera is: a share of the height
# of their face, which is less than is hidden around it, and pixels.
_MOST_OFF, _MOST_OFF_PX = 0.35, 2
_AROUND_CHANGE_PX = 32
_MOST_CHANGED = 0.5  # of the frame, without what is around it: above this it is looked at whole


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Frames that follow one another, and what shows in the first and the last of them."""

    frames: Sequence[Frame]
    first: Sequence[Detection]
    last: Sequence[Detection]
    sway: Sway

    def divided(
        self, part: Box, number: int, here: Sequence[Detection]
    ) -> tuple[_Stretch, _Stretch]:
        """Return what lies on either side of a frame in a *part* of which *here* was seen."""
        frame = self.frames[number]
        first, last = (
            [d for d in end if holds(part, d.box, frame)] for end in (self.first, self.last)
        )
        return (
            _Stretch(self.frames[: number + 1], first, here, self.sway),
            _Stretch(self.frames[number:], here, last, self.sway),
        )


class Watcher:
    """Sees every frame of a recording, in order, and has few of them looked at.

    Attributes:
        looks: How many looks there were, at frames or parts of them.
    """

    def __init__(
        self,
        look: Look,
        *,
        sure: float | None,
        longest_s: Fraction = LONGEST_S,
        first_s: Fraction | None = None,
        within_s: Fraction = Fraction(0),
        depth: Callable[[Frame, bool], int] = lambda *_: 0,
    ) -> None:
        """Prepare to watch.

        Args:
            look: What shows in a frame or a part of it; called from several threads.
            sure: Least score at which a detection must have a counterpart at the other end;
                ``None``: nothing between two frames is looked at.
            longest_s: Longest time between two frames that are looked at.
            first_s: The same between the first frame and the second that is looked at.
            within_s: How exactly, in seconds, it is to be known when something came or went. What
                moved far is looked at in every frame all the same.
            depth: Given a frame that is about to be looked at, and whether it is the last of its
                scene, how deeply it will be: 0 to 2.
        """
        self._look = look
        self._sure = sure
        self._longest_s = longest_s
        self._within_s = within_s
        self._first_s = longest_s if first_s is None else first_s
        self._next_s = self._first_s
        self._depth = depth
        self._how_deep = 0  # the last look was
        self._changes = [Changes() for _ in _UNCHANGED_S]
        self._whole: list[Frame | None] = [None for _ in _UNCHANGED_S]
        self._before: tuple[Frame, list[Detection]] | None = None
        self._last: list[list[Detection]] = [[] for _ in _UNCHANGED_S]  # by depth
        self._waiting: list[Frame] = []
        self.looks = 0

    def see(self, frame: Frame, *, jumped: bool = False) -> list[Detection]:
        """Take in the next frame.

        Args:
            frame: The frame.
            jumped: Whether it shows another scene than the one before it.

        Returns:
            What was seen in it and in those before it that were passed over until now.
        """
        found: list[Detection] = []
        if jumped:
            found += self.finish()
            self._before, self._next_s = None, self._first_s
        if self._sure is None:
            self._waiting.clear()
        self._waiting.append(frame)
        if self._is_due(frame):
            found += self._catch_up()
        return found

    def finish(self) -> list[Detection]:
        """Look at the last frame, and return what was seen in those passed over until now."""
        if self._waiting:
            return self._catch_up(ends=True)
        if self._before is None:
            return []
        # It was looked at as any other; who comes at the very end shows nowhere else.
        frame, here = self._before
        depth = self._depth(frame, True)
        return besides(self._glance(frame, depth), here) if depth > self._how_deep else []

    def _is_due(self, frame: Frame) -> bool:
        last = self._before[0] if self._before else None
        return is_due(frame, last, self._next_s, self._most_frames())

    def _most_frames(self) -> int:
        return _LONGEST_FRAMES if self._next_s >= self._longest_s else _LONGEST_FRAMES // 2

    def _catch_up(self, *, ends: bool = False) -> list[Detection]:
        frame = self._waiting[-1]
        depth = self._how_deep = self._depth(frame, ends)
        found = each_once(self._glance(frame, depth))
        here = [detection for detection in found if detection.at == frame.at]
        if self._before is not None:
            before, seen = self._before
            self._next_s = self._longest_s
            # A deeper look may have shown what was there before as well.
            seen = [*seen, *(detection for detection in found if detection.at == before.at)]
            frames = [before, *self._waiting]
            found += self._between(_Stretch(frames, seen, here, Sway(frames)))
            found = each_once(found)
        self._before, self._waiting = (frame, here), []
        for level in range(depth + 1):
            self._last[level] = here
        return found

    def _glance(self, frame: Frame, depth: int) -> list[Detection]:
        """Return all that shows in *frame*; where nothing changed, that is what showed before."""
        parts = self._changed(frame, depth)
        for level in range(depth + 1):
            self._changes[level].looked_at(frame, [frame.bounds] if parts is None else parts)
            if parts is None:
                self._whole[level] = frame
        if parts is None:
            return self._look_whole(frame)
        seen = [
            replace(detection, at=frame.at)
            for detection in self._last[depth]
            if not any(holds(part, detection.box, frame) for part in parts)
        ]
        return seen + self._look_at_parts(frame, parts)

    def _changed(self, frame: Frame, depth: int) -> list[Box] | None:
        """Return the parts of *frame* to look at in *depth*, or ``None`` for all of it."""
        if self._before is None or not self._longest_s:
            return None
        if is_due(frame, self._whole[depth], _UNCHANGED_S[depth], _UNCHANGED_FRAMES[depth]):
            return None
        changed = self._changes[depth].since(frame)
        if sum(box.area for box in changed) > _MOST_CHANGED * frame.width * frame.height:
            return None
        parts = covering([box.padded(_AROUND_CHANGE_PX) for box in changed], frame)
        if parts is None:
            return None
        # What reaches into a part is looked at whole, or not at all.
        around = [box.padded(box.height / 2) for box in (d.box for d in self._last[depth])]
        while True:
            touched = [box for box in around if any(not box.intersection(p).empty for p in parts)]
            missing = [box for box in touched if not any(contains(p, box, frame) for p in parts)]
            if not missing:
                return parts
            grown = covering([*parts, *missing], frame)
            if grown is None:
                return None
            parts = grown

    def _between(self, stretch: _Stretch) -> list[Detection]:
        """Return what shows between the ends of *stretch*, as far as the ends do not say."""
        frames, first, last = stretch.frames, stretch.first, stretch.last
        if len(frames) < 3 or self._sure is None:
            return []
        gone, come = _without(first, last, self._sure), _without(last, first, self._sure)
        has_moved = bool(gone and come)
        lost = [*gone, *come]
        found: list[Detection] = []
        parts: Sequence[Box] | None = []
        if has_moved or (lost and frames[-1].at - frames[0].at > self._within_s):
            boxes = _ways(gone, come) if has_moved else [_around(d.box) for d in lost]
            middle = len(frames) // 2
            parts = covering(boxes, frames[middle])
            found += self._divided(stretch, middle, parts, lost)
        if parts is None:  # all of it was looked at
            return found
        others = [
            d
            for d in (*first, *last)
            if d.score >= self._sure and not any(holds(part, d.box, frames[0]) for part in parts)
        ]
        if others:
            farthest, off = stretch.sway.farthest(frames)
            others = [d for d in others if off > _MOST_OFF * d.box.height + _MOST_OFF_PX]
            parts = covering([_around(d.box).padded(off) for d in others], frames[farthest])
            found += self._divided(stretch, farthest, parts, others)
        return found

    def _divided(
        self,
        stretch: _Stretch,
        number: int,
        parts: Sequence[Box] | None,
        sought: Sequence[Detection],
    ) -> list[Detection]:
        """Look for *sought* in *parts* of one frame of *stretch*, and on either side of it."""
        frame = stretch.frames[number]
        found: list[Detection] = []
        for part in [frame.bounds] if parts is None else parts:
            heights = [d.box.height for d in sought if holds(part, d.box, frame)]
            sizes = (min(heights), max(heights)) if heights else None
            if parts is None:
                here = self._look_whole(frame, sizes)
            else:
                here = self._look_at_parts(frame, [part], sizes)
            found += here
            before, after = stretch.divided(part, number, here)
            found += self._between(before) + self._between(after)
        return found

    def _look_at_parts(
        self,
        frame: Frame,
        parts: Sequence[Box],
        sizes: tuple[float, float] | None = None,
    ) -> list[Detection]:
        def look(part: Box) -> list[Detection]:
            seen = self._look(frame, part, sizes)
            # What shows in earlier frames may have been elsewhere.
            return [d for d in seen if d.at != frame.at or holds(part, d.box, frame)]

        self.looks += len(parts)
        return [detection for seen in each(look, parts) for detection in seen]

    def _look_whole(
        self, frame: Frame, sizes: tuple[float, float] | None = None
    ) -> list[Detection]:
        self.looks += 1
        return list(self._look(frame, None, sizes))


def is_due(frame: Frame, last: Frame | None, every_s: Fraction, every_frames: int) -> bool:
    """Return whether *frame* is to be looked at when *last* was, or none was yet.

    Args:
        frame: The frame.
        last: What was looked at last.
        every_s: Longest time between two, in seconds.
        every_frames: The same for files whose times cannot be believed.
    """
    return last is None or frame.at - last.at >= every_s or frame.index - last.index >= every_frames


def _ways(gone: Sequence[Detection], come: Sequence[Detection]) -> list[Box]:
    """Return where to look for what was at one end and may be what is at the other, in between."""
    boxes = [_around(detection.box) for detection in (*gone, *come)]
    for old in gone:
        for new in come:
            low, high = sorted((old.box.height, new.box.height))
            (x0, y0), (x1, y1) = old.box.centre, new.box.centre
            if high <= _SAME_SIZE * low and max(abs(x1 - x0), abs(y1 - y0)) <= _FARTHEST * high:
                boxes.append(_around(old.box).hull(_around(new.box)))
    return boxes


def _around(box: Box) -> Box:
    return box.padded(max(_AROUND * box.height, _AROUND_PX))


def _without(
    these: Sequence[Detection], those: Sequence[Detection], sure: float
) -> list[Detection]:
    """Return the sure ones of *these* from which none of *those* goes on."""
    near = goes_on(sides(d.box for d in these), sides(d.box for d in those))
    return [
        detection
        for number, detection in enumerate(these)
        if detection.score >= sure and not near[number].any()
    ]
