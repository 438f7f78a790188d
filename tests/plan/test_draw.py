from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from bystander import plan
from bystander.geometry import Box
from bystander.records import Because, Detection, Kind, Policy, Redaction, Track
from bystander.timeline import Span

TIMES = [Fraction(i, 25) for i in range(100)]
WIDTH, HEIGHT = 320, 240


def track(boxes: dict[int, Box], reach: Fraction = Fraction(1, 2)) -> Track:
    found = tuple(
        Detection(at=Fraction(i, 25), box=box, kind=Kind.FACE, score=0.9, detector="drawn@0")
        for i, box in sorted(boxes.items())
    )
    start = max(Fraction(0), found[0].at - reach)
    return Track(
        id="face-1",
        kind=Kind.FACE,
        detections=found,
        span=Span(start, min(Fraction(4), found[-1].at + reach)),
    )


def drawn(of: Track, origin: tuple[int, int] = (0, 0)) -> Redaction | None:
    made = plan.redactions(
        [of],
        policy=Policy(),
        because=Because.DETECTOR,
        times=TIMES,
        width=WIDTH,
        height=HEIGHT,
        grid_origin=origin,
    )
    return made[0] if made else None


def test_a_region_is_the_head_on_the_grid_with_a_margin() -> None:
    redaction = drawn(track({i: Box(100, 100, 120, 130) for i in range(50)}))
    assert redaction is not None
    box = redaction.box_at(Fraction(1))
    # face 20 x 30: head 88..132 x 82..140.5; grid 80..144 x 80..144; margin 8
    assert box == Box(72, 72, 152, 152)
    assert len(redaction.region) == 1


def test_the_grid_lies_where_the_coded_blocks_lie() -> None:
    redaction = drawn(track({i: Box(100, 100, 120, 130) for i in range(50)}), origin=(8, 0))
    assert redaction is not None
    box = redaction.box_at(Fraction(1))
    assert box is not None
    assert (box.x0 + 8 - 8) % 16 == 0


def test_a_face_outside_the_frame_hides_nothing() -> None:
    assert drawn(track({0: Box(-300, 100, -280, 130)})) is None


walks = st.dictionaries(
    st.integers(0, 99),
    st.tuples(st.integers(-20, 310), st.integers(-20, 230), st.integers(8, 60)),
    min_size=1,
    max_size=12,
)


@given(walks)
def test_every_frame_hides_the_heads_of_its_neighbours_too(
    walk: dict[int, tuple[int, int, int]],
) -> None:
    of = track({i: Box(x, y, x + s, y + s * 1.3) for i, (x, y, s) in walk.items()})
    redaction = drawn(of)
    for i, at in enumerate(TIMES):
        if not of.span.start <= at <= of.span.end:
            continue
        head = plan.head_region(of.box_at(at), Policy()).clipped(WIDTH, HEIGHT)
        if head.empty:
            continue
        for j in range(max(0, i - 2), min(99, i + 2) + 1):  # 0.1 s is 2.5 frames
            assert redaction is not None
            hidden = redaction.box_at(TIMES[j])
            assert hidden is not None
            assert hidden.intersection(head) == head


@given(walks)
def test_sides_lie_on_the_grid_or_the_edge(walk: dict[int, tuple[int, int, int]]) -> None:
    redaction = drawn(track({i: Box(x, y, x + s, y + s * 1.3) for i, (x, y, s) in walk.items()}))
    for key in redaction.region if redaction else ():
        if key.box.empty:
            continue
        assert key.box.x0 == 0 or key.box.x0 % 16 == 8
        assert key.box.y0 == 0 or key.box.y0 % 16 == 8
        assert key.box.x1 == WIDTH or key.box.x1 % 16 == 8
        assert key.box.y1 == HEIGHT or key.box.y1 % 16 == 8


def test_frames_that_could_not_be_examined_are_covered_whole() -> None:
    covered = plan.whole_frames(
        [TIMES[3], TIMES[4], TIMES[9]], times=TIMES, width=WIDTH, height=HEIGHT
    )
    hidden = [i for i, at in enumerate(TIMES) if any(r.box_at(at) for r in covered)]
    assert hidden == [3, 4, 9]
    assert all(r.box_at(r.span.start) == Box(0, 0, WIDTH, HEIGHT) for r in covered)


@given(walks)
def test_where_a_track_is_at_many_times_is_where_it_is_at_each(
    walk: dict[int, tuple[int, int, int]],
) -> None:
    of = track({i: Box(x, y, x + s, y + s * 1.3) for i, (x, y, s) in walk.items()})
    assert of.boxes_at(TIMES) == [of.box_at(at) for at in TIMES]
