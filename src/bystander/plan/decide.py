"""From a plan and what a person decided about it to the plan that is followed.

Decisions are replayed from the first: there is no other state, so what stands in the list is what
is done, and taking one back is leaving it out. What does not fit is an error and never passed over,
because a decision that is not followed can be somebody who shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bystander.errors import PlanError
from bystander.plan import wording
from bystander.plan.replay import Tracks
from bystander.plan.walks import Walks
from bystander.records import (
    Because,
    Change,
    Decided,
    Decision,
    Draw,
    Entry,
    Plan,
    Speech,
    Undo,
)


def decide(base: Plan, decisions: Iterable[Decision]) -> Decided:
    """Return *base* after *decisions*; the same ones always give the same.

    Args:
        base: The plan that they are about; it stays as it is.
        decisions: All of them, in their order, numbered from 1.

    Raises:
        PlanError: One of them does not fit, which the message names by its number: there is no such
            track at that point, a box lies outside the frame, or a time outside the recording.
    """
    given = tuple(decisions)
    undone, undoable, redoable = _taken_back(given)
    tracks = Tracks(base)
    walks = Walks()
    for decision in given:
        counts = decision.number not in undone
        try:
            if counts and not isinstance(decision.change, Undo):
                tracks.take(decision)
            walks.take(decision.change, counts=counts, all_given=given)
        except PlanError as error:
            raise PlanError(
                f"decision {decision.number} does not fit: {error}", hint=error.hint
            ) from error
    return Decided(
        plan=tracks.plan(),
        tracks=tracks.shown(),
        speech=tracks.speech,
        looks=walks.looks(),
        walk=walks.walk,
        undoable=undoable,
        redoable=redoable,
        history=tuple(
            Entry(
                decision=decision,
                what=wording.of(decision.change, given),
                undone=decision.number in undone,
            )
            for decision in given
        ),
        speech_decided=tracks.speech_decided,
    )


def additions(before: Plan, after: Plan, number: int) -> tuple[Change, ...]:
    """Return what the verifier added to *before* when it was followed, as changes to decide on.

    Args:
        before: The plan that was given.
        after: The plan that was followed in the end.
        number: That of the first decision that will be made of them; each is one of its own.
    """
    known = set(before.redactions)
    changes: list[Change] = []
    for redaction in after.redactions:
        keys = tuple(key for key in redaction.region if not key.box.empty)
        if redaction in known or redaction.because is not Because.VERIFIER or not keys:
            continue
        changes.append(
            Draw(
                track=f"drawn-{number + len(changes)}",
                keys=keys,
                span=redaction.span,
                interpolate=False,
                kind=redaction.kind,
            )
        )
    if after.speech is not None and after.speech != before.speech:
        changes.append(Speech(spans=after.speech))
    return tuple(changes)


def _taken_back(given: Sequence[Decision]) -> tuple[set[int], int | None, int | None]:
    """Return which decisions count no more, and which undoing and redoing take back next."""
    undone: set[int] = set()
    to_undo: list[int] = []
    to_redo: list[int] = []
    for place, decision in enumerate(given, start=1):
        if decision.number != place:
            raise PlanError(f"decision {decision.number} stands in the place of number {place}")
        if not isinstance(decision.change, Undo):
            to_undo.append(place)
            to_redo.clear()
            continue
        target = decision.change.number
        if not 1 <= target < place:
            raise PlanError(f"decision {place} does not fit: there is no decision {target} before")
        if target in undone:
            raise PlanError(f"decision {place} does not fit: {target} is undone already")
        undone.add(target)
        # What an undo took back counts again when it is undone itself, and so on down the line.
        last, counts = target, False
        while isinstance(change := given[last - 1].change, Undo):
            last, counts = change.number, not counts
            (undone.discard if counts else undone.add)(last)
        if target in to_redo:
            to_redo.remove(target)
        if counts:
            to_undo.append(last)
        else:
            if last in to_undo:
                to_undo.remove(last)
            to_redo.append(place)
    return undone, to_undo[-1] if to_undo else None, to_redo[-1] if to_redo else None
