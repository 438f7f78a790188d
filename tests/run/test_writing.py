"""Text, codes and plates, the whole way on drawn footage."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from tests.stage import Scene, draw
from tests.written import box_of, code, put, text

import bystander
from bystander import detect, media, run
from bystander.geometry import covered_share
from bystander.records import Kind, Plan, Policy

CLOCK_AT, CODE_AT = (300, 12), (24, 120)
WORDS = "HK 2107"
QR = code("https://example.org/who-am-i")


def clock(index: int) -> np.ndarray:
    return text(f"12:30:{index // 25:02d}", 20)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return two seconds with a clock, a code, and words that move."""
    words = text(WORDS)
    scene = Scene(
        width=480,
        height=272,
        frames=50,
        change=put(
            lambda n: [
                (*CLOCK_AT, clock(n)),
                (*CODE_AT, QR),
                (200 + 2 * (n // 2), 180, words),
            ]
        ),
    )
    return draw(tmp_path_factory.mktemp("written") / "in.mp4", scene)


@pytest.fixture(scope="module")
def redacted(original: Path) -> Path:
    output = original.with_name("out.mp4")
    report = bystander.redact(original, output, policy=Policy(targets=("text",)))
    assert report.clean
    return output


@pytest.fixture(scope="module")
def plan(redacted: Path) -> Plan:
    return run.read_plan(redacted.with_name("out.plan.json"))


def test_a_clock_is_hidden_in_every_frame(plan: Plan, original: Path) -> None:
    for frame in media.open_footage(original).frames():
        where = box_of(*CLOCK_AT, clock(frame.index))
        assert covered_share(where, plan.boxes_at(frame.at)) == 1.0, frame.index


def test_words_that_move_are_hidden_in_every_frame(plan: Plan, original: Path) -> None:
    for frame in media.open_footage(original).frames():
        where = box_of(200 + 2 * (frame.index // 2), 180, text(WORDS))
        assert covered_share(where, plan.boxes_at(frame.at)) == 1.0, frame.index


def test_a_code_is_read_before_and_not_after(redacted: Path, original: Path, plan: Plan) -> None:
    def read(path: Path) -> list[str]:
        frame = next(iter(media.open_footage(path).frames()))
        picture = np.ascontiguousarray(frame.rgb(frame.width, frame.height)[..., 1])
        return [found.text for found in zxingcpp.read_barcodes(picture)]

    assert len(read(original)) == 1
    assert read(redacted) == []
    assert {r.kind for r in plan.redactions} == {Kind.TEXT, Kind.CODE}


def test_what_a_code_says_is_nowhere(redacted: Path) -> None:
    for name in ("out.plan.json", "out.report.json", "out.report.html"):
        assert "who-am-i" not in redacted.with_name(name).read_text(encoding="utf-8")


def test_the_report_says_what_was_hidden_and_what_was_not_looked_for(redacted: Path) -> None:
    report = json.loads(redacted.with_name("out.report.json").read_text(encoding="utf-8"))
    assert {check["name"] for check in report["checks"]} >= {"text", "codes"}
    assert any("faces" in what for what in report["not_looked_for"])
    assert "number plates" in report["not_looked_for"]
    assert report["recount"] is None


def test_most_of_the_picture_stays(plan: Plan) -> None:
    hidden = np.zeros((272, 480), dtype=bool)
    for box in plan.boxes_at(plan.redactions[0].span.start):
        hidden[int(box.y0) : int(box.y1), int(box.x0) : int(box.x1)] = True
    assert hidden.mean() < 0.45


def test_what_was_left_showing_is_found_in_the_output(original: Path, tmp_path: Path) -> None:
    """A plan that hides nothing of the text is not followed silently."""
    nothing = run.draw_up(original, tmp_path / "plan.json", Policy(targets=("text",)))
    bare = tmp_path / "bare.json"
    document = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))
    assert nothing.redactions
    document["redactions"] = []
    bare.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(bystander.LeakFound) as caught:
        run.redact(
            original,
            run.outputs_for(original, tmp_path / "out.mp4"),
            Policy(),
            given=run.read_plan(bare),
            amend=False,
        )
    report = caught.value.report
    assert {leak.check for leak in report.leaks} == {"text", "codes"}


def plates_of(tmp_path: Path, size_px: int, frames: int = 13) -> Plan:
    words = text(WORDS, size_px)
    scene = Scene(width=480, height=272, frames=frames, change=put(lambda _: [(180, 120, words)]))
    source = draw(tmp_path / "sign.mp4", scene)
    return run.draw_up(source, tmp_path / "plan.json", Policy(targets=("plates",)))


def test_a_sign_on_no_vehicle_is_no_plate(tmp_path: Path) -> None:
    drawn = plates_of(tmp_path, 14)
    assert drawn.redactions == ()
    assert drawn.detectors == (detect.NanoDet().name, detect.PpOcr().name)


def test_what_fills_the_picture_like_a_plate_is_one(tmp_path: Path) -> None:
    drawn = plates_of(tmp_path, 48)
    where = box_of(180, 120, text(WORDS, 48))
    assert {r.kind for r in drawn.redactions} == {Kind.PLATE}
    for index in range(13):
        assert covered_share(where, drawn.boxes_at(Fraction(index, 25))) == 1.0
