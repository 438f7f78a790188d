"""What comes out of a recording: frames with their own planes, and sound."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from bystander.geometry import Box

Plane = NDArray[np.uint8] | NDArray[np.uint16]
Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class PixelLayout:
    """How the planes of a frame hold its picture.

    Attributes:
        name: FFmpeg's name of the format, such as ``yuv420p10le``.
        bit_depth: Bits a sample, 8 to 12; above 8 the planes are ``uint16``.
        chroma_shift: log2 of how much smaller U and V are than Y, x and y; ``None``: no chroma.
        full_range: Whether black is 0 and white is the largest value ("pc", not "tv").
        is_rgb: Whether the planes are G, B and R, as photos have them, and not Y, U and V.
    """

    name: str
    bit_depth: int
    chroma_shift: tuple[int, int] | None
    full_range: bool
    is_rgb: bool = False

    def shift(self, plane: int) -> tuple[int, int]:
        """Return log2 of how much smaller plane number *plane* is than the frame, x and y."""
        return self.chroma_shift if plane and self.chroma_shift else (0, 0)


# Small pictures of a whole frame, which several look at, are made once.
_KEPT_PX = 480 * 480

# The grey of the solid fill, as a share of the way from black to white.
_SOLID_GREY = 0.36


def solid_level(layout: PixelLayout, plane: int) -> int:
    """Return the sample value that the solid fill has in plane number *plane*.

    >>> layout = PixelLayout(
    ...     name="yuv420p", bit_depth=8, chroma_shift=(1, 1), full_range=False
    ... )
    >>> solid_level(layout, 0), solid_level(layout, 1)
    (95, 128)

    In R G B it is the same in every plane.

    >>> layout = PixelLayout(
    ...     name="gbrp", bit_depth=8, chroma_shift=(0, 0), full_range=True, is_rgb=True
    ... )
    >>> [solid_level(layout, plane) for plane in range(3)]
    [92, 92, 92]
    """
    if plane and not layout.is_rgb:
        return 1 << (layout.bit_depth - 1)
    scale = 1 << (layout.bit_depth - 8)
    if layout.full_range:
        return round(_SOLID_GREY * (256 * scale - 1))
    return round((16 + _SOLID_GREY * 219) * scale)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Frame:
    """One picture of a recording, upright.

    Attributes:
        index: Its number from 0, a label for people.
        at: Seconds since the first frame, exact.
        lasts: Seconds until the next one as far as the file says, or ``None``.
        planes: The file's own planes, Y or Y U V, or G B R, each (rows, columns).
        layout: How the planes are to be read.
        damaged: Whether the decoder had to make parts of it up.
        shown: How much of it is the picture, width and height in pixels, where pages of several
            sizes are one document: what is beyond is white and not written. ``None``: all of it.
    """

    index: int
    at: Fraction
    lasts: Fraction | None
    planes: tuple[Plane, ...]
    layout: PixelLayout
    damaged: bool = False
    shown: tuple[int, int] | None = None
    _rgb: Callable[[int, int, Box], Picture] | None = field(default=None, repr=False)
    _small: dict[tuple[int, int], Picture] = field(default_factory=dict, repr=False)

    @property
    def width(self) -> int:
        """Width in pixels."""
        return int(self.planes[0].shape[1])

    @property
    def height(self) -> int:
        """Height in pixels."""
        return int(self.planes[0].shape[0])

    @property
    def bounds(self) -> Box:
        """All of it."""
        return Box(0, 0, self.width, self.height)

    def rgb(self, width: int, height: int, part: Box | None = None) -> Picture:
        """Return the picture that detectors look at, or a part of it, scaled.

        Args:
            width: Width of the result in pixels.
            height: Height of the result in pixels.
            part: What of the frame to show, with sides on whole even pixels or the frame's own;
                ``None``: all of it.

        Returns:
            Shape (height, width, 3), R G B, 0 to 255; not to be changed.

        Raises:
            ValueError: The frame did not come from a decoder, so it has no picture to scale.
        """
        if self._rgb is None:
            raise ValueError("only a frame that came from a decoder can be looked at")
        if part is not None or width * height > _KEPT_PX:
            return self._rgb(width, height, part or self.bounds)
        kept = self._small.get((width, height))
        if kept is None:
            kept = self._rgb(width, height, self.bounds)
            kept.flags.writeable = False
            self._small[width, height] = kept
        return kept

    def with_planes(self, planes: tuple[Plane, ...]) -> Frame:
        """Return the same moment with other planes, and no way back to these."""
        return Frame(
            index=self.index,
            at=self.at,
            lasts=self.lasts,
            planes=planes,
            layout=self.layout,
            damaged=self.damaged,
            shown=self.shown,
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sound:
    """A piece of sound: ``samples`` is (channels, n), float32 in [-1, 1]."""

    at: Fraction
    rate_hz: int
    samples: NDArray[np.float32]
