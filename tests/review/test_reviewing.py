"""A file under review, over HTTP: what the page is told, and what it may decide."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.review.conftest import Answer, Server, serving
from tests.stage import Scene, draw

from bystander import plan, run
from bystander.records import Policy

FRAMES = 12


@pytest.fixture
def mine(clip: Path, tmp_path: Path) -> Path:
    """The clip and its plan, to change things about."""
    shutil.copy(clip, tmp_path)
    given = run.read_plan(clip.with_name("clip.plan.json"))
    (tmp_path / "clip.plan.json").write_text(plan.to_json(given))
    return tmp_path / "clip.mp4"


@pytest.fixture
def reviewing(mine: Path) -> Iterator[Server]:
    with serving(mine, "--by", "Ada") as server:
        server.come_in()
        yield server


def document(server: Server, n: int = 0) -> Any:
    answer = server.get(f"/api/files/{n}")
    assert answer.status == 200, answer.body
    return answer.json


def decide(server: Server, revision: int, **change: Any) -> Answer:
    return server.post(
        "/api/files/0/decisions", {"revision": revision, "change": change, "because": "so"}
    )


def drawing(at: float = 0.1) -> dict[str, Any]:
    keys = [[at, 10, 20, 60, 80]]
    return {"op": "draw", "keys": keys, "start": at, "end": 0.4, "interpolate": True}


def finished(server: Server, job: str, *, within_s: float = 240) -> Any:
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        told = server.get(f"/api/jobs/{job}").json
        if told["state"] != "running":
            return told
        time.sleep(0.2)
    raise AssertionError(told)


def test_a_document_tells_of_the_file(server: Server, clip: Path) -> None:
    told = document(server)
    given = run.read_plan(clip.with_name("clip.plan.json"))
    assert told["name"] == "clip.mp4"
    assert told["revision"] == 0
    assert told["frames"] == FRAMES
    assert told["kind"] == "recording"
    assert (told["width"], told["height"]) == (given.footage.width, given.footage.height)
    assert told["duration"] == float(given.footage.duration)
    assert told["has_sound"] is True
    assert len(told["tracks"]) == len(given.redactions)
    assert told["output"] == "clip.redacted.mp4"
    assert told["rendered"] == "no"
    assert told["history"] == []
    assert told["audit"]["walk"] == 1
    assert len(told["audit"]["moments"]) == FRAMES
    assert "Nothing was looked at" in told["audit"]["sentence"]
    assert str(clip.parent) not in json.dumps(told)


def test_frames_have_the_times_of_the_file(server: Server) -> None:
    told = server.get("/api/files/0/times").json
    assert sum(count for _, count in told["runs"]) == FRAMES - 1


def test_the_digest_is_told_when_it_is_known(server: Server) -> None:
    until = time.monotonic() + 30
    while server.get("/api/files/0/revision").json["digest"] == "checking":
        assert time.monotonic() < until
        time.sleep(0.1)
    assert server.get("/api/files/0/revision").json == {
        "revision": 0,
        "digest": "same",
        "rendered": "no",
    }


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("frames/0?width=160", "image/jpeg"),
        ("frames/11?width=160&masks=1&revision=0", "image/jpeg"),
        ("crops/3?box=0,0,40,40&width=64", "image/jpeg"),
        ("thumbs/3?height=32", "image/jpeg"),
        ("sound?start=0&end=0.3", "audio/wav"),
        ("waveform?buckets=20", "application/json"),
    ],
)
def test_pictures_and_sound_are_shown(server: Server, path: str, kind: str) -> None:
    answer = server.get(f"/api/files/0/{path}")
    assert answer.status == 200, answer.body
    assert answer.headers["content-type"] == kind
    assert answer.headers["cache-control"] == "no-store"
    assert len(answer.body) > 100


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("frames/12", 404),
        ("frames/999999999999999999999", 404),
        ("frames/-1", 404),
        ("frames/0?width=1", 400),
        ("frames/0?width=100000", 400),
        ("frames/0?width=1e3", 400),
        ("frames/0?masks=2", 400),
        ("frames/0?nothing=1", 400),
        ("frames/0?width=64&width=64", 400),
        ("crops/0", 400),
        ("crops/0?box=1,2,3", 400),
        ("crops/0?box=50,50,40,40", 400),
        ("crops/0?box=99999,0,99999,9", 400),
        ("sound?start=0&end=61", 400),
        ("sound?start=1&end=1", 400),
        ("sound?start=nan&end=1", 400),
        ("waveform?buckets=0", 400),
        ("waveform?buckets=999999999", 400),
        ("audit?walk=0", 400),
        ("report", 404),
    ],
)
def test_what_is_not_there_is_not_shown(server: Server, path: str, status: int) -> None:
    answer = server.get(f"/api/files/0/{path}")
    assert answer.status == status, answer.body
    assert set(answer.json) <= {"error", "message", "hint"}


def test_a_decision_is_on_disk_at_once_and_changes_what_is_told(
    reviewing: Server, mine: Path
) -> None:
    told = decide(reviewing, 0, **drawing())
    assert told.status == 200, told.body
    patch = told.json
    assert patch["revision"] == 1
    assert [track["id"] for track in patch["tracks"]] == ["drawn-1"]
    assert patch["removed"] == []
    assert patch["undo"] == 1
    assert [entry["by"] for entry in patch["history"]] == ["Ada"]
    assert "audit" not in patch
    lines = mine.with_name("clip.decisions.jsonl").read_text().splitlines()
    assert len(lines) == 2
    assert json.loads(lines[1])["because"] == "so"
    again = document(reviewing)
    assert again["revision"] == 1
    assert "drawn-1" in [track["id"] for track in again["tracks"]]


def test_the_plan_that_is_reviewed_is_never_written_to(reviewing: Server, mine: Path) -> None:
    before = mine.with_name("clip.plan.json").read_bytes()
    decide(reviewing, 0, **drawing())
    reviewing.post("/api/files/0/undo", {"revision": 1})
    assert mine.with_name("clip.plan.json").read_bytes() == before


def test_all_is_there_after_a_crash(mine: Path) -> None:
    with serving(mine) as server:
        server.come_in()
        assert decide(server, 0, **drawing()).status == 200
        server.process.kill()
        server.process.wait()
    with serving(mine) as server:
        server.come_in()
        assert document(server)["revision"] == 1


def test_undo_and_redo(reviewing: Server) -> None:
    decide(reviewing, 0, **drawing())
    undone = reviewing.post("/api/files/0/undo", {"revision": 1}).json
    assert undone["removed"] == ["drawn-1"]
    assert undone["undo"] is None
    assert undone["redo"] == 2
    assert [entry["undone"] for entry in undone["history"]] == [True, False]
    again = reviewing.post("/api/files/0/redo", {"revision": 2}).json
    assert [track["id"] for track in again["tracks"]] == ["drawn-1"]
    nothing = reviewing.post("/api/files/0/redo", {"revision": 3})
    assert nothing.status == 422
    assert nothing.json["message"] == "there is nothing to redo"


def test_a_second_page_that_knows_less_is_refused(reviewing: Server, mine: Path) -> None:
    assert decide(reviewing, 0, **drawing()).status == 200
    before = mine.with_name("clip.decisions.jsonl").read_bytes()
    late = decide(reviewing, 0, **drawing(0.2))
    assert late.status == 409
    assert late.json["error"] == "conflict"
    assert late.json["revision"] == 1
    for verb in ("undo", "redo", "render"):
        assert reviewing.post(f"/api/files/0/{verb}", {"revision": 0}).status == 409
    assert mine.with_name("clip.decisions.jsonl").read_bytes() == before


def test_a_second_server_on_the_same_plan_is_noticed(reviewing: Server, mine: Path) -> None:
    with serving(mine, "--by", "Bo") as other:
        other.come_in()
        assert decide(other, 0, **drawing()).status == 200
        assert decide(reviewing, 0, **drawing()).status == 409
        assert reviewing.get("/api/files/0/revision").json["revision"] == 1
        assert decide(reviewing, 1, op="remove", track="drawn-1").status == 200
        assert [entry["by"] for entry in document(other)["history"]] == ["Bo", "Ada"]


@pytest.mark.parametrize(
    ("change", "status", "says"),
    [
        ({"op": "keep", "tracks": ["nobody"]}, 422, "there is no track 'nobody'"),
        ({"op": "keep", "tracks": []}, 400, "at change.keep.tracks"),
        ({"op": "keep", "tracks": ["../x"]}, 400, "malformed"),
        ({"op": "remove", "track": "face-1"}, 422, "does not fit"),
        ({"op": "draw", **drawing(), "track": "face-1"}, 400, "there is no such field"),
        ({**drawing(), "keys": [[0.1, 0, 0, 99999, 20]]}, 400, "malformed"),
        ({**drawing(), "keys": [[0.1, 0, 0, 9000, 20]]}, 422, "does not lie within the frame"),
        ({**drawing(), "keys": [[0.1, 30, 30, 20, 20]]}, 422, "does not lie within the frame"),
        ({**drawing(), "keys": [[0.1, 0.5, 0, 20, 20]]}, 400, "malformed"),
        ({**drawing(), "keys": [[0.1, 0, 0, 20]]}, 400, "malformed"),
        ({**drawing(), "start": 0.4, "end": 0.1}, 422, "no time in the recording"),
        ({**drawing(), "start": "0"}, 400, "malformed"),
        ({"op": "looked", "walk": 7, "at": 0, "clean": True}, 422, "walk"),
        ({"op": "speech", "spans": [[0, 1]]}, 422, "hides no speech"),
        ({"op": "undo", "number": 1}, 400, "there is no such change"),
        ({"op": 3}, 400, "malformed"),
        ({}, 400, "it does not say what to change"),
    ],
)
def test_what_cannot_be_decided_is_refused(
    server: Server, clip: Path, change: dict[str, Any], status: int, says: str
) -> None:
    answer = decide(server, 0, **change)
    assert answer.status == status, answer.body
    assert says in answer.json["message"]
    assert not clip.with_name("clip.decisions.jsonl").exists() or (
        clip.with_name("clip.decisions.jsonl").read_bytes() == b""
    )


@pytest.mark.parametrize(
    "body",
    [
        {"revision": 0, "change": {"op": "keep", "tracks": ["a"]}, "by": "Eve"},
        {"revision": -1, "change": {"op": "keep", "tracks": ["a"]}},
        {"revision": True, "change": {"op": "keep", "tracks": ["a"]}},
        {"revision": 0, "change": {"op": "keep", "tracks": ["a"]}, "because": "x" * 600},
        {"change": {"op": "keep", "tracks": ["a"]}},
    ],
)
def test_requests_of_another_shape_are_refused(server: Server, body: Any) -> None:
    assert server.post("/api/files/0/decisions", body).status == 400


def test_a_reason_that_plays_tricks_is_refused(server: Server) -> None:
    body = {"revision": 0, "change": drawing(), "because": "a\nb"}
    assert server.post("/api/files/0/decisions", body).status == 422


def test_times_are_put_on_frames(reviewing: Server) -> None:
    told = decide(reviewing, 0, **drawing(0.1001)).json["tracks"][0]
    times = reviewing.get("/api/files/0/times").json
    tick = times["tick"][0] / times["tick"][1]
    frames = [0.0]
    for delta, count in times["runs"]:
        for _ in range(count):
            frames.append(frames[-1] + delta * tick)
    assert min(abs(told["start"] - at) for at in frames) < 1e-9
    assert min(abs(told["keys"][0][0] - at) for at in frames) < 1e-9


def test_masks_are_shown_as_decided(reviewing: Server) -> None:
    path = "/api/files/0/frames/3?width=160&masks="
    bare, before = reviewing.get(f"{path}0").body, reviewing.get(f"{path}1").body
    whole = document(reviewing)
    keys = [[0.0, 0, 0, whole["width"], whole["height"]]]
    black = {"op": "draw", "keys": keys, "start": 0, "end": 0.4, "interpolate": False}
    assert decide(reviewing, 0, **black).status == 200
    after = reviewing.get(f"{path}1").body
    assert len(after) < len(before) / 2  # one grey
    assert reviewing.get(f"{path}0").body == bare


def test_a_plan_that_is_changed_meanwhile_is_noticed(reviewing: Server, mine: Path) -> None:
    document(reviewing)
    path = mine.with_name("clip.plan.json")
    path.write_text(path.read_text())
    answer = decide(reviewing, 0, **drawing())
    assert answer.status == 422
    assert "was changed since the review began" in answer.json["message"]
    assert not mine.with_name("clip.decisions.jsonl").exists()


def test_a_plan_of_another_recording_is_told_and_not_decided_about(tmp_path: Path) -> None:
    clip = draw(tmp_path / "clip.mp4", Scene(frames=FRAMES))
    other = draw(tmp_path / "other.mp4", Scene(frames=FRAMES, sound_s=0.2))
    run.draw_up(other, tmp_path / "clip.plan.json", Policy())
    with serving(clip) as server:
        server.come_in()
        until = time.monotonic() + 30
        while document(server)["digest"] == "checking":
            assert time.monotonic() < until
            time.sleep(0.1)
        assert document(server)["digest"] == "other"
        refused = decide(server, 0, **drawing())
        assert refused.status == 422
        assert "another recording" in refused.json["message"]
        assert server.post("/api/files/0/render", {"revision": 0}).status == 422


def test_following_gives_keys(reviewing: Server) -> None:
    told = reviewing.post(
        "/api/files/0/follow", {"at": 0.1, "box": [20, 20, 80, 80], "direction": "both"}
    )
    assert told.status == 200, told.body
    job = finished(reviewing, told.json["job"])
    assert job["state"] == "done", job
    whole = document(reviewing)
    for _, x0, y0, x1, y1 in job["keys"]:
        assert 0 <= x0 < x1 <= whole["width"]
        assert 0 <= y0 < y1 <= whole["height"]
    bad = {"at": 0.1, "box": [0, 0, 9000, 80], "direction": "both"}
    assert reviewing.post("/api/files/0/follow", bad).status == 422


def test_children_end_with_the_server(mine: Path) -> None:
    with serving(mine) as server:
        server.come_in()
        document(server)
        children = _children(server.process.pid)
        assert children
        server.process.kill()
        server.process.wait()
        until = time.monotonic() + 15
        while any(Path(f"/proc/{pid}/cmdline").exists() for pid in children):
            if all(_is_dead(pid) for pid in children):
                break
            assert time.monotonic() < until
            time.sleep(0.1)


def test_nothing_of_the_picture_is_written(mine: Path) -> None:
    with serving(mine) as server:
        server.come_in()
        server.get("/api/files/0/frames/3?width=160")
        server.get("/api/files/0/crops/3?box=0,0,40,40")
        decide(server, 0, **drawing())
        found = sorted(path.name for path in mine.parent.iterdir())
    assert found == ["clip.decisions.jsonl", "clip.mp4", "clip.plan.json"]


def test_no_process_leaves_a_dump_and_children_have_the_memory_they_are_given(mine: Path) -> None:
    with serving(mine, "--limit", "memory=3000") as server:
        server.come_in()
        document(server)
        children = _children(server.process.pid)
        assert len(children) == 2
        for pid in (server.process.pid, *children):
            assert _limit(pid, "Max core file size") == 0
        assert [_limit(pid, "Max data size") for pid in children] == [3000 << 20] * 2


def _limit(pid: int, name: str) -> int:
    (line,) = (
        line
        for line in Path(f"/proc/{pid}/limits").read_text().splitlines()
        if line.startswith(name)
    )
    return int(line.removeprefix(name).split()[0])


@pytest.mark.parametrize("name", ["a\nb", "evil\u202e4pm", "bad\udcff", "<b>x"])
def test_a_name_that_is_made_to_mislead_is_told_as_it_is(mine: Path, name: str) -> None:
    clip = mine.with_name(f"{name}.mp4")
    mine.rename(clip)
    mine.with_name("clip.plan.json").rename(mine.with_name(f"{name}.plan.json"))
    with serving(clip) as server:
        server.come_in()
        told = document(server)
        listed = server.get("/api/session").json["files"][0]["name"]
    assert told["name"] == listed
    for shown in (told["name"], told["output"]):
        assert shown.isprintable()
        assert shown.isascii()
    assert listed == name.encode("unicode_escape", "surrogatepass").decode() + ".mp4"


@pytest.mark.parametrize(
    ("name", "why"),
    [("clip.decisions.jsonl", b"not a regular file"), ("clip.plan.json", b"not a file")],
)
def test_pipes_that_somebody_put_there_are_not_waited_for(
    mine: Path, name: str, why: bytes
) -> None:
    mine.with_name(name).unlink(missing_ok=True)
    os.mkfifo(mine.with_name(name))
    command = [sys.executable, "-m", "bystander", "review", "--no-open", str(mine)]
    ended = subprocess.run(command, capture_output=True, timeout=60, check=False)
    assert ended.returncode in (1, 2)
    assert why in ended.stderr
    assert not ended.stdout  # no link


def _children(pid: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found.append(int(path.parent.name))
    return found


def _is_dead(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True
