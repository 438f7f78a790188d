"""GIF and BMP: files that are one piece after another."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from bystander import media
from bystander.verify.photos.expected import (
    AFTER_END,
    COUNT,
    SPARE,
    UNACCOUNTED,
    VALUE,
    Expected,
    in_order,
)

_GIF_ORDER = re.compile(r"screen\|image\|pixels\|")
_GIF_FILM_ORDER = re.compile(r"screen\|(extension FF\|)?(extension F9\|image\|pixels\|)+")
_GIF_KNOWN = {"screen", "image", "pixels"}
_GIF_KNOWN_FILM = {*_GIF_KNOWN, "extension F9", "extension FF"}
_LOOPS = b"\x0bNETSCAPE2.0\3\1\0\0\0"
# The code of the last pixel and that of the end take so many bytes, filled up, at the least.
_GIF_LEAST_SPARE = 4
_DPI_96 = (3780).to_bytes(4, "little")  # what Pillow says where nothing is said


def gif(data: media.photos.Buffer, expected: Expected) -> Iterator[str]:  # noqa: PLR0912 one block each
    """Yield what a GIF must not hold; blocks as its specification of 1990 has them."""
    pieces = list(media.photos.pieces.gif(data))
    film = expected.film
    yield from in_order(
        pieces,
        _GIF_FILM_ORDER if film else _GIF_ORDER,
        _GIF_KNOWN_FILM if film else _GIF_KNOWN,
    )
    screen = data[6:13]
    # One has its colours in front, pictures of a film have each its own.
    if screen[4] & (0xFF if film else 0xF8) != (0x70 if film else 0x80) or any(screen[5:]):
        yield VALUE
    accounted, images, table = 14 + _table(screen[4]), 0, data[13 : 13 + _table(screen[4])]
    for piece in pieces:
        content = data[piece.start : piece.start + piece.size]
        if piece.name == "extension F9":
            accounted += 2 + piece.size
            # No waiting for the user, nothing see-through.
            if piece.size != 6 or content[:2] != b"\4\4" or content[4:] != b"\0\0":
                yield VALUE
        elif piece.name == "extension FF":
            accounted += 2 + piece.size
            if content != _LOOPS:
                yield VALUE
        elif piece.name == "image":
            images += 1
            accounted += 1 + piece.size + _table(content[8])
            if content[:8] != bytes(4) + screen[:4]:
                yield VALUE
            if content[8] & (0xF8 if film else 0xFF) != (0x80 if film else 0):
                yield VALUE
            if film:
                table = data[piece.start + 9 : piece.start + 9 + _table(content[8])]
        elif piece.name == "pixels":
            accounted += piece.size
            yield from _pixels(screen, table, content)
    if images != expected.pictures:
        yield COUNT
    if accounted != len(data):
        yield UNACCOUNTED


def _pixels(screen: bytes, table: bytes, content: bytes) -> Iterator[str]:
    """Yield what is wrong with one picture: spare codes behind it, or colours that it lacks."""
    coded, at = bytearray(), 1
    while content[at]:
        coded += content[at + 1 : at + 1 + content[at]]
        at += 1 + content[at]
    size = (len(table) // 3).bit_length() - 2
    if not 0 <= size <= 7:
        yield VALUE
        return
    head = b"GIF89a" + screen[:4] + bytes([0x80 | size, 0, 0]) + table
    head += b"\x2c" + bytes(4) + screen[:4] + bytes([0, content[0]])
    short = bytes(coded[:-_GIF_LEAST_SPARE])
    blocks = (short[n : n + 255] for n in range(0, len(short), 255))
    if media.photos.decodes(
        head + b"".join(bytes([len(block)]) + block for block in blocks), media.photos.GIF
    ):
        yield SPARE
    whole = head + content[1:] + b"\x3b"
    used = media.photos.colours_used(whole)
    if any(any(table[3 * n : 3 * n + 3]) for n in range(len(table) // 3) if n not in used):
        yield VALUE


def _table(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def bmp(data: media.photos.Buffer, _expected: Expected) -> Iterator[str]:
    """Yield what a BMP must not hold: a header of 40 bytes, a table if grey, and pixels."""
    stated, reserved, first, header = (
        int.from_bytes(data[at : at + 4], "little") for at in (2, 6, 10, 14)
    )
    width, height = struct.unpack("<ii", data[18:26])
    bits = int.from_bytes(data[28:30], "little")
    table = 1024 if bits == 8 else 0
    row = (width * bits // 8 + 3) // 4 * 4
    # One plane, not packed, the size of the pixels, and how many colours the table has, twice.
    rest = struct.pack("<HHII", 1, bits, 0, row * height) + _DPI_96 * 2
    rest += struct.pack("<II", table // 4, table // 4)
    if header != 40 or bits not in (8, 24) or reserved or width <= 0 or height <= 0:
        yield VALUE
        return
    if data[26:54] != rest:
        yield VALUE
    if table and data[54:first] != b"".join(bytes([n, n, n, 0]) for n in range(256)):
        yield VALUE
    if first != 54 + table or len(data) != first + row * height:
        yield UNACCOUNTED
    filled = width * bits // 8
    if filled < row and any(
        any(data[at + filled : at + row]) for at in range(first, len(data), row)
    ):
        yield VALUE
    if stated != len(data):
        yield AFTER_END
