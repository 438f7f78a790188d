"""The directories of a TIFF: which tags each page has, and where their values lie (TIFF 6.0, 2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bystander.errors import DamagedFootage
from bystander.media.photos.pieces import Buffer

# Bytes of a value, by its type; 13, 16, 17 and 18 are later additions.
_TYPE_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8,
               13: 4, 16: 8, 17: 8, 18: 8}  # fmt: skip
_MOST_DIRECTORIES = 10_000
_MOST_VALUES = 4096  # read of one tag
_CUT = "the photo is cut short or damaged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """One entry: how many values of which type it has, where they lie, and the first whole ones."""

    kind: int
    count: int
    start: int
    size: int
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """One page: its tags by number, and where in the file the directory itself lies."""

    start: int
    size: int
    tags: dict[int, Tag]

    def number(self, tag: int, otherwise: int = 0) -> int:
        """Return the first value of *tag*."""
        found = self.tags.get(tag)
        return found.values[0] if found and found.values else otherwise

    @property
    def strips(self) -> Iterator[tuple[int, int]]:
        """Where its pixels lie: starts and sizes of strips or tiles."""
        for starts, sizes in ((273, 279), (324, 325)):
            if starts in self.tags and sizes in self.tags:
                yield from zip(self.tags[starts].values, self.tags[sizes].values, strict=False)


def directories(data: Buffer) -> list[Directory]:
    """Return every page of a TIFF, in order.

    Raises:
        DamagedFootage: A directory lies outside the file, or they go round in a circle.
    """
    order = "little" if data[:2] == b"II" else "big"
    big = 43 in (data[2], data[3])
    width = 8 if big else 4

    def read(at: int, size: int) -> int:
        if at < 0 or at + size > len(data):
            raise DamagedFootage(_CUT)
        return int.from_bytes(data[at : at + size], order)  # type: ignore[arg-type]

    found: list[Directory] = []
    seen: set[int] = set()
    at = read(8 if big else 4, width)
    while at:
        if at in seen or len(found) >= _MOST_DIRECTORIES:
            raise DamagedFootage(_CUT)
        seen.add(at)
        start = at
        head, entry = (8, 20) if big else (2, 12)
        count = read(at, head)
        if at + head + count * entry + width > len(data):
            raise DamagedFootage(_CUT)
        at += head
        tags: dict[int, Tag] = {}
        for _ in range(count):
            kind, number = read(at + 2, 2), read(at + 4, width)
            each = _TYPE_BYTES.get(kind, 1)
            size = each * number
            place = at + 4 + width if size <= width else read(at + 4 + width, width)
            values: tuple[int, ...] = ()
            if kind in (1, 3, 4, 13, 16, 18) and place + size <= len(data):
                most = number if size <= len(data) else _MOST_VALUES
                values = tuple(read(place + each * n, each) for n in range(most))
            tags[read(at, 2)] = Tag(kind=kind, count=number, start=place, size=size, values=values)
            at += entry
        at = read(at, width)
        found.append(Directory(start=start, size=head + count * entry + width, tags=tags))
    if not found:
        raise DamagedFootage(_CUT)
    return found
