"""Edit lists of drawn recordings, changed so that they leave something out."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av


def leave_out(
    path: Path,
    *,
    before_s: Fraction = Fraction(0),
    after_s: Fraction | None = None,
    kinds: tuple[bytes, ...] = (b"vide", b"soun"),
    rate: int = 1 << 16,
) -> None:
    """Have the tracks of *path* shown from *before_s* to *after_s* only; the rest stays stored.

    Its tracks have edit lists of one entry of version 0, as FFmpeg writes them.
    """
    held = bytearray(path.read_bytes())
    movie_ticks = _number(held, held.index(b"mvhd") + 16)
    for trak in _all(held, b"trak"):
        elst, mdhd = held.index(b"elst", trak) + 12, held.index(b"mdhd", trak)
        kind = bytes(held[held.index(b"hdlr", trak) + 12 :][:4])
        if kind not in kinds:
            continue
        length, start, _ = struct.unpack_from(">IiI", held, elst)
        ends = length if after_s is None else round(after_s * movie_ticks)
        start += round(before_s * _number(held, mdhd + 16))
        struct.pack_into(">IiI", held, elst, ends - round(before_s * movie_ticks), start, rate)
    path.write_bytes(held)


def all_frames(path: Path) -> Iterator[av.VideoFrame]:
    """Yield all frames that *path* holds, whether they are to be shown or not."""
    with av.open(str(path), container_options={"ignore_editlist": "1"}) as container:
        yield from container.decode(video=0)


def _all(held: bytearray, name: bytes) -> Iterator[int]:
    at = held.find(name)
    while at >= 0:
        yield at
        at = held.find(name, at + 4)


def _number(held: bytearray, at: int) -> int:
    return int.from_bytes(held[at : at + 4], "big")
