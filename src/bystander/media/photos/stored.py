"""Which pictures a photo's file holds: how large each is, and in a film how long it is shown."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from bystander.errors import DamagedFootage, FootageError
from bystander.media.photos import forms, pieces, tiff
from bystander.media.photos.decode import TURNS, check_size
from bystander.media.photos.pieces import Buffer
from bystander.records import Limits

# Programs show a picture of a film that is to last no longer than this for as long as the other.
_TOO_SHORT, _SHORTEST_SHOWN = Fraction(1, 100), Fraction(1, 10)
_FINEST = 1_000_000  # of a second: parts that all times of a film may have in common
_TIFF_GREY = (0, 1)  # how its numbers mean light: from white on, or from black (TIFF 6.0, 8)
_ASIDE = "a first picture that is no part of the film was left out"
SHORT = "pictures that state next to no time are shown for a tenth of a second, as browsers do"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """The pictures in one file.

    Attributes:
        numbers: Which of the file's pictures are read, as Pillow numbers them.
        sizes: Width and height of each, as stored; empty where the decoder is to be asked.
        lasts: How long each is shown, in seconds; empty where it is no film.
        loops: Whether a film begins anew at its end.
        lossless: Whether the pixels were kept exactly.
        depth: Bits a sample, 0 where the decoder is to be asked.
        grey: Whether no picture has colour if the first has none.
        notes: What is left aside, or taken otherwise than stated, in words.
    """

    numbers: tuple[int, ...] = (0,)
    sizes: tuple[tuple[int, int], ...] = ()
    lasts: tuple[Fraction, ...] = ()
    loops: bool = False
    lossless: bool = True
    depth: int = 0
    grey: bool = True
    notes: tuple[str, ...] = ()


def look(data: Buffer, form: forms.Form, limits: Limits) -> Stored:
    """Return which pictures the file holds.

    Raises:
        DamagedFootage: The file is cut short.
        FootageError: It is a raw photo, or a picture in it has no pixels.
        BeyondLimits: A picture in it is too large.
    """
    held = _look(data, form)
    for size in held.sizes:
        check_size(*size, limits)
    return held


def _look(data: Buffer, form: forms.Form) -> Stored:
    if form.name in _LOOKS:
        return _LOOKS[form.name](data)
    if form is forms.HEIC:
        _check_texts(data)
        return Stored(lossless=False)
    if form is forms.AVIF:
        return Stored(lossless=False, depth=_av1_depth(data))
    return Stored(lossless=form is forms.BMP)


def _check_texts(data: Buffer) -> None:
    """Check that what libheif gives on as text is text: its binding crashes where it is not.

    Raises:
        DamagedFootage: It is not.
    """
    for piece in pieces.boxes(data):
        content = data[piece.start : piece.start + min(piece.size, 1 << 16)]
        at = {"infe": 10 if content[:1] == b"\3" else 8, "auxC": 4}.get(piece.name.split("/")[-1])
        try:
            if at is not None:
                content[at:].decode("utf-8")
        except UnicodeDecodeError:
            raise DamagedFootage("the photo is damaged: a name in it is no text") from None


def _av1_depth(data: Buffer) -> int:
    """Return the bits a sample by the configuration of AV1 (its ISO binding, 2.3.3)."""
    for piece in pieces.boxes(data):
        if piece.name == "meta/iprp/ipco/av1C" and piece.size >= 3:
            flags = data[piece.start + 2]
            return (12 if flags & 0x20 else 10) if flags & 0x40 else 8
    return 0


def _film(
    sizes: list[tuple[int, int]],
    lasts: list[Fraction],
    *,
    loops: bool,
    lossless: bool = True,
    first: int = 0,
    depth: int = 0,
) -> Stored:
    if len(lasts) < 2:
        return Stored(numbers=(first,), sizes=tuple(sizes[:1]), lossless=lossless, depth=depth)
    lasts = _bounded(lasts)
    shown = tuple(_SHORTEST_SHOWN if last <= _TOO_SHORT else last for last in lasts)
    return Stored(
        numbers=tuple(range(first, first + len(lasts))),
        sizes=tuple(sizes),
        lasts=shown,
        loops=loops,
        lossless=lossless,
        depth=depth,
        notes=(SHORT,) if shown != tuple(lasts) else (),
    )


def _bounded(lasts: list[Fraction]) -> list[Fraction]:
    """Return *lasts*, to a thousandth of a second where their sum would be no number to work with.

    A PNG states each as a fraction of its own; thousands that share no divisor take minutes to add.
    """
    together = 1
    for of in {last.denominator for last in lasts}:
        together = math.lcm(together, of)
        if together > _FINEST:
            return [Fraction(round(last * 1000), 1000) for last in lasts]
    return lasts


def _gif(data: Buffer) -> Stored:
    width, height = _u16(data, 6), _u16(data, 8)
    lasts: list[Fraction] = []
    delay, loops = Fraction(0), False
    tables: list[bytes] = []
    for piece in pieces.gif(data):
        at = piece.start
        if piece.name == "extension F9" and piece.size >= 6:
            delay = Fraction(_u16(data, at + 2), 100)
        elif piece.name == "extension FF" and data[at : at + 12] == b"\x0bNETSCAPE2.0":
            loops = True
        elif piece.name == "image":
            # Pictures that reach beyond the stated screen make it larger.
            width = max(width, _u16(data, at) + _u16(data, at + 4))
            height = max(height, _u16(data, at + 2) + _u16(data, at + 6))
            lasts.append(delay)
            delay = Fraction(0)
            flags, begin = (data[at + 8], at + 9) if data[at + 8] & 0x80 else (data[10], 13)
            size = 3 << ((flags & 7) + 1) if flags & 0x80 else 0
            tables.append(data[begin : begin + size])
    if not lasts:
        raise FootageError("the photo has no picture")
    if _is_ramp(tables[0]) and not all(map(_is_ramp, tables)):
        raise FootageError(  # Pillow takes all of it for grey
            "a GIF whose first picture has a grey palette and others have colours is not read",
            hint="convert it to WebP or PNG first",
        )
    return replace(_film([(width, height)] * len(lasts), lasts, loops=loops), grey=len(lasts) == 1)


def _is_ramp(table: bytes) -> bool:
    """Return whether a palette is every grey from black on in its order, or there is none."""
    return table == bytes(n // 3 for n in range(len(table)))


def _png(data: Buffer) -> Stored:
    lasts: list[Fraction] = []
    size, loops, begun, aside, depth = (0, 0), False, False, 0, 8
    for piece in pieces.png(data):
        at = piece.start
        if piece.name == "IHDR" and piece.size == 13:
            size, depth = (_u32(data, at), _u32(data, at + 4)), data[at + 8]
        elif piece.name == "acTL" and piece.size == 8:
            loops = _u32(data, at + 4) != 1
        elif piece.name == "IDAT" and not begun:
            # A first picture that is no part of the film is for programs that show none.
            begun, aside = True, int(not lasts)
        elif piece.name == "fcTL" and piece.size == 26:
            number, of = (int.from_bytes(data[at + n : at + n + 2], "big") for n in (20, 22))
            lasts.append(Fraction(number, of or 100))
    first = aside if len(lasts) > 1 else 0
    made = _film([size] * max(1, len(lasts)), lasts, loops=loops, first=first, depth=depth)
    return replace(made, notes=(*made.notes, _ASIDE)) if first else made


def _webp(data: Buffer) -> Stored:
    lasts: list[Fraction] = []
    size, loops, lossless = (0, 0), False, True
    for piece in pieces.riff(data):
        at = piece.start
        if piece.name == "VP8X" and piece.size >= 10:
            size = _u24(data, at + 4) + 1, _u24(data, at + 7) + 1
        elif piece.name == "VP8 " and piece.size >= 10:
            lossless = False
            size = size if any(size) else (_u16(data, at + 6) & 0x3FFF, _u16(data, at + 8) & 0x3FFF)
        elif piece.name == "VP8L" and piece.size >= 5 and not any(size):
            bits = int.from_bytes(data[at + 1 : at + 5], "little")
            size = (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1
        elif piece.name == "ANIM" and piece.size >= 6:
            loops = _u16(data, at + 4) != 1
        elif piece.name == "ANMF" and piece.size >= 16:
            lasts.append(Fraction(_u24(data, at + 12), 1000))
            inner = pieces.riff(data, at + 16, at + piece.size)
            lossless = lossless and all(chunk.name != "VP8 " for chunk in inner)
    return _film([size] * max(1, len(lasts)), lasts, loops=loops, lossless=lossless)


def _tiff(data: Buffer) -> Stored:
    pages = tiff.directories(data)
    if any(50706 in page.tags for page in pages) or data[8:10] == b"CR" or pages[0].number(254) & 1:
        raise FootageError(
            "this is a camera's raw photo, which is not read",
            hint="develop it to a JPEG or TIFF and redact that",
        )
    numbers = [n for n, page in enumerate(pages) if not page.number(254) & 1]
    sizes = []
    for number in numbers:
        page = pages[number]
        size = page.number(256), page.number(257)
        sizes.append(TURNS.get(page.number(274, 1), TURNS[1]).size(*size))
    notes = ("further pictures inside its pages were left out",) * any(330 in p.tags for p in pages)
    grey = all(pages[number].number(262) in _TIFF_GREY for number in numbers)
    return Stored(numbers=tuple(numbers), sizes=tuple(sizes), grey=grey, notes=notes)


def _u16(data: Buffer, at: int) -> int:
    return int.from_bytes(data[at : at + 2], "little")


def _u24(data: Buffer, at: int) -> int:
    return int.from_bytes(data[at : at + 3], "little")


def _u32(data: Buffer, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "big")


_LOOKS: dict[str, Callable[[Buffer], Stored]] = {
    forms.GIF.name: _gif,
    forms.PNG.name: _png,
    forms.WEBP.name: _webp,
    forms.TIFF.name: _tiff,
}
