from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from bystander import media
from bystander.media import denoise
from bystander.records import Plane

DEPTHS = [8, 10, 12, 16]
# Rows and columns; below a block, not a multiple of its step, above a strip.
SIZES = [(1, 1), (4, 4), (17, 31), (96, 160), (269, 479), (700, 64), (1030, 33)]


def plane_of(size: tuple[int, int], bit_depth: int, seed: int = 0) -> Plane:
    dtype: Any = np.uint8 if bit_depth == 8 else np.uint16
    made: Plane = np.random.default_rng(seed).integers(0, 1 << bit_depth, size=size, dtype=dtype)
    return made


@pytest.mark.parametrize("bit_depth", DEPTHS)
@pytest.mark.parametrize("size", SIZES)
def test_a_plane_decides_alone_what_is_made_of_it(size: tuple[int, int], bit_depth: int) -> None:
    plane = plane_of(size, bit_depth)
    kept = plane.copy()
    once = media.denoised(plane, bit_depth)
    media.denoised(plane_of(size, bit_depth, 1), bit_depth)
    assert np.array_equal(once, media.denoised(plane, bit_depth))
    assert np.array_equal(plane, kept)
    assert (once.shape, once.dtype) == (plane.shape, plane.dtype)


def test_memory_that_nobody_wrote_is_not_read() -> None:
    """Fresh memory is filled in three ways; a filter that reads it gives three results."""
    digests = set()
    for fresh in ("0", "85", "170"):
        ran = subprocess.run(
            [sys.executable, "-c", f"from {__name__} import digest; print(digest())"],
            env={**os.environ, "MALLOC_PERTURB_": fresh, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        )
        digests.add(ran.stdout)
    assert len(digests) == 1


def digest() -> str:
    planes = (media.denoised(plane_of(size, 8), 8) for size in SIZES)
    return hashlib.sha256(b"".join(plane.tobytes() for plane in planes)).hexdigest()


def test_strips_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    plane = plane_of((700, 64), 8)
    in_strips = media.denoised(plane, 8)
    monkeypatch.setattr(denoise, "_MOST_ROWS", 2000)
    assert np.array_equal(in_strips, media.denoised(plane, 8))


@pytest.mark.parametrize("bit_depth", DEPTHS)
def test_noise_gets_less_and_shapes_stay(bit_depth: int) -> None:
    scale = 1 << (bit_depth - 8)
    random = np.random.default_rng(3)
    truth = np.full((96, 160), 60.0)
    truth[:, 80:] = 180
    noisy = (truth + random.normal(0, 2, truth.shape)) * scale
    plane: Any = np.rint(noisy).astype(np.uint8 if bit_depth == 8 else np.uint16)
    made = media.denoised(plane, bit_depth) / scale
    before, after = (np.abs(p - truth) for p in (plane / scale, made))
    assert after.mean() < before.mean() / 2
    assert after.max() < 12
