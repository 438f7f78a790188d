"""What a photo's file holds besides its pixels: kinds with counts, never a value.

None of it is carried over: the output is made of pixels alone. Names that come out of the file are
not repeated either; what is not known is counted as such.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress

from PIL import Image
from PIL.ExifTags import IFD, Base

from bystander.errors import DamagedFootage, FootageError
from bystander.media.photos import forms, pieces, tiff
from bystander.media.photos.decode import guarded
from bystander.media.photos.pieces import AFTER, Buffer, Piece

EXIF, XMP, IPTC, TEXT = "EXIF block", "XMP block", "IPTC or Photoshop block", "text or comment"
GPS, THUMBNAIL, MAKER = "GPS position", "thumbnail", "maker's note"
COLOUR, FURTHER, AUXILIARY = "colour profile", "further picture", "depth map, matte or gain map"
FILM, BYTES, OTHER = "film (motion photo)", "bytes after the end", "block of another kind"

_PNG_PIXELS = {"IHDR", "PLTE", "IDAT", "IEND", "tRNS", "acTL", "fcTL", "fdAT"}
_PNG_KINDS = {
    "tEXt": TEXT, "zTXt": TEXT, "iTXt": TEXT, "eXIf": EXIF, "iCCP": COLOUR, "tIME": "date",
    "pHYs": "resolution", "gAMA": "colour tag", "cHRM": "colour tag", "sRGB": "colour tag",
    "cICP": "colour tag", "bKGD": "colour tag", "sBIT": "colour tag", "hIST": "colour tag",
}  # fmt: skip
_WEBP_PIXELS = {"VP8 ", "VP8L", "VP8X", "ALPH", "ANIM", "ANMF"}
_WEBP_KINDS = {"EXIF": EXIF, "XMP ": XMP, "ICCP": COLOUR}
_JPEG_PIXELS = {"SOI", "EOI", "DHT", "DQT", "DRI", "DNL", "SOS", "scan"}
_JPEG_KINDS = (
    ("APP0", b"JFXX\0", THUMBNAIL),
    ("APP1", b"Exif\0", EXIF),
    ("APP1", b"http://ns.adobe.com/xap/1.0/\0", XMP),
    ("APP1", b"http://ns.adobe.com/xmp/extension/\0", XMP),
    ("APP2", b"ICC_PROFILE\0", COLOUR),
    ("APP2", b"MPF\0", "list of further pictures (MPF)"),
    ("APP2", b"urn:iso:std:iso:ts:21496", "gain map's description"),
    ("APP13", b"Photoshop 3.0\0", IPTC),
    ("COM", b"", TEXT),
)
# Tags without which pixels are not what they are (TIFF 6.0; 339 and 347 of its supplements).
_TIFF_PIXELS = {254, 255, 256, 257, 258, 259, 262, 263, 266, 273, 274, 277, 278, 279, 280, 281, 282,
                283, 284, 292, 293, 296, 297, 301, 317, 320, 322, 323, 324, 325, 332, 338, 339,
                347, 512, 513, 514, 515, 519, 520, 521, 529, 530, 531, 532}  # fmt: skip
_TIFF_KINDS = {
    330: FURTHER, 700: XMP, 33723: IPTC, 34377: IPTC, 34665: EXIF, 34675: COLOUR, 34853: GPS,
    50706: "raw photo's tag",
}  # fmt: skip
_TIFF_TEXT = 2  # type of a tag
_ITEM_KINDS = {"Exif": EXIF, "mime": XMP, "tmap": "gain map's description"}
_HEIF_BOXES = {"ftyp", "meta", "mdat", "free", "skip"}
_HEIF_KINDS = {"moov": FILM, "mpvd": FILM}
_GIF_LOOPS = (b"\x0bNETSCAPE2.0", b"\x0bANIMEXTS1.0")


def count(data: Buffer, form: forms.Form) -> dict[str, int]:
    """Return kinds of things in a photo that are not its pixels, with their counts.

    Raises:
        DamagedFootage: The file is cut short.
    """
    counts: Counter[str] = Counter()
    for kind in _COUNTERS[form.name](data):
        counts[kind] += 1
    if COLOUR in counts:
        counts[COLOUR] = 1  # a large one lies in several segments
    return dict(counts)


def _jpeg(data: Buffer) -> Iterator[str]:
    for piece in pieces.jpeg(data):
        name = piece.name
        if name in _JPEG_PIXELS or name.startswith("SOF"):
            continue
        head = data[piece.start : piece.start + min(piece.size, 64)]
        if name == AFTER:
            yield from _after(data, piece)
        elif name == "APP0" and head.startswith(b"JFIF\0"):
            yield from [THUMBNAIL] if any(head[12:14]) else []
        elif name == "APP14" and head.startswith(b"Adobe") and piece.size == 12:
            continue
        else:
            kinds = (k for n, start, k in _JPEG_KINDS if n == name and head.startswith(start))
            kind = next(kinds, OTHER)
            yield kind
            if kind == EXIF:
                yield from _exif(data[piece.start : piece.start + piece.size])


def _after(data: Buffer, piece: Piece) -> Iterator[str]:
    end = piece.start + piece.size
    pictures = films = 0
    at = data.find(b"\xff\xd8\xff", piece.start, end)
    while at >= 0:
        pictures += 1
        at = data.find(b"\xff\xd8\xff", at + 3, end)
    films = data.find(b"ftyp", piece.start, end) >= 0
    yield from [FURTHER] * pictures + [FILM] * films
    if not pictures and not films:
        yield BYTES


def _exif(block: bytes) -> Iterator[str]:
    """Yield what an EXIF block holds; what cannot be read of it is passed over."""
    exif = Image.Exif()
    found = []
    with suppress(FootageError), guarded():
        exif.load(block)
        found += [GPS] * bool(exif.get_ifd(IFD.GPSInfo))
        found += [THUMBNAIL] * bool(exif.get_ifd(IFD.IFD1))
        found += [MAKER] * (Base.MakerNote in exif.get_ifd(IFD.Exif))
    yield from found


def _png(data: Buffer) -> Iterator[str]:
    for piece in pieces.png(data):
        if piece.name == AFTER:
            yield BYTES
        elif piece.name not in _PNG_PIXELS:
            kind = _PNG_KINDS.get(piece.name, OTHER)
            head = data[piece.start : piece.start + 18]
            yield XMP if kind == TEXT and head == b"XML:com.adobe.xmp\0" else kind
            if kind == EXIF:
                yield from _exif(data[piece.start : piece.start + piece.size])


def _webp(data: Buffer) -> Iterator[str]:
    for piece in pieces.riff(data):
        if piece.name == AFTER:
            yield BYTES
        elif piece.name not in _WEBP_PIXELS:
            kind = _WEBP_KINDS.get(piece.name, OTHER)
            yield kind
            if kind == EXIF:
                yield from _exif(data[piece.start : piece.start + piece.size])


def _tiff(data: Buffer) -> Iterator[str]:
    for page in tiff.directories(data):
        if page.number(254) & 1:
            yield THUMBNAIL
        for number, tag in page.tags.items():
            if number in _TIFF_KINDS:
                yield _TIFF_KINDS[number]
            elif number not in _TIFF_PIXELS:
                yield TEXT if tag.kind == _TIFF_TEXT else OTHER


def _heif(data: Buffer) -> Iterator[str]:
    for piece in pieces.boxes(data):
        content = data[piece.start : piece.start + min(piece.size, 1 << 16)]
        if piece.name == AFTER:
            yield BYTES
        elif "/" not in piece.name and piece.name not in _HEIF_BOXES:
            yield _HEIF_KINDS.get(piece.name, OTHER)
        elif piece.name == "meta/iinf/infe" and content[:1] in (b"\2", b"\3"):
            at = 8 if content[0] == 2 else 10
            kind = _ITEM_KINDS.get(content[at : at + 4].decode("latin-1"))
            yield from [kind] if kind else []
        elif piece.name == "meta/iref":
            yield from _references(content)
        elif piece.name == "meta/iprp/ipco/colr" and content[:4] in (b"prof", b"rICC"):
            yield COLOUR


def _references(content: bytes) -> Iterator[str]:
    """Yield kinds of pictures that stand beside others (ISO/IEC 14496-12, 8.11.12)."""
    at = 4
    while at + 8 <= len(content):
        size = int.from_bytes(content[at : at + 4], "big")
        if size < 8:
            return
        kind = {b"thmb": THUMBNAIL, b"auxl": AUXILIARY}.get(content[at + 4 : at + 8])
        yield from [kind] if kind else []
        at += size


def _gif(data: Buffer) -> Iterator[str]:
    for piece in pieces.gif(data):
        head = data[piece.start : piece.start + 12]
        if piece.name == AFTER:
            yield BYTES
        elif piece.name == "extension FF":
            if head not in _GIF_LOOPS:
                yield XMP if head == b"\x0bXMP DataXMP" else OTHER
        elif piece.name.startswith("extension") and piece.name != "extension F9":
            yield TEXT


def _bmp(data: Buffer) -> Iterator[str]:
    stated, first = (int.from_bytes(data[at : at + 4], "little") for at in (2, 10))
    header = int.from_bytes(data[14:18], "little")
    if first > len(data):
        raise DamagedFootage("the photo is cut short or damaged")
    if header == 124 and int.from_bytes(data[126:130], "little"):
        yield COLOUR
    if stated and len(data) > stated:
        yield BYTES


_COUNTERS: dict[str, Callable[[Buffer], Iterator[str]]] = {
    forms.JPEG.name: _jpeg,
    forms.PNG.name: _png,
    forms.WEBP.name: _webp,
    forms.TIFF.name: _tiff,
    forms.AVIF.name: _heif,
    forms.HEIC.name: _heif,
    forms.BMP.name: _bmp,
    forms.GIF.name: _gif,
}
