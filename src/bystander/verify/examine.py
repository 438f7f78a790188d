"""Opening the output as a stranger would, and checking all that was promised of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import zip_longest
from pathlib import Path

from bystander import media
from bystander.errors import FootageError
from bystander.records import (
    CameraMatch,
    Check,
    Detector,
    Frame,
    Leak,
    Listener,
    Plan,
    Recount,
    Report,
    Skipped,
)
from bystander.threads import Beside
from bystander.timeline import Span, clock
from bystander.verify import container, fills, moments, photos, voices
from bystander.verify import second_look as second
from bystander.verify.camera import Comparison
from bystander.verify.foresight import Foresight
from bystander.verify.marks import MarkLook, Witness
from bystander.verify.moments import Moment
from bystander.verify.recount import Recounter
from bystander.verify.second_look import SecondLook

PICTURE = "picture"

Note = Callable[[str, str, list[Leak]], None]


def examine(  # noqa: PLR0912, PLR0915 one check after the other
    output: Path,
    *,
    plan: Plan,
    plan_sha256: str,
    original: media.Footage,
    detector: Detector,
    witnesses: Sequence[Witness] = (),
    at_last: bool = False,
    counted: Recount | None = None,
    foreseen: Foresight | None = None,
    camera: bool = False,
    listener: Listener | None = None,
    to_original: Listener | None = None,
    step: Callable[[], None] = lambda: None,
) -> Report:
    """Check *output* against the plan and the original that it was made from.

    Args:
        output: The redacted recording.
        plan: What must be hidden in it.
        plan_sha256: The plan's digest, for the report.
        original: The recording that the plan is for.
        detector: Looks for faces that the plan missed, where faces are to be hidden; not the one
            the plan was made with.
        witnesses: Look for what else is to be hidden.
        at_last: Whether what is found can be hidden once more, and not again.
        counted: What was counted in the original already, which then is not done again.
        foreseen: What *detector* saw in all of the original, if it was shown that. Then it looks at
            the output less often.
        camera: Whether to compare the camera's pattern in both; the report is clean or not
            whatever comes of it.
        listener: Listens for speech that the plan missed; needed where sound is kept without it.
        to_original: Likewise, to the original: for a plan that somebody else may have written.
        step: Called after each frame.

    Raises:
        FootageError: The output cannot be read at all, or the original cannot any more.
    """
    ran: list[Check] = []
    leaks: list[Leak] = []

    def note(name: str, looked_at: str, found: list[Leak]) -> None:
        ran.append(Check(name=name, passed=not found, looked_at=looked_at))
        leaks.extend(found)

    sound = plan.policy.keeps_sound and original.has_sound
    note(container.NAME, *_container(output, original, sound=sound))
    try:
        found = media.open_footage(output, limits=original.limits)
        noise = media.encoder_like(output, original).noise(plan.policy.crf)
    except FootageError:
        digest = media.digest(output)
        if not leaks:
            raise
        unread = Skipped(name=PICTURE, why="the file cannot be read as what it is to be")
        return Report(
            plan_sha256=plan_sha256,
            output_sha256=digest,
            ran=tuple(ran),
            skipped=(unread,),
            leaks=tuple(leaks),
            frames=0,
            regions=0,
        )
    picture = _properties(found, original)
    look = SecondLook(
        detector,
        found.pixel_aspect,
        plan,
        every_frame=original.closely,
        foreseen=foreseen.look if foreseen else None,
    )
    again = Recounter(detector, original.pixel_aspect)
    patterns = Comparison(plan.footage.frames) if camera else None
    faces = plan.policy.wants("faces")
    marks = [MarkLook(witness, plan) for witness in witnesses]
    can_hear = sound and found.has_sound
    hearing = voices.Hearing(plan, found, original, listener, to_original) if can_hear else None
    # Pixels of pictures of two sizes cannot be compared, which is a leak already.
    same_size = (found.width, found.height) == (original.width, original.height)
    bare: list[Leak] = []
    regions = frames = 0
    tolerance = max(found.tick, Fraction(1, 1_000_000)) * Fraction(51, 100)

    # The frames themselves are needed again for few of the checks.
    remembers = (
        foreseen is not None
        and counted is not None
        and patterns is None
        and plan.policy.fill == "solid"
    )
    sources = foreseen.moments(original) if foreseen and remembers else moments.decoded(original)

    def look_at(frames: tuple[Frame, Moment]) -> None:
        shown, source = frames
        if faces:
            look.see(shown, source)
        for mark in marks:
            mark.see(shown)

    with Beside(look_at) as beside:
        for source, shown in zip_longest(sources, _frames(found, leaks)):
            if source is None or shown is None:
                picture.append(Leak(check=PICTURE, what=_count_differs(source, frames)))
                break
            if abs(source.at - shown.at) > tolerance:
                when = f"frame {source.index} is shown at another time than in the original"
                picture.append(Leak(check=PICTURE, what=when, span=Span(source.at, source.at)))
            # Containers round their times.
            at_its_time = replace(shown, at=source.at)
            regions += len(plan.boxes_at(source.at))
            box = fills.bare(plan, at_its_time, source.frame, noise) if same_size else None
            if box is not None:
                what = f"a planned region does not hold the fill at {clock(source.at)}"
                bare.append(
                    Leak(check=fills.NAME, what=what, span=Span(source.at, source.at), box=box)
                )
            beside.hand((at_its_time, source))
            if counted is None and faces:
                again.see(source.whole())
            if patterns is not None and same_size:
                patterns.see(source.whole(), shown, plan.boxes_at(source.at))
            if hearing is not None:
                hearing.up_to(source.at)
            frames += 1
            step()
    size = f"{original.width}x{original.height}"
    note(PICTURE, f"{frames} frames: count, times, size {size}, pixel aspect, colour tags", picture)
    skipped: list[Skipped] = []
    if same_size:
        note(fills.NAME, f"{regions} regions in {frames} frames", bare)
    else:
        skipped.append(Skipped(name=fills.NAME, why="the output is of another size"))
    seen = look.leaks()
    unsure = look.unsure()
    doubts = f"; {len(unsure)} sightings without enough evidence are listed apart" if unsure else ""
    if faces:
        beforehand = f", and {foreseen.looks} at the original's" if foreseen else ""
        note(
            second.NAME,
            f"{look.looks} looks at {look.frames} frames{beforehand}, for faces alone and outside "
            f"what is hidden, by {detector.name}{doubts}",
            seen,
        )
    nearly = look.nearly(at_last=at_last)
    for mark in marks:
        check, showing, more = mark.examined(at_last=at_last)
        note(check.name, check.looked_at, showing)
        nearly += more
    if sound:
        skipped += _finish(hearing, original, note, must_listen=plan.hides_speech)
    return Report(
        plan_sha256=plan_sha256,
        output_sha256=found.sha256,
        ran=tuple(ran),
        skipped=tuple(skipped),
        leaks=tuple(leaks),
        frames=frames,
        regions=regions,
        unsure=unsure,
        unsure_speech=hearing.unsure() if hearing else (),
        nearly=nearly,
        recount=counted or (again.count(plan) if faces else None),
        camera=_matched(patterns, frames, same_size=same_size),
    )


def _finish(
    hearing: voices.Hearing | None, original: media.Footage, note: Note, *, must_listen: bool
) -> list[Skipped]:
    """Hear the rest and note what was found; return what did not run."""
    if hearing is None:
        rate, layout = media.sound_form(original, "mp4")
        if not any(media.read_sound(original, rate, layout)):
            note(voices.NAME, "no sound, and none in the original that could be used", [])
            return []
        return [Skipped(name=voices.NAME, why="the output has no sound that decodes")]
    hearing.up_to(None)
    note(voices.NAME, hearing.looked_at(), hearing.leaks())
    if hearing.listens:
        note(voices.SPEECH, hearing.listened_to(), hearing.spoken())
    elif must_listen:
        return [Skipped(name=voices.SPEECH, why="nobody was there to listen")]
    return []


def _matched(patterns: Comparison | None, frames: int, *, same_size: bool) -> CameraMatch | None:
    if patterns is None or same_size:
        return patterns.result() if patterns else None
    return CameraMatch(frames=frames, why="the output is of another size")


def _container(output: Path, original: media.Footage, *, sound: bool) -> tuple[str, list[Leak]]:
    """Return what was looked at in the file itself, in words, and what must not be in it."""
    if isinstance(original, media.Photo):
        looked_at = "every piece of the file against those of a photo written here, in their order"
        return looked_at, photos.examine(output, original)
    if media.photos.recognise(output) is not None:
        what = "the file is a photo, and what it was made from is a recording"
        return "what kind of file it is", [Leak(check=container.NAME, what=what)]
    looked_at = (
        "streams, boxes, tags and units of the coded picture against the list of what may be there"
    )
    return looked_at, container.examine(output, sound=sound)


def _frames(found: media.Footage, leaks: list[Leak]) -> Iterator[Frame]:
    """Yield the frames of the output; where it has *leaks* already, those before it is damaged."""
    try:
        yield from found.frames()
    except FootageError:
        if not leaks:
            raise


def _properties(found: media.Footage, original: media.Footage) -> list[Leak]:
    """Return what of the picture's form differs from the original."""
    pairs = {
        "size": ((found.width, found.height), (original.width, original.height)),
        "pixel layout": (found.layout.name, original.layout.name),
        "pixel aspect": (found.pixel_aspect, original.pixel_aspect),
        "colour primaries": (found.colour.primaries, original.colour.primaries),
        "colour transfer": (found.colour.transfer, original.colour.transfer),
        "colour matrix": (found.colour.matrix, original.colour.matrix),
        # Some codecs always state a range; the limited one is what silence means.
        "colour range": (found.colour.range or 1, original.colour.range or 1),
    }
    leaks = [
        Leak(check=PICTURE, what=f"the {name} is {here}, in the original {there}")
        for name, (here, there) in pairs.items()
        if here != there
    ]
    if isinstance(found, media.Photo) and isinstance(original, media.Photo):
        if found.profile.name != original.profile.name:
            leaks.append(Leak(check=PICTURE, what="its colours mean something else"))
        if found.sizes != original.sizes:
            leaks.append(Leak(check=PICTURE, what="a picture in it has another size"))
    if found.turned:
        leaks.append(Leak(check=PICTURE, what="the output asks to be turned when it is shown"))
    return leaks


def _count_differs(source: Moment | None, frames: int) -> str:
    if source is None:
        return f"the output has more frames than the original's {frames}"
    return f"the output ends after {frames} frames, before the original does"
