"""A kept track is left alone, and nothing else in its place is."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from tests.stage import draw, plan_for
from tests.verify.planted import SCENE, SeesWhite, patches

from bystander import media, plan, verify
from bystander.geometry import Box
from bystander.records import Decision, Detection, Keep, Kind, Plan, Recount, Region

REGION = Box(8, 8, 88, 120)
FACE, BESIDE, ELSEWHERE = Box(24, 16, 56, 56), Box(64, 70, 80, 90), Box(200, 100, 240, 150)
WHEN = datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)


def _kept(given: Plan) -> Plan:
    keep = Decision(number=1, when=WHEN, by="", because="", change=Keep(tracks=("face-1",)))
    return plan.decide(given, [keep]).plan


def _look(
    folder: Path, *shown: Box, keep: bool = True, until: int = 30
) -> tuple[tuple[Detection, ...], Recount]:
    """Return what is foreseen, and counted, where a track is kept in the first frames."""
    scene = replace(SCENE, frames=30, change=patches(*shown))
    footage = media.open_footage(draw(folder / "in.mp4", scene))
    made = plan_for(footage.sha256, replace(scene, frames=until), boxes=lambda _: REGION)
    duration = Fraction(scene.frames, scene.rate)
    made = replace(made, footage=replace(made.footage, frames=scene.frames, duration=duration))
    made = _kept(made) if keep else replace(made, redactions=())
    foresight = verify.Foresight(SeesWhite(0.9), Fraction(1))
    for frame in footage.frames():
        foresight.see(frame)
    return foresight.missed(made), foresight.count(made)


def test_who_is_kept_is_not_found_again_and_counts_for_nobody(tmp_path: Path) -> None:
    assert _look(tmp_path, FACE, keep=False)[0]
    missed, counted = _look(tmp_path, FACE)
    assert missed == ()
    assert (counted.both, counted.first_only, counted.second_only) == (0, 0, 0)


@pytest.mark.parametrize("other", [BESIDE, ELSEWHERE])
def test_somebody_else_is_found_beside_who_is_kept(tmp_path: Path, other: Box) -> None:
    missed, counted = _look(tmp_path, FACE, other)
    assert missed
    assert all(found.box.iou(other) > 0.5 for found in missed)
    assert counted.second_only == 1


def test_who_is_kept_for_a_while_is_found_after_it(tmp_path: Path) -> None:
    missed, _ = _look(tmp_path, FACE, until=15)
    assert missed
    assert all(found.at >= Fraction(15, 25) for found in missed)


def _seen(box: Box, kind: Kind = Kind.FACE, at: Fraction = Fraction(1)) -> Detection:
    return Detection(at=at, box=box, kind=kind, score=0.9, detector="drawn@0")


def _plan(kept: Sequence[Region]) -> Plan:
    return replace(plan_for("0" * 64, SCENE), redactions=(), kept=tuple(kept))


def _track(kind: Kind, box: Box = REGION, track: str = "a", start: int = 0, end: int = 9) -> Region:
    return Region(
        box=box, start=Fraction(start), end=Fraction(end), keep=True, track=track, kind=kind
    )


@pytest.mark.parametrize(
    ("kept", "seen", "is_kept"),
    [
        (Kind.FACE, Kind.FACE, True),
        (Kind.HEAD, Kind.FACE, True),  # a face is seen where only a head was
        (Kind.PERSON, Kind.FACE, False),  # whose body is kept, and the face not
        (Kind.FACE, Kind.TEXT, False),
        (Kind.PLATE, Kind.TEXT, False),
        (Kind.PLATE, Kind.PLATE, True),
    ],
)
def test_a_track_keeps_what_is_of_its_kind(kept: Kind, seen: Kind, is_kept: bool) -> None:
    found = [_seen(FACE, seen)]
    assert _plan([_track(kept)]).without_kept(found) == ([] if is_kept else found)


def test_a_kept_track_keeps_one_face_at_a_moment_and_all_of_a_text() -> None:
    here = [_seen(BESIDE), _seen(FACE), _seen(FACE, at=Fraction(2)), _seen(ELSEWHERE)]
    assert _plan([_track(Kind.FACE)]).without_kept(here) == [here[0], here[3]]
    words = [_seen(BESIDE, Kind.TEXT), _seen(FACE, Kind.TEXT)]
    assert _plan([_track(Kind.TEXT)]).without_kept(words) == []


def test_a_much_smaller_face_is_somebody_further_away() -> None:
    # The region's face is about 41 pixels tall: (112 - 32) / 1.95.
    small, enough = Box(30, 40, 38, 51), Box(30, 40, 40, 54)
    made = _plan([_track(Kind.FACE)])
    assert made.without_kept([_seen(small)]) == [_seen(small)]
    assert made.without_kept([_seen(enough)]) == []


def test_what_a_mask_would_hide_is_kept_and_what_it_would_leave_showing_is_not() -> None:
    most, least = Box(70, 20, 98, 50), Box(80, 20, 110, 50)  # 64 % and 27 % of them in the region
    made = _plan([_track(Kind.FACE)])
    assert made.without_kept([_seen(most)]) == []
    assert made.without_kept([_seen(least)]) == [_seen(least)]


def test_a_kept_region_keeps_all_that_lies_wholly_in_it() -> None:
    made = _plan([Region(box=REGION, keep=True)])
    here = [_seen(FACE), _seen(BESIDE, Kind.TEXT), _seen(Box(70, 20, 98, 50))]
    assert made.without_kept(here) == [here[2]]


def test_a_track_is_kept_in_any_second_of_a_long_recording() -> None:
    steps = [
        replace(
            _track(Kind.FACE, Box(n % 200, 0, n % 200 + 60, 60)),
            start=Fraction(n, 10),
            end=Fraction(n + 1, 10),
        )
        for n in range(20_000)
    ]
    made = _plan(steps)
    for n in range(0, 20_000, 7):
        at = Fraction(2 * n + 1, 20)
        inside = _seen(Box(n % 200 + 10, 10, n % 200 + 40, 40), at=at)
        beside = _seen(Box(n % 200 + 100, 10, n % 200 + 140, 40), at=at)
        assert made.without_kept([inside, beside]) == [beside]
