from __future__ import annotations

import itertools
import os
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from tests.stage import Scene, draw, picture

from bystander import media
from bystander.errors import BystanderError, DamagedFootage, FootageError

EXACT = {"preset": "veryfast", "qp": "0"}  # lossless H.264, so that planes can be compared


def test_planes_and_times_are_the_file_s_own(tmp_path: Path) -> None:
    scene = Scene(options=EXACT)
    footage = media.open_footage(draw(tmp_path / "in.mp4", scene))
    frames = list(footage.frames())
    assert [frame.at for frame in frames] == [Fraction(i, 25) for i in range(12)]
    for frame in frames:
        for ours, drawn in zip(frame.planes, picture(scene, frame.index), strict=True):
            assert np.array_equal(ours, drawn)


@pytest.mark.parametrize(
    ("pix_fmt", "codec", "depth"),
    [
        ("yuv422p", "libx264", 8),
        ("yuv444p", "libx264", 8),
        ("yuv420p10le", "libx264", 10),
        ("yuv422p10le", "libx264", 10),
        ("yuv444p10le", "libx264", 10),
        ("yuv420p12le", "ffv1", 12),
        ("yuv422p12le", "ffv1", 12),
    ],
)
def test_bit_depth_and_chroma_are_kept(
    tmp_path: Path, pix_fmt: str, codec: str, depth: int
) -> None:
    options = EXACT if codec == "libx264" else {}
    scene = Scene(pix_fmt=pix_fmt, codec=codec, options=options)
    footage = media.open_footage(draw(tmp_path / "in.mkv", scene))
    assert (footage.layout.name, footage.layout.bit_depth) == (pix_fmt, depth)
    frame = next(iter(footage.frames()))
    for ours, drawn in zip(frame.planes, picture(scene, 0), strict=True):
        assert np.array_equal(ours, drawn)


@pytest.mark.parametrize("pix_fmt", ["gray", "gray10le", "gray12le"])
def test_grey_footage_keeps_its_luma(tmp_path: Path, pix_fmt: str) -> None:
    scene = Scene(pix_fmt=pix_fmt, codec="ffv1", options={})
    footage = media.open_footage(draw(tmp_path / "in.mkv", scene))
    frame = next(iter(footage.frames()))
    assert np.array_equal(frame.planes[0], picture(scene, 0)[0])
    assert set(np.unique(frame.planes[1])) == {1 << (footage.layout.bit_depth - 1)}
    assert footage.notes == []


def test_an_odd_size_stays_odd(tmp_path: Path) -> None:
    scene = Scene(width=159, height=95, codec="ffv1", options={})
    footage = media.open_footage(draw(tmp_path / "in.mkv", scene))
    frame = next(iter(footage.frames()))
    assert (footage.width, footage.height) == (159, 95)
    assert frame.planes[0].shape == (95, 159)
    assert frame.planes[1].shape == (48, 80)


@pytest.mark.parametrize("hflip", [False, True])
@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_frames_are_upright_as_ffmpeg_would_show_them(
    tmp_path: Path, rotation: int, hflip: bool
) -> None:
    scene = Scene(rotation=rotation, hflip=hflip, options=EXACT)
    footage = media.open_footage(draw(tmp_path / "in.mp4", scene))
    frame = next(iter(footage.frames()))
    drawn = picture(scene, 0)[0]
    shown = np.rot90(drawn, k=rotation // 90)
    shown = shown[:, ::-1] if hflip else shown
    assert np.array_equal(frame.planes[0], shown)
    small = frame.rgb(footage.width, footage.height)[..., 1].astype(int)
    grey = np.corrcoef(small.ravel(), shown.astype(int).ravel())[0, 1]
    assert grey > 0.98
    assert footage.turned is (rotation != 0 or hflip)


def test_chroma_of_422_on_its_side_keeps_every_sample(tmp_path: Path) -> None:
    scene = Scene(pix_fmt="yuv422p", rotation=90, options=EXACT)
    footage = media.open_footage(draw(tmp_path / "in.mp4", scene))
    frame = next(iter(footage.frames()))
    assert footage.layout.name == "yuv444p"
    assert frame.planes[0].shape == frame.planes[1].shape == (160, 96)


def test_variable_frame_rate_stays_variable(tmp_path: Path) -> None:
    scene = Scene(pts=lambda i: i * 2 + (i % 3 == 0))
    footage = media.open_footage(draw(tmp_path / "in.mp4", scene))
    at = [frame.at for frame in footage.frames()]
    assert at == [Fraction(scene.pts(i) - scene.pts(0), 25) for i in range(12)]


def test_aspect_and_colour_are_read(tmp_path: Path) -> None:
    scene = Scene(aspect=Fraction(4, 3), colour=(9, 18, 9, 2))
    footage = media.open_footage(draw(tmp_path / "in.mp4", scene))
    assert footage.pixel_aspect == Fraction(4, 3)
    assert footage.colour == media.Colour(primaries=9, transfer=18, matrix=9, range=2)
    assert footage.layout.full_range


def test_an_aspect_turns_with_the_picture(tmp_path: Path) -> None:
    scene = Scene(aspect=Fraction(4, 3), rotation=90)
    footage = media.open_footage(draw(tmp_path / "in.mp4", scene))
    assert footage.pixel_aspect == Fraction(3, 4)


def test_a_stream_without_times_gets_those_of_its_rate_and_says_so(tmp_path: Path) -> None:
    footage = media.open_footage(draw(tmp_path / "in.h264", Scene()))
    assert [frame.at for frame in footage.frames()] == [Fraction(i, 25) for i in range(12)]
    assert any("states no times" in note for note in footage.notes)


def test_interlaced_frames_are_deinterlaced_and_it_is_said(tmp_path: Path) -> None:
    scene = Scene(codec="mpeg2video", options={"flags": "+ildct+ilme", "b": "4M"})
    footage = media.open_footage(draw(tmp_path / "in.mpg", scene))
    assert "interlaced frames were deinterlaced" in footage.notes
    frames = list(footage.frames())
    assert len(frames) == 12
    assert [frame.at for frame in frames] == [Fraction(i, 25) for i in range(12)]


def test_what_else_the_file_holds_is_counted_but_never_told(tmp_path: Path) -> None:
    scene = Scene(
        sound_s=0.5,
        metadata={"title": "Interview with Jane Doe"},
        chapters=True,
        attachment=True,
    )
    footage = media.open_footage(draw(tmp_path / "in.mkv", scene))
    assert footage.left_out["audio track (aac)"] == 1
    assert footage.left_out["chapter"] == 1
    assert sum(n for kind, n in footage.left_out.items() if kind.startswith("attachment")) == 1
    assert footage.left_out["metadata entry"] >= 1
    assert "Jane" not in repr(footage.left_out)


def test_frames_can_be_read_again_and_are_the_same(tmp_path: Path) -> None:
    footage = media.open_footage(draw(tmp_path / "in.mp4"))
    first, second = ([f.planes[0].copy() for f in footage.frames()] for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_a_recording_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = draw(tmp_path / "in.mp4")
    footage = media.open_footage(path)
    os.utime(path, ns=(1, 1))
    with pytest.raises(FootageError, match="changed while"):
        list(footage.frames())


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.mp4", b"", "is empty"),
        ("noise.mp4", bytes(range(256)) * 64, "not a recording"),
        ("text.mkv", b"this is not a recording\n" * 50, "not a recording"),
    ],
)
def test_what_is_no_recording_is_refused(
    tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(FootageError, match=says):
        media.open_footage(path)


def test_what_is_missing_or_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FootageError, match="does not exist"):
        media.open_footage(tmp_path / "none.mp4")
    with pytest.raises(FootageError, match="not a regular file"):
        media.open_footage(tmp_path)


def test_sound_alone_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 8000), np.int16), "s16", "mono")
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
    with pytest.raises(FootageError, match="no video"):
        media.open_footage(path)


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".avi", ".mov"])
def test_a_recording_cut_short_is_refused_and_can_be_salvaged(tmp_path: Path, suffix: str) -> None:
    scene = Scene(frames=60, options={"preset": "veryfast", "crf": "12", "g": "10"})
    path = draw(tmp_path / f"in{suffix}", scene)
    if suffix in (".mp4", ".mov"):
        path = faststart(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 2 // 3])
    with pytest.raises(DamagedFootage, match="cut short"):
        media.open_footage(path)
    footage = media.open_footage(path, salvage=True)
    assert 5 < len(list(footage.frames())) < 60
    assert footage.damage.cut
    assert footage.damage.any


def test_a_recording_whose_header_is_lost_is_refused_even_to_salvage(tmp_path: Path) -> None:
    path = draw(tmp_path / "in.mp4")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])  # the header is at the end of this one
    for salvage in (False, True):
        with pytest.raises(FootageError):
            media.open_footage(path, salvage=salvage)


def test_damage_in_the_middle_is_refused_and_marked_when_salvaged(tmp_path: Path) -> None:
    scene = Scene(width=320, height=240, frames=50, options={"preset": "veryfast", "crf": "12"})
    path = draw(tmp_path / "in.mp4", scene)
    content = bytearray(path.read_bytes())
    start = content.find(b"mdat")
    for at in range(start + len(content) // 3, start + len(content) // 3 + 600, 7):
        content[at] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(DamagedFootage, match="damaged"):
        list(media.open_footage(path).frames())
    footage = media.open_footage(path, salvage=True)
    frames = list(footage.frames())
    assert any(frame.damaged for frame in frames)
    assert footage.damage.any


@pytest.mark.parametrize("codec", ["libx264", "libx265", "mpeg4"])
def test_frames_built_on_a_lost_one_count_as_damaged_up_to_the_next_keyframe(
    tmp_path: Path, codec: str
) -> None:
    options = {"g": "15"} if codec == "mpeg4" else {"crf": "12", "g": "15", "bf": "0"}
    scene = Scene(width=320, height=240, frames=40, codec=codec, options=options)
    path = draw(tmp_path / "in.mp4", scene)
    with av.open(str(path)) as container:
        packets = [(p.pos, p.size, p.is_keyframe) for p in container.demux(video=0) if p.size]
    content = bytearray(path.read_bytes())
    pos, size, is_key = packets[5]
    assert pos is not None
    assert not is_key
    content[pos : pos + size] = bytes(size)
    path.write_bytes(content)
    with pytest.raises(DamagedFootage):
        list(media.open_footage(path).frames())
    footage = media.open_footage(path, salvage=True)
    frames = list(footage.frames())
    next_key = next(i for i, p in enumerate(packets) if i > 5 and p[2])
    after = [f for f in frames if Fraction(6, 25) <= f.at < Fraction(next_key, 25)]
    assert all(frame.damaged for frame in after)
    assert not any(frame.damaged for frame in frames if frame.at >= Fraction(next_key, 25))
    assert footage.damage.any


def test_time_that_goes_back_is_moved_on_at_the_same_pace(tmp_path: Path) -> None:
    once = draw(tmp_path / "a.ts", Scene(frames=25)).read_bytes()
    path = tmp_path / "twice.ts"
    path.write_bytes(once + once)
    footage = media.open_footage(path)
    at = [frame.at for frame in footage.frames()]
    assert len(at) == 50
    steps = {round(float(b - a), 3) for a, b in itertools.pairwise(at)}
    assert steps == {0.04}
    assert footage.damage.retimed == 1


def test_a_mov_with_sound_and_metadata_is_not_taken_for_a_cut_one(tmp_path: Path) -> None:
    scene = Scene(sound_s=0.5, metadata={"title": "x", "com.apple.quicktime.make": "y"})
    footage = media.open_footage(draw(tmp_path / "in.mov", scene))
    assert len(list(footage.frames())) == 12
    assert footage.has_sound


def test_a_picture_that_changes_its_size_is_refused(tmp_path: Path) -> None:
    small = draw(tmp_path / "a.h264", Scene())
    large = draw(tmp_path / "b.h264", Scene(width=320, height=240))
    both = tmp_path / "both.h264"
    both.write_bytes(small.read_bytes() + large.read_bytes())
    with pytest.raises(FootageError, match="changes its size"):
        list(media.open_footage(both).frames())


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs /proc")
def test_frames_that_were_read_are_let_go(tmp_path: Path) -> None:
    def resident_mb() -> float:
        return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6

    scene = Scene(width=480, height=360, frames=120, options={"preset": "ultrafast"})
    footage = media.open_footage(draw(tmp_path / "in.mp4", scene))
    early = late = 0.0
    for frame in footage.frames():
        early = resident_mb() if frame.index == 40 else early
        late = resident_mb()
    assert late - early < 10  # eighty frames, kept, would be 20 MB


def test_a_playlist_cannot_reach_other_files(tmp_path: Path) -> None:
    draw(tmp_path / "secret.mp4")
    playlist = tmp_path / "in.mp4"
    playlist.write_text(f"ffconcat version 1.0\nfile '{tmp_path / 'secret.mp4'}'\n")
    with pytest.raises(FootageError, match="not a recording"):
        media.open_footage(playlist)
    playlist.write_text(
        f"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n{tmp_path / 'secret.mp4'}\n#EXT-X-ENDLIST\n"
    )
    with pytest.raises(FootageError, match="not a recording"):
        media.open_footage(playlist)


def test_any_prefix_of_a_recording_opens_or_raises_our_error(tmp_path: Path) -> None:
    whole = faststart(draw(tmp_path / "whole.mp4", Scene(frames=5))).read_bytes()
    path = tmp_path / "in.mp4"
    for length in range(1, len(whole), max(1, len(whole) // 40)):
        path.write_bytes(whole[:length])
        for salvage in (False, True):
            try:
                list(media.open_footage(path, salvage=salvage).frames())
            except BystanderError:
                continue


def faststart(path: Path) -> Path:
    """Return a copy of *path* with its header first."""
    target = path.with_name(f"fast-{path.name}")
    with (
        av.open(str(path)) as source,
        av.open(str(target), "w", options={"movflags": "faststart"}) as sink,
    ):
        stream = sink.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                sink.mux(packet)
    return target


@pytest.mark.parametrize(("frames", "still"), [(1, True), (3, True), (4, False), (30, False)])
@pytest.mark.parametrize("name", ["in.mp4", "in.h264"])
def test_a_recording_of_a_few_frames_is_a_still_whatever_its_file_states(
    tmp_path: Path, frames: int, still: bool, name: str
) -> None:
    assert media.open_footage(draw(tmp_path / name, Scene(frames=frames))).still is still
