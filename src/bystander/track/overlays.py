"""Text that stays where it is: clocks, places and names that somebody wrote over the picture.

Such text is part of every frame, also of those where a bright sky behind it keeps a detector from
seeing it. So what was seen at the same place again and again is taken to have been there in
between as well, across cuts; and what was there most of the time, all of the time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from fractions import Fraction

from bystander.geometry import Box
from bystander.records import Detection, Kind, Track
from bystander.timeline import Span

_KINDS = (Kind.TEXT, Kind.CODE)
_STAYS_IOU = 0.5  # of a track's first box and every other
_SAME_PLACE_IOU = 0.3
_LEAST_S = Fraction(2)  # from its first sighting to its last
_GAP_S = Fraction(10)
_MOST_OF_IT = Fraction(1, 2)


@dataclass(slots=True)
class _Place:
    box: Box
    tracks: list[Track] = field(default_factory=list)


def overlays(tracks: Iterable[Track], *, duration: Fraction) -> tuple[Track, ...]:
    """Return a track for each place where text stays, over the time that it is taken to be there.

    Args:
        tracks: All tracks of a recording; those of text and codes count.
        duration: Its length in seconds.

    Returns:
        Tracks beside those given, each of one box that holds all that was seen at its place.
    """
    places: list[_Place] = []
    for track in tracks:
        first = track.detections[0].box
        if track.kind in _KINDS and all(first.iou(d.box) >= _STAYS_IOU for d in track.detections):
            for place in places:
                if place.box.iou(first) >= _SAME_PLACE_IOU:
                    break
            else:
                place = _Place(first)
                places.append(place)
            place.tracks.append(track)
            for detection in track.detections:
                place.box = place.box.hull(detection.box)
    found = [track for place in places for track in _lasting(place, duration)]
    return tuple(replace(t, id=f"overlay-{n}") for n, t in enumerate(found, start=1))


def _lasting(place: _Place, duration: Fraction) -> list[Track]:
    """Return the stretches of time over which something stayed at *place*."""
    tracks = sorted(place.tracks, key=lambda t: t.span.start)
    shown = sum((t.span.duration for t in tracks), Fraction(0))
    if shown >= _MOST_OF_IT * duration and duration >= _LEAST_S:
        return [_whole(place, tracks, Span(Fraction(0), duration))]
    groups: list[list[Track]] = []
    until = Fraction(0)
    for track in tracks:
        if groups and track.span.start - until <= _GAP_S:
            groups[-1].append(track)
            until = max(until, track.span.end)
        else:
            groups.append([track])
            until = track.span.end
    return [
        _whole(place, group, span)
        for group in groups
        if (span := Span(group[0].span.start, max(t.span.end for t in group))).duration >= _LEAST_S
    ]


def _whole(place: _Place, tracks: list[Track], span: Span) -> Track:
    best: Detection = max(
        (detection for track in tracks for detection in track.detections), key=lambda d: d.score
    )
    there = replace(best, box=place.box)
    return Track(id="overlay", kind=best.kind, detections=(there,), span=span)
