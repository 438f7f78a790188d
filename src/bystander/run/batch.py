"""A recording goes in, the same recording without its people comes out, or nothing does.

Two passes make the output: one looks for people, so that what is seen late protects what came
before, and one fills and writes. A third verifies; what its own detector finds with evidence is
added to the plan, and the recording is written and verified again, a few times at most. That
detector has been shown the original in the first pass, so that this is seldom needed. Only an
output with a clean report gets its name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bystander import detect, media, plan, verify, watch
from bystander.errors import LeakFound, PlanError
from bystander.plan import policies
from bystander.records import Frame, Listener, Plan, Policy, Region, Report, Reviewed
from bystander.run import drawing, eyes, passes, report
from bystander.run.listening import Listening
from bystander.run.outputs import Outputs, check_outputs, check_target
from bystander.run.progress import Progress, Silent
from bystander.run.workspace import Workspace, publish, write_text
from bystander.threads import Beside

_MOST_ROUNDS = 2
# Text shows at the edges of masks over text; each round hides less of it than the one before.
_MOST_ROUNDS_TEXT, _MOST_ROUNDS_STILL = 3, 5
# Where that goes on in a photo, all that one round finds is hidden as one, which has few edges.
_ROUNDS_PIECEMEAL = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a run is made; nothing here changes what a plan gives.

    Attributes:
        provider: What the detectors run on: one of ``detect.PROVIDERS``, or ``auto``.
        salvage: Work on what decodes of a damaged recording.
        force: Replace files that exist.
        limits: How much of a file is taken.
    """

    provider: str = "auto"
    salvage: bool = False
    force: bool = False
    limits: media.Limits = field(default_factory=media.Limits)


def redact(
    source: Path,
    outputs: Outputs,
    policy: Policy,
    *,
    given: Plan | None = None,
    regions: Sequence[Region] = (),
    options: Options | None = None,
    progress: Progress | None = None,
    amend: bool = True,
    reviewed: Reviewed | None = None,
) -> Report:
    """Redact *source*.

    Args:
        source: The recording.
        outputs: Where to write.
        policy: What to hide and how; a plan that is *given* brings its own.
        given: A plan to use instead of looking for people.
        regions: What is hidden as well, or kept; a plan that is *given* has them already.
        options: How to go about it.
        progress: Told of every pass and frame.
        amend: Hide what the verifier finds as well; otherwise it is a leak at once.
        reviewed: What a person decided about the plan that is *given*, for the report.

    Returns:
        A clean report.

    Raises:
        FootageError: The recording cannot be read or the new one cannot be written.
        ModelError: A detector is missing or altered.
        PlanError: Policy or plan cannot be followed, or a region covers nothing.
        LeakFound: Something is still showing; there is a report, and no output.
    """
    options, progress = options or Options(), progress or Silent()
    if given and regions:
        raise PlanError("a plan that is given has its own regions")
    check_outputs(source, outputs, force=options.force)
    policy = given.policy if given else policy
    plan.check_policy(policy)
    footage = media.open_footage(source, salvage=options.salvage, limits=options.limits)
    encoder = media.encoder_like(outputs.recording, footage)
    encoder.check(policy.crf, hide_camera=policy.hide_camera)
    _say_of_sound(policy, footage, progress)
    verifier = detect.YuFace()
    with Workspace(outputs.recording) as workspace:
        # Whatever this run ends with, nothing older is under the output's name afterwards.
        if options.force:
            for older in (outputs.recording, outputs.report_json, outputs.report_html):
                older.unlink(missing_ok=True)
        foresight = verify.Foresight(
            verifier,
            footage.pixel_aspect,
            is_large=footage.width * footage.height > watch.LARGE_PX,
            every_frame=footage.closely,
        )
        faces = policy.wants("faces")
        with Beside(foresight.see if faces else _ignore) as beside:
            drawn, survey, provider = (
                _look(
                    footage,
                    policy,
                    regions=regions,
                    provider=options.provider,
                    progress=progress,
                    also=beside.hand,
                )
                if given is None
                else _go_through(footage, given, progress, also=beside.hand)
            )
        if not isinstance(footage, media.Photo):
            detect.unload()  # a recording is long, and what its looks took is not needed to write
        counted = foresight.count(drawn) if faces else None
        witnesses = eyes.for_verifier(policy)
        if faces and amend and (missed := foresight.missed(drawn)):
            progress.say("the second look found more: hiding it as well")
            drawn = drawing.add_found(drawn, footage, survey, [*missed], 0)
        made = workspace.path / outputs.recording.name
        rounds, most = 0, _most_rounds(policy, footage)
        while True:
            recorder = passes.render(drawn, footage, made, progress)
            progress.begin("verifying", drawn.footage.frames)
            examined = verify.examine(
                made,
                plan=drawn,
                plan_sha256=plan.sha256(drawn),
                original=footage,
                detector=verifier,
                witnesses=witnesses,
                at_last=rounds == most - 1,
                counted=counted,
                foreseen=foresight if faces else None,
                camera=policy.hide_camera,
                listener=_second_listener(policy, footage),
                to_original=_second_listener(policy, footage) if given else None,
                step=progress.step,
            )
            if not amend or rounds == most or not _can_be_mended(examined):
                break
            rounds += 1
            drawn = _mended(drawn, footage, survey, examined, rounds=rounds, progress=progress)
        document = report.document(
            examined,
            plan=drawn,
            footage=footage,
            encoder=recorder.encoder,
            provider=provider,
            rounds=rounds,
            times=survey.times,
            reviewed=reviewed,
        )
        texts = {
            outputs.plan: plan.to_json(drawn),
            outputs.report_json: report.to_json(document),
            outputs.report_html: report.to_html(document),
        }
        timeless = drawn.policy.neutral_names
        if not examined.clean:
            for target, text in texts.items():
                write_text(text, target, workspace, timeless=timeless)
            raise LeakFound(
                f"{len(examined.leaks)} leak{'s' * (len(examined.leaks) != 1)} found, first: "
                f"{examined.leaks[0].what}"
                if examined.leaks
                else "a check did not run",
                report=examined,
                hint=f"no output was written; {outputs.report_html} says what was found"
                f"{report.what_helps(examined, drawn, still=footage.still)}",
            )
        footage.check_unchanged()
        try:
            for target, text in texts.items():
                write_text(text, target, workspace, timeless=timeless)
            publish(made, outputs.recording, timeless=timeless)
        except BaseException:
            # A report that says "clean" does not stay without the output that it is about.
            for target in texts:
                target.unlink(missing_ok=True)
            raise
    return examined


def draw_up(
    source: Path,
    target: Path,
    policy: Policy,
    *,
    regions: Sequence[Region] = (),
    options: Options | None = None,
    progress: Progress | None = None,
) -> Plan:
    """Look at *source* and write the plan to *target*, with *regions* hidden or kept.

    Raises:
        FootageError: The recording cannot be read, or the plan not written.
        ModelError: The detector is missing or altered.
        PlanError: The policy cannot be followed, or a region covers nothing.
    """
    options, progress = options or Options(), progress or Silent()
    check_target(source, target, force=options.force)
    plan.check_policy(policy)
    footage = media.open_footage(source, salvage=options.salvage, limits=options.limits)
    drawn, _, _ = _look(
        footage, policy, regions=regions, provider=options.provider, progress=progress
    )
    with Workspace(target) as workspace:
        write_text(plan.to_json(drawn), target, workspace)
    return drawn


def _look(
    footage: media.Footage,
    policy: Policy,
    *,
    regions: Sequence[Region],
    provider: str,
    progress: Progress,
    also: Callable[[Frame], None] = lambda _: None,
) -> tuple[Plan, passes.Survey, str]:
    """Look for whom *policy* names; return the plan, what was learned, and what it ran on."""
    plan.check_regions(regions, width=footage.width, height=footage.height)
    provider = detect.chosen(provider)
    detectors, ran_on = eyes.for_plan(policy, provider)
    names = " and ".join(detector.name for detector in detectors)
    progress.say(f"looking with {names} on {ran_on}")
    listening = Listening(footage, policy)
    for name in listening.names:
        progress.say(f"listening with {name}")

    def go_on(frame: Frame) -> None:
        also(frame)
        listening.up_to(frame.at)

    survey, seen = passes.look(footage, policy, detectors, progress, also=go_on)
    drawn = drawing.draw_up(
        footage,
        survey,
        policy,
        seen,
        detectors,
        regions=regions,
        speech=listening.finish(),
        listeners=listening.names,
    )
    return drawn, survey, ran_on


def _go_through(
    footage: media.Footage, given: Plan, progress: Progress, also: Callable[[Frame], None]
) -> tuple[Plan, passes.Survey, str]:
    """Check that *given* is a plan for *footage*; otherwise as :func:`_look`."""
    drawing.check_fits(given, footage)
    survey, _ = passes.look(footage, given.policy, [], progress, also=also)
    drawing.check_length(given, survey)
    return given, survey, "none: the plan was given"


def _say_of_sound(policy: Policy, footage: media.Footage, progress: Progress) -> None:
    """Say what becomes of the sound of *footage*, if it has any."""
    if footage.has_sound:
        less = policies.weaker_in_sound(policy)
        dropped = "the sound is dropped, voices identify people; --audio keep keeps it"
        progress.say(f"weaker than release, as asked: {less}" if less else dropped)


def _most_rounds(policy: Policy, footage: media.Footage) -> int:
    """Return how often the recording is written anew for what the verifier finds in it."""
    if not policy.wants("text"):
        return _MOST_ROUNDS
    return _MOST_ROUNDS_STILL if footage.still else _MOST_ROUNDS_TEXT


def _can_be_mended(examined: Report) -> bool:
    """Return whether there are leaks, and all of them are of what can be hidden as well."""
    return bool(examined.leaks) and all(
        leak.found or (leak.check == verify.SPEECH and leak.span) for leak in examined.leaks
    )


def _mended(
    drawn: Plan,
    footage: media.Footage,
    survey: passes.Survey,
    examined: Report,
    *,
    rounds: int,
    progress: Progress,
) -> Plan:
    """Return *drawn* with what the verifier saw and heard hidden as well."""
    if found := [d for leak in examined.leaks for d in leak.found]:
        progress.say(f"the second look found {_sightings(examined)}: hiding it and starting over")
        found += examined.nearly
        if footage.still and rounds > _ROUNDS_PIECEMEAL:
            found = drawing.as_one(found)
        drawn = drawing.add_found(drawn, footage, survey, found, rounds)
    spoken = [leak.span for leak in examined.leaks if leak.check == verify.SPEECH and leak.span]
    if spoken:
        progress.say("somebody is heard in the output: hiding it and starting over")
        drawn = drawing.add_speech(drawn, (*spoken, *examined.unsure_speech))
    return drawn


def examine(
    output: Path,
    source: Path,
    given: Plan,
    *,
    camera: bool = False,
    options: Options | None = None,
    progress: Progress | None = None,
) -> Report:
    """Verify *output* against *given* and the original *source*; a report, clean or not.

    Raises:
        FootageError: Either recording cannot be read.
        ModelError: The verifier's detector is missing or altered.
        PlanError: The plan is for another recording.
    """
    options, progress = options or Options(), progress or Silent()
    footage = media.open_footage(source, salvage=options.salvage, limits=options.limits)
    drawing.check_fits(given, footage)
    verifier = detect.YuFace()
    progress.begin("verifying", given.footage.frames)
    return verify.examine(
        output,
        plan=given,
        plan_sha256=plan.sha256(given),
        original=footage,
        detector=verifier,
        camera=camera,
        witnesses=eyes.for_verifier(given.policy),
        listener=_second_listener(given.policy, footage),
        to_original=_second_listener(given.policy, footage),
        step=progress.step,
    )


def _second_listener(policy: Policy, footage: media.Footage) -> Listener | None:
    """Return who listens to what is left, if there is sound from which speech is taken."""
    return detect.Silero(verify.UNSURE) if policy.hides_speech and footage.has_sound else None


def _ignore(_: Frame) -> None:
    pass


def _sightings(examined: Report) -> str:
    count = sum(1 for leak in examined.leaks if leak.found)
    return "something" if count == 1 else f"{count} things"
