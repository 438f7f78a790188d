"""A network that onnxruntime runs, checked before it is loaded."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bystander.detect.models import checked
from bystander.errors import ModelError
from bystander.threads import cores

# What a person asks for, and what onnxruntime calls it.
PROVIDERS = {
    "cpu": "CPUExecutionProvider",
    "cuda": "CUDAExecutionProvider",
    "openvino": "OpenVINOExecutionProvider",
}

# Below as many samples a picture costs a third less on one thread than shared by two.
_SMALL = 3 * 320 * 320


class Session:
    """One loaded network with one input; :meth:`run` may be called from several threads.

    Attributes:
        name: ``name@digest`` of the model.
        provider: What it runs on, by onnxruntime's name.
    """

    def __init__(self, model: str, provider: str) -> None:
        """Load *model*, an asset's name.

        Args:
            model: Its name in the lock.
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
        asset = checked(model)
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        # Planned memory is a block of its own for each size of picture, and there are many.
        options.enable_mem_pattern = False
        # Threads that wait by spinning take the processor from the decoder's and encoder's.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        providers = [wanted] if wanted == PROVIDERS["cpu"] else [wanted, PROVIDERS["cpu"]]

        def on_threads(count: int) -> Any:
            options.intra_op_num_threads = count
            return onnxruntime.InferenceSession(
                asset.path, sess_options=options, providers=providers
            )

        self._session = on_threads(cores())
        # For the calling thread alone; a graphics card is there once.
        self._small = on_threads(1) if wanted == PROVIDERS["cpu"] else self._session
        self._one_large = threading.Lock()
        in_use = self._session.get_providers()[0]
        if in_use != wanted:
            raise ModelError(
                f"onnxruntime could not start its {provider} provider and fell back to {in_use}",
                hint="check the driver that it needs, or use --provider cpu",
            )
        self.provider: str = in_use
        self.name = asset.label
        self._model = model
        self._input: str = self._session.get_inputs()[0].name

    def run(self, tensor: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """Return every output for one input.

        Raises:
            ModelError: An output holds values that are not numbers.
        """
        outputs: list[NDArray[np.float32]]
        if tensor.size < _SMALL:
            outputs = self._small.run(None, {self._input: tensor})
        else:
            with self._one_large:  # each takes up to 0.4 GB
                outputs = self._session.run(None, {self._input: tensor})
        if not all(np.isfinite(output).all() for output in outputs):
            raise ModelError(f"the model {self._model} returned values that are not numbers")
        return outputs


def padded(picture: NDArray[np.float32], multiple: int) -> NDArray[np.float32]:
    """Return *picture*, (H, W, 3), as (1, 3, h, w) with sides of a *multiple*, filled with 0."""
    height, width = picture.shape[:2]
    tensor = np.zeros(
        (1, 3, -(-height // multiple) * multiple, -(-width // multiple) * multiple),
        dtype=np.float32,
    )
    tensor[0, :, :height, :width] = picture.transpose(2, 0, 1)
    return tensor
