"""The verifier's detector gives what libfacedetection gives, from which it was read out."""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import tomllib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from bystander import detect, media
from bystander.detect.tiles import in_tiles
from bystander.records import Picture

ROOT = Path(__file__).parents[2]
# What the library writes for each face: a score in percent, left, top, width, height, five points.
ROW = np.dtype([("score", np.int16), ("box", np.int16, 4), ("rest", np.int16, 11)])

Library = Callable[[Picture], NDArray[np.float64]]


@pytest.fixture(scope="module")
def path() -> Path:
    spec = importlib.util.find_spec("yuface")
    assert spec
    assert spec.origin
    return Path(spec.origin).parent / "libfacedetection.so.v0.0.3"


@pytest.fixture(scope="module")
def library(path: Path) -> Library:
    loaded = ctypes.CDLL(str(path))
    # int *facedetect_cnn(uchar *buffer, uchar *bgr, int width, int height, int step), in C++.
    call = loaded["_Z14facedetect_cnnPhS_iii"]
    call.argtypes = [ctypes.c_void_p] * 2 + [ctypes.c_int] * 3
    loaded.omp_set_num_threads(1)

    def look(picture: Picture) -> NDArray[np.float64]:
        height, width = picture.shape[:2]
        bgr = np.zeros((max(height, 32), max(width, 32), 3), dtype=np.uint8)
        bgr[:height, :width] = picture[..., ::-1]
        buffer = np.zeros(0x20000, dtype=np.uint8)
        call(buffer.ctypes.data, bgr.ctypes.data, bgr.shape[1], bgr.shape[0], bgr.strides[0])
        count = int(buffer[:4].view(np.int32)[0])
        rows = buffer[4 : 4 + count * ROW.itemsize].view(ROW)
        rows = rows[rows["score"] > 30]
        x, y, wide, tall = rows["box"].astype(np.float64).T
        return np.stack([x, y, x + wide, y + tall, rows["score"] / 100], axis=1)

    return look


def check(library: Library, picture: Picture) -> int:
    """Compare the two, and return how many faces there are."""
    boxes, scores = detect.YuFace().look(picture)
    theirs, their_scores = in_tiles(library, picture, largest=(960, 960), overlap=160, most_iou=0.3)
    assert len(boxes) == len(theirs)
    # The library adds up in another order, and both round to whole pixels and percents.
    apart = np.abs(boxes[:, None] - theirs).max(axis=2)
    scores_apart = np.abs(scores[:, None] - their_scores)
    assert ((apart <= 1) & (scores_apart <= 0.0101)).any(axis=0).all()
    return len(boxes)


@pytest.mark.parametrize("scale", [0.3, 0.77, 1, 2, 3.1])
def test_it_sees_in_real_pictures_what_the_library_sees(
    library: Library, short_sample: Path, scale: float
) -> None:
    found = 0
    for frame in list(media.open_footage(short_sample).frames())[::6]:
        picture = frame.rgb(round(frame.width * scale), round(frame.height * scale))
        found += check(library, picture)
        found += check(library, picture[5:, picture.shape[1] // 2 :])
    assert found


@pytest.mark.parametrize(
    "size", [(1, 1), (7, 3), (16, 900), (33, 31), (31, 64), (64, 96), (255, 257), (1000, 970)]
)
def test_it_sees_in_pictures_of_any_size_what_the_library_sees(
    library: Library, size: tuple[int, int]
) -> None:
    check(library, np.full((*size, 3), 255, np.uint8))
    check(library, np.random.default_rng(1).integers(0, 256, (*size, 3), dtype=np.uint8))


def test_a_crowd_is_counted_as_the_library_counts_it(library: Library, short_sample: Path) -> None:
    frame = list(media.open_footage(short_sample).frames())[12]
    face = frame.rgb(frame.width // 2, frame.height // 2)[:48, 176:224]
    assert check(library, np.tile(face, (20, 20, 1))) > 100


def test_what_is_carried_is_what_is_made_of_the_library(path: Path) -> None:
    spec = importlib.util.spec_from_file_location("yuface_file", ROOT / "yuface_file.py")
    assert spec
    assert spec.loader
    build = importlib.util.module_from_spec(spec)  # no part of the package
    spec.loader.exec_module(build)
    lock = tomllib.loads((ROOT / "assets.toml").read_text(encoding="utf-8"))
    entry = next(asset for asset in lock["asset"] if asset["name"] == "yuface")
    content = path.read_bytes()
    assert hashlib.sha256(content).hexdigest() == entry["file_sha256"]
    made = hashlib.sha256(build.yuface_to_onnx(content)).hexdigest()
    assert made == entry["result_sha256"]
