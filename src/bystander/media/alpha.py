"""Transparency: colours that no viewer was shown are not shown by us either.

Under what is see-through a file can hold anything, a face that was cut out for one. What is kept
has no transparency, so such places become white, as in photos, before anything looks at them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import av
import numpy as np
from numpy.typing import NDArray

from bystander.errors import FootageError
from bystander.records import PixelLayout, Plane

Shares = NDArray[np.uint8]

NOTE = "what is see-through was put on white"


def can_be_clear(fmt: av.VideoFormat) -> bool:
    """Return whether pixels of this kind can be see-through."""
    return fmt.has_palette or any(component.is_alpha for component in fmt.components)


def check_shown(frames: Sequence[av.VideoFrame]) -> None:
    """Check that anything is to be seen in *frames*, the first of a recording.

    Raises:
        FootageError: All of it is see-through, which some programs write that mean the opposite.
    """
    shares = [opacity(frame) for frame in frames]
    if all(share is not None and not share.any() for share in shares):
        raise FootageError(
            "the recording begins with nothing but see-through pictures",
            hint="convert it to a kind without transparency with a video editor first",
        )


def opacity(frame: av.VideoFrame) -> Shares | None:
    """Return how opaque *frame* is, 0 to 255 for each pixel, or ``None`` if it is all opaque."""
    if not can_be_clear(frame.format):
        return None
    plane = frame.reformat(format="yuva444p").planes[3]
    samples = np.frombuffer(memoryview(plane), dtype=np.uint8)
    shares = samples.reshape(plane.height, plane.line_size)[:, : plane.width]
    return None if (shares == 255).all() else shares


def on_white(planes: tuple[Plane, ...], shares: Shares, layout: PixelLayout) -> tuple[Plane, ...]:
    """Return *planes* with what is see-through put on white.

    Args:
        planes: Y, U and V, upright.
        shares: As :func:`opacity` gives them, upright.
        layout: How the planes are to be read.
    """
    scale = 1 << (layout.bit_depth - 8)
    white = (256 * scale - 1) if layout.full_range else 235 * scale
    return tuple(
        _mixed(plane, _least(shares, *layout.shift(number)), 128 * scale if number else white)
        for number, plane in enumerate(planes)
    )


def _least(shares: Shares, shift_x: int, shift_y: int) -> Shares:
    """Return the least of *shares* under each sample of a plane that is halved so often."""
    for axis, shift in ((0, shift_y), (1, shift_x)):
        if shift:
            odd = shares.shape[axis] % 2
            even = np.pad(shares, [(0, odd * (axis == at)) for at in (0, 1)], mode="edge")
            every_other = [range(start, even.shape[axis], 2) for start in (0, 1)]
            shares = np.minimum(*(even.take(indices, axis) for indices in every_other))
    return shares


def _mixed(plane: Plane, shares: Shares, clear: int) -> Plane:
    share = shares.astype(np.float32) / 255
    mixed = plane * share + clear * (1 - share)
    return cast(Plane, mixed.round().astype(plane.dtype))
