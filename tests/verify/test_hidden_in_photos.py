"""Bytes that are hidden where a photo's file has room for them are found, whatever they are."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.photo_traps import _chunk, _segment
from tests.verify.test_photos import WRITTEN, Bench, scene

from bystander import media
from bystander.media.photos import colour, pieces, tiff
from bystander.verify import photos

SECRET = b"hello-4711-" * 12


def _scan_tail(data: bytes) -> bytes:
    return data[:-2] + SECRET + data[-2:]


def _quantisation(data: bytes) -> bytes:
    return data[:20] + _segment(0xDB, b"\3" + SECRET[:64]) + data[20:]


def _codes(data: bytes) -> bytes:
    counts = bytes([0] * 7 + [100] + [0] * 8)
    return data[:20] + _segment(0xC4, b"\3" + counts + SECRET[:100]) + data[20:]


def _profile_of_nothing(data: bytes) -> bytes:
    return data[:20] + _segment(0xE2, b"ICC_PROFILE\0" + SECRET[:2]) + data[20:]


def _below_the_last_row(data: bytes) -> bytes:
    """Put the original below the new picture, and say that it is only as high as that."""
    with Image.open(io.BytesIO(data)) as made:
        tall = Image.new("RGB", (made.width, 2 * made.height))
        tall.paste(made, (0, 0))
        tall.paste(scene(), (0, made.height))
    file = io.BytesIO()
    tall.save(file, "JPEG", quality=95, subsampling=0)
    coded = bytearray(file.getvalue())
    at = coded.index(b"\xff\xc0") + 5
    coded[at : at + 2] = (tall.height // 2).to_bytes(2, "big")
    return bytes(coded)


def _second_head(data: bytes) -> bytes:
    return data[:33] + data[8:33] + data[33:]


def _two_profiles(data: bytes) -> bytes:
    own, none = (
        _chunk(b"iCCP", b"ICC Profile\0\0" + zlib.compress(held)) for held in (SECRET, b"")
    )
    return data[:33] + own + none + data[33:]


def _behind_the_codes(data: bytes) -> bytes:
    end = data.rindex(b"\0\x3b")
    return data[:end] + bytes([len(SECRET)]) + SECRET + data[end:]


def _aspect(data: bytes) -> bytes:
    return data[:11] + b"hi" + data[13:]


def _riff(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"".join(
        name + struct.pack("<I", len(held)) + held + bytes(len(held) & 1) for name, held in chunks
    )
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


def _webp_pixels(data: bytes) -> tuple[bytes, bytes]:
    (piece,) = pieces.riff(data)
    return piece.name.encode(), data[piece.start : piece.start + piece.size]


def _webp_tail(data: bytes) -> bytes:
    name, held = _webp_pixels(data)
    return _riff((name, held + SECRET))


def _webp_head(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data)) as made:
        sides = b"".join((side - 1).to_bytes(3, "little") for side in made.size)
    return _riff((b"VP8X", b"\0hey" + sides), _webp_pixels(data))


def _strip_tail(data: bytes) -> bytes:
    (page,) = tiff.directories(data)
    start, size = page.strips(data)[-1]
    moved = bytearray(data[:start] + bytes(size) + data[start + size :])
    for number, value in ((273, len(data)), (279, size + len(SECRET))):
        tag = page.tags[number]
        at = tag.start + tag.size - 4
        assert tag.kind == 4
        moved[at : at + 4] = value.to_bytes(4, "little")
    return bytes(moved) + data[start : start + size] + SECRET


def _behind_a_value(data: bytes) -> bytes:
    (page,) = tiff.directories(data)
    at = page.tags[256].start + 2
    return data[:at] + b"hi" + data[at + 2 :]


def _bmp_colours(data: bytes) -> bytes:
    return data[:46] + b"hello..." + data[54:]


def _handler(data: bytes) -> bytes:
    at = data.index(b"hdlr") + 16
    return data[:at] + b"hello-4711-." + data[at + 12 :]


def _avif_moved(data: bytes, by: int) -> bytes:
    at = data.index(b"iloc") + 18
    place = int.from_bytes(data[at : at + 4], "big") + by
    return data[:at] + place.to_bytes(4, "big") + data[at + 4 :]


def _second_mdat(data: bytes) -> bytes:
    at = data.index(b"mdat") - 4
    box = struct.pack(">I", 8 + len(SECRET)) + b"mdat" + SECRET
    return _avif_moved(data[:at] + box + data[at:], len(box))


def _brands(data: bytes) -> bytes:
    size = int.from_bytes(data[:4], "big")
    longer = struct.pack(">I", size + 44) + data[4:size] + SECRET[:44] + data[size:]
    return _avif_moved(longer, 44)


HIDDEN: list[tuple[str, Callable[[bytes], bytes]]] = [
    (".jpg", _scan_tail),
    (".jpg", _quantisation),
    (".jpg", _codes),
    (".jpg", _profile_of_nothing),
    (".jpg", _below_the_last_row),
    (".png", _second_head),
    (".png", _two_profiles),
    (".gif", _behind_the_codes),
    (".gif", _aspect),
    (".webp", _webp_tail),
    (".webp", _webp_head),
    (".tif", _strip_tail),
    (".tif", _behind_a_value),
    (".bmp", _bmp_colours),
    (".avif", _handler),
    (".avif", _second_mdat),
    (".avif", _brands),
]


@pytest.mark.parametrize(("suffix", "hide"), HIDDEN)
def test_bytes_that_no_program_shows_are_found(
    tmp_path: Path, suffix: str, hide: Callable[[bytes], bytes]
) -> None:
    bench = Bench(tmp_path)
    output = bench.render(suffix)
    assert bench.leaks(output) == []
    with_more = hide(output.read_bytes())
    assert with_more != output.read_bytes()
    output.write_bytes(with_more)
    leaks = bench.leaks(output)
    assert any(leak.check == "container" for leak in leaks)
    assert "hello" not in str(leaks)


def test_what_fills_the_rows_of_a_bitmap_is_found(tmp_path: Path) -> None:
    bench = Bench(tmp_path, image=scene().crop((0, 0, 191, 144)))
    output = bench.render(".bmp")
    assert bench.leaks(output) == []
    data = bytearray(output.read_bytes())
    data[54 + 573 : 54 + 576] = b"hey"
    output.write_bytes(data)
    assert bench.leaks(output)


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".avif"])
@pytest.mark.parametrize("name", [colour.SRGB, colour.DISPLAY_P3])
@pytest.mark.parametrize("size", [(1, 1), (17, 9), (300, 2)])
def test_small_and_plain_photos_are_not_taken_for_more(
    tmp_path: Path, suffix: str, name: str, size: tuple[int, int]
) -> None:
    path, output = tmp_path / "in.png", tmp_path / f"out{suffix}"
    Image.new("RGB", size, (128, 128, 128)).save(path, icc_profile=colour.standard(name))
    footage = media.open_footage(path)
    assert isinstance(footage, media.Photo)
    with media.record(output, footage, crf=None, preset="medium") as recorder:
        for frame in footage.frames():
            recorder.write(frame)
    assert photos.examine(output, footage) == []


@pytest.mark.parametrize("suffix", WRITTEN)
def test_any_bytes_at_all_are_judged_and_break_nothing(tmp_path: Path, suffix: str) -> None:
    bench = Bench(tmp_path)
    output = bench.render(suffix)
    whole = output.read_bytes()
    random = np.random.default_rng(4)
    judged = 0
    for turn in range(60):
        data = bytearray(whole)
        for _ in range(1 + turn % 4):
            data[random.integers(8, min(len(data), 600))] = random.integers(256)
        if turn % 3 == 0:
            del data[random.integers(8, len(data)) :]
        output.write_bytes(data)
        judged += bool(photos.examine(output, bench.footage))
    assert judged > 20
