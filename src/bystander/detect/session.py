"""A network that is checked before it is loaded, and looks at pictures of any size."""

from __future__ import annotations

import threading
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bystander.detect.models import checked
from bystander.detect.runtimes import OPENVINO, Runtime, on_onnxruntime, on_openvino
from bystander.errors import ModelError
from bystander.records import Picture
from bystander.threads import cores

# Below as many samples a picture costs a third less on one thread than shared by two.
_SMALL = 3 * 320 * 320
# OpenVINO takes 20 to 40 ms to prepare for a size of picture, which pays for few small ones.
_SMALL_FOR_OPENVINO = 3 * 512 * 512


class Session:
    """One loaded network with one input; :meth:`run` may be called from several threads.

    Attributes:
        name: ``name@digest`` of the model.
        provider: What it runs on, by the runtime's name for it.
    """

    def __init__(
        self, model: str, provider: str, *, alone: bool = False, one_size: bool = False
    ) -> None:
        """Load *model*, an asset's name.

        Args:
            model: Its name in the lock.
            provider: One of :data:`bystander.detect.runtimes.PROVIDERS`. Nothing else is tried when
                it cannot be had.
            alone: Large pictures as well are looked at by the calling thread alone, several at
                once; on the processor only.
            one_size: The pictures of a recording are all of one size.

        Raises:
            ModelError: The model is missing or altered, or the provider is not available.
        """
        asset = checked(model)
        self.name = asset.label
        self._model = model
        self._small_up_to = _SMALL
        if provider == OPENVINO:
            self._small_up_to = 0 if one_size else _SMALL_FOR_OPENVINO
        self._alone = alone
        loaded = _loaded(asset.path, asset.sha256, provider, 1 if alone else cores())
        self._large, self._small, self._one_large = loaded
        self.provider = self._large.name

    def run(self, tensor: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """Return every output for one input.

        Raises:
            ModelError: An output holds values that are not numbers.
        """
        is_small = tensor.size < self._small_up_to and self._small is not self._large
        if self._alone or is_small:
            outputs = self._small.run(tensor)
        else:
            with self._one_large:  # each takes up to 0.4 GB
                outputs = self._large.run(tensor)
        if not all(np.isfinite(output).all() for output in outputs):
            raise ModelError(f"the model {self._model} returned values that are not numbers")
        return list(outputs)


@cache
def _loaded(
    path: Path, _sha256: str, provider: str, threads: int
) -> tuple[Runtime, Runtime, threading.Lock]:
    """Return what runs large and small pictures, loaded once in a process, and a lock.

    Many photos are many runs: to load a network takes longer than to look at a small photo.
    """
    one_large = threading.Lock()
    if provider == OPENVINO:
        return on_openvino(path), on_onnxruntime(path, "cpu", 1), one_large
    large = on_onnxruntime(path, provider, threads)
    # For the calling thread alone; a graphics card is there once.
    small = on_onnxruntime(path, "cpu", 1) if provider == "cpu" and threads > 1 else large
    return large, small, one_large


def unload() -> None:
    """Let go of all loaded networks that nobody holds, and of the memory that they work in."""
    _loaded.cache_clear()


def padded(picture: Picture, multiple: int) -> NDArray[np.float32]:
    """Return *picture*, (H, W, 3), as (1, 3, h, w) with sides of a *multiple*, filled with 0."""
    height, width = picture.shape[:2]
    shape = (1, 3, -(-height // multiple) * multiple, -(-width // multiple) * multiple)
    tensor = np.empty(shape, dtype=np.float32)
    tensor[0, :, :height, :width] = picture.transpose(2, 0, 1)
    tensor[0, :, height:] = 0
    tensor[0, :, :height, width:] = 0
    return tensor
