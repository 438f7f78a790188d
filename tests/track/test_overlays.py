"""Text that stays where it is, taken to be there in between as well."""

from __future__ import annotations

from fractions import Fraction

from bystander import track
from bystander.geometry import Box
from bystander.records import Detection, Kind, Track
from bystander.timeline import Span

CLOCK = Box(300, 10, 400, 30)


def seen(start: int, end: int, *boxes: Box, kind: Kind = Kind.TEXT) -> Track:
    boxes = boxes or (CLOCK, CLOCK)
    step = Fraction(end - start, max(1, len(boxes) - 1))
    found = tuple(
        Detection(at=start + n * step, box=box, kind=kind, score=0.9, detector="drawn@0")
        for n, box in enumerate(boxes)
    )
    return Track(
        id="text-1", kind=kind, detections=found, span=Span(Fraction(start), Fraction(end))
    )


def spans(*tracks: Track, duration: int = 100) -> list[tuple[int, int]]:
    made = track.overlays(tracks, duration=Fraction(duration))
    return [(int(t.span.start), int(t.span.end)) for t in made]


def test_a_gap_is_bridged_at_the_same_place() -> None:
    assert spans(seen(5, 10), seen(16, 20)) == [(5, 20)]


def test_what_was_there_most_of_the_time_was_there_all_of_the_time() -> None:
    assert spans(seen(5, 40), seen(70, 90)) == [(0, 100)]


def test_what_comes_back_much_later_is_not_taken_to_have_stayed() -> None:
    assert spans(seen(5, 10), seen(60, 65)) == [(5, 10), (60, 65)]


def test_what_moves_is_no_overlay() -> None:
    assert spans(seen(5, 60, CLOCK, Box(100, 10, 200, 30))) == []


def test_a_plate_is_no_overlay() -> None:
    assert spans(seen(5, 60, kind=Kind.PLATE)) == []


def test_the_box_holds_all_that_was_seen_there() -> None:
    wider = Box(296, 8, 404, 31)
    (made,) = track.overlays([seen(0, 9), seen(12, 30, CLOCK, wider)], duration=Fraction(40))
    assert made.box_at(Fraction(10)) == wider
    assert made.box_at(Fraction(39)) == wider
