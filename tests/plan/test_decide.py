from __future__ import annotations

import datetime
import time
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bystander import plan
from bystander.errors import PlanError
from bystander.geometry import Box
from bystander.plan import course
from bystander.records import (
    Because,
    Change,
    Decided,
    Decision,
    Draw,
    Extent,
    FootageFacts,
    Hide,
    Interpolate,
    Join,
    Keep,
    Key,
    Keyframe,
    Keys,
    Kind,
    Looked,
    Plan,
    Policy,
    Redaction,
    Remove,
    Shown,
    Speech,
    Split,
    Undo,
    Unkey,
)
from bystander.timeline import Span

WIDTH, HEIGHT = 200, 120
LENGTH = Fraction(20)
WHEN = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)

times = st.fractions(min_value=0, max_value=19, max_denominator=30_000)


@st.composite
def boxes(draw: Any) -> Box:
    x, y = draw(st.integers(0, WIDTH - 1)), draw(st.integers(0, HEIGHT - 1))
    return Box(x, y, draw(st.integers(x + 1, WIDTH)), draw(st.integers(y + 1, HEIGHT)))


@st.composite
def keyframes(draw: Any, most: int = 5) -> tuple[Keyframe, ...]:
    ats = sorted(draw(st.lists(times, min_size=1, max_size=most, unique=True)))
    return tuple(Keyframe(at=at, box=draw(boxes())) for at in ats)


@st.composite
def redactions(draw: Any, track: str = "face-1") -> Redaction:
    region = draw(keyframes())
    start = draw(st.sampled_from([region[0].at, region[0].at + Fraction(1, 7)]))
    return Redaction(
        track=track,
        kind=draw(st.sampled_from([Kind.FACE, Kind.HEAD, Kind.PERSON, Kind.TEXT])),
        because=draw(st.sampled_from([Because.DETECTOR, Because.VERIFIER])),
        span=Span(start, min(LENGTH, max(start, region[-1].at) + draw(st.sampled_from([1, 3])))),
        region=region,
        score=0.5,
    )


@st.composite
def bases(draw: Any, most: int = 3) -> Plan:
    names = draw(st.lists(st.sampled_from(["face-1", "face-2", "text-1"]), max_size=most))
    return _base(*(draw(redactions(track=name)) for name in names))


def _base(*found: Redaction, audio: str = "mute-speech") -> Plan:
    return Plan(
        footage=FootageFacts(
            sha256="ab" * 32, width=WIDTH, height=HEIGHT, frames=500, duration=LENGTH
        ),
        policy=Policy(audio=audio),
        detectors=("drawn@0",),
        redactions=found,
        speech=(Span(Fraction(1), Fraction(2)),),
    )


def _found(
    track: str = "face-1", start: int = 2, end: int = 6, kind: Kind = Kind.FACE
) -> Redaction:
    return Redaction(
        track=track,
        kind=kind,
        because=Because.DETECTOR,
        span=Span(Fraction(start), Fraction(end)),
        region=tuple(
            Keyframe(at=Fraction(start + number), box=Box(16 * number, 8, 16 * number + 40, 56))
            for number in range(end - start)
        ),
        score=0.9,
    )


def _list(*changes: Change) -> list[Decision]:
    return [
        Decision(number=n, when=WHEN, by="Ada", because="asked", change=change)
        for n, change in enumerate(changes, start=1)
    ]


def _decide(base: Plan, *changes: Change) -> Decided:
    return plan.decide(base, _list(*changes))


def _moments(*spans: Span) -> list[Fraction]:
    """Return moments all over *spans*, their first and some just before their ends among them."""
    found = set()
    for span in spans:
        found |= {span.start + span.duration * Fraction(n, 97) for n in range(97)}
        found.add(span.end - Fraction(1, 10**9))
    return sorted(at for at in found if at >= 0)


def _holds(outer: Box, inner: Box) -> bool:
    return inner.empty or outer.hull(inner) == outer


def _by_name(decided: Decided) -> dict[str, Shown]:
    return {track.id: track for track in decided.tracks}


def _hides(made: Plan, box: Box, at: Fraction) -> bool:
    return any(_holds(hidden, box) for hidden in made.boxes_at(at))


@given(redactions())
def test_keys_made_of_what_was_found_uncover_nothing(found: Redaction) -> None:
    made = course.of(found)
    assert made.span == found.span
    edges = [key.at for key in found.region] + [key.at - Fraction(1, 10**9) for key in found.region]
    region = made.region(Policy(), WIDTH, HEIGHT)
    as_steps = replace(made, interpolate=False).region(Policy(), WIDTH, HEIGHT)
    redaction = replace(found, region=region)
    staying = replace(found, region=as_steps)
    for at in [*_moments(found.span), *edges]:
        before = found.box_at(at)
        if before is not None:
            assert _holds(made.box_at(at), before)
            assert _holds(redaction.box_at(at) or Box(0, 0, 0, 0), before)
            assert _holds(staying.box_at(at) or Box(0, 0, 0, 0), before)


@given(redactions(), times, st.booleans())
def test_splitting_and_joining_again_uncover_nothing(
    found: Redaction, at: Fraction, line: bool
) -> None:
    base = _base(found)
    changes: list[Change] = [Interpolate(track="face-1", on=line)]
    if found.span.start < at < found.span.end:
        changes += [Split(track="face-1", at=at)]
        changes += [Join(tracks=("face-1-a", "face-1-b"))]
    made = _decide(base, *changes).plan
    for moment in _moments(found.span):
        assert _hides(made, found.box_at(moment) or Box(0, 0, 0, 0), moment)


@given(redactions("face-1"), redactions("face-2"))
def test_joined_tracks_cover_what_each_of_them_did(one: Redaction, other: Redaction) -> None:
    made = _decide(_base(one, other), Join(tracks=("face-2", "face-1")))
    assert [track.id for track in made.tracks] == ["face-2"]
    for at in _moments(one.span, other.span):
        for redaction in (one, other):
            assert _hides(made.plan, redaction.box_at(at) or Box(0, 0, 0, 0), at)


@given(keyframes(), times, st.booleans())
def test_a_drawn_region_is_covered_at_every_time(
    keys: tuple[Keyframe, ...], start: Fraction, line: bool
) -> None:
    span = Span(start, start + 1)
    made = _decide(_base(), Draw(track="drawn-1", keys=keys, span=span, interpolate=line)).plan
    (redaction,) = made.redactions
    assert redaction.because is Because.ASKED
    assert redaction.span == span
    for at in _moments(span):
        meant = _twin(keys, at, line=line).clipped(WIDTH, HEIGHT)
        grown = meant.padded(made.policy.margin_px).clipped(WIDTH, HEIGHT)
        # The twin reckons in floating point.
        assert _holds((redaction.box_at(at) or Box(0, 0, 0, 0)).padded(1e-9), grown)


def _twin(keys: tuple[Keyframe, ...], at: Fraction, *, line: bool) -> Box:
    if at <= keys[0].at:
        return keys[0].box
    for before, after in pairwise(keys):
        if before.at <= at < after.at:
            share = float((at - before.at) / (after.at - before.at)) if line else 0
            return before.box.moved_towards(after.box, share)
    return keys[-1].box


def test_what_moves_is_hidden_in_short_steps_and_what_stays_in_one() -> None:
    keys = tuple(
        Keyframe(at=Fraction(at), box=Box(x, 20, x + 30, 60))
        for at, x in ((0, 0), (1, 160), (2, 160))
    )
    span = Span(Fraction(0), Fraction(3))
    made = _decide(_base(), Draw(track="drawn-1", keys=keys, span=span, interpolate=True)).plan
    region = made.redactions[0].region
    moving = [key.at for key in region if key.at < 1]
    assert max(b - a for a, b in pairwise([*moving, Fraction(1)])) < Fraction(3, 25)
    assert [key for key in region if key.at > 1] == []
    assert all(key.box.width < 30 + 7 + 2 * (16 + 8) for key in region)


def _a_change(draw: Any, so_far: Decided, number: int) -> Change | None:
    """Return some change that fits, or none."""
    ids = [track.id for track in so_far.tracks]
    kinds: list[str] = ["draw", "look", "undo", "speech"]
    kinds += ["keep", "hide", "key", "keys", "unkey", "extent", "line", "split", "remove"] * bool(
        ids
    )
    kinds += ["join"] * (len(ids) > 1)
    kind = draw(st.sampled_from(kinds))
    start = draw(times)
    span = Span(start, min(LENGTH, start + draw(st.sampled_from([Fraction(1, 25), 1, 9]))))
    if kind == "draw":
        return Draw(
            track=f"drawn-{number}",
            keys=draw(keyframes()),
            span=span,
            interpolate=draw(st.booleans()),
        )
    if kind == "look":
        return Looked(walk=so_far.walk, at=start, clean=draw(st.booleans()))
    if kind == "undo":
        target = draw(st.sampled_from([so_far.undoable, so_far.redoable]))
        return None if target is None else Undo(number=target)
    if kind == "speech":
        return Speech(spans=(span,))
    track = draw(st.sampled_from(so_far.tracks))
    some = (
        tuple(draw(st.lists(st.sampled_from(ids), min_size=2, max_size=3, unique=True)))
        if (len(ids) > 1)
        else (track.id,)
    )
    made: dict[str, Callable[[], Change | None]] = {
        "keep": lambda: Keep(tracks=some),
        "hide": lambda: Hide(tracks=some),
        "key": lambda: Key(track=track.id, at=start, box=draw(boxes())),
        "keys": lambda: Keys(track=track.id, keys=draw(keyframes())),
        "unkey": lambda: Unkey(track=track.id, at=draw(st.sampled_from(track.keys)).at),
        "extent": lambda: Extent(track=track.id, span=span),
        "line": lambda: Interpolate(track=track.id, on=draw(st.booleans())),
        "split": lambda: Split(track=track.id, at=start),
        "remove": lambda: Remove(track=track.id),
        "join": lambda: Join(tracks=some),
    }
    return made[kind]()


@st.composite
def reviews(draw: Any) -> tuple[Plan, list[Decision], list[Decided]]:
    """Return a plan, decisions about it that fit, and what each of them made of it."""
    base = draw(bases())
    given_: list[Decision] = []
    after = [plan.decide(base, [])]
    for _ in range(draw(st.integers(0, 10))):
        change = _a_change(draw, after[-1], len(given_) + 1)
        if change is None:
            continue
        more = Decision(number=len(given_) + 1, when=WHEN, by="A", because="", change=change)
        try:
            made = plan.decide(base, [*given_, more])
        except PlanError:
            continue
        given_.append(more)
        after.append(made)
    return base, given_, after


@given(reviews())
def test_replaying_any_part_of_the_list_gives_what_it_gave_then(
    review: tuple[Plan, list[Decision], list[Decided]],
) -> None:
    base, decisions, after = review
    for count, made in enumerate(after):
        again = plan.decide(base, decisions[:count])
        assert again == made
        assert plan.to_json(again.plan) == plan.to_json(made.plan)


@given(reviews())
def test_any_plan_after_decisions_is_one_that_readers_take(
    review: tuple[Plan, list[Decision], list[Decided]],
) -> None:
    _, _, after = review
    made = after[-1].plan
    assert plan.from_json(plan.to_json(made)) == made
    assert len({track.id for track in after[-1].tracks}) == len(after[-1].tracks)
    for track in after[-1].tracks:
        ats = [key.at for key in track.keys]
        assert ats == sorted(set(ats))
        assert not track.hidden or not any(r.track == track.id for r in made.kept)
    assert len(made.redactions) == sum(track.hidden for track in after[-1].tracks)


@given(reviews())
def test_undoing_everything_gives_the_plan_there_was_and_redoing_all_what_was_decided(
    review: tuple[Plan, list[Decision], list[Decided]],
) -> None:
    base, decisions, after = review
    given_ = list(decisions)
    made = after[-1]
    for back in ("undoable", "redoable"):
        while (target := getattr(made, back)) is not None:
            undo = Undo(number=target)
            given_.append(
                Decision(number=len(given_) + 1, when=WHEN, by="A", because="", change=undo)
            )
            made = plan.decide(base, given_)
        if back == "undoable":
            assert made.plan == base
            assert made.speech == base.speech
            assert made.looks == ()
            assert not any(track.decided for track in made.tracks)
    if after[-1].redoable is None:
        assert (made.plan, made.tracks) == (after[-1].plan, after[-1].tracks)


def test_a_kept_track_is_not_hidden_and_the_verifier_knows_where_it_is() -> None:
    found = _found()
    made = _decide(_base(found, _found("face-2", 3, 5)), Keep(tracks=("face-1",)))
    assert [r.track for r in made.plan.redactions] == ["face-2"]
    assert {(r.track, r.kind, r.keep) for r in made.plan.kept} == {("face-1", Kind.FACE, True)}
    for at in _moments(found.span):
        regions = [r for r in made.plan.kept if r.start <= at and r.end and at < r.end]
        assert [r.box for r in regions] == [found.box_at(at)]
    track = _by_name(made)["face-1"]
    assert (track.hidden, track.edited) == (False, False)
    assert track.decided
    assert track.decided.by == "Ada"


def test_what_was_kept_is_hidden_again() -> None:
    base = _base(_found())
    made = _decide(base, Keep(tracks=("face-1",)), Hide(tracks=("face-1",)))
    assert made.plan == base


def test_a_kept_drawing_says_nothing_to_the_verifier() -> None:
    draw = Draw(
        track="drawn-1",
        keys=(Keyframe(at=Fraction(0), box=Box(0, 0, 50, 50)),),
        span=Span(Fraction(0), Fraction(9)),
        interpolate=True,
    )
    assert _decide(_base(), draw, Keep(tracks=("drawn-1",))).plan == _base()
    seen = replace(draw, kind=Kind.FACE)
    kept = _decide(_base(), seen, Keep(tracks=("drawn-1",))).plan.kept
    assert [(r.track, r.kind) for r in kept] == [("drawn-1", Kind.FACE)]


def test_what_the_second_look_added_is_hidden_as_it_was() -> None:
    found = replace(_found("second-look-0-1"), because=Because.VERIFIER)
    draw = Draw(
        track="drawn-1", keys=found.region, span=found.span, interpolate=False, kind=Kind.FACE
    )
    (made,) = _decide(_base(), draw).plan.redactions
    assert made == replace(found, track="drawn-1", score=1.0)


@given(redactions(), times)
def test_what_the_second_look_added_stays_hidden_when_it_is_made_to_move(
    found: Redaction, cut: Fraction
) -> None:
    draw = Draw(
        track="drawn-1", keys=found.region, span=found.span, interpolate=False, kind=found.kind
    )
    changes: list[Change] = [draw]
    if found.span.start < cut < found.span.end:
        changes.append(Split(track="drawn-1", at=cut))
    names = [track.id for track in _decide(_base(), *changes).tracks]
    changes += [Interpolate(track=name, on=True) for name in names]
    made = _decide(_base(), *changes).plan
    for at in _moments(found.span):
        assert _hides(made, found.box_at(at) or Box(0, 0, 0, 0), at)


def test_what_the_verifier_added_comes_again_from_the_decisions_made_of_it() -> None:
    base = _base(_found())
    added = replace(_found("second-look-0-1", 8, 11), because=Because.VERIFIER)
    spoken = (Span(Fraction(1), Fraction(4)),)
    after = replace(base, redactions=(*base.redactions, added), speech=spoken)
    changes = plan.additions(base, after, 1)
    made = _decide(base, *changes)
    assert [r.track for r in made.plan.redactions] == ["face-1", "drawn-1"]
    assert made.plan.redactions[1].region == added.region
    assert made.speech == spoken
    assert made.speech_decided == made.history[1].decision
    assert plan.additions(made.plan, made.plan, 3) == ()
    assert _decide(base, *changes, Remove(track="drawn-1")).plan.redactions == base.redactions


def test_edits_do_what_they_say() -> None:
    base = _base(_found())
    made = _decide(
        base,
        Extent(track="face-1", span=Span(Fraction(1), Fraction(4))),
        Key(track="face-1", at=Fraction(3), box=Box(100, 50, 140, 90)),
        Split(track="face-1", at=Fraction(2)),
        Keep(tracks=("face-1-a",)),
    )
    tracks = _by_name(made)
    assert tracks["face-1-a"].span == Span(Fraction(1), Fraction(2))
    assert tracks["face-1-b"].span == Span(Fraction(2), Fraction(4))
    assert tracks["face-1-b"].edited
    assert tracks["face-1-b"].interpolate
    (redaction,) = made.plan.redactions
    assert (redaction.track, redaction.kind, redaction.because) == (
        "face-1-b",
        Kind.FACE,
        Because.ASKED,
    )
    assert _hides(made.plan, Box(92, 42, 148, 98), Fraction(3))
    assert made.plan.boxes_at(Fraction(4)) == []


def test_the_region_of_an_edit_keeps_its_margin_and_what_nobody_touched_gets_no_second_one() -> (
    None
):
    base = _base(_found())
    made = _decide(base, Key(track="face-1", at=Fraction(5), box=Box(100, 50, 120, 70))).plan
    # Its motion until the next step is in it, and no more.
    assert made.redactions[0].box_at(Fraction(2)) == Box(0, 8, 44, 56)
    assert _hides(made, Box(92, 42, 128, 78), Fraction(5))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (Keep(tracks=("face-9",)), "there is no track 'face-9'"),
        (Keep(tracks=()), "names no track"),
        (
            Key(track="face-1", at=Fraction(3), box=Box(0, 0, 201, 10)),
            "within the frame of 200x120",
        ),
        (Key(track="face-1", at=Fraction(3), box=Box(5, 0, 5, 10)), "within the frame"),
        (Key(track="face-1", at=Fraction(3), box=Box(0.5, 0, 5, 10)), "within the frame"),
        (Key(track="face-1", at=Fraction(20), box=Box(0, 0, 5, 10)), "outside the recording"),
        (Key(track="face-1", at=Fraction(-1), box=Box(0, 0, 5, 10)), "outside the recording"),
        (Keys(track="face-1", keys=()), "at least one"),
        (Unkey(track="face-1", at=Fraction(7, 2)), "has no key at 0:03.500"),
        (Extent(track="face-1", span=Span(Fraction(3), Fraction(3))), "is no time"),
        (Extent(track="face-1", span=Span(Fraction(3), Fraction(21))), "is no time"),
        (Split(track="face-1", at=Fraction(2)), "not there both before and after"),
        (Join(tracks=("face-1",)), "two tracks or more"),
        (Join(tracks=("face-1", "face-1")), "two tracks or more"),
        (Remove(track="face-1"), "was not drawn"),
        (Speech(spans=(Span(Fraction(3), Fraction(2)),)), "in order of time"),
        (Looked(walk=3, at=Fraction(1), clean=True), "walk 1 is on"),
        (Looked(walk=1, at=Fraction(20), clean=True), "is no time"),
        (Undo(number=2), "no decision 2 before"),
        (Undo(number=0), "no decision 0 before"),
    ],
)
def test_what_does_not_fit_is_refused_by_its_number(change: Change, why: str) -> None:
    first: Change = Keep(tracks=("face-1",))
    if isinstance(change, Join | Undo | Looked | Speech):
        first = Hide(tracks=("face-1",))
    with pytest.raises(PlanError, match="decision 2 does not fit") as caught:
        _decide(_base(_found()), first, change)
    assert why in str(caught.value)


def test_speech_that_is_not_hidden_cannot_be_edited() -> None:
    with pytest.raises(PlanError, match="hides no speech"):
        _decide(_base(audio="drop"), Speech(spans=()))


def test_undoing_what_a_later_decision_needs_is_refused() -> None:
    draw = Draw(
        track="drawn-1",
        keys=(Keyframe(at=Fraction(0), box=Box(0, 0, 50, 50)),),
        span=Span(Fraction(0), Fraction(9)),
        interpolate=True,
    )
    with pytest.raises(PlanError, match="decision 2 does not fit: there is no track 'drawn-1'"):
        _decide(_base(), draw, Hide(tracks=("drawn-1",)), Undo(number=1))
    with pytest.raises(PlanError, match="1 is undone already"):
        _decide(_base(), draw, Undo(number=1), Undo(number=1))


def test_undo_and_redo_go_back_and_forth() -> None:
    base = _base(_found())
    keep: Change = Keep(tracks=("face-1",))
    seen = []
    changes: list[Change] = [keep, Undo(number=1), Undo(number=2), Undo(number=1), Undo(number=4)]
    for count in range(1, len(changes) + 1):
        made = _decide(base, *changes[:count])
        seen.append((made.tracks[0].hidden, made.undoable, made.redoable))
    assert seen == [
        (False, 1, None),
        (True, None, 2),
        (False, 1, None),
        (True, None, 4),
        (False, 1, None),
    ]
    assert [entry.what for entry in made.history][1:3] == [
        "undid 1: kept face-1",
        "did again 1: kept face-1",
    ]


def test_tracks_of_one_name_can_be_told_apart() -> None:
    twice = _base(_found("second-look-0-1", 2, 4), _found("second-look-0-1", 5, 8))
    assert _decide(twice).plan == twice
    made = _decide(twice, Keep(tracks=("second-look-0-1-2",)))
    assert [r.span.start for r in made.plan.redactions] == [2]


def test_in_a_plan_that_was_reviewed_before_a_region_can_be_drawn() -> None:
    draw = Draw(
        track="drawn-1",
        keys=(Keyframe(at=Fraction(1), box=Box(16, 16, 48, 48)),),
        span=Span(Fraction(1), Fraction(2)),
        interpolate=True,
    )
    before = _decide(_base(), draw).plan
    again = _decide(before, draw)
    assert sorted(_by_name(again)) == ["drawn-1", "earlier-drawn-1"]
    assert len(again.plan.redactions) == 2
    assert _decide(before).plan == before


def test_between_the_parts_of_a_joined_track_nobody_is_kept() -> None:
    base = _base(_found("face-1", 2, 4), _found("face-2", 8, 9))
    join = Join(tracks=("face-1", "face-2"))
    hidden = _decide(base, join)
    assert hidden.plan.boxes_at(Fraction(6))
    for changes in ((join, Keep(tracks=("face-1",))), (Keep(tracks=("face-1", "face-2")), join)):
        made = _decide(base, *changes)
        at = [Fraction(tenth, 10) for tenth in range(150)]
        spans = [Span(region.start, region.end or LENGTH) for region in made.plan.kept]
        kept = {moment for moment in at for span in spans if moment in span}
        assert kept == {moment for moment in at if 2 <= moment < 4 or 8 <= moment < 9}
        assert not made.plan.redactions


def test_thousands_of_tracks_are_soon_joined() -> None:
    """All are selected, and a key is pressed."""
    found = [_found(f"face-{n}", n % 12, n % 12 + 8) for n in range(2000)]
    moved = [
        replace(
            one,
            span=Span(one.span.start + 20 * n, one.span.end + 20 * n),
            region=tuple(replace(key, at=key.at + 20 * n) for key in one.region),
        )
        for n, one in enumerate(found)
    ]
    began = time.monotonic()
    made = course.joined([course.of(one) for one in moved], interpolate=True)
    assert time.monotonic() - began < 10
    assert made.span == Span(Fraction(0), moved[-1].span.end)


def test_a_change_that_may_show_more_begins_a_new_walk() -> None:
    base = _base(_found(), _found("face-2", 9, 12))
    clean = Looked(walk=1, at=Fraction(3), clean=True)
    dirty = Looked(walk=1, at=Fraction(4), clean=False)
    fix = Hide(tracks=("face-2",))
    assert _decide(base, clean, fix).walk == 1
    assert _decide(base, clean, Keep(tracks=("face-1",))).walk == 2
    assert _decide(base, Keep(tracks=("face-1",)), clean).walk == 1
    assert _decide(base, clean, dirty, fix).walk == 2
    assert _decide(base, clean, fix, Undo(number=2)).walk == 2
    assert _decide(base, dirty, Undo(number=1), fix).walk == 1
    again = _decide(base, dirty, replace(dirty, clean=True))
    assert [look.clean for look in again.looks] == [True]


def test_looks_of_any_walk_can_all_be_taken_back() -> None:
    changes: list[Change] = [
        Looked(walk=1, at=Fraction(3), clean=True),
        Keep(tracks=("face-1",)),
        Looked(walk=3, at=Fraction(4), clean=True),
    ]
    for _ in range(3):
        undoable = _decide(_base(_found()), *changes).undoable
        assert undoable is not None
        changes.append(Undo(number=undoable))
    assert _decide(_base(_found()), *changes).looks == ()


def test_many_tracks_and_many_decisions_are_soon_replayed() -> None:
    base = _base(*(_found(f"face-{n}", 1 + n % 9, 6 + n % 9) for n in range(2000)))
    changes: list[Change] = [Keep(tracks=(f"face-{n}",)) for n in range(0, 2000, 4)]
    made = _decide(base, *changes)
    assert len(made.plan.redactions) == 1500
