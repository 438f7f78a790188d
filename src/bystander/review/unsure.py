"""Where the program itself is not sure, so that a person looks there first."""

from __future__ import annotations

import json
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

from bystander.records import Because, Kind, Plan, Policy, Shown

_LONGEST_REPORT = 1 << 28  # bytes
_NEAR = 1.15  # a score up to this many times the least that counts is hardly one
_MOST = 5000


def is_unsure(track: Shown, policy: Policy) -> bool:
    """Return whether *track* is there on little evidence, or one look did not see it at all."""
    if track.because is Because.VERIFIER:
        return True
    return track.because is Because.DETECTOR and track.score <= _least(track, policy) * _NEAR


def _least(track: Shown, policy: Policy) -> float:
    """Return the score at which what *track* is of begins to count."""
    match track.kind:
        case Kind.FACE:
            return min(policy.score, policy.score_still)
        case Kind.HEAD | Kind.PERSON:
            return min(policy.person_score, policy.person_score_long)
        case Kind.PLATE | Kind.TEXT | Kind.CODE:
            return policy.text_score
        case Kind.SCREEN:
            return policy.screen_score
    return 0.0


def moments(tracks: Iterable[Shown], base: Plan, report: Path) -> list[dict[str, Any]]:
    """Return where to look first, in order of time, as the page knows it.

    Args:
        tracks: As they were in the plan that is reviewed.
        base: That plan.
        report: Where a report on this file may lie; what it is unsure of is taken from it.
    """
    found: list[dict[str, Any]] = [
        {"at": float(at), "box": box, "why": why}
        for track in tracks
        if is_unsure(track, base.policy)
        for at, box, why in [_of_track(track)]
    ]
    found += _of_report(report, base)
    return sorted(found, key=lambda moment: moment["at"])[:_MOST]


def _of_track(track: Shown) -> tuple[Fraction, list[int], str]:
    middle = (track.span.start + track.span.end) / 2
    key = [each for each in track.keys if each.at <= middle][-1:] or [track.keys[0]]
    box = key[0].box
    why = (
        f"only the second look saw {track.id}"
        if track.because is Because.VERIFIER
        else f"{track.id} was hardly seen: its best score is {track.score:.2f}"
    )
    at = max(key[0].at, track.span.start)
    return at, [int(box.x0), int(box.y0), int(box.x1), int(box.y1)], why


def _of_report(path: Path, base: Plan) -> list[dict[str, Any]]:
    """Return what the report at *path* is unsure of, if it is one on the footage of *base*."""
    document = read_report(path)
    width, height = base.footage.width, base.footage.height
    end = float(base.footage.duration)
    found: list[dict[str, Any]] = []
    try:
        if document is None or document["original"]["sha256"] != base.footage.sha256:
            return []
        for moment in document["unsure"][:_MOST]:
            x0, y0, x1, y1 = (int(side) for side in moment["box"])
            if 0 <= x0 < x1 <= width and 0 <= y0 < y1 <= height:
                found.append(
                    {
                        "at": min(max(float(moment["at_s"]), 0.0), end),
                        "box": [x0, y0, x1, y1],
                        "why": "the second look saw something, without being sure",
                    }
                )
        for stretch in (document["speech"] or {"unsure": []})["unsure"][:_MOST]:
            at = min(max(float(stretch["start_s"]), 0.0), end)
            found.append({"at": at, "box": None, "why": "somebody may speak here"})
    except (LookupError, TypeError, ValueError):
        return []  # not as our reports are
    return found


def read_report(path: Path) -> dict[str, Any] | None:
    """Return the report at *path*; ``None``: there is none that can be read."""
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > _LONGEST_REPORT:
            return None
        document = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    is_report = isinstance(document, dict) and document.get("format") == "bystander-report"
    return document if is_report else None
