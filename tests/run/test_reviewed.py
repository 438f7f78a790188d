"""A plan, what a person decided about it, and the recording that comes of both."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.conftest import Cli
from tests.detect.test_detectors import FACE
from tests.stage import Scene, draw, plan_for

import bystander
from bystander import media, plan, run
from bystander.errors import PlanError
from bystander.geometry import Box, covered_share
from bystander.records import (
    Because,
    Change,
    Decision,
    Draw,
    Extent,
    Keep,
    Key,
    Keyframe,
    Kind,
    Looked,
    Plan,
    Policy,
    Undo,
)
from bystander.run import report
from bystander.timeline import Span

FACE_AT = Fraction(12, 25)
WHEN = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)


def _decisions(*changes: Change) -> list[Decision]:
    return [
        Decision(number=n, when=WHEN, by="Ada <b>", because="her own footage", change=change)
        for n, change in enumerate(changes, start=1)
    ]


@pytest.fixture(scope="module")
def base(short_sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """Return the plan of a second of a real street, second look and all."""
    output = tmp_path_factory.mktemp("base") / "street.redacted.mp4"
    assert bystander.redact(short_sample, output).clean
    return run.read_plan(output.with_name("street.plan.json"))


@pytest.fixture(scope="module")
def rider(base: Plan) -> str:
    """Return the track of the cyclist who is seen from close by."""
    (track,) = (
        r.track
        for r in base.redactions
        if r.kind is Kind.FACE and (box := r.box_at(FACE_AT)) and covered_share(FACE, [box]) == 1
    )
    return track


def test_who_is_kept_shows_all_along_and_all_others_are_hidden(
    base: Plan, rider: str, short_sample: Path, tmp_path: Path
) -> None:
    over = [
        r.track
        for r in base.redactions
        if r.track != rider and (box := r.box_at(FACE_AT)) and not box.intersection(FACE).empty
    ]
    decided = plan.decide(base, _decisions(Keep(tracks=(rider, *over))))
    outputs = run.outputs_for(short_sample, tmp_path / "street.redacted.mp4").after_review
    assert outputs.plan.name == "street.reviewed.plan.json"
    made = run.redact(
        short_sample,
        outputs,
        Policy(),
        given=decided.plan,
        reviewed=decided.reviewed(plan.sha256(base)),
    )
    assert made.clean
    followed = run.read_plan(outputs.plan)
    kept = next(r for r in base.redactions if r.track == rider)
    assert {r.track for r in decided.plan.redactions} <= {r.track for r in followed.redactions}
    for before, after in zip(
        media.open_footage(short_sample).frames(),
        media.open_footage(outputs.recording).frames(),
        strict=True,
    ):
        for box in followed.boxes_at(before.at):
            assert np.ptp(after.planes[0][_inside(box)].astype(int)) < 12
        place = kept.box_at(before.at)
        if place is None:
            continue
        # Nothing was put over the kept one that was not there before.
        assert covered_share(place, followed.boxes_at(before.at)) == covered_share(
            place, decided.plan.boxes_at(before.at)
        )
        if before.at == FACE_AT:
            shown, was = (frame.planes[0][_inside(FACE)].astype(int) for frame in (after, before))
            assert np.abs(shown - was).mean() < 6
    proof = run.prove(short_sample, followed, released=outputs.recording)
    assert proof.equal
    assert proof.released


def _inside(box: Box) -> tuple[slice, slice]:
    x0, y0, x1, y1 = (int(side) for side in (box.x0, box.y0, box.x1, box.y1))
    return slice(y0 + 2, y1 - 2), slice(x0 + 2, x1 - 2)


def test_without_the_decision_the_second_look_hides_the_same_face(
    base: Plan, rider: str, short_sample: Path, tmp_path: Path
) -> None:
    given = replace(base, redactions=tuple(r for r in base.redactions if r.track != rider))
    outputs = run.outputs_for(short_sample, tmp_path / "out.mp4")
    run.redact(short_sample, outputs, Policy(), given=given)
    followed = run.read_plan(outputs.plan)
    assert covered_share(FACE, followed.boxes_at(FACE_AT)) > 0.9
    # And what it added can be decided on like anything else, and then be kept.
    changes = plan.additions(given, followed, 1)
    assert changes
    names = tuple(change.track for change in changes if isinstance(change, Draw))
    again = plan.decide(given, _decisions(*changes))
    assert {(r.span, r.region) for r in again.plan.redactions} == {
        (r.span, r.region) for r in followed.redactions
    }
    kept = plan.decide(given, _decisions(*changes, Keep(tracks=names))).plan
    assert {region.kind for region in kept.kept} == {Kind.FACE}
    assert run.redact(short_sample, outputs, Policy(), given=kept, options=FORCE).clean
    assert run.read_plan(outputs.plan).redactions == given.redactions


FORCE = run.Options(force=True)


@pytest.fixture
def drawn(tmp_path: Path) -> tuple[Path, Plan]:
    """Return a drawn recording that nobody is in, and its plan."""

    def paint(_: int, planes: list[np.ndarray[Any, Any]]) -> None:
        planes[0][:] = np.linspace(40, 200, planes[0].shape[1])

    scene = Scene(frames=30, width=320, height=192, change=paint)
    source = draw(tmp_path / "in.mp4", scene)
    return source, plan_for(media.digest(source), scene)


DRAW = Draw(
    track="drawn-1",
    keys=(
        Keyframe(at=Fraction(0), box=Box(200, 100, 230, 130)),
        Keyframe(at=Fraction(1), box=Box(250, 120, 290, 150)),
    ),
    span=Span(Fraction(0), Fraction(1)),
    interpolate=True,
)
CHANGES: tuple[Change, ...] = (
    DRAW,
    Extent(track="face-1", span=Span(Fraction(0), Fraction(1))),
    Key(track="face-1", at=Fraction(1, 5), box=Box(16, 16, 80, 80)),
    Looked(walk=1, at=Fraction(2, 5), clean=True),
    Looked(walk=1, at=Fraction(4, 5), clean=False),
    Undo(number=3),
    Looked(walk=2, at=Fraction(1, 5), clean=True),
)


def _journal(base: Plan, *changes: Change) -> str:
    head = plan.journal_head(base.footage.sha256, plan.sha256(base))
    return head + "".join(plan.journal_line(one) for one in _decisions(*changes))


def test_the_report_says_who_decided_what_and_what_the_looks_support(
    drawn: tuple[Path, Plan], tmp_path: Path
) -> None:
    source, base = drawn
    decided = plan.decide(base, _decisions(*CHANGES))
    outputs = run.outputs_for(source, tmp_path / "out.mp4")
    reviewed = decided.reviewed(plan.sha256(base))
    made = run.redact(source, outputs, Policy(), given=decided.plan, reviewed=reviewed)
    assert made.clean
    document = json.loads(outputs.report_json.read_text())
    assert document["kept_tracks"] == []
    said = document["reviewed"]
    assert said["plan_sha256"] == plan.sha256(base)
    assert said["decisions"] == 7
    assert [(t["track"], t["by"], t["when"]) for t in said["drawn"]] == [
        ("drawn-1", "Ada <b>", "2026-01-02T03:04:05+00:00")
    ]
    assert [(t["track"], t["kind"], t["end_s"]) for t in said["changed"]] == [("face-1", "face", 1)]
    assert [(w["looks"], w["showing"], w["changed_since"]) for w in said["walks"]] == [
        (2, 1, True),
        (1, 0, False),
    ]
    assert [entry["number"] for entry in said["history"] if entry["undone"]] == [3]
    page = outputs.report_html.read_text(encoding="utf-8")
    assert "Ada &lt;b&gt;" in page
    assert "<b>" not in page
    for words in (
        "What a person decided",
        "somebody shows in fewer than",
        "this holds no more",
        "undid 3: set the box of face-1 at 0:00.200",
        "her own footage",
    ):
        assert words in page
    assert "<img" not in page


def test_the_report_names_who_is_kept_first_and_looks_twice(
    drawn: tuple[Path, Plan], tmp_path: Path
) -> None:
    source, base = drawn
    decided = plan.decide(base, _decisions(Keep(tracks=("face-1",))))
    outputs = run.outputs_for(source, tmp_path / "out.mp4")
    reviewed = decided.reviewed(plan.sha256(base))
    run.redact(source, outputs, Policy(), given=decided.plan, reviewed=reviewed)
    document = json.loads(outputs.report_json.read_text())
    assert [(t["track"], t["by"]) for t in document["kept_tracks"]] == [("face-1", "Ada <b>")]
    assert document["kept"] == []
    page = outputs.report_html.read_text(encoding="utf-8")
    assert 'class="verdict look"' in page
    assert page.index("What was kept on purpose") < page.index("What was hidden")
    # A plan that is followed by itself says whom it keeps, and does not know who decided that.
    run.redact(source, outputs, Policy(), given=run.read_plan(outputs.plan), options=FORCE)
    document = json.loads(outputs.report_json.read_text())
    assert document["reviewed"] is None
    assert [(t["track"], t["by"], t["end_s"]) for t in document["kept_tracks"]] == [
        ("face-1", None, 1.2)
    ]
    assert "not stated" in outputs.report_html.read_text(encoding="utf-8")


def test_render_follows_decisions_and_leaves_the_plan_as_it_is(
    drawn: tuple[Path, Plan], tmp_path: Path, cli: Cli, nothing_left: Callable[[Path], None]
) -> None:
    source, base = drawn
    (tmp_path / "out.plan.json").write_text(plan.to_json(base))
    (tmp_path / "out.decisions.jsonl").write_text(_journal(base, DRAW) + '{"torn')
    arguments = [
        *("render", source, "--plan", tmp_path / "out.plan.json"),
        *("--decisions", tmp_path / "out.decisions.jsonl"),
    ]
    done = cli(*arguments, "-o", tmp_path / "out.mp4")
    assert done.returncode == 0, done.stderr
    assert "has no end and is passed over" in done.stderr
    assert run.read_plan(tmp_path / "out.plan.json") == base
    followed = run.read_plan(tmp_path / "out.reviewed.plan.json")
    assert [r.because for r in followed.redactions] == [Because.ASKED, Because.DETECTOR]
    document = json.loads((tmp_path / "out.report.json").read_text())
    assert document["reviewed"]["decisions"] == 1
    assert document["plan_sha256"] == plan.sha256(followed)
    nothing_left(tmp_path)


@pytest.mark.parametrize("field", ["footage_sha256", "plan_sha256"])
def test_decisions_about_something_else_are_refused(
    drawn: tuple[Path, Plan], tmp_path: Path, field: str
) -> None:
    _, base = drawn
    digests = {"footage_sha256": base.footage.sha256, "plan_sha256": plan.sha256(base)}
    path = tmp_path / "x.decisions.jsonl"
    path.write_text(plan.journal_head(**digests))
    assert run.read_decisions(path, base).decisions == ()
    path.write_text(plan.journal_head(**{**digests, field: "0" * 64}))
    with pytest.raises(PlanError, match="about another"):
        run.read_decisions(path, base)


def test_decisions_that_do_not_fit_give_no_output(
    drawn: tuple[Path, Plan], tmp_path: Path, cli: Cli
) -> None:
    source, base = drawn
    (tmp_path / "p.json").write_text(plan.to_json(base))
    (tmp_path / "d.jsonl").write_text(_journal(base, Keep(tracks=("face-9",))))
    done = cli(
        *("render", source, "--plan", tmp_path / "p.json", "--decisions", tmp_path / "d.jsonl"),
        *("-o", tmp_path / "out.mp4"),
    )
    assert done.returncode == 2
    assert "decision 1 does not fit: there is no track 'face-9'" in done.stderr
    assert not (tmp_path / "out.mp4").exists()


def test_the_version_of_reports_tells_these_apart() -> None:
    assert report.VERSION == 4
