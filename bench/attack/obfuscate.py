"""What is done to a face before the attack: every fill to every extent.

``solid`` and ``soft`` are the product's own, over the region that its own planner draws. Blur,
mosaic and eye bar are here to be compared with, and nowhere else: they are made of what they hide,
or leave most of it. Blur and mosaic are written after the description of how deface 1.5.0 does
them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bystander import hide, plan
from bystander.geometry import Box
from bystander.records import Because, Detection, Kind, Picture, PixelLayout, Policy, Track
from bystander.timeline import Span

_MOSAIC_PX = 20
_WIDE = 0.3  # added on each side, as a share of the box: 1.6 times as large
_EYES = (0.22, 0.50)  # from where to where on a face its eyes and brows are
_FULL_RANGE = PixelLayout(name="yuvj444p", bit_depth=8, chroma_shift=(0, 0), full_range=True)


class Extent(StrEnum):
    """How far a fill reaches."""

    NOTHING = "-"
    EYES = "eyes"
    TIGHT = "face"
    WIDE = "1.6 x face"
    HEAD = "head region"


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """One row of the table: a fill and how far it reaches."""

    fill: str
    extent: Extent


def region(face: Box, extent: Extent, width: int, height: int) -> Box:
    """Return the pixels that are filled, whole ones and inside the picture.

    Args:
        face: Where the face is.
        extent: How far the fill reaches.
        width: Width of the picture in pixels.
        height: Height of the picture in pixels.
    """
    match extent:
        case Extent.NOTHING:
            return Box(0, 0, 0, 0)
        case Extent.EYES:
            top, bottom = (face.y0 + share * face.height for share in _EYES)
            wanted = Box(face.x0, top, face.x1, bottom)
        case Extent.TIGHT:
            wanted = face
        case Extent.WIDE:
            across, along = _WIDE * face.width, _WIDE * face.height
            wanted = Box(face.x0 - across, face.y0 - along, face.x1 + across, face.y1 + along)
        case Extent.HEAD:
            wanted = _as_planned(face, width, height)
    return wanted.snapped(1).clipped(width, height)


def _as_planned(face: Box, width: int, height: int) -> Box:
    """Return what the product plans for *face* on a still, with all that it adds."""
    seen = Detection(at=Fraction(0), box=face, kind=Kind.FACE, score=1.0, detector="bench@0")
    track = Track(id="1", kind=Kind.FACE, detections=(seen,), span=Span(Fraction(0), Fraction(1)))
    (redaction,) = plan.redactions(
        [track],
        policy=Policy(),
        because=Because.DETECTOR,
        times=[Fraction(0)],
        width=width,
        height=height,
    )
    return redaction.region[0].box


def obfuscate(picture: Picture, face: Box, treatment: Treatment) -> Picture:
    """Return a copy of *picture* with *face* treated, and every pixel outside as it was."""
    height, width = picture.shape[:2]
    box = region(face, treatment.extent, width, height)
    result = picture.copy()
    if box.empty:
        return result
    rows, columns = slice(int(box.y0), int(box.y1)), slice(int(box.x0), int(box.x1))
    inside = picture[rows, columns]
    if treatment.fill in hide.FILLS:
        result[rows, columns] = _product(picture, box, treatment.fill)[rows, columns]
    else:
        filled = COMPARED[treatment.fill](inside)
        # deface blurs an ellipse; the head region is a rectangle, whatever fills it.
        if treatment.fill == "blur" and treatment.extent is not Extent.HEAD:
            filled = np.where(_ellipse(inside.shape[:2])[:, :, None], filled, inside)
        result[rows, columns] = filled
    return result


def _product(picture: Picture, box: Box, fill: str) -> Picture:
    """Return *picture* with *box* filled by the product, which works on Y, U and V."""
    planes = np.asarray(Image.fromarray(picture).convert("YCbCr"), dtype=np.uint8)
    filled = hide.FILLS[fill](tuple(np.moveaxis(planes, 2, 0)), [box], _FULL_RANGE)
    image = Image.fromarray(np.stack(filled, axis=2).astype(np.uint8), mode="YCbCr")
    return np.asarray(image.convert("RGB"), dtype=np.uint8)


def _ellipse(shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Return which pixels lie in the ellipse inscribed in a rectangle of *shape*."""
    y, x = (2 * (np.arange(side) + 0.5) / side - 1 for side in shape)
    inside: NDArray[np.bool_] = y[:, None] ** 2 + x**2 <= 1
    return inside


def blur(inside: Picture) -> Picture:
    """Return the mean around every pixel, over half the height and half the width.

    The rectangle is mirrored at its sides, so nothing from outside comes in.
    """
    result = inside.astype(np.float64)
    for axis in (0, 1):
        kernel = max(1, inside.shape[axis] // 2)
        around = [(0, 0)] * 3
        around[axis] = (kernel // 2 + 1, kernel - kernel // 2 - 1)
        sums = np.cumsum(np.pad(result, around, mode="symmetric"), axis=axis)
        shifted = np.moveaxis(sums, axis, 0)
        result = np.moveaxis((shifted[kernel:] - shifted[:-kernel]) / kernel, 0, axis)
    return np.rint(result).astype(np.uint8)


def mosaic(inside: Picture) -> Picture:
    """Return cells of 20 px, each in the colour of its first pixel."""
    height, width = inside.shape[:2]
    first = [np.arange(side) // _MOSAIC_PX * _MOSAIC_PX for side in (height, width)]
    return inside[first[0]][:, first[1]]


def bar(inside: Picture) -> Picture:
    """Return black."""
    return np.zeros_like(inside)


COMPARED: dict[str, Callable[[Picture], Picture]] = {"bar": bar, "blur": blur, "mosaic": mosaic}

CLEAN = Treatment(fill="none", extent=Extent.NOTHING)

TREATMENTS = (
    Treatment(fill="bar", extent=Extent.EYES),
    *(
        Treatment(fill=fill, extent=extent)
        for fill in ("blur", "mosaic", *hide.FILLS)
        for extent in (Extent.TIGHT, Extent.WIDE, Extent.HEAD)
    ),
)
