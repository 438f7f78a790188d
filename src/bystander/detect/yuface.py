"""libfacedetection, the verifier's own detector: another network by other people.

Yu et al., "YuNet: A Tiny Millisecond-level Face Detector", Machine Intelligence Research 2023,
compiled with its weights into the package ``yuface``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bystander.detect.models import checked
from bystander.detect.tiles import suppress, tiles
from bystander.errors import ModelError
from bystander.records import Kind, Picture

_LARGEST = 960  # the library warns beyond this
_OVERLAP = 160
_LEAST_SCORE = 0.3
_MOST_IOU = 0.3
_SMALLEST = 32  # sides shorter than this are padded: the library's own pyramid needs room


class YuFace:
    """Finds faces; :meth:`look` is safe to call from one thread at a time."""

    kind = Kind.FACE

    def __init__(self) -> None:
        """Load the library.

        Raises:
            ModelError: The package is missing or is not the one in the lock.
        """
        asset = checked("yuface")
        try:
            import yuface
            from threadpoolctl import ThreadpoolController
        except ImportError as error:
            raise ModelError("the verifier yuface cannot be loaded") from error
        self._detect = yuface.detect
        self._threads = ThreadpoolController()
        self.name = asset.label

    def look(self, picture: Picture) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Find faces; see :meth:`bystander.records.Detector.look`."""
        height, width = picture.shape[:2]
        # Its own second thread waits by spinning, and takes the processor from whoever else works.
        with self._threads.limit(limits=1, user_api="openmp"):
            found = [
                self._look_once(picture[y0:y1, x0:x1]) + np.array([x0, y0, x0, y0, 0])
                for y0, y1 in tiles(height, _LARGEST, _OVERLAP)
                for x0, x1 in tiles(width, _LARGEST, _OVERLAP)
            ]
        both = np.concatenate(found)
        kept = suppress(both[:, :4], both[:, 4], _MOST_IOU)
        return both[kept, :4], both[kept, 4]

    def _look_once(self, picture: Picture) -> NDArray[np.float64]:
        height, width = picture.shape[:2]
        bgr = np.zeros((max(height, _SMALLEST), max(width, _SMALLEST), 3), dtype=np.uint8)
        bgr[:height, :width] = picture[..., ::-1]
        scores, boxes, _ = self._detect(bgr, _LEAST_SCORE)
        x, y, wide, tall = np.asarray(boxes, dtype=np.float64).reshape(-1, 4).T
        share = np.asarray(scores, dtype=np.float64).reshape(-1) / 100
        return np.stack([x, y, x + wide, y + tall, share], axis=1)
