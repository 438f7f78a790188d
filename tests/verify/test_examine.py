"""The verifier is tested by what it catches: one leak is planted, and it must be found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.conftest import Blind
from tests.stage import Scene, draw, plan_for
from tests.verify.planted import SCENE, Bench, only, rewrite, whats

from bystander import hide, media, verify
from bystander.geometry import Box
from bystander.records import Kind, Picture, Plane, Policy
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


# Which frame each look is at: every one of the output, and each fifth of the original after it.
LOOKED_AT = [number for number in range(SCENE.frames) for _ in range(1 + (number % 5 == 0))]


class Sees:
    """A detector that sees a face at one place in chosen frames."""

    name = "drawn@0"
    kind = Kind.FACE

    def __init__(self, box: Box, score: float, frames: set[int]) -> None:
        self._box, self._score, self._frames = box, score, frames
        self._looks = -1

    def look(self, picture: Picture) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        scale = picture.shape[1] / 320
        self._looks += scale == 1
        if scale != 1 or LOOKED_AT[self._looks] not in self._frames:
            return np.empty((0, 4)), np.empty(0)
        b = self._box
        return np.array([[b.x0, b.y0, b.x1, b.y1]]), np.array([self._score])


ELSEWHERE = Box(200, 100, 240, 150)


@pytest.mark.parametrize(
    ("score", "frames", "found"),
    [
        (0.9, {4}, True),
        (0.7, {4, 5, 6}, True),
        (0.7, {4, 5}, False),
        (0.6, set(range(4, 16)), True),
        (0.6, {4, 5, 6, 7, 8, 9}, False),
        (0.4, set(range(20)), False),
        (0.7, {2, 18, 19}, False),
    ],
)
def test_a_sighting_counts_when_there_is_evidence(
    bench: Bench, score: float, frames: set[int], found: bool
) -> None:
    report = bench.examine(bench.render(), Sees(ELSEWHERE, score, frames))
    assert report.clean is not found
    assert bool(report.unsure) is not found
    if found:
        assert only(report.leaks, "second look")
        assert {d.at for d in report.leaks[0].found} == {Fraction(i, 25) for i in frames}


def test_what_is_seen_on_the_fill_is_no_leak(bench: Bench) -> None:
    inside = SCENE.box(10)
    report = bench.examine(bench.render(), Sees(inside, 0.99, {10}))
    assert report.clean


class SeesAtTwiceTheSize(Sees):
    """Sees a face weakly as it is, and surely at twice the size."""

    def look(self, picture: Picture) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        scale = picture.shape[1] / 320
        b = self._box
        boxes = np.array([[b.x0, b.y0, b.x1, b.y1]]) * scale
        return boxes, np.array([0.95 if scale == 2 else 0.4])


def test_the_better_of_two_looks_at_the_same_face_counts(bench: Bench) -> None:
    report = bench.examine(bench.render(), SeesAtTwiceTheSize(ELSEWHERE, 0.4, set()))
    assert len(report.leaks) == 1
    assert len(report.leaks[0].found) == 20
    assert {d.score for d in report.leaks[0].found} == {0.95}


def test_every_leak_is_listed(bench: Bench) -> None:
    assert len(bench.leaks(bench.render(fill=nothing))) == 20


@pytest.mark.parametrize(("at_last", "near"), [(False, 0), (True, 1)])
def test_the_last_round_hides_more_of_what_nearly_counts(
    tmp_path: Path, at_last: bool, near: int
) -> None:
    bench = Bench(tmp_path)
    report = verify.examine(
        bench.render(),
        plan=bench.plan,
        plan_sha256="0" * 64,
        original=bench.footage,
        detector=Sees(ELSEWHERE, 0.62, {4}),
        at_last=at_last,
    )
    assert report.clean
    assert len(report.nearly) == near
