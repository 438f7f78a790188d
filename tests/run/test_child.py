"""The child process: what it may not do, and what comes of it when it crashes, hangs or lies."""

from __future__ import annotations

import json
import os
import platform
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.stage import Scene, draw, plan_for

from bystander import media, run
from bystander.errors import BeyondLimits, DamagedFootage, FootageError, WorkerLost
from bystander.records import Policy
from bystander.run import confine

Tidy = Callable[[Path], None]
SCENE = Scene(frames=2)
QUICK = Policy(targets=("faces",), min_face_px=40, preset="ultrafast")


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return draw(tmp_path / "clip.mp4", SCENE)


class Watcher(run.Silent):
    """Does something to the worker when a pass begins."""

    def __init__(self, at: str, do: Callable[[], None]) -> None:
        self._at, self._do = at, do
        self.seen: list[str] = []

    def begin(self, what: str, frames: int) -> None:
        self.seen.append(what)
        if what == self._at:
            self._do()


def send(worker: run.Worker, number: signal.Signals) -> Callable[[], None]:
    def do() -> None:
        assert worker.pid is not None
        os.kill(worker.pid, number)

    return do


@pytest.mark.parametrize(
    ("at", "number"),
    [
        ("looking for people", signal.SIGSEGV),
        ("writing", signal.SIGABRT),
        ("verifying", signal.SIGKILL),
    ],
)
def test_a_crash_is_an_error_leaves_nothing_and_the_next_file_is_done(
    clip: Path, nothing_left: Tidy, at: str, number: signal.Signals
) -> None:
    outputs = run.outputs_for(clip, None)
    with run.Worker([clip.parent]) as worker:
        watcher = Watcher(at, send(worker, number))
        with pytest.raises(WorkerLost, match=f"crashed \\({number.name}\\)"):
            worker.redact(clip, outputs, QUICK, progress=watcher)
        assert at in watcher.seen
        assert [path.name for path in clip.parent.iterdir()] == ["clip.mp4"]
        assert worker.redact(clip, outputs, QUICK) == (0, None)
    assert all(path.exists() for path in outputs.all)
    nothing_left(clip.parent)


def test_a_crash_removes_the_older_output_that_was_to_be_replaced(clip: Path) -> None:
    outputs = run.outputs_for(clip, None)
    outputs.recording.write_bytes(b"older")
    with run.Worker([clip.parent]) as worker, pytest.raises(WorkerLost):
        worker.redact(
            clip,
            outputs,
            QUICK,
            options=run.Options(force=True),
            progress=Watcher("writing", send(worker, signal.SIGABRT)),
        )
    assert [path.name for path in clip.parent.iterdir()] == ["clip.mp4"]


def test_a_crash_removes_nothing_that_was_not_to_be_replaced(clip: Path) -> None:
    outputs = run.outputs_for(clip, None)
    outputs.recording.write_bytes(b"older")
    with run.Worker([clip.parent]) as worker:
        send(worker, signal.SIGKILL)()
        with pytest.raises(WorkerLost):
            worker.redact(clip, outputs, QUICK)
    assert outputs.recording.read_bytes() == b"older"


def test_a_child_that_hangs_is_ended(clip: Path, nothing_left: Tidy) -> None:
    allowance = run.Allowance(stall_s=2)
    with run.Worker([clip.parent], allowance=allowance) as worker:
        watcher = Watcher("looking for people", send(worker, signal.SIGSTOP))
        began = time.monotonic()
        with pytest.raises(WorkerLost, match="nothing moved for 2 seconds"):
            worker.redact(clip, run.outputs_for(clip, None), QUICK, progress=watcher)
        assert time.monotonic() - began < 30
        assert worker.pid is None
    nothing_left(clip.parent)


def test_errors_come_through_as_they_are_and_the_child_stays(clip: Path, tmp_path: Path) -> None:
    short = tmp_path / "short.mp4"
    short.write_bytes(clip.read_bytes()[:-300])
    limits = run.Options(limits=media.Limits(frames=1))
    with run.Worker([tmp_path]) as worker:
        pid = worker.pid
        with pytest.raises(DamagedFootage, match="cut short") as raised:
            worker.redact(short, run.outputs_for(short, None), QUICK)
        assert "--salvage" in (raised.value.hint or "")
        with pytest.raises(FootageError, match="does not exist"):
            worker.draw_up(tmp_path / "none.mp4", tmp_path / "p.json", QUICK)
        with pytest.raises(BeyondLimits, match="more than the 1 frames"):
            worker.draw_up(clip, tmp_path / "p.json", QUICK, options=limits)
        assert worker.pid == pid


def test_the_other_verbs_give_what_they_give_in_process(clip: Path, tmp_path: Path) -> None:
    given = plan_for(media.digest(clip), SCENE)
    output = tmp_path / "out.mp4"
    with run.Worker([tmp_path]) as worker:
        assert worker.draw_up(clip, tmp_path / "p.json", QUICK) >= 0
        worker.redact(clip, run.outputs_for(clip, output), given.policy, given=given)
        report, leaks = worker.examine(output, clip, given, camera=True)
        bare, bare_leaks = worker.examine(clip, clip, given)
    here = run.examine(output, clip, given, camera=True)
    assert report.clean
    assert leaks == 0
    assert (report.ran, report.leaks, report.recount) == (here.ran, here.leaks, here.recount)
    assert report.camera is not None
    assert (report.camera, report.unsure_speech) == (here.camera, here.unsure_speech)
    assert not bare.clean
    assert bare_leaks == len(bare.leaks) > 0
    with run.Worker([Path(os.environ.get("TMPDIR", "/tmp"))]) as worker:  # noqa: S108
        proof = worker.prove(clip, given, released=output)
    assert proof == run.prove(clip, given, released=output)


LIES = {
    "no JSON": b"hello\n",
    "no object": b"[1, 2]\n",
    "an unknown key": b'{"ready": []}\n{"run": "rm"}\n',
    "a result of another type": b'{"done": {"unsure": "none"}}\n',
    "a result without what it should have": b'{"done": {}}\n',
    "an error of no known kind": b'{"failed": "SystemExit", "message": "0"}\n',
    "a step back": b'{"step": -5}\n',
    "endless steps": b'{"step": 999999999999}\n',
    "an endless line": b"[" * 5_000_000,
    "brackets in brackets": b"[" * 100_000 + b"\n",
    "a leak in pieces": b'{"failed": "LeakFound", "message": "", "leaks": [1]}\n',
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_a_child_that_says_what_cannot_be_is_not_believed(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lie: bytes
) -> None:
    (tmp_path / "lie").write_bytes(lie)
    liar = tmp_path / "liar.py"
    liar.write_text(
        "import sys, time, pathlib\n"
        f"sys.stdout.buffer.write(pathlib.Path({str(tmp_path / 'lie')!r}).read_bytes())\n"
        "sys.stdout.flush()\ntime.sleep(60)\n"
    )
    monkeypatch.setattr(confine, "__file__", str(liar))
    with run.Worker([tmp_path]) as worker, pytest.raises(WorkerLost, match="what cannot be"):
        worker.redact(clip, run.outputs_for(clip, None), QUICK)


GIVES_UP = """
import json, os, socket, subprocess, sys
from pathlib import Path
from bystander.run.confine import confine
mine, other = map(Path, sys.argv[1:])
given_up = confine(memory_mb=512, folders=[mine], sockets=False)
tries = {
    "socket": socket.socket,
    "program": lambda: subprocess.run(["true"]),
    "write": lambda: (other / "new").write_text("x"),
    "change": lambda: open(other / "there", "a"),
    "truncate": lambda: os.truncate(other / "there", 0),
    "remove": lambda: (other / "there").unlink(),
    "move": lambda: (mine / "a").rename(other / "a"),
    "memory": lambda: bytearray(1 << 30),
}
(mine / "a").write_text("mine")
(mine / "a").replace(mine / "b")
(mine / "b").replace(mine / "a")
result = {}
for name, do in tries.items():
    try:
        do()
        result[name] = "done"
    except (OSError, MemoryError) as error:
        result[name] = type(error).__name__
print(json.dumps([given_up, result, (other / "there").read_text()]))
"""


@pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in ("x86_64", "aarch64"),
    reason="what the kernel takes is known for Linux on two machines alone",
)
def test_what_a_child_gives_up(tmp_path: Path) -> None:
    mine, other = tmp_path / "mine", tmp_path / "other"
    mine.mkdir()
    other.mkdir()
    (other / "there").write_text("kept")
    done = subprocess.run(
        [sys.executable, "-c", GIVES_UP, mine, other], capture_output=True, text=True, check=True
    )
    given_up, result, kept = json.loads(done.stdout)
    assert kept == "kept"
    assert result.pop("memory") == "MemoryError"
    if "calls" in given_up:
        assert (result.pop("socket"), result.pop("program")) == ("PermissionError",) * 2
    if "writing" in given_up:
        names = ("write", "change", "truncate", "remove", "move")
        assert [result.pop(name) for name in names] == ["PermissionError"] * 5
    if result:
        pytest.skip(f"this kernel does not take everything: only {given_up}")


def test_the_worker_is_confined_before_it_reads_anything(clip: Path) -> None:
    with run.Worker([clip.parent]) as worker:
        worker.redact(clip, run.outputs_for(clip, None), QUICK)
        status = Path(f"/proc/{worker.pid}/status")
        if not status.exists():
            pytest.skip("there is no /proc")
        threads = Path(f"/proc/{worker.pid}/task")
        for thread in threads.iterdir():
            lines = (thread / "status").read_text().splitlines()
            known = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
            assert known["NoNewPrivs"] == "1"
            if "calls" in worker.given_up:
                assert known["Seccomp"] == "2"
        limits = Path(f"/proc/{worker.pid}/limits").read_text()
        assert f"Max data size             {6144 << 20}" in limits
        assert "Max core file size        0" in limits


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_the_child_ends_with_its_parent(tmp_path: Path, number: signal.Signals) -> None:
    clip = draw(tmp_path / "clip.mp4", Scene(width=640, height=360, frames=40))
    with subprocess.Popen(
        [sys.executable, "-m", "bystander", "redact", str(clip), "--quiet"],
        stderr=subprocess.DEVNULL,
    ) as process:
        deadline = time.monotonic() + 60
        while not (children := _naming(tmp_path, process.pid)):
            assert time.monotonic() < deadline, "no child was seen"
            time.sleep(0.05)
        process.send_signal(number)
        process.wait(timeout=30)
    deadline = time.monotonic() + 10
    while any(Path(f"/proc/{pid}").exists() for pid in children):
        assert time.monotonic() < deadline, "the child goes on"
        time.sleep(0.05)


def _naming(folder: Path, parent: int) -> list[int]:
    """Return which processes other than *parent* have *folder* among their arguments."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            arguments = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if str(folder).encode() in arguments and int(process.name) != parent:
            found.append(int(process.name))
    return found
