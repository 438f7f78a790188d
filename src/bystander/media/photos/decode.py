"""From a photo's bytes to pictures: R G B, eight bits, nothing see-through, upright.

Pillow reads all kinds but HEIC, which libheif does. Either may open the one plugin that the file's
content asks for, and no other: Pillow has some that run programs or open further files.
"""

from __future__ import annotations

import io
import logging
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
import pi_heif
from PIL import Image, ImageFile
from PIL.ExifTags import Base

from bystander.errors import BystanderError, DamagedFootage, FootageError
from bystander.media.photos import colour
from bystander.media.photos.forms import AVIF, GIF, HEIC, PNG, TIFF, Form
from bystander.media.picture import Turn
from bystander.records import DEFAULT_LIMITS, Limits, Picture

# EXIF 2.32, 4.6.4: which way the picture that is stored is to be turned.
TURNS = {
    1: Turn(),
    2: Turn(flip_x=True),
    3: Turn(flip_x=True, flip_y=True),
    4: Turn(flip_y=True),
    5: Turn(transpose=True),
    6: Turn(transpose=True, flip_x=True),
    7: Turn(transpose=True, flip_x=True, flip_y=True),
    8: Turn(transpose=True, flip_y=True),
}
SEE_THROUGH = "what was see-through was put on white"
DEEP = "16 bits a sample became 8"
_TIFF_PROFILE = 34675
_FURTHER = "further pictures"  # a key of ours among what Pillow knows of a file
_DEEP_GREY = ("I;16", "I;16L", "I;16B", "I;16N")
_PLAIN = ("1", "L", "P", "PA", "LA", "RGB", "RGBA", "RGBX", "CMYK", "YCbCr", "La", "RGBa")
# What Pillow logs can hold values from the file; where nobody asked for it, it goes nowhere.
logging.getLogger("PIL").addHandler(logging.NullHandler())
# Pillow's own limit is for the whole process, and lower than ours.
_pillow = threading.RLock()


@contextmanager
def guarded() -> Iterator[None]:
    """Let Pillow work on foreign bytes: without warnings, and what goes wrong is damage.

    Raises:
        DamagedFootage: Whatever went wrong. What Pillow says of it can hold names and values.
    """
    with _pillow, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        before, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
        try:
            yield
        except BystanderError:
            raise
        except MemoryError as error:
            raise FootageError("the photo needs more memory than there is") from error
        except Exception as error:
            raise DamagedFootage(
                "the photo does not decode: it is cut short, damaged, or of a rare kind"
            ) from error
        finally:
            Image.MAX_IMAGE_PIXELS = before


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """Have Pillow's coders hold so many bytes at once: libjpeg, to optimise, needs all of a file.

    Pillow gives it a byte a pixel, in which a photo of fine detail does not fit.
    """
    with _pillow:
        before = ImageFile.MAXBLOCK
        ImageFile.MAXBLOCK = max(before, size)
        try:
            yield
        finally:
            ImageFile.MAXBLOCK = before


def check_size(width: int, height: int, limits: Limits = DEFAULT_LIMITS) -> None:
    """Check that a picture is not too large to hold.

    Raises:
        FootageError: It has no pixels.
        BeyondLimits: It has more than are taken.
    """
    if width <= 0 or height <= 0:
        raise FootageError("the photo has no pixels")
    limits.check_size(width, height)


@contextmanager
def opened(path: Path, form: Form, limits: Limits) -> Iterator[Image.Image]:
    """Give the photo at *path*, opened and not decoded.

    Raises:
        DamagedFootage: It cannot be opened as what it is.
        BeyondLimits: It is too large.
    """
    with path.open("rb") as file:
        with guarded():
            image = _opened(file, form, limits)
        with image:
            yield image


def _opened(file: BinaryIO, form: Form, limits: Limits) -> Image.Image:
    if form is HEIC:
        held = pi_heif.open_heif(file, convert_hdr_to_8bit=True)
        width, height = held.size
        check_size(width, height, limits)
        image = cast(Image.Image, held[held.primary_index].to_pillow())
        image.info.update({k: v for k, v in held.info.items() if k not in image.info})
        image.info[_FURTHER] = len(held) - 1
        return image
    image = Image.open(file, formats=[str(form.pillow)])
    # The tag alone turns a picture: what XMP says of it, other programs do not follow.
    image.info.pop("xmp", None)
    image.info.pop("XML:com.adobe.xmp", None)
    check_size(*image.size, limits)
    if form is AVIF and getattr(image, "n_frames", 1) > 1:
        raise FootageError(
            "AVIF files whose pictures move are not read", hint="convert it to WebP or GIF first"
        )
    return image


def decodes(coded: bytes, form: Form) -> bool:
    """Return whether *coded*, of the kind *form*, is a photo that decodes to its last pixel."""
    try:
        with guarded(), Image.open(io.BytesIO(coded), formats=[str(form.pillow)]) as image:
            check_size(*image.size)
            image.load()
    except FootageError:
        return False
    return True


def colours_used(coded: bytes) -> set[int]:
    """Return which entries of its palette the GIF *coded*, of one picture, uses.

    Raises:
        DamagedFootage: It does not decode.
    """
    with guarded(), Image.open(io.BytesIO(coded), formats=[str(GIF.pillow)]) as image:
        check_size(*image.size)
        image.load()
        return set(np.unique(np.asarray(image)).tolist())


def turn_of(image: Image.Image, form: Form) -> Turn:
    """Return how *image* is to be turned to be upright, as far as its decoder does not do so.

    A value that is none of the eight, and EXIF that cannot be read, turn nothing.
    """
    if form in (HEIC, TIFF):
        return Turn()  # libheif turns, and so does Pillow's reader of TIFF
    exif = Image.Exif()
    try:
        with guarded():
            exif.load(image.info.get("exif") or b"")
            value = exif.get(Base.Orientation)
    except FootageError:
        return Turn()
    return TURNS.get(value, Turn()) if isinstance(value, int) else Turn()


@contextmanager
def first(path: Path, form: Form, number: int, limits: Limits) -> Iterator[Image.Image]:
    """Give picture *number* of the file, decoded, as it is stored.

    Raises:
        DamagedFootage: It does not decode.
    """
    with opened(path, form, limits) as image:
        with guarded():
            _load(image, number, limits)
        yield image


def pictures(
    path: Path,
    form: Form,
    numbers: Sequence[int],
    profile: colour.Profile,
    turn: Turn,
    *,
    limits: Limits,
    note: Callable[[Image.Image, colour.Profile], None],
) -> Iterator[Picture]:
    """Yield the pictures with these *numbers* in the file as R G B, upright.

    Each is of shape (rows, columns, 3).

    Args:
        path: The file.
        form: Which kind it is of.
        numbers: As Pillow numbers its pictures.
        profile: What the first picture's numbers mean, and will those of all.
        turn: How they are turned.
        limits: How many pixels each may have.
        note: Given every picture but the first, as it is stored, and what its numbers mean.

    Raises:
        DamagedFootage: One of them does not decode.
        FootageError: Its pixels are of a kind that is not read.
    """
    known: dict[tuple[bytes | None, str], colour.Profile] = {}
    with opened(path, form, limits) as image:
        for number in numbers:
            with guarded():
                _load(image, number, limits)
                flat = _flat(image, form)
                means = profile
                if number != numbers[0]:
                    own = icc_of(image, form), flat.mode
                    if own not in known:
                        known[own] = colour.further(profile, *own)
                    means = known[own]
                    note(image, means)
                samples = np.asarray(means.apply(flat))
                del flat  # it takes as much room again
                if number == numbers[-1]:
                    image.close()  # it takes as much room as all that is made of it
            if samples.ndim == 2:
                samples = np.repeat(samples[..., None], 3, axis=2)
            yield cast(Picture, turn.upright(cast(Any, samples)))


def _load(image: Image.Image, number: int, limits: Limits) -> None:
    if number:
        image.seek(number)
        check_size(*image.size, limits)
        image.info.pop("xmp", None)
    image.load()


def icc_of(image: Image.Image, form: Form) -> bytes | None:
    """Return the profile of colours of the picture that is loaded."""
    if form is TIFF:  # what Pillow says beside is that of the page before where this has none
        found = getattr(image, "tag_v2", {}).get(_TIFF_PROFILE)
    else:
        found = image.info.get("icc_profile")
    return found if isinstance(found, bytes) else None


def is_grey(image: Image.Image) -> bool:
    """Return whether *image* can hold no colour."""
    return image.mode in ("1", "L", "LA", "La", *_DEEP_GREY) or image.mode == "I"


def notes(image: Image.Image, form: Form, depth: int) -> list[str]:
    """Return what reading *image*, decoded, changes about it, in words.

    Args:
        image: Decoded, as it is stored.
        form: Which kind of file it is from.
        depth: Bits a sample by the file's structure, 0 if that does not say.
    """
    said = []
    depth = _depth(image, form, depth)
    if image.mode in _DEEP_GREY or image.mode == "I" or depth > 8:
        said.append(DEEP if depth in (0, 16) else f"{depth} bits a sample became 8")
    if further := image.info.get(_FURTHER, 0):
        said.append(f"{further} further picture{'s' * (further != 1)} beside the main one left out")
    if image.has_transparency_data and _any_clear(image):
        said.append(SEE_THROUGH)
    return said


def _depth(image: Image.Image, form: Form, stated: int) -> int:
    """Return the bits a sample that the file states, 0 if it is not known here."""
    if form is HEIC:
        return int(image.info.get("bit_depth", 8))
    if form is TIFF:
        bits = getattr(image, "tag_v2", {}).get(Base.BitsPerSample, (8,))
        return max(bits) if isinstance(bits, tuple) else int(bits)
    return stated


def _any_clear(image: Image.Image) -> bool:
    extrema = image.convert("RGBA").getchannel("A").getextrema()
    return bool(cast(tuple[int, int], extrema)[0] < 255)


def _flat(image: Image.Image, form: Form) -> Image.Image:
    """Return *image* with 8 bits and nothing see-through, as L, RGB or CMYK."""
    if image.mode in _DEEP_GREY or (image.mode == "I" and form is PNG):
        deep = np.asarray(image).astype(np.uint32)
        return Image.fromarray((deep >> 8).clip(0, 255).astype(np.uint8))
    if image.mode not in _PLAIN:
        raise FootageError(f"photos whose pixels are of the kind {image.mode} are not read")
    if image.has_transparency_data:
        clear = image if image.mode == "RGBA" else image.convert("RGBA")
        white = Image.new("RGBA", clear.size, (255, 255, 255, 255))
        flat = Image.alpha_composite(white, clear)
        return flat.getchannel("R") if is_grey(image) else flat.convert("RGB")
    if image.mode in ("L", "RGB", "CMYK"):
        return image
    return image.convert("L" if is_grey(image) else "RGB")
