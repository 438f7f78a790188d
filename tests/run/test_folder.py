"""What a folder's run does again, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.stage import Scene, draw

from bystander import media, run
from bystander.errors import FootageError
from bystander.records import Policy
from bystander.run.search import search

QUICK = Policy(targets=("faces",), min_face_px=40, preset="ultrafast")


class Quiet(run.Silent):
    def file(self, number: int, source: Path) -> None:
        """Say nothing."""

    def file_done(self, entry: run.Entry) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("folders")


@pytest.fixture(scope="module")
def worker(place: Path) -> Iterator[run.Worker]:
    with run.Worker([place]) as worker:
        yield worker


@pytest.fixture
def folders(place: Path, request: pytest.FixtureRequest) -> tuple[Path, Path]:
    """Return a folder with a film and a folder for outputs."""
    here = place / request.node.name
    (here / "in").mkdir(parents=True)
    (here / "out").mkdir()
    draw(here / "in" / "a.mp4", Scene(frames=2))
    return here / "in", here / "out"


def go(
    worker: run.Worker,
    folders: tuple[Path, Path],
    policy: Policy = QUICK,
    *,
    force: bool = False,
    salvage: bool = False,
) -> list[str]:
    """Run; return what became of each file."""
    options = run.Options(provider="cpu", force=force, salvage=salvage)
    job = run.FolderRun(*folders, policy, worker=worker, options=options)
    entries = list(job.go(search(*folders), Quiet()))
    assert all((entry.why is None) == (entry.outcome in ("done", "unchanged")) for entry in entries)
    return [entry.outcome.value for entry in entries]


def test_what_is_done_and_unchanged_is_not_done_again(
    worker: run.Worker, folders: tuple[Path, Path]
) -> None:
    folder, out = folders
    draw(folder / "b.avi", Scene(frames=3, codec="mpeg4", options={}))
    assert go(worker, folders) == ["done", "done"]
    when = {path: path.stat().st_mtime_ns for path in out.iterdir()}
    assert len(when) == 8
    assert go(worker, folders) == ["unchanged", "unchanged"]
    assert {path: path.stat().st_mtime_ns for path in out.iterdir()} == when

    draw(folder / "a.mp4", Scene(frames=4))  # another original
    (out / "b.avi.redacted.mp4").unlink()  # an output that was lost
    assert go(worker, folders) == ["done", "done"]
    assert len(list(media.open_footage(out / "a.redacted.mp4").frames())) == 4
    assert go(worker, folders, replace(QUICK, fill="soft")) == ["done", "done"]
    assert go(worker, folders, replace(QUICK, fill="soft"), force=True) == ["done", "done"]


def test_what_somebody_changed_is_neither_taken_for_done_nor_replaced(
    worker: run.Worker, folders: tuple[Path, Path]
) -> None:
    _, out = folders
    assert go(worker, folders) == ["done"]
    plan, recording = out / "a.mp4.plan.json", out / "a.redacted.mp4"
    edited = plan.read_text() + "\n"
    plan.write_text(edited)
    assert go(worker, folders) == ["failed"]
    assert plan.read_text() == edited
    assert go(worker, folders, force=True) == ["done"]
    recording.write_bytes(b"another's")
    assert go(worker, folders) == ["failed"]
    assert recording.read_bytes() == b"another's"
    (out / "a.mp4.report.json").write_text("[]")
    assert go(worker, folders) == ["failed"]
    assert go(worker, folders, force=True) == ["done"]
    assert go(worker, folders) == ["unchanged"]


def test_an_original_that_is_spoilt_leaves_no_older_output(
    worker: run.Worker, folders: tuple[Path, Path]
) -> None:
    folder, out = folders
    assert go(worker, folders) == ["done"]
    (folder / "a.mp4").write_bytes((folder / "a.mp4").read_bytes()[:-200])
    assert go(worker, folders) == ["failed"]
    assert list(out.iterdir()) == []


def test_what_was_salvaged_is_not_taken_for_done_without_salvage(
    worker: run.Worker, folders: tuple[Path, Path]
) -> None:
    folder, _ = folders
    (folder / "a.mp4").unlink()
    film = draw(folder / "a.mkv", Scene(frames=12)).read_bytes()
    (folder / "a.mkv").write_bytes(film[:-200])
    assert go(worker, folders, salvage=True) == ["done"]
    assert go(worker, folders, salvage=True) == ["unchanged"]
    assert go(worker, folders) == ["failed"]


def test_two_originals_whose_outputs_would_have_one_name(
    worker: run.Worker, folders: tuple[Path, Path]
) -> None:
    folder, out = folders
    film = (folder / "a.mp4").read_bytes()
    (folder / "a.mp4").rename(folder / "a.avi.mp4")
    (folder / "a.avi").write_bytes(film)
    assert go(worker, folders) == ["done", "failed"]
    assert [path.name for path in out.iterdir() if "redacted" in path.name] == [
        "a.avi.redacted.mp4"
    ]


def test_a_link_among_the_outputs_is_not_followed(
    worker: run.Worker, folders: tuple[Path, Path], tmp_path: Path
) -> None:
    folder, out = folders
    (folder / "sub").mkdir()
    (folder / "a.mp4").rename(folder / "sub" / "a.mp4")
    (out / "sub").symlink_to(tmp_path)
    assert go(worker, folders) == ["failed"]
    assert list(tmp_path.iterdir()) == []


def test_where_outputs_may_not_be(folders: tuple[Path, Path], tmp_path: Path) -> None:
    folder, _ = folders
    (tmp_path / "link").symlink_to(folder)
    for wrong in (folder, folder.parent, folder / "sub" / "..", tmp_path / "link"):
        with pytest.raises(FootageError, match="may not be or hold"):
            search(folder, wrong)
    (folder / "out").mkdir()
    (folder / "out" / "b.mp4").write_bytes(b"an output")
    found = search(folder, folder / "out")
    assert found.media == (Path("a.mp4"),)
    assert found.left_out == ((Path("out"), "the output folder"),)


def test_with_neutral_names_nothing_of_an_original_s_name_is_kept(
    worker: run.Worker, folders: tuple[Path, Path]
) -> None:
    folder, out = folders
    (folder / "at Jane Doe's").mkdir()
    (folder / "a.mp4").rename(folder / "at Jane Doe's" / "Jane.MP4")
    policy = replace(QUICK, neutral_names=True)
    assert go(worker, folders, policy) == ["done"]
    assert sorted(path.name for path in out.iterdir()) == [
        "00001.plan.json",
        "00001.redacted.mp4",
        "00001.report.html",
        "00001.report.json",
    ]
    assert go(worker, folders, policy) == ["unchanged"]
    draw(folder / "Ada.mp4", Scene(frames=3))  # comes first now
    assert go(worker, folders, policy) == ["done", "done"]
    assert len(list(media.open_footage(out / "00001.redacted.mp4").frames())) == 3


def test_outputs_of_earlier_runs_are_no_originals(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in (
        "a.mp4",
        "a.redacted.mp4",
        "a.plan.json",
        "b.jpg",
        "b.redacted.jpg",
        "b.jpg.plan.json",
    ):
        (folder / name).write_bytes(b"x")
    # No plan lies beside it: somebody may just have called it that.
    (folder / "c.redacted.mp4").write_bytes(b"x")
    (folder / "unredacted.mp4").write_bytes(b"x")
    found = run.search(folder, tmp_path / "out")
    assert [str(path) for path in found.media] == [
        "a.mp4",
        "b.jpg",
        "c.redacted.mp4",
        "unredacted.mp4",
    ]
    why = {str(path): why for path, why in found.left_out}
    assert why["a.redacted.mp4"] == why["b.redacted.jpg"] == "made by an earlier run"


def test_what_is_not_of_this_run_is_named(tmp_path: Path) -> None:
    for name in ("mine.mp4", "other.jpg", "notes.txt"):
        (tmp_path / name).write_bytes(b"x")
    assert run.others(tmp_path, [tmp_path / "mine.mp4"]) == [Path("other.jpg")]
