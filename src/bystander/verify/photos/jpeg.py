"""JPEG: the segments that libjpeg writes of one baseline picture, and no coded pixel to spare."""

from __future__ import annotations

import re
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

_ORDER = re.compile(
    r"SOI\|APP0\|(APP2\|)*(DQT\|SOF0\|DHT\|DHT|DQT\|DQT\|SOF0\|DHT\|DHT\|DHT\|DHT)\|SOS\|scan\|EOI\|"
)
_KNOWN = {"SOI", "APP0", "APP2", "DQT", "SOF0", "DHT", "SOS", "scan", "EOI"}
_BARE = {"SOI", "EOI", "scan"}
_JFIF = b"JFIF\0\1\1\0\0\1\0\1\0\0"  # version 1.1, pixels that are square, no thumbnail
_ICC = b"ICC_PROFILE\0"
# What follows the size in SOF0, and SOS, by the number of colours (ITU-T T.81, B.2.2 and B.2.3).
_FRAMES = {
    1: {bytes([1, 1, 0x11, 0])},
    3: {bytes([3, 1, how, 0, 2, 0x11, 1, 3, 0x11, 1]) for how in (0x11, 0x21, 0x22)},
}
_SCANS = {1: bytes([1, 1, 0, 0, 63, 0]), 3: bytes([3, 1, 0, 2, 0x11, 3, 0x11, 0, 63, 0])}
_QUANTISATIONS = {1: [0], 3: [0, 1]}
_CODES = {1: [0, 0x10], 3: [0, 0x10, 1, 0x11]}
_LEAST_SPARE = 2  # bytes that no picture is whole without


def jpeg(data: media.photos.Buffer, expected: Expected) -> Iterator[str]:
    """Yield what a JPEG must not hold; segments as ITU-T T.81, annex B, has them."""
    pieces = list(media.photos.pieces.jpeg(data))
    yield from in_order(pieces, _ORDER, _KNOWN)
    parts: dict[str, list[bytes]] = {}
    accounted = 0
    for piece in pieces:
        if piece.name in _KNOWN:
            accounted += piece.size
            accounted += 0 if piece.name == "scan" else 2 if piece.name in _BARE else 4
            content = data[piece.start : piece.start + piece.size]
            parts.setdefault(piece.name, []).append(content)
    if accounted != len(data):
        yield UNACCOUNTED
    frames, scans = parts.get("SOF0", []), parts.get("scan", [])
    if len(frames) != 1 or len(scans) != 1 or expected.pictures != 1:
        yield COUNT
        return
    if any(head != _JFIF for head in parts.get("APP0", [])):
        yield VALUE
    profiles = parts.get("APP2", [])
    heads = [_ICC + bytes([n + 1, len(profiles)]) for n in range(len(profiles))]
    if [part[:14] for part in profiles] != heads:
        yield VALUE
    yield from profile([b"".join(part[14:] for part in profiles)] if profiles else [], expected)
    colours = frames[0][5]
    wanted = _FRAMES.get(colours, set())
    if (
        frames[0][0] != 8
        or frames[0][5:] not in wanted
        or parts["SOS"] != [_SCANS[colours]]
        or not _tables(parts, colours)
        or re.search(rb"\xff[\xd0-\xd7]", scans[0])
    ):
        yield VALUE
    # One that shows all of itself cannot be decoded without the last bytes of its coded pixels.
    if len(scans[0]) > _LEAST_SPARE and media.photos.decodes(
        data[: len(data) - 2 - _LEAST_SPARE], media.photos.JPEG
    ):
        yield SPARE


def _tables(parts: dict[str, list[bytes]], colours: int) -> bool:
    """Return whether the tables are those that are used, and hold nothing else."""
    quantisations, codes = parts["DQT"], parts["DHT"]
    return (
        [table[0] for table in quantisations] == _QUANTISATIONS[colours]
        and all(len(table) == 65 for table in quantisations)
        and [table[0] for table in codes] == _CODES[colours]
        and all(_is_code(table) for table in codes)
    )


def _is_code(table: bytes) -> bool:
    """Return whether a Huffman table names each symbol once, and only such as there are."""
    symbols = table[17:]
    if len(symbols) != sum(table[1:17]) or len(set(symbols)) != len(symbols):
        return False
    if not table[0] & 0x10:
        return all(symbol <= 11 for symbol in symbols)
    return all(1 <= (symbol & 15) <= 10 or symbol in (0, 0xF0) for symbol in symbols)
