"""What the numbers of a photo's pixels mean: one of three standards, or they are made so.

A profile of colours in a file can hold names, dates and serial numbers. None is carried over.
Where the photo's means the same as sRGB, Display P3 or Adobe RGB (1998), the pixels stay as they
are, and the output gets none (which is read as sRGB) or one of ours, made of published numbers;
where it means anything else, the pixels are converted to sRGB.
"""

from __future__ import annotations

import io
import itertools
import struct
from dataclasses import dataclass
from functools import cache
from typing import cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

SRGB, DISPLAY_P3, ADOBE_RGB = "sRGB", "Display P3", "Adobe RGB (1998)"
# x and y of red, green and blue; IEC 61966-2-1, SMPTE EG 432-1, Adobe RGB (1998). White: D65.
_PRIMARIES = {
    SRGB: ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06)),
    DISPLAY_P3: ((0.68, 0.32), (0.265, 0.69), (0.15, 0.06)),
    ADOBE_RGB: ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06)),
}
_D65 = (0.3127, 0.3290)
_D50 = (0.9642, 1.0, 0.8249)  # as ICC.1:2010, 7.2.16 has it
_BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)
_SAME = 2  # steps of 8 bits by which rounding may move a colour
# Numbers of colour primaries in H.273 that mean one of ours.
BY_PRIMARIES = {1: SRGB, 12: DISPLAY_P3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What a photo's numbers mean after it was read.

    Attributes:
        name: One of the three standards.
        note: What was done to the pixels, in words, or ``None``.
    """

    name: str
    note: str | None = None
    _transform: ImageCms.ImageCmsTransform | None = None

    @property
    def icc(self) -> bytes | None:
        """The profile that the output gets, or ``None`` for none."""
        return None if self.name == SRGB else standard(self.name)

    def apply(self, image: Image.Image) -> Image.Image:
        """Return *image*, L, RGB or CMYK, with numbers that mean what ``name`` says."""
        if self._transform is not None:
            wanted = self._transform.input_mode
            image = image if image.mode == wanted else image.convert(wanted)
            return cast(Image.Image, ImageCms.applyTransform(image, self._transform))
        return image.convert("RGB") if image.mode == "CMYK" else image


def further(first: Profile, icc: bytes | None, mode: str) -> Profile:
    """Return what the numbers of a further picture mean, made to mean what those of *first* do.

    Args:
        first: Of the first picture.
        icc: The profile of this one, if it has one.
        mode: Pillow's name of what its pixels are made of: L, RGB or CMYK.
    """
    own = profile_of(icc, mode)
    if own.name == first.name:
        return own
    note = f"colours of further pictures were converted to {first.name}"
    try:
        if icc:
            source = ImageCms.ImageCmsProfile(io.BytesIO(icc))
            return Profile(
                name=first.name, note=note, _transform=_transform(source, mode, first.name)
            )
    except Exception:  # noqa: BLE001, S110 as in profile_of: it is taken as what that says
        pass
    source = ImageCms.ImageCmsProfile(io.BytesIO(standard(own.name)))
    return Profile(name=first.name, note=note, _transform=_transform(source, "RGB", first.name))


def profile_of(icc: bytes | None, mode: str, primaries: int | None = None) -> Profile:
    """Return what the numbers of a photo mean.

    Args:
        icc: The profile in the file, if there is one.
        mode: Pillow's name of what the pixels are made of: L, RGB or CMYK.
        primaries: As H.273 numbers them, where the file states that instead.
    """
    if not icc:
        note = "CMYK colours without a profile were converted to sRGB" if mode == "CMYK" else None
        return Profile(name=BY_PRIMARIES.get(primaries or 1, SRGB), note=note)
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(icc))
        if mode == "RGB":
            for name in (SRGB, DISPLAY_P3, ADOBE_RGB):
                if _same(source, name):
                    return Profile(name=name)
        if mode == "L" and _same_grey(source):
            return Profile(name=SRGB)
        transform = _transform(source, mode, SRGB)
    except Exception:  # noqa: BLE001 a foreign profile, and without it there are still the pixels
        return Profile(
            name=SRGB, note="the colour profile cannot be used: colours are taken as sRGB"
        )
    return Profile(
        name=SRGB,
        note="colours were converted to sRGB from those of the photo's own profile",
        _transform=transform,
    )


def _transform(
    source: ImageCms.ImageCmsProfile, mode: str, name: str
) -> ImageCms.ImageCmsTransform:
    target = ImageCms.ImageCmsProfile(io.BytesIO(standard(name)))
    return ImageCms.buildTransform(
        source, target, mode, "RGB", ImageCms.Intent.RELATIVE_COLORIMETRIC
    )


def _same(source: ImageCms.ImageCmsProfile, name: str) -> bool:
    """Return whether *source* and the standard *name* give every colour of a grid the same."""
    steps = range(0, 256, 51)
    grid = np.array(list(itertools.product(steps, steps, steps)), dtype=np.uint8)[None]
    probe = Image.fromarray(grid)
    shown = ImageCms.applyTransform(probe, _transform(source, "RGB", name))
    return bool(np.abs(np.asarray(shown).astype(int) - grid).max() <= _SAME)


def _same_grey(source: ImageCms.ImageCmsProfile) -> bool:
    steps = np.arange(256, dtype=np.uint8)[None]
    shown = ImageCms.applyTransform(Image.fromarray(steps), _transform(source, "L", SRGB))
    return bool(np.abs(np.asarray(shown).astype(int) - steps[..., None]).max() <= _SAME)


@cache
def standard(name: str) -> bytes:
    """Return a profile that means *name* and says nothing else (ICC.1:2010, version 4.3)."""
    chad = _adaptation()
    red, green, blue = (chad @ _colourants(name)).T
    curve = (
        b"para" + bytes(4) + struct.pack(">HH", 0, 0) + _fixed(563 / 256)
        if name == ADOBE_RGB
        else b"para" + bytes(4) + struct.pack(">HH", 3, 0)
        + _fixed(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
    )  # fmt: skip
    tags = {
        b"desc": _text(name),
        b"cprt": _text("none"),
        b"wtpt": _xyz(_D50),
        b"chad": b"sf32" + bytes(4) + _fixed(*chad.ravel()),
        b"rXYZ": _xyz(red),
        b"gXYZ": _xyz(green),
        b"bXYZ": _xyz(blue),
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    return _assembled(tags)


def _assembled(tags: dict[bytes, bytes]) -> bytes:
    table, body, places = b"", b"", {}
    first = 128 + 4 + 12 * len(tags)
    for tag, content in tags.items():
        if content not in places:
            places[content] = first + len(body)
            body += content + bytes(-len(content) % 4)
        table += tag + struct.pack(">II", places[content], len(content))
    # Version 4.3, a display, RGB to XYZ, a date that is none, no maker, no device.
    head = struct.pack(
        ">I4sI4s4s4s6H4sIIIIQI3i4s44x",
        first + len(body), bytes(4), 0x04300000, b"mntr", b"RGB ", b"XYZ ",
        2000, 1, 1, 0, 0, 0, b"acsp", 0, 0, 0, 0, 0, 0,
        *(round(v * 65536) for v in _D50), bytes(4),
    )  # fmt: skip
    return head + struct.pack(">I", len(tags)) + table + body


def _colourants(name: str) -> NDArray[np.float64]:
    """Return X Y Z of red, green and blue, in columns, for a white of D65."""
    columns = np.array([(x / y, 1.0, (1 - x - y) / y) for x, y in _PRIMARIES[name]]).T
    scaled: NDArray[np.float64] = columns * np.linalg.solve(columns, _white())
    return scaled


def _white() -> NDArray[np.float64]:
    x, y = _D65
    return np.array([x / y, 1.0, (1 - x - y) / y])


def _adaptation() -> NDArray[np.float64]:
    """Return the Bradford matrix from D65 to D50 (ICC.1:2010, annex E)."""
    gains = (_BRADFORD @ np.array(_D50)) / (_BRADFORD @ _white())
    adapted: NDArray[np.float64] = np.linalg.inv(_BRADFORD) @ np.diag(gains) @ _BRADFORD
    return adapted


def _fixed(*values: float) -> bytes:
    return struct.pack(f">{len(values)}i", *(round(float(v) * 65536) for v in values))


def _xyz(values: object) -> bytes:
    return b"XYZ " + bytes(4) + _fixed(*cast(tuple[float, ...], values))


def _text(text: str) -> bytes:
    coded = text.encode("utf-16-be")
    return (
        b"mluc" + bytes(4) + struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(coded), 28) + coded
    )
