from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from tests.stage import Scene, draw

from bystander import media
from bystander.errors import FootageError
from bystander.media.picture import write_planes

EXACT = {"preset": "veryfast", "qp": "0"}


@dataclass(frozen=True)
class Kept:
    """A container and a form of picture, and the codec that must hold it."""

    suffix: str
    pix_fmt: str
    codec: str
    width: int = 160
    height: int = 96
    aspect: Fraction = Fraction(1)


FORMS = [
    Kept(".mp4", "yuv420p", "h264", aspect=Fraction(4, 3)),
    Kept(".mkv", "yuv420p", "h264", aspect=Fraction(4, 3)),
    Kept(".mp4", "yuv420p10le", "hevc", aspect=Fraction(4, 3)),
    Kept(".m4v", "yuv420p", "h264"),
    Kept(".mov", "yuv422p", "h264"),
    Kept(".mkv", "yuv444p", "h264"),
    Kept(".mp4", "yuv420p10le", "hevc"),
    Kept(".mkv", "yuv422p10le", "hevc"),
    Kept(".mov", "yuv444p12le", "hevc"),
    Kept(".webm", "yuv420p", "vp9"),
    Kept(".webm", "yuv422p", "vp9"),
    Kept(".webm", "yuv444p", "vp9"),
    Kept(".webm", "yuv420p10le", "libdav1d"),
    Kept(".mp4", "yuv420p", "vp9", 159, 95),
    Kept(".mkv", "yuv420p", "vp9", 159, 95),
    Kept(".mkv", "yuv444p", "h264", 159, 95),
    Kept(".mp4", "yuv420p10le", "libdav1d", 159, 95),
]


def named(form: Kept) -> str:
    return f"{form.suffix[1:]}-{form.pix_fmt}-{form.width}-{float(form.aspect):.1f}"


@pytest.mark.parametrize("form", FORMS, ids=named)
def test_every_form_is_written_whole(tmp_path: Path, form: Kept) -> None:
    aspect = form.aspect
    scene = Scene(
        width=form.width,
        height=form.height,
        pix_fmt=form.pix_fmt,
        codec="libx264" if aspect != 1 else "ffv1",
        options=EXACT if aspect != 1 else {},
        aspect=aspect,
        colour=(9, 18, 9, 1),
        pts=lambda i: 2 * i + (i % 3 == 0),
        metadata={"title": "Jane Doe"},
    )
    source = media.open_footage(draw(tmp_path / "in.mkv", scene))
    target = tmp_path / f"out{form.suffix}"
    with media.Recorder(target, source, crf=None, preset="veryfast") as recorder:
        originals = []
        for frame in source.frames():
            recorder.write(frame)
            originals.append(frame)
    written = media.open_footage(target)
    frames = list(written.frames())
    assert len(frames) == scene.frames
    assert (written.width, written.height) == (form.width, form.height)
    assert written.layout == source.layout
    assert written.pixel_aspect == source.pixel_aspect == aspect
    assert written.colour == source.colour
    for ours, theirs in zip(frames, originals, strict=True):
        assert abs(ours.at - theirs.at) <= Fraction(1, 2000)
        step = 1 << (ours.layout.bit_depth - 8)
        difference = np.abs(ours.planes[0].astype(int) - theirs.planes[0].astype(int)).mean()
        assert difference < 6 * step
    with av.open(str(target)) as container:
        assert container.streams.video[0].codec_context.name == form.codec
    assert b"Jane" not in target.read_bytes()


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".webm"])
@pytest.mark.parametrize("transfer", [16, 18])  # PQ and HLG, as H.273 numbers them
def test_hdr_stays_hdr(tmp_path: Path, transfer: int, suffix: str) -> None:
    colour = (9, transfer, 9, 1)
    scene = Scene(frames=5, pix_fmt="yuv420p10le", codec="libx265", colour=colour)
    source = media.open_footage(draw(tmp_path / "in.mp4", scene))
    target = tmp_path / f"out{suffix}"
    with media.Recorder(target, source, crf=None, preset="veryfast") as recorder:
        for frame in source.frames():
            recorder.write(frame)
    written = media.open_footage(target)
    assert written.layout.bit_depth == 10
    assert written.colour == media.Colour(primaries=9, transfer=transfer, matrix=9, range=1)


def test_a_pixel_aspect_that_would_be_lost_is_refused(tmp_path: Path) -> None:
    source = media.open_footage(draw(tmp_path / "in.mp4", Scene(aspect=Fraction(4, 3))))
    with pytest.raises(FootageError, match="4/3 as wide as high"):
        media.Recorder(tmp_path / "out.webm", source, crf=None, preset="veryfast")


def test_the_last_frame_lasts_as_long_as_in_the_original(tmp_path: Path) -> None:
    source = media.open_footage(draw(tmp_path / "in.mp4", Scene(frames=5, rate=10)))
    target = tmp_path / "out.mp4"
    with media.Recorder(target, source, crf=None, preset="veryfast") as recorder:
        for frame in source.frames():
            recorder.write(frame)
    with av.open(str(target)) as container:
        stream = container.streams.video[0]
        assert stream.duration is not None
        assert stream.time_base is not None
        assert stream.duration * stream.time_base == Fraction(1, 2)


def test_a_suffix_that_is_not_written_is_refused(tmp_path: Path) -> None:
    source = media.open_footage(draw(tmp_path / "in.mp4"))
    with pytest.raises(FootageError, match=r"not written as \.avi"):
        media.Recorder(tmp_path / "out.avi", source, crf=None, preset="veryfast")
    assert not (tmp_path / "out.avi").exists()


def test_what_webm_cannot_hold_is_refused(tmp_path: Path) -> None:
    scene = Scene(pix_fmt="yuv422p10le", codec="ffv1", options={})
    source = media.open_footage(draw(tmp_path / "in.mkv", scene))
    with pytest.raises(FootageError, match="cannot be held"):
        media.Recorder(tmp_path / "out.webm", source, crf=None, preset="veryfast")


def test_what_lies_beyond_the_picture_is_not_left_over_memory(tmp_path: Path) -> None:
    source = media.open_footage(draw(tmp_path / "in.mp4", Scene(width=150, height=90)))
    frame = next(iter(source.frames()))
    made = write_planes(frame.planes, source.layout)
    for plane in made.planes:
        rows = np.frombuffer(memoryview(plane), np.uint8)
        rows = rows[: plane.line_size * plane.height].reshape(plane.height, plane.line_size)
        assert not rows[:, plane.width :].any()


# The memory allocator of glibc fills fresh memory with a byte of one's choice: an encoder that
# reads memory it never wrote gives other bytes for another fill. x264's macroblock tree does.
_RENDER = """
import sys
from pathlib import Path
from bystander import media
source = media.open_footage(sys.argv[1])
with media.Recorder(Path(sys.argv[2]), source, crf=None, preset=sys.argv[3]) as recorder:
    for frame in source.frames():
        recorder.write(frame)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs glibc's allocator")
@pytest.mark.parametrize(
    ("suffix", "pix_fmt"),
    [(".mp4", "yuv420p"), (".mkv", "yuv420p10le"), (".webm", "yuv420p"), (".webm", "yuv420p10le")],
)
@pytest.mark.parametrize("preset", ["veryfast", "medium"])
def test_the_bytes_do_not_depend_on_what_was_in_memory(
    tmp_path: Path, suffix: str, pix_fmt: str, preset: str
) -> None:
    scene = Scene(width=270, height=144, frames=40, pix_fmt=pix_fmt, codec="ffv1", options={})
    assert len(_rendered_in_strange_memory(tmp_path, scene, suffix, preset)) == 1


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs glibc's allocator")
@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
@pytest.mark.parametrize("frames", [1, 2, 3])
def test_few_frames_are_written_whole_and_at_times_that_were_set(
    tmp_path: Path, suffix: str, frames: int
) -> None:
    scene = Scene(frames=frames, pix_fmt="yuv420p10le", codec="ffv1", options={})
    (made,) = _rendered_in_strange_memory(tmp_path, scene, suffix, "veryfast")
    (tmp_path / f"made{suffix}").write_bytes(made)
    with av.open(str(tmp_path / f"made{suffix}")) as container:
        assert sum(1 for _ in container.decode(video=0)) == frames


def _rendered_in_strange_memory(folder: Path, scene: Scene, suffix: str, preset: str) -> set[bytes]:
    """Return what *scene* is rendered to, with fresh memory filled in two ways."""
    source = draw(folder / "in.mkv", scene)
    results = set()
    for fill in ("1", "170"):
        target = folder / f"out{fill}{suffix}"
        subprocess.run(
            [sys.executable, "-c", _RENDER, str(source), str(target), preset],
            check=True,
            env={**os.environ, "MALLOC_PERTURB_": fill},
        )
        results.add(target.read_bytes())
    return results


def test_sound_is_written_in_step(tmp_path: Path) -> None:
    source = media.open_footage(draw(tmp_path / "in.mp4", Scene(frames=50, sound_s=2.0)))
    for suffix in (".mp4", ".webm"):
        target = tmp_path / f"out{suffix}"
        rate, layout = media.sound_form(source, media.container_for(target))
        with media.Recorder(
            target, source, crf=None, preset="veryfast", sound_rate_hz=rate, sound_layout=layout
        ) as recorder:
            for frame in source.frames():
                recorder.write(frame)
            for sound in media.read_sound(source, rate, layout):
                recorder.write_sound(sound)
        written = media.open_footage(target)
        assert written.has_sound
        samples = np.concatenate(
            [s.samples for s in media.read_sound(written, 48000, layout)], axis=1
        )
        assert abs(samples.shape[1] - 96000) < 3000
        assert 0.1 < np.abs(samples[0, 20000:80000]).max() < 0.4
