"""What a photo's file is made of: its segments, chunks, blocks and tags, in the order they lie.

Nothing is decoded, and no size in the file is believed until it fits. Whatever follows the end that
the format states is a piece of its own, called ``after the end``.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from dataclasses import dataclass

from bystander.errors import DamagedFootage

Buffer = bytes | mmap.mmap

AFTER = "after the end"
_CUT = "the photo is cut short or damaged"
_STANDALONE = {0x01, *range(0xD0, 0xD9)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of a file: what it is called, and where its content lies, in bytes."""

    name: str
    start: int
    size: int


def jpeg(data: Buffer) -> Iterator[Piece]:
    """Yield the segments of a JPEG (ITU-T T.81, B.1), coded pixels as ``scan``.

    Raises:
        DamagedFootage: A segment is cut short, or there is none where one is due.
    """
    at, end = 2, len(data)
    yield Piece(name="SOI", start=2, size=0)
    while at + 2 <= end:
        if data[at] != 0xFF:
            raise DamagedFootage(_CUT)
        marker = data[at + 1]
        if marker == 0xFF:  # padding
            at += 1
            continue
        at += 2
        if marker == 0xD9:
            yield Piece(name="EOI", start=at, size=0)
            if at < end:
                yield Piece(name=AFTER, start=at, size=end - at)
            return
        if marker in _STANDALONE:
            continue
        size = int.from_bytes(data[at : at + 2], "big")
        if size < 2 or at + size > end:
            raise DamagedFootage(_CUT)
        yield Piece(name=_jpeg_name(marker), start=at + 2, size=size - 2)
        at += size
        if marker == 0xDA:
            start = at
            at = _scan_end(data, at)
            yield Piece(name="scan", start=start, size=at - start)
    raise DamagedFootage(_CUT)


def _scan_end(data: Buffer, at: int) -> int:
    """Return where coded pixels end: at the first marker that is no restart and no stuffing."""
    while True:
        at = data.find(b"\xff", at)
        if at < 0 or at + 1 >= len(data):
            raise DamagedFootage(_CUT)
        if data[at + 1] != 0 and not 0xD0 <= data[at + 1] <= 0xD7:
            return at
        at += 2


def _jpeg_name(marker: int) -> str:
    if 0xE0 <= marker <= 0xEF:
        return f"APP{marker - 0xE0}"
    if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
        return f"SOF{marker - 0xC0}"
    names = {0xC4: "DHT", 0xDA: "SOS", 0xDB: "DQT", 0xDC: "DNL", 0xDD: "DRI", 0xFE: "COM"}
    return names.get(marker, f"marker {marker:02X}")


def png(data: Buffer) -> Iterator[Piece]:
    """Yield the chunks of a PNG (ISO/IEC 15948, 5).

    Raises:
        DamagedFootage: A chunk is cut short, or the last one is missing.
    """
    at, end = 8, len(data)
    while at + 12 <= end:
        size = int.from_bytes(data[at : at + 4], "big")
        if at + 12 + size > end:
            raise DamagedFootage(_CUT)
        name = data[at + 4 : at + 8].decode("latin-1")
        yield Piece(name=name, start=at + 8, size=size)
        at += 12 + size
        if name == "IEND":
            if at < end:
                yield Piece(name=AFTER, start=at, size=end - at)
            return
    raise DamagedFootage(_CUT)


def riff(data: Buffer, start: int = 12, stop: int | None = None) -> Iterator[Piece]:
    """Yield the chunks of a WebP file, or those between *start* and *stop* of it (RFC 9649).

    Raises:
        DamagedFootage: A chunk is cut short.
    """
    whole = stop is None
    end = 8 + int.from_bytes(data[4:8], "little") if stop is None else stop
    if end > len(data) + 1:
        raise DamagedFootage(_CUT)
    at = start
    while at + 8 <= end:
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        if at + 8 + size > end:
            raise DamagedFootage(_CUT)
        yield Piece(name=data[at : at + 4].decode("latin-1"), start=at + 8, size=size)
        at += 8 + size + (size & 1)
    if whole and at < len(data):
        yield Piece(name=AFTER, start=at, size=len(data) - at)


def gif(data: Buffer) -> Iterator[Piece]:
    """Yield the blocks of a GIF (GIF89a specification, 1990).

    Extensions are called ``extension F9`` and so on, with content from their first sub-block to the
    last, headers of pictures ``image``, and coded pixels ``pixels``.

    Raises:
        DamagedFootage: A block is cut short.
    """
    try:
        yield Piece(name="screen", start=6, size=7)
        at = 13 + _table(data[10])
        while data[at] != 0x3B:
            if data[at] == 0x21:
                start = at + 2
                at = _sub_blocks(data, start)
                yield Piece(name=f"extension {data[start - 1]:02X}", start=start, size=at - start)
            elif data[at] == 0x2C:
                yield Piece(name="image", start=at + 1, size=9)
                start = at + 10 + _table(data[at + 9])
                at = _sub_blocks(data, start + 1)
                yield Piece(name="pixels", start=start, size=at - start)
            else:
                raise DamagedFootage(_CUT)
        at += 1
        if at < len(data):
            yield Piece(name=AFTER, start=at, size=len(data) - at)
    except IndexError:
        raise DamagedFootage(_CUT) from None


def _table(flags: int) -> int:
    """Return how many bytes the colour table has that *flags* announce."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _sub_blocks(data: Buffer, at: int) -> int:
    """Return where the sub-blocks that begin at *at* end, the empty one included."""
    while data[at]:
        at += 1 + data[at]
    return at + 1


def boxes(
    data: Buffer, start: int = 0, stop: int | None = None, above: str = ""
) -> Iterator[Piece]:
    """Yield the boxes of HEIC and AVIF (ISO/IEC 14496-12; 23008-12), with names as paths.

    Raises:
        DamagedFootage: A box is cut short.
    """
    at, end = start, len(data) if stop is None else stop
    while at + 8 <= end:
        size, head = int.from_bytes(data[at : at + 4], "big"), 8
        if size == 1:
            size, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        elif size == 0:
            size = end - at
        if size < head or at + size > end:
            raise DamagedFootage(_CUT)
        name = above + data[at + 4 : at + 8].decode("latin-1")
        yield Piece(name=name, start=at + head, size=size - head)
        before = {"meta": 4, "iprp": 0, "ipco": 0, "iinf": 6}.get(name.rpartition("/")[2])
        if before is not None and name.count("/") < 4:
            if name.endswith("iinf") and data[at + head]:
                before = 8
            yield from boxes(data, at + head + before, at + size, f"{name}/")
        at += size
    if not above and at < end:
        yield Piece(name=AFTER, start=at, size=end - at)
