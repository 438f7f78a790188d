"""WebP and AVIF: files of boxes within boxes."""

from __future__ import annotations

from collections.abc import Iterator

from bystander import media
from bystander.verify.container import AV1_OBUS, obu_types
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

_WEBP = {"VP8 ", "VP8L", "VP8X", "ICCP"}
_WEBP_FILM = {"ANIM", "ANMF"}
_PICTURES = {"VP8 ", "VP8L"}
_SEE_THROUGH_EXIF_XMP = 0x1C  # flags of VP8X, RFC 9649, 2.7.1
_AVIF = {
    "ftyp", "mdat", "meta", "meta/hdlr", "meta/pitm", "meta/iloc", "meta/iinf", "meta/iinf/infe",
    "meta/iprp", "meta/iprp/ipco", "meta/iprp/ipma", "meta/iprp/ipco/ispe",
    "meta/iprp/ipco/pixi", "meta/iprp/ipco/av1C", "meta/iprp/ipco/colr",
}  # fmt: skip
# What libavif calls itself and its one picture.
_HANDLERS = {b"", b"libavif"}
_ITEM_NAMES = {b"", b"Color"}


def webp(data: media.photos.Buffer, expected: Expected) -> Iterator[str]:  # noqa: PLR0912 one part each
    """Yield what a WebP file must not hold; chunks as RFC 9649, 2, has them."""
    film = expected.is_film and expected.pictures > 1
    accounted, pictures, icc = 12, 0, b""
    for piece in media.photos.pieces.riff(data):
        if piece.name == media.photos.AFTER:
            yield AFTER_END
            continue
        if piece.name not in _WEBP and not (film and piece.name in _WEBP_FILM):
            yield NOT_LISTED
            continue
        accounted += 8 + piece.size + (piece.size & 1)
        pictures += piece.name in _PICTURES or piece.name == "ANMF"
        end = piece.start + piece.size
        if piece.size & 1 and data[end : end + 1] != b"\0":
            yield VALUE
        if piece.name == "VP8X" and (piece.size != 10 or data[piece.start] & _SEE_THROUGH_EXIF_XMP):
            yield VALUE
        elif piece.name == "ICCP":
            icc = data[piece.start : end]
        elif piece.name == "ANIM" and piece.size != 6:
            yield VALUE
        elif piece.name == "ANMF":
            inside = list(media.photos.pieces.riff(data, piece.start + 16, end))
            held = 16 + sum(8 + part.size + (part.size & 1) for part in inside)
            if [part.name in _PICTURES for part in inside] != [True]:
                yield NOT_LISTED
            if held != piece.size:
                yield UNACCOUNTED
    if icc and icc != expected.icc:
        yield PROFILE
    elif expected.icc and not icc:
        yield PROFILE_MISSING
    if pictures != expected.pictures:
        yield COUNT
    if accounted != len(data):
        yield UNACCOUNTED


def avif(data: media.photos.Buffer, expected: Expected) -> Iterator[str]:  # noqa: PLR0912 one part each
    """Yield what an AVIF file must not hold; boxes as ISO/IEC 14496-12 has them."""
    items, icc = 0, b""
    stored: media.photos.Piece | None = None
    where: list[tuple[int, int]] = []
    for piece in media.photos.pieces.boxes(data):
        content = data[piece.start : piece.start + min(piece.size, 1 << 16)]
        if piece.name == media.photos.AFTER:
            yield AFTER_END
        elif piece.name not in _AVIF:
            yield NOT_LISTED
        elif piece.name == "meta/hdlr":
            if content[8:12] != b"pict" or content[24:].strip(b"\0") not in _HANDLERS:
                yield VALUE
        elif piece.name == "meta/iinf/infe":
            items += 1
            if content[8:12] != b"av01" or content[12:].strip(b"\0") not in _ITEM_NAMES:
                yield VALUE
        elif piece.name == "meta/iprp/ipco/colr" and content[:4] != b"nclx":
            icc = content[4:]
        elif piece.name == "meta/iloc":
            where = list(_places(content))
        elif piece.name == "mdat":
            stored = piece
    if icc and icc != expected.icc:
        yield PROFILE
    elif expected.icc and not icc:
        yield PROFILE_MISSING
    if items != expected.pictures:
        yield COUNT
    if stored is None or where != [(stored.start, stored.size)]:
        yield UNACCOUNTED
    elif set(obu_types(data[stored.start : stored.start + stored.size])) - AV1_OBUS:
        yield NOT_LISTED


def _places(content: bytes) -> Iterator[tuple[int, int]]:
    """Yield start and size of every extent of every item (ISO/IEC 14496-12, 8.11.3)."""
    version = content[0]
    offset, length, base, index = content[4] >> 4, content[4] & 15, content[5] >> 4, content[5] & 15
    wide = 4 if version == 2 else 2
    at = 6
    count = int.from_bytes(content[at : at + wide], "big")
    at += wide
    for _ in range(count):
        at += wide + (2 if version in (1, 2) else 0) + 2
        first = int.from_bytes(content[at : at + base], "big")
        at += base
        extents = int.from_bytes(content[at : at + 2], "big")
        at += 2
        for _ in range(extents):
            at += index if version in (1, 2) else 0
            start = int.from_bytes(content[at : at + offset], "big")
            at += offset
            yield first + start, int.from_bytes(content[at : at + length], "big")
            at += length
