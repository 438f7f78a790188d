"""From what the first pass saw, and the verifier later, to the plan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

from bystander import media, plan, track
from bystander.errors import PlanError
from bystander.records import (
    Because,
    Detection,
    Detector,
    FootageFacts,
    Kind,
    Plan,
    Policy,
    Redaction,
    Region,
    Track,
)
from bystander.run.passes import Survey
from bystander.timeline import Span


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


def as_one(found: Sequence[Detection]) -> list[Detection]:
    """Return *found* with the text of each moment as one detection, around all of it."""
    texts: dict[Fraction, Detection] = {}
    others: list[Detection] = []
    for detection in found:
        if detection.kind is not Kind.TEXT:
            others.append(detection)
        elif (before := texts.get(detection.at)) is None:
            texts[detection.at] = detection
        else:
            hull, score = before.box.hull(detection.box), max(before.score, detection.score)
            texts[detection.at] = replace(before, box=hull, score=score)
    return [*others, *texts.values()]


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
