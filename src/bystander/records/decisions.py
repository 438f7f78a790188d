"""What a person decides about a plan, and what comes of it.

A decision changes nothing that was found: the plan that a detector drew up stays, decisions are a
list beside it, and :func:`bystander.plan.decide` makes of both the plan that is followed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from bystander.geometry import Box
from bystander.records.plans import Because, Keyframe, Plan
from bystander.records.tracks import Kind
from bystander.timeline import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """These tracks are not hidden, and the verifier does not hide them either."""

    tracks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hide:
    """These tracks are hidden again."""

    tracks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """A region that no track has is hidden as well.

    Attributes:
        track: What it is called from now on: ``drawn-`` and the number of the decision.
        keys: Where it is, in order of time.
        span: When.
        interpolate: Between keys it moves in a straight line; otherwise it stays until the next.
        kind: What the second look saw there; ``None``: a person drew it.
    """

    track: str
    keys: tuple[Keyframe, ...]
    span: Span
    interpolate: bool
    kind: Kind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """The box of a track is this at that moment, which makes a key of it."""

    track: str
    at: Fraction
    box: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The same for many moments, in order of time; other keys from the first to the last go."""

    track: str
    keys: tuple[Keyframe, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unkey:
    """The key that a track has at that moment is taken away."""

    track: str
    at: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """A track lasts from then to then; before its first key and after its last it stays."""

    track: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpolate:
    """Between its keys a track moves in a straight line (``on``), or stays until the next."""

    track: str
    on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """A track becomes two: ``-a`` before that moment, ``-b`` from then on."""

    track: str
    at: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """Tracks become one, called as the first of them is."""

    tracks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Remove:
    """A drawn region goes; what a detector found can only be kept."""

    track: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """Somebody speaks then, and at no other time; in order, without overlaps."""

    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A person looked at a moment that was drawn at random.

    Attributes:
        walk: Which of the draws it is of, from 1.
        at: The moment.
        clean: Whether nobody showed who is to be hidden.
    """

    walk: int
    at: Fraction
    clean: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """The decision of that number counts no more; an undo can be undone as well."""

    number: int


Change = (
    Keep
    | Hide
    | Draw
    | Key
    | Keys
    | Unkey
    | Extent
    | Interpolate
    | Split
    | Join
    | Remove
    | Speech
    | Looked
    | Undo
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Who decided what, when and why.

    Attributes:
        number: Its place in the list, from 1.
        when: A time with a zone.
        by: Who, in a person's own words; it may be empty.
        because: Why, likewise.
        change: What.
    """

    number: int
    when: datetime
    by: str
    because: str
    change: Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A track as it stands after all decisions, hidden or kept.

    Attributes:
        id: What it is called in decisions.
        kind: What was seen, or ``None``.
        because: Why it was there first; a person's edits do not change that.
        score: The best of the detections behind it, 0 to 1.
        span: When it is.
        keys: Where it is, in order of time, within the frame. One can be at the span's end itself,
            where the line before it leads to.
        interpolate: Between keys it moves in a straight line; otherwise it stays until the next.
        hidden: Whether it is hidden.
        edited: Whether a person changed where or when it is.
        drawn: Whether it is no detector's, but was drawn.
        decided: The last decision about it, or ``None``.
    """

    id: str
    kind: Kind | None
    because: Because
    score: float
    span: Span
    keys: tuple[Keyframe, ...]
    interpolate: bool
    hidden: bool
    edited: bool
    drawn: bool
    decided: Decision | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A decision in the history: *what* it was in words, and whether it was undone since."""

    decision: Decision
    what: str
    undone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """What a report says of a review.

    Attributes:
        plan_sha256: Digest of the plan that the decisions are about.
        tracks: The tracks that somebody decided about, as they stand.
        history: All decisions, in their order.
        looks: The looks that count, in their order.
        walk: Which walk is on; looks of earlier ones are of a picture that was changed since.
        speech_decided: The last decision about speech that counts, or ``None``.
    """

    plan_sha256: str
    tracks: tuple[Shown, ...]
    history: tuple[Entry, ...]
    looks: tuple[Looked, ...]
    walk: int
    speech_decided: Decision | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A plan after all decisions about it.

    Attributes:
        plan: What is followed: kept tracks are not in its ``redactions``, but in ``kept``.
        tracks: All tracks, the kept ones too, in order of time.
        speech: When somebody speaks; ``None``: nobody listened.
        looks: The looks that count, in their order; of two at one moment of one walk, the later.
        walk: Which walk a look is of now, from 1. What may show more than was looked at begins
            a new one, and so does any change once somebody was seen.
        undoable: The decision that undoing takes back, or ``None``.
        redoable: The undo that redoing takes back, or ``None``.
        history: All decisions, in their order.
        speech_decided: The last decision about speech that counts, or ``None``.
    """

    plan: Plan
    tracks: tuple[Shown, ...]
    speech: tuple[Span, ...] | None
    looks: tuple[Looked, ...]
    walk: int
    undoable: int | None
    redoable: int | None
    history: tuple[Entry, ...]
    speech_decided: Decision | None = None

    def reviewed(self, plan_sha256: str) -> Reviewed:
        """Return what a report says of it; *plan_sha256* is that of the plan before."""
        return Reviewed(
            plan_sha256=plan_sha256,
            tracks=tuple(track for track in self.tracks if track.decided is not None),
            history=self.history,
            looks=self.looks,
            walk=self.walk,
            speech_decided=self.speech_decided,
        )
