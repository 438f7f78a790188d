"""One marker in every place that a recording can hold one: none of it comes out, anywhere.

ExifTool and MediaInfo, which know more places than we do, plant some and look for all.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest
from av.bitstream import BitStreamFilterContext
from tests.conftest import needs
from tests.stage import Scene, draw
from tests.strangers import clean, told

import bystander
from bystander.records import Policy

MARK = "Zaphod-4711-Beeblebrox"
_STYLE = (
    b"[Script Info]\nScriptType: v4.00+\n\n[V4+ Styles]\n"
    b"Format: Name, Fontname, Fontsize\nStyle: Default,Arial,16\n\n"
    b"[Events]\nFormat: Layer, Start, End, Style, Text\n"
)
_UUID = "4f2d8a51-0c3b-4a7e-9d15-6b8e2f7c9a30"


def _marked_sei(source: Path, target: Path) -> None:
    """Copy *source* with the marker as user data in the coded picture (ITU-T H.264, D.1.6)."""
    with av.open(str(source)) as opened, av.open(str(target), "w") as made:
        made.metadata.update(opened.metadata)
        made.set_chapters(opened.chapters())
        streams = {
            stream.index: made.add_stream_from_template(stream, opaque=stream.type != "video")
            for stream in opened.streams
            if stream.type in ("video", "audio")
        }
        video = opened.streams.video[0]
        marking = BitStreamFilterContext(
            f"h264_metadata=sei_user_data={_UUID}+{MARK}", video, streams[video.index]
        )
        for packet in opened.demux(*[opened.streams[index] for index in streams]):
            if not packet.size:
                continue
            packets = marking.filter(packet) if packet.stream is video else [packet]
            for out in packets:
                out.stream = streams[packet.stream.index]
                made.mux(out)


def _mp4_box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", 8 + len(body)) + kind + body


def _plant(folder: Path, suffix: str) -> Path:
    """Return a recording with the marker in as many places as its container has."""
    tags = ("title", "artist", "comment", "description", "copyright", "location", "encoder", "make")
    scene = Scene(
        width=320,
        height=192,
        frames=12,
        sound_s=0.4,
        metadata={tag: f"{MARK} {tag}" for tag in tags},
    )
    plain, marked = folder / f"plain{suffix}", folder / f"marked{suffix}"
    draw(plain, scene)
    _marked_sei(plain, marked)
    source = folder / f"{MARK}{suffix}"
    with av.open(str(marked)) as opened, av.open(str(source), "w") as made:
        made.metadata.update({tag: f"{MARK} {tag}" for tag in tags})
        streams = {}
        for stream in opened.streams:
            new = made.add_stream_from_template(stream)
            new.metadata.update({"title": MARK, "handler_name": MARK, "language": "zap"})
            streams[stream.index] = new
        made.set_chapters(
            [
                {
                    "id": 1,
                    "start": 0,
                    "end": 400,
                    "time_base": Fraction(1, 1000),
                    "metadata": {"title": f"{MARK} chapter"},
                }
            ]
        )
        if suffix == ".mkv":
            made.add_attachment(f"{MARK}.txt", "text/plain", f"{MARK} attached".encode())
        subtitles = _subtitles(made, folder, suffix)
        for packet in opened.demux():
            if packet.size:
                packet.stream = streams[packet.stream.index]
                made.mux(packet)
        made.mux(subtitles)
    if suffix == ".mkv":
        with source.open("ab") as file:  # an element of padding, with something in it
            body = f"{MARK} void".encode()
            file.write(b"\xec" + bytes([0x80 | len(body)]) + body)
    else:
        with source.open("ab") as file:
            for kind in (b"free", b"skip", b"uuid", b"zaph"):
                file.write(_mp4_box(kind, b"\0" * 16 + f"{MARK} {kind!r}".encode()))
        told(
            "exiftool",
            "-overwrite_original",
            *(
                f"-{tag}={MARK}"
                for tag in (
                    "XMP-dc:Creator",
                    "XMP-dc:Description",
                    "UserData:Author",
                    "UserData:Location",
                    "Keys:Make",
                    "Keys:Model",
                    "Keys:Software",
                    "ItemList:Comment",
                    "ItemList:Title",
                )
            ),
            "-Keys:GPSCoordinates=52.5 13.4 30",
            str(source),
        )
    return source


def _subtitles(made: av.container.OutputContainer, folder: Path, suffix: str) -> Any:
    """Add a stream of subtitles to *made*; return the one packet of it."""
    text = f"{MARK} subtitle".encode()
    if suffix == ".mkv":
        path = folder / "said.srt"
        path.write_bytes(b"1\n00:00:00,000 --> 00:00:00,400\n" + text + b"\n")
        with av.open(str(path)) as written:
            stream: Any = made.add_stream_from_template(written.streams[0])
    else:  # text with its length before it; the encoder, which is not used, wants a style
        text = struct.pack(">H", len(text)) + text
        stream = made.add_stream("mov_text")
        stream.codec_context.subtitle_header = _STYLE
        stream.codec_context.time_base = stream.time_base = Fraction(1, 1000)
    packet: Any = av.Packet(text)
    packet.stream, packet.time_base = stream, Fraction(1, 1000)
    packet.pts = packet.dts = 0
    packet.duration = 400
    return packet


def _spellings(mark: str) -> Iterator[bytes]:
    for text in (mark, mark.lower(), mark.upper()):
        for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
            yield text.encode(encoding)


@needs("exiftool")
@needs("mediainfo")
@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv"])
@pytest.mark.parametrize("audio", ["drop", "keep"])
def test_no_marker_comes_out(tmp_path: Path, suffix: str, audio: str) -> None:
    source = _plant(tmp_path, suffix)
    held = source.read_bytes()
    ends = ("attached", "void") if suffix == ".mkv" else ("b'free'", "b'uuid'")
    for place in ("artist", "chapter", "subtitle", *ends):
        assert f"{MARK} {place}".encode() in held, f"the trap has no {place}"
    assert bytes.fromhex(_UUID.replace("-", "")) in held, "the trap has no user data"
    assert MARK in told("exiftool", "-a", "-G1", "-ee", str(source))
    folder = tmp_path / "out"
    folder.mkdir()
    output = folder / f"output{suffix}"
    report = bystander.redact(source, output, policy=replace(Policy(), audio=audio))
    assert report.clean
    made = sorted(folder.iterdir())
    assert len(made) == 4
    for path in made:
        content = path.read_bytes()
        for spelling in _spellings(MARK):
            assert spelling not in content, path.name
        assert _UUID.replace("-", "") not in content.hex()
    clean(output, MARK)
