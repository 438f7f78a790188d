"""What was decided, as it stands in a document: one model for each of the changes there are."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from bystander.geometry import Box
from bystander.plan.terms import TRACK, Corners, Part, Seconds
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
    Kind,
    Looked,
    Remove,
    Speech,
    Split,
    Undo,
    Unkey,
)
from bystander.timeline import Span

_MOST = 100_000  # boxes, tracks or stretches in one

Track = Annotated[str, Field(pattern=TRACK)]
Tracks = Annotated[tuple[Track, ...], Field(min_length=1, max_length=_MOST)]
Stretch = tuple[Seconds, Seconds]


class BoxPart(Part):
    """The box at a moment."""

    at: Seconds
    box: Corners


def _in_order(boxes: tuple[BoxPart, ...]) -> tuple[BoxPart, ...]:
    times = [one.at for one in boxes]
    if times != sorted(set(times)):
        raise ValueError("boxes are in order of time, one at a moment")
    return boxes


Boxes = Annotated[
    tuple[BoxPart, ...], Field(min_length=1, max_length=_MOST), AfterValidator(_in_order)
]


class KeepPart(Part):
    """These tracks are not hidden."""

    op: Literal["keep"]
    tracks: Tracks


class HidePart(Part):
    """These tracks are hidden again."""

    op: Literal["hide"]
    tracks: Tracks


class DrawPart(Part):
    """A region is hidden as well; with a ``kind``, the second look found it."""

    op: Literal["draw"]
    track: Track
    keys: Boxes
    start: Seconds
    end: Seconds
    interpolate: bool
    kind: Kind | None


class KeyPart(Part):
    """The box of a track is this at that moment."""

    op: Literal["key"]
    track: Track
    at: Seconds
    box: Corners


class KeysPart(Part):
    """The boxes of a track are these; others from the first moment to the last go."""

    op: Literal["keys"]
    track: Track
    keys: Boxes


class UnkeyPart(Part):
    """The box that a track has at that moment is taken away."""

    op: Literal["unkey"]
    track: Track
    at: Seconds


class ExtentPart(Part):
    """A track lasts from ``start`` up to ``end``."""

    op: Literal["extent"]
    track: Track
    start: Seconds
    end: Seconds


class InterpolatePart(Part):
    """Between its boxes a track moves in a straight line, or stays until the next."""

    op: Literal["interpolate"]
    track: Track
    on: bool


class SplitPart(Part):
    """A track becomes two."""

    op: Literal["split"]
    track: Track
    at: Seconds


class JoinPart(Part):
    """Tracks become one."""

    op: Literal["join"]
    tracks: Tracks


class RemovePart(Part):
    """A drawn region goes."""

    op: Literal["remove"]
    track: Track


class SpeechPart(Part):
    """Somebody speaks then, and at no other time."""

    op: Literal["speech"]
    spans: Annotated[tuple[Stretch, ...], Field(max_length=_MOST)]


class LookedPart(Part):
    """A person looked at a moment drawn at random."""

    op: Literal["looked"]
    walk: Annotated[int, Field(ge=1, le=_MOST)]
    at: Seconds
    clean: bool


class UndoPart(Part):
    """A decision counts no more."""

    op: Literal["undo"]
    number: Annotated[int, Field(ge=1, le=_MOST)]


ChangePart = Annotated[
    KeepPart
    | HidePart
    | DrawPart
    | KeyPart
    | KeysPart
    | UnkeyPart
    | ExtentPart
    | InterpolatePart
    | SplitPart
    | JoinPart
    | RemovePart
    | SpeechPart
    | LookedPart
    | UndoPart,
    Field(discriminator="op"),
]

_CHANGES: dict[str, type[Change]] = {
    "keep": Keep,
    "hide": Hide,
    "draw": Draw,
    "key": Key,
    "keys": Keys,
    "unkey": Unkey,
    "extent": Extent,
    "interpolate": Interpolate,
    "split": Split,
    "join": Join,
    "remove": Remove,
    "speech": Speech,
    "looked": Looked,
    "undo": Undo,
}
_OPS = {kind: op for op, kind in _CHANGES.items()}


def change_part(change: Change) -> dict[str, Any]:
    """Return *change* as its model takes it."""
    fields: dict[str, Any] = {name: getattr(change, name) for name in type(change).__slots__}
    span = fields.pop("span", None)
    if span is not None:
        fields |= {"start": span.start, "end": span.end}
    if "keys" in fields:
        fields["keys"] = [{"at": key.at, "box": _corners(key.box)} for key in fields["keys"]]
    if "box" in fields:
        fields["box"] = _corners(fields["box"])
    if "spans" in fields:
        fields["spans"] = [(one.start, one.end) for one in fields["spans"]]
    return {"op": _OPS[type(change)], **fields}


def change_from(part: ChangePart) -> Change:
    """Return the change that *part* stands for."""
    fields = part.fields()
    kind = _CHANGES[fields.pop("op")]
    if "start" in fields:
        fields["span"] = Span(fields.pop("start"), fields.pop("end"))
    if "keys" in fields:
        fields["keys"] = tuple(Keyframe(at=key.at, box=Box(*key.box)) for key in fields["keys"])
    if "box" in fields:
        fields["box"] = Box(*fields["box"])
    if "spans" in fields:
        fields["spans"] = tuple(Span(*pair) for pair in fields["spans"])
    return kind(**fields)


def _corners(box: Box) -> tuple[float, float, float, float]:
    return box.x0, box.y0, box.x1, box.y1
