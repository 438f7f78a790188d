"""Files that ask for too much, or for what is not theirs."""

from __future__ import annotations

import ctypes
import os
import resource
import socket
import struct
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from tests.stage import Scene, draw

import bystander
from bystander import media
from bystander.errors import BeyondLimits, DamagedFootage, FootageError
from bystander.media import Limits


def test_limits_are_for_callers_in_python_too(tmp_path: Path) -> None:
    source, output = draw(tmp_path / "in.mp4", Scene(frames=9)), tmp_path / "out.mp4"
    for limits, why in (
        (Limits(frames=8), "more than the 8 frames"),
        (Limits(pixels=9), "larger than the 9 pixels"),
    ):
        with pytest.raises(bystander.BeyondLimits, match=why):
            bystander.redact(source, output, limits=limits)
        assert not output.exists()
    enough = bystander.Limits(frames=9, pixels=160 * 96, duration_s=1)
    assert bystander.redact(source, output, limits=enough).clean


def huge_y4m(path: Path) -> Path:
    path.write_bytes(b"YUV4MPEG2 W100000 H100000 F25:1 Ip A1:1 C420jpeg\nFRAME\n" + bytes(4096))
    return path


def huge_gif(path: Path) -> Path:
    screen = b"GIF89a" + struct.pack("<HHBBB", 65535, 65535, 0x80, 0, 0) + bytes(6)
    image = b"," + struct.pack("<HHHHB", 0, 0, 65535, 65535, 0) + b"\x02\x02\x4c\x01\x00;"
    path.write_bytes(screen + image)
    return path


def huge_jpeg(path: Path) -> Path:
    """Return motion JPEG whose pictures say 65535 x 65535, though their container does not."""
    scene = Scene(frames=3, codec="mjpeg", pix_fmt="yuvj420p", options={})
    data = draw(path, scene).read_bytes()
    said = b"\xff\xc0\0\x11\x08" + struct.pack(">HH", 96, 160)
    assert said in data
    path.write_bytes(data.replace(said, said[:5] + b"\xff" * 4))
    return path


@pytest.mark.parametrize(
    ("make", "name"), [(huge_y4m, "a.y4m"), (huge_gif, "a.gif"), (huge_jpeg, "a.avi")]
)
def test_a_picture_of_absurd_size_is_refused_before_it_is_made(
    tmp_path: Path, make: Callable[[Path], Path], name: str
) -> None:
    path = make(tmp_path / name)
    with pytest.raises(FootageError, match=r"larger than|not a recording|damaged|more than"):
        media.open_footage(path)
    with pytest.raises(FootageError):  # what decodes of it is not taken either
        list(media.open_footage(path, salvage=True).frames())
    used_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert used_kb < 4 << 20


def test_an_absurd_size_in_a_header_alone_is_not_what_is_made(tmp_path: Path) -> None:
    path = draw(tmp_path / "a.mp4", Scene(frames=3))
    data = bytearray(path.read_bytes())
    at = data.index(b"avc1", data.index(b"stsd")) + 4 + 24
    data[at : at + 4] = b"\xff" * 4
    path.write_bytes(data)
    assert (media.open_footage(path).width, media.open_footage(path).height) == (160, 96)


def test_a_size_within_the_limit_that_is_asked_for_is_taken(tmp_path: Path) -> None:
    path = draw(tmp_path / "a.mp4", Scene(frames=2))
    assert len(list(media.open_footage(path, limits=Limits(pixels=160 * 96)).frames())) == 2
    with pytest.raises(BeyondLimits, match="160x96") as raised:
        media.open_footage(path, limits=Limits(pixels=160 * 96 - 1))
    assert raised.value.hint == "--limit pixels=N raises it"


def test_a_recording_that_states_ten_million_frames_is_refused(tmp_path: Path) -> None:
    path = draw(tmp_path / "a.mp4", Scene(frames=3))
    data = bytearray(path.read_bytes())
    stts = data.index(b"stts") + 4
    assert struct.unpack(">IIII", data[stts : stts + 16])[1:3] == (1, 3)
    data[stts + 8 : stts + 12] = (10_000_000).to_bytes(4, "big")
    stsz = data.index(b"stsz") + 4
    data[stsz + 4 : stsz + 12] = struct.pack(">II", 7, 10_000_000)
    path.write_bytes(data)
    with pytest.raises(BeyondLimits, match="more than the 2600000 frames"):
        media.open_footage(path)


def test_frames_are_counted_whatever_is_stated(tmp_path: Path) -> None:
    path = draw(tmp_path / "a.h264", Scene(frames=12))  # a format that states no number
    footage = media.open_footage(path, limits=Limits(frames=8))
    with pytest.raises(BeyondLimits, match="more than the 8 frames"):
        list(footage.frames())


def test_a_gap_of_years_is_refused(tmp_path: Path) -> None:
    path = draw(tmp_path / "a.mkv", Scene(frames=4, pts=lambda n: n + 25 * 86_401 * (n > 2)))
    with pytest.raises(BeyondLimits, match="86400 seconds") as raised:
        list(media.open_footage(path).frames())
    assert raised.value.hint == "--limit duration=SECONDS raises it"


def test_a_gap_of_hours_is_kept(tmp_path: Path) -> None:
    path = draw(tmp_path / "a.mp4", Scene(frames=4, pts=lambda n: n + 25 * 3600 * (n > 2)))
    times = [frame.at for frame in media.open_footage(path).frames()]
    assert times[-1] == Fraction(3, 25) + 3600


def test_times_below_zero_begin_at_zero(tmp_path: Path) -> None:
    path = draw(tmp_path / "a.mkv", Scene(frames=4, pts=lambda n: n - 2))
    times = [frame.at for frame in media.open_footage(path).frames()]
    assert times == sorted(times)
    assert times[0] == 0
    assert len(times) == 4


def test_sound_that_goes_on_for_years_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=25)
        video.width, video.height, video.pix_fmt = 64, 64, "yuv420p"
        sound = container.add_stream("pcm_s16le", rate=8000, layout="mono")
        for n in range(3):
            frame = av.VideoFrame.from_ndarray(np.zeros((96, 64), np.uint8), "yuv420p")
            frame.pts = n
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        for at in (0, 8000 * 90_000):
            tone = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), "s16", "mono")
            tone.sample_rate, tone.pts = 8000, at
            container.mux(sound.encode(tone))
    footage = media.open_footage(path)
    with pytest.raises(DamagedFootage, match="leaps"):
        for _ in media.read_sound(footage, 8000, "mono"):
            pass
    limits = Limits(duration_s=80_000)
    footage = media.open_footage(path, limits=limits, salvage=True)
    with pytest.raises(BeyondLimits, match="80000 seconds"):
        for _ in media.read_sound(footage, 8000, "mono"):
            pass


@pytest.mark.parametrize("other", [Scene(frames=4, pix_fmt="yuv444p"), Scene(frames=4, width=192)])
def test_a_stream_that_changes_half_way_is_refused(tmp_path: Path, other: Scene) -> None:
    first = draw(tmp_path / "a.ts", Scene(frames=4)).read_bytes()
    second = draw(tmp_path / "b.ts", other).read_bytes()
    path = tmp_path / "c.ts"
    path.write_bytes(first * 4 + second)
    with pytest.raises(FootageError, match=r"changes its (size|pixel format)"):
        list(media.open_footage(path).frames())


@contextmanager
def watched(path: Path) -> Iterator[list[int]]:
    """Give a list that holds, afterwards, what was done to *path*: by any code in this process."""
    libc = ctypes.CDLL(None, use_errno=True)
    handle = libc.inotify_init1(os.O_NONBLOCK)
    assert handle >= 0
    opened_or_read = 0x20 | 0x01
    assert libc.inotify_add_watch(handle, os.fsencode(path), opened_or_read) >= 0
    seen: list[int] = []
    try:
        yield seen
        while True:
            try:
                event = os.read(handle, 4096)
            except BlockingIOError:
                break
            seen.append(struct.unpack("iI", event[:8])[1])
    finally:
        os.close(handle)


REFERENCES = {
    "HLS": "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{bait}\n#EXT-X-ENDLIST\n",
    "HLS on the network": "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{url}\n#EXT-X-ENDLIST\n",
    "concat": "ffconcat version 1.0\nfile {bait}\n",
    "concat on the network": "ffconcat version 1.0\nfile {url}\n",
    "DASH": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" '
    'type="static"><Period><AdaptationSet><Representation id="0" mimeType="video/mp4">'
    "<BaseURL>{url}</BaseURL></Representation></AdaptationSet></Period></MPD>",
    "SDP": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n"
    "m=video {port} RTP/AVP 96\na=rtpmap:96 H264/90000\n",
    "VobSub": "# VobSub index file, v7\nid: en, index: 0\ntimestamp: 00:00:00:000, filepos: 0\n",
    "SVG": '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'width="9" height="9"><image xlink:href="{url}" width="9" height="9"/></svg>',
    "ASS": "[Script Info]\nScriptType: v4.00+\n[Events]\nFormat: Start, End, Text\n"
    "Dialogue: 0:00:00.00,0:00:01.00,{bait}\n",
    "reference movie": "<?xml version='1.0'?><?quicktime type='application/x-qt'?>"
    "<embed src='{url}'/>",
}


@pytest.mark.skipif(sys.platform != "linux", reason="inotify is Linux's")
@pytest.mark.parametrize("suffix", [".mp4", ".ts", ".sub"])
@pytest.mark.parametrize("kind", REFERENCES)
def test_nothing_opens_what_a_file_names(tmp_path: Path, kind: str, suffix: str) -> None:
    bait = draw(tmp_path / "bait.mp4", Scene(frames=2))
    (tmp_path / "a.idx").write_text("# VobSub index file, v7\n")
    with socket.create_server(("127.0.0.1", 0)) as server, watched(bait) as seen:
        port = server.getsockname()[1]
        path = tmp_path / f"a{suffix}"
        path.write_text(
            REFERENCES[kind].format(bait=bait, port=port, url=f"http://127.0.0.1:{port}/bait.mp4")
        )
        for salvage in (False, True):
            with pytest.raises(FootageError, match=r"not a recording|no video|malformed"):
                media.open_footage(path, salvage=salvage)
        server.settimeout(0)
        with pytest.raises(BlockingIOError):
            server.accept()
    assert seen == []


@pytest.mark.skipif(sys.platform != "linux", reason="inotify is Linux's")
def test_a_mov_whose_data_is_in_another_file_does_not_reach_it(tmp_path: Path) -> None:
    bait = draw(tmp_path / "bait.mp4", Scene(frames=2))
    path = draw(tmp_path / "a.mp4", Scene(frames=4))
    data = bytearray(path.read_bytes())
    # The data reference says "in this file" (ISO/IEC 14496-12, 8.7.2); now it names another.
    at = data.index(b"url \0\0\0\1") - 4
    reference = b"url \0\0\0\0" + f"file://{bait}".encode() + b"\0"
    grown = struct.pack(">I", len(reference) + 4) + reference
    more = len(grown) - 12
    data[at : at + 12] = grown
    for name in (b"dref", b"dinf", b"minf", b"mdia", b"trak", b"moov"):
        size = data.index(name) - 4
        length = struct.unpack(">I", data[size : size + 4])[0]
        data[size : size + 4] = struct.pack(">I", length + more)
    path.write_bytes(data)
    # It may be read as if the data were here, or refused.
    with watched(bait) as seen, suppress(FootageError):
        list(media.open_footage(path).frames())
    assert seen == []
    with watched(bait) as seen:
        bait.read_bytes()
    assert seen, "the watch does not see anything"


def test_a_pipe_or_a_device_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.mp4")
    for path in (tmp_path / "a.mp4", Path("/dev/zero"), tmp_path):
        with pytest.raises(FootageError, match="is not a regular file"):
            media.open_footage(path)
