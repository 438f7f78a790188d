from __future__ import annotations

from fractions import Fraction

from bystander.geometry import Box
from bystander.records import Detection, Kind, Track
from bystander.timeline import Span
from bystander.track import heads
from bystander.track.heads import face_of


def track(kind: Kind, box: Box, times: tuple[int, ...] = (0, 1, 2)) -> Track:
    found = tuple(
        Detection(at=Fraction(t, 25), box=box, kind=kind, score=0.9, detector="drawn@0")
        for t in times
    )
    return Track(id="t", kind=kind, detections=found, span=Span(Fraction(0), Fraction(1)))


PERSON = Box(100, 50, 200, 350)


def test_a_person_without_a_face_gets_a_head_at_the_top_in_the_middle() -> None:
    found = heads([track(Kind.PERSON, PERSON)], [])
    assert [d.at for d in found] == [Fraction(t, 25) for t in (0, 1, 2)]
    for head in found:
        assert head.kind is Kind.HEAD
        assert head.box.centre[0] == PERSON.centre[0]
        assert PERSON.y0 < head.box.y0 < head.box.y1 < PERSON.y0 + PERSON.height / 3


def test_a_person_whose_face_is_hidden_gets_none() -> None:
    face = track(Kind.FACE, Box(135, 60, 165, 100))
    assert not heads([track(Kind.PERSON, PERSON)], [face])


def test_a_face_at_someones_feet_is_somebody_elses() -> None:
    face = track(Kind.FACE, Box(135, 300, 165, 340))
    assert len(heads([track(Kind.PERSON, PERSON)], [face])) == 3


def test_a_person_cut_off_at_the_chest_has_a_face_within_the_box() -> None:
    assert face_of(Box(0, 0, 300, 150)).y1 <= 150


def test_a_childs_face_does_not_stand_for_that_of_the_one_who_carries_it() -> None:
    parent, child = Box(0, 0, 100, 300), Box(50, 75, 110, 200)
    face = track(Kind.FACE, Box(65, 80, 95, 120))
    found = heads([track(Kind.PERSON, parent), track(Kind.PERSON, child)], [face])
    assert {d.box for d in found} == {face_of(parent)}


def test_somebody_seen_twice_has_one_face() -> None:
    twice = [track(Kind.PERSON, PERSON), track(Kind.PERSON, Box(95, 45, 205, 340))]
    assert not heads(twice, [track(Kind.FACE, Box(135, 60, 165, 100))])
