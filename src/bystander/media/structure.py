"""The skeleton of a container file: which boxes or elements it has, where, and how long.

Two families are read: ISO base media (MP4, MOV; ISO/IEC 14496-12) and EBML (Matroska, WebM;
RFC 8794 and RFC 9559). Nothing is decoded. Sizes in the file are not believed until they fit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from bystander.errors import FootageError

# Boxes of MP4 that hold other boxes, and how many bytes come before the first of those.
_MP4_PARENTS = {
    "moov": 0, "trak": 0, "mdia": 0, "minf": 0, "stbl": 0, "dinf": 0, "edts": 0, "udta": 0,
    "moof": 0, "traf": 0, "mvex": 0, "meta": 4, "ilst": 0, "stsd": 8, "dref": 8, "tapt": 0,
    "avc1": 78, "hvc1": 78, "hev1": 78, "vp09": 78, "av01": 78, "mp4a": 28, "Opus": 28, "wave": 0,
}  # fmt: skip
# What QuickTime puts before the boxes inside a sound description, by its version.
_SOUND_EXTRA = {0: 0, 1: 16, 2: 36}
_EBML_PARENTS = {
    0x1A45DFA3, 0x18538067, 0x114D9B74, 0x4DBB, 0x1549A966, 0x1654AE6B, 0xAE, 0xE0, 0xE1,
    0x55B0, 0x55D0, 0x1C53BB6B, 0xBB, 0xB7, 0x1F43B675, 0xA0, 0x1254C367, 0x7373, 0x63C0,
    0x67C8, 0x1941A469, 0x61A7, 0x1043A770, 0x45B9, 0xB6, 0x80, 0x75A1, 0xA6, 0x6D80, 0x41E4,
}  # fmt: skip
_EBML_UNKNOWN_SIZE_ENDS = {0x1F43B675, 0x18538067}
_DEEPEST = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One box or element.

    Attributes:
        path: Names from the outermost in; boxes by their four letters, EBML ids in hexadecimal.
        start: Offset of its content in the file, in bytes.
        size: Length of its content in bytes, as far as the file goes.
        cut: Whether the file ends before it does.
        parent: Whether its children follow.
    """

    path: tuple[str, ...]
    start: int
    size: int
    cut: bool
    parent: bool

    @property
    def name(self) -> str:
        """The innermost name."""
        return self.path[-1]


def walk(path: Path, *, deep: bool = True) -> Iterator[Element]:
    """Yield every box or element of *path*, outermost first, in file order.

    Yields nothing for a file of another family. Only the outermost unless *deep*.

    Raises:
        FootageError: A size makes no sense, or boxes are nested without end.
    """
    length = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(12)
        if head[:4] == b"\x1a\x45\xdf\xa3":
            yield from _walk_ebml(file, 0, length, (), deep)
        elif head[4:8] in (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"styp", b"pnot"):
            yield from _walk_mp4(file, 0, length, (), deep)


def content(path: Path, element: Element, limit: int = 1 << 20) -> bytes:
    """Return the bytes of *element*, at most *limit* of them."""
    with path.open("rb") as file:
        file.seek(element.start)
        return file.read(min(element.size, limit))


def is_cut(path: Path) -> bool:
    """Return whether *path* declares more bytes than it has. RIFF (AVI) is understood too."""
    length = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(8)
    if head[:4] == b"RIFF":
        return int.from_bytes(head[4:8], "little") + 8 > length + 1
    return any(element.cut for element in walk(path, deep=False))


def _walk_mp4(
    file: BinaryIO, start: int, end: int, above: tuple[str, ...], deep: bool
) -> Iterator[Element]:
    at = start
    while at + 8 <= end:
        file.seek(at)
        header = file.read(16)
        size, head = int.from_bytes(header[:4], "big"), 8
        name = header[4:8].decode("latin-1")
        if size == 1 and len(header) == 16:
            size, head = int.from_bytes(header[8:16], "big"), 16
        elif size == 0:
            size = end - at
            if above and name == "\0\0\0\0":
                return  # QuickTime ends some lists of boxes with four zero bytes
        if size < head:
            raise FootageError(f"the file is malformed: a box at byte {at} has an impossible size")
        inner = _before_children(file, at + head, name)
        parent = inner is not None and len(above) < _DEEPEST and size - head >= inner
        stop = min(at + size, end)
        here = (*above, name)
        yield Element(
            path=here, start=at + head, size=stop - at - head, cut=at + size > end, parent=parent
        )
        if deep and parent and inner is not None:
            yield from _walk_mp4(file, at + head + inner, stop, here, deep)
        at += size


def _walk_ebml(
    file: BinaryIO, start: int, end: int, above: tuple[str, ...], deep: bool
) -> Iterator[Element]:
    at = start
    while at < end:
        file.seek(at)
        header = file.read(12)
        id_length = _vint_length(header[:1])
        size_length = _vint_length(header[id_length : id_length + 1]) if id_length <= 4 else 0
        if not id_length or id_length > 4 or not size_length:
            raise FootageError(f"the file is malformed: no element where one is due, at byte {at}")
        number = int.from_bytes(header[:id_length], "big")
        raw = int.from_bytes(header[id_length : id_length + size_length], "big")
        size = raw & ((1 << (7 * size_length)) - 1)
        content_at = at + id_length + size_length
        unknown = size == (1 << (7 * size_length)) - 1
        if unknown:
            if number not in _EBML_UNKNOWN_SIZE_ENDS:
                raise FootageError(f"the file is malformed: an element at byte {at} has no size")
            size = end - content_at
        parent = number in _EBML_PARENTS and len(above) < _DEEPEST
        stop = min(content_at + size, end)
        here = (*above, f"{number:X}")
        yield Element(
            path=here,
            start=content_at,
            size=max(0, stop - content_at),
            cut=content_at + size > end,
            parent=parent,
        )
        if deep and parent:
            yield from _walk_ebml(file, content_at, stop, here, deep)
        at = content_at + size


def _before_children(file: BinaryIO, start: int, name: str) -> int | None:
    """Return how many bytes of a box's content come before the boxes in it; ``None``: no boxes."""
    inner = _MP4_PARENTS.get(name)
    if name == "meta":  # QuickTime's has no version and flags before its first box
        file.seek(start + 4)
        return 0 if file.read(4) == b"hdlr" else inner
    if name == "mp4a" and inner is not None:
        file.seek(start + 8)
        return inner + _SOUND_EXTRA.get(int.from_bytes(file.read(2), "big"), 0)
    return inner


def _vint_length(first: bytes) -> int:
    """Return how many bytes an EBML variable-size number has, by its first; 0: none starts so."""
    return 9 - first[0].bit_length() if first and first[0] else 0
