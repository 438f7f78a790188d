"""libfacedetection, the verifier's own detector: another network by other people.

Yu et al., "YuNet: A Tiny Millisecond-level Face Detector", Machine Intelligence Research 2023. In
every cell of three grids it says how surely a face is there, as two probabilities whose geometric
mean is the score, and where. The network was read out of the library when this was installed
(``yuface_file.py``); what the library does before and after it is done here, to the last rounding,
so that the answers are the library's.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bystander.detect.session import Session, padded
from bystander.detect.tiles import in_tiles, suppress
from bystander.records import Kind, Picture

_STRIDES = (8, 16, 32)
_LARGEST = 960  # the library warns beyond this; and of a larger one less stays in caches
_OVERLAP = 160
_LEAST_PERCENT = 31
_MOST_IOU = 0.3
# The library's own: among what it saw, at most so many, overlapping less than this, are faces.
_MOST_SEEN, _MOST_FACES = 1000, 512
_MOST_IOU_AT_ONCE = 0.45
# A score is at most the square root of either probability. This is a little below the logit at
# which that reaches the least score.
_LEAST_LOGIT = -2.3


class YuFace:
    """Finds faces; :meth:`look` may be called from several threads."""

    kind = Kind.FACE

    def __init__(self) -> None:
        """Load the model; see :class:`bystander.detect.session.Session`."""
        # It looks in parts, beside others that work: threads of its own would gain nothing.
        self._session = Session("yuface", "cpu", alone=True)
        self.name = self._session.name

    def look(self, picture: Picture) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Find faces; see :meth:`bystander.records.Detector.look`."""
        return in_tiles(
            self._look_once,
            picture,
            largest=(_LARGEST, _LARGEST),
            overlap=_OVERLAP,
            most_iou=_MOST_IOU,
            at_once=True,
        )

    def _look_once(self, picture: Picture) -> NDArray[np.float64]:
        said = self._session.run(padded(picture, _STRIDES[-1]))
        seen = np.concatenate(
            [_in_grid(one[0], stride) for one, stride in zip(said, _STRIDES, strict=True)]
        )
        seen = seen[np.argsort(-seen[:, 4], kind="stable")[:_MOST_SEEN]]
        kept = suppress(seen[:, :4].astype(np.float64), seen[:, 4], _MOST_IOU_AT_ONCE)
        x0, y0, x1, y1, score = seen[kept[:_MOST_FACES]].T
        # In whole pixels and whole percents, each rounded towards zero.
        whole = np.trunc([x0, y0, x1 - x0, y1 - y0, 100 * score]).astype(np.float64)
        x, y, wide, tall, percent = whole
        return np.stack([x, y, x + wide, y + tall, percent / 100], axis=1)


def _in_grid(said: NDArray[np.float32], stride: int) -> NDArray[np.float32]:
    """Return the faces seen in one grid, shape (N, 5): sides and score, cell by cell.

    Args:
        said: Shape (6, rows, columns); see ``yuface_to_onnx``.
        stride: Pixels of a cell, which is seen from its upper left corner.
    """
    rows, columns = np.nonzero((said[:2] > _LEAST_LOGIT).all(axis=0))
    one, other, right, down, wide, tall = said[:, rows, columns]
    scores = np.sqrt(1 / (1 + np.exp(-one)) * (1 / (1 + np.exp(-other))))
    cell = np.float32(stride)
    x, y = (columns.astype(np.float32) + right) * cell, (rows.astype(np.float32) + down) * cell
    half_w, half_h = np.exp(wide) * cell / 2, np.exp(tall) * cell / 2
    found = np.stack([x - half_w, y - half_h, x + half_w, y + half_h, scores], axis=1)
    sure: NDArray[np.float32] = found[100 * scores >= _LEAST_PERCENT]
    return sure
