from __future__ import annotations

import datetime
import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bystander import plan
from bystander.errors import BystanderError, PlanError
from bystander.geometry import Box
from bystander.records import (
    Change,
    Decision,
    Draw,
    Extent,
    Hide,
    Interpolate,
    Join,
    Keep,
    Key,
    Keyframe,
    Keys,
    Kind,
    Looked,
    Remove,
    Speech,
    Split,
    Undo,
    Unkey,
)
from bystander.timeline import Span

PUBLISHED = Path(__file__).parents[2] / "docs" / "formats" / "decisions.schema.json"
HEAD = plan.journal_head("ab" * 32, "cd" * 32)

times = st.fractions(min_value=0, max_value=50, max_denominator=90_000)
names = st.from_regex(r"[a-z0-9-]{1,40}", fullmatch=True)
words = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cf"]), max_size=40)


@st.composite
def boxes(draw: Any) -> Box:
    x, y, w, h = (draw(st.integers(0, 30_000)) for _ in range(4))
    return Box(x, y, x + w, y + h)


@st.composite
def spans(draw: Any) -> Span:
    start = draw(times)
    return Span(start, start + draw(st.fractions(Fraction(1, 1000), 9, max_denominator=1000)))


@st.composite
def keyframes(draw: Any) -> tuple[Keyframe, ...]:
    ats = sorted(draw(st.lists(times, min_size=1, max_size=3, unique=True)))
    return tuple(Keyframe(at=at, box=draw(boxes())) for at in ats)


tracks = st.lists(names, min_size=1, max_size=3).map(tuple)
changes: st.SearchStrategy[Change] = st.one_of(
    st.builds(Keep, tracks=tracks),
    st.builds(Hide, tracks=tracks),
    st.builds(
        Draw,
        track=names,
        keys=keyframes(),
        span=spans(),
        interpolate=st.booleans(),
        kind=st.sampled_from([None, Kind.FACE, Kind.TEXT]),
    ),
    st.builds(Key, track=names, at=times, box=boxes()),
    st.builds(Keys, track=names, keys=keyframes()),
    st.builds(Unkey, track=names, at=times),
    st.builds(Extent, track=names, span=spans()),
    st.builds(Interpolate, track=names, on=st.booleans()),
    st.builds(Split, track=names, at=times),
    st.builds(Join, tracks=tracks),
    st.builds(Remove, track=names),
    st.builds(Speech, spans=st.lists(spans(), max_size=3).map(tuple)),
    st.builds(Looked, walk=st.integers(1, 9), at=times, clean=st.booleans()),
    st.builds(Undo, number=st.integers(1, 9)),
)


@st.composite
def lists(draw: Any) -> tuple[Decision, ...]:
    return tuple(
        Decision(
            number=number,
            when=draw(st.datetimes(timezones=st.just(datetime.UTC))),
            by=draw(words),
            because=draw(words),
            change=change,
        )
        for number, change in enumerate(draw(st.lists(changes, max_size=5)), start=1)
    )


def _text(decisions: tuple[Decision, ...]) -> str:
    return HEAD + "".join(plan.journal_line(one) for one in decisions)


@given(lists())
def test_decisions_survive_the_round_trip(decisions: tuple[Decision, ...]) -> None:
    text = _text(decisions)
    again = plan.read_journal(text)
    assert again.decisions == decisions
    assert (again.footage_sha256, again.plan_sha256) == ("ab" * 32, "cd" * 32)
    assert not again.torn
    assert _text(again.decisions) == text
    assert plan.read_journal(text.encode()) == again


@given(lists(), st.integers(1, 10_000))
def test_a_document_cut_anywhere_keeps_what_was_whole(
    decisions: tuple[Decision, ...], cut: int
) -> None:
    raw = _text(decisions).encode()
    raw = raw[: max(len(HEAD), len(raw) - cut)]
    again = plan.read_journal(raw)
    assert again.decisions == decisions[: raw.count(b"\n") - 1]
    assert again.torn == (not raw.endswith(b"\n"))


def test_the_published_schema_is_the_one_in_force() -> None:
    assert json.loads(PUBLISHED.read_text()) == plan.journal_schema(), "run `make schema`"


@given(lists())
def test_every_line_follows_the_published_schema(decisions: tuple[Decision, ...]) -> None:
    schema = json.loads(PUBLISHED.read_text())
    for line in _text(decisions).splitlines():
        jsonschema.validate(json.loads(line), schema)


@given(st.one_of(st.binary(), st.binary().map(lambda raw: HEAD.encode() + raw + b"\n")))
def test_any_bytes_parse_or_raise_our_error(raw: bytes) -> None:
    if raw.strip() == HEAD.encode().strip():
        return
    with pytest.raises(BystanderError):
        plan.read_journal(raw)


@pytest.mark.parametrize(
    "text",
    ["\ud800\n", "[" * 100_000 + "\n", HEAD + "{" * 100_000 + "\n", '{"a":' * 50_000 + "\n", ""],
)
def test_texts_that_break_parsers_raise_our_error(text: str) -> None:
    with pytest.raises(PlanError, match="malformed"):
        plan.read_journal(text)


KEEP = Decision(
    number=1,
    when=datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC),
    by="Ada",
    because="their own footage",
    change=Keep(tracks=("face-1",)),
)


def test_a_decision_is_one_line_that_a_person_can_read() -> None:
    assert plan.journal_line(KEEP) == (
        '{"number":1,"when":"2026-01-02T03:04:05Z","by":"Ada","because":"their own footage",'
        '"change":{"op":"keep","tracks":["face-1"]}}\n'
    )


def _set(path: str, value: object) -> str:
    document = json.loads(plan.journal_line(KEEP))
    place: Any = document
    *way, last = path.split(".")
    for step in way:
        place = place[step]
    place[last] = value
    return HEAD + json.dumps(document) + "\n"


DRAW: dict[str, Any] = {
    "op": "draw",
    "track": "drawn-1",
    "keys": [{"at": "0", "box": [0, 0, 9, 9]}],
    "start": "0",
    "end": "1",
    "interpolate": True,
    "kind": None,
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("number", 2),
        ("number", 0),
        ("number", 10**30),
        ("extra", 1),
        ("when", "2026-01-02"),
        ("when", "2026-13-02T03:04:05Z"),
        ("when", "0000-01-02T03:04:05Z"),
        ("when", "2026-01-02T03:04:05+14:00"),
        ("when", 5),
        ("by", "x" * 201),
        ("by", "two\nlines"),
        ("by", "\u202eadA"),
        ("by", "\ud800"),
        ("because", "\x1b[2J"),
        ("because", "two\u2028lines"),
        ("because", None),
        ("change", {}),
        ("change", {"op": "burn", "tracks": ["face-1"]}),
        ("change.tracks", []),
        ("change.tracks", ["../../x"]),
        ("change.tracks", ["x" * 41]),
        ("change.more", 1),
        ("change", {"op": "undo", "number": -1}),
        ("change", {"op": "split", "track": "a", "at": "1/0"}),
        ("change", {"op": "split", "track": "a", "at": 0.5}),
        ("change", {"op": "split", "track": "a", "at": "9" * 400}),
        ("change", {"op": "key", "track": "a", "at": "1", "box": [0, 0, 9.5, 9]}),
        ("change", {"op": "key", "track": "a", "at": "1", "box": [9, 0, 3, 9]}),
        ("change", {"op": "key", "track": "a", "at": "1", "box": [0, 0, 10**9, 9]}),
        ("change", {**DRAW, "keys": []}),
        ("change", {**DRAW, "keys": DRAW["keys"] * 2}),
        ("change", {**DRAW, "kind": "name"}),
        ("change", {**DRAW, "interpolate": "maybe"}),
        ("change", {"op": "looked", "walk": 0, "at": "1", "clean": True}),
        ("change", {"op": "speech", "spans": [["1"]]}),
    ],
)
def test_what_is_out_of_bounds_is_refused_with_its_line(path: str, value: object) -> None:
    with pytest.raises(PlanError, match="malformed at line 2"):
        plan.read_journal(_set(path, value))


@pytest.mark.parametrize("change", [{"by": "a\nb"}, {"number": 0}, {"because": "x" * 2001}])
def test_a_decision_that_no_reader_would_take_is_not_written(change: dict[str, Any]) -> None:
    with pytest.raises(PlanError, match="malformed"):
        plan.journal_line(replace(KEEP, **change))
