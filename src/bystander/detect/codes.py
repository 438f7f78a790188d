"""Codes that a machine reads, QR codes and bar codes among them: where they are, by zxing-cpp.

The library decodes what it finds; what a code says is dropped here, unread, and so is whether it
could be decoded at all.
"""

from __future__ import annotations

from importlib import metadata

import numpy as np
from numpy.typing import NDArray

from bystander.records import Kind, Picture

_LIBRARY = "zxing-cpp"
# A code must have been told apart from what it is not by its own check or pattern to be found, even
# one that has an error in it.
_SURE, _WITH_ERROR = 1.0, 0.9
# One of bars is found as a line across them: it is as high as it is wide, at the most.
_LEAST_HEIGHT = 0.5


class Codes:
    """Finds codes; :meth:`look` may be called from several threads."""

    kind = Kind.CODE

    def __init__(self) -> None:
        """Load the library."""
        import zxingcpp

        self._library = zxingcpp
        self.name = f"{_LIBRARY}@{metadata.version(_LIBRARY)}"

    def look(self, picture: Picture) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Find codes; see :meth:`bystander.records.Detector.look`."""
        grey = np.ascontiguousarray(picture[..., 1])
        found = self._library.read_barcodes(grey, return_errors=True)
        rows = [(*_around(code.position), _SURE if code.valid else _WITH_ERROR) for code in found]
        both = np.array(rows, dtype=np.float64).reshape(-1, 5)
        return both[:, :4], both[:, 4]


def _around(position: object) -> tuple[float, float, float, float]:
    """Return the upright box around the four corners of a code."""
    corners = [
        getattr(position, name) for name in ("top_left", "top_right", "bottom_left", "bottom_right")
    ]
    xs, ys = [corner.x for corner in corners], [corner.y for corner in corners]
    x0, y0, x1, y1 = min(xs), min(ys), max(xs), max(ys)
    # Bars may have been seen along one line alone, in either direction.
    more_x = max(0.0, _LEAST_HEIGHT * (y1 - y0) - (x1 - x0)) / 2
    more_y = max(0.0, _LEAST_HEIGHT * (x1 - x0) - (y1 - y0)) / 2
    return x0 - more_x, y0 - more_y, x1 + more_x, y1 + more_y
