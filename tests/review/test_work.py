"""What is begun from the page: plans drawn up, output rendered, work stopped or lost."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from PIL import Image
from tests.review.conftest import Server, serving
from tests.review.test_reviewing import decide, document, drawing, finished
from tests.stage import Scene, draw

from bystander import media, plan, run
from bystander.errors import BystanderError, LeakFound, WorkerLost
from bystander.records import FootageFacts, Plan, Policy, Report, Speech
from bystander.review import find
from bystander.review.answers import Refusal
from bystander.review.desk import Desk
from bystander.review.jobs import FOLLOW, PLAN, RENDER, Job, Jobs
from bystander.review.settings import Settings
from bystander.review.work import render, take_in
from bystander.timeline import Span


@pytest.fixture
def street(short_sample: Path, tmp_path: Path) -> Path:
    """A second of a real street, with a plan drawn up beside it."""
    clip = tmp_path / "street.mp4"
    shutil.copy(short_sample, clip)
    return clip


def test_keep_draw_render_and_read_the_report(street: Path) -> None:
    with serving(street, "--by", "Ada", "--min-face", "20") as server:
        server.come_in()
        told = document(server)
        assert told["tracks"]
        assert server.get("/api/session").json["files"][0]["state"] == "planned"
        faces = [track["id"] for track in told["tracks"] if track["kind"] == "face"]
        body = {"revision": 0, "change": {"op": "keep", "tracks": faces[:1]}, "because": "a friend"}
        assert server.post("/api/files/0/decisions", body).status == 200
        assert decide(server, 1, **drawing(0.08)).status == 200
        begun = server.post("/api/files/0/render", {"revision": 2})
        assert begun.status == 200, begun.body
        busy = server.post("/api/files/0/render", {"revision": 2})
        assert busy.status == 409
        assert busy.json["error"] == "busy"
        entry = server.get("/api/session").json["files"][0]
        assert entry["state"] == "busy"
        assert entry["job"] == {"id": begun.json["job"], "kind": "render"}
        job = finished(server, begun.json["job"])
        assert job["state"] == "done", job
        now = document(server)
        assert job["revision"] == now["revision"]
        assert now["rendered"] == "clean"
        added = [entry for entry in now["history"] if entry["by"] == "bystander"]
        assert len(added) == now["revision"] - 2
        report = server.get("/api/files/0/report")
        assert report.status == 200
        assert "sandbox" in report.headers["content-security-policy"]
        assert report.headers["x-frame-options"] == "SAMEORIGIN"
        assert b"a friend" in report.body
        # A look changes nothing that is rendered; a region does.
        look = {"op": "looked", "walk": now["audit"]["walk"], "at": 0.2, "clean": True}
        assert decide(server, now["revision"], **look).json["rendered"] == "clean"
        late = decide(server, now["revision"] + 1, **drawing(0.2)).json
        assert late["rendered"] == "outdated"
        assert server.get("/api/session").json["files"][0]["rendered"] == "outdated"
    kept = json.loads((street.parent / "street.report.json").read_text())
    assert kept["clean"] is True
    assert kept["reviewed"]["decisions"] == 2
    assert sorted(path.name for path in street.parent.iterdir()) == [
        "street.decisions.jsonl",
        "street.mp4",
        "street.plan.json",
        "street.redacted.mp4",
        "street.report.html",
        "street.report.json",
        "street.reviewed.plan.json",
    ]
    # Another review finds it as it is.
    with serving(street) as server:
        server.come_in()
        assert document(server)["rendered"] == "outdated"
    # Other decisions about the same plan are not those that were rendered.
    street.with_name("street.decisions.jsonl").unlink()
    with serving(street) as server:
        server.come_in()
        assert decide(server, 0, **drawing(0.08)).json["rendered"] == "outdated"
        assert decide(server, 1, **drawing(0.2)).json["rendered"] == "outdated"


def test_what_was_decided_during_a_render_stays_beside_what_was_heard(
    clip: Path, tmp_path: Path
) -> None:
    drawn = run.read_plan(clip.with_name("clip.plan.json"))
    mine = Path(shutil.copy(clip, tmp_path))
    path = mine.with_name("clip.plan.json")
    silent = replace(drawn, policy=replace(drawn.policy, audio="mute-speech"), speech=())
    path.write_text(plan.to_json(silent))
    (place,) = find(mine, None, None, neutral=False)
    desk = Desk(place, by="Ada", viewer=lambda: run.Viewer(mine))
    try:
        given, decided, heard = desk.decided.plan, _span(1, 3), _span(6, 8)
        place.outputs.plan.write_text(plan.to_json(replace(given, speech=(heard,))))
        desk.decide(0, "", lambda _: Speech(spans=(decided,)))
        job = Job(id="", kind=RENDER, file=0, heavy=True, what="")
        take_in(desk, given, job)
        assert job.revision == 2
        assert desk.decided.speech == (decided, heard)
    finally:
        desk.close()


def test_two_reviews_do_not_render_the_same_at_once(clip: Path) -> None:
    (place,) = find(clip, None, None, neutral=False)
    settings = Settings(by="Ada", policy=Policy(), options=run.Options(), allowance=run.Allowance())
    desk = Desk(place, by="Ada", viewer=lambda: run.Viewer(clip))
    try:
        rendering = render(desk, desk.decided, settings)
        with place.plan.open("rb") as other:
            fcntl.flock(other, fcntl.LOCK_EX)
            with pytest.raises(BystanderError, match="another review is rendering"):
                rendering(Job(id="", kind=RENDER, file=0, heavy=True, what=""))
        assert not any(path.exists() for path in place.outputs.all)
    finally:
        desk.close()


def _span(start: int, end: int) -> Span:
    return Span(Fraction(start, 20), Fraction(end, 20))


def test_what_the_second_look_adds_is_in_the_decisions(
    mine_without_plan: Path,
) -> None:
    """A plan that hides nobody: the second look finds who is there, and it is decided so."""
    clip = mine_without_plan
    with serving(clip, "--min-face", "200", "--target", "faces") as server:
        server.come_in()
        assert document(server)["tracks"] == []
        job = finished(server, server.post("/api/files/0/render", {"revision": 0}).json["job"])
        assert job["state"] == "done", job
        now = document(server)
        assert now["rendered"] == "clean"
        assert now["tracks"]
        assert job["revision"] == now["revision"] == len(now["tracks"])
        for track in now["tracks"]:
            assert track["because"] == "verifier"
            assert track["drawn"]
            assert track["decided"]["by"] == "bystander"
            assert track["decided"]["because"] == "the second look found it"
        again = finished(
            server,
            server.post("/api/files/0/render", {"revision": now["revision"]}).json["job"],
        )
        assert again["state"] == "done"
        assert again["revision"] == now["revision"]  # nothing is left to be added
        assert document(server)["rendered"] == "clean"


@pytest.fixture
def mine_without_plan(short_sample: Path, tmp_path: Path) -> Path:
    clip = tmp_path / "street.mp4"
    shutil.copy(short_sample, clip)
    return clip


def test_what_is_not_ours_is_not_replaced(clip: Path, tmp_path: Path) -> None:
    for name in ("clip.mp4", "clip.plan.json"):
        shutil.copy(clip.with_name(name), tmp_path)
    theirs = tmp_path / "clip.redacted.mp4"
    theirs.write_bytes(b"something of theirs")
    with serving(tmp_path / "clip.mp4") as server:
        server.come_in()
        document(server)
        job = finished(server, server.post("/api/files/0/render", {"revision": 0}).json["job"])
    assert job["state"] == "failed"
    assert "exists already" in job["message"]
    assert job["hint"]
    assert theirs.read_bytes() == b"something of theirs"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Server]:
    """A server on a folder with two clips and a photo, none of them with a plan."""
    originals = tmp_path / "originals"
    (originals / "within").mkdir(parents=True)
    draw(originals / "a.mp4", Scene(frames=6))
    draw(originals / "within" / "b.mp4", Scene(frames=6))
    (originals / "broken.mp4").write_bytes(b"nothing")
    (originals / "notes.txt").write_text("no media")
    with serving(originals, "-o", tmp_path / "out", "--min-face", "40") as server:
        server.come_in()
        yield server


def test_a_folder_file_by_file(folder: Server, tmp_path: Path) -> None:
    files = folder.get("/api/session").json["files"]
    assert [entry["name"] for entry in files] == ["a.mp4", "broken.mp4", "within/b.mp4"]
    assert {entry["state"] for entry in files} == {"unplanned"}
    answer = folder.get("/api/files/2")
    assert answer.status == 404
    assert answer.json["error"] == "unplanned"
    for n, state in ((2, "done"), (1, "failed")):
        job = finished(folder, folder.post(f"/api/files/{n}/plan", {}).json["job"])
        assert job["state"] == state, job
    assert document(folder, 2)["name"] == "within/b.mp4"
    assert (tmp_path / "out" / "within" / "b.mp4.plan.json").exists()
    again = folder.post("/api/files/2/plan", {})
    assert again.status == 422
    files = folder.get("/api/session").json["files"]
    assert [entry["state"] for entry in files] == ["unplanned", "failed", "planned"]
    assert "is not a recording" in files[1]["message"]
    job = finished(folder, folder.post("/api/files/2/render", {"revision": 0}).json["job"])
    assert job["state"] == "done", job
    assert (tmp_path / "out" / "within" / "b.redacted.mp4").exists()
    assert folder.get("/api/session").json["files"][2]["rendered"] == "clean"
    assert folder.get("/api/files/3").status == 404
    assert folder.post("/api/files/3/plan", {}).status == 404


def test_a_photo(tmp_path: Path, mine_photo: Path) -> None:
    with serving(mine_photo) as server:
        server.come_in()
        told = document(server)
        assert told["kind"] == "photo"
        assert told["frames"] == 1
        assert server.get("/api/files/0/frames/0?width=64&masks=1").status == 200
        keys = [[0, 0, 0, 40, 40]]
        black = {"op": "draw", "keys": keys, "start": 0, "end": told["duration"]}
        assert decide(server, 0, **black, interpolate=False).status == 200
        job = finished(server, server.post("/api/files/0/render", {"revision": 1}).json["job"])
        assert job["state"] == "done", job
    assert (tmp_path / "picture.redacted.png").exists()


@pytest.fixture
def mine_photo(tmp_path: Path, sample: Path) -> Path:
    frame = next(iter(media.open_footage(sample).frames()))
    target = tmp_path / "picture.png"
    Image.fromarray(frame.rgb(160, 96)).save(target)
    run.draw_up(target, tmp_path / "picture.plan.json", Policy(min_face_px=40))
    return target


@pytest.fixture
def long(tmp_path: Path, sample: Path) -> Path:
    """Ten seconds of a street: long enough to be stopped."""
    clip = tmp_path / "long.mp4"
    shutil.copy(sample, clip)
    nobody = Plan(
        footage=FootageFacts(
            sha256=media.digest(clip), width=640, height=272, frames=250, duration=Fraction(10)
        ),
        policy=Policy(targets=("faces",)),
        detectors=(),
        redactions=(),
    )
    (tmp_path / "long.plan.json").write_text(plan.to_json(nobody))
    return clip


def _begin(server: Server) -> str:
    job: str = server.post("/api/files/0/render", {"revision": 0}).json["job"]
    until = time.monotonic() + 60
    while not server.get(f"/api/jobs/{job}").json["done"]:
        assert time.monotonic() < until
        time.sleep(0.1)
    return job


def test_work_is_stopped_lost_and_ended(long: Path) -> None:
    """One clip for all three, for its plan takes long."""
    with serving(long) as server:
        server.come_in()
        document(server)
        job = _begin(server)
        assert server.delete(f"/api/jobs/{job}").status == 200
        assert finished(server, job, within_s=20)["state"] == "stopped"
        assert _left(long) == []

        job = _begin(server)
        os.kill(_worker(server), signal.SIGKILL)
        told = finished(server, job, within_s=20)
        assert told["state"] == "failed"
        assert "crashed (SIGKILL)" in told["message"]
        assert "--limit memory" in told["hint"]
        assert _left(long) == []
        assert document(server)["revision"] == 0

        _begin(server)
        worker = _worker(server)
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(20) == 0
        assert not Path(f"/proc/{worker}").exists()
        assert _left(long) == []


def _left(clip: Path) -> list[str]:
    ours = ("long.mp4", "long.plan.json", "long.decisions.jsonl")
    return [path.name for path in clip.parent.iterdir() if path.name not in ours]


def _worker(server: Server) -> int:
    """Return the process that writes: the only child that may write to a folder."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes()
            parent = (path.parent / "stat").read_text().rpartition(")")[2].split()[1]
        except OSError:
            continue
        if int(parent) == server.process.pid and b'"folders": ["' in words:
            return int(path.parent.name)
    raise AssertionError("there is no worker")


def _until_over(job: Job) -> None:
    until = time.monotonic() + 10
    while job.state == "running":
        assert time.monotonic() < until
        time.sleep(0.01)


def test_one_heavy_job_at_a_time_and_light_ones_beside_it() -> None:
    jobs, go_on = Jobs(), threading.Event()

    def wait(_: Job) -> None:
        go_on.wait(10)

    heavy = jobs.begin(RENDER, "rendering", wait, file=0)
    with pytest.raises(Refusal):
        jobs.begin(PLAN, "drawing up", lambda _: None, file=1)
    light = jobs.begin(FOLLOW, "following", lambda _: None, file=0)
    _until_over(light)
    assert jobs.at_work
    assert jobs.of_file(0) is heavy
    go_on.set()
    _until_over(heavy)
    assert not jobs.at_work
    assert jobs.find(heavy.id).told()["state"] == "done"
    with pytest.raises(Refusal):
        jobs.find("x")


@pytest.mark.parametrize(
    ("raised", "state", "message"),
    [
        (BystanderError("no", hint="so"), "failed", "no"),
        (WorkerLost("gone", hint="so"), "failed", "gone"),
        (RuntimeError("a name in the picture"), "failed", "RuntimeError"),
        (
            LeakFound(
                "shows",
                report=Report(plan_sha256="", output_sha256="", ran=(), skipped=(), leaks=()),
                hint="so",
            ),
            "leak",
            "shows",
        ),
    ],
)
def test_what_goes_wrong_is_told_in_words(raised: Exception, state: str, message: str) -> None:
    def body(_: Job) -> None:
        raise raised

    job = Jobs().begin(RENDER, "rendering", body, file=0)
    _until_over(job)
    assert job.state == state
    assert message in (job.message or "")
    assert "name in the picture" not in (job.message or "")
    assert job.hint


def test_one_that_is_stopped_before_its_worker_is_there_is_stopped() -> None:
    stopped: list[int] = []
    waits = threading.Event()

    def body(job: Job) -> None:
        waits.wait(10)
        job.on_stop(lambda: stopped.append(1))
        raise WorkerLost("gone")

    job = Jobs().begin(RENDER, "rendering", body, file=0)
    job.stop()
    waits.set()
    _until_over(job)
    assert stopped == [1]
    assert job.state == "stopped"


def test_jobs_that_are_over_are_forgotten_in_time() -> None:
    jobs = Jobs()
    for _ in range(120):
        _until_over(jobs.begin(FOLLOW, "following", lambda _: None, file=0))
    assert len(jobs._jobs) < 70
