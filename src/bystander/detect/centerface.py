"""CenterFace, the detector that plans are made with, run by onnxruntime.

Xu, Yan, Yang, "CenterFace: Joint Face Detection and Alignment Using Face as Point" (2019). The
network has a stride of 4 and four outputs: a heat map of face centres, log height and width,
the offset of the centre within its cell, and landmarks, which are not read.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bystander.detect.models import checked
from bystander.detect.tiles import suppress, tiles
from bystander.errors import ModelError
from bystander.records import Kind, Picture

_STRIDE = 4
_MULTIPLE = 32  # sides of what the network sees
_LARGEST = (1920, 1088)  # more at once costs memory: 0.5 GB at this size
_OVERLAP = 192
_LEAST_SCORE = 0.1
_MOST_IOU = 0.3

# What a person asks for, and what onnxruntime calls it.
PROVIDERS = {
    "cpu": "CPUExecutionProvider",
    "cuda": "CUDAExecutionProvider",
    "openvino": "OpenVINOExecutionProvider",
}


class CenterFace:
    """Finds faces; :meth:`look` is safe to call from one thread at a time."""

    kind = Kind.FACE

    def __init__(self, provider: str = "cpu") -> None:
        """Load the model.

        Args:
            provider: A key of :data:`PROVIDERS`. Nothing else is tried when it cannot be had.

        Raises:
            ModelError: The model is missing or altered, or the provider is not available.
        """
        import onnxruntime

        wanted = PROVIDERS[provider]
        if wanted not in onnxruntime.get_available_providers():
            raise ModelError(
                f"onnxruntime has no {provider} provider here",
                hint="install the onnxruntime build that has it, or use --provider cpu",
            )
        asset = checked("centerface")
        options = onnxruntime.SessionOptions()
        options.enable_cpu_mem_arena = False  # the arena never shrinks and pictures vary in size
        options.log_severity_level = 3
        options.intra_op_num_threads = _cores()
        # Threads that wait by spinning take the processor from the decoder's and encoder's.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        providers = [wanted] if wanted == PROVIDERS["cpu"] else [wanted, PROVIDERS["cpu"]]
        self._session: Any = onnxruntime.InferenceSession(
            asset.path, sess_options=options, providers=providers
        )
        in_use = self._session.get_providers()[0]
        if in_use != wanted:
            raise ModelError(
                f"onnxruntime could not start its {provider} provider and fell back to {in_use}",
                hint="check the driver that it needs, or use --provider cpu",
            )
        self.provider = in_use
        self.name = asset.label
        self._input: str = self._session.get_inputs()[0].name

    def look(self, picture: Picture) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Find faces; see :meth:`bystander.records.Detector.look`."""
        height, width = picture.shape[:2]
        found = [
            self._look_once(picture[y0:y1, x0:x1]) + np.array([x0, y0, x0, y0, 0])
            for y0, y1 in tiles(height, _LARGEST[1], _OVERLAP)
            for x0, x1 in tiles(width, _LARGEST[0], _OVERLAP)
        ]
        both = np.concatenate(found)
        kept = suppress(both[:, :4], both[:, 4], _MOST_IOU)
        return both[kept, :4], both[kept, 4]

    def _look_once(self, picture: Picture) -> NDArray[np.float64]:
        height, width = picture.shape[:2]
        padded = np.zeros(
            (1, 3, -(-height // _MULTIPLE) * _MULTIPLE, -(-width // _MULTIPLE) * _MULTIPLE),
            dtype=np.float32,
        )
        padded[0, :, :height, :width] = picture.transpose(2, 0, 1)
        heat, size, offset, _ = self._session.run(None, {self._input: padded})
        if not np.isfinite(heat).all():
            raise ModelError("the detector centerface returned values that are not numbers")
        rows, columns = np.nonzero(heat[0, 0] > _LEAST_SCORE)
        tall, wide = (np.exp(size[0, i, rows, columns]) * _STRIDE for i in (0, 1))
        y = (rows + offset[0, 0, rows, columns] + 0.5) * _STRIDE
        x = (columns + offset[0, 1, rows, columns] + 0.5) * _STRIDE
        half_w, half_h = wide / 2, tall / 2
        scores = heat[0, 0, rows, columns]
        found = np.stack([x - half_w, y - half_h, x + half_w, y + half_h, scores], axis=1)
        if not np.isfinite(found).all():
            raise ModelError("the detector centerface returned values that are not numbers")
        return found.astype(np.float64)


def _cores() -> int:
    """Return how many processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
