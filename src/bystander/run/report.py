"""The report as a document, for programs (JSON) and for a person (one self-contained page).

It holds what was hidden, what was checked with what result, and what is not known. It holds no
picture, no name or path of a file, no value of any metadata, and only the plan's coarse boxes.
Names and reasons in it were typed by a person who decided something. It states no leak rate: nobody
knows who is truly in a user's recording.
"""

from __future__ import annotations

import datetime
import json
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from importlib import metadata
from typing import Any

import jinja2

from bystander import detect, media, verify
from bystander.geometry import Box
from bystander.plan import policies
from bystander.records import (
    Because,
    CameraMatch,
    Plan,
    Policy,
    Recount,
    Redaction,
    Report,
    Reviewed,
)
from bystander.run import audit
from bystander.run import reviewed as decided
from bystander.timeline import Span, clock, to_text

VERSION = 4

_LIBRARIES = (
    "av",
    "onnxruntime",
    "numpy",
    "pi-heif",
    "pillow",
    "webrtcvad-wheels",
    "zxing-cpp",
)
# What is not looked for unless it is a target.
_WITHOUT = {
    "faces": "faces",
    "heads": "people whose face is not seen, from behind for example",
    "people": "bodies, clothes and gait",
    "plates": "number plates",
    "text": "name tags, documents, burnt-in clocks, places and names, and other text; codes",
    "screens": "screens",
}
_NOT_LOOKED_FOR = ("tattoos, reflections and shadows",)
_CAMERA = "the fingerprint that a camera's sensor leaves in the picture"
_UNSURE_LISTED = 100
_ADVISED = 3  # regions
_AROUND_S = Fraction(1, 2)  # what shows is hidden so long before and after it was seen
# What became of the sound, by what the policy asks for.
_SOUND = {
    "drop": "dropped",
    "mute-speech": "speech muted",
    "tone": "tone for speech",
    "keep": "kept",
}
_NO_SOUND = "could not be used"  # there is a stream, and not a sample of it decodes
_SPEECH_GIVES_WAY = ("speech muted", "tone for speech")


def document(
    examined: Report,
    *,
    plan: Plan,
    footage: media.Footage,
    encoder: media.Encoder | media.PhotoEncoder,
    provider: str,
    rounds: int,
    times: Sequence[Fraction],
    reviewed: Reviewed | None = None,
) -> dict[str, Any]:
    """Return everything the report says, ready for JSON.

    Args:
        examined: What the verifier did and found.
        plan: The plan that was followed in the end.
        footage: The original, after it was read.
        encoder: What wrote the output.
        provider: What the detector ran on.
        rounds: How often the recording was written again for what the verifier found in it.
        times: When every frame of the original is shown.
        reviewed: What a person decided about the plan.
    """
    policy = plan.policy
    sound = _sound(plan, footage)
    return {
        "format": "bystander-report",
        "version": VERSION,
        "clean": examined.clean,
        "made_on": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "program": {"name": "bystander", "version": metadata.version("bystander")},
        "libraries": {name: metadata.version(name) for name in _LIBRARIES},
        "models": models(),
        "original": {
            "kind": "photo" if isinstance(footage, media.Photo) else "recording",
            "sha256": plan.footage.sha256,
            "size": f"{plan.footage.width}x{plan.footage.height}",
            "frames": plan.footage.frames,
            "duration_s": _seconds(plan.footage.duration),
        },
        "output": {
            "sha256": examined.output_sha256 if examined.clean else None,
            "codec": encoder.codec,
            "encoder": {"name": encoder.name, **encoder.options(policy.crf, policy.preset)},
        },
        "plan_sha256": examined.plan_sha256,
        "settings": settings(policy),
        "weaker_than_release": list(policies.weaker(policy, sound=footage.has_sound)),
        "provider": provider,
        "added_by_second_look": sum(r.because is Because.VERIFIER for r in plan.redactions),
        "rounds_added_by_verifier": rounds,
        "hidden_by_kind": dict(
            sorted(Counter(str(r.kind) for r in plan.redactions if r.kind).items())
        ),
        "hidden": [_hidden(redaction) for redaction in plan.redactions],
        "checks": [
            {"name": check.name, "passed": check.passed, "looked_at": check.looked_at}
            for check in examined.ran
        ],
        "not_done": _not_done(policy),
        "skipped": [{"name": skip.name, "why": skip.why} for skip in examined.skipped],
        "leaks": [
            {
                "check": leak.check,
                "what": leak.what,
                "start_s": _seconds(leak.span.start) if leak.span else None,
                "end_s": _seconds(leak.span.end) if leak.span else None,
                "box": _coarse(leak.box, plan) if leak.box else None,
            }
            for leak in examined.leaks
        ],
        "unsure": [
            {"at_s": _seconds(at), "box": _coarse(box, plan)}
            for at, box in examined.unsure[:_UNSURE_LISTED]
        ],
        "unsure_count": len(examined.unsure),
        "recount": _recount(examined.recount),
        "camera": _camera(plan, examined.camera),
        "audit": _audit(times, examined.plan_sha256),
        "left_out": _left_out(footage, sound),
        "sound": sound,
        "speech": _speech(plan, footage, examined) if sound in _SPEECH_GIVES_WAY else None,
        "changed_on_the_way_in": list(footage.notes),
        "damage": {
            "cut_short": footage.damage.cut,
            "packets_that_do_not_decode": footage.damage.packets,
            "frames_covered_whole": footage.damage.frames,
            "frames_stated": footage.expected_frames,
            "frames_read": plan.footage.frames,
            "times_corrected": footage.damage.retimed,
            "sound": _sound_lost(footage.sound),
        },
        "not_looked_for": [
            *(what for target, what in _WITHOUT.items() if not policy.wants(target)),
            *_NOT_LOOKED_FOR,
            *(() if policy.hide_camera else (_CAMERA,)),
        ],
        "kept": [
            {
                "start_s": _seconds(region.start),
                "end_s": None if region.end is None else _seconds(region.end),
                "box": _coarse(region.box, plan),
            }
            for region in plan.kept
            if region.track is None
        ],
        "kept_tracks": decided.kept_tracks(plan, reviewed),
        "reviewed": None if reviewed is None else decided.document(reviewed, plan),
    }


def _not_done(policy: Policy) -> list[dict[str, str]]:
    """Return what is checked of other outputs and is not to be of this: no failure, and said."""
    if policy.wants("faces"):
        return []
    return [{"name": verify.SECOND_LOOK, "why": "it looks for faces, which are not hidden here"}]


def models() -> list[dict[str, Any]]:
    """Return what the report says of the models."""
    return [
        {
            "name": asset.name,
            "role": asset.role,
            "sha256": asset.sha256,
            "licence": asset.licence,
            "package": asset.package,
        }
        for asset in detect.read_lock()
        if asset.role != "sample"
    ]


def settings(policy: Policy) -> dict[str, Any]:
    """Return what the report says of *policy*."""
    return {
        name: to_text(value) if isinstance(value, Fraction) else value
        for name, value in ((n, getattr(policy, n)) for n in type(policy).__slots__)
    }


def to_json(document: dict[str, Any]) -> str:
    """Return the report for programs."""
    return json.dumps(document, indent=1) + "\n"


def to_html(document: dict[str, Any]) -> str:
    """Return the report as one page that needs nothing else and runs nothing."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("bystander.run"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["clock"] = lambda seconds: clock(Fraction(seconds).limit_denominator(1000))
    return environment.get_template("report.html.j2").render(
        report=document,
        reasons={
            Because.DETECTOR: "found by the detector",
            Because.VERIFIER: "found by the second look",
            Because.DAMAGED: "covered whole: the frame is damaged",
            Because.ASKED: "asked for",
        },
    )


def _hidden(redaction: Redaction) -> dict[str, Any]:
    return {
        "track": redaction.track,
        "kind": redaction.kind,
        "because": redaction.because,
        "start_s": _seconds(redaction.span.start),
        "end_s": _seconds(redaction.span.end),
        "best_score": round(redaction.score, 2),
    }


def _recount(recount: Recount | None) -> dict[str, Any] | None:
    if recount is None:
        return None
    return {
        "looks": recount.looks,
        "both": recount.both,
        "first_only": recount.first_only,
        "second_only": recount.second_only,
        "missed_if_independent": round(recount.missed, 1),
    }


def _camera(plan: Plan, match: CameraMatch | None) -> dict[str, Any]:
    """Return what became of the camera's fingerprint: ``left``, or ``reduced``; never removed."""
    said: dict[str, Any] = {"fingerprint": "reduced" if plan.policy.hide_camera else "left"}
    if match is not None:
        said |= {
            "frames": match.frames,
            "pce_before": None if match.before is None else round(match.before, 1),
            "pce_after": None if match.after is None else round(match.after, 1),
            "in_words": match.in_words,
        }
    return said


def _audit(times: Sequence[Fraction], seed: str) -> dict[str, Any]:
    drawn = audit.moments(times, seed)
    looks = [looks for looks in audit.LOOKS if looks < len(drawn)] + [len(drawn)]
    return {
        "moments_s": [_seconds(at) for at in drawn],
        "every_frame": len(drawn) == len(times),
        "supports": [{"clean_looks": n, "fewer_than_percent": audit.percent(n)} for n in looks],
    }


def _sound(plan: Plan, footage: media.Footage) -> str:
    if not footage.has_sound:
        return "none"
    if plan.policy.keeps_sound and footage.sound and not footage.sound.length:
        return _NO_SOUND
    return _SOUND[plan.policy.audio]


def _sound_lost(tally: media.SoundTally | None) -> dict[str, Any] | None:
    """Return what of the original's sound was not used; ``None`` if it was not read."""
    if tally is None:
        return None
    return {
        "read_s": _seconds(tally.length),
        "packets_that_do_not_decode": tally.packets,
        "before_the_first_frame_s": _seconds(tally.early_s),
        "dropped_where_the_clock_went_back_s": _seconds(tally.twice_s),
        "out_of_reach": tally.gaps,
    }


def _speech(plan: Plan, footage: media.Footage, examined: Report) -> dict[str, Any]:
    end = footage.sound.length if footage.sound else plan.footage.duration
    # A plan may name more than there is.
    spans = [Span(s.start, min(s.end, end)) for s in plan.speech or () if s.start < end]
    return {
        "stretches": [{"start_s": _seconds(s.start), "end_s": _seconds(s.end)} for s in spans],
        "hidden_s": _seconds(sum((s.duration for s in spans), Fraction(0))),
        "unsure": [
            {"start_s": _seconds(s.start), "end_s": _seconds(s.end)}
            for s in examined.unsure_speech[:_UNSURE_LISTED]
        ],
        "unsure_count": len(examined.unsure_speech),
    }


def _left_out(footage: media.Footage, sound: str) -> dict[str, int]:
    """Return the counts of what was not read, less the audio stream where its sound is kept."""
    counts = dict(footage.left_out)
    if sound not in ("none", "dropped", _NO_SOUND) and footage.sound_kind in counts:
        counts[footage.sound_kind] -= 1
    return {kind: count for kind, count in counts.items() if count}


def what_helps(examined: Report, plan: Plan, *, still: bool) -> str:
    """Return what a person can do about what shows, as the end of a sentence; empty if nothing."""
    regions = []
    for leak in examined.leaks:
        if leak.found and leak.box and leak.span:
            x0, y0, x1, y1 = _coarse(leak.box, plan)
            start, end = max(Fraction(0), leak.span.start - _AROUND_S), leak.span.end + _AROUND_S
            when = "" if still else f"@{clock(start)}-{clock(end)}"
            regions.append(f"--region {x0},{y0},{x1 - x0},{y1 - y0}{when}")
    return f"; to hide what shows there: {' '.join(regions[:_ADVISED])}" if regions else ""


def _seconds(at: Fraction) -> float:
    return round(float(at), 3)


def _coarse(box: Box, plan: Plan) -> list[int]:
    """Return *box* no finer than the plan's own grid: an exact one would publish the motion."""
    snapped = box.snapped(plan.policy.grid_px).clipped(plan.footage.width, plan.footage.height)
    return [int(side) for side in (snapped.x0, snapped.y0, snapped.x1, snapped.y1)]
