"""Between FFmpeg's frames and ours: planes in and out, the right way up.

A frame keeps the file's own planes and bit depth. Only what the encoders on offer cannot take is
converted, to the nearest layout that they can: packed and semi-planar YUV is unpacked and grey
gets neutral chroma (no sample changes its value); RGB and palettes, rare chroma grids and odd
depths go through swscale, and :func:`choose_layout` says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import av
import numpy as np
from av.sidedata.sidedata import Type as SideDataType
from numpy.typing import NDArray

from bystander.errors import FootageError
from bystander.geometry import Box
from bystander.media import alpha
from bystander.records import Picture, PixelLayout, Plane

_CHROMA_SHIFT = {"420": (1, 1), "422": (1, 0), "444": (0, 0)}

# Formats whose samples are taken as they are, and the chroma grid and depth that they have.
_PLANAR = {
    f"yuv{letter}{grid}p{depth}": (grid, int(depth.removesuffix("le") or 8))
    for letter in ("", "j", "a")
    for grid in _CHROMA_SHIFT
    for depth in ("", "10le", "12le")
    if not (letter == "j" and depth)
}
_GREY = {"gray": 8, "gray10le": 10, "gray12le": 12}
# Formats that hold the same samples in another order: swscale only moves them.
_REPACKED = {
    "nv12": "yuv420p",
    "nv21": "yuv420p",
    "nv16": "yuv422p",
    "nv24": "yuv444p",
    "yuyv422": "yuv422p",
    "uyvy422": "yuv422p",
    "p010le": "yuv420p10le",
    "p210le": "yuv422p10le",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """How the coded picture is brought upright: first transposed, then flipped."""

    transpose: bool = False
    flip_x: bool = False
    flip_y: bool = False

    def upright(self, plane: Plane) -> Plane:
        """Return *plane* (rows, columns[, channels]) the right way up, contiguous."""
        turned: NDArray[np.generic] = plane
        if self.transpose:
            turned = turned.swapaxes(0, 1)
        if self.flip_x:
            turned = turned[:, ::-1]
        if self.flip_y:
            turned = turned[::-1]
        return cast(Plane, np.ascontiguousarray(turned))

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Return width and height of the upright picture for a coded one."""
        return (height, width) if self.transpose else (width, height)

    def grid_origin(self, width: int, height: int, grid_px: int = 16) -> tuple[int, int]:
        """Return where the coded blocks start in an upright picture of *width* x *height*."""
        return width % grid_px if self.flip_x else 0, height % grid_px if self.flip_y else 0


def read_turn(frame: av.VideoFrame) -> Turn:
    """Return how *frame* asks to be displayed.

    The display matrix maps a coded point (p, q) to x = a p + c q, y = b p + d q
    (ISO/IEC 14496-12, 6.2.2; as FFmpeg's ``libavutil/display.h`` has it).

    Raises:
        FootageError: The matrix turns by something else than a quarter, half or no turn, or cannot
            be read.
    """
    try:
        held: Any = frame.side_data  # PyAV types it as a plain mapping
    except ValueError as error:  # it does not know all kinds that FFmpeg has: EXIF is one
        raise FootageError(
            "the recording's frames carry data of a kind that is not read here",
            hint="convert it with a video editor first",
        ) from error
    side = held.get(SideDataType.DISPLAYMATRIX)
    if side is None:
        return Turn()
    matrix = np.frombuffer(memoryview(side), dtype=np.int32)
    a, b, c, d = (int(matrix[i]) for i in (0, 1, 3, 4))
    largest = max(abs(v) for v in (a, b, c, d))
    a, b, c, d = (0 if abs(v) * 100 < largest else (1 if v > 0 else -1) for v in (a, b, c, d))
    if a and d and not b and not c:
        return Turn(flip_x=a < 0, flip_y=d < 0)
    if b and c and not a and not d:
        return Turn(transpose=True, flip_x=c < 0, flip_y=b < 0)
    raise FootageError(
        "the recording asks to be shown at a slant, which is not supported",
        hint="turn it to a multiple of 90 degrees with a video editor first",
    )


def choose_layout(frame: av.VideoFrame, turn: Turn) -> tuple[PixelLayout, str, str | None]:
    """Return the layout our frames will have, the format to convert to, and a note if lossy.

    The middle value is the FFmpeg format that the decoded frame is brought to before its planes
    are read; it equals the frame's own where nothing needs converting.
    """
    name = frame.format.name
    full = frame.color_range == 2 or name.startswith("yuvj")
    source, note = name, None
    if name in _GREY:
        grid, depth = "420", _GREY[name]
    else:
        if name not in _PLANAR:
            source = _REPACKED.get(name) or _nearest(frame.format)
            if name not in _REPACKED:
                note = f"pixels were converted from {name} to {source}"
        grid, depth = _PLANAR[source]
        if frame.format.is_rgb or name == "pal8":
            full = False
    if turn.transpose and grid == "422":
        grid = "444"  # 4:2:2 on its side would be 4:4:0; every chroma sample is doubled instead
    layout = PixelLayout(
        name=f"yuv{grid}p" + (f"{depth}le" if depth > 8 else ""),
        bit_depth=depth,
        chroma_shift=_CHROMA_SHIFT[grid],
        full_range=full,
    )
    return layout, source, note


def _nearest(fmt: av.VideoFormat) -> str:
    bits = max(component.bits for component in fmt.components)
    depth = "" if bits <= 8 else "10le" if bits <= 10 else "12le"
    if fmt.is_rgb or fmt.has_palette:
        return f"yuv420p{'10le' if depth else ''}"
    chroma = fmt.components[1] if len(fmt.components) > 2 else fmt.components[0]
    full_height = chroma.height == fmt.components[0].height
    full_width = chroma.width == fmt.components[0].width
    grid = "444" if full_width else "422" if full_height else "420"
    return f"yuv{grid}p{depth}"


def read_planes(
    frame: av.VideoFrame, source: str, layout: PixelLayout, turn: Turn
) -> tuple[Plane, ...]:
    """Return the planes of *frame*, upright, copied out of FFmpeg's memory."""
    name = frame.format.name
    shares = alpha.opacity(frame)
    if name != source:
        # PNG says of its RGB that it is full range, which swscale would take on.
        limited = 1 if frame.format.is_rgb or name == "pal8" else None
        frame = frame.reformat(format=source, dst_color_range=limited)
    if name in _GREY:
        luma = turn.upright(_plane(frame, 0, layout.bit_depth))
        rows, columns = (luma.shape[0] + 1) // 2, (luma.shape[1] + 1) // 2
        neutral = np.full((rows, columns), 1 << (layout.bit_depth - 1), dtype=luma.dtype)
        return luma, neutral, neutral.copy()
    planes = [turn.upright(_plane(frame, i, layout.bit_depth)) for i in range(3)]
    if planes[1].shape[0] * 2 - planes[0].shape[0] in (0, 1) and layout.chroma_shift == (0, 0):
        rows = planes[0].shape[0]
        planes[1:] = [cast(Plane, np.repeat(plane, 2, axis=0)[:rows]) for plane in planes[1:]]
    if shares is not None:
        return alpha.on_white(tuple(planes), cast(alpha.Shares, turn.upright(shares)), layout)
    return tuple(planes)


def _plane(frame: av.VideoFrame, number: int, bit_depth: int) -> Plane:
    plane = frame.planes[number]
    dtype: type[np.uint8] | type[np.uint16] = np.uint16 if bit_depth > 8 else np.uint8
    samples = np.frombuffer(memoryview(plane), dtype=dtype)
    stride = plane.line_size // samples.itemsize
    return cast(
        Plane, samples[: stride * plane.height].reshape(plane.height, stride)[:, : plane.width]
    )


def write_planes(planes: tuple[Plane, ...], layout: PixelLayout) -> av.VideoFrame:
    """Return a new FFmpeg frame that holds *planes* and nothing else: no side data, no flags."""
    height, width = planes[0].shape
    frame = av.VideoFrame(width, height, layout.name)
    for number, plane in enumerate(planes):
        target = frame.planes[number]
        samples = np.frombuffer(memoryview(target), dtype=plane.dtype)
        stride = target.line_size // samples.itemsize
        rows = samples[: stride * target.height].reshape(target.height, stride)
        rows[:, : target.width] = plane
        # What lies beyond the picture may be read by an encoder: it must not be leftover memory.
        rows[:, target.width :] = 0
    return frame


def scaled_rgb(
    planes: tuple[Plane, ...],
    layout: PixelLayout,
    matrix: int,
    size: tuple[int, int],
    part: Box,
) -> Picture:
    """Return *part* of the picture that *planes* hold, scaled to *size*, as R G B.

    Args:
        planes: Upright.
        layout: How they are to be read.
        matrix: How colours were made into YUV, as H.273 numbers it.
        size: Width and height of the result in pixels.
        part: Sides on whole pixels, even ones or the frame's own.
    """
    cut = []
    for number, plane in enumerate(planes):
        shift_x, shift_y = layout.shift(number)
        rows = slice(int(part.y0) >> shift_y, -(-int(part.y1) >> shift_y))
        columns = slice(int(part.x0) >> shift_x, -(-int(part.x1) >> shift_x))
        cut.append(plane[rows, columns])
    frame = write_planes(tuple(cut), layout)
    frame.colorspace, frame.color_range = matrix, 2 if layout.full_range else 1
    # To start threads costs more than most of these pictures, and changes no pixel.
    small = frame.reformat(width=size[0], height=size[1], format="rgb24", threads=1)
    return cast(Picture, small.to_ndarray())
