"""WebP and AVIF: files of boxes within boxes."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from bystander import media
from bystander.verify.photos.expected import (
    COUNT,
    SPARE,
    UNACCOUNTED,
    VALUE,
    Expected,
    in_order,
    profile,
)

Piece = media.photos.Piece

_WEBP_ORDER = re.compile(r"(VP8X\|ICCP\|)?(VP8 |VP8L)\|")
_WEBP_FILM_ORDER = re.compile(r"VP8X\|(ICCP\|)?ANIM\|(ANMF\|)+")
_WEBP_KNOWN = {"VP8 ", "VP8L", "VP8X", "ICCP"}
_WEBP_KNOWN_FILM = {"VP8X", "ICCP", "ANIM", "ANMF"}
_PICTURES = {"VP8 ", "VP8L"}
_HAS_PROFILE, _MOVES = 0x20, 0x02  # flags of VP8X, RFC 9649, 2.7.1
_WEBP_LEAST_SPARE = 8  # bytes; its coder of bits reads so far ahead
_AVIF_ORDER = re.compile(
    r"ftyp\|meta\|meta/hdlr\|meta/pitm\|meta/iloc\|meta/iinf\|meta/iinf/infe\|meta/iprp\|"
    r"meta/iprp/ipco\|meta/iprp/ipco/ispe\|meta/iprp/ipco/pixi\|meta/iprp/ipco/av1C\|"
    r"(meta/iprp/ipco/colr\|){1,2}meta/iprp/ipma\|mdat\|"
)
_AVIF_KNOWN = {
    "ftyp", "mdat", "meta", "meta/hdlr", "meta/pitm", "meta/iloc", "meta/iinf", "meta/iinf/infe",
    "meta/iprp", "meta/iprp/ipco", "meta/iprp/ipma", "meta/iprp/ipco/ispe",
    "meta/iprp/ipco/pixi", "meta/iprp/ipco/av1C", "meta/iprp/ipco/colr",
}  # fmt: skip
_HANDLER = bytes(8) + b"pict" + bytes(12)
_ITEM = b"\2\0\0\0\0\1\0\0av01"
# What libavif writes of one picture: the whole content of such a box. Where it has changed its
# mind, both: it calls itself and its picture something, or nothing.
_AVIF_VALUES = {
    "ftyp": {b"avif\0\0\0\0avifmif1miafMA1A"},
    "meta/hdlr": {_HANDLER + b"\0", _HANDLER + b"libavif\0"},
    "meta/pitm": {bytes(4) + b"\0\1"},
    "meta/iinf/infe": {_ITEM + b"\0", _ITEM + b"Color\0"},
    "meta/iprp/ipco/pixi": {bytes(4) + b"\3\x08\x08\x08"},
}
_NCLX = {b"nclx\0\1\0\x0d\0\6\x80", b"nclx\0\2\0\2\0\6\x80"}  # sRGB, or as the profile says
_ONE_PLACE = bytes(4) + b"\x44\0\0\1\0\1\0\0\0\1"  # of one item, in four bytes each
_LISTED = {"meta": 4, "meta/iinf": 6, "meta/iprp": 0, "meta/iprp/ipco": 0}
# Units of an AV1 picture: nothing between times, the sequence's head, and all of the picture.
_UNITS, _LONGEST_HEAD = [2, 1, 6], 16


def webp(data: media.photos.Buffer, expected: Expected) -> Iterator[str]:  # noqa: PLR0912 one part each
    """Yield what a WebP file must not hold; chunks as RFC 9649, 2, has them."""
    pieces = list(media.photos.pieces.riff(data))
    film = expected.film
    yield from in_order(
        pieces,
        _WEBP_FILM_ORDER if film else _WEBP_ORDER,
        _WEBP_KNOWN_FILM if film else _WEBP_KNOWN,
    )
    accounted, pictures, sides = 12, 0, b""
    profiles: list[bytes] = []
    for piece in pieces:
        if piece.name not in _WEBP_KNOWN | _WEBP_KNOWN_FILM:
            continue
        accounted += 8 + piece.size + (piece.size & 1)
        content = data[piece.start : piece.start + piece.size]
        if _padded(data, piece):
            yield VALUE
        if piece.name == "VP8X":
            sides = content[4:]
            flags = (_HAS_PROFILE if expected.icc else 0) | (_MOVES if film else 0)
            if len(content) != 10 or content[:4] != bytes([flags, 0, 0, 0]):
                yield VALUE
        elif piece.name == "ICCP":
            profiles.append(content)
        elif piece.name == "ANIM":
            if content not in (b"\xff" * 4 + bytes([n, 0]) for n in (0, 1)):
                yield VALUE
        elif piece.name == "ANMF":
            pictures += 1
            inside = list(
                media.photos.pieces.riff(data, piece.start + 16, piece.start + piece.size)
            )
            held = 16 + sum(8 + part.size + (part.size & 1) for part in inside)
            if [part.name in _PICTURES for part in inside] != [True] or held != piece.size:
                yield UNACCOUNTED
                continue
            # All of the picture, over nothing, with how long it is shown.
            if content[:12] != bytes(6) + sides or content[15] != 2 or _padded(data, inside[0]):
                yield VALUE
            yield from _webp_pixels(data, inside[0])
        else:
            pictures += 1
            yield from _webp_pixels(data, piece)
    yield from profile(profiles, expected)
    if pictures != expected.pictures:
        yield COUNT
    if accounted != len(data) or int.from_bytes(data[4:8], "little") != len(data) - 8:
        yield UNACCOUNTED


def _padded(data: media.photos.Buffer, piece: Piece) -> bool:
    """Return whether the byte that makes the size of *piece* even is not zero."""
    end = piece.start + piece.size
    return bool(piece.size & 1) and data[end : end + 1] != b"\0"


def _webp_pixels(data: media.photos.Buffer, piece: Piece) -> Iterator[str]:
    """Yield what is wrong with one picture: it is whole without its last bytes."""
    short = data[piece.start : piece.start + max(0, piece.size - _WEBP_LEAST_SPARE)]
    body = b"WEBP" + piece.name.encode() + struct.pack("<I", len(short)) + short
    body += bytes(len(short) & 1)
    if media.photos.decodes(b"RIFF" + struct.pack("<I", len(body)) + body, media.photos.WEBP):
        yield SPARE


def avif(data: media.photos.Buffer, expected: Expected) -> Iterator[str]:
    """Yield what an AVIF file must not hold; boxes as ISO/IEC 14496-12 has them."""
    pieces = list(media.photos.pieces.boxes(data))
    yield from in_order(pieces, _AVIF_ORDER, _AVIF_KNOWN)
    parts = {piece.name: data[piece.start : piece.start + piece.size] for piece in pieces}
    colours = [
        data[piece.start : piece.start + piece.size]
        for piece in pieces
        if piece.name == "meta/iprp/ipco/colr"
    ]
    stated = [colour for colour in colours if colour[:4] == b"nclx"]
    yield from profile([c[4:] for c in colours if c[:4] == b"prof"], expected)
    count = 3 + len(colours)
    ties = bytes([0, 0, 0, 0, 0, 0, 0, 1, 0, 1, count, 1, 2, 0x83, *range(4, count + 1)])
    size, settings = parts["meta/iprp/ipco/ispe"], parts["meta/iprp/ipco/av1C"]
    if (
        any(parts[name] not in values for name, values in _AVIF_VALUES.items())
        or not set(stated) <= _NCLX
        or len(stated) != 1
        or len(colours) != 1 + bool(expected.icc)
        or parts["meta/iprp/ipma"] != ties
        or (len(size), size[:4]) != (12, bytes(4))
        or (len(settings), settings[:1], settings[3:]) != (4, b"\x81", b"\0")
        or parts["meta/iinf"][:6] != bytes(4) + b"\0\1"
        or parts["meta"][:4] != bytes(4)
    ):
        yield VALUE
    if expected.pictures != 1:
        yield COUNT
    yield from _filled(data, pieces)
    if _units(parts["mdat"]) != _UNITS:
        yield UNACCOUNTED


def _filled(data: media.photos.Buffer, pieces: list[Piece]) -> Iterator[str]:
    """Yield what is wrong with where boxes lie: they fill the file and those that they are in."""
    held = dict.fromkeys(["", *_LISTED], 0)
    for piece in pieces:
        above = piece.name.rpartition("/")[0]
        if above in held:
            held[above] += 8 + piece.size
    sizes = {piece.name: piece.size for piece in pieces}
    full = all(held[name] + head == sizes[name] for name, head in _LISTED.items())
    if held[""] != len(data) or not full:
        yield UNACCOUNTED
    by_name = {piece.name: piece for piece in pieces}
    stored, where = by_name["mdat"], by_name["meta/iloc"]
    place = _ONE_PLACE + struct.pack(">II", stored.start, stored.size)
    if data[where.start : where.start + where.size] != place:
        yield UNACCOUNTED


def _units(coded: bytes) -> list[int]:
    """Return the kinds of the units of *coded* (AV1 specification, 5.3), 15 for what is amiss."""
    found, at = [], 0
    while at < len(coded):
        head, at = coded[at], at + 1
        size = shift = 0
        more = True
        while more and at < len(coded):
            size |= (coded[at] & 127) << shift
            more, shift, at = bool(coded[at] & 128), shift + 7, at + 1
        at += size
        kind = (head >> 3) & 15
        longest = {2: 0, 1: _LONGEST_HEAD}.get(kind, len(coded))
        # Its size is stated, nothing is added to its head, and it ends where it says.
        amiss = head & 0x87 != 2 or more or at > len(coded) or size > longest
        found.append(15 if amiss else kind)
    return found
