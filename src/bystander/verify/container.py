"""What the new file holds besides pictures: everything must be on a list, the rest is a leak.

The list is of what the project's own recordings have been seen to need, box by box; a name that is
not on it is reported, whatever it means. Values are compared only with neutral ones ("und", zero,
"Lavf"); a value that is something else is never repeated in the leak.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from bystander import media
from bystander.records import Leak
from bystander.verify import edits

NAME = "container"

_MP4 = {
    "ftyp", "moov", "mvhd", "trak", "tkhd", "edts", "elst", "mdia", "mdhd", "hdlr", "minf", "vmhd",
    "smhd", "dinf", "dref", "url ", "stbl", "stsd", "stts", "ctts", "stss", "stsc", "stsz", "stco",
    "co64", "sdtp", "sgpd", "sbgp", "mdat", "free", "wide", "udta", "meta", "ilst",
    "avc1", "avcC", "hvc1", "hvcC", "vp09", "vpcC", "av01", "av1C", "pasp", "colr", "btrt", "fiel",
    "mp4a", "esds", "Opus", "dOps", "chan", "wave", "frma",
}  # fmt: skip
_PICTURE_ENTRIES = {"avc1", "hvc1", "hev1", "vp09", "av01"}
# What FFmpeg puts there: a counted string of its encoder's name in MOV, nothing in MP4.
_COMPRESSORS = {b"", b"\x0cLavc libx264", b"\x0cLavc libx265"}
_MP4_HANDLERS = {b"", b"VideoHandler", b"SoundHandler", b"DataHandler"}
_MP4_DATED = {"mvhd", "tkhd", "mdhd"}
_MP4_END = ("wave", "\0\0\0\0")  # what ends a description of sound in QuickTime: nothing
_MP4_EMPTY = {"free", "wide", "ilst"}
# Ids of RFC 9559, section 5, that a plain recording needs.
_EBML = {
    "1A45DFA3", "4286", "42F7", "42F2", "42F3", "4282", "4287", "4285",  # the EBML header
    "18538067", "114D9B74", "4DBB", "53AB", "53AC",  # segment, what is where
    "1549A966", "2AD7B1", "4489", "4D80", "5741",  # time scale, duration, muxer, writer
    "1654AE6B", "AE", "D7", "73C5", "83", "9C", "22B59C", "86", "63A2", "23E383", "88", "55EE",
    "56AA", "56BB", "E0", "B0", "BA", "54B0", "54BA", "54B2", "9A", "9D", "55B0", "55B1", "55B2",
    "55B3", "55B4", "55B7", "55B8", "55B9", "55BA", "55BB", "E1", "B5", "9F", "6264", "78B5",
    "54AA", "54BB", "54CC", "54DD", "53B8", "54B3", "6240",
    "1C53BB6B", "BB", "B3", "B7", "F0", "F1", "F7", "B2", "5378",  # cues
    "1F43B675", "E7", "A3", "A7", "AB", "A0", "A1", "9B", "FB", "75A2",  # clusters and blocks
    "1254C367", "7373", "63C0", "63C5", "68CA", "67C8", "45A3", "4487", "447A", "4484",  # tags
    "EC", "BF",  # padding, checksums
}  # fmt: skip
_EBML_DURATION = re.compile(rb"\d{2,}:\d\d:\d\d\.\d{9}")
# Bytes before the picture or sound in a block: track, time and flags (RFC 9559, section 10).
_EBML_BLOCK_HEAD = 4
_EBML_TEXTS = {
    "4D80": {b"Lavf"},
    "5741": {b"Lavf"},
    "45A3": {b"DURATION"},
    "22B59C": {b"und"},
    "447A": {b"und"},
}
# NAL units that carry pictures or how to decode them, ITU-T H.264 table 7-1, H.265 table 7-1.
_H264_UNITS = {1, 2, 3, 4, 5, 7, 8, 9, 10, 11}
_HEVC_UNITS = {*range(0, 10), *range(16, 22), 32, 33, 34, 35, 36, 37}
AV1_OBUS = {1, 2, 3, 4, 6, 7}  # AV1 specification 6.2.2; 5 is metadata, 15 padding


def examine(path: Path, *, sound: bool) -> list[Leak]:
    """Return what the container of *path* must not hold.

    Args:
        path: The new file, MP4, MOV, Matroska or WebM.
        sound: Whether one audio stream may be there.
    """
    found = [*_streams(path, sound=sound), *_elements(path), *_units(path), *_unaccounted(path)]
    found += edits.examine(path)
    seen: dict[str, None] = dict.fromkeys(found)
    return [Leak(check=NAME, what=what) for what in seen]


def _streams(path: Path, *, sound: bool) -> Iterator[str]:
    kinds = media.stream_kinds(path)
    allowed = ["video", "audio"] if sound else ["video"]
    for kind in kinds:
        if kind in allowed:
            allowed.remove(kind)
        else:
            yield f"there is an extra {kind} stream"
    if "video" in allowed:
        yield "there is no video stream"


def _elements(path: Path) -> Iterator[str]:
    end = 0
    any_element = False
    for element in media.walk(path):
        any_element = True
        if len(element.path) == 1:
            end = max(end, element.start + element.size)
        if element.cut:
            yield f"{element.name} reaches beyond the end of the file"
        ebml = element.path[0] == "1A45DFA3" or element.path[0] == "18538067"
        if element.path[-2:] == _MP4_END and not element.size:
            continue
        if element.name not in (_EBML if ebml else _MP4):
            yield f"the file holds {'/'.join(element.path)!a}, which is not on the list"
        else:
            yield from _ebml_value(path, element) if ebml else _mp4_value(path, element)
    if not any_element:
        yield "the file is neither MP4 nor Matroska"
    elif end != path.stat().st_size:
        yield "bytes follow the last box of the file"


def _mp4_value(path: Path, element: media.Element) -> Iterator[str]:
    name = element.name
    if name == "hdlr":
        body = media.content(path, element)[24:].strip(b"\0")
        # QuickTime has a length before the text, ISO a zero after it.
        text = body[1:] if body[:1] and body[0] == len(body) - 1 else body
        if text not in _MP4_HANDLERS:
            yield "a handler has a name of its own"
    elif name in _MP4_DATED:
        body = media.content(path, element, 20)
        if any(body[4 : 20 if body[:1] == b"\1" else 12]):
            yield f"{name} holds a time of creation or change"
    elif name in _PICTURE_ENTRIES:
        # A picture's description has room for the name of a compressor (ISO/IEC 14496-12, 12.1.3).
        compressor = media.content(path, element, 78)[42:74]
        if compressor.strip(b"\0") not in _COMPRESSORS:
            yield f"{name} names a compressor"
    elif name in ("hvcC", "avcC"):
        yield from _configuration(name, media.content(path, element))
    elif name in _MP4_EMPTY and any(media.content(path, element, element.size)):
        yield f"{name} is not empty"


def _ebml_value(path: Path, element: media.Element) -> Iterator[str]:
    if element.name == "EC" and any(media.content(path, element, element.size)):
        yield "padding is not empty"
    if element.name == "4487":
        text = media.content(path, element).strip(b"\0")
        if not _EBML_DURATION.fullmatch(text):
            yield "a tag holds something other than a duration"
    wanted = _EBML_TEXTS.get(element.name)
    if wanted and media.content(path, element).strip(b"\0") not in wanted:
        yield f"element {element.name} holds text of its own"


def _units(path: Path) -> Iterator[str]:
    for codec, packet in media.coded_packets(path):
        if codec in ("h264", "hevc"):
            kinds, whole = _nal_units(packet, hevc=codec == "hevc")
            extra = kinds - (_HEVC_UNITS if codec == "hevc" else _H264_UNITS)
            if not whole:
                yield f"the {codec} stream has units that do not fill their packet"
        elif codec == "av1":
            extra = set(obu_types(packet)) - AV1_OBUS
        else:
            continue
        for kind in sorted(extra):
            yield f"the {codec} stream carries units of type {kind}, which hold no picture"


def _nal_units(packet: bytes, *, hevc: bool) -> tuple[set[int], bool]:
    """Return the kinds of units in a packet with four-byte lengths, and whether they fill it."""
    kinds: set[int] = set()
    at = 0
    while at + 5 <= len(packet):
        size = int.from_bytes(packet[at : at + 4], "big")
        first = packet[at + 4]
        kinds.add((first >> 1) & 63 if hevc else first & 31)
        at += 4 + size
    return kinds, at == len(packet)


def _configuration(name: str, record: bytes) -> Iterator[str]:
    """Check a decoder's configuration (ISO/IEC 14496-15, 5.3.3 and 8.3.3): parameter sets only."""
    if name == "avcC":
        at = 5
        for mask, wanted in ((31, 7), (255, 8)):
            count = record[at] & mask if at < len(record) else 0
            at += 1
            for _ in range(count):
                size = int.from_bytes(record[at : at + 2], "big")
                if record[at + 2] & 31 != wanted:
                    yield "avcC holds something other than parameter sets"
                at += 2 + size
        # High profiles add three bytes on chroma and depth, and a count of extensions.
        if len(record) - at not in (0, 4):
            yield "avcC holds more than parameter sets"
        return
    at = 23
    for _ in range(record[22] if len(record) > 22 else 0):
        kind, count = record[at] & 63, int.from_bytes(record[at + 1 : at + 3], "big")
        if kind not in (32, 33, 34):
            yield "hvcC holds something other than parameter sets"
        at += 3
        for _ in range(count):
            at += 2 + int.from_bytes(record[at : at + 2], "big")
    if at != len(record):
        yield "hvcC holds more than parameter sets"


def _unaccounted(path: Path) -> Iterator[str]:
    """Check that the media data is the packets of the streams and nothing beside them."""
    stored, boxes, tracks, blocks = 0, 0, set(), set()
    for element in media.walk(path):
        if element.path == ("mdat",):
            stored, boxes = stored + element.size, boxes + 1
        elif element.name == "D7":
            tracks.add(int.from_bytes(media.content(path, element), "big"))
        elif element.name in ("A3", "A1"):
            stored += element.size - _EBML_BLOCK_HEAD
            blocks.add(media.content(path, element, 1)[0] & 127)
    if boxes > 1:
        yield "there is more than one mdat box"
    if blocks - tracks:
        yield "there are blocks of a track that the file does not list"
    if stored != media.coded_size(path):
        yield "the media data holds bytes that belong to no stream"


def obu_types(packet: bytes) -> Iterator[int]:
    """Yield the types of the units of an AV1 packet (AV1 specification, 5.3)."""
    at = 0
    while at < len(packet):
        header = packet[at]
        at += 2 if header & 4 else 1
        yield (header >> 3) & 15
        if not header & 2:
            return
        size = shift = 0
        while at < len(packet):
            byte = packet[at]
            at += 1
            size |= (byte & 127) << shift
            shift += 7
            if not byte & 128:
                break
        at += size
