"""Transcripts of folders: what is done, what is left out, what fails, and what another run does."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import Cli, OnTerminal
from tests.stage import Scene, draw

from bystander import media

QUICK = ("--target", "faces", "--min-face", "40", "--preset", "ultrafast", "--provider", "cpu")
SMALL = Scene(frames=2)


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with two films that differ, to be copied from."""
    folder = tmp_path_factory.mktemp("films")
    draw(folder / "a.mp4", SMALL)
    draw(folder / "b.avi", Scene(frames=3, codec="mpeg4", options={}))
    return folder


@pytest.fixture
def tree(films: Path, tmp_path: Path) -> Path:
    """Return a folder with all that a folder can hold."""
    folder = tmp_path / "in"
    (folder / "sub" / "deep").mkdir(parents=True)
    (folder / ".hidden").mkdir()
    one, other = (films / "a.mp4").read_bytes(), (films / "b.avi").read_bytes()
    (folder / "a.mp4").write_bytes(one)
    (folder / "a.avi").write_bytes(other)
    (folder / "sub" / "b.MP4").write_bytes(one)
    (folder / "sub" / "b.mp4").write_bytes(one)
    (folder / "sub" / "deep" / "cut.mp4").write_bytes(one[:-200])
    (folder / ".hidden" / "c.mp4").write_bytes(one)
    (folder / "notes.txt").write_text("Jane Doe was here")
    (folder / "sub" / "clip.dat").write_bytes(one)
    (folder / "link.mp4").symlink_to(films / "a.mp4")
    (folder / "elsewhere").symlink_to(films)
    os.mkfifo(folder / "pipe.mp4")
    return folder


def outputs(folder: Path) -> list[str]:
    names = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(str(name) for name in names)


def made(within: str, recording: str) -> list[str]:
    kinds = ("plan.json", "report.html", "report.json")
    return [recording, *(f"{within}.{kind}" for kind in kinds)]


def test_a_folder_is_redacted_and_all_is_named(cli: Cli, tree: Path) -> None:
    out = tree.parent / "out"
    before = {path: path.stat().st_mtime_ns for path in tree.rglob("*")}
    done = cli("redact", tree, "-o", out, *QUICK)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stdout.splitlines() == [
        "done       4",
        "left out   6; nothing of them was copied",
        "  .hidden: hidden",
        "  elsewhere: a link, not followed",
        "  link.mp4: a link, not followed",
        "  notes.txt: not media",
        "  pipe.mp4: not a regular file",
        "  sub/clip.dat: not media",
    ]
    assert done.stderr.splitlines()[-2:] == [
        "bystander: error: sub/deep/cut.mp4: the recording is cut short: its end is missing",
        "bystander: error: 1 of 5 files have no output",
    ]
    assert outputs(out) == sorted(
        [
            *made("a.mp4", "a.redacted.mp4"),
            *made("a.avi", "a.avi.redacted.mp4"),
            *made("sub/b.MP4", "sub/b.redacted.MP4"),
            *made("sub/b.mp4", "sub/b.redacted.mp4"),
        ]
    )
    assert not (out / "sub" / "deep").exists()
    assert {path: path.stat().st_mtime_ns for path in tree.rglob("*")} == before
    assert len(list(media.open_footage(out / "a.avi.redacted.mp4").frames())) == 3


def states(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    document: dict[str, Any] = json.loads(done.stdout)
    assert document["format"] == "bystander-folder"
    return {entry["source"]: entry["outcome"] for entry in document["files"]}


@pytest.fixture
def leaky(tmp_path: Path) -> Path:
    """Return a program that is bystander with a fill that fills nothing."""
    program = tmp_path / "leaky.py"
    program.write_text(
        "import runpy, sys\n"
        "from bystander.run import confine\n"
        "if __name__ == '__main__':\n"
        "    from bystander import cli\n"
        f"    confine.__file__ = {str(tmp_path / 'worker.py')!r}\n"
        "    cli.main()\n"
    )
    (tmp_path / "worker.py").write_text(
        "import bystander.hide, bystander.run.passes\n"
        "bystander.hide.apply = lambda plan, frame, fill: frame\n"
        "from bystander.run import confine\n"
        "confine._enter()\n"
    )
    return program


def test_a_leak_in_one_file_ends_with_3_and_the_rest_is_done(
    short_sample: Path, films: Path, tmp_path: Path, leaky: Path
) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    (folder / "street.mp4").write_bytes(short_sample.read_bytes())
    empty = Scene(frames=2, change=lambda _, planes: planes[0].fill(90))
    draw(folder / "z.mp4", empty)
    (folder / "cut.mp4").write_bytes((films / "a.mp4").read_bytes()[:-200])
    done = subprocess.run(
        [sys.executable, leaky, "redact", folder, "-o", out, *QUICK, "--json", "--quiet"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert states(done) == {"cut.mp4": "failed", "street.mp4": "leak", "z.mp4": "done"}
    assert done.returncode == 3
    assert "2 of 3 files have no output; in 1 of them a leak was found" in done.stderr
    assert [name for name in outputs(out) if "redacted" in name] == ["z.redacted.mp4"]
    assert json.loads((out / "street.mp4.report.json").read_text())["clean"] is False


def test_a_signal_leaves_what_is_done_and_the_next_run_goes_on(
    cli: Cli, films: Path, tmp_path: Path
) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    (folder / "a.mp4").write_bytes((films / "a.mp4").read_bytes())
    draw(folder / "long.mp4", Scene(width=640, height=360, frames=40))
    with subprocess.Popen(
        [sys.executable, "-m", "bystander", "redact", folder, "-o", out, *QUICK],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        deadline = time.monotonic() + 90
        while not (out / "a.redacted.mp4").exists() or not list(out.glob(".bystander-*")):
            assert time.monotonic() < deadline, "the second file did not begin"
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        said, errors = process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGINT
    assert "stopped after 1 of 2 files; the same command goes on from there" in said
    assert "stopped by SIGINT" in errors
    assert outputs(out) == sorted(made("a.mp4", "a.redacted.mp4"))
    (folder / "long.mp4").write_bytes((films / "a.mp4").read_bytes())
    again = cli("redact", folder, "-o", out, *QUICK, "--json")
    assert states(again) == {"a.mp4": "unchanged", "long.mp4": "done"}


def test_one_bar_is_drawn_for_the_folder(
    films: Path, tmp_path: Path, on_terminal: OnTerminal
) -> None:
    code, shown = on_terminal("redact", films, "-o", tmp_path / "out", *QUICK, columns=100)
    assert code == 0
    for part in (b"1/2", b"2/2", b"100 %", b"done       a.mp4", b"b.avi"):
        assert part in shown


NAMES = (
    b"a\nb.mp4",
    b"a\x1b[2Jb.mp4",
    "a\u202egnp.mp4".encode(),
    b"a\xffb.mp4",
    b"-o.mp4",
    b"a%03d.mp4",
    b"concat:b.mp4",
)


def test_odd_names_are_done_and_printed_harmlessly(films: Path, tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path / "-in\n")
    os.mkdir(folder)
    for name in NAMES:
        Path(os.fsdecode(folder + b"/" + name)).write_bytes((films / "a.mp4").read_bytes())
    Path(os.fsdecode(folder), "no\nfilm.mp4").write_bytes(b"no film")
    done = subprocess.run(
        [sys.executable, "-m", "bystander", "redact", *QUICK, "-o", "out", "--", "-in\n"],
        capture_output=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 1
    for name in NAMES:
        made = os.fsencode(tmp_path) + b"/out/" + name.removesuffix(b".mp4") + b".redacted.mp4"
        assert os.path.exists(made), name
    said, errors = done.stdout.decode("utf-8"), done.stderr.decode("utf-8")  # or it is no UTF-8
    assert all(c.isprintable() or c == "\n" for c in said + errors)
    assert said == "done       7\n"
    begins = ("sound is", "weaker", "done  ", "failed  ", "bystander: error: ")
    assert all(line.startswith(begins) for line in errors.splitlines())
    assert sum(line.startswith("done  ") for line in errors.splitlines()) == len(NAMES)
    assert r"bystander: error: no\nfilm.mp4: -in\n/no\nfilm.mp4 is not a recording" in errors


def test_a_dash_first_is_a_name_after_two_dashes(cli: Cli, films: Path, tmp_path: Path) -> None:
    (tmp_path / "-o.mp4").write_bytes((films / "a.mp4").read_bytes())
    assert cli("redact", *QUICK, "--", "-o.mp4", cwd=tmp_path).returncode == 0
    assert (tmp_path / "-o.redacted.mp4").exists()


def test_a_link_to_a_recording_is_read_and_a_link_at_the_output_is_not_written_through(
    cli: Cli, films: Path, tmp_path: Path
) -> None:
    (tmp_path / "a.mp4").symlink_to(films / "a.mp4")
    precious = tmp_path / "precious.mp4"
    precious.write_bytes(b"precious")
    (tmp_path / "a.redacted.mp4").symlink_to(precious)
    done = cli("redact", "a.mp4", *QUICK, cwd=tmp_path)
    assert done.returncode == 2
    assert "a.redacted.mp4 exists already" in done.stderr
    assert cli("redact", "a.mp4", *QUICK, "--force", cwd=tmp_path).returncode == 0
    assert precious.read_bytes() == b"precious"
    assert not (tmp_path / "a.redacted.mp4").is_symlink()
