"""The passes over a recording, each from its first frame to its last."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from bystander import detect, hide, media, plan, track, watch
from bystander.errors import PlanError
from bystander.records import (
    Because,
    Detection,
    Detector,
    FootageFacts,
    Frame,
    Kind,
    Plan,
    Policy,
    Redaction,
    Region,
    Sound,
    Track,
)
from bystander.run.progress import Progress
from bystander.timeline import Span

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


def draw_up(
    footage: media.Footage,
    survey: Survey,
    policy: Policy,
    seen: list[Detection],
    detectors: Sequence[Detector],
    *,
    regions: Sequence[Region] = (),
    speech: tuple[Span, ...] | None = None,
    listeners: Sequence[str] = (),
) -> Plan:
    """Return the plan that hides everyone who was seen, every frame that is damaged, and *regions*.

    And *speech*, which *listeners* heard.
    What lies wholly in one of *regions* that is to be kept is not hidden for being seen.

    Raises:
        PlanError: A region covers nothing.
    """
    keep = tuple(region for region in regions if region.keep)
    tracks = _tracks(footage, survey, policy, seen, keep)
    redactions = _redactions(tracks, footage, survey, policy, Because.DETECTOR)
    covered = plan.whole_frames(
        survey.damaged, times=survey.times, width=footage.width, height=footage.height
    )
    asked = plan.asked_for(
        regions,
        policy=policy,
        times=survey.times,
        width=footage.width,
        height=footage.height,
        grid_origin=footage.grid_origin,
    )
    return plan.draw_up(
        (*redactions, *covered, *asked),
        footage=FootageFacts(
            sha256=footage.sha256,
            width=footage.width,
            height=footage.height,
            frames=len(survey.times),
            duration=survey.duration,
        ),
        policy=policy,
        detectors=[*(detector.name for detector in detectors), *listeners],
        speech=speech,
        kept=keep,
    )


def _tracks(
    footage: media.Footage,
    survey: Survey,
    policy: Policy,
    seen: list[Detection],
    keep: Sequence[Region],
) -> tuple[Track, ...]:
    """Return the tracks of all that the policy's targets name."""

    def link(
        found: Iterable[Detection],
        prefix: str,
        *evidence: tuple[float, int],
        extend_s: Fraction = policy.extend_s,
    ) -> tuple[Track, ...]:
        found = (d for d in found if not any(region.holds(d.box, d.at) for region in keep))
        return track.link(
            found,
            cuts=survey.cuts,
            times=survey.times,
            duration=survey.duration,
            evidence=evidence,
            gap_s=policy.gap_s,
            extend_s=extend_s,
            prefix=prefix,
        )

    marks: list[Track] = []
    for kind in (Kind.PLATE, Kind.TEXT, Kind.CODE, Kind.SCREEN):
        these = (d for d in seen if d.kind is kind)
        marks += link(these, f"{kind}-", (0.0, 1), extend_s=policy.text_extend_s)
    marks += track.overlays(marks, duration=survey.duration)
    least = min(policy.score, policy.score_still) if survey.still else policy.score
    faces = link((d for d in seen if d.kind is Kind.FACE), "face-", (least, 1))
    if not policy.wants("heads"):
        return (*faces, *marks)
    evidence = [(policy.person_score, policy.person_looks)]
    if not survey.still:  # in which nobody lasts
        evidence.append((policy.person_score_long, policy.person_looks_long))
    people = link((d for d in seen if d.kind is Kind.PERSON), "person-", *evidence)
    heads = link(track.heads(people, faces), "head-", (0.0, 1))
    if not policy.wants("people"):
        return (*faces, *heads, *marks)
    unseen = track.bodies(faces, people, width=footage.width, height=footage.height)
    return (*faces, *heads, *people, *link(unseen, "body-", (0.0, 1)), *marks)


def add_found(
    drawn: Plan, footage: media.Footage, survey: Survey, found: list[Detection], round_number: int
) -> Plan:
    """Return *drawn* with what the verifier found hidden as well."""
    prefix = f"second-look-{round_number}-"
    of_faces = [detection for detection in found if detection.kind is Kind.FACE]
    bodies = [
        replace(detection, kind=Kind.PERSON, box=track.body_of(detection.box))
        for detection in (of_faces if drawn.policy.wants("people") else ())
    ]
    tracks = [
        one
        for these, named in ((found, prefix), (bodies, f"{prefix}body-"))
        for one in track.link(
            these,
            cuts=survey.cuts,
            times=survey.times,
            duration=survey.duration,
            evidence=((0.0, 1),),
            gap_s=drawn.policy.gap_s,
            extend_s=drawn.policy.extend_s,
            prefix=named,
        )
    ]
    added = _redactions(tuple(tracks), footage, survey, drawn.policy, Because.VERIFIER)
    return plan.draw_up(
        (*drawn.redactions, *added),
        footage=drawn.footage,
        policy=drawn.policy,
        detectors=(*drawn.detectors, *(detection.detector for detection in found)),
        speech=drawn.speech,
        kept=drawn.kept,
    )


def add_speech(drawn: Plan, found: Iterable[Span]) -> Plan:
    """Return *drawn* with speech that the verifier heard hidden as well."""
    spans = plan.speech(found, drawn.policy)
    # What is in the plan has its margins already, and keeps the ends that a person gave it.
    bare = replace(drawn.policy, speech_pad_s=Fraction(0))
    return replace(drawn, speech=plan.speech((*(drawn.speech or ()), *spans), bare))


def _redactions(
    tracks: tuple[Track, ...],
    footage: media.Footage,
    survey: Survey,
    policy: Policy,
    because: Because,
) -> tuple[Redaction, ...]:
    return plan.redactions(
        tracks,
        policy=policy,
        because=because,
        times=survey.times,
        width=footage.width,
        height=footage.height,
        grid_origin=footage.grid_origin,
    )


def check_fits(drawn: Plan, footage: media.Footage) -> None:
    """Check that *drawn* is a plan for *footage*.

    Raises:
        PlanError: It is for another recording, or for another state of it.
    """
    if drawn.footage.sha256 != footage.sha256:
        raise PlanError(
            "the plan was drawn up for another recording",
            hint="bystander detect IN -o PLAN draws one up",
        )
    if (drawn.footage.width, drawn.footage.height) != (footage.width, footage.height):
        raise PlanError("the plan is for frames of another size than the recording's")
    if drawn.hides_speech and drawn.speech is None and footage.has_sound:
        raise PlanError(
            "the plan hides speech and does not say when anybody speaks",
            hint="bystander detect IN --audio mute-speech -o PLAN listens for it",
        )


def check_length(drawn: Plan, survey: Survey) -> None:
    """Check that the recording has as many frames as *drawn* is for.

    Raises:
        PlanError: It has not.
    """
    if len(survey.times) != drawn.footage.frames:
        raise PlanError(
            f"the plan is for {drawn.footage.frames} frames, the recording gave "
            f"{len(survey.times)}",
            hint="use the same --salvage setting as when the plan was drawn up",
        )


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
