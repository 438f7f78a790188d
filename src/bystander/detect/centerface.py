"""CenterFace, the detector of faces that plans are made with, run by onnxruntime.

Xu, Yan, Yang, "CenterFace: Joint Face Detection and Alignment Using Face as Point" (2019). The
network has a stride of 4 and four outputs: a heat map of face centres, log height and width,
the offset of the centre within its cell, and landmarks, which are not read.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bystander.detect.session import Session, padded
from bystander.detect.tiles import in_tiles
from bystander.errors import ModelError
from bystander.records import Kind, Picture

_STRIDE = 4
_MULTIPLE = 32  # sides of what the network sees
_LARGEST = (1408, 832)  # more at once costs memory: 0.5 GB at this size
_OVERLAP = 128
_LEAST_SCORE = 0.06
_MOST_IOU = 0.4


class CenterFace:
    """Finds faces; :meth:`look` may be called from several threads."""

    kind = Kind.FACE

    def __init__(self, provider: str = "cpu") -> None:
        """Load the model; see :class:`bystander.detect.session.Session`."""
        self._session = Session("centerface", provider)
        self.provider = self._session.provider
        self.name = self._session.name

    def look(self, picture: Picture) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Find faces; see :meth:`bystander.records.Detector.look`."""
        return in_tiles(
            self._look_once, picture, largest=_LARGEST, overlap=_OVERLAP, most_iou=_MOST_IOU
        )

    def _look_once(self, picture: Picture) -> NDArray[np.float64]:
        heat, size, offset, _ = self._session.run(padded(picture, _MULTIPLE))
        rows, columns = np.nonzero(heat[0, 0] > _LEAST_SCORE)
        tall, wide = (np.exp(size[0, i, rows, columns]) * _STRIDE for i in (0, 1))
        y = (rows + offset[0, 0, rows, columns] + 0.5) * _STRIDE
        x = (columns + offset[0, 1, rows, columns] + 0.5) * _STRIDE
        half_w, half_h = wide / 2, tall / 2
        scores = heat[0, 0, rows, columns]
        found = np.stack([x - half_w, y - half_h, x + half_w, y + half_h, scores], axis=1)
        if not np.isfinite(found).all():
            raise ModelError("the model centerface returned values that are not numbers")
        return found.astype(np.float64)
