"""PP-OCRv6, which finds where text is, run by onnxruntime or OpenVINO. What it says is not read.

Liao et al., "Real-time Scene Text Detection with Differentiable Binarization" (AAAI 2020): the
network gives for every pixel how surely it is part of the shrunk kernel of a line of text. Kernels
are cut out at a threshold and grown back by their area over their perimeter. Upright boxes around
them are enough here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bystander.detect.components import components
from bystander.detect.session import Session, padded
from bystander.detect.tiles import in_tiles
from bystander.records import Kind, Picture

_MULTIPLE = 32  # sides of what the network sees
_LARGEST = (1408, 832)  # more at once costs memory
_OVERLAP = 128
_KERNEL = 0.3  # least value of a pixel that is part of a line of text
_LEAST_SCORE = 0.4
_SMALLEST = 3  # pixels, a side of a kernel
# Where there is little to see, all of a picture can look like one word. Text is not that thick, or
# it shows at a smaller size.
_THICKEST = 160
_UNCLIP = 1.6  # how far kernels grow back, times their area over their perimeter
_MOST_IOU = 0.6


class PpOcr:
    """Finds lines of text; :meth:`look` may be called from several threads."""

    kind = Kind.TEXT

    def __init__(self, provider: str = "cpu") -> None:
        """Load the model; see :class:`bystander.detect.session.Session`."""
        self._session = Session("ppocr", provider)
        self.provider = self._session.provider
        self.name = self._session.name

    def look(self, picture: Picture) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Find lines of text; see :meth:`bystander.records.Detector.look`."""
        return in_tiles(
            self._look_once, picture, largest=_LARGEST, overlap=_OVERLAP, most_iou=_MOST_IOU
        )

    def _look_once(self, picture: Picture) -> NDArray[np.float64]:
        height, width = picture.shape[:2]
        tensor = padded(picture[..., ::-1], _MULTIPLE)  # blue comes first
        # Grey beyond the edges stays 0: black would be an edge of its own.
        shown = tensor[0, :, :height, :width]
        shown /= 127.5
        shown -= 1
        kernels = self._session.run(tensor)[0][0, 0, :height, :width]
        boxes, scores = components(kernels > _KERNEL, kernels)
        wide, tall = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
        grow = _UNCLIP * wide * tall / (2 * (wide + tall))
        grown = boxes + grow[:, None] * np.array([-1, -1, 1, 1])
        found = np.concatenate([grown, scores[:, None]], axis=1)
        thin, thick = np.minimum(wide, tall), np.minimum(wide, tall) + 2 * grow
        kept: NDArray[np.float64] = found[
            (thin >= _SMALLEST) & (thick <= _THICKEST) & (scores > _LEAST_SCORE)
        ]
        return kept
