"""Making the fingerprint of the camera's sensor fainter.

Every pixel of a sensor answers to light a little more or less than its neighbours, by about one per
cent and for good. That pattern is in every picture the camera takes, and ties recordings to one
another and to the camera (Lukas, Fridrich, Goljan, "Digital camera identification from sensor
pattern noise", IEEE TIFS 1(2), 2006). It looks like noise, so taking out noise makes it fainter,
and coding with a coarse quality takes away much of what is left. It is reduced, never removed.

The noise is taken out after the fill: a filter spreads what it reads, and what is hidden must not
be there to be read. It works on each picture alone: a filter over time keeps what does not move,
and the fingerprint does not.
"""

from __future__ import annotations

from collections.abc import Sequence

from bystander import media
from bystander.geometry import Box
from bystander.hide.fills import windows
from bystander.records import PixelLayout, Plane


def fainter(
    filled: tuple[Plane, ...], boxes: Sequence[Box], layout: PixelLayout
) -> tuple[Plane, ...]:
    """Return *filled* with less noise outside *boxes*; inside, the fill stays as it is.

    Args:
        filled: The planes of a frame in which *boxes* hold their fill already.
        boxes: What is hidden, in pixels of the frame.
        layout: How the planes are to be read.
    """
    made = []
    for number, plane in enumerate(filled):
        smooth = media.denoised(plane, layout.bit_depth)
        for rows, columns in windows(boxes, layout.shift(number)):
            smooth[rows, columns] = plane[rows, columns]
        made.append(smooth)
    return tuple(made)
