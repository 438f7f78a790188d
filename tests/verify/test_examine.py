"""The verifier is tested by what it catches: one leak is planted, and it must be found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from tests.conftest import Blind
from tests.stage import Scene, draw, plan_for

from bystander import hide, media, verify
from bystander.errors import FootageError
from bystander.geometry import Box
from bystander.records import Kind, Leak, Picture, Plan, Plane, Policy, Report
from bystander.run import passes
from bystander.run.progress import Silent

SCENE = Scene(width=320, height=192, frames=20, sound_s=0.8)


class Bench:
    """A drawn recording, its plan, and ways to make outputs of it."""

    def __init__(self, folder: Path, scene: Scene = SCENE, policy: Policy | None = None) -> None:
        self.folder = folder
        self.footage = media.open_footage(draw(folder / "in.mp4", scene))
        self.plan = plan_for(self.footage.sha256, scene, policy=policy)

    def render(
        self, name: str = "out.mp4", fill: hide.Fill | None = None, plan: Plan | None = None
    ) -> Path:
        target = self.folder / name
        passes.render(plan or self.plan, self.footage, target, Silent(), fill=fill)
        return target

    def examine(self, output: Path, detector: Any = None) -> Report:
        return verify.examine(
            output,
            plan=self.plan,
            plan_sha256="0" * 64,
            original=self.footage,
            detector=detector or Blind(),
        )

    def leaks(self, output: Path) -> list[Leak]:
        report = self.examine(output)
        assert not report.clean
        return list(report.leaks)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def only(leaks: Sequence[Leak], check: str) -> bool:
    return {leak.check for leak in leaks} == {check}


@pytest.mark.parametrize("fill", ["solid", "soft"])
@pytest.mark.parametrize("crf", [None, 18, 35])
@pytest.mark.parametrize("name", ["out.mp4", "out.mkv", "out.mov", "out.webm"])
def test_an_honest_output_is_clean(tmp_path: Path, fill: str, crf: int | None, name: str) -> None:
    bench = Bench(tmp_path, policy=Policy(fill=fill, crf=crf))
    report = bench.examine(bench.render(name))
    assert report.leaks == ()
    assert report.clean
    assert {check.name for check in report.ran} == {"container", "picture", "fill", "second look"}
    assert report.facts["regions"] == SCENE.frames


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


def rewrite(
    source: Path,
    target: Path,
    *,
    keep: Callable[[int], bool] = lambda index: True,
    pts: Callable[[int], int] = lambda index: index,
    size: tuple[int, int] | None = None,
) -> Path:
    """Encode *source* anew with frames dropped, moved in time or scaled."""
    with (
        av.open(str(source)) as opened,
        av.open(str(target), "w", options={"fflags": "+bitexact"}) as made,
    ):
        stream: Any = made.add_stream("libx264", rate=25, options={"crf": "12"})
        from_stream = opened.streams.video[0]
        stream.width, stream.height = size or (from_stream.width, from_stream.height)
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = Fraction(1, 25)
        stream.codec_context.flags |= 1 << 23
        for index, frame in enumerate(opened.decode(video=0)):
            if keep(index):
                new = frame.reformat(width=stream.width, height=stream.height)
                new.pts, new.time_base = pts(index), Fraction(1, 25)
                made.mux(stream.encode(new))
        made.mux(stream.encode(None))
    return target


def whats(leaks: list[Leak]) -> str:
    return "; ".join(leak.what for leak in leaks)


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


def test_what_the_encoder_writes_of_itself_is_found(bench: Bench, tmp_path: Path) -> None:
    output = rewrite(bench.render(), tmp_path / "sei.mp4")
    assert "units of type 6" in whats(bench.leaks(output))


def remux(
    source: Path, target: Path, change: Callable[[Any], Any], options: dict[str, str] | None = None
) -> Path:
    """Copy the packets of *source* and let *change* add to the new container."""
    with (
        av.open(str(source)) as opened,
        av.open(
            str(target), "w", options={"fflags": "+bitexact"} if options is None else options
        ) as made,
    ):
        stream = made.add_stream_from_template(opened.streams.video[0])
        after = change(made)
        for packet in opened.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                made.mux(packet)
        if after:
            after()
    return target


def chapters(made: Any) -> None:
    made.set_chapters(
        [
            {
                "id": 1,
                "start": 0,
                "end": 500,
                "time_base": Fraction(1, 1000),
                "metadata": {"title": "Jane Doe at home"},
            }
        ]
    )


def thumbnail(made: Any) -> Callable[[], None]:
    stream = made.add_stream("mjpeg", rate=1)
    stream.width, stream.height, stream.pix_fmt = 64, 48, "yuvj420p"

    def finish() -> None:
        picture = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 90, np.uint8), "rgb24")
        picture.pts = 0
        made.mux(stream.encode(picture))
        made.mux(stream.encode(None))

    return finish


def voice(made: Any) -> Callable[[], None]:
    stream = made.add_stream("aac", rate=48000)

    def finish() -> None:
        frame = av.AudioFrame.from_ndarray(np.zeros((2, 9600), np.float32), "fltp", "stereo")
        frame.sample_rate = 48000
        made.mux(stream.encode(frame))
        made.mux(stream.encode(None))

    return finish


def title(made: Any) -> None:
    made.metadata["title"] = "Interview with Jane Doe"


def place(made: Any) -> None:
    made.metadata["location"] = "+51.5000-000.1000/"


def handler(made: Any) -> None:
    made.streams.video[0].metadata["handler_name"] = "DC-G9 1234567"


def attachment(made: Any) -> None:
    made.add_attachment("note.txt", "text/plain", b"call Jane Doe")


PLANTED = [
    ("mp4", chapters),
    ("mkv", chapters),
    ("mp4", thumbnail),
    ("mkv", thumbnail),
    ("mp4", voice),
    ("mkv", voice),
    ("mp4", title),
    ("mkv", title),
    ("mp4", place),
    ("mov", place),
    ("mp4", handler),
    ("mkv", attachment),
]


@pytest.mark.parametrize(
    ("suffix", "change"), PLANTED, ids=[f"{s}-{c.__name__}" for s, c in PLANTED]
)
def test_what_is_planted_in_the_container_is_found_and_not_repeated(
    bench: Bench, tmp_path: Path, suffix: str, change: Callable[[Any], Any]
) -> None:
    output = remux(bench.render(), tmp_path / f"planted.{suffix}", change)
    leaks = bench.leaks(output)
    assert only(leaks, "container")
    for secret in ("Jane", "51.5", "G9", "call"):
        assert secret not in whats(leaks)


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "mov"])
def test_a_program_s_own_name_is_found(bench: Bench, tmp_path: Path, suffix: str) -> None:
    output = remux(bench.render(), tmp_path / f"named.{suffix}", lambda made: None, options={})
    assert only(bench.leaks(output), "container")


def test_bytes_after_the_end_are_found(bench: Bench) -> None:
    for tail in (b"tail", b"\0\0\0\x10freeJANE-DOE"):
        output = bench.render()
        output.write_bytes(output.read_bytes() + tail)
        assert only(bench.leaks(output), "container")


def test_bytes_after_the_end_of_a_matroska_file_make_it_unreadable(bench: Bench) -> None:
    output = bench.render("out.mkv")
    output.write_bytes(output.read_bytes() + b"x")
    with pytest.raises(FootageError, match="malformed"):
        bench.examine(output)


def test_a_time_of_creation_is_found(bench: Bench) -> None:
    output = bench.render()
    content = bytearray(output.read_bytes())
    at = content.find(b"mvhd") + 8
    content[at : at + 4] = b"\xd4\x00\x00\x01"
    output.write_bytes(content)
    assert "time of creation" in whats(bench.leaks(output))


class Sees:
    """A detector that sees a face at one place in chosen looks."""

    name = "drawn@0"
    kind = Kind.FACE

    def __init__(self, box: Box, score: float, frames: set[int]) -> None:
        self._box, self._score, self._frames = box, score, frames
        self._looks = -1

    def look(self, picture: Picture) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        scale = picture.shape[1] / 320
        self._looks += scale == 1
        if scale != 1 or self._looks not in self._frames:
            return np.empty((0, 4)), np.empty(0)
        b = self._box
        return np.array([[b.x0, b.y0, b.x1, b.y1]]), np.array([self._score])


ELSEWHERE = Box(200, 100, 240, 150)


@pytest.mark.parametrize(
    ("score", "frames", "found"),
    [
        (0.9, {4}, True),
        (0.6, {4, 5, 6}, True),
        (0.6, {4, 5}, False),
        (0.4, set(range(20)), False),
        (0.6, {2, 19}, False),
    ],
)
def test_a_sighting_counts_when_there_is_evidence(
    bench: Bench, score: float, frames: set[int], found: bool
) -> None:
    report = bench.examine(bench.render(), Sees(ELSEWHERE, score, frames))
    assert report.clean is not found
    assert bool(report.facts["unsure"]) is not found
    if found:
        assert only(report.leaks, "second look")
        assert {d.at for d in report.leaks[0].found} == {Fraction(i, 25) for i in frames}


def test_what_is_seen_on_the_fill_is_no_leak(bench: Bench) -> None:
    inside = SCENE.box(10)
    report = bench.examine(bench.render(), Sees(inside, 0.99, {10}))
    assert report.clean
