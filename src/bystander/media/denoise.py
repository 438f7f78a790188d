"""Taking noise out of one plane of a picture, each plane and each picture by itself.

FFmpeg's ``fftdnoiz`` cuts the plane into blocks of 32 x 32 samples that overlap by half, and
shrinks what is weak in each block's spectrum (a Wiener filter). It was chosen by measurement among
the filters that PyAV brings (``docs/decisions/0018-camera.md``).

It has a fault that matters here: where a block reaches below the plane, it takes over rows of the
block before, or memory that nobody wrote. So a plane is handed over in strips with rows to spare
at the bottom, and what was made of those is cut off. That keeps memory small as well.
"""

from __future__ import annotations

import threading
from fractions import Fraction
from typing import Any, cast

import av
import av.filter
import numpy as np

from bystander.records import Plane

# In steps of an 8-bit sample; the filter scales it for deeper ones.
_SIGMA = 12
_BLOCK = 32
_STEP = 16  # from one block to the next
_MOST_ROWS = 512  # of a strip
_GREY = {8: "gray", 10: "gray10le", 12: "gray12le", 16: "gray16le"}
_MOST_GRAPHS = 4  # kept by a thread: those of luma and chroma, and some for pictures of other sizes


def denoised(plane: Plane, bit_depth: int) -> Plane:
    """Return *plane* with its noise reduced; the same plane always gives the same samples.

    Args:
        plane: Shape (rows, columns), one of any size.
        bit_depth: Bits a sample: 8 as ``uint8``; 10, 12 or 16 as ``uint16``.
    """
    height, width = plane.shape
    strips = -(-height // _MOST_ROWS)
    strip = -(-height // (strips * _STEP)) * _STEP
    spare = strips * strip - height + _BLOCK
    padded = cast(Plane, np.pad(cast(Any, plane), ((_STEP, spare), (0, 0)), mode="edge"))
    made = np.empty_like(plane)
    for top in range(0, height, strip):
        rows = min(strip, height - top)
        whole = padded[top : top + _STEP + strip + _BLOCK]
        made[top : top + rows] = _filtered(whole, bit_depth)[_STEP : _STEP + rows, :width]
    return made


def _filtered(plane: Plane, bit_depth: int) -> Plane:
    """Return *plane* as the filter gives it back, a view of a frame of FFmpeg's."""
    height, width = plane.shape
    key = (width, height, bit_depth)
    if key not in _here.graphs:
        if len(_here.graphs) >= _MOST_GRAPHS:
            _here.graphs.clear()
        _here.graphs[key] = _graph(*key)
    graph = _here.graphs[key]
    frame = av.VideoFrame(width, height, _GREY[bit_depth])
    rows = _rows(frame, plane.dtype)
    rows[:, :width] = plane
    rows[:, width:] = 0
    frame.pts, frame.time_base = 0, Fraction(1)
    graph.push(frame)
    return _rows(cast(av.VideoFrame, graph.pull()), plane.dtype)


def _rows(frame: av.VideoFrame, dtype: np.dtype[np.uint8] | np.dtype[np.uint16]) -> Plane:
    (plane,) = frame.planes
    samples = np.frombuffer(memoryview(plane), dtype=dtype)
    stride = plane.line_size // samples.itemsize
    return cast(Plane, samples[: stride * plane.height].reshape(plane.height, stride))


def _graph(width: int, height: int, bit_depth: int) -> av.filter.Graph:
    graph = av.filter.Graph()
    form = av.VideoFormat(_GREY[bit_depth])
    graph.link_nodes(
        graph.add_buffer(width=width, height=height, format=form, time_base=Fraction(1)),
        graph.add("fftdnoiz", f"sigma={_SIGMA}:block={_BLOCK}:overlap={1 - _STEP / _BLOCK}"),
        graph.add("buffersink"),
    ).configure()
    return graph


class _Here(threading.local):
    """A graph serves one thread."""

    def __init__(self) -> None:
        self.graphs: dict[tuple[int, int, int], av.filter.Graph] = {}


_here = _Here()
