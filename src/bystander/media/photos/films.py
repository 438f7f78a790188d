"""Films of pictures: GIF, PNG and WebP files put together from single pictures that Pillow coded.

Pillow writes films itself, but leaves out what does not change from one picture to the next, and
joins pictures that are the same. Here every picture stands alone and for as long as it did, and
nothing else is in the file.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from fractions import Fraction
from typing import BinaryIO

from bystander.errors import FootageError, WrongPath
from bystander.media.photos import forms, pieces


class Film:
    """Writes pictures, each coded as a file of its own, to one file."""

    def __init__(
        self, file: BinaryIO, form: forms.Form, size: tuple[int, int], count: int, *, loops: bool
    ) -> None:
        """Begin the file.

        Args:
            file: Where to.
            form: GIF, PNG or WebP.
            size: Width and height of every picture.
            count: How many pictures will come.
            loops: Whether it begins anew at its end.
        """
        self._file, self._form, self._size = file, form, size
        self._count, self._loops = count, loops
        self._written = self._sequence = 0
        self._end = Fraction(0)
        self._add: Callable[[bytes, Fraction, Fraction], None] = {
            forms.GIF.name: self._add_gif,
            forms.PNG.name: self._add_png,
            forms.WEBP.name: self._add_webp,
        }[form.name]

    def add(self, coded: bytes, at: Fraction, lasts: Fraction) -> None:
        """Add a picture.

        Args:
            coded: A file of the film's own kind with one picture in it.
            at: When it is shown, seconds since the first.
            lasts: How long it is shown, in seconds.

        Raises:
            WrongPath: It is shown too shortly or too long for such a file.
            FootageError: It is shown too long for any.
        """
        self._add(coded, at, lasts)
        self._written += 1

    def close(self) -> None:
        """Finish the file."""
        if self._form is forms.GIF:
            self._file.write(b"\x3b")
        elif self._form is forms.PNG:
            self._file.write(_chunk(b"IEND", b""))
        else:
            size = self._file.tell()
            self._file.seek(4)
            self._file.write((size - 8).to_bytes(4, "little"))
            self._file.seek(size)

    def _ticks(self, at: Fraction, lasts: Fraction, per_second: int, least: int, most: int) -> int:
        """Return how long a picture is shown, so that rounding does not add up."""
        ticks = round((at + lasts) * per_second) - round(at * per_second)
        if not least <= ticks <= most:
            raise WrongPath(
                f"a picture that is shown for {float(lasts):g} s cannot be held by such a file",
                hint="name the output .png, which holds such times",
            )
        return ticks

    def _add_gif(self, coded: bytes, at: Fraction, lasts: Fraction) -> None:
        delay = self._ticks(at, lasts, 100, 2, 0xFFFF)
        if not self._written:
            self._file.write(b"GIF89a" + struct.pack("<HHBBB", *self._size, 0x70, 0, 0))
            if self._loops:
                self._file.write(b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0")
        screen = coded[10]
        table = coded[13 : 13 + (3 << ((screen & 7) + 1))]
        found = {piece.name: piece for piece in pieces.gif(coded)}
        image, pixels = found["image"], found["pixels"]
        place = coded[image.start : image.start + 8]
        self._file.write(b"\x21\xf9\x04\x04" + struct.pack("<H", delay) + b"\0\0")
        self._file.write(b"\x2c" + place + bytes([0x80 | (screen & 7)]) + table)
        self._file.write(coded[pixels.start : pixels.start + pixels.size])

    def _add_png(self, coded: bytes, _at: Fraction, lasts: Fraction) -> None:
        chunks = [(p.name, coded[p.start : p.start + p.size]) for p in pieces.png(coded)]
        if not self._written:
            self._file.write(coded[:8])
            for name, content in chunks:
                if name in ("IHDR", "iCCP"):
                    self._file.write(_chunk(name.encode(), content))
            times = 0 if self._loops else 1
            self._file.write(_chunk(b"acTL", struct.pack(">II", self._count, times)))
        number, of = _in_16_bits(lasts)
        control = struct.pack(">IIIII", self._next(), *self._size, 0, 0)
        self._file.write(_chunk(b"fcTL", control + struct.pack(">HHBB", number, of, 0, 0)))
        for name, content in chunks:
            if name == "IDAT" and self._written:
                self._file.write(_chunk(b"fdAT", struct.pack(">I", self._next()) + content))
            elif name == "IDAT":
                self._file.write(_chunk(b"IDAT", content))

    def _next(self) -> int:
        self._sequence += 1
        return self._sequence - 1

    def _add_webp(self, coded: bytes, at: Fraction, lasts: Fraction) -> None:
        shown = self._ticks(at, lasts, 1000, 1, 0xFFFFFF)
        found = {p.name: coded[p.start : p.start + p.size] for p in pieces.riff(coded)}
        if not self._written:
            sides = b"".join((side - 1).to_bytes(3, "little") for side in self._size)
            has_profile = "ICCP" in found
            flags = bytes([0x02 | (0x20 if has_profile else 0), 0, 0, 0])
            self._file.write(b"RIFF\0\0\0\0WEBP" + _riff(b"VP8X", flags + sides))
            if has_profile:
                self._file.write(_riff(b"ICCP", found["ICCP"]))
            times = 0 if self._loops else 1
            self._file.write(_riff(b"ANIM", b"\xff" * 4 + times.to_bytes(2, "little")))
        name = "VP8L" if "VP8L" in found else "VP8 "
        sides = b"".join((side - 1).to_bytes(3, "little") for side in self._size)
        head = bytes(6) + sides + shown.to_bytes(3, "little") + b"\x02"  # not blended
        self._file.write(_riff(b"ANMF", head + _riff(name.encode(), found[name])))


def _in_16_bits(lasts: Fraction) -> tuple[int, int]:
    """Return *lasts* as a fraction of two numbers below 65536, as near as that goes."""
    if lasts.numerator <= 0xFFFF and lasts.denominator <= 0xFFFF:
        return lasts.numerator, lasts.denominator
    for of in (1000, 100, 10, 1):
        if round(lasts * of) <= 0xFFFF:
            return round(lasts * of), of
    raise FootageError("a picture that is shown for longer than 18 hours cannot be held")


def _chunk(name: bytes, content: bytes) -> bytes:
    check = zlib.crc32(name + content).to_bytes(4, "big")
    return len(content).to_bytes(4, "big") + name + content + check


def _riff(name: bytes, content: bytes) -> bytes:
    return name + len(content).to_bytes(4, "little") + content + bytes(len(content) & 1)
