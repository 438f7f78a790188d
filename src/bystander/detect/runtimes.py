"""What runs a network: onnxruntime, or OpenVINO where it is installed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bystander.errors import ModelError

# What a person asks for, and what onnxruntime calls it.
ON_ONNXRUNTIME = {
    "cpu": "CPUExecutionProvider",
    "cuda": "CUDAExecutionProvider",
    "coreml": "CoreMLExecutionProvider",
    "directml": "DmlExecutionProvider",
}
OPENVINO = "openvino"
PROVIDERS = (*ON_ONNXRUNTIME, OPENVINO)

# OpenVINO prepares itself for each size of picture, and forgets those seen longest ago.
_SIZES_KEPT = 64


@dataclass(frozen=True, slots=True)
class Runtime:
    """One network, loaded.

    Attributes:
        run: Returns every output for one input.
        name: What it runs on.
    """

    run: Callable[[NDArray[np.float32]], Sequence[NDArray[np.float32]]]
    name: str


def on_onnxruntime(model: Path, provider: str, threads: int) -> Runtime:
    """Load *model*.

    Args:
        model: An ONNX file with one input.
        provider: A key of :data:`ON_ONNXRUNTIME`. Nothing else is tried when it cannot be had.
        threads: How many threads share the work of one picture.

    Raises:
        ModelError: The provider is not available.
    """
    import onnxruntime

    wanted = ON_ONNXRUNTIME[provider]
    if wanted not in onnxruntime.get_available_providers():
        raise ModelError(
            f"onnxruntime has no {provider} provider here",
            hint="install the onnxruntime build that has it, or use --provider cpu",
        )
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = threads
    # Planned memory is a block of its own for each size of picture, and there are many.
    options.enable_mem_pattern = False
    # Threads that wait by spinning take the processor from the decoder's and encoder's.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    providers = list(dict.fromkeys([wanted, ON_ONNXRUNTIME["cpu"]]))
    session: Any = onnxruntime.InferenceSession(model, sess_options=options, providers=providers)
    in_use: str = session.get_providers()[0]
    if in_use != wanted:
        raise ModelError(
            f"onnxruntime could not start its {provider} provider and fell back to {in_use}",
            hint="check the driver that it needs, or use --provider cpu",
        )
    entrance = session.get_inputs()[0].name
    return Runtime(run=lambda tensor: session.run(None, {entrance: tensor}), name=in_use)


def on_openvino(model: Path) -> Runtime:
    """Load *model*, an ONNX file with one input.

    The precision is OpenVINO's own choice for the processor: bfloat16 where it computes with that.

    A look is one thread's: for two that share it, it takes 1.2 to 2.2 times as much of the
    processor. There is memory for one look, so callers take turns.

    Raises:
        ModelError: OpenVINO is not installed, or does not start.
    """
    try:
        import openvino

        settings = {
            "NUM_STREAMS": 1,
            "INFERENCE_NUM_THREADS": 1,
            "ENABLE_CPU_PINNING": False,  # other threads work on the same cores
            "CPU_RUNTIME_CACHE_CAPACITY": _SIZES_KEPT,
        }
        compiled = openvino.Core().compile_model(model, "CPU", settings)
        request = compiled.create_infer_request()
        precision = compiled.get_property("INFERENCE_PRECISION_HINT").to_string()
        version = openvino.__version__.partition("-")[0]
    except ImportError as error:
        raise ModelError(
            "OpenVINO is not installed", hint="pip install 'bystander[openvino]', or --provider cpu"
        ) from error
    except (AttributeError, RuntimeError) as error:
        raise ModelError("OpenVINO does not start here", hint="use --provider cpu") from error
    exits = list(compiled.outputs)

    def run(tensor: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        try:
            results = request.infer({0: tensor})
        except RuntimeError as error:
            raise ModelError("OpenVINO failed at a look", hint="use --provider cpu") from error
        return [results[one] for one in exits]

    return Runtime(run=run, name=f"OpenVINO {version} in {precision}")
