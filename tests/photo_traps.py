"""Photos that hold a marker wherever their kind of file has room for one; made byte by byte.

Made with Pillow and by hand, not with the code under test.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import ExifTags, Image, ImageCms, PngImagePlugin, TiffImagePlugin

MARK = "Zaphod-4711-Beeblebrox"
_M = MARK.encode()
_XMP = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{MARK}</x:xmpmeta>".encode()


def exif(orientation: int = 1) -> bytes:
    """An EXIF block with the marker in tags, maker's note, position and thumbnail."""
    made = Image.Exif()
    made[ExifTags.Base.Orientation] = orientation
    made[ExifTags.Base.Artist] = MARK
    made[ExifTags.Base.ImageDescription] = MARK
    made.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.MakerNote] = _M
    made.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.BodySerialNumber] = MARK
    made.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSAreaInformation] = _M
    made.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (52.0, 31.0, 12.0)
    return made.tobytes()


def profile() -> bytes:
    """sRGB, with the marker where a profile says what it is."""
    plain = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    at = plain.find("sRGB".encode("utf-16-be"))
    assert at > 0
    text = MARK[:4].encode("utf-16-be")
    plain[at : at + len(text)] = text
    count = int.from_bytes(plain[128:132], "big")
    assert count
    return bytes(plain) + _M + bytes(-len(_M) % 4)


def _segment(marker: int, content: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + (len(content) + 2).to_bytes(2, "big") + content


def _coded(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def jpeg(image: Image.Image, orientation: int = 1) -> bytes:
    other = _coded(image.resize((64, 48)), "JPEG", comment=_M)
    plain = _coded(
        image,
        "JPEG",
        quality=90,
        exif=exif(orientation),
        icc_profile=profile(),
        comment=_M,
    )
    planted = b"".join(
        [
            _segment(0xE0, b"JFXX\0\x10" + other),
            _segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + _XMP),
            _segment(0xE2, b"MPF\0MM\0*" + _M),
            _segment(0xE2, b"urn:iso:std:iso:ts:21496:-1\0" + _M),
            _segment(0xED, b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0" + _M),
            _segment(0xEB, _M),
        ]
    )
    # A second picture as MPF has it, and the film of a motion photo.
    film = struct.pack(">I", 24) + b"ftypmp42" + bytes(12) + b"mdat" + _M
    return plain[:2] + planted + plain[2:] + other + film


def _chunk(name: bytes, content: bytes) -> bytes:
    check = zlib.crc32(name + content).to_bytes(4, "big")
    return len(content).to_bytes(4, "big") + name + content + check


def png(image: Image.Image, orientation: int = 1) -> bytes:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", MARK)
    texts.add_text("Packed", MARK, zip=True)
    texts.add_itxt("XML:com.adobe.xmp", _XMP.decode())
    texts.add_itxt("Packed too", MARK, zip=True)
    plain = _coded(image, "PNG", pnginfo=texts, exif=exif(orientation), icc_profile=profile())
    end = plain.rindex(b"IEND") - 4
    return plain[:end] + _chunk(b"prVt", _M) + plain[end:] + _M


def webp(image: Image.Image, orientation: int = 1) -> bytes:
    plain = _coded(
        image, "WEBP", quality=90, exif=exif(orientation), xmp=_XMP, icc_profile=profile()
    )
    body = plain[12:] + b"prVt" + len(_M).to_bytes(4, "little") + _M + bytes(len(_M) & 1)
    return b"RIFF" + (len(body) + 4).to_bytes(4, "little") + b"WEBP" + body + _M


def tiff(image: Image.Image, orientation: int = 1) -> bytes:
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    for number in (270, 271, 272, 305, 306, 315, 316, 33432, 65001):
        tags[number] = MARK
        tags.tagtype[number] = 2
    tags[274] = orientation
    tags[700] = _XMP
    tags.tagtype[700] = 1
    tags[33723] = _M
    tags.tagtype[33723] = 7
    return _coded(image, "TIFF", tiffinfo=tags, icc_profile=profile()) + _M


def avif(image: Image.Image, orientation: int = 1) -> bytes:
    plain = _coded(
        image, "AVIF", quality=90, exif=exif(orientation), xmp=_XMP, icc_profile=profile()
    )
    return plain + struct.pack(">I", 8 + len(_M)) + b"uuid" + _M


def bmp(image: Image.Image, orientation: int = 1) -> bytes:
    assert orientation == 1
    return _coded(image, "BMP") + _M


def gif(image: Image.Image, orientation: int = 1) -> bytes:
    assert orientation == 1
    plain = _coded(image, "GIF", comment=_M)
    extension = b"\x21\xff\x0bXMP DataXMP" + bytes([len(_M)]) + _M + b"\0"
    words = b"\x21\x01\x0c" + bytes(12) + bytes([len(_M)]) + _M + b"\0"
    return plain[:-1] + extension + words + b"\x3b" + _M


TRAPS: dict[str, Callable[[Image.Image, int], bytes]] = {
    ".jpg": jpeg, ".png": png, ".webp": webp, ".tif": tiff, ".avif": avif, ".bmp": bmp, ".gif": gif
}  # fmt: skip
TURNED = (".jpg", ".png", ".webp", ".tif", ".avif")


def _box(kind: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return struct.pack(">I", 8 + len(body)) + kind + body


_X265 = "log-level=none:info=0:repeat-headers=0:pools=1:frame-threads=1:bframes=0"


def heic(image: Image.Image, folder: Path, quarter_turns: int = 0) -> bytes:
    """A HEIC of one picture (ISO/IEC 23008-12), which its ``irot`` turns anticlockwise."""
    film = folder / "heic.mp4"
    with av.open(str(film), "w") as made:
        options = {"crf": "12", "x265-params": _X265}
        stream: Any = made.add_stream("libx265", rate=1, options=options)
        stream.width, stream.height = image.size
        stream.pix_fmt, stream.codec_context.time_base = "yuv420p", Fraction(1)
        frame = av.VideoFrame.from_ndarray(np.asarray(image), format="rgb24")
        frame = frame.reformat(format="yuv420p")
        frame.pts, frame.time_base = 0, Fraction(1)
        made.mux(stream.encode(frame))
        made.mux(stream.encode(None))
    with av.open(str(film)) as opened:
        sample = bytes(next(p for p in opened.demux(video=0) if p.size))
    data = film.read_bytes()
    at = data.index(b"hvcC") - 4
    settings = data[at : at + int.from_bytes(data[at : at + 4], "big")]
    size = _box(b"ispe", bytes(4), struct.pack(">II", *image.size))
    turn = _box(b"irot", bytes([quarter_turns]))
    block = b"\0\0\0\6Exif\0\0" + exif(6)[6:]
    items = _box(
        b"iinf", bytes(4), struct.pack(">H", 2),
        _box(b"infe", b"\2\0\0\0", struct.pack(">HH", 1, 0), b"hvc1\0"),
        _box(b"infe", b"\2\0\0\0", struct.pack(">HH", 2, 0), b"Exif\0"),
    )  # fmt: skip
    about = _box(b"iref", bytes(4), _box(b"cdsc", struct.pack(">HHH", 2, 1, 1)))
    ways = _box(b"ipma", bytes(4), struct.pack(">IHB", 1, 1, 3), b"\x81\x02\x83")
    properties = _box(b"iprp", _box(b"ipco", settings, size, turn), ways)
    kind = _box(b"hdlr", bytes(8), b"pict", bytes(13))
    head = _box(b"ftyp", b"heic", bytes(4), b"mif1heic")

    def meta(first: int) -> bytes:
        places = struct.pack(
            ">HHHIIHHHII", 1, 0, 1, first, len(sample), 2, 0, 1, first + len(sample), len(block)
        )
        where = _box(b"iloc", bytes(4), b"\x44\0", struct.pack(">H", 2), places)
        main = _box(b"pitm", bytes(4), struct.pack(">H", 1))
        return _box(b"meta", bytes(4), kind, main, where, items, about, properties)

    first = len(head) + len(meta(0)) + 8
    return head + meta(first) + _box(b"mdat", sample, block)


def turned(image: Image.Image, orientation: int) -> Image.Image:
    """Return *image* as a camera stores it that says it is to be turned by *orientation*."""
    way = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }.get(orientation)
    return image if way is None else image.transpose(way)


def drawn(width: int = 96, height: int = 64) -> Image.Image:
    """Return a picture whose every corner has a colour of its own."""
    made = np.full((height, width, 3), 128, dtype=np.uint8)
    made[: height // 2, : width // 2] = (220, 40, 40)
    made[: height // 2, width // 2 :] = (40, 220, 40)
    made[height // 2 :, : width // 2] = (40, 40, 220)
    return Image.fromarray(made)
