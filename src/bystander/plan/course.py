"""Where a region is over time, by keys that a person can move.

Two ways to go from key to key: in a straight line, or staying until the next. What a detector's
redaction hides, which stays, becomes keys for the line such that the line hides all of it: the box
at each key is around what is hidden just before and just after it, so every box on the way holds
what was hidden there. It does so too if it is made to stay until the next key instead.

All arithmetic is exact: boxes on the way are rounded outwards to whole pixels.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from math import ceil, floor

from bystander.geometry import Box, around
from bystander.records import Keyframe, Policy, Redaction
from bystander.timeline import Span

# A box that moves is hidden in steps of this length, each around its motion meanwhile,
LONGEST_STEP_S = Fraction(1, 25)
# or in longer ones in which it moves by no more than this share of the grid.
_LEAST_MOTION = Fraction(1, 4)
_TICKS = 90_000  # a second; steps begin on these, so that their times stay short numbers
_BLOCK_PX = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """Keys in order of time, at least one, of boxes in whole pixels.

    Attributes:
        span: When the region is hidden.
        keys: Where it is.
        interpolate: Between keys it moves in a straight line; otherwise it stays until the next.
        own: Times of keys that a person set: what is beside one is hidden with the policy's margin.
            Boxes of a plan have theirs already.
    """

    span: Span
    keys: tuple[Keyframe, ...]
    interpolate: bool
    own: frozenset[Fraction] = frozenset()

    def box_at(self, at: Fraction) -> Box:
        """Return the box at *at*, before and after the span as well."""
        number = bisect_right(self.keys, at, key=_time) - 1
        return self._on_the_way(number, at)

    def box_before(self, at: Fraction) -> Box:
        """Return the box just before *at*: another one where it stays until a key there."""
        number = bisect_left(self.keys, at, key=_time) - 1
        return self._on_the_way(number, at)

    def _on_the_way(self, number: int, at: Fraction) -> Box:
        here = self.keys[max(number, 0)]
        if number < 0 or number + 1 == len(self.keys) or not self.interpolate:
            return here.box
        after = self.keys[number + 1]
        return _between(here.box, after.box, (at - here.at) / (after.at - here.at))

    def with_keys(self, keys: Sequence[Keyframe], end: Fraction) -> Course:
        """Return it with *keys* of a person's, in place of those in the time from first to last.

        It lasts at least over them; *end* is that of the recording.
        """
        first, last = keys[0].at, keys[-1].at
        others = [key for key in self.keys if not first <= key.at <= last]
        until = self.span.end if last < self.span.end else min(end, last + LONGEST_STEP_S)
        return replace(
            self,
            span=Span(min(self.span.start, first), until),
            keys=tuple(sorted((*others, *keys), key=_time)),
            own=self.own.difference(k.at for k in self.keys if first <= k.at <= last).union(
                key.at for key in keys
            ),
        )

    def without_key(self, at: Fraction) -> Course | None:
        """Return it without its key at *at*; ``None`` if there is none, or no other."""
        keys = tuple(key for key in self.keys if key.at != at)
        if not keys or len(keys) == len(self.keys):
            return None
        return replace(self, keys=keys, own=self.own - {at})

    def within(self, span: Span) -> Course:
        """Return it in *span* alone; where that goes beyond its keys it stays as it is there."""
        keys = {key.at: key.box for key in self.keys if span.start <= key.at <= span.end}
        edges = []
        if self.keys[0].at < span.start or not keys:
            edges.append((span.start, self.box_at(span.start)))
        if self.keys[-1].at > span.end and self.interpolate:
            edges.append((span.end, self.box_before(span.end)))
        own = {at for at in keys if at in self.own}
        for at, box in edges:
            if at not in keys:
                keys[at] = box
                if self._beside_own(bisect_right(self.keys, at, key=_time) - 1):
                    own.add(at)
        return Course(
            span=span,
            keys=tuple(Keyframe(at=at, box=keys[at]) for at in sorted(keys)),
            interpolate=self.interpolate,
            own=frozenset(own),
        )

    def _beside_own(self, number: int) -> bool:
        """Return the same for what comes after key *number*; -1: before the first."""
        beside = self.keys[max(number, 0) : number + (2 if self.interpolate or number < 0 else 1)]
        return any(key.at in self.own for key in beside)

    def region(self, policy: Policy, width: int, height: int) -> tuple[Keyframe, ...]:
        """Return the steps in which it is hidden, each around all of its motion meanwhile.

        Args:
            policy: Its grid, and how far regions reach beyond it.
            width: Width of the upright frame in pixels.
            height: Height of the upright frame in pixels.
        """
        return _region(self, policy.grid_px, policy.margin_px, width, height)

    def steps(self, grid_px: int) -> Iterator[tuple[Fraction, Box, bool]]:
        """Yield from when on which box holds all of it, and whether a person set it."""
        start, end = self.span.start, self.span.end
        inside = (key.at for key in self.keys if start < key.at < end)
        for first, last in pairwise((start, *inside, end)):
            number = bisect_right(self.keys, first, key=_time) - 1
            own = self._beside_own(number)
            here, there = self._on_the_way(number, first), self._on_the_way(number, last)
            if here == there:
                yield first, here, own
                continue
            moved = max(
                abs(a - b)
                for a, b in (
                    (here.x0, there.x0),
                    (here.y0, there.y0),
                    (here.x1, there.x1),
                    (here.y1, there.y1),
                )
            )
            count = max(
                1,
                min(
                    ceil((last - first) / LONGEST_STEP_S),
                    ceil(Fraction(int(moved)) / (_LEAST_MOTION * grid_px)),
                ),
            )
            times = [first]
            for step in range(1, count):
                at = Fraction(floor((first + (last - first) * step / count) * _TICKS), _TICKS)
                if at > times[-1]:
                    times.append(at)
            boxes = [self._on_the_way(number, at) for at in (*times, last)]
            for at, (before, after) in zip(times, pairwise(boxes), strict=True):
                yield at, _around(before, after), own


# Decisions are replayed after each one, and most of them are about other tracks.
_REMEMBERED = 4096


@lru_cache(maxsize=_REMEMBERED)
def _region(
    course: Course, grid_px: int, margin_px: int, width: int, height: int
) -> tuple[Keyframe, ...]:
    region: list[Keyframe] = []
    for at, box, own in course.steps(grid_px):
        hidden = box.clipped(width, height)
        if own:
            hidden = _grown(box, grid_px, width, height).padded(margin_px).clipped(width, height)
        if not region or region[-1].box != hidden:
            region.append(Keyframe(at=at, box=hidden))
    return tuple(region)


@lru_cache(maxsize=_REMEMBERED)
def of(redaction: Redaction) -> Course:
    """Return *redaction* as keys on whose way all is hidden that it hides."""
    start, end = redaction.span.start, redaction.span.end
    first = max(0, bisect_right(redaction.region, start, key=_time) - 1)
    steps = Course(
        span=redaction.span,
        keys=tuple(
            replace(key, at=max(key.at, start)) for key in redaction.region[first:] if key.at < end
        ),
        interpolate=False,
    )
    return joined([steps], interpolate=True)


def joined(courses: Sequence[Course], *, interpolate: bool) -> Course:
    """Return one course that is around each of *courses* at all times at which that one is.

    Args:
        courses: At least one; they may overlap in time, and go on in either way.
        interpolate: How the one goes on, in the time between them as well.
    """
    times = sorted(
        {at for one in courses for at in (one.span.start, one.span.end)}
        | {key.at for one in courses for key in one.keys if one.span.start < key.at < one.span.end}
    )
    keys: list[Keyframe] = []
    to_come = sorted(courses, key=lambda one: one.span.start, reverse=True)
    there: list[Course] = []  # at a time; of thousands there are few
    for at, after in zip(times, (*times[1:], None), strict=True):
        while to_come and to_come[-1].span.start <= at:
            there.append(to_come.pop())
        there = [one for one in there if at <= one.span.end]
        boxes = [c.box_at(at) for c in there if at < c.span.end]
        if interpolate:
            boxes += [c.box_before(at) for c in there if c.span.start < at]
        elif after is not None:
            boxes += [c.box_before(after) for c in there if at < c.span.end]
        if boxes:
            keys.append(Keyframe(at=at, box=around(boxes)))
    has_own = any(course.own for course in courses)
    return Course(
        span=Span(min(c.span.start for c in courses), max(c.span.end for c in courses)),
        keys=tuple(keys),
        interpolate=interpolate,
        own=frozenset(key.at for key in keys) if has_own else frozenset(),
    )


def _time(key: Keyframe) -> Fraction:
    return key.at


def _around(a: Box, b: Box) -> Box:
    """Return the box around both, an empty one too: it may be where a line begins or ends."""
    return Box(min(a.x0, b.x0), min(a.y0, b.y0), max(a.x1, b.x1), max(a.y1, b.y1))


def _between(a: Box, b: Box, share: Fraction) -> Box:
    """Return the box *share* (0 to 1) of the way from *a* to *b*, rounded outwards."""
    part, whole = share.numerator, share.denominator

    def low(first: float, second: float) -> int:
        return (int(first) * (whole - part) + int(second) * part) // whole

    def high(first: float, second: float) -> int:
        return -((-int(first) * (whole - part) - int(second) * part) // whole)

    return Box(low(a.x0, b.x0), low(a.y0, b.y0), high(a.x1, b.x1), high(a.y1, b.y1))


def _grown(box: Box, grid_px: int, width: int, height: int) -> Box:
    """Return *box* grown to the coding blocks, as ``--region`` is."""
    # A plan does not say whether the picture was turned, which decides where blocks start.
    turned = (width % _BLOCK_PX, height % _BLOCK_PX)
    return box.snapped(grid_px).hull(box.snapped(grid_px, turned))
