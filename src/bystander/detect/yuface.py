"""libfacedetection, the verifier's own detector: another network by other people.

Yu et al., "YuNet: A Tiny Millisecond-level Face Detector", Machine Intelligence Research 2023,
compiled with its weights into the package ``yuface``. The library is called as such: the package's
own binding keeps 36 kB of every call for good, and lets no other thread of Python run meanwhile.
"""

from __future__ import annotations

import ctypes

import numpy as np
from numpy.typing import NDArray

from bystander.detect.models import checked
from bystander.detect.tiles import suppress, tiles
from bystander.errors import ModelError
from bystander.records import Kind, Picture

# ``int *facedetect_cnn(unsigned char *buffer, unsigned char *bgr, int width, int height, int step)``
# as C++ names it, the size that its header asks of the buffer, and what it writes there: a score in
# percent, left, top, width, height, five points and one more number that it leaves free.
_FUNCTION = "_Z14facedetect_cnnPhS_iii"
_BUFFER_BYTES = 0x20000
_ROW = np.dtype([("score", np.int16), ("box", np.int16, 4), ("rest", np.int16, 11)])

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
            library = ctypes.CDLL(str(asset.path))
            self._detect = library[_FUNCTION]
            self._set_threads = library.omp_set_num_threads
        except (OSError, AttributeError) as error:
            raise ModelError("the verifier yuface cannot be loaded") from error
        self._detect.argtypes = [ctypes.c_void_p] * 2 + [ctypes.c_int] * 3
        self._detect.restype = ctypes.c_void_p
        self._set_threads.argtypes = [ctypes.c_int]
        self._found = np.zeros(_BUFFER_BYTES, dtype=np.uint8)
        self.name = asset.label

    def look(self, picture: Picture) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Find faces; see :meth:`bystander.records.Detector.look`."""
        height, width = picture.shape[:2]
        # Its own second thread waits by spinning, and takes the processor from whoever else works.
        self._set_threads(1)
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
        # Returned is a pointer into the buffer: a count, then one row for each face.
        self._detect(
            self._found.ctypes.data, bgr.ctypes.data, bgr.shape[1], bgr.shape[0], bgr.strides[0]
        )
        count = int(self._found[:4].view(np.int32)[0])
        rows = self._found[4 : 4 + count * _ROW.itemsize].view(_ROW)
        rows = rows[rows["score"] > 100 * _LEAST_SCORE]
        x, y, wide, tall = rows["box"].astype(np.float64).T
        share = rows["score"] / 100
        return np.stack([x, y, x + wide, y + tall, share], axis=1)
