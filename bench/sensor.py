"""Simulated cameras, each with a fingerprint of its own, that film pictures.

A gain of each pixel and shot noise are what a sensor adds; the picture moves, as from a hand.
Nothing here knows the code that is measured.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bystander.records import PixelLayout, Plane

SIDE, FRAMES = 512, 60
GAIN = 0.012  # standard deviation
SHOT = 2.0  # grey levels
FRAMES_A_SCENE = 15

Scene = NDArray[np.float32]  # one picture as Y U V, larger than a frame: (3, rows, columns)


def fingerprint(seed: int, side: int = SIDE) -> NDArray[np.float32]:
    """Return the gain of every pixel of a camera, less 1."""
    random = np.random.default_rng(1000 + seed)
    return random.normal(0, GAIN, (side, side)).astype(np.float32)


def drawn_scene(seed: int, side: int = SIDE + 64) -> Scene:
    """Return a picture with shapes and textures such as nature has: its spectrum falls as 1/f."""
    random = np.random.default_rng(seed)
    across = np.hypot(np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side)[None, :])
    falling = 1 / np.maximum(across, 1 / side) ** 1.3
    planes = []
    for spread, middle in ((35, 120), (10, 128), (10, 128)):
        noise = np.fft.irfft2(
            np.fft.rfft2(random.normal(size=(side, side))) * falling, (side, side)
        )
        planes.append(middle + spread * noise / noise.std())
    for _ in range(12):
        x, y = random.integers(0, side - 32, 2)
        w, h = random.integers(8, side // 4, 2)
        for plane, step in zip(
            planes, (random.normal(0, 40), *random.normal(0, 8, 2)), strict=True
        ):
            plane[y : y + h, x : x + w] += step
    return np.stack(planes).clip(16, 235).astype(np.float32)


def scenes_of(folder: Path, side: int = SIDE + 64) -> list[Scene]:
    """Return the pictures in *folder* that are large enough, as Y U V of limited range."""
    found = []
    for path in sorted(folder.rglob("*.jpg")):
        with Image.open(path) as image:
            if min(image.size) >= side:
                samples = np.asarray(image.convert("YCbCr"), dtype=np.float32).transpose(2, 0, 1)
                samples[0] = samples[0] * (219 / 255) + 16
                found.append(samples)
    return found


def filmed(
    scenes: list[Scene],
    gain: NDArray[np.float32],
    seed: int,
    *,
    frames: int = FRAMES,
    bits: int = 8,
) -> Iterator[tuple[tuple[Plane, ...], tuple[Scene, ...]]]:
    """Yield the planes (4:2:0) that a camera makes of *scenes*, and the scene without it."""
    random = np.random.default_rng(seed)
    side = gain.shape[0]
    small = gain.reshape(side // 2, 2, side // 2, 2).mean(axis=(1, 3))
    scale, dtype = 1 << (bits - 8), np.uint8 if bits == 8 else np.uint16
    x = y = dx = dy = 0
    for number in range(frames):
        scene = scenes[number // FRAMES_A_SCENE % len(scenes)]
        step = number % FRAMES_A_SCENE
        if not step:
            dx, dy = random.integers(1, 3, 2)
            x = random.integers(0, scene.shape[2] - side - 2 * FRAMES_A_SCENE)
            y = random.integers(0, scene.shape[1] - side - 2 * FRAMES_A_SCENE)
        cut = scene[:, y + dy * step :, x + dx * step :][:, :side, :side]
        still = (cut[0], cut[1, ::2, ::2], cut[2, ::2, ::2])
        made = []
        for plane, black, gains in zip(still, (16, 128, 128), (gain, small, small), strict=True):
            noisy = (plane - black) * (1 + gains) + black
            noisy = noisy + random.normal(0, SHOT if black == 16 else SHOT / 2, plane.shape)
            made.append(np.rint(noisy * scale).clip(0, 256 * scale - 1).astype(dtype))
        yield tuple(made), still


def write(path: Path, frames: Iterator[tuple[Plane, ...]], *, bits: int = 8, crf: int = 18) -> None:
    """Write what a camera made, as a camera would: H.264, or HEVC for 10 bits."""
    layout = layout_of(bits)
    with av.open(str(path), "w") as container:
        codec = "libx264" if bits == 8 else "libx265"
        options = {"preset": "veryfast", "crf": str(crf)}
        if bits > 8:
            options["x265-params"] = "log-level=none"
        stream: Any = container.add_stream(codec, rate=25, options=options)
        for number, planes in enumerate(frames):
            if not number:
                stream.height, stream.width = planes[0].shape
                stream.pix_fmt = layout.name
            frame = av.VideoFrame(stream.width, stream.height, layout.name)
            for target, plane in zip(frame.planes, planes, strict=True):
                rows = np.frombuffer(memoryview(target), dtype=plane.dtype)
                rows.reshape(target.height, -1)[:, : plane.shape[1]] = plane
            frame.pts, frame.time_base = number, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def layout_of(bits: int) -> PixelLayout:
    """Return the layout of such frames."""
    name = "yuv420p" + (f"{bits}le" if bits > 8 else "")
    return PixelLayout(name=name, bit_depth=bits, chroma_shift=(1, 1), full_range=False)
