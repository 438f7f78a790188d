"""Drawn footage that knows the truth: textured things that move over a textured ground.

Files are made with PyAV directly, not with the code under test.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from bystander.geometry import Box
from bystander.records import (
    Because,
    FootageFacts,
    Keyframe,
    Kind,
    Plan,
    Policy,
    Redaction,
)
from bystander.timeline import Span


@dataclass(frozen=True, kw_only=True)
class Scene:
    """How a drawn recording is made."""

    width: int = 160
    height: int = 96
    frames: int = 12
    rate: int = 25
    pix_fmt: str = "yuv420p"
    codec: str = "libx264"
    options: dict[str, str] = field(default_factory=lambda: {"preset": "veryfast", "crf": "12"})
    pts: Callable[[int], int] = lambda index: index
    rotation: int = 0
    hflip: bool = False
    aspect: Fraction = Fraction(1)
    colour: tuple[int, int, int, int] | None = None
    sound_s: float = 0.0
    sound: np.ndarray[Any, Any] | None = None  # (channels, n), instead of a tone of sound_s
    sound_hz: int = 48000
    sound_layout: str = "stereo"
    sound_codec: str = "aac"
    sounds: int = 1  # how many tracks of it
    sound_pts: Callable[[int], int] = lambda number: number
    metadata: dict[str, str] = field(default_factory=dict)
    chapters: bool = False
    attachment: bool = False
    change: Callable[[int, list[np.ndarray[Any, Any]]], None] | None = None

    def box(self, index: int) -> Box:
        """Where the thing is in frame *index*, in coded pixels."""
        x = 16 + 2 * index
        return Box(x, 24, x + 32, 64)


def draw(path: Path, scene: Scene | None = None) -> Path:
    """Write a drawn recording to *path* and return it."""
    scene = scene or Scene()
    with av.open(str(path), "w") as container:
        container.metadata.update(scene.metadata)
        stream: Any = container.add_stream(
            scene.codec, rate=scene.rate, options=dict(scene.options)
        )
        stream.width, stream.height, stream.pix_fmt = scene.width, scene.height, scene.pix_fmt
        stream.codec_context.sample_aspect_ratio = scene.aspect
        if scene.colour:
            context = stream.codec_context
            context.color_primaries, context.color_trc = scene.colour[:2]
            context.colorspace, context.color_range = scene.colour[2:]
        if scene.rotation or scene.hflip:
            stream.set_display_rotation(scene.rotation, hflip=scene.hflip)
        stream.time_base = Fraction(1, scene.rate)
        wave = scene.sound if scene.sound is not None else _tone(scene)
        sounds: list[Any] = []
        for _ in range(scene.sounds if wave.size else 0):
            layout = scene.sound_layout
            sounds.append(
                container.add_stream(scene.sound_codec, rate=scene.sound_hz, layout=layout)
            )
            sounds[-1].bit_rate = 128_000 * wave.shape[0]
        if scene.attachment:
            container.add_attachment("note.txt", "text/plain", b"call Jane Doe 555-0100")
        if scene.chapters:
            container.set_chapters(
                [
                    {
                        "id": 1,
                        "start": 0,
                        "end": 1000,
                        "time_base": Fraction(1, 1000),
                        "metadata": {"title": "Jane Doe at home"},
                    }
                ]
            )
        for index in range(scene.frames):
            frame = av.VideoFrame(scene.width, scene.height, scene.pix_fmt)
            planes = picture(scene, index)
            if scene.change:
                scene.change(index, planes)
            for plane, samples in zip(frame.planes, planes, strict=True):
                rows = np.frombuffer(memoryview(plane), dtype=samples.dtype)
                stride = plane.line_size // samples.itemsize
                rows[: stride * plane.height].reshape(plane.height, stride)[:, : plane.width] = (
                    samples
                )
            frame.pts = scene.pts(index)
            frame.time_base = Fraction(1, scene.rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        for sound in sounds:
            _write_sound(container, sound, scene, wave.astype(np.float32))
    return path


def _tone(scene: Scene) -> np.ndarray[Any, Any]:
    count = round(scene.sound_s * scene.sound_hz)
    wave = np.sin(np.arange(count) * 2 * np.pi * 440 / scene.sound_hz) / 4
    return np.stack([wave, wave])


def _write_sound(container: Any, stream: Any, scene: Scene, wave: np.ndarray[Any, Any]) -> None:
    convert = av.AudioResampler(stream.codec_context.format, stream.layout, scene.sound_hz)
    for start in range(0, wave.shape[1], scene.sound_hz):
        part = np.ascontiguousarray(wave[:, start : start + scene.sound_hz].T).reshape(1, -1)
        piece = av.AudioFrame.from_ndarray(part, "flt", scene.sound_layout)
        piece.sample_rate, piece.pts = scene.sound_hz, scene.sound_pts(start)
        piece.time_base = Fraction(1, scene.sound_hz)
        for frame in convert.resample(piece):
            container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def picture(scene: Scene, index: int) -> list[np.ndarray[Any, Any]]:
    """Return the planes of frame *index*."""
    layout = av.VideoFormat(scene.pix_fmt, scene.width, scene.height)
    depth = layout.components[0].bits
    dtype = np.uint16 if depth > 8 else np.uint8
    scale = 1 << (depth - 8)
    random = np.random.default_rng(7)
    planes = []
    for number, component in enumerate(layout.components):
        shape = (component.height, component.width)
        if number:
            planes.append(np.full(shape, (110 + 20 * number) * scale, dtype=dtype))
            continue
        rows, columns = np.mgrid[: shape[0], : shape[1]]
        ground = 90 + 40 * np.sin(columns / 9) + 30 * np.cos(rows / 7)
        box = scene.box(index)
        thing = random.integers(30, 225, size=(10, 8)).repeat(4, 0).repeat(4, 1)
        x, y = int(box.x0), int(box.y0)
        tall, wide = min(40, shape[0] - y), min(32, shape[1] - x)
        if tall > 0 and wide > 0:
            ground[y : y + tall, x : x + wide] = thing[:tall, :wide]
        planes.append((ground * scale).clip(0, 255 * scale).astype(dtype))
    return planes


def plan_for(
    sha256: str,
    scene: Scene,
    *,
    policy: Policy | None = None,
    boxes: Callable[[int], Box] | None = None,
    size: tuple[int, int] | None = None,
) -> Plan:
    """Return a plan that hides the thing, with its box grown to a multiple of 8 pixels."""
    width, height = size or (scene.width, scene.height)
    boxes = boxes or (lambda index: scene.box(index).snapped(8).clipped(width, height))
    keys = [
        Keyframe(at=Fraction(scene.pts(index), scene.rate), box=boxes(index))
        for index in range(scene.frames)
    ]
    duration = keys[-1].at + Fraction(1, scene.rate)
    return Plan(
        footage=FootageFacts(
            sha256=sha256, width=width, height=height, frames=scene.frames, duration=duration
        ),
        policy=policy or Policy(),
        detectors=("drawn@0",),
        redactions=(
            Redaction(
                track="face-1",
                kind=Kind.FACE,
                because=Because.DETECTOR,
                span=Span(Fraction(0), duration),
                region=tuple(keys),
                score=1.0,
            ),
        ),
    )
