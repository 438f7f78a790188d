"""Decisions on disk: there at once, never torn, never over another's."""

from __future__ import annotations

import fcntl
import multiprocessing
import os
import resource
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from bystander import plan
from bystander.errors import BystanderError, Conflict, PlanError
from bystander.geometry import Box
from bystander.records import (
    Because,
    Decision,
    FootageFacts,
    Keep,
    Keyframe,
    Kind,
    Plan,
    Policy,
    Redaction,
)
from bystander.review.journal import Journal
from bystander.timeline import Span

BASE = Plan(
    footage=FootageFacts(sha256="a" * 64, width=320, height=240, frames=50, duration=Fraction(2)),
    policy=Policy(),
    detectors=(),
    redactions=(
        Redaction(
            track="face-1",
            kind=Kind.FACE,
            because=Because.DETECTOR,
            span=Span(Fraction(0), Fraction(1)),
            region=(Keyframe(at=Fraction(0), box=Box(0, 0, 32, 32)),),
            score=0.9,
        ),
    ),
)
SHA = plan.sha256(BASE)


def journal(path: Path) -> Journal:
    return Journal(path, BASE, text_sha256=SHA, plan_sha256=lambda: SHA)


def keeping(
    because: str = "", count: int = 1
) -> Callable[[tuple[Decision, ...]], Sequence[Decision]]:
    def make(known: tuple[Decision, ...]) -> list[Decision]:
        return [
            Decision(
                number=len(known) + n,
                when=datetime(2026, 1, 2, tzinfo=UTC),
                by="somebody",
                because=because,
                change=Keep(tracks=("face-1",)),
            )
            for n in range(1, count + 1)
        ]

    return make


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "clip.decisions.jsonl"


def test_nothing_is_made_before_the_first_decision(path: Path) -> None:
    assert journal(path).read() == ()
    journal(path).append(0, lambda _: [])
    assert path.read_bytes() == b""


def test_what_is_written_is_read_by_another(path: Path) -> None:
    first, second = journal(path), journal(path)
    first.append(0, keeping("one"))
    assert [d.because for d in second.read()] == ["one"]
    second.append(1, keeping("two"))
    assert [d.because for d in first.read()] == ["one", "two"]
    assert path.stat().st_mode & 0o777 == 0o600
    head, *lines = path.read_text().splitlines()
    assert SHA in head
    assert len(lines) == 2


def test_who_knows_less_is_refused_and_nothing_is_written(path: Path) -> None:
    first, second = journal(path), journal(path)
    first.append(0, keeping())
    before = path.read_bytes()
    with pytest.raises(Conflict) as caught:
        second.append(0, keeping())
    assert caught.value.revision == 1
    with pytest.raises(Conflict):
        second.append(2, keeping())
    assert path.read_bytes() == before


def test_what_does_not_fit_is_not_written(path: Path) -> None:
    mine = journal(path)
    mine.append(0, keeping())
    before = path.read_bytes()

    def bad(_: tuple[Decision, ...]) -> list[Decision]:
        raise PlanError("no")

    with pytest.raises(PlanError):
        mine.append(1, bad)
    assert path.read_bytes() == before


@pytest.mark.parametrize("cut", [1, 5, 40])
def test_a_torn_line_is_no_decision_and_is_cut_off(path: Path, cut: int) -> None:
    journal(path).append(0, keeping("one"))
    whole = path.read_bytes()
    journal(path).append(1, keeping("two"))
    path.write_bytes(path.read_bytes()[:-cut])
    mine = journal(path)
    assert [d.because for d in mine.read()] == ["one"]
    mine.append(1, keeping("three"))
    assert path.read_bytes().startswith(whole)
    assert [d.because for d in journal(path).read()] == ["one", "three"]


@pytest.mark.parametrize("left", [0, 1, 30])
def test_a_torn_first_line_is_written_anew(path: Path, left: int) -> None:
    journal(path).append(0, keeping())
    path.write_bytes(path.read_bytes()[:left])
    assert journal(path).read() == ()
    journal(path).append(0, keeping("again"))
    assert [d.because for d in journal(path).read()] == ["again"]


def test_decisions_about_another_plan_are_refused(path: Path) -> None:
    journal(path).append(0, keeping())
    before = path.read_bytes()
    other = Journal(path, BASE, text_sha256="b" * 64, plan_sha256=lambda: "c" * 64)
    for act in (other.read, lambda: other.append(0, keeping())):
        with pytest.raises(PlanError, match="is about another plan"):
            act()
    assert path.read_bytes() == before


def test_a_plan_that_was_edited_by_hand_is_known_by_what_it_says(path: Path) -> None:
    journal(path).append(0, keeping())
    edited = Journal(path, BASE, text_sha256="b" * 64, plan_sha256=lambda: SHA)
    assert len(edited.read()) == 1


def test_links_are_not_followed(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("")
    path.symlink_to(target)
    with pytest.raises(BystanderError, match="a link, which is not followed"):
        journal(path).append(0, keeping())
    with pytest.raises(BystanderError, match="a link"):
        journal(path).read()
    assert target.read_text() == ""


@pytest.mark.parametrize("text", [b"\n", b"{}\n", b"\xff\n", b"null\n", b"[" * 9000 + b"\n"])
def test_what_is_malformed_is_refused(path: Path, text: bytes) -> None:
    path.write_bytes(text)
    with pytest.raises(PlanError):
        journal(path).read()
    with pytest.raises(PlanError):
        journal(path).append(0, keeping())
    assert path.read_bytes() == text


@pytest.mark.parametrize("left", ["", "other"])
def test_what_was_read_does_not_go_away_unnoticed(path: Path, left: str) -> None:
    mine = journal(path)
    mine.append(0, keeping("mine"))
    path.unlink()
    if left:
        journal(path).append(0, keeping(left))
    for _ in range(2):
        with pytest.raises(PlanError, match="was changed since the review began"):
            mine.read()
        with pytest.raises(PlanError, match="was changed since the review began"):
            mine.append(1, keeping())
    assert path.exists() == bool(left)
    assert [d.because for d in journal(path).read()] == ([left] if left else [])


def test_what_no_reader_would_take_is_not_written(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = journal(path)
    mine.append(0, keeping())
    monkeypatch.setattr("bystander.review.journal._LARGEST", 3000)
    for count in (1, 2, 3):
        mine.append(count, keeping("ö" * 100))
    size = path.stat().st_size
    with pytest.raises(PlanError, match="larger than is taken"):
        mine.append(4, keeping("ö" * ((3000 - size) // 2)))
    assert path.stat().st_size == size
    assert len(journal(path).read()) == 4


def test_a_pipe_in_its_place_is_not_waited_for(path: Path) -> None:
    os.mkfifo(path)
    with pytest.raises(BystanderError, match="not a regular file"):
        journal(path).read()
    with pytest.raises(BystanderError, match="not a regular file"):
        journal(path).append(0, keeping())


def test_a_folder_in_its_place_is_an_error(path: Path) -> None:
    path.mkdir()
    with pytest.raises(BystanderError):
        journal(path).append(0, keeping())
    with pytest.raises(BystanderError):
        journal(path).read()


def test_a_file_that_is_replaced_while_it_is_waited_for(path: Path) -> None:
    journal(path).append(0, keeping("old"))
    with path.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        waiting = threading.Thread(target=journal(path).append, args=(None, keeping("new")))
        waiting.start()
        waiting.join(0.3)
        assert waiting.is_alive()
        path.unlink()
    waiting.join(10)
    assert [d.because for d in journal(path).read()] == ["new"]


def test_one_that_is_held_for_too_long_is_an_error(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bystander.review.journal._LONGEST_WAIT_S", 0.1)
    journal(path).append(0, keeping())
    with path.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(BystanderError, match="in use by another program"):
            journal(path).append(1, keeping())


def test_a_full_disk_leaves_what_was_there(path: Path) -> None:
    journal(path).append(0, keeping("one"))
    before = path.read_bytes()
    code = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({len(before) + 40}, {len(before) + 40}))\n"
        f"sys.path.insert(0, {os.getcwd()!r})\n"
        "from bystander.errors import BystanderError\n"
        "from tests.review.test_journal import journal, keeping\n"
        "try:\n"
        f"    journal(Path({str(path)!r})).append(1, keeping('two'))\n"
        "except BystanderError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "cannot be written" in done.stdout
    assert path.read_bytes() == before
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY


def _append_many(path: Path, name: str) -> None:
    mine = journal(path)
    for _ in range(20):
        mine.append(None, keeping(name))


def _try_to_be_first(path: Path, name: str, results: multiprocessing.Queue[str]) -> None:
    try:
        journal(path).append(0, keeping(name))
    except Conflict:
        results.put("")
    else:
        results.put(name)


def test_many_processes_lose_nothing(path: Path) -> None:
    spawn = multiprocessing.get_context("fork")
    workers = [spawn.Process(target=_append_many, args=(path, str(n))) for n in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    decisions = journal(path).read()
    assert [d.number for d in decisions] == list(range(1, 81))
    for n in range(4):
        assert sum(d.because == str(n) for d in decisions) == 20


def test_of_many_who_knew_the_same_one_decides(path: Path) -> None:
    fork = multiprocessing.get_context("fork")
    results: multiprocessing.Queue[str] = fork.Queue()
    workers = [
        fork.Process(target=_try_to_be_first, args=(path, str(n), results)) for n in range(1, 6)
    ]
    for worker in workers:
        worker.start()
    told = [results.get(timeout=60) for _ in workers]
    for worker in workers:
        worker.join(60)
    winners = [name for name in told if name]
    assert len(winners) == 1
    assert [d.because for d in journal(path).read()] == winners
