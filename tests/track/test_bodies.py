"""Who is to be hidden whole is, when only a face of theirs was found."""

from __future__ import annotations

from fractions import Fraction

from bystander import track
from bystander.geometry import Box
from bystander.records import Detection, Kind, Track
from bystander.timeline import Span


def seen(kind: Kind, box: Box) -> Track:
    detection = Detection(at=Fraction(0), box=box, kind=kind, score=0.9, detector="drawn@0")
    return Track(
        id=f"{kind}-1", kind=kind, detections=(detection,), span=Span(Fraction(0), Fraction(1))
    )


FACE = Box(100, 40, 120, 65)


def bodies(*people: Box) -> list[Detection]:
    return track.bodies(
        [seen(Kind.FACE, FACE)],
        [seen(Kind.PERSON, box) for box in people],
        width=640,
        height=360,
    )


def test_a_face_without_a_body_gets_one_that_hangs_below_it() -> None:
    (body,) = bodies()
    assert body.kind is Kind.PERSON
    assert body.box.hull(FACE) == body.box
    assert body.box.y1 >= FACE.y1 + 7 * FACE.height
    assert body.box.width >= 4 * FACE.width


def test_a_person_who_is_hidden_whole_gets_no_second_body() -> None:
    assert bodies(Box(70, 30, 150, 300)) == []


def test_the_person_beside_them_does_not_stand_for_them() -> None:
    assert len(bodies(Box(110, 30, 300, 300))) == 1


def test_two_who_cover_them_together_do() -> None:
    assert bodies(Box(60, 30, 112, 300), Box(108, 30, 200, 300)) == []
