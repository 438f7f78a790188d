"""PNG, and films of PNG: the chunks that the project's own have, and pixels that fill them."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator

from bystander import media
from bystander.verify.photos.expected import (
    COUNT,
    UNACCOUNTED,
    VALUE,
    Expected,
    in_order,
    is_exactly,
    profile,
)

_ORDER = re.compile(r"IHDR\|(iCCP\|)?(IDAT\|)+IEND\|")
_FILM_ORDER = re.compile(
    r"IHDR\|(iCCP\|)?acTL\|fcTL\|(IDAT\|)+(fcTL\|(fdAT\|)+)*IEND\|",
)
_KNOWN = {"IHDR", "IDAT", "IEND", "iCCP"}
_KNOWN_FILM = {*_KNOWN, "acTL", "fcTL", "fdAT"}
_CHANNELS = {0: 1, 2: 3}
_PROFILE = b"ICC Profile\0\0"


def png(data: media.photos.Buffer, expected: Expected) -> Iterator[str]:  # noqa: PLR0912, PLR0915 one chunk each
    """Yield what a PNG must not hold; chunks as ISO/IEC 15948, 11, has them."""
    pieces = list(media.photos.pieces.png(data))
    film = expected.film
    yield from in_order(pieces, _FILM_ORDER if film else _ORDER, _KNOWN_FILM if film else _KNOWN)
    accounted, numbered = 8, 0
    profiles: list[bytes] = []
    streams: list[list[bytes]] = []
    size, channels = (0, 0), 0
    for piece in pieces:
        name, content = piece.name, data[piece.start : piece.start + piece.size]
        if name not in _KNOWN_FILM:
            continue
        accounted += 12 + piece.size
        stated = data[piece.start + piece.size : piece.start + piece.size + 4]
        if zlib.crc32(content, zlib.crc32(name.encode())) != int.from_bytes(stated, "big"):
            yield VALUE
        if name == "IHDR":
            size = int.from_bytes(content[:4], "big"), int.from_bytes(content[4:8], "big")
            channels = _CHANNELS.get(content[9], 0)
            if piece.size != 13 or content[8] != 8 or not channels or any(content[10:13]):
                yield VALUE
        elif name == "iCCP":
            inside, rest = _inflated(content[len(_PROFILE) :])
            profiles.append(inside)
            if not content.startswith(_PROFILE) or rest:
                yield VALUE
        elif name == "acTL":
            if content not in (struct.pack(">II", expected.pictures, n) for n in (0, 1)):
                yield VALUE
        elif name == "fcTL":
            streams.append([])
            # All of the picture, over nothing; how long it is shown is checked with the pictures.
            whole = struct.pack(">5I", numbered, *size, 0, 0)
            if len(content) != 26 or content[:20] != whole or any(content[24:]):
                yield VALUE
            numbered += 1
        elif name in ("IDAT", "fdAT"):
            if not streams:
                streams.append([])
            if name == "fdAT":
                if content[:4] != numbered.to_bytes(4, "big"):
                    yield VALUE
                numbered += 1
                content = content[4:]
            if not content:
                yield VALUE
            streams[-1].append(content)
        elif piece.size:
            yield VALUE
    yield from profile(profiles, expected)
    if len(streams) != expected.pictures:
        yield COUNT
    if accounted != len(data):
        yield UNACCOUNTED
    for stream in streams:
        if not is_exactly(stream, size[1] * (1 + size[0] * channels)):
            yield UNACCOUNTED


def _inflated(coded: bytes) -> tuple[bytes, bytes]:
    """Return what *coded* holds, and what does not belong to it."""
    unpacker = zlib.decompressobj()
    try:
        inside = unpacker.decompress(coded, 1 << 16)
    except zlib.error:
        return b"", coded
    whole = b"" if unpacker.eof else b"\0"
    return inside, unpacker.unused_data + unpacker.unconsumed_tail + whole
