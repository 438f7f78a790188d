"""A server ends with its terminal, its parent and those who use it, and takes all with it."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from tests.review.conftest import Server, serving

from bystander.review import browser
from bystander.review.lifetime import Clock


def _gone(pid: int, *, within_s: float = 15) -> bool:
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        state = Path(f"/proc/{pid}/stat")
        if not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_signals_end_it(clip: Path, number: signal.Signals, code: int) -> None:
    with serving(clip) as server:
        server.come_in()
        server.process.send_signal(number)
        out, err = server.process.communicate(timeout=20)
    assert server.process.returncode == code
    assert out == ""
    assert "Traceback" not in err
    assert len(err.splitlines()) == 1
    with pytest.raises(OSError, match="refused"):
        server.send("GET", "/")


def test_it_ends_when_nobody_uses_it_and_asking_is_no_use(clip: Path) -> None:
    with serving(clip, "--idle", "0.1") as server:  # six seconds
        server.come_in()
        began = time.monotonic()
        while time.monotonic() - began < 8:  # somebody is there
            assert server.post("/api/active", {}).status == 200
            time.sleep(0.5)
        assert server.process.poll() is None
        with pytest.raises(OSError, match=r"refused|reset|closed|without response"):  # noqa: PT012
            while time.monotonic() - began < 40:  # a page is there, and nobody at it
                server.get("/api/session")
                time.sleep(0.3)
        assert server.process.wait(10) == 0
        assert server.process.stderr is not None
        assert "the review ended: nobody used it" in server.process.stderr.read()


def test_it_ends_with_the_program_that_began_it(clip: Path) -> None:
    script = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-m', 'bystander', 'review', '--no-open', "
        f"{str(clip)!r}], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)\n"
        "print(child.pid, child.stdout.readline().strip(), flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as parent:
        assert parent.stdout is not None
        pid, link = parent.stdout.readline().split()
        assert link.startswith("http://127.0.0.1:")
        parent.kill()
    assert _gone(int(pid))


@pytest.fixture
def terminal(clip: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A server that was begun in a terminal of its own; and the other end of that."""
    primary, secondary = pty.openpty()

    def begin() -> None:
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    process = subprocess.Popen(
        [sys.executable, "-m", "bystander", "review", "--no-open", str(clip)],
        stdin=secondary,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        preexec_fn=begin,  # noqa: PLW1509 there are no threads
    )
    os.close(secondary)
    yield process, primary
    if process.poll() is None:
        process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()
    with suppress(OSError):
        os.close(primary)


def test_it_ends_with_its_terminal(terminal: tuple[subprocess.Popen[str], int]) -> None:
    process, primary = terminal
    assert process.stdout is not None
    assert process.stdout.readline().startswith("http://127.0.0.1:")
    os.close(primary)
    assert process.wait(15) is not None


def test_it_ends_with_what_is_typed(terminal: tuple[subprocess.Popen[str], int]) -> None:
    process, primary = terminal
    assert process.stdout is not None
    process.stdout.readline()
    os.write(primary, b"\x04")  # the end of what is typed
    assert process.wait(15) == 0


def test_enter_gives_a_new_link_and_the_one_before_works_no_more(
    terminal: tuple[subprocess.Popen[str], int],
) -> None:
    process, primary = terminal
    assert process.stdout is not None
    first = Server(process, process.stdout.readline().strip())
    os.write(primary, b"\n")
    second = Server(process, process.stdout.readline().strip())
    assert second.link != first.link
    assert second.host == first.host
    path = first.link.removeprefix(f"http://{first.host}")
    assert first.send("GET", path).status == 403
    second.come_in()
    assert second.get("/api/session").status == 200


def test_a_machine_that_sleeps_uses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lid that is opened after a night does not show what was under review."""
    clock = Clock(1800)
    awake = time.clock_gettime
    monkeypatch.setattr("time.clock_gettime", lambda which: awake(which) + 8 * 3600)
    assert clock.over


def test_a_clock_that_is_used_goes_on() -> None:
    clock = Clock(0.2)
    assert not clock.over
    clock.last -= 0.3
    assert clock.over
    clock.use()
    assert not clock.over


def test_the_browser_is_not_told_the_link_where_others_can_read_it(
    clip: Path, tmp_path: Path
) -> None:
    """What it is run with can be read by every user of the machine."""
    told = tmp_path / "told"
    program = tmp_path / "browser"
    program.write_text(
        f"#!{sys.executable}\nimport os, sys\n"
        "path = sys.argv[1].removeprefix('file://')\n"
        f"open({str(told)!r}, 'w').write('\\n'.join([sys.argv[1], oct(os.stat(path).st_mode), "
        "oct(os.stat(os.path.dirname(path)).st_mode), open(path).read()]))\n"
    )
    program.chmod(0o755)
    with subprocess.Popen(
        [sys.executable, "-m", "bystander", "review", str(clip)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "BROWSER": str(program)},
    ) as process:
        assert process.stdout is not None
        link = process.stdout.readline().strip()
        until = time.monotonic() + 10
        while not told.exists() or not told.read_text():
            assert time.monotonic() < until
            time.sleep(0.1)
        address, mode, folder_mode, content = told.read_text().split("\n", maxsplit=3)
        token = link.partition("token=")[2]
        assert token not in address
        assert mode.endswith("600")
        assert folder_mode.endswith("700")
        assert token in content
        assert "<script" not in content
        server = Server(process, link)
        server.come_in()
        assert not Path(address.removeprefix("file://")).exists()  # gone as soon as it was used
        process.terminate()
        process.wait(15)
    assert not Path(address.removeprefix("file://")).parent.exists()


def test_a_door_is_gone_when_it_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    there = threading.Event()

    def open_(address: str) -> bool:
        opened.append(address)
        there.set()
        return True

    monkeypatch.setattr("webbrowser.open", open_)
    monkeypatch.setenv("BROWSER", "some")
    with browser.Doorway() as doorway:
        assert doorway.open("http://127.0.0.1:1/start?token=x")
        assert there.wait(10)
        assert Path(opened[0].removeprefix("file://")).exists()
    assert not Path(opened[0].removeprefix("file://")).parent.exists()


def test_no_browser_is_begun_where_it_would_have_no_window(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One in the terminal would take it over, and show nothing."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    with browser.Doorway() as doorway:
        assert not doorway.open("http://127.0.0.1:1/start?token=x")
