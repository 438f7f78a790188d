"""At which sizes a frame, or a part of it, may be looked at, and in how many pieces."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from bystander.detect.tiles import tiles
from bystander.geometry import Box
from bystander.records import Frame

_LEAST_SIDE = 96  # a picture is not looked at smaller than this
_MOST_SIDE_WHOLE = 960  # faces may be as large as the picture: some look takes it in whole
_CLOSER = (Fraction(3, 2), Fraction(3))  # for stills, beside the double size
_CLOSELY_UP_TO_PX = 1_000_000
# A picture larger than this is looked at piece by piece, with as much of each seen twice: photos.
_PIECE_SIDE, _PIECE_OVERLAP = 6144, 256


def scales_of(frame: Frame, *, with_small: bool, still: bool) -> Iterator[Fraction]:
    """Yield the heights of the pictures in which *frame* is looked at, over its own.

    Args:
        frame: The frame.
        with_small: Whether faces are looked for that are too small to be seen at its own size.
        still: Whether no other frame can make up for a miss.
    """
    yield Fraction(1)
    scale = Fraction(1)
    while max(frame.width, frame.height) * scale > _MOST_SIDE_WHOLE:
        scale /= 2
        if min(frame.width, frame.height) * scale < _LEAST_SIDE:
            break
        yield scale
    if with_small:
        yield Fraction(2)
        if still and frame.width * frame.height <= _CLOSELY_UP_TO_PX:
            yield from _CLOSER


def pieces(frame: Frame, part: Box | None, scale: Fraction) -> Iterator[Box | None]:
    """Yield *part*, or what it is looked at in pieces of where it is too large to be held."""
    shown = part or frame.bounds
    side, overlap = (2 * int(px / scale / 2) for px in (_PIECE_SIDE, _PIECE_OVERLAP))
    if shown.width * shown.height * scale**2 <= _PIECE_SIDE**2:
        yield part
        return
    # Sides on even pixels, or the frame's own: colour may be stored for two at a time.
    half_width, half_height = int(shown.width) // 2, int(shown.height) // 2
    for y0, y1 in tiles(half_height, side // 2, overlap // 2):
        for x0, x1 in tiles(half_width, side // 2, overlap // 2):
            yield Box(
                shown.x0 + 2 * x0,
                shown.y0 + 2 * y0,
                shown.x1 if x1 == half_width else shown.x0 + 2 * x1,
                shown.y1 if y1 == half_height else shown.y0 + 2 * y1,
            )
