"""Whatever is planted in the container is found, and its value is not repeated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image
from tests.edit_lists import leave_out
from tests.verify.planted import SCENE, Bench, only, rewrite, whats

from bystander.errors import FootageError
from bystander.records import Policy


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
    for tail in (b"tail", b"\0\0\0\x10freeJANE-DOE", b"\0\0\0\x10mdatJANE-DOE"):
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


def test_the_original_hidden_in_the_media_data_is_found(bench: Bench) -> None:
    output = bench.render()
    whole = bench.footage.path.read_bytes()
    box = (len(whole) + 8).to_bytes(4, "big") + b"mdat" + whole
    output.write_bytes(output.read_bytes() + box)
    assert "more than one mdat" in whats(bench.leaks(output))


def test_a_tag_with_words_in_it_is_found(bench: Bench) -> None:
    output = bench.render("out.mkv")
    content = output.read_bytes()
    at = content.index(b"DURATION")
    value = content.index(b"00:00:", at)
    words = b"Jane Doe 555-0100!"
    output.write_bytes(content[:value] + words + content[value + len(words) :])
    leaks = bench.leaks(output)
    assert "other than a duration" in whats(leaks)
    assert "Jane" not in whats(leaks)


def test_a_name_in_the_description_of_the_picture_is_found(bench: Bench) -> None:
    output = bench.render()
    content = bytearray(output.read_bytes())
    at = content.index(b"avc1", content.index(b"stsd")) + 4 + 42
    content[at : at + 9] = b"\x08JANE DOE"
    output.write_bytes(content)
    assert "names a compressor" in whats(bench.leaks(output))


@pytest.mark.parametrize("name", ["out.png", "out.mp4"])
def test_a_photo_in_place_of_a_recording_is_found(bench: Bench, tmp_path: Path, name: str) -> None:
    image = Image.new("RGB", (bench.footage.width, bench.footage.height))
    image.save(tmp_path / name, format="PNG")
    report = bench.examine(tmp_path / name)
    assert not report.clean
    assert any("is a photo" in leak.what for leak in report.leaks)


def _longer(bench: Bench, name: str, before: int, after: int) -> Path:
    """Return an output with bare pictures around it, the same codec's, that are shown as well."""
    honest = bench.render()
    target = bench.folder / f"longer-{name}"
    with (
        av.open(str(honest)) as shown,
        av.open(str(target), "w", options={"fflags": "+bitexact"}) as made,
    ):
        stream: Any = made.add_stream("libx264", rate=25, options={"crf": "12"})
        stream.width, stream.height, stream.pix_fmt = SCENE.width, SCENE.height, "yuv420p"
        stream.codec_context.flags |= 1 << 23
        bare = [np.full((SCENE.height, SCENE.width, 3), 250, np.uint8)]
        frames = [*bare * before, *(f.to_ndarray(format="rgb24") for f in shown.decode(video=0))]
        for index, picture in enumerate([*frames, *bare * after]):
            frame = av.VideoFrame.from_ndarray(picture, "rgb24").reformat(format="yuv420p")
            frame.pts, frame.time_base = index, Fraction(1, 25)
            made.mux(stream.encode(frame))
        made.mux(stream.encode(None))
    return target


@pytest.mark.parametrize("name", ["out.mp4", "out.mov"])
@pytest.mark.parametrize(("before", "after"), [(5, 0), (0, 5), (4, 4), (1, 0), (0, 1)])
def test_pictures_that_an_edit_list_hides_are_found(
    bench: Bench, name: str, before: int, after: int
) -> None:
    output = _longer(bench, name, before, after)
    leave_out(
        output,
        before_s=Fraction(before, 25),
        after_s=Fraction(before + SCENE.frames, 25),
    )
    with av.open(str(output)) as container:
        assert sum(1 for _ in container.decode(video=0)) == SCENE.frames
    said = whats(bench.leaks(output))
    assert "coded pictures that are not shown" in said or "an edit list hides" in said
    if before:
        assert "an edit list hides the beginning of the picture" in said


def test_sound_that_an_edit_list_hides_is_found(bench: Bench, tmp_path: Path) -> None:
    kept = Bench(tmp_path, policy=replace(Policy(), audio="keep"))
    output = kept.render()
    assert not [leak for leak in kept.examine(output).leaks if leak.check == "container"]
    for before_s, after_s in ((Fraction(1, 5), None), (Fraction(0), Fraction(1, 2))):
        changed = kept.render("changed.mp4")
        leave_out(changed, before_s=before_s, after_s=after_s, kinds=(b"soun",))
        side = "beginning" if before_s else "end"
        assert f"an edit list hides the {side} of the sound" in whats(kept.leaks(changed))


def test_an_edit_list_that_changes_the_pace_is_found(bench: Bench) -> None:
    output = bench.render()
    leave_out(output, rate=1 << 15)
    assert "changes the pace" in whats(bench.leaks(output))


@pytest.mark.parametrize("name", ["out.mp4", "out.mov", "out.mkv"])
@pytest.mark.parametrize(("hz", "more"), [(8_000, 2), (44_100, 10), (48_000, 1)])
def test_sound_that_ends_just_after_a_packet_is_no_leak(
    tmp_path: Path, name: str, hz: int, more: int
) -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, (2, 1024 * 9 + more))
    scene = replace(SCENE, sound=noise, sound_hz=hz, sound_codec="flac")
    kept = Bench(tmp_path, scene, policy=replace(Policy(), audio="keep"))
    report = kept.examine(kept.render(name))
    assert [leak.what for leak in report.leaks] == []
