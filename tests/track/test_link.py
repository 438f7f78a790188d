from __future__ import annotations

import itertools
from dataclasses import replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from bystander.geometry import Box
from bystander.records import Detection, Kind, Track
from bystander.track import link

RATE = 25


def seen(index: int, x: float, y: float = 20, size: float = 20, score: float = 0.9) -> Detection:
    return Detection(
        at=Fraction(index, RATE),
        box=Box(x, y, x + size, y + size * 1.25),
        kind=Kind.FACE,
        score=score,
        detector="drawn@0",
    )


def linked(
    detections: list[Detection], cuts: tuple[Fraction, ...] = (), frames: int = 250
) -> tuple[Track, ...]:
    return link(
        detections,
        cuts=cuts,
        times=[Fraction(index, RATE) for index in range(frames)],
        duration=Fraction(frames, RATE),
        evidence=((0.3, 1), (0.15, 40)),
        gap_s=Fraction(1),
        extend_s=Fraction(1, 2),
    )


def test_a_weak_thing_that_is_seen_long_is_kept() -> None:
    (track,) = linked([seen(i, 20, score=0.2) for i in range(40)])
    assert len(track.detections) == 40


def test_where_frames_are_few_few_sightings_do() -> None:
    times = [Fraction(2 * index) for index in range(12)]  # half a frame a second
    found = [replace(seen(0, 20), at=at) for at in times]
    tracks = link(
        found,
        cuts=(),
        times=times,
        duration=Fraction(24),
        evidence=((0.6, 3),),
        gap_s=Fraction(1),
        extend_s=Fraction(1, 2),
    )
    assert len(tracks) == 12


def test_in_a_shot_of_two_frames_two_sightings_do() -> None:
    cuts = (Fraction(10, RATE), Fraction(12, RATE))
    (track,) = link(
        [seen(10, 20), seen(11, 20)],
        cuts=cuts,
        times=[Fraction(index, RATE) for index in range(50)],
        duration=Fraction(2),
        evidence=((0.6, 3),),
        gap_s=Fraction(1),
        extend_s=Fraction(1, 2),
    )
    assert len(track.detections) == 2


def test_one_walk_is_one_track_reaching_half_a_second_further() -> None:
    (track,) = linked([seen(i, 10 + 3 * i) for i in range(50, 100)])
    assert len(track.detections) == 50
    assert track.span.start == Fraction(50, RATE) - Fraction(1, 2)
    assert track.span.end == Fraction(99, RATE) + Fraction(1, 2)


def test_two_who_pass_each_other_keep_their_tracks() -> None:
    one = [seen(i, 10 + 4 * i, y=20) for i in range(40)]
    other = [seen(i, 170 - 4 * i, y=30) for i in range(40)]
    tracks = linked(one + other)
    assert sorted(len(track.detections) for track in tracks) == [40, 40]


def test_a_gap_of_up_to_a_second_is_filled_on_the_straight_line() -> None:
    (track,) = linked([seen(i, 2 * i) for i in (*range(10), *range(34, 44))])
    box = track.box_at(Fraction(22, RATE))
    assert abs(box.x0 - 44) < 1e-9


def test_a_gap_of_more_than_a_second_is_two_tracks() -> None:
    tracks = linked([seen(i, 20) for i in (*range(10), *range(40, 50))])
    assert len(tracks) == 2


def test_no_track_or_its_ends_cross_a_cut() -> None:
    cut = Fraction(20, RATE)
    tracks = linked([seen(i, 20) for i in range(40)], cuts=(cut,))
    assert next(track.span.end for track in tracks) == cut
    assert [track.span.start for track in tracks][1] == cut


def test_a_single_detection_is_kept() -> None:
    (track,) = linked([seen(100, 20)])
    assert track.span.duration == 1


def test_a_weak_face_is_kept_where_it_continues_a_strong_one_in_both_directions() -> None:
    (track,) = linked([seen(i, 20, score=0.9 if i == 30 else 0.16) for i in range(60)])
    assert len(track.detections) == 60


def test_a_thing_that_is_weak_throughout_is_no_track() -> None:
    assert linked([seen(i, 20, score=0.2) for i in range(39)]) == ()
    assert linked([seen(i, 20, score=0.1) for i in range(60)]) == ()


def test_beyond_its_end_a_box_reaches_both_where_it_was_and_where_it_was_going() -> None:
    (track,) = linked([seen(i, 10 * i) for i in range(20)])
    box = track.box_at(Fraction(22, RATE))
    assert box.x0 <= 190
    assert box.x1 >= 220 + 20


detections = st.lists(
    st.builds(
        seen,
        st.integers(0, 40),
        st.integers(0, 200),
        st.integers(0, 100),
        st.integers(8, 60),
        st.sampled_from([0.16, 0.5, 0.9]),
    ),
    max_size=60,
)


@given(detections, st.lists(st.integers(1, 39), max_size=3, unique=True))
def test_nobody_is_lost(found: list[Detection], cuts: list[int]) -> None:
    times = tuple(Fraction(cut, RATE) for cut in sorted(cuts))
    tracks = linked(found, cuts=times, frames=41)
    joined = [id(d) for track in tracks for d in track.detections]
    assert len(joined) == len(set(joined))
    strong = {id(d) for d in found if d.score >= 0.3}
    assert strong <= set(joined)
    for track in tracks:
        ats = [d.at for d in track.detections]
        assert ats == sorted(set(ats))
        assert all(b - a <= 1 for a, b in itertools.pairwise(ats))
        assert not any(track.span.start < cut < track.span.end for cut in times)
        assert all(track.span.start <= at <= track.span.end for at in ats)


@given(detections)
def test_the_order_of_detections_does_not_matter(found: list[Detection]) -> None:
    assert [t.detections for t in linked(found)] == [
        t.detections for t in linked(list(reversed(found)))
    ]
