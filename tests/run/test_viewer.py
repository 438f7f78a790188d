"""Looking at a file through a child: what it shows, what it may not do, and what if it fails."""

from __future__ import annotations

import io
import json
import os
import signal
import threading
import time
import wave
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from tests.stage import Scene, draw, plan_for

from bystander import hide, media, run
from bystander.errors import FootageError, WorkerLost
from bystander.geometry import Box
from bystander.records import Limits, Policy
from bystander.run import confine
from bystander.run.told import read_facts

SCENE = Scene(
    frames=30,
    sound_s=1.2,
    options={"preset": "veryfast", "crf": "12", "g": "8"},
    aspect=Fraction(2),
)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw(tmp_path_factory.mktemp("viewer") / "clip.mp4", SCENE)


@pytest.fixture(scope="module")
def viewer(clip: Path) -> Iterator[run.Viewer]:
    with run.Viewer(clip) as viewer:
        yield viewer


def seen(jpeg: bytes) -> NDArray[np.int16]:
    with Image.open(io.BytesIO(jpeg)) as image:
        assert not image.info.keys() - {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        return np.asarray(image).astype(np.int16)


def test_facts_are_those_of_the_footage(clip: Path, viewer: run.Viewer) -> None:
    footage = media.open_footage(clip)
    frames = list(footage.frames())
    facts = viewer.facts()
    assert facts.times() == [frame.at for frame in frames]
    assert facts.frames == len(frames) == 30
    assert (facts.kind, facts.width, facts.height) == ("recording", 160, 96)
    assert (facts.pixel_aspect, facts.rate) == (Fraction(2), Fraction(25))
    assert facts.duration == frames[-1].at + (frames[-1].lasts or 0)
    assert facts.has_sound
    assert facts.indexed
    assert viewer.digest() == footage.sha256


def test_frames_are_shown_with_square_pixels_and_no_larger_than_they_are(
    clip: Path, viewer: run.Viewer
) -> None:
    frames = list(media.open_footage(clip).frames())
    for index in (29, 0, 13):
        shown = seen(viewer.frame(index, width=5000))
        assert shown.shape == (96, 320, 3)
        true = frames[index].rgb(320, 96)
        assert np.abs(shown - true).mean() < 4
    assert seen(viewer.frame(3, width=100)).shape == (30, 100, 3)
    assert seen(viewer.frame(3, width=100, part=Box(1, 1, 21, 21))).shape == (22, 44, 3)
    assert seen(viewer.crop(3, Box(10, 10, 20, 20), width=200)).shape == (100, 200, 3)


@pytest.mark.parametrize("fill", sorted(hide.FILLS))
def test_what_is_hidden_is_hidden_as_rendering_hides_it(
    clip: Path, viewer: run.Viewer, fill: str
) -> None:
    footage = media.open_footage(clip)
    policy = Policy(fill=fill)
    plan = plan_for(footage.sha256, SCENE, policy=policy)
    for frame in footage.frames():
        if frame.index not in (0, 17):
            continue
        hidden = hide.apply(plan, frame)
        boxes = plan.boxes_at(frame.at)
        ours = viewer.frame(frame.index, width=320, boxes=boxes, fill=fill)
        assert ours == media.jpeg(footage, hidden.planes, width=320)
        assert ours != viewer.frame(frame.index, width=320)


def test_boxes_beyond_the_frame_hide_what_is_in_it(viewer: run.Viewer) -> None:
    shown = seen(viewer.frame(2, width=320, boxes=[Box(-50, -50, 80, 500), Box(900, 0, 950, 9)]))
    assert np.ptp(shown[8:88, 8:140].astype(int)) < 12
    assert np.ptp(shown[8:88, 180:].astype(int)) > 60


def test_thumbs_are_small(viewer: run.Viewer) -> None:
    assert seen(viewer.thumb(20, height=24)).shape == (24, 80, 3)


@pytest.mark.parametrize(
    "ask",
    [
        lambda viewer: viewer.frame(30, width=100),
        lambda viewer: viewer.frame(-1, width=100),
        lambda viewer: viewer.frame(0, width=100, fill="none"),
        lambda viewer: viewer.frame(0, width=100, part=Box(200, 0, 220, 10)),
        lambda viewer: viewer.crop(0, Box(5, 5, 5, 9), width=10),
        lambda viewer: viewer.thumb(99, height=10),
        lambda viewer: viewer.waveform(0),
        lambda viewer: viewer.sound(Fraction(0), Fraction(61)),
        lambda viewer: viewer.sound(Fraction(1), Fraction(1)),
        lambda viewer: viewer.follow(0, Box(500, 0, 510, 9), step=1),
    ],
)
def test_what_cannot_be_asked_is_said_so(
    viewer: run.Viewer, ask: Callable[[run.Viewer], object]
) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        ask(viewer)


def test_sound_is_what_the_file_has_at_that_time(clip: Path, viewer: run.Viewer) -> None:
    whole = np.concatenate(
        [piece.samples for piece in media.read_sound(media.open_footage(clip), 48000, None)], axis=1
    )
    for start, end in ((0, 1), (Fraction(1, 2), Fraction(4, 5)), (Fraction(11, 10), 3)):
        data = viewer.sound(Fraction(start), Fraction(end))
        with wave.open(io.BytesIO(data)) as file:
            assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (2, 2, 48000)
            numbers = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)
        assert len(numbers) == round((end - start) * 48000)
        true = whole[:, round(start * 48000) :][:, : len(numbers)]
        assert np.abs(numbers[: true.shape[1]].T / 32767 - true).max() < 0.01
        assert not numbers[true.shape[1] :].any()


def test_the_waveform_has_the_loudest_of_every_stretch(clip: Path, viewer: run.Viewer) -> None:
    loud, duration = viewer.waveform(30)
    assert loud.shape == (30, 2)
    assert duration == viewer.facts().duration
    assert (np.abs(np.abs(loud[1:-1].astype(int)) - 127 / 4) < 4).all()
    assert viewer.waveform(200_000)[0].shape == (200_000, 2)


def test_what_moves_is_followed_both_ways_while_other_things_are_asked(viewer: run.Viewer) -> None:
    found = []
    for index, box, confidence in viewer.follow(4, SCENE.box(4), step=1):
        found.append(index)
        assert box.iou(SCENE.box(index)) > 0.9
        assert 0.5 < confidence <= 1
        viewer.thumb(0, height=10)
    assert found == list(range(5, 30))
    back = [index for index, _, _ in viewer.follow(20, SCENE.box(20), step=-1, until=11)]
    assert back == list(range(19, 10, -1))


def test_photos_are_shown_too(tmp_path: Path) -> None:
    path = tmp_path / "in.png"
    Image.effect_noise((40, 30), 80).convert("RGB").save(path)
    with run.Viewer(path) as viewer:
        facts = viewer.facts()
        assert (facts.kind, facts.frames, facts.runs) == ("photo", 1, ())
        assert seen(viewer.frame(0, width=400)).shape == (30, 40, 3)
        loud, duration = viewer.waveform(10)
        assert not loud.any()
        assert duration == 1
        with wave.open(io.BytesIO(viewer.sound(Fraction(0), Fraction(1)))) as file:
            assert file.getnchannels() == 1


def test_a_file_that_is_none_is_an_error_and_the_child_stays(tmp_path: Path) -> None:
    path = tmp_path / "in.mp4"
    path.write_bytes(b"no film")
    with run.Viewer(path) as viewer:
        pid = viewer.pid
        with pytest.raises(FootageError, match="not a recording"):
            viewer.facts()
        draw(path, Scene(frames=3))
        assert viewer.facts().frames == 3
        assert viewer.pid == pid


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGKILL])
def test_after_a_crash_the_next_question_is_answered(clip: Path, number: signal.Signals) -> None:
    with run.Viewer(clip) as viewer:
        before = viewer.frame(7, width=100)
        assert viewer.pid is not None
        os.kill(viewer.pid, number)
        with pytest.raises(WorkerLost, match=f"crashed \\({number.name}\\)"):
            viewer.frame(7, width=100)
        assert viewer.frame(7, width=100) == before


def test_a_child_that_hangs_is_ended(clip: Path) -> None:
    with run.Viewer(clip, allowance=run.Allowance(stall_s=4)) as viewer:
        viewer.facts()
        assert viewer.pid is not None
        os.kill(viewer.pid, signal.SIGSTOP)
        with pytest.raises(WorkerLost, match="nothing moved"):
            viewer.frame(1, width=10)
        assert viewer.frame(1, width=10)


def test_closing_it_from_another_thread_ends_the_wait(clip: Path) -> None:
    viewer = run.Viewer(clip)
    viewer.facts()
    assert viewer.pid is not None
    os.kill(viewer.pid, signal.SIGSTOP)
    threading.Timer(0.3, viewer.close).start()
    began = time.monotonic()
    with pytest.raises(WorkerLost):
        viewer.frame(0, width=10)
    assert time.monotonic() - began < 10
    with pytest.raises(WorkerLost, match="closed"):
        viewer.frame(0, width=10)


def test_a_child_outlives_the_thread_that_began_it(clip: Path) -> None:
    made: list[run.Viewer] = []
    thread = threading.Thread(target=lambda: made.append(run.Viewer(clip)))
    thread.start()
    thread.join()
    with made[0] as viewer:
        pid = viewer.pid
        assert viewer.facts().frames == 30
        time.sleep(0.2)
        assert viewer.frame(0, width=10)
        assert viewer.pid == pid


def test_nothing_is_written_and_everything_is_given_up(clip: Path, viewer: run.Viewer) -> None:
    viewer.frame(0, width=10)
    assert [path.name for path in clip.parent.iterdir()] == ["clip.mp4"]
    if not Path(f"/proc/{viewer.pid}/status").exists():
        pytest.skip("there is no /proc")
    open_files = {os.readlink(link) for link in Path(f"/proc/{viewer.pid}/fd").iterdir()} - {
        os.devnull,
        str(clip),
    }
    assert all(name.startswith("pipe:") for name in open_files)


BODY = b'{"ready": []}\n{"done": {}, "bytes": %d}\n'
LIES = {
    "no picture": BODY % 5 + b"<html",
    "more bytes than it says": BODY % 3 + b"\xff\xd8\xff" * 9,
    "endless bytes": BODY % (1 << 40),
    "bytes of no number": b'{"ready": []}\n{"done": {}, "bytes": "9"}\n123456789',
    "fewer than none": BODY % -1,
    "no bytes": b'{"ready": []}\n{"done": {}}\n',
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
    with run.Viewer(clip) as true:
        facts = true.facts()
    monkeypatch.setattr(confine, "__file__", str(liar))
    monkeypatch.setattr(run.Viewer, "facts", lambda _: facts)
    with run.Viewer(clip) as viewer:
        with pytest.raises(WorkerLost, match="what cannot be"):
            viewer.frame(0, width=10)
        assert viewer.pid is None


FACTS = (
    '{"kind": "recording", "width": 8, "height": 8, "pixel_aspect": "1", "tick": "1/25", '
    '"duration": "1", "rate": "25", "has_sound": false, "indexed": true, "notes": []}'
)
FALSE_FACTS = {
    "a size beyond limits": FACTS.replace('"width": 8', '"width": 9000000000'),
    "no size": FACTS.replace('"height": 8', '"height": -8'),
    "no tick": FACTS.replace("1/25", "0"),
    "a number without end": FACTS.replace("1/25", "1" * 100),
    "no number": FACTS.replace("1/25", "one"),
    "another kind": FACTS.replace("recording", "folder"),
    "notes that are none": FACTS.replace("[]", "[1]"),
}


@pytest.mark.parametrize("told", FALSE_FACTS.values(), ids=FALSE_FACTS.keys())
def test_facts_that_cannot_be_are_not_believed(told: str) -> None:
    limits = Limits()
    assert read_facts(json.loads(FACTS), b"", limits) is not None
    assert read_facts(json.loads(told), b"", limits) is None
    for runs in ([[0, 1]], [[1, -1]], [[1, 1 << 60]], [[1, 2_600_000]]):
        body = np.array(runs, dtype="<i8").tobytes()
        assert read_facts(json.loads(FACTS), body, limits) is None
    assert read_facts(json.loads(FACTS), b"123", limits) is None


@pytest.mark.parametrize(("transfer", "note"), [(1, False), (16, True), (18, True)])
def test_hdr_is_toned_for_a_screen_and_said(tmp_path: Path, transfer: int, note: bool) -> None:
    scene = replace(
        SCENE,
        codec="libx265",
        pix_fmt="yuv420p10le",
        colour=(9, transfer, 9, 1),
        sound_s=0,
        options={"preset": "ultrafast", "x265-params": "log-level=none"},
        frames=5,  # of one or two x265 leaves the decoding times unset
    )
    with run.Viewer(draw(tmp_path / "in.mkv", scene)) as viewer:
        assert any("HDR" in note for note in viewer.facts().notes) is note
        shown = seen(viewer.frame(0, width=320))
    assert 40 < shown.mean() < 200
