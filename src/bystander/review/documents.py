"""What the page is told of a file: all of it once, and after that what has changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bystander import run
from bystander.geometry import Box
from bystander.records import Decided, Entry, Keyframe, Plan, Policy, Shown
from bystander.review.unsure import is_unsure


def of_plan(base: Plan, facts: run.Facts) -> dict[str, Any]:
    """Return what does not change: the file, and how it is redacted."""
    return {
        "kind": facts.kind,
        "width": facts.width,
        "height": facts.height,
        "frames": facts.frames,
        "duration": float(facts.duration),
        "pixel_aspect": float(facts.pixel_aspect),
        "rate": float(facts.rate),
        "has_sound": facts.has_sound,
        "notes": list(facts.notes),
        "policy": {
            "name": base.policy.name,
            "targets": list(base.policy.targets),
            "fill": base.policy.fill,
            "audio": base.policy.audio,
        },
    }


def of_track(track: Shown, policy: Policy) -> dict[str, Any]:
    """Return one track as the page knows it."""
    decided = track.decided
    return {
        "id": track.id,
        "kind": track.kind,
        "because": track.because,
        "score": round(track.score, 3),
        "start": float(track.span.start),
        "end": float(track.span.end),
        "keys": [of_key(key) for key in track.keys],
        "steps": not track.interpolate,
        "hidden": track.hidden,
        "edited": track.edited,
        "drawn": track.drawn,
        "unsure": is_unsure(track, policy),
        "decided": None
        if decided is None
        else {"by": decided.by, "when": decided.when.isoformat(), "because": decided.because},
    }


def of_key(key: Keyframe) -> list[float]:
    """Return a time and a box as a row."""
    return [float(key.at), *corners(key.box)]


def corners(box: Box) -> list[int]:
    """Return *box*, whose sides are whole, as a row."""
    return [int(box.x0), int(box.y0), int(box.x1), int(box.y1)]


def of_entry(entry: Entry) -> dict[str, Any]:
    """Return one decision as the history shows it."""
    decision = entry.decision
    return {
        "number": decision.number,
        "when": decision.when.isoformat(),
        "by": decision.by,
        "because": decision.because,
        "what": entry.what,
        "undone": entry.undone,
    }


def of_speech(decided: Decided) -> list[list[float]] | None:
    """Return when somebody speaks."""
    if decided.speech is None:
        return None
    return [[float(span.start), float(span.end)] for span in decided.speech]


def patch(before: Decided, after: Decided, policy: Policy) -> dict[str, Any]:
    """Return what is in *after* and was not in *before*, as the page knows it."""
    old = {track.id: track for track in before.tracks}
    new = {track.id for track in after.tracks}
    known: Mapping[int, Entry] = {entry.decision.number: entry for entry in before.history}
    told: dict[str, Any] = {
        "tracks": [of_track(t, policy) for t in _changed(old, after.tracks)],
        "removed": [id_ for id_ in old if id_ not in new],
        "undo": after.undoable,
        "redo": after.redoable,
        "history": [of_entry(e) for e in after.history if known.get(e.decision.number) != e],
    }
    if after.speech != before.speech:
        told["speech"] = of_speech(after)
    return told


def _changed(old: Mapping[str, Shown], tracks: Iterable[Shown]) -> list[Shown]:
    return [track for track in tracks if old.get(track.id) != track]
