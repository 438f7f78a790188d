"""Which kinds of photos are read and written, and how a file is recognised: by its content."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bystander.errors import WrongPath


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One kind of photo.

    Attributes:
        name: What it is called here.
        pillow: Pillow's name of it, the only plugin that may open such a file; ``None``: not
            Pillow reads it.
        suffixes: Names of such files end in one of these; the first is used where none is given.
        writes: Whether such files are written.
        many: What several pictures in one file are: ``film``, ``pages`` or ``""`` for none.
        profiled: Whether it can hold a colour profile.
        grey: Whether it can hold a picture that is only grey as such.
    """

    name: str
    pillow: str | None
    suffixes: tuple[str, ...]
    writes: bool = True
    many: str = ""
    profiled: bool = True
    grey: bool = True


JPEG = Form(name="JPEG", pillow="JPEG", suffixes=(".jpg", ".jpeg", ".jpe", ".jfif"))
PNG = Form(name="PNG", pillow="PNG", suffixes=(".png", ".apng"), many="film")
WEBP = Form(name="WebP", pillow="WEBP", suffixes=(".webp",), many="film", grey=False)
TIFF = Form(name="TIFF", pillow="TIFF", suffixes=(".tif", ".tiff"), many="pages")
AVIF = Form(name="AVIF", pillow="AVIF", suffixes=(".avif",), grey=False)
HEIC = Form(name="HEIC", pillow=None, suffixes=(".heic", ".heif", ".hif"), writes=False)
BMP = Form(name="BMP", pillow="BMP", suffixes=(".bmp", ".dib"), profiled=False)
GIF = Form(name="GIF", pillow="GIF", suffixes=(".gif",), many="film", profiled=False, grey=False)

FORMS = (JPEG, PNG, WEBP, TIFF, AVIF, HEIC, BMP, GIF)
SUFFIXES = {suffix: form for form in FORMS for suffix in form.suffixes}

_HEAD_BYTES = 4096
_TIFF_HEADS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
# Brands of ISO/IEC 23008-12 (HEIF) with HEVC in it, and of AVIF; "mif1" says neither.
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
_AVIF_BRANDS = {b"avif", b"avis"}
_HEIF_BRANDS = {*_HEIC_BRANDS, *_AVIF_BRANDS, b"mif1", b"msf1", b"mif2"}
# A file of motion JPEG is one JPEG after another, and by its content no other than one with bytes
# behind it. It is told by its name.
_MOTION_JPEG = {".mjpg", ".mjpeg", ".mjp"}


def recognise(path: Path) -> Form | None:
    """Return which kind of photo *path* is by its content, or ``None`` if it is none.

    ``None`` as well for what cannot be read: whoever opens it says why.
    """
    try:
        if not path.is_file():  # a pipe would wait for somebody to write to it
            return None
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError:
        return None
    if head.startswith(b"\xff\xd8\xff"):
        return None if path.suffix.lower() in _MOTION_JPEG else JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith((b"GIF87a", b"GIF89a")):
        return GIF
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head.startswith(_TIFF_HEADS):
        return TIFF
    # "BM", and where the pixels begin and how long the header is make sense.
    if head[:2] == b"BM" and head[14:18] in (
        size.to_bytes(4, "little") for size in (12, 16, 40, 52, 56, 64, 108, 124)
    ):
        return BMP
    return _heif(head) if head[4:8] == b"ftyp" else None


def _heif(head: bytes) -> Form | None:
    size = min(int.from_bytes(head[:4], "big"), len(head))
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, size - 3, 4))]
    if brands[0] not in _HEIF_BRANDS:
        return None
    return next(
        (AVIF if b in _AVIF_BRANDS else HEIC for b in brands if b in _AVIF_BRANDS | _HEIC_BRANDS),
        HEIC,
    )


def form_for(path: Path) -> Form | None:
    """Return which kind of photo *path* names by its suffix, or ``None`` for no photo.

    Raises:
        WrongPath: It names a kind that is not written.
    """
    form = SUFFIXES.get(path.suffix.lower())
    if form is not None and not form.writes:
        raise WrongPath(
            f"photos are not written as {path.suffix.lower()}",
            hint="name the output .jpg, .png or .avif; a film of pictures .png, pages .tif",
        )
    return form


def suffix_for(path: Path, form: Form) -> str:
    """Return the suffix of what is made from the photo *path*, which is of the kind *form*."""
    if not form.writes:
        return JPEG.suffixes[0]
    return path.suffix if path.suffix.lower() in form.suffixes else form.suffixes[0]
