"""Edit lists: what a file holds and players do not show (ISO/IEC 14496-12, 8.6.6).

An edit list says which part of a track is presented. What it leaves out is still in the file for
anybody who asks for it. Encoders need one for their delay, and it may say nothing else: the picture
begins with its first frame, the sound within 1,024 samples of its first, and both go
on to their end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from bystander import media

_PLAIN_RATE = 1 << 16  # 16.16
_LONGEST_DELAY = 1024  # samples, which are the ticks of sound: that of AAC
_NOTHING = -1  # media time of an edit in which nothing is shown


@dataclass(slots=True)
class _Track:
    """What the boxes of a track say of its times, in its own ticks but for the edits' lengths."""

    kind: bytes = b""
    ticks: int = 0  # a second
    length: int = 0
    first_shown: int = 0  # when the sample that is decoded first is shown
    edits: list[tuple[int, int, int]] = field(default_factory=list)  # length, start, rate


def examine(path: Path) -> Iterator[str]:
    """Yield what edit lists of *path*, if it is MP4 or MOV, leave out of what is stored."""
    movie_ticks, tracks = _read(path)
    for track in tracks:
        what = {b"vide": "picture", b"soun": "sound"}.get(track.kind, "data")
        shown = [edit for edit in track.edits if edit[1] != _NOTHING]
        if not track.edits:
            continue
        if track.edits[-1:] != shown or not movie_ticks or not track.ticks:
            yield f"an edit list shows the {what} in pieces"
            continue
        length, start, rate = shown[0]
        if rate != _PLAIN_RATE:
            yield f"an edit list changes the pace of the {what}"
        latest = track.first_shown if what == "picture" else _LONGEST_DELAY
        if start > latest:
            yield f"an edit list hides the beginning of the {what}"
        # Lengths are in ticks of the film, which are coarse.
        if start + Fraction((length + 1) * track.ticks, movie_ticks) < track.length:
            yield f"an edit list hides the end of the {what}"
    if media.discarded_packets(path):
        yield "the file holds coded pictures that are not shown"


def _read(path: Path) -> tuple[int, list[_Track]]:
    """Return the ticks a second of the film, and its tracks."""
    movie_ticks, tracks = 0, []
    for element in media.walk(path):
        name = element.name
        if name == "trak":
            tracks.append(_Track())
        elif name in ("mvhd", "mdhd"):
            body = media.content(path, element, 24)
            ticks = _number(body, 20 if body[:1] == b"\1" else 12)
            if name == "mvhd":
                movie_ticks = ticks
            elif tracks:
                tracks[-1].ticks = ticks
        elif not tracks:
            continue
        elif name == "hdlr" and not tracks[-1].kind:
            tracks[-1].kind = media.content(path, element, 12)[8:12]
        elif name == "elst":
            tracks[-1].edits += _edits(media.content(path, element, element.size))
        elif name == "stts":
            body = media.content(path, element, element.size)
            rows = range(8, len(body) - 7, 8)
            tracks[-1].length = sum(_number(body, at) * _number(body, at + 4) for at in rows)
        elif name == "ctts":
            tracks[-1].first_shown = _number(media.content(path, element, 16), 12)
    return movie_ticks, tracks


def _edits(body: bytes) -> Iterator[tuple[int, int, int]]:
    wide = 8 if body[:1] == b"\1" else 4
    for at in range(8, len(body) - 2 * wide - 3, 2 * wide + 4):
        yield (
            _number(body, at, wide),
            int.from_bytes(body[at + wide : at + 2 * wide], "big", signed=True),
            _number(body, at + 2 * wide),
        )


def _number(body: bytes, at: int, size: int = 4) -> int:
    return int.from_bytes(body[at : at + size], "big")
