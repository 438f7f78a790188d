"""From detections to tracks, with the whole recording known.

Theory of operation. Within a shot, detections are joined in time order. Each open track says where
it should be now (its last box, and that box moved on by its recent motion), pairs of track and
detection are ranked by how well they overlap, and the best pair is joined first (greedy matching
on IoU, as in Bochinski et al., "High-Speed Tracking-by-Detection Without Using Image Information",
AVSS 2017). A track stays open for ``gap_s`` without a detection. Weak detections are joined too,
and a track is kept when its best detection is strong (the idea of ByteTrack, Zhang et al., ECCV
2022): a face that turns away and back keeps its track in both directions of time. One that is weak
throughout may be kept for its length.

Only boxes and motion are used; never what anybody looks like.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from bystander.geometry import Box, goes_on, iou, sides
from bystander.records import Detection, Kind, Track
from bystander.timeline import Span, share

# Two boxes can be the same thing when they overlap at least this much, after both were grown.
_LEAST_IOU = 0.15
_GROWTH = 0.25
_GOES_ON = 0.2  # how alike boxes are at least, of which one plainly goes on from the other
# A face does not change its size by more than this between two detections that are joined.
_LARGEST_RESIZE = 2.0


@dataclass(slots=True)
class _Open:
    """A track that may still grow."""

    detections: list[Detection] = field(default_factory=list)

    @property
    def last(self) -> Detection:
        return self.detections[-1]

    def expected(self, at: Fraction) -> Box:
        """Return the last box, moved on by the motion over the last few detections."""
        last, earlier = self.last, self.detections[-4:][0]
        if earlier.at == last.at:
            return last.box
        pace = -share(at, last.at, earlier.at)
        (x, y), (x0, y0) = last.box.centre, earlier.box.centre
        dx, dy = (x - x0) * pace, (y - y0) * pace
        return Box(last.box.x0 + dx, last.box.y0 + dy, last.box.x1 + dx, last.box.y1 + dy)


def link(
    detections: Iterable[Detection],
    *,
    cuts: Sequence[Fraction],
    times: Sequence[Fraction],
    duration: Fraction,
    evidence: Sequence[tuple[float, int]],
    gap_s: Fraction,
    extend_s: Fraction,
    prefix: str = "",
) -> tuple[Track, ...]:
    """Join detections to tracks.

    Args:
        detections: In any order, of any kinds; kinds are never joined with each other.
        cuts: Times at which a new shot begins, ascending; no track crosses one.
        times: When every frame is shown, ascending.
        duration: Length of the recording in seconds.
        evidence: Pairs of a score and a number. A track is kept when, for any of them, its best
            detection scores at least that and it has at least so many, or as many as there are
            frames from ``gap_s`` before it to ``gap_s`` after it: where frames are few, few do.
        gap_s: Longest time between two detections of one track.
        extend_s: How far every track's span reaches beyond its first and last detection, within
            its shot and the recording.
        prefix: Begins every track's id.

    Returns:
        Tracks by first appearance. Every detection is in exactly one, unless its track was dropped
        for want of evidence.
    """
    ordered = sorted(
        detections, key=lambda d: (d.kind, d.at, -d.score, d.box.x0, d.box.y0, d.box.x1)
    )
    bounds = [Fraction(0), *cuts, duration]
    tracks: list[tuple[Kind, list[Detection], Span]] = []
    for (kind, shot), group in groupby(ordered, key=lambda d: (d.kind, bisect_right(cuts, d.at))):
        shot_span = Span(bounds[shot], bounds[shot + 1])
        for found in _link_shot(list(group), gap_s):
            best = max(d.score for d in found)
            around = Span(
                max(shot_span.start, found[0].at - gap_s), min(shot_span.end, found[-1].at + gap_s)
            )
            most = bisect_left(times, around.end) - bisect_left(times, around.start)
            if any(best >= score and len(found) >= min(count, most) for score, count in evidence):
                start = max(shot_span.start, found[0].at - extend_s)
                end = min(shot_span.end, found[-1].at + extend_s)
                tracks.append((kind, found, Span(start, end)))
    tracks.sort(key=lambda t: (t[1][0].at, t[1][0].box.x0, t[1][0].box.y0))
    return tuple(
        Track(id=f"{prefix}{number}", kind=kind, detections=tuple(found), span=span)
        for number, (kind, found, span) in enumerate(tracks, start=1)
    )


def _link_shot(detections: list[Detection], gap_s: Fraction) -> list[list[Detection]]:
    closed: list[_Open] = []
    active: list[_Open] = []
    for at, group in groupby(detections, key=lambda d: d.at):
        since = at - gap_s
        closed += [track for track in active if track.last.at < since]
        active = [track for track in active if not track.last.at < since]
        here = list(group)
        likeness = _likeness(active, here)
        pairs = sorted(
            (-likeness[t, d], t, d) for t, d in np.argwhere(likeness > _LEAST_IOU).tolist()
        )
        taken_tracks: set[int] = set()
        taken: set[int] = set()
        for _, t, d in pairs:
            if t not in taken_tracks and d not in taken:
                taken_tracks.add(t)
                taken.add(d)
                active[t].detections.append(here[d])
        active += [_Open([detection]) for d, detection in enumerate(here) if d not in taken]
    return [track.detections for track in closed + active]


def _likeness(tracks: Sequence[_Open], here: Sequence[Detection]) -> NDArray[np.float64]:
    """Return how well each of *here*, all of one moment, continues each track, 0 to 1."""
    seen = sides(detection.box for detection in here)
    last = sides(track.last.box for track in tracks)
    expected = sides(track.expected(here[0].at) for track in tracks)
    alike = np.maximum(iou(_grown(last), _grown(seen)), iou(_grown(expected), _grown(seen)))
    # Small boxes may lie beside one another and still be one thing.
    alike = np.where(goes_on(last, seen), np.maximum(alike, _GOES_ON), alike)
    tall, tall_before = seen[:, 3] - seen[:, 1], (last[:, 3] - last[:, 1])[:, None]
    low, high = np.minimum(tall, tall_before), np.maximum(tall, tall_before)
    likeness: NDArray[np.float64] = np.where(high > _LARGEST_RESIZE * low, 0.0, alike)
    return likeness


def _grown(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    size = (boxes[:, 2:] - boxes[:, :2]) * _GROWTH
    grown: NDArray[np.float64] = boxes + np.concatenate([-size, size], axis=1)
    return grown
