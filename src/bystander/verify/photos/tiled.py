"""TIFF: a file whose parts lie wherever they like, so that every byte is asked whose it is."""

from __future__ import annotations

from collections.abc import Iterator

from bystander import media
from bystander.verify.photos.expected import (
    COUNT,
    NOT_LISTED,
    UNACCOUNTED,
    VALUE,
    Expected,
    is_exactly,
    profile,
)

_SHORT, _LONG, _UNDEFINED = 3, 4, 7
_WIDTH, _HEIGHT, _BITS, _CODING, _COLOURS, _STARTS = 256, 257, 258, 259, 262, 273
_CHANNELS, _ROWS, _SIZES, _PLANES, _PROFILE = 277, 278, 279, 284, 34675
# Of all but the profile, numbers and no fractions or texts (TIFF 6.0).
_NUMBERS = {
    _WIDTH, _HEIGHT, _BITS, _CODING, _COLOURS, _STARTS, _CHANNELS, _ROWS, _SIZES, _PLANES
}  # fmt: skip
_SINGLE = _NUMBERS - {_BITS, _STARTS, _SIZES}
_DEFLATE, _GREY, _RGB, _TOGETHER = 8, 1, 2, 1
_HEAD = 8
_PADDING = 15  # bytes, and zero


def tiff(data: media.photos.Buffer, expected: Expected) -> Iterator[str]:
    """Yield what a TIFF must not hold."""
    if data[:4] != b"II*\0":
        yield VALUE
        return
    pages = media.photos.tiff.directories(data)
    taken = [(0, _HEAD)]
    for page in pages:
        taken.append((page.start, page.size))
        taken += [(tag.start, tag.size) for tag in page.tags.values()]
        yield from _page(data, page)
        taken += page.strips(data)
        found = page.tags.get(_PROFILE)
        icc = [data[found.start : found.start + found.size]] if found else []
        yield from profile(icc, expected)
    if len(pages) != expected.pictures:
        yield COUNT
    end = 0
    for start, size in [*sorted(taken), (len(data), 0)]:
        between = data[end:start] if start > end else b""
        # Pillow puts pages together as it made them: each begins with a head of its own.
        at = between.find(b"II*\0")
        if at >= 0 and any(page.start == end + at + _told(between[at:]) for page in pages):
            between = between[:at] + between[at + _HEAD :]
        if len(between) > _PADDING or any(between):
            yield UNACCOUNTED
        end = max(end, start + size)


def _page(data: media.photos.Buffer, page: media.photos.tiff.Directory) -> Iterator[str]:
    """Yield what is wrong with one page: its tags are few and known, its strips filled."""
    if page.size != 2 + 12 * len(page.tags) + 4:
        yield VALUE  # a tag that is there twice
    for number, tag in page.tags.items():
        if number not in _NUMBERS and number != _PROFILE:
            yield NOT_LISTED
        elif tag.kind not in ((_UNDEFINED,) if number == _PROFILE else (_SHORT, _LONG)) or (
            # A value that is shorter than its place is followed by zeros.
            tag.size < 4 and any(data[tag.start + tag.size : tag.start + 4])
        ):
            yield VALUE
    colour = page.number(_COLOURS) == _RGB
    channels = 3 if colour else 1
    width, height, rows = (page.number(n) for n in (_WIDTH, _HEIGHT, _ROWS))
    strips = page.strips(data)
    counts = {number: tag.count for number, tag in page.tags.items()}
    wanted = dict.fromkeys(_SINGLE, 1) | {
        _BITS: channels, _STARTS: len(strips), _SIZES: len(strips)
    }  # fmt: skip
    if not colour:
        counts.setdefault(_CHANNELS, 1)
    bits = media.photos.tiff.values(data, page.tags[_BITS]) if _BITS in page.tags else ()
    fixed = [page.number(n) for n in (_CODING, _PLANES)] == [_DEFLATE, _TOGETHER]
    if (
        {n: count for n, count in counts.items() if n in _NUMBERS} != wanted
        or set(bits) != {8}
        or not fixed
        or page.number(_COLOURS) not in (_GREY, _RGB)
        or page.number(_CHANNELS, 1) != channels
        or not 0 < rows <= height
        or len(strips) != -(-height // rows)
    ):
        yield VALUE
        return
    for index, (start, size) in enumerate(strips):
        filled = min(rows, height - index * rows) * width * channels
        if not is_exactly([data[start : start + size]], filled):
            yield UNACCOUNTED


def _told(head: bytes) -> int:
    """Return where the head of a TIFF says that its first page is."""
    return int.from_bytes(head[4:_HEAD], "little")
