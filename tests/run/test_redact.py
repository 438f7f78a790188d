"""The whole way, on a second of a real street."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.detect.test_detectors import FACE
from tests.stage import Scene, draw, plan_for

import bystander
from bystander import detect, media, run
from bystander.errors import FootageError, LeakFound, PlanError
from bystander.geometry import Box, covered_share
from bystander.records import Because, Plan, Policy, Region

Tidy = Callable[[Path], None]
FACE_AT = Fraction(12, 25)


@pytest.fixture(scope="module")
def redacted(short_sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the output of a run with all defaults; plan and report lie beside it."""
    output = tmp_path_factory.mktemp("redacted") / "street.redacted.mp4"
    report = bystander.redact(short_sample, output)
    assert report.clean
    return output


def test_the_face_is_gone_and_the_recording_is_whole(redacted: Path, short_sample: Path) -> None:
    original, output = media.open_footage(short_sample), media.open_footage(redacted)
    assert (output.width, output.height) == (original.width, original.height)
    detector = detect.CenterFace()
    looked = 0
    for before, after in zip(original.frames(), output.frames(), strict=True):
        assert before.at == after.at
        if before.index == 12:
            seen = [Box(*b) for b in detector.look(before.rgb(before.width, before.height))[0]]
            left = [Box(*b) for b in detector.look(after.rgb(after.width, after.height))[0]]
            assert any(box.iou(FACE) > 0.4 for box in seen)
            assert not any(box.iou(FACE) > 0.2 for box in left)
            looked += 1
    assert looked == 1


def test_the_plan_hides_the_head_before_and_after_the_face_is_seen(redacted: Path) -> None:
    plan = run.read_plan(redacted.with_name("street.plan.json"))
    assert covered_share(FACE, plan.boxes_at(FACE_AT)) == 1.0
    assert covered_share(FACE, plan.boxes_at(FACE_AT + Fraction(1, 25))) == 1.0
    assert plan.policy == Policy()


def test_the_report_says_what_was_checked_and_names_nobody(
    redacted: Path, short_sample: Path
) -> None:
    text = redacted.with_name("street.report.json").read_text()
    report = json.loads(text)
    assert report["clean"] is True
    assert [c["passed"] for c in report["checks"]] == [True] * 5
    assert report["hidden"]
    assert report["original"]["sha256"] == hashlib.sha256(short_sample.read_bytes()).hexdigest()
    assert report["output"]["sha256"] == hashlib.sha256(redacted.read_bytes()).hexdigest()
    assert {m["role"] for m in report["models"]} == {"detector", "verifier"}
    page = redacted.with_name("street.report.html").read_text()
    for document in (text, page):
        assert "anonym" not in document.lower()
        assert str(short_sample.parent) not in document
        assert "leak rate" not in document.lower()
    assert "<script" not in page
    assert "<img" not in page
    assert "http://" not in page
    assert "https://" not in page
    assert "Every check ran and none found a leak" in page


def test_the_same_plan_gives_the_same_bytes(
    redacted: Path, short_sample: Path, tmp_path: Path
) -> None:
    plan = run.read_plan(redacted.with_name("street.plan.json"))
    outputs = run.outputs_for(short_sample, tmp_path / "again.mp4")
    run.redact(short_sample, outputs, Policy(), given=plan)
    assert outputs.recording.read_bytes() == redacted.read_bytes()


def test_nothing_is_left_beside_the_output(redacted: Path, nothing_left: Tidy) -> None:
    nothing_left(redacted.parent)
    assert {path.name for path in redacted.parent.iterdir()} == {
        "street.redacted.mp4",
        "street.plan.json",
        "street.report.json",
        "street.report.html",
    }


@pytest.fixture
def empty_plan(redacted: Path) -> Plan:
    """Return a plan for the street that hides nobody."""
    return replace(run.read_plan(redacted.with_name("street.plan.json")), redactions=())


def test_what_the_plan_missed_is_found_hidden_and_reported(
    empty_plan: Plan, short_sample: Path, tmp_path: Path
) -> None:
    outputs = run.outputs_for(short_sample, tmp_path / "out.mp4")
    report = run.redact(short_sample, outputs, Policy(), given=empty_plan)
    assert report.clean
    drawn = run.read_plan(outputs.plan)
    assert {r.because for r in drawn.redactions} == {"verifier"}
    assert covered_share(FACE, drawn.boxes_at(FACE_AT)) > 0.98
    document = json.loads(outputs.report_json.read_text())
    assert document["added_by_second_look"] == len(drawn.redactions) > 0
    assert document["rounds_added_by_verifier"] <= 2
    assert any("yuface" in name for name in drawn.detectors)


def test_a_leak_is_reported_and_gives_no_output(
    empty_plan: Plan, short_sample: Path, tmp_path: Path, nothing_left: Tidy
) -> None:
    outputs = run.outputs_for(short_sample, tmp_path / "out.mp4")
    with pytest.raises(LeakFound, match="a face is showing") as caught:
        run.redact(short_sample, outputs, Policy(), given=empty_plan, amend=False)
    assert not outputs.recording.exists()
    assert not caught.value.report.clean
    document = json.loads(outputs.report_json.read_text())
    assert document["clean"] is False
    assert document["output"]["sha256"] is None
    assert document["leaks"]
    assert "No output was written" in outputs.report_html.read_text()
    nothing_left(tmp_path)


def test_a_leak_leaves_no_older_output_under_the_name(
    empty_plan: Plan, short_sample: Path, tmp_path: Path
) -> None:
    outputs = run.outputs_for(short_sample, tmp_path / "out.mp4")
    outputs.recording.write_bytes(b"older")
    with pytest.raises(LeakFound):
        run.redact(
            short_sample,
            outputs,
            Policy(),
            given=empty_plan,
            amend=False,
            options=run.Options(force=True),
        )
    assert not outputs.recording.exists()


def test_a_plan_for_another_recording_is_refused(
    redacted: Path, tmp_path: Path, nothing_left: Tidy
) -> None:
    plan = run.read_plan(redacted.with_name("street.plan.json"))
    other = draw(tmp_path / "other.mp4")
    with pytest.raises(PlanError, match="another recording"):
        run.redact(other, run.outputs_for(other, None), Policy(), given=plan)
    nothing_left(tmp_path)


def test_outputs_are_named_after_the_source() -> None:
    outputs = run.outputs_for(Path("a/holiday.mov"), None)
    assert outputs.recording == Path("a/holiday.redacted.mov")
    assert outputs.report_html == Path("a/holiday.report.html")
    assert run.outputs_for(Path("clip.avi"), None).recording == Path("clip.redacted.mp4")


def test_what_exists_is_not_replaced_unless_asked_to(tmp_path: Path) -> None:
    source = draw(tmp_path / "in.mp4")
    for name in ("out.mp4", "out.plan.json", "out.report.json", "out.report.html"):
        (tmp_path / name).write_text("mine")
        with pytest.raises(FootageError, match="exists already"):
            bystander.redact(source, tmp_path / "out.mp4")
        assert (tmp_path / name).read_text() == "mine"
        (tmp_path / name).unlink()
    (tmp_path / "out.mp4").write_text("mine")
    assert bystander.redact(source, tmp_path / "out.mp4", force=True).clean
    assert len((tmp_path / "out.mp4").read_bytes()) > 4


def test_the_original_is_never_written_to(tmp_path: Path) -> None:
    source = draw(tmp_path / "in.mp4")
    before = source.read_bytes()
    (tmp_path / "link.mp4").symlink_to(source)
    (tmp_path / "hard.mp4").hardlink_to(source)
    for target in ("in.mp4", "link.mp4", "hard.mp4"):
        with pytest.raises(FootageError, match="the original itself"):
            bystander.redact(source, tmp_path / target, force=True)
    assert source.read_bytes() == before


def test_a_damaged_recording_is_salvaged_with_its_damage_covered_and_said(
    tmp_path: Path,
) -> None:
    # Every tenth frame stands alone, so damage in the middle leaves others; and the encoder gives
    # the same bytes each time, so that the damage is always in the same place.
    options = {"preset": "veryfast", "crf": "12", "g": "10", "threads": "1"}
    scene = Scene(width=320, height=240, frames=50, options={**options, "x264-params": "mbtree=0"})
    path = draw(tmp_path / "in.mp4", scene)
    content = bytearray(path.read_bytes())
    start = content.find(b"mdat")
    for at in range(start + len(content) // 2, start + len(content) // 2 + 600, 7):
        content[at] ^= 0xFF
    path.write_bytes(content)
    output = tmp_path / "out.mp4"
    with pytest.raises(FootageError, match="damaged"):
        bystander.redact(path, output)
    assert not output.exists()
    report = bystander.redact(path, output, salvage=True)
    assert report.clean
    document = json.loads((tmp_path / "out.report.json").read_text())
    damage = document["damage"]
    assert damage["frames_covered_whole"] or damage["packets_that_do_not_decode"]
    covered = [h for h in document["hidden"] if h["because"] == "damaged"]
    assert len(covered) >= bool(damage["frames_covered_whole"])


def test_sound_is_dropped_unless_kept(tmp_path: Path) -> None:
    source = draw(tmp_path / "in.mp4", Scene(frames=25, sound_s=1.0))
    bystander.redact(source, tmp_path / "dropped.mp4")
    bystander.redact(source, tmp_path / "kept.mkv", policy=Policy(audio="keep"))
    assert media.stream_kinds(tmp_path / "dropped.mp4") == ["video"]
    assert media.stream_kinds(tmp_path / "kept.mkv") == ["video", "audio"]
    assert "The sound was kept" in (tmp_path / "kept.report.html").read_text()


def test_the_camera_is_left_alone_unless_hidden_and_that_is_said(redacted: Path) -> None:
    report = json.loads(redacted.with_name("street.report.json").read_text())
    assert report["camera"] == {"fingerprint": "left"}
    assert any("fingerprint" in thing for thing in report["not_looked_for"])


def test_importing_loads_nothing_heavy() -> None:
    code = (
        "import bystander, sys\n"
        "print(*(m for m in ('av', 'onnxruntime', 'pydantic') if m in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_redact_stays_callable_after_it_was_used(tmp_path: Path) -> None:
    source = draw(tmp_path / "in.mp4", Scene(frames=3))
    assert bystander.redact(source, tmp_path / "a.mp4").clean
    assert bystander.redact(source, tmp_path / "b.mp4").clean


def test_a_plan_hides_what_it_says_in_turned_footage(tmp_path: Path) -> None:
    scene = Scene(width=176, height=144, rotation=90, frames=6)
    source = draw(tmp_path / "in.mp4", scene)
    footage = media.open_footage(source)
    plan = plan_for(
        footage.sha256,
        scene,
        boxes=lambda index: Box(8, 16, 72, 120),
        size=(footage.width, footage.height),
    )
    outputs = run.outputs_for(source, tmp_path / "out.mp4")
    assert run.redact(source, outputs, Policy(), given=plan).clean
    frame = next(iter(media.open_footage(outputs.recording).frames()))
    assert frame.planes[0].shape == (176, 144)
    assert frame.planes[0][24:112, 16:64].std() < 3


def test_a_region_that_is_asked_for_is_hidden_and_shown_in_the_report(tmp_path: Path) -> None:
    def paint(_: int, planes: list[np.ndarray[Any, Any]]) -> None:
        planes[0][:] = np.linspace(40, 200, planes[0].shape[1])  # nobody

    scene = Scene(width=320, height=240, frames=20, rate=20, change=paint)
    source, output = draw(tmp_path / "in.mp4", scene), tmp_path / "out.mp4"
    region = Region(box=Box(200, 150, 240, 190), start=Fraction(1, 4), end=Fraction(3, 4))
    bystander.redact(source, output, regions=[region])
    drawn = run.read_plan(tmp_path / "out.plan.json")
    assert [r.because for r in drawn.redactions] == [Because.ASKED]
    for before, after in zip(
        media.open_footage(source).frames(), media.open_footage(output).frames(), strict=True
    ):
        inside = after.planes[0][150:190, 200:240].astype(int)
        is_hidden = 5 <= before.index <= 15
        assert (np.ptp(inside) <= 8) == is_hidden
    page = (tmp_path / "out.report.html").read_text(encoding="utf-8")
    assert "asked-1: 0:00.250 to 0:00.800, asked for" in page


def test_who_lies_wholly_in_a_region_to_keep_is_not_hidden_and_the_report_says_so(
    short_sample: Path, tmp_path: Path
) -> None:
    output = tmp_path / "out.mp4"
    kept = Region(box=Box(200, 0, 640, 272), keep=True)  # the cyclist rides through it
    bystander.redact(short_sample, output, regions=[kept])
    plan = run.read_plan(tmp_path / "out.plan.json")
    assert plan.kept == (kept,)
    assert covered_share(FACE, plan.boxes_at(FACE_AT)) == 0
    page = (tmp_path / "out.report.html").read_text(encoding="utf-8")
    assert "What was kept on purpose" in page
    # The same face, and a region that it reaches out of: nothing is kept.
    cut = Region(box=Box(FACE.x0 + 1, 0, 640, 272), keep=True)
    bystander.redact(short_sample, output, regions=[cut], force=True)
    plan = run.read_plan(tmp_path / "out.plan.json")
    assert covered_share(FACE, plan.boxes_at(FACE_AT)) == 1


def test_whole_people_are_hidden_where_only_a_face_is_found(
    short_sample: Path, tmp_path: Path
) -> None:
    policy = Policy(targets=("people",), person_score=1.0, person_score_long=1.0)
    bystander.redact(short_sample, tmp_path / "out.mp4", policy=policy)
    plan = run.read_plan(tmp_path / "out.plan.json")
    below = Box(FACE.x0, FACE.y1, FACE.x1, min(272.0, FACE.y1 + 3 * FACE.height))
    assert any(redaction.track.startswith("body-") for redaction in plan.redactions)
    assert covered_share(below, plan.boxes_at(FACE_AT)) == 1.0
