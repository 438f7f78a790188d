"""JPEG, PNG, GIF and BMP: files that are one piece after another."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from bystander import media
from bystander.verify.photos.expected import (
    AFTER_END,
    COUNT,
    NOT_LISTED,
    PROFILE,
    PROFILE_MISSING,
    UNACCOUNTED,
    VALUE,
    Expected,
)

Buffer = media.photos.Buffer
Piece = media.photos.Piece

_JFIF = b"JFIF\0\1\1\0\0\1\0\1\0\0"  # version 1.1, pixels that are square, no thumbnail
_JPEG = {"SOI", "APP0", "APP2", "DQT", "SOF0", "SOF2", "DHT", "SOS", "scan", "EOI"}
_BARE = {"SOI", "EOI", "scan"}
_PNG = {"IHDR", "IDAT", "IEND", "iCCP"}
_PNG_FILM = {"acTL", "fcTL", "fdAT"}
_PNG_CHANNELS = {0: 1, 2: 3}
_PNG_PROFILE = b"ICC Profile\0\0"
_LOOPS = b"\x0bNETSCAPE2.0\3\1\0\0\0"
_DPI_96 = (3780).to_bytes(4, "little")  # what Pillow says where nothing is said


def jpeg(data: Buffer, expected: Expected) -> Iterator[str]:
    """Yield what a JPEG must not hold; segments as ITU-T T.81, annex B, has them."""
    accounted, icc, pictures = 0, b"", 0
    for piece in media.photos.pieces.jpeg(data):
        content = data[piece.start : piece.start + min(piece.size, 1 << 16)]
        if piece.name == media.photos.AFTER:
            yield AFTER_END
            continue
        if piece.name not in _JPEG:
            yield NOT_LISTED
            continue
        accounted += piece.size + (0 if piece.name == "scan" else 2 if piece.name in _BARE else 4)
        pictures += piece.name.startswith("SOF")
        if piece.name == "APP0" and content != _JFIF:
            yield VALUE
        elif piece.name == "APP2" and content[:12] == b"ICC_PROFILE\0":
            icc += content[14:]
        elif piece.name == "APP2":
            yield NOT_LISTED
        elif not _fits(piece.name, content):
            yield VALUE
    yield from _profile(icc, expected)
    if pictures != 1:
        yield COUNT
    if accounted != len(data):
        yield UNACCOUNTED


def _fits(name: str, content: bytes) -> bool:
    """Return whether a segment is as long as what it states, with nothing behind."""
    if name == "DQT":
        return len(content) % 65 == 0 and not any(c >> 4 for c in content[::65])
    if name == "DHT":
        at = 0
        while at + 17 <= len(content):
            at += 17 + sum(content[at + 1 : at + 17])
        return at == len(content)
    if name.startswith("SOF"):
        return len(content) == 6 + 3 * content[5]
    return name != "SOS" or len(content) == 4 + 2 * content[0]


def _profile(icc: bytes, expected: Expected) -> Iterator[str]:
    if icc and icc != expected.icc:
        yield PROFILE
    elif expected.icc and not icc:
        yield PROFILE_MISSING


def png(data: Buffer, expected: Expected) -> Iterator[str]:  # noqa: PLR0912 one chunk each
    """Yield what a PNG must not hold; chunks as ISO/IEC 15948, 11, has them."""
    film = expected.is_film and expected.pictures > 1
    accounted, icc = 8, b""
    streams: list[list[bytes]] = []
    size, channels = (0, 0), 0
    for piece in media.photos.pieces.png(data):
        name, content = piece.name, data[piece.start : piece.start + piece.size]
        if name == media.photos.AFTER:
            yield AFTER_END
            continue
        if name not in _PNG and not (film and name in _PNG_FILM):
            yield NOT_LISTED
            continue
        accounted += 12 + piece.size
        stated = data[piece.start + piece.size : piece.start + piece.size + 4]
        if zlib.crc32(content, zlib.crc32(name.encode())) != int.from_bytes(stated, "big"):
            yield VALUE
        if name == "IHDR":
            size = int.from_bytes(content[:4], "big"), int.from_bytes(content[4:8], "big")
            channels = _PNG_CHANNELS.get(content[9], 0)
            if piece.size != 13 or content[8] != 8 or not channels or any(content[10:13]):
                yield VALUE
        elif name == "iCCP":
            inside, rest = _inflated(content[len(_PNG_PROFILE) :])
            icc = inside
            if not content.startswith(_PNG_PROFILE) or rest:
                yield VALUE
        elif name == "fcTL":
            streams.append([])
            if piece.size != 26 or any(content[12:20]) or any(content[24:]):
                yield VALUE
        elif name in ("IDAT", "fdAT"):
            if not streams:
                streams.append([])
            streams[-1].append(content if name == "IDAT" else content[4:])
        elif piece.size != {"IEND": 0, "acTL": 8}[name]:
            yield VALUE
    yield from _profile(icc, expected)
    if len(streams) != expected.pictures:
        yield COUNT
    if accounted != len(data):
        yield UNACCOUNTED
    for stream in streams:
        if not _is_exactly(stream, size[1] * (1 + size[0] * channels)):
            yield UNACCOUNTED


def _inflated(coded: bytes) -> tuple[bytes, bytes]:
    unpacker = zlib.decompressobj()
    try:
        return unpacker.decompress(coded, 1 << 16), unpacker.unused_data + unpacker.unconsumed_tail
    except zlib.error:
        return b"", coded


def _is_exactly(stream: list[bytes], size: int) -> bool:
    """Return whether coded pixels are *size* bytes, and nothing follows them."""
    unpacker = zlib.decompressobj()
    found = 0
    try:
        for part in stream:
            rest = part
            while rest:
                found += len(unpacker.decompress(rest, 1 << 20))
                rest = unpacker.unconsumed_tail
            if unpacker.unused_data or found > size:
                return False
    except zlib.error:
        return False
    return unpacker.eof and found == size


def gif(data: Buffer, expected: Expected) -> Iterator[str]:
    """Yield what a GIF must not hold; blocks as its specification of 1990 has them."""
    accounted, images = 14 + _table(data[10]), 0
    for piece in media.photos.pieces.gif(data):
        content = data[piece.start : piece.start + min(piece.size, 32)]
        if piece.name == media.photos.AFTER:
            yield AFTER_END
        elif piece.name == "extension F9":
            accounted += 2 + piece.size
            # No waiting for the user, nothing see-through.
            if piece.size != 6 or content[0] != 4 or content[1] & ~4 or content[4:6] != b"\0\0":
                yield VALUE
        elif piece.name == "extension FF":
            accounted += 2 + piece.size
            if content != _LOOPS:
                yield NOT_LISTED
        elif piece.name == "image":
            images += 1
            accounted += 1 + piece.size + _table(content[8])
        elif piece.name == "pixels":
            accounted += piece.size
        elif piece.name != "screen":
            yield NOT_LISTED
    if images != expected.pictures:
        yield COUNT
    if accounted != len(data):
        yield UNACCOUNTED


def _table(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def bmp(data: Buffer, _expected: Expected) -> Iterator[str]:
    """Yield what a BMP must not hold: a header of 40 bytes, a table if grey, and pixels."""
    stated, reserved, first, header = (
        int.from_bytes(data[at : at + 4], "little") for at in (2, 6, 10, 14)
    )
    width, height = (
        abs(int.from_bytes(data[at : at + 4], "little", signed=True)) for at in (18, 22)
    )
    bits = int.from_bytes(data[28:30], "little")
    table = 1024 if bits == 8 else 0
    if header != 40 or bits not in (8, 24) or reserved or any(data[30:34]):
        yield VALUE
    if data[38:46] != _DPI_96 * 2:
        yield VALUE
    if table and data[54:first] != b"".join(bytes([n, n, n, 0]) for n in range(256)):
        yield VALUE
    rows = (width * bits // 8 + 3) // 4 * 4
    if first != 54 + table or len(data) != first + rows * height:
        yield UNACCOUNTED
    if stated != len(data):
        yield AFTER_END
