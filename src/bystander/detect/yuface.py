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
from bystander.detect.tiles import in_tiles
from bystander.errors import ModelError
from bystander.records import Kind, Picture

# ``int *facedetect_cnn(uchar *buffer, uchar *bgr, int width, int height, int step)``,
# as C++ names it; the size that its header asks of the buffer; and what it writes there: a score in
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
    """Finds faces; :meth:`look` may be called from several threads."""

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
        self.name = asset.label
        self.look(np.zeros((_SMALLEST, _SMALLEST, 3), dtype=np.uint8))  # unpacks its weights, once

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
        height, width = picture.shape[:2]
        bgr = np.zeros((max(height, _SMALLEST), max(width, _SMALLEST), 3), dtype=np.uint8)
        bgr[:height, :width] = picture[..., ::-1]
        # Its own second thread waits by spinning, and takes the processor from whoever else works.
        self._set_threads(1)
        buffer = np.zeros(_BUFFER_BYTES, dtype=np.uint8)
        # Returned is a pointer into the buffer: a count, then one row for each face.
        self._detect(
            buffer.ctypes.data, bgr.ctypes.data, bgr.shape[1], bgr.shape[0], bgr.strides[0]
        )
        count = int(buffer[:4].view(np.int32)[0])
        rows = buffer[4 : 4 + count * _ROW.itemsize].view(_ROW)
        rows = rows[rows["score"] > 100 * _LEAST_SCORE]
        x, y, wide, tall = rows["box"].astype(np.float64).T
        share = rows["score"] / 100
        return np.stack([x, y, x + wide, y + tall, share], axis=1)
