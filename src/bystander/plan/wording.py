"""Decisions in words, for a history and a report."""

from __future__ import annotations

from collections.abc import Sequence

from bystander.records import (
    Change,
    Decision,
    Draw,
    Extent,
    Hide,
    Interpolate,
    Join,
    Keep,
    Key,
    Keys,
    Looked,
    Remove,
    Speech,
    Split,
    Undo,
    Unkey,
)
from bystander.timeline import Span, clock

_MOST_NAMED = 5


def of(change: Change, given: Sequence[Decision]) -> str:  # noqa: PLR0912 one a kind
    """Return *change* in words, without a subject: somebody did it.

    Args:
        change: What was decided.
        given: All decisions, for what an undo undid.

    >>> of(Keep(tracks=("face-3", "person-7")), ())
    'kept face-3, person-7'
    """
    match change:
        case Keep():
            return f"kept {_named(change.tracks)}"
        case Hide():
            return f"hid {_named(change.tracks)} again"
        case Draw(kind=None):
            return f"drew {change.track}, {_from_to(change.span)}"
        case Draw():
            return f"added {change.track}, a {change.kind}, {_from_to(change.span)}"
        case Key():
            return f"set the box of {change.track} at {clock(change.at)}"
        case Keys():
            first, last = change.keys[0].at, change.keys[-1].at
            return f"set the boxes of {change.track}, {_from_to(Span(first, last))}"
        case Unkey():
            return f"took away the box of {change.track} at {clock(change.at)}"
        case Extent():
            return f"set when {change.track} is: {_from_to(change.span)}"
        case Interpolate():
            how = "in a straight line" if change.on else "at once"
            return f"had {change.track} move from box to box {how}"
        case Split():
            return f"split {change.track} at {clock(change.at)}"
        case Join():
            return f"joined {_named(change.tracks)}"
        case Remove():
            return f"removed {change.track}"
        case Speech():
            count = len(change.spans)
            return f"set when somebody speaks: {count} stretch{'' if count == 1 else 'es'}"
        case Looked():
            found = "nobody shows" if change.clean else "somebody shows"
            return f"looked at {clock(change.at)}: {found}"
        case Undo():
            return _undid(change, given)


def _undid(change: Undo, given: Sequence[Decision]) -> str:
    """Return in words what an undo comes to: undoing an undo is doing again."""
    again = False
    number = change.number
    while isinstance(target := given[number - 1].change, Undo):
        number, again = target.number, not again
    return f"{'did again' if again else 'undid'} {number}: {of(target, given)}"


def _named(tracks: Sequence[str]) -> str:
    named = ", ".join(tracks[:_MOST_NAMED])
    more = len(tracks) - _MOST_NAMED
    return f"{named} and {more} more" if more > 0 else named


def _from_to(span: Span) -> str:
    return f"{clock(span.start)} to {clock(span.end)}"
