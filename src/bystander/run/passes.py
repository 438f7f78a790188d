"""The passes over a recording, each from its first frame to its last."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from bystander import detect, hide, media, track, watch
from bystander.errors import PlanError
from bystander.records import (
    Detection,
    Detector,
    Frame,
    Kind,
    Plan,
    Policy,
    Sound,
)
from bystander.run.progress import Progress

_SOUND_AHEAD_S = Fraction(1, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What the first pass learned of a recording besides who is in it."""

    times: tuple[Fraction, ...]
    cuts: tuple[Fraction, ...]
    damaged: tuple[Fraction, ...]
    duration: Fraction
    still: bool


def look(
    footage: media.Footage,
    policy: Policy,
    detectors: Sequence[Detector],
    progress: Progress,
    *,
    also: Callable[[Frame], None] = lambda _: None,
    every_frame: bool = False,
) -> tuple[Survey, list[Detection]]:
    """Go through all frames; return when frames and cuts are, and what *detectors* saw.

    Args:
        footage: The recording.
        policy: Whom to look for.
        detectors: Who looks.
        progress: Told of every frame.
        also: Shown every frame.
        every_frame: Look at each frame whole: to measure what is lost otherwise.
    """
    progress.begin("looking for people" if detectors else "reading", footage.expected_frames)
    finder = detect.Finder(
        detectors,
        pixel_aspect=footage.pixel_aspect,
        smallest_px=policy.min_face_px,
        least_scores=_least_scores(policy),
        sure=min(policy.score, policy.score_still) if footage.still else policy.score,
        still=footage.still,
        every_frame=every_frame or footage.closely,
    )
    cuts = track.CutFinder()
    times: list[Fraction] = []
    damaged: list[Fraction] = []
    seen: list[Detection] = []
    lasts = Fraction(0)
    for frame in footage.frames():
        times.append(frame.at)
        lasts = frame.lasts or 1 / footage.rate
        if frame.damaged:
            damaged.append(frame.at)
        jumped = cuts.see(frame.at, frame.rgb(watch.LOOK_WIDTH, watch.LOOK_HEIGHT))
        if detectors:
            seen += finder.see(frame, jumped=jumped)
        also(frame)
        progress.step()
    seen += finder.finish()
    survey = Survey(
        times=tuple(times),
        cuts=cuts.cuts(),
        damaged=tuple(damaged),
        duration=times[-1] + lasts,
        still=footage.still,
    )
    return survey, seen


def _least_scores(policy: Policy) -> dict[Kind, float]:
    """Return for each kind that *policy* has looked for what scores less and counts for nothing."""
    least = {
        "faces": {Kind.FACE: min(policy.score, policy.score_continues, policy.score_still)},
        "heads": {Kind.PERSON: min(policy.person_score, policy.person_score_continues)},
        "plates": {Kind.PLATE: policy.text_score},
        "text": {Kind.TEXT: policy.text_score, Kind.CODE: 0.0},
        "screens": {Kind.SCREEN: policy.screen_score},
    }
    return {
        kind: score
        for target, scores in least.items()
        if policy.wants(target)
        for kind, score in scores.items()
    }


def render(
    drawn: Plan,
    footage: media.Footage,
    target: Path,
    progress: Progress,
    *,
    what: str = "writing",
    fill: hide.Fill | None = None,
    before: Callable[[Frame], Frame] = lambda frame: frame,
    before_sound: Callable[[Sound], Sound] = lambda sound: sound,
) -> media.AnyRecorder:
    """Write *footage* with what *drawn* names hidden to *target*.

    Args:
        drawn: What to hide.
        footage: The recording.
        target: Where to; its suffix chooses the container.
        progress: Told of every frame.
        what: What to call this pass.
        fill: Used in place of the plan's; for tests of the proof.
        before: Done to every frame before it is filled; for the proof.
        before_sound: Done to sound as it was decoded, before speech is taken out; for the proof.
    """
    progress.begin(what, drawn.footage.frames)
    policy = drawn.policy
    media.encoder_like(target, footage).check(policy.crf, hide_camera=policy.hide_camera)
    form: tuple[int, str] | None = None
    sound: Iterator[Sound] = iter(())
    if policy.keeps_sound and footage.has_sound:
        form = media.sound_form(footage, media.container_for(target))
        sound = media.read_sound(footage, *form, lambda s: hide.silence(drawn, before_sound(s)))
        sound = (hide.cover(drawn, piece) for piece in sound)
    waiting = next(sound, None)
    if waiting is None:
        form = None  # what has no sound that could be used gets no stream for it
    recorder = media.record(
        target,
        footage,
        crf=policy.crf,
        preset=policy.preset,
        sound_rate_hz=form[0] if form else None,
        sound_layout=form[1] if form else "stereo",
        hide_camera=policy.hide_camera,
    )
    with recorder:
        count = 0
        for frame in footage.frames():
            waiting = _write_sound(recorder, sound, waiting, frame.at + _SOUND_AHEAD_S)
            recorder.write(hide.apply(drawn, before(frame), fill))
            count += 1
            progress.step()
        _write_sound(recorder, sound, waiting, None)
    if count != drawn.footage.frames:
        raise PlanError(
            f"the plan is for {drawn.footage.frames} frames, the recording gave {count}",
            hint="use the same --salvage setting as when the plan was drawn up",
        )
    return recorder


def _write_sound(
    recorder: media.AnyRecorder,
    sound: Iterator[Sound],
    waiting: Sound | None,
    until: Fraction | None,
) -> Sound | None:
    """Write sound up to *until*, so that picture and sound lie side by side in the file."""
    while waiting is not None and (until is None or waiting.at <= until):
        recorder.write_sound(waiting)
        waiting = next(sound, None)
    return waiting
