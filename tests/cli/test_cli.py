"""Transcripts: what a person types, what comes back, and what must not exist afterwards."""

from __future__ import annotations

import json
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.conftest import Cli, OnTerminal
from tests.stage import Scene, draw, plan_for

import bystander
from bystander.plan import to_json

Tidy = Callable[[Path], None]


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return draw(tmp_path / "clip.mp4", Scene(frames=8, sound_s=0.3))


def test_redact_writes_output_plan_and_report_and_says_so(cli: Cli, clip: Path) -> None:
    done = cli("redact", clip.name, "--provider", "cpu", cwd=clip.parent)
    assert done.returncode == 0
    assert done.stdout.splitlines()[:3] == [
        "output  clip.redacted.mp4",
        "report  clip.report.html",
        "plan    clip.plan.json",
    ]
    said = done.stderr
    assert "the sound is dropped, voices identify people; --audio keep keeps it" in said
    assert "on CPUExecutionProvider" in said
    assert "looking for people: 8 frames" in said
    assert "\x1b" not in said + done.stdout
    assert sorted(path.name for path in clip.parent.iterdir()) == [
        "clip.mp4",
        "clip.plan.json",
        "clip.redacted.mp4",
        "clip.report.html",
        "clip.report.json",
    ]


@pytest.mark.parametrize("audio", ["drop", "keep", "tone"])
def test_nothing_is_said_of_sound_that_is_not_there(cli: Cli, tmp_path: Path, audio: str) -> None:
    clip = draw(tmp_path / "clip.mp4", Scene(frames=4))
    done = cli("redact", clip, "--audio", audio)
    assert done.returncode == 0
    assert "sound" not in done.stderr
    report = json.loads((tmp_path / "clip.report.json").read_text())
    assert report["sound"] == "none"
    assert report["weaker_than_release"] == []


def test_json_goes_to_standard_output_and_quiet_is_quiet(cli: Cli, clip: Path) -> None:
    done = cli("redact", clip, "--json", "--quiet")
    assert json.loads(done.stdout)["clean"] is True
    assert done.stderr == ""


def test_the_steps_one_by_one(cli: Cli, short_sample: Path, tmp_path: Path) -> None:
    plan, output = tmp_path / "p.json", tmp_path / "o.mkv"
    done = cli("detect", short_sample, "-o", plan)
    assert done.returncode == 0
    assert "regions to hide" in done.stdout
    assert cli("render", short_sample, "--plan", plan, "-o", output).returncode == 0
    done = cli("verify", output, "--plan", plan, "--original", short_sample)
    assert done.returncode == 0
    assert done.stdout.count("  passed") == 5
    done = cli("prove", short_sample, "--plan", plan, "--as", ".mkv")
    assert done.returncode == 0
    assert done.stdout.startswith("proven: 24 frames")


def test_verify_ends_with_3_where_the_output_is_not_redacted(
    cli: Cli, short_sample: Path, tmp_path: Path
) -> None:
    plan = tmp_path / "p.json"
    assert cli("detect", short_sample, "-o", plan, "--min-face", "40").returncode == 0
    done = cli("verify", short_sample, "--plan", plan, "--original", short_sample)
    assert done.returncode == 3
    assert "leak: fill: a planned region does not hold the fill" in done.stdout
    assert "bystander: error:" in done.stderr


def test_the_camera_is_hidden_and_the_rest_of_it_is_measured(
    cli: Cli, short_sample: Path, tmp_path: Path
) -> None:
    output, plan = tmp_path / "out.mp4", tmp_path / "out.plan.json"
    done = cli("redact", short_sample, "-o", output, "--hide-camera")
    assert done.returncode == 0, done.stderr
    assert "fingerprint of the camera: reduced, not removed; " in done.stdout
    report = json.loads((tmp_path / "out.report.json").read_text())
    assert report["camera"]["fingerprint"] == "reduced"
    assert report["camera"]["in_words"] in done.stdout
    assert not any("fingerprint" in thing for thing in report["not_looked_for"])
    page = (tmp_path / "out.report.html").read_text()
    assert "reduced, not removed" in page
    checked = cli("verify", output, "--plan", plan, "--original", short_sample, "--camera")
    assert checked.returncode == 0
    assert f"fingerprint of the camera: {report['camera']['in_words']}" in checked.stdout


def test_models_are_listed_with_digests_and_licences(cli: Cli) -> None:
    done = cli("models")
    assert done.returncode == 0
    for word in ("centerface: detector", "yuface: verifier", "bikes: sample", "licence  MIT"):
        assert word in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["redact", "none.mp4"], 2, "error: none.mp4 does not exist"),
        (["redact", "."], 2, "error: . is a folder"),
        (["redact", ".", "-o", "."], 2, "error: the output folder may not be or hold"),
        (["redact", ".", "-o", "clip.mp4"], 2, "error: clip.mp4 is not a folder"),
        (["redact", ".", "-o", "no/out"], 2, "error: the folder no/out cannot be made"),
        (["redact", ".", "-o", "out", "--region", "0,0,9,9"], 2, "error: --plan and regions"),
        (["redact", ".", "-o", "out", "--plan", "p"], 2, "error: --plan and regions"),
        (["detect", ".", "-o", "p"], 2, "error: . is not a regular file"),
        (["redact", "clip.mp4", "--limit", "speed=9"], 2, "error: --limit: there is no 'speed'"),
        (["redact", "clip.mp4", "--limit", "frames=0"], 2, "error: --limit: '0' is no number"),
        (["redact", "clip.mp4", "--limit", "frames=7"], 1, "hint: --limit frames=N raises it"),
        (["redact", "clip.mp4", "--limit", "pixels=99"], 1, "hint: --limit pixels=N raises it"),
        (["redact", "clip.mp4", "--limit", "memory=99"], 1, "hint: --limit memory=MIB raises it"),
        (["redact", "clip.mp4", "-o", "n" * 250 + ".mp4"], 2, "is too long to be written"),
        (["redact", "empty.mp4"], 1, "error: empty.mp4 is empty"),
        (["redact", "noise.mp4"], 1, "error: noise.mp4 is not a recording that can be read"),
        (["redact", "clip.mp4", "-o", "out.avi"], 2, "error: nothing is written as .avi"),
        (["redact", "clip.mp4", "-o", "clip.mp4"], 2, "error: clip.mp4 is the original itself"),
        (["redact", "clip.mp4", "-o", "no/out.mp4"], 2, "does not exist"),
        (["redact", "clip.mp4", "--fill", "blur"], 2, "hint: --fill soft looks like a blur"),
        (["redact", "clip.mp4", "--fill", "mosaic"], 2, "error: mosaic can be undone"),
        (["redact", "clip.mp4", "--target", "dogs"], 2, "error: --target"),
        (["redact", "clip.mp4", "--preset", "warp"], 2, "error: --preset"),
        (["redact", "clip.mp4", "--min-face", "0"], 2, "error: --min-face"),
        (["redact", "clip.mp4", "--crf", "45"], 2, "hint: coarser coding smears"),
        (
            ["redact", "clip.mp4", "--hide-camera", "--crf", "18"],
            2,
            "error: hiding the camera needs a crf of 23 or more for h264, not 18",
        ),
        (["redact", "clip.mp4", "--provider", "abacus"], 2, "error: --provider"),
        (["redact", "clip.mp4", "--provider", "cuda"], 1, "error: onnxruntime has no cuda"),
        (["redact", "clip.mp4", "--plan", "noise.mp4"], 2, "error: noise.mp4 is not a plan"),
        (["redact", "clip.mp4", "--plan", "p", "--fill", "soft"], 2, "error: --plan brings"),
        (["redact", "clip.mp4", "--plan", "p", "--region", "0,0,9,9"], 2, "error: --plan brings"),
        (["redact", "clip.mp4", "--keep-region", "0,0"], 2, "error: --keep-region: '0,0' is no"),
        (["redact", "clip.mp4", "--keep-region", "9000,0,9,9"], 2, "region 1 does not lie within"),
        (
            ["redact", "clip.mp4", "--policy", "mine"],
            2,
            "error: --policy: there is no policy 'mine'",
        ),
        (["redact", "clip.mp4", "--policy", "a.toml"], 2, "cannot be read: no such file"),
        (["redact", "clip.mp4", "--policy", "bad.toml"], 2, "error: bad.toml: head_width: input"),
        (["redact", "clip.mp4", "-o", "empty.mp4"], 2, "hint: --force replaces it"),
        (["redact", "clip.mp4", "-o", "out.png"], 2, "error: recordings are not written as .png"),
        (["detect", "none.mp4", "-o", "p"], 2, "error: none.mp4 does not exist"),
        (["detect", "clip.mp4", "-o", "empty.mp4"], 2, "hint: --force replaces it"),
        (["render", "clip.mp4", "--plan", "no", "-o", "o.mp4"], 2, "error: no cannot be read"),
        (["render", "none.mp4", "--plan", "p.json", "-o", "o.mp4"], 2, "none.mp4 does not exist"),
        (["prove", "none.mp4", "--plan", "p.json"], 2, "error: none.mp4 does not exist"),
        (["prove", "clip.mp4", "--plan", "p.json"], 2, "drawn up for another recording"),
        (
            ["verify", "none.mp4", "--plan", "p.json", "--original", "clip.mp4"],
            2,
            "drawn up for another recording",
        ),
        (["redact", "clip.mp4", "--plan", "p", "--policy", "release"], 2, "error: --plan brings"),
        (["policy", "show", "mine"], 2, "hint: one of release, research, source"),
        (["redact", "clip.mp4", "--target", "cats"], 2, "error: --target: "),
        (["redact", "clip.mp4", "-o", "."], 2, "error: . is a folder"),
        (["redact", "clip.mp4", "--region", "here"], 2, "error: --region: 'here' is no region"),
        (["redact", "clip.mp4", "--region", "0,0,0,9"], 2, "is an empty region"),
        (["redact", "clip.mp4", "--region", "0,0,9,9@4-3"], 2, "is an empty region"),
        (
            ["redact", "clip.mp4", "--region", "9000,0,9,9"],
            2,
            "error: region 1 does not lie within",
        ),
        (["redact", "clip.mp4", "--region", "0,0,9,9@1:00-"], 2, "region 1 covers no frame"),
        (["redact"], 2, "error: missing argument 'IN'"),
        (["review", "none.mp4"], 2, "error: none.mp4 does not exist"),
        (["review", "."], 2, "error: . is a folder"),
        (["review", ".", "-o", "out", "--plan", "p"], 2, "error: . is a folder"),
        (["review", ".", "-o", "."], 2, "error: the output folder may not be or hold"),
        (["review", "clip.mp4", "--plan", "none.json"], 2, "error: none.json does not exist"),
        (["review", "clip.mp4", "--plan", "noise.mp4"], 2, "error: the plan is malformed"),
        (["review", "clip.mp4", "--plan", "p.json", "--port", "80"], 2, "error: --port: 80"),
        (["review", "clip.mp4", "--plan", "p.json", "--idle", "0"], 2, "error: --idle"),
        (["review", "clip.mp4", "--plan", "p.json", "--by", " "], 2, "error: --by"),
        (["review", "clip.mp4", "--plan", "p.json", "--by", "Bystander"], 2, "error: --by"),
        (["review", "noise.mp4", "--plan", "p.json"], 1, "error: noise.mp4 is not a recording"),
        (["review", "noise.mp4"], 1, "error: noise.mp4 is not a recording that can be read"),
        (["redact", "clip.mp4", "--nope"], 2, "error: no such option"),
        (["blur"], 2, "error: no such command 'blur'"),
    ],
)
def test_errors_are_one_line_and_leave_nothing(
    cli: Cli, clip: Path, nothing_left: Tidy, arguments: list[str], code: int, says: str
) -> None:
    (clip.parent / "empty.mp4").touch()
    (clip.parent / "noise.mp4").write_bytes(bytes(range(255, -1, -1)) * 30)
    (clip.parent / "bad.toml").write_text("head_width = 70\n")
    (clip.parent / "p.json").write_text(to_json(plan_for("0" * 64, Scene(frames=8))))
    before = {path.name: path.stat().st_mtime_ns for path in clip.parent.iterdir()}
    done = cli(*arguments, cwd=clip.parent)
    assert done.returncode == code
    assert says in done.stderr
    errors = [line for line in done.stderr.splitlines() if line.startswith("bystander: error:")]
    assert len(errors) == 1
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert {path.name: path.stat().st_mtime_ns for path in clip.parent.iterdir()} == before
    nothing_left(clip.parent)


def test_a_missing_model_is_an_error_and_nothing_is_written(
    cli: Cli, clip: Path, tmp_path: Path, nothing_left: Tidy
) -> None:
    copied = tmp_path / "lib" / "bystander"
    shutil.copytree(Path(bystander.__file__).parent, copied)
    (copied / "assets" / "centerface.onnx").unlink()
    done = cli("redact", clip, env={"PYTHONPATH": str(copied.parent)})
    assert done.returncode == 1
    assert "error: the detector centerface is missing" in done.stderr
    assert not (tmp_path / "clip.redacted.mp4").exists()
    nothing_left(clip.parent)


def test_a_hostile_name_reaches_no_terminal(cli: Cli, tmp_path: Path) -> None:
    done = cli("redact", "a\x1b[2Jb\nc.mp4", cwd=tmp_path)
    assert done.returncode == 2
    assert "\x1b" not in done.stderr
    assert len(done.stderr.splitlines()) == 1


def start(clip: Path, *more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "bystander", "redact", str(clip), *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for_work(folder: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if any(path.name.startswith(".bystander-") for path in folder.iterdir()):
            time.sleep(0.7)
            return
        time.sleep(0.02)
    pytest.fail("the run did not begin")


@pytest.fixture
def long_clip(tmp_path: Path) -> Path:
    return draw(tmp_path / "clip.mp4", Scene(width=640, height=360, frames=200))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_and_leaves_nothing(long_clip: Path, number: signal.Signals) -> None:
    before = long_clip.read_bytes()
    with start(long_clip) as process:
        wait_for_work(long_clip.parent)
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 128 + number
    assert f"error: stopped by {number.name}" in said
    assert "Traceback" not in said
    assert [path.name for path in long_clip.parent.iterdir()] == ["clip.mp4"]
    assert long_clip.read_bytes() == before


def test_a_killed_run_leaves_no_output_and_the_next_run_tidies(long_clip: Path, cli: Cli) -> None:
    with start(long_clip) as process:
        wait_for_work(long_clip.parent)
        process.kill()
        process.communicate(timeout=60)
    left = [path for path in long_clip.parent.iterdir() if path != long_clip]
    assert [path.name[:11] for path in left] == [".bystander-"]
    small = draw(long_clip.parent / "small.mp4", Scene(frames=2))
    assert cli("redact", small).returncode == 0
    assert not left[0].exists()
    assert not (long_clip.parent / "clip.redacted.mp4").exists()


def test_no_space_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    clip = draw(tmp_path / "clip.mp4", Scene(width=320, height=240, frames=30))
    limit = 4096

    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    done = subprocess.run(
        [sys.executable, "-m", "bystander", "redact", str(clip), "--crf", "1"],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=small_files,
    )
    assert done.returncode == 1
    assert "error: the new recording cannot be written: file too large" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["clip.mp4"]


def test_a_bar_is_drawn_on_a_terminal_only(clip: Path, on_terminal: OnTerminal) -> None:
    code, shown = on_terminal("redact", clip, columns=120)
    assert code == 0
    assert b"looking for people" in shown
    assert b"frames/s" in shown
    assert b"8/8" in shown


def test_a_policy_of_ones_own_names_and_dates_nothing_and_is_said_to_be_weaker(
    cli: Cli, short_sample: Path, tmp_path: Path
) -> None:
    source = tmp_path / "Jane-12-May.mp4"
    source.write_bytes(short_sample.read_bytes())
    shown = cli("policy", "show", "release")
    policy = tmp_path / "jane.toml"
    policy.write_text(shown.stdout.replace("neutral_names = false", "neutral_names = true"))
    done = cli("redact", source, "--policy", policy, "--target", "faces", "--quiet")
    assert done.returncode == 0, done.stderr
    made = [path for path in tmp_path.iterdir() if path not in (source, policy)]
    assert {path.name for path in made} == {
        "redacted.mp4",
        "redacted.plan.json",
        "redacted.report.json",
        "redacted.report.html",
    }
    for path in made:
        assert b"jane" not in path.read_bytes().lower()
        assert path.stat().st_mtime == 315_532_800
    page = (tmp_path / "redacted.report.html").read_text()
    assert "of its own, from a file, changed beside it: targets" in " ".join(page.split())
    assert "the heads of people whose face is not seen are not hidden" in page
