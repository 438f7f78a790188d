"""From tracks to the regions that are hidden.

Each step answers a way in which tight masks fail (``docs/explanation/why-not-blur.md``): the face
grows to the head region, because hair, ears and jaw identify; a frame also hides what its
neighbours hide, because a box that follows a face exactly publishes the face's motion and slips
for a frame; sides snap outwards to the source's coding blocks and get a margin, because compression
carries traces of the inside just beyond the edge.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

from bystander.geometry import Box, around
from bystander.records import (
    Because,
    FootageFacts,
    Keyframe,
    Kind,
    Plan,
    Policy,
    Redaction,
    Region,
    Track,
)
from bystander.timeline import Span


def head_region(face: Box, policy: Policy) -> Box:
    """Return the region that hides the head whose face is *face*.

    >>> head_region(Box(0, 0, 10, 20), Policy(head_width=2.0))
    Box(x0=-5.0, y0=-12.0, x1=15.0, y1=27.0)
    """
    side = (policy.head_width - 1) / 2 * face.width
    return Box(
        face.x0 - side,
        face.y0 - policy.head_up * face.height,
        face.x1 + side,
        face.y1 + policy.head_down * face.height,
    )


def body_region(person: Box, policy: Policy) -> Box:
    """Return the region that hides a whole person, or a screen, whose box is *person*."""
    across, along = policy.body_margin * person.width, policy.body_margin * person.height
    return Box(person.x0 - across, person.y0 - along, person.x1 + across, person.y1 + along)


def text_region(text: Box, policy: Policy) -> Box:
    """Return the region that hides the plate, the text or the code whose box is *text*.

    >>> text_region(Box(0, 0, 40, 8), Policy(text_margin=0.25))
    Box(x0=-2.0, y0=-2.0, x1=42.0, y1=10.0)
    """
    return text.padded(policy.text_margin * text.height)


_REGIONS = {
    Kind.FACE: head_region,
    Kind.HEAD: head_region,
    Kind.PERSON: body_region,
    Kind.PLATE: text_region,
    Kind.TEXT: text_region,
    Kind.CODE: text_region,
    Kind.SCREEN: body_region,
}


def redactions(
    tracks: Iterable[Track],
    *,
    policy: Policy,
    because: Because,
    times: Sequence[Fraction],
    width: int,
    height: int,
    grid_origin: tuple[int, int] = (0, 0),
) -> tuple[Redaction, ...]:
    """Return one redaction for each track that covers any pixel.

    Args:
        tracks: What is to be hidden over time; the box of a head is where the face would be.
        policy: How far regions reach.
        because: Why these are hidden.
        times: When every frame of the recording is shown, ascending.
        width: Width of the upright frame in pixels.
        height: Height of the upright frame in pixels.
        grid_origin: Where the source's coding blocks start, x and y in pixels.
    """
    tracks = tuple(tracks)
    near = _near(times, policy.union_s) if tracks else []
    drawn = (
        _redaction(track, policy, because, (times, near), ((width, height), grid_origin))
        for track in tracks
    )
    return tuple(redaction for redaction in drawn if redaction is not None)


def _near(times: Sequence[Fraction], within_s: Fraction) -> list[tuple[int, int]]:
    """Return for each of *times* the first that is near, *within_s*, and the first after it not."""
    near: list[tuple[int, int]] = []
    begin = end = 0  # both only go on, as time does
    for at in times:
        since, until = at - within_s, at + within_s
        while times[begin] < since:
            begin += 1
        while end < len(times) and times[end] <= until:
            end += 1
        near.append((begin, end))
    return near


def _redaction(
    track: Track,
    policy: Policy,
    because: Because,
    moments: tuple[Sequence[Fraction], Sequence[tuple[int, int]]],
    space: tuple[tuple[int, int], tuple[int, int]],
) -> Redaction | None:
    (times, near), (size, grid_origin) = moments, space
    # The union with the neighbours reaches one union_s further than the track itself.
    start, stop = bisect_left(times, track.span.start), bisect_right(times, track.span.end)
    grown = _REGIONS[track.kind]
    parts = [grown(box, policy) for box in track.boxes_at(times[start:stop])]
    first = bisect_left(times, track.span.start - policy.union_s)
    last = bisect_right(times, track.span.end + policy.union_s)
    region: list[Keyframe] = []
    before: tuple[int, int] | None = None
    for number in range(first, last):
        begin, end = near[number]
        here = max(begin, start) - start, min(end, stop) - start
        if here[0] >= here[1] or here == before:
            continue
        before = here
        box = around(parts[slice(*here)]).snapped(policy.grid_px, grid_origin)
        box = box.padded(policy.margin_px).clipped(*size)
        if not region or region[-1].box != box:
            region.append(Keyframe(at=times[number], box=box))
    if not region or all(key.box.empty for key in region):
        return None
    return Redaction(
        track=track.id,
        kind=track.kind,
        because=because,
        span=Span(region[0].at, time_after(times, last - 1)),
        region=tuple(region),
        score=track.score,
    )


def whole_frames(
    at: Iterable[Fraction], *, times: Sequence[Fraction], width: int, height: int
) -> tuple[Redaction, ...]:
    """Return redactions that cover frames whole, for those that could not be examined.

    Args:
        at: Times of those frames.
        times: When every frame of the recording is shown, ascending.
        width: Width of the upright frame in pixels.
        height: Height of the upright frame in pixels.
    """
    numbers = sorted(bisect_left(times, moment) for moment in at)
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    everything = Box(0, 0, width, height)
    return tuple(
        Redaction(
            track=f"damaged-{count}",
            kind=None,
            because=Because.DAMAGED,
            span=Span(times[run[0]], time_after(times, run[-1])),
            region=(Keyframe(at=times[run[0]], box=everything),),
            score=1.0,
        )
        for count, run in enumerate(runs, start=1)
    )


def draw_up(
    redactions: Iterable[Redaction],
    *,
    footage: FootageFacts,
    policy: Policy,
    detectors: Iterable[str],
    speech: tuple[Span, ...] | None = None,
    kept: Iterable[Region] = (),
) -> Plan:
    """Return the plan that hides *redactions*, in the order of time, within the recording.

    Args:
        redactions: What is hidden in the picture.
        footage: The recording.
        policy: What is hidden and how.
        detectors: Who looked and listened.
        speech: When somebody speaks; ``None``: nobody listened.
        kept: What is not hidden, because somebody asked for that.
    """
    within = (
        replace(r, span=Span(r.span.start, min(r.span.end, footage.duration))) for r in redactions
    )
    return Plan(
        footage=footage,
        policy=policy,
        detectors=tuple(dict.fromkeys(detectors)),
        redactions=tuple(sorted(within, key=lambda r: (r.span.start, r.span.end, r.track))),
        kept=tuple(kept),
        speech=speech,
    )


def time_after(times: Sequence[Fraction], number: int) -> Fraction:
    """Return when the frame after frame *number* is shown; after the last, a second later."""
    return times[number + 1] if number + 1 < len(times) else times[-1] + 1
