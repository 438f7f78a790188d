"""A fingerprint is planted in footage that moves; the verifier finds it, and finds less of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from bench.camera import BOX, plan_for
from bench.sensor import drawn_scene, filmed, fingerprint, write
from tests.conftest import Blind

from bystander import media, verify
from bystander.records import CameraMatch, Plan, Policy, Report
from bystander.run import passes
from bystander.run.progress import Silent

SIDE, FRAMES = 320, 60
SCENES = [drawn_scene(seed, SIDE + 64) for seed in range(4)]


def film(path: Path, *, bits: int = 8, camera: int = 0, frames: int = FRAMES) -> media.Footage:
    made = filmed(SCENES, fingerprint(camera, SIDE), 5, frames=frames, bits=bits)
    write(path, (planes for planes, _ in made), bits=bits, crf=18 if bits == 8 else 10)
    return media.open_footage(path)


def examined(
    original: media.Footage, target: Path, policy: Policy, *, frames: int = FRAMES
) -> tuple[Report, CameraMatch]:
    plan = plan_for(original, frames, policy, BOX)
    passes.render(plan, original, target, Silent())
    report = look(original, target, plan)
    assert report.camera is not None
    return report, report.camera


def look(original: media.Footage, target: Path, plan: Plan, *, camera: bool = True) -> Report:
    return verify.examine(
        target,
        plan=plan,
        plan_sha256="0" * 64,
        original=original,
        detector=Blind(),
        camera=camera,
    )


def test_the_pattern_is_found_and_is_fainter_when_the_camera_is_hidden(tmp_path: Path) -> None:
    original = film(tmp_path / "in.mp4")
    _, plain = examined(original, tmp_path / "plain.mp4", Policy(crf=18))
    report, hidden = examined(original, tmp_path / "hidden.mp4", Policy(hide_camera=True))
    assert report.clean, report.leaks
    assert plain.before == hidden.before
    assert plain.before is not None
    assert plain.after is not None
    assert hidden.after is not None
    assert plain.before > 120
    assert plain.after > 5 * hidden.after
    assert plain.after > CameraMatch.MATCHES > hidden.after
    assert plain.frames == 53  # all but those in the middle


def test_ten_bits_are_compared_too(tmp_path: Path) -> None:
    original = film(tmp_path / "in.mp4", bits=10, frames=45)
    policy = Policy(hide_camera=True)
    report, hidden = examined(original, tmp_path / "hidden.mp4", policy, frames=45)
    assert report.clean, report.leaks
    assert hidden.before is not None
    assert hidden.after is not None
    assert hidden.before > 5 * hidden.after
    assert hidden.before > CameraMatch.MATCHES > hidden.after


def test_another_camera_does_not_match(tmp_path: Path) -> None:
    mine = film(tmp_path / "mine.mp4")
    film(tmp_path / "yours.mp4", camera=1)
    report = look(mine, tmp_path / "yours.mp4", plan_for(mine, FRAMES, Policy(), BOX))
    assert report.camera is not None
    assert report.camera.before is not None
    assert report.camera.after is not None
    assert report.camera.before > 120
    assert abs(report.camera.after) < CameraMatch.MATCHES / 2


def test_it_says_when_it_cannot_tell(tmp_path: Path) -> None:
    short = film(tmp_path / "short.mp4", frames=12)
    _, few = examined(short, tmp_path / "few.mp4", Policy(), frames=12)
    assert few.before is None
    assert "frames" in few.in_words
    still = tmp_path / "still.mp4"
    rng = np.random.default_rng(1)
    planes = tuple(np.rint(p).astype(np.uint8) for p in SCENES[0][:, :SIDE, :SIDE])
    luma, chroma = planes[0], [plane[::2, ::2].copy() for plane in planes[1:]]
    noise = ((luma + rng.integers(-2, 3, luma.shape)).astype(np.uint8) for _ in range(FRAMES))
    write(still, ((noisy, *chroma) for noisy in noise))
    _, same = examined(media.open_footage(still), tmp_path / "same.mp4", Policy())
    assert same.before is None
    assert same.why is not None
    assert "stands still" in same.why


def test_an_output_cut_short_or_of_another_size_is_found_all_the_same(tmp_path: Path) -> None:
    original = film(tmp_path / "in.mp4")
    plan = plan_for(original, FRAMES, Policy(fill="soft"), BOX)
    part = media.Recorder(tmp_path / "part.mp4", original, crf=18, preset="veryfast")
    with part:
        for frame in list(original.frames())[: FRAMES // 2 - 2]:
            part.write(frame)
    report = look(original, tmp_path / "part.mp4", plan)
    assert any("ends after 28 frames" in leak.what for leak in report.leaks)
    assert report.camera is not None
    assert report.camera.why is not None
    assert "in one half" in report.camera.why
    small = filmed(SCENES, fingerprint(0, SIDE // 2), 5, frames=FRAMES, bits=8)
    write(tmp_path / "small.mp4", (planes for planes, _ in small), bits=8, crf=18)
    report = look(original, tmp_path / "small.mp4", plan)
    assert any("the size is (160, 160)" in leak.what for leak in report.leaks)
    assert [skip.name for skip in report.skipped] == ["fill"]
    assert report.camera is not None
    assert report.camera.before is None
    assert not report.clean


def test_nothing_is_compared_unless_asked_for(tmp_path: Path) -> None:
    original = film(tmp_path / "in.mp4", frames=3)
    plan = plan_for(original, 3, Policy(), BOX)
    passes.render(plan, original, tmp_path / "out.mp4", Silent())
    assert look(original, tmp_path / "out.mp4", plan, camera=False).camera is None
