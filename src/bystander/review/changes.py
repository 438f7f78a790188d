"""What the page asks to have decided, and what that is in the plan's own terms."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from bystander.geometry import Box
from bystander.records import (
    Change,
    Draw,
    Extent,
    Hide,
    Interpolate,
    Join,
    Keep,
    Key,
    Keyframe,
    Keys,
    Looked,
    Remove,
    Speech,
    Split,
    Unkey,
)
from bystander.review.asked import Asked
from bystander.review.times import Times, sound_time
from bystander.timeline import Span

_MOST_TRACKS, _MOST_KEYS, _MOST_SPANS = 20_000, 500_000, 20_000
_LONGEST_REASON = 500

Second = Annotated[float, Field(ge=0, le=1e7)]
Pixel = Annotated[int, Field(ge=0, le=65_536)]
Name = Annotated[str, Field(pattern="^[a-z0-9-]{1,40}$")]
Names = Annotated[list[Name], Field(min_length=1, max_length=_MOST_TRACKS)]
Corners = tuple[Pixel, Pixel, Pixel, Pixel]
KeyRow = tuple[Second, Pixel, Pixel, Pixel, Pixel]
KeyRows = Annotated[list[KeyRow], Field(min_length=1, max_length=_MOST_KEYS)]
Spans = Annotated[list[tuple[Second, Second]], Field(max_length=_MOST_SPANS)]


class KeepOrHide(Asked):
    """Whole tracks are kept, or hidden again."""

    op: Literal["keep", "hide"]
    tracks: Names


class DrawOne(Asked):
    """A region that no track has."""

    op: Literal["draw"]
    keys: KeyRows
    start: Second
    end: Second
    interpolate: bool


class SetKey(Asked):
    """A track's box at a moment."""

    op: Literal["key"]
    track: Name
    at: Second
    box: Corners


class SetKeys(Asked):
    """Its boxes at many."""

    op: Literal["keys"]
    track: Name
    keys: KeyRows


class TakeKey(Asked):
    """A track's box at a moment is no key any more; or a track is split there."""

    op: Literal["unkey", "split"]
    track: Name
    at: Second


class SetExtent(Asked):
    """When a track is."""

    op: Literal["extent"]
    track: Name
    start: Second
    end: Second


class SetInterpolate(Asked):
    """How a track moves between its keys."""

    op: Literal["interpolate"]
    track: Name
    on: bool


class JoinThem(Asked):
    """Tracks become one."""

    op: Literal["join"]
    tracks: Names


class RemoveIt(Asked):
    """A drawn region goes."""

    op: Literal["remove"]
    track: Name


class SetSpeech(Asked):
    """When somebody speaks."""

    op: Literal["speech"]
    spans: Spans


class LookedAt(Asked):
    """A moment of the audit was looked at."""

    op: Literal["looked"]
    walk: Annotated[int, Field(ge=1, le=1_000_000)]
    at: Second
    clean: bool


AskedChange = Annotated[
    KeepOrHide
    | DrawOne
    | SetKey
    | SetKeys
    | TakeKey
    | SetExtent
    | SetInterpolate
    | JoinThem
    | RemoveIt
    | SetSpeech
    | LookedAt,
    Field(discriminator="op"),
]
Revision = Annotated[int, Field(ge=0, le=10**9)]


class Decide(Asked):
    """A change to make, to what stood at *revision*."""

    revision: Revision
    change: AskedChange
    because: Annotated[str, Field(max_length=_LONGEST_REASON)] = ""


class At(Asked):
    """Something to do with what stood at *revision*."""

    revision: Revision


def in_terms(  # noqa: PLR0912 one a kind
    asked: AskedChange, *, times: Times, number: int, speech: tuple[Span, ...]
) -> Change:
    """Return what is *asked* as a change, with every time on that of a frame.

    Args:
        asked: From the page.
        times: Of the file's frames.
        number: Of the decision that it is to be; what is drawn is called by it.
        speech: When somebody speaks now; what of it comes back is left exactly as it is.
    """
    match asked:
        case KeepOrHide(op="keep"):
            return Keep(tracks=tuple(asked.tracks))
        case KeepOrHide():
            return Hide(tracks=tuple(asked.tracks))
        case DrawOne():
            return Draw(
                track=f"drawn-{number}",
                keys=_keys(asked.keys, times),
                span=_span(asked.start, asked.end, times),
                interpolate=asked.interpolate,
            )
        case SetKey():
            return Key(track=asked.track, at=times.nearest(asked.at), box=Box(*asked.box))
        case SetKeys():
            return Keys(track=asked.track, keys=_keys(asked.keys, times))
        case TakeKey(op="unkey"):
            return Unkey(track=asked.track, at=times.nearest(asked.at))
        case TakeKey():
            return Split(track=asked.track, at=times.nearest(asked.at))
        case SetExtent():
            return Extent(track=asked.track, span=_span(asked.start, asked.end, times))
        case SetInterpolate():
            return Interpolate(track=asked.track, on=asked.on)
        case JoinThem():
            return Join(tracks=tuple(asked.tracks))
        case RemoveIt():
            return Remove(track=asked.track)
        case SetSpeech():
            known = [at for span in speech for at in (span.start, span.end)]
            return Speech(
                spans=tuple(
                    Span(sound_time(start, known), sound_time(end, known))
                    for start, end in asked.spans
                )
            )
        case LookedAt():
            return Looked(walk=asked.walk, at=times.nearest(asked.at), clean=asked.clean)


def _span(start: float, end: float, times: Times) -> Span:
    return Span(times.nearest(start), times.end(end))


def _keys(rows: KeyRows, times: Times) -> tuple[Keyframe, ...]:
    """Return *rows* as keys; of two that are nearest to one frame, the later."""
    keys = {times.nearest(at): Box(*corners) for at, *corners in rows}
    return tuple(Keyframe(at=at, box=box) for at, box in keys.items())
