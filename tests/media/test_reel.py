"""Any frame by its number is what reading the file from its start gives, to the sample."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image
from tests.stage import Scene, draw

from bystander import media
from bystander.errors import DamagedFootage, FootageError
from bystander.media.index import times_of
from bystander.records import Frame

X264 = {"preset": "veryfast", "crf": "20", "g": "8"}
GROUPS = replace(Scene(), frames=37, options=X264 | {"bf": "3"})
INDEXED = {
    "b-frames.mp4": GROUPS,
    "b-frames.mkv": GROUPS,
    "b-frames.mov": GROUPS,
    "open-groups.mp4": replace(
        GROUPS,
        options={"preset": "medium", "crf": "20", "x264-params": "open-gop=1:keyint=8:bframes=3"},
    ),
    "open-groups.ts": replace(
        GROUPS,
        options={"preset": "medium", "crf": "20", "x264-params": "open-gop=1:keyint=8:bframes=3"},
    ),
    "one-group.mp4": replace(GROUPS, options={"preset": "veryfast", "g": "999", "bf": "3"}),
    "intra-refresh.mp4": replace(
        GROUPS, options={"preset": "veryfast", "x264-params": "intra-refresh=1:keyint=8"}
    ),
    "starts-late.ts": GROUPS,
    "hevc.mp4": replace(
        GROUPS,
        codec="libx265",
        options={
            "preset": "ultrafast",
            "x265-params": "log-level=none:open-gop=1:keyint=8:bframes=3",
        },
    ),
    "hevc.ts": replace(
        GROUPS,
        codec="libx265",
        options={
            "preset": "ultrafast",
            "x265-params": "log-level=none:open-gop=1:keyint=8:bframes=3",
        },
    ),
    "vp8.webm": replace(GROUPS, codec="libvpx", options={"g": "8", "deadline": "realtime"}),
    "vp9.webm": replace(
        GROUPS, codec="libvpx-vp9", options={"g": "8", "lag-in-frames": "8", "auto-alt-ref": "1"}
    ),
    "av1.mkv": replace(
        GROUPS,
        codec="libsvtav1",
        options={"preset": "12", "g": "8", "svtav1-params": "lookahead=8"},
    ),
    "mpeg2.mpg": replace(GROUPS, codec="mpeg2video", options={"g": "8", "bf": "2"}),
    "mpeg2.ts": replace(GROUPS, codec="mpeg2video", options={"g": "8", "bf": "2"}),
    "mpeg4.mp4": replace(GROUPS, codec="mpeg4", options={"g": "8", "bf": "2"}),
    "mjpeg.avi": replace(GROUPS, codec="mjpeg", pix_fmt="yuvj420p", options={}),
    "lossless.mkv": replace(GROUPS, codec="ffv1", options={"g": "4"}),
    "uneven.mp4": replace(GROUPS, pts=lambda index: index * 3 + index % 3 + index // 9),
    "uneven.mkv": replace(GROUPS, pts=lambda index: index * 3 + index % 3 + index // 9),
    "rotated.mov": replace(GROUPS, rotation=90),
    "deep.mp4": replace(GROUPS, pix_fmt="yuv420p10le"),
    "interlaced.mp4": replace(GROUPS, options=X264 | {"x264-params": "tff=1"}),
    "interlaced.ts": replace(GROUPS, options=X264 | {"x264-params": "tff=1"}),
    "one-frame.mp4": replace(GROUPS, frames=1),
    "flv.flv": GROUPS,
}
FROM_START = {
    "no-times.h264": GROUPS,
    "b-frames.avi": GROUPS,
}


def check_all(path: Path, *, indexed: bool) -> None:
    frames = list(media.open_footage(path).frames())
    lasts = frames[-1].lasts or 1 / media.open_footage(path).rate
    shuffled = list(range(len(frames)))
    np.random.default_rng(3).shuffle(shuffled)
    for room in (media.CACHE_BYTES, 5 * sum(p.nbytes for p in frames[0].planes), 1):
        reel = media.Reel(media.open_footage(path, digest_later=True), cache_bytes=room)
        assert [reel.times.at(i) for i in range(len(reel.times))] == [f.at for f in frames]
        assert reel.times.duration == frames[-1].at + lasts
        for number in (*shuffled, *range(len(frames)), *reversed(range(len(frames)))):
            same(reel.frame(number), frames[number])
            if number % 5 == 0:
                reel.ahead()
        assert reel.indexed is indexed, reel.why
        reel.close()


def same(found: Frame, true: Frame) -> None:
    assert (found.index, found.at, found.lasts) == (true.index, true.at, true.lasts)
    for ours, theirs in zip(found.planes, true.planes, strict=True):
        assert np.array_equal(ours, theirs), f"frame {true.index}"


@pytest.mark.parametrize("name", INDEXED)
def test_every_frame_is_found_by_its_index(tmp_path: Path, name: str) -> None:
    check_all(draw(tmp_path / name, INDEXED[name]), indexed=True)


@pytest.mark.parametrize("name", FROM_START)
def test_what_states_no_times_is_read_from_its_start(tmp_path: Path, name: str) -> None:
    check_all(draw(tmp_path / name, FROM_START[name]), indexed=False)


def test_open_groups_have_frames_before_their_key_frame(tmp_path: Path) -> None:
    for name in ("open-groups.mp4", "hevc.ts"):
        with av.open(str(draw(tmp_path / name, INDEXED[name]))) as container:
            packets = [p for p in container.demux(video=0) if p.size]
        keys = [place for place, packet in enumerate(packets) if packet.is_keyframe]
        assert len(keys) > 2
        later, key = packets[keys[1] + 1], packets[keys[1]]
        assert later.pts is not None
        assert key.pts is not None
        assert later.pts < key.pts


def test_interlaced_frames_are_deinterlaced_as_ever(tmp_path: Path) -> None:
    path = draw(tmp_path / "in.mp4", INDEXED["interlaced.mp4"])
    assert "interlaced frames were deinterlaced" in media.open_footage(path).notes


def test_frames_that_an_edit_list_leaves_out_are_left_out(tmp_path: Path) -> None:
    whole = draw(tmp_path / "whole.mp4", GROUPS)
    path = tmp_path / "in.mp4"
    with av.open(str(whole)) as source, av.open(str(path), "w") as sink:
        stream = sink.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None and packet.pts is not None and packet.time_base is not None:
                packet.pts -= int(13 / 25 / packet.time_base)
                packet.dts -= int(13 / 25 / packet.time_base)
                packet.stream = stream
                sink.mux(packet)
    assert 20 < len(list(media.open_footage(path).frames())) < 37
    check_all(path, indexed=True)


def test_a_clock_that_goes_back_is_read_from_the_start(tmp_path: Path) -> None:
    once = draw(tmp_path / "a.ts", GROUPS).read_bytes()
    path = tmp_path / "twice.ts"
    path.write_bytes(once + once)
    check_all(path, indexed=False)


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_a_frame_that_is_called_key_and_is_none_is_not_begun_with(
    tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"in{suffix}"
    scene = replace(GROUPS, options={"preset": "veryfast", "g": "12", "bf": "0"})
    with av.open(str(draw(tmp_path / "a.mp4", scene))) as source, av.open(str(path), "w") as sink:
        stream = sink.add_stream_from_template(source.streams.video[0])
        for place, packet in enumerate(source.demux(video=0)):
            if packet.dts is not None:
                packet.stream = stream
                packet.is_keyframe = packet.is_keyframe or place % 5 == 4
                sink.mux(packet)
    check_all(path, indexed=True)


def test_damage_is_refused_where_it_is_and_salvage_reads_from_the_start(tmp_path: Path) -> None:
    scene = replace(GROUPS, width=320, height=240, options=X264 | {"bf": "0"})
    path = draw(tmp_path / "in.mp4", scene)
    with av.open(str(path)) as container:
        packets = [(p.pos, p.size) for p in container.demux(video=0) if p.size]
    content = bytearray(path.read_bytes())
    pos, size = packets[12]
    assert pos is not None
    content[pos : pos + size] = bytes(size)
    path.write_bytes(content)
    reel = media.Reel(media.open_footage(path))
    assert reel.frame(20).index == 20
    with pytest.raises(DamagedFootage):
        reel.frame(12)
    assert reel.frame(3).index == 3
    footage = media.open_footage(path, salvage=True)
    reel = media.Reel(footage)
    assert not reel.indexed
    for frame in footage.frames():
        found = reel.frame(frame.index)
        assert found.damaged is frame.damaged
        same(found, frame)


def test_there_is_no_frame_before_the_first_or_after_the_last(tmp_path: Path) -> None:
    reel = media.Reel(media.open_footage(draw(tmp_path / "in.mp4")))
    for number in (-1, 12):
        with pytest.raises(ValueError, match="no frame"):
            reel.frame(number)


def test_a_file_that_changes_meanwhile_is_refused(tmp_path: Path) -> None:
    path = draw(tmp_path / "in.mp4", GROUPS)
    footage = media.open_footage(path, digest_later=True)
    reel = media.Reel(footage)
    draw(path, replace(GROUPS, frames=12))
    with pytest.raises(FootageError, match="changed"):
        reel.frame(30)
    with pytest.raises(FootageError, match="changed"):
        _ = footage.sha256


def test_a_digest_that_was_put_off_is_the_same(tmp_path: Path) -> None:
    path = draw(tmp_path / "in.mp4")
    assert media.open_footage(path, digest_later=True).sha256 == media.digest(path)


def _gif(path: Path) -> None:
    pictures = [Image.effect_noise((40, 30), 80).convert("P") for _ in range(9)]
    pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=[100, 200, 50] * 3)


def _tiff(path: Path) -> None:
    pictures = [Image.effect_noise((40 + 8 * n, 30), 80).convert("RGB") for n in range(4)]
    pictures[0].save(path, save_all=True, append_images=pictures[1:])


def _jpeg(path: Path) -> None:
    Image.effect_noise((40, 30), 80).convert("RGB").save(path)


@pytest.mark.parametrize(("name", "make"), [("in.gif", _gif), ("in.tif", _tiff), ("in.jpg", _jpeg)])
def test_pictures_and_pages_are_found(
    tmp_path: Path, name: str, make: Callable[[Path], None]
) -> None:
    make(tmp_path / name)
    check_all(tmp_path / name, indexed=False)


def test_what_is_kept_keeps_to_its_room_and_reading_ahead_comes_to_an_end(tmp_path: Path) -> None:
    path = draw(tmp_path / "in.mp4", GROUPS)
    size = 160 * 96 * 3 // 2
    for first, second in ((15, 16), (16, 15)):
        reel = media.Reel(media.open_footage(path), cache_bytes=10 * size)
        reel.frame(first)
        reel.frame(second)
        steps = 0
        while reel.ahead():
            steps += 1
        there = [number for number in range(37) if reel.has(number)]
        assert steps < 40
        assert len(there) <= 10
        towards = second - first
        assert all(reel.has(second + towards * n) for n in range(5))


def test_times_have_one_tick() -> None:
    stamps = [Fraction(0), Fraction(1, 25), Fraction(1, 10)]
    times = times_of(stamps, Fraction(1, 25))
    assert [times.at(i) for i in range(3)] == stamps
    assert times.runs().tolist() == [[2, 1], [3, 1]]
    assert times_of([Fraction(0)], Fraction(1)).runs().tolist() == []
