"""TIFF: a file whose parts lie wherever they like, so that every byte is asked whose it is."""

from __future__ import annotations

from collections.abc import Iterator

from bystander import media
from bystander.verify.photos.expected import (
    COUNT,
    NOT_LISTED,
    PROFILE,
    PROFILE_MISSING,
    UNACCOUNTED,
    VALUE,
    Expected,
)

# Size, depth, coding, colours, strips, resolution, planes, predictor, page: TIFF 6.0.
_TAGS = {256, 257, 258, 259, 262, 273, 277, 278, 279, 282, 283, 284, 296, 297, 317, 339, 34675}
_ORIENTATION, _PROFILE, _UPRIGHT = 274, 34675, 1
_HEAD = 8
_PADDING = 15  # bytes, and zero
_ONE = (b"\1\0\0\0", b"\0\0\0\1")


def tiff(data: media.photos.Buffer, expected: Expected) -> Iterator[str]:
    """Yield what a TIFF must not hold."""
    pages = media.photos.tiff.directories(data)
    taken = [(0, _HEAD)]
    for page in pages:
        taken.append((page.start, page.size))
        taken += page.strips
        for number, tag in page.tags.items():
            taken.append((tag.start, tag.size))
            if number == _ORIENTATION and tag.values == (_UPRIGHT,):
                continue
            if number not in _TAGS:
                yield NOT_LISTED
        profile = page.tags.get(_PROFILE)
        icc = data[profile.start : profile.start + profile.size] if profile else b""
        if icc and icc != expected.icc:
            yield PROFILE
        elif expected.icc and not icc:
            yield PROFILE_MISSING
        for resolution in (282, 283):
            stated = page.tags.get(resolution)
            if stated and data[stated.start : stated.start + 4] not in _ONE:
                yield VALUE
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


def _told(head: bytes) -> int:
    """Return where the head of a TIFF says that its first page is."""
    return int.from_bytes(head[4:_HEAD], "little")
