from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.stage import Scene, plan_for

from bystander import plan
from bystander.errors import BystanderError, PlanError
from bystander.geometry import Box
from bystander.records import (
    Because,
    FootageFacts,
    Keyframe,
    Kind,
    Plan,
    Policy,
    Redaction,
    Region,
)
from bystander.timeline import Span

PUBLISHED = Path(__file__).parents[2] / "docs" / "formats" / "plan.schema.json"
DIGEST = "ab" * 32


def test_the_published_schema_is_the_one_in_force() -> None:
    assert json.loads(PUBLISHED.read_text()) == plan.schema(), "run `make schema`"


def test_a_plan_follows_the_published_schema() -> None:
    document = json.loads(plan.to_json(plan_for(DIGEST, Scene())))
    jsonschema.validate(document, json.loads(PUBLISHED.read_text()))


def test_a_keyframe_is_one_line_that_a_person_can_read() -> None:
    text = plan.to_json(plan_for(DIGEST, Scene(frames=2)))
    assert '{"at": "0", "box": [16, 24, 48, 64]}' in text


times = st.fractions(min_value=0, max_value=50, max_denominator=90000)


@st.composite
def plans(draw: Any) -> Plan:
    redactions = []
    for number in range(draw(st.integers(0, 3))):
        ats = sorted(draw(st.lists(times, min_size=1, max_size=4, unique=True)))
        region = []
        for at in ats:
            x, y, w, h = (draw(st.integers(0, 100)) for _ in range(4))
            region.append(Keyframe(at=at, box=Box(x, y, x + w, y + h)))
        redactions.append(
            Redaction(
                track=f"face-{number}",
                kind=draw(st.sampled_from([Kind.FACE, None])),
                because=draw(st.sampled_from(list(Because))),
                span=Span(ats[0], ats[-1] + Fraction(1, 25)),
                region=tuple(region),
                score=draw(st.sampled_from([0.0, 0.25, 1.0])),
            )
        )
    return Plan(
        footage=FootageFacts(sha256=DIGEST, width=200, height=200, frames=9, duration=Fraction(60)),
        policy=Policy(fill=draw(st.sampled_from(["solid", "soft"]))),
        detectors=("drawn@0",),
        redactions=tuple(redactions),
        kept=tuple(
            Region(box=Box(0, 0, 90, 80), start=start, end=end, keep=True)
            for start, end in draw(
                st.lists(st.tuples(times, st.one_of(st.none(), times)), max_size=2)
            )
        ),
        speech=draw(
            st.sampled_from(
                [None, (), (Span(Fraction(1), Fraction(2)), Span(Fraction(2), Fraction(3)))]
            )
        ),
    )


@given(plans())
def test_a_plan_survives_the_round_trip(made: Plan) -> None:
    text = plan.to_json(made)
    again = plan.from_json(text)
    assert again == made
    assert plan.to_json(again) == text
    assert plan.sha256(again) == plan.sha256(made)


@given(plans(), times)
def test_boxes_at_a_time_agree_with_looking_through_all(made: Plan, at: Fraction) -> None:
    slow = []
    for redaction in made.redactions:
        if redaction.span.start <= at < redaction.span.end:
            slow.append([key.box for key in redaction.region if key.at <= at][-1])
    assert made.boxes_at(at) == slow


@given(st.lists(st.integers(-3, 3), min_size=1, max_size=7), st.integers(-4, 4))
def test_times_are_told_apart_that_no_float_can(steps: list[int], step: int) -> None:
    second, little = Fraction(1, 3), Fraction(1, 10**20)
    ats = sorted(second + number * little for number in set(steps))
    redaction = Redaction(
        track="face-1",
        kind=Kind.FACE,
        because=Because.DETECTOR,
        span=Span(ats[0], ats[-1]),
        region=tuple(Keyframe(at=at, box=Box(n, 0, n + 1, 1)) for n, at in enumerate(ats)),
        score=0.5,
    )
    at = second + step * little
    there = [key.box for key in redaction.region if key.at <= at]
    assert redaction.box_at(at) == (there[-1] if there and at < ats[-1] else None)


@given(st.one_of(st.text(), st.binary().map(lambda b: b.decode("latin-1"))))
def test_any_text_parses_or_raises_our_error(text: str) -> None:
    with pytest.raises(BystanderError):
        plan.from_json(text)


def _set(path: str, value: object) -> str:
    document = json.loads(plan.to_json(plan_for(DIGEST, Scene())))
    place: Any = document
    *way, last = path.split(".")
    for step in way:
        place = place[int(step)] if step.isdigit() else place[step]
    place[int(last) if last.isdigit() else last] = value
    return json.dumps(document)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("version", 1),
        ("format", "other"),
        ("extra", 1),
        ("footage.sha256", "xyz"),
        ("footage.width", 0),
        ("footage.width", 10**9),
        ("policy.fill", "blur"),
        ("policy.union_s", "-1"),
        ("policy.gap_s", "1/0"),
        ("policy.gap_s", "9" * 400),
        ("redactions.0.start", "-1"),
        ("redactions.0.end", "0"),
        ("redactions.0.end", "999999"),
        ("redactions.0.score", 2),
        ("redactions.0.track", "../../x"),
        ("redactions.0.region", []),
        ("redactions.0.region.0.box", [0, 0, 9999, 10]),
        ("redactions.0.region.0.box", [9, 0, 3, 10]),
        ("redactions.0.region.0.box", [0.5, 0, 3, 10]),
        ("redactions.0.region.0.at", "1"),
        ("redactions.0.region.1.at", "0"),
        ("policy.targets", []),
        ("policy.targets", ["faces", "names"]),
        ("policy.audio", "disguise"),
        ("kept", [{"box": [9, 0, 3, 10], "start": "0", "end": None}]),
        ("kept", [{"box": [0, 0, 9999, 10], "start": "0", "end": None}]),
        ("speech", [["2", "1"]]),
        ("speech", [["0", "2"], ["1", "3"]]),
        ("speech", [["-1", "3"]]),
        ("speech", [["0", "999999"]]),
        ("speech", [["0"]]),
        ("policy.speech_score", 2),
        ("policy.speech_pad_s", "-1"),
    ],
)
def test_what_is_out_of_bounds_is_refused_with_its_place(path: str, value: object) -> None:
    with pytest.raises(PlanError, match="the plan is malformed at"):
        plan.from_json(_set(path, value))


@pytest.mark.parametrize("name", ["blur", "mosaic", "pixelate"])
def test_fills_that_can_be_undone_are_refused_with_the_reason(name: str) -> None:
    with pytest.raises(PlanError, match="can be undone") as caught:
        plan.check_policy(replace(Policy(), fill=name))
    assert "soft" in str(caught.value.hint)


def test_a_plan_made_in_python_that_no_reader_would_take_is_refused() -> None:
    made = plan_for("0" * 64, Scene(), policy=Policy(audio="tone"))
    for spans in ([(1, 3), (2, 5)], [(2, 2)], [(-1, 3)], [(1, 10**20)]):
        speech = tuple(Span(Fraction(a), Fraction(b)) for a, b in spans)
        with pytest.raises(PlanError, match="speech"):
            plan.to_json(replace(made, speech=speech))
