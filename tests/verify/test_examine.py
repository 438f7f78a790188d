"""The verifier is tested by what it catches: one leak is planted, and it must be found."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.conftest import Blind
from tests.stage import Scene, draw, plan_for
from tests.verify.planted import SCENE, Bench, SeesWhite, only, patches, rewrite, whats

from bystander import hide, media, verify
from bystander.geometry import Box
from bystander.records import Plane, Policy
from bystander.run import passes
from bystander.run.progress import Silent


@pytest.mark.parametrize("fill", ["solid", "soft"])
@pytest.mark.parametrize("crf", [None, 18, 35])
@pytest.mark.parametrize("name", ["out.mp4", "out.mkv", "out.mov", "out.webm"])
def test_an_honest_output_is_clean(tmp_path: Path, fill: str, crf: int | None, name: str) -> None:
    bench = Bench(tmp_path, policy=Policy(fill=fill, crf=crf))
    report = bench.examine(bench.render(name))
    assert report.leaks == ()
    assert report.clean
    assert {check.name for check in report.ran} == {"container", "picture", "fill", "second look"}
    assert report.regions == SCENE.frames


@pytest.mark.parametrize("fill", ["solid", "soft"])
@pytest.mark.parametrize("name", ["out.mp4", "out.webm"])
def test_an_honest_output_with_the_camera_hidden_is_clean(
    tmp_path: Path, fill: str, name: str
) -> None:
    bench = Bench(tmp_path, policy=Policy(fill=fill, hide_camera=True))
    report = bench.examine(bench.render(name))
    assert report.clean, report.leaks
    assert report.regions == SCENE.frames


@pytest.mark.parametrize("pix_fmt", ["yuv422p", "yuv420p10le", "yuv444p12le"])
@pytest.mark.parametrize("fill", ["solid", "soft"])
def test_an_honest_output_of_another_depth_is_clean(
    tmp_path: Path, pix_fmt: str, fill: str
) -> None:
    scene = replace(SCENE, pix_fmt=pix_fmt, codec="ffv1", options={}, sound_s=0.0)
    folder = tmp_path / "deep"
    folder.mkdir()
    footage = media.open_footage(draw(folder / "in.mkv", scene))
    plan = plan_for(footage.sha256, scene, policy=Policy(fill=fill))
    target = folder / "out.mkv"
    passes.render(plan, footage, target, Silent())
    report = verify.examine(
        target, plan=plan, plan_sha256="0" * 64, original=footage, detector=Blind()
    )
    assert report.clean, report.leaks


def test_kept_sound_is_allowed_once(tmp_path: Path) -> None:
    bench = Bench(tmp_path, policy=Policy(audio="keep"))
    assert bench.examine(bench.render()).clean


def on_frame(number: int, other: hide.Fill) -> hide.Fill:
    """Return the solid fill, but *other* on one frame."""
    count = iter(range(10_000))

    def fill(planes: tuple[Plane, ...], boxes: Sequence[Box], layout: Any) -> tuple[Plane, ...]:
        chosen = other if next(count) == number else hide.FILLS["solid"]
        return chosen(planes, boxes, layout)

    return fill


def nothing(planes: tuple[Plane, ...], boxes: Sequence[Box], layout: Any) -> tuple[Plane, ...]:
    return planes


def moved(by_x: int, by_y: int) -> hide.Fill:
    def fill(planes: tuple[Plane, ...], boxes: Sequence[Box], layout: Any) -> tuple[Plane, ...]:
        off = [Box(b.x0 + by_x, b.y0 + by_y, b.x1 + by_x, b.y1 + by_y) for b in boxes]
        return hide.FILLS["solid"](planes, off, layout)

    return fill


def blurred(planes: tuple[Plane, ...], boxes: Sequence[Box], layout: Any) -> tuple[Plane, ...]:
    made = tuple(plane.copy() for plane in planes)
    for box in boxes:
        rows, columns = slice(int(box.y0), int(box.y1)), slice(int(box.x0), int(box.x1))
        inside = made[0][rows, columns].astype(float)
        for axis in (0, 1):
            inside = np.mean([np.roll(inside, shift, axis) for shift in range(-6, 7)], axis=0)
        made[0][rows, columns] = inside.astype(made[0].dtype)
    return made


@pytest.mark.parametrize("number", [0, 7, 19])
def test_a_bare_frame_is_found(bench: Bench, number: int) -> None:
    leaks = bench.leaks(bench.render(fill=on_frame(number, nothing)))
    assert only(leaks, "fill")
    assert leaks[0].span is not None
    assert leaks[0].span.start == Fraction(number, 25)


@pytest.mark.parametrize(("by_x", "by_y"), [(8, 0), (-8, 0), (0, 8), (0, -8)])
def test_a_box_that_is_8_pixels_off_is_found(bench: Bench, by_x: int, by_y: int) -> None:
    leaks = bench.leaks(bench.render(fill=on_frame(5, moved(by_x, by_y))))
    assert only(leaks, "fill")


def test_bare_chroma_is_found(tmp_path: Path) -> None:
    def tint(index: int, planes: list[NDArray[Any]]) -> None:
        planes[1][:, ::8] = 60

    bench = Bench(tmp_path, replace(SCENE, change=tint))

    def luma_only(
        planes: tuple[Plane, ...], boxes: Sequence[Box], layout: Any
    ) -> tuple[Plane, ...]:
        return (hide.FILLS["solid"](planes, boxes, layout)[0], *planes[1:])

    assert only(bench.leaks(bench.render(fill=on_frame(3, luma_only))), "fill")


def test_a_blur_is_found(bench: Bench) -> None:
    assert only(bench.leaks(bench.render(fill=blurred)), "fill")


def test_another_soft_plan_s_bare_frame_is_found(tmp_path: Path) -> None:
    bench = Bench(tmp_path, policy=Policy(fill="soft"))
    assert only(bench.leaks(bench.render(fill=on_frame(6, nothing))), "fill")


@pytest.mark.parametrize("times", [3, 6, 9])
def test_a_bare_close_up_is_found_though_it_is_smooth(
    short_sample: Path, tmp_path: Path, times: int
) -> None:
    """A face that fills the picture has little detail in any block of 8 pixels."""
    frame = list(media.open_footage(short_sample).frames())[12]
    face = frame.rgb(frame.width, frame.height)[9:86, 365:423, 1]
    large = face.repeat(times, 0).repeat(times, 1).astype(float)
    for axis in (0, 1):
        large = np.mean([np.roll(large, n, axis) for n in range(-times, times + 1)], axis=0)
    height, width = (side // 16 * 16 for side in large.shape)

    def close_up(index: int, planes: list[NDArray[Any]]) -> None:
        planes[0][48 : 48 + height, 48 : 48 + width] = large[:height, :width]

    scene = Scene(width=width + 96, height=height + 96, frames=4, change=close_up)
    bench = Bench(tmp_path, scene, Policy(fill="soft"))
    here = Box(48, 48, 48 + width, 48 + height)
    bench.plan = plan_for(
        bench.footage.sha256, scene, policy=Policy(fill="soft"), boxes=lambda index: here
    )
    assert bench.examine(bench.render()).clean
    assert only(bench.leaks(bench.render("bare.mp4", fill=nothing)), "fill")


def test_a_missing_frame_is_found(bench: Bench, tmp_path: Path) -> None:
    output = rewrite(bench.render(), tmp_path / "cut.mp4", keep=lambda index: index != 19)
    assert "ends after 19 frames" in whats(bench.leaks(output))


def test_an_extra_frame_is_found(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    (tmp_path / "long").mkdir()
    longer = Bench(tmp_path / "long", replace(SCENE, frames=21))
    assert "more frames" in whats(bench.leaks(longer.render()))


def test_a_frame_at_another_time_is_found(bench: Bench, tmp_path: Path) -> None:
    output = rewrite(bench.render(), tmp_path / "late.mp4", pts=lambda i: i + (i > 10))
    assert "at another time" in whats(bench.leaks(output))


def test_another_size_is_found(bench: Bench, tmp_path: Path) -> None:
    output = rewrite(bench.render(), tmp_path / "small.mp4", size=(336, 192))
    assert "the size is (336, 192)" in whats(bench.leaks(output))


ELSEWHERE = Box(200, 100, 240, 150)


def shown(tmp_path: Path, box: Box, frames: Collection[int] | None = None) -> Bench:
    """Return a recording in which a white patch is at *box*, in *frames* or throughout."""
    return Bench(tmp_path, replace(SCENE, change=patches(box, frames=frames)))


@pytest.mark.parametrize(
    ("score", "frames", "found"),
    [
        (0.9, range(4, 5), True),
        (0.7, range(4, 10), True),
        (0.7, range(4, 5), False),
        (0.6, range(4, 17), True),
        (0.6, range(4, 10), False),
        (0.4, range(20), False),
    ],
)
def test_a_sighting_counts_when_there_is_evidence(
    tmp_path: Path, score: float, frames: range, found: bool
) -> None:
    bench = shown(tmp_path, ELSEWHERE, frames)
    report = bench.examine(bench.render(), SeesWhite(score))
    assert report.clean is not found
    assert bool(report.unsure) is not found
    if found:
        assert only(report.leaks, "second look")
        seen = [round(d.at * 25) for d in report.leaks[0].found]
        assert (min(seen), max(seen)) == (frames[0], frames[-1])


def test_what_is_seen_on_the_fill_is_no_leak(tmp_path: Path) -> None:
    bench = shown(tmp_path, SCENE.box(10))
    plan = plan_for(bench.footage.sha256, SCENE, boxes=lambda _: SCENE.box(10).padded(8))
    bench.plan = plan
    # The fill that is there is white.
    report = bench.examine(bench.render(fill=nothing), SeesWhite(0.99))
    assert not [leak for leak in report.leaks if leak.check == "second look"]


def test_the_better_of_two_looks_at_the_same_face_counts(tmp_path: Path) -> None:
    bench = shown(tmp_path, ELSEWHERE)
    report = bench.examine(bench.render(), SeesWhite(0.4, 0.95, large_px=60))
    assert len(report.leaks) == 1
    assert {d.score for d in report.leaks[0].found} == {0.95}


def test_every_leak_is_listed(bench: Bench) -> None:
    assert len(bench.leaks(bench.render(fill=nothing))) == 20


@pytest.mark.parametrize(("at_last", "near"), [(False, 0), (True, 1)])
def test_the_last_round_hides_more_of_what_nearly_counts(
    tmp_path: Path, at_last: bool, near: int
) -> None:
    bench = shown(tmp_path, ELSEWHERE, range(4, 5))
    report = verify.examine(
        bench.render(),
        plan=bench.plan,
        plan_sha256="0" * 64,
        original=bench.footage,
        detector=SeesWhite(0.62),
        at_last=at_last,
    )
    assert report.clean
    assert len(report.nearly) == near
