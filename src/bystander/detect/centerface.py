"""CenterFace, the detector of faces that plans are made with, run by onnxruntime.

Xu, Yan, Yang, "CenterFace: Joint Face Detection and Alignment Using Face as Point" (2019). The
network has a stride of 4 and says of every cell how surely a face's centre is there, log height and
width, and the offset of the centre within the cell. Landmarks, which it can tell as well, were left
out when the file was built into this installation (``model_files.py``).
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
# Next to nothing, but worth a closer look: so little counts where it is more than around it.
_LEAST_PEAK = 0.03
_MOST_IOU = 0.4
_LEAST_LOGIT, _LEAST_PEAK_LOGIT = (np.log(s / (1 - s)) for s in (_LEAST_SCORE, _LEAST_PEAK))


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
        said = self._session.run(padded(picture, _MULTIPLE))[0][0]
        rows, columns = np.nonzero(_worth(said[0]))
        sure, log_tall, log_wide, down, right = said[:, rows, columns]
        y, x = (rows + down + 0.5) * _STRIDE, (columns + right + 0.5) * _STRIDE
        half_h, half_w = np.exp(log_tall) * _STRIDE / 2, np.exp(log_wide) * _STRIDE / 2
        scores = 1 / (1 + np.exp(-sure))
        found = np.stack([x - half_w, y - half_h, x + half_w, y + half_h, scores], axis=1)
        if not np.isfinite(found).all():
            raise ModelError("the model centerface returned values that are not numbers")
        return found.astype(np.float64)


def _worth(sure: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return which cells of a map of logits, (rows, columns), are reported."""
    framed = np.full_like(sure, -np.inf, shape=(sure.shape[0] + 2, sure.shape[1] + 2))
    framed[1:-1, 1:-1] = sure
    across = np.maximum(np.maximum(framed[:, :-2], framed[:, 1:-1]), framed[:, 2:])
    around = np.maximum(np.maximum(across[:-2], across[1:-1]), across[2:])
    peaks = (sure > _LEAST_PEAK_LOGIT) & (sure >= around)
    worth: NDArray[np.bool_] = (sure > _LEAST_LOGIT) | peaks
    return worth
