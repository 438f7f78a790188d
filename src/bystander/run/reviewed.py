"""What a report says that a person decided: who is kept, what was drawn and changed, what was seen.

In times, names of tracks and the words of who decided; no picture, and no box.
"""

from __future__ import annotations

from datetime import UTC
from fractions import Fraction
from typing import Any

from bystander.records import Decision, Entry, Plan, Reviewed, Shown
from bystander.run import audit


def kept_tracks(plan: Plan, reviewed: Reviewed | None) -> list[dict[str, Any]]:
    """Return the tracks that are kept, in order of time, by whom and why as far as is known.

    Args:
        plan: The plan that was followed; it says which tracks, if nothing else is known.
        reviewed: What was decided, or ``None``.
    """
    if reviewed is not None:
        return [_track(track) for track in reviewed.tracks if not track.hidden]
    found: dict[str, dict[str, Any]] = {}
    for region in plan.kept:
        if region.track is None:
            continue
        end = plan.footage.duration if region.end is None else region.end
        track = found.setdefault(
            region.track,
            {
                "track": region.track,
                "kind": region.kind,
                "start_s": _seconds(region.start),
                "end_s": _seconds(end),
                **_by(None),
            },
        )
        track["start_s"] = min(track["start_s"], _seconds(region.start))
        track["end_s"] = max(track["end_s"], _seconds(end))
    return sorted(found.values(), key=lambda track: (track["start_s"], track["track"]))


def document(reviewed: Reviewed, plan: Plan) -> dict[str, Any]:
    """Return the rest of what the report says of a review, ready for JSON."""
    hidden = [track for track in reviewed.tracks if track.hidden]
    return {
        "plan_sha256": reviewed.plan_sha256,
        "decisions": len(reviewed.history),
        "drawn": [_track(track) for track in hidden if track.drawn and track.kind is None],
        "changed": [_track(track) for track in hidden if track.edited and not track.drawn],
        "speech": None if reviewed.speech_decided is None else _by(reviewed.speech_decided),
        "walks": _walks(reviewed, plan.footage.frames),
        "history": [_entry(entry) for entry in reviewed.history],
    }


def _track(track: Shown) -> dict[str, Any]:
    return {
        "track": track.id,
        "kind": track.kind,
        "start_s": _seconds(track.span.start),
        "end_s": _seconds(track.span.end),
        **_by(track.decided),
    }


def _by(decision: Decision | None) -> dict[str, Any]:
    if decision is None:
        return {"by": None, "when": None, "because": None}
    return {
        "by": decision.by,
        "when": decision.when.astimezone(UTC).isoformat(timespec="seconds"),
        "because": decision.because,
    }


def _walks(reviewed: Reviewed, frames: int) -> list[dict[str, Any]]:
    """Return what the looks of each walk support; but the last are of a picture since changed."""
    walks = []
    for number in sorted({look.walk for look in reviewed.looks}):
        looks = [look for look in reviewed.looks if look.walk == number]
        walks.append(
            {
                "walk": number,
                "looks": len(looks),
                "showing": sum(not look.clean for look in looks),
                "supports": audit.sentence(looks, frames=frames),
                "changed_since": number < reviewed.walk,
            }
        )
    return walks


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "number": entry.decision.number,
        "what": entry.what,
        "undone": entry.undone,
        **_by(entry.decision),
    }


def _seconds(at: Fraction) -> float:
    return round(float(at), 3)
