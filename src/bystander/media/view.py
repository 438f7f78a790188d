"""A frame as a person looks at it: scaled, with square pixels, in the colours of a usual screen.

For looking only: nothing that is written is made from it. HDR is brought into the range of a screen
by one curve for every recording (Reinhard, Stark, Shirley, Ferwerda, "Photographic Tone
Reproduction for Digital Images", SIGGRAPH 2002, equation 4), with 203 cd/m2 for white as ITU-R
BT.2408 has it, and what BT.2020 can show beyond BT.709 is clipped.
"""

from __future__ import annotations

import math
from fractions import Fraction
from functools import cache

import numpy as np
from numpy.typing import NDArray

from bystander.geometry import Box
from bystander.media import photos, picture
from bystander.media.footage import Footage
from bystander.records import Picture, Plane

LONGEST_SIDE = 4096  # pixels of what is shown
_PQ, _HLG, _BT2020 = 16, 18, 9  # as H.273 numbers transfers, and primaries
_WHITE, _BRIGHTEST = 203.0, 1000.0  # cd/m2
# BT.2020 to BT.709, for linear light (ITU-R BT.2407).
_TO_BT709 = np.array(
    [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]],
    dtype=np.float32,
)
_STEPS = 4096  # of linear light, on the way to the screen's numbers


def is_hdr(footage: Footage) -> bool:
    """Return whether *footage* says that its brightness is beyond a usual screen's."""
    return footage.colour.transfer in (_PQ, _HLG)


def even(part: Box, width: int, height: int) -> Box:
    """Return what of *part* is in a frame of this size, widened to even pixels.

    >>> even(Box(1, 2.5, 5, 9), 7, 9)
    Box(x0=0, y0=2, x1=6, y1=9)
    """
    return part.snapped(2).clipped(width, height)


def jpeg(
    footage: Footage,
    planes: tuple[Plane, ...],
    *,
    width: int,
    part: Box | None = None,
    enlarge: bool = False,
    quality: int = 90,
) -> bytes:
    """Return what *planes*, those of a frame of *footage*, show, as JPEG.

    Args:
        footage: Whose colours and pixels are meant.
        planes: Upright.
        width: How wide it may be, in pixels; the height follows.
        part: What of it to show; ``None``: all.
        enlarge: Make it as wide even if it has not as many pixels.
        quality: As JPEG counts it, 1 to 100.

    Raises:
        ValueError: *part* shows nothing of the frame.
    """
    part = even(part or Box(0, 0, footage.width, footage.height), footage.width, footage.height)
    if part.empty:
        raise ValueError("that part is outside of the frame")
    size = _size(part, footage.pixel_aspect, width, enlarge=enlarge)
    shown = picture.scaled_rgb(planes, footage.layout, footage.colour.matrix, size, part)
    if is_hdr(footage):
        shown = _toned(shown, footage.colour.transfer, footage.colour.primaries)
    return photos.jpeg(shown, quality)


def _size(part: Box, aspect: Fraction, width: int, *, enlarge: bool) -> tuple[int, int]:
    """Return width and height of what is shown of *part* with square pixels."""
    one = Fraction(1)
    wide = Fraction(part.width) * max(aspect, one)
    tall = Fraction(part.height) / min(aspect, one)
    scale = Fraction(max(1, min(width, LONGEST_SIDE))) / wide
    scale = min(scale, LONGEST_SIDE / tall)
    if not enlarge:
        scale = min(scale, Fraction(1))
    return max(1, math.floor(wide * scale)), max(1, round(tall * scale))


def _toned(shown: Picture, transfer: int, primaries: int) -> Picture:
    light = _lights(transfer)[shown]
    if primaries == _BT2020:
        light = light @ _TO_BT709.T
    steps = (light * np.float32(_STEPS - 1)).clip(0, _STEPS - 1).astype(np.uint16)
    toned: Picture = _for_screen()[steps]
    return toned


@cache
def _lights(transfer: int) -> NDArray[np.float32]:
    """Return for each of 256 values how much light it is on a screen, 0 to 1."""
    value = np.arange(256) / 255
    if transfer == _PQ:  # SMPTE ST 2084
        m1, m2, c1, c2, c3 = 0.1593017578125, 78.84375, 0.8359375, 18.8515625, 18.6875
        power = value ** (1 / m2)
        light = 10_000 * (np.maximum(power - c1, 0) / (c2 - c3 * power)) ** (1 / m1)
    else:  # ITU-R BT.2100: HLG, with the system gamma of a screen of 1000 cd/m2
        a, b, c = 0.17883277, 0.28466892, 0.55991073
        scene = np.where(value <= 0.5, value**2 / 3, (np.exp((value - c) / a) + b) / 12)
        light = _BRIGHTEST * scene**1.2
    light, most = light / _WHITE, _BRIGHTEST / _WHITE
    toned: NDArray[np.float64] = light * (1 + light / most**2) / (1 + light)
    return toned.clip(0, 1).astype(np.float32)


@cache
def _for_screen() -> NDArray[np.uint8]:
    """Return for each step of light the number that makes it on a screen (IEC 61966-2-1)."""
    light = np.arange(_STEPS) / (_STEPS - 1)
    value = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    rounded: NDArray[np.float64] = np.rint(255 * value)
    return rounded.astype(np.uint8)
