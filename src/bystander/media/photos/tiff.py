"""The directories of a TIFF: which tags each page has, and where their values lie (TIFF 6.0, 2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bystander.errors import DamagedFootage
from bystander.media.photos.pieces import Buffer

# Bytes of a value, by its type; 13, 16, 17 and 18 are later additions.
_TYPE_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8,
               13: 4, 16: 8, 17: 8, 18: 8}  # fmt: skip
_MOST_DIRECTORIES = 10_000
_NUMBERS = {1, 3, 4, 13, 16, 18}  # types of whole numbers
_CUT = "the photo is cut short or damaged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """One entry: how many values of which type it has, where they lie, and the first of them.

    ``first`` is ``None`` where it is no whole number, or lies outside the file.
    """

    kind: int
    count: int
    start: int
    size: int
    first: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """One page: its tags by number, and where in the file the directory itself lies."""

    start: int
    size: int
    tags: dict[int, Tag]

    def number(self, tag: int, otherwise: int = 0) -> int:
        """Return the first value of *tag*."""
        found = self.tags.get(tag)
        return otherwise if found is None or found.first is None else found.first

    def strips(self, data: Buffer) -> list[tuple[int, int]]:
        """Return where its pixels lie in *data*, the file: starts and sizes of strips."""
        if 273 not in self.tags or 279 not in self.tags:
            return []
        starts, sizes = (values(data, self.tags[number]) for number in (273, 279))
        return list(zip(starts, sizes, strict=False))


def values(data: Buffer, tag: Tag) -> tuple[int, ...]:
    """Return all values of *tag*; none where they are no whole numbers or lie outside the file.

    Of one tag, for many can share their values: all of them would be more than the file is long.
    """
    if tag.kind not in _NUMBERS or tag.start + tag.size > len(data):
        return ()
    each = _TYPE_BYTES[tag.kind]
    held = data[tag.start : tag.start + tag.size]
    order = _order(data)
    return tuple(int.from_bytes(held[at : at + each], order) for at in range(0, tag.size, each))


def _order(data: Buffer) -> Literal["little", "big"]:
    return "little" if data[:2] == b"II" else "big"


def directories(data: Buffer) -> list[Directory]:
    """Return every page of a TIFF, in order.

    Raises:
        DamagedFootage: A directory lies outside the file, they go round in a circle, or they lie in
            one another.
    """
    order = _order(data)
    big = 43 in (data[2], data[3])
    width = 8 if big else 4

    def read(at: int, size: int) -> int:
        if at < 0 or at + size > len(data):
            raise DamagedFootage(_CUT)
        return int.from_bytes(data[at : at + size], order)

    found: list[Directory] = []
    seen: set[int] = set()
    listed = 0
    at = read(8 if big else 4, width)
    while at:
        if at in seen or len(found) >= _MOST_DIRECTORIES:
            raise DamagedFootage(_CUT)
        seen.add(at)
        start = at
        head, entry = (8, 20) if big else (2, 12)
        count = read(at, head)
        listed += count * entry
        if at + head + count * entry + width > len(data) or listed > len(data):
            raise DamagedFootage(_CUT)
        at += head
        tags: dict[int, Tag] = {}
        for _ in range(count):
            kind, number = read(at + 2, 2), read(at + 4, width)
            each = _TYPE_BYTES.get(kind, 1)
            size = each * number
            place = at + 4 + width if size <= width else read(at + 4 + width, width)
            known = kind in _NUMBERS and number and place + each <= len(data)
            value = read(place, each) if known else None
            tags[read(at, 2)] = Tag(kind=kind, count=number, start=place, size=size, first=value)
            at += entry
        at = read(at, width)
        found.append(Directory(start=start, size=head + count * entry + width, tags=tags))
    if not found:
        raise DamagedFootage(_CUT)
    return found
