"""Exact sweeps: heads cut from portraits, pasted along known paths over clips without faces.

Theory of operation. Where each face lies in the composite follows from where its head was put
(:mod:`bench.leaks.heads`): that box is the truth. One parameter at a time leaves the base case.

Rotation turns the head about its face's middle; the truth is the box around the turned ellipse that
the face box holds. Heads that move fast are smeared over half the frame time, as by a shutter of
180 degrees; the truth is where the head is in the middle of that. What occludes is a flat bar that
moves with the head: it has no texture, so the judge counts only what is seen of the face. Darkness
and noise are of the whole frame. The composite is coded before a tool sees it, and judged as coded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from bench.leaks.heads import Head, Pixels, Pose, face_box, occluded, paste
from bench.leaks.sets import Item

WIDTH, HEIGHT, FPS = 640, 360, 25
FRAMES = 13  # over each ground
GROUNDS = ("video/cars_road.*", "containers/gopro_*.mp4")
MOST_HEADS = 6
_MOST_SMEARS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What a composite is like; the defaults are the base case.

    Attributes:
        height_px: Height of the face box before it is turned.
        speed: Pixels a frame, to and fro along x.
        rotation: Degrees, anticlockwise.
        light: What every sample of luma above black is multiplied by, 0 to 1.
        noise: Standard deviation of Gaussian noise, in steps of an 8-bit sample.
        crf: Quality of the x264 coding that the tools get, higher is coarser.
        occlusion: Share of the face's width that a flat bar covers, from the left.
    """

    height_px: float = 48.0
    speed: float = 1.0
    rotation: float = 0.0
    light: float = 1.0
    noise: float = 0.0
    crf: int = 18
    occlusion: float = 0.0


SWEEPS: dict[str, tuple[float, ...]] = {
    "height_px": (8, 12, 16, 24, 48, 96, 200),
    "speed": (1, 4, 12, 32),
    "rotation": (0, 45, 90, 180),
    "light": (1, 0.25, 0.12, 0.06),
    "noise": (0, 16, 32, 64),
    "crf": (18, 30, 40, 51),
    "occlusion": (0, 0.25, 0.5, 0.75),
}


def _field(name: str, value: float) -> dict[str, Any]:
    return {name: int(value) if name == "crf" else float(value)}


def cases() -> dict[str, list[tuple[float, Case]]]:
    """Return for each parameter its values and the cases that have them."""
    return {
        name: [(value, replace(Case(), **_field(name, value))) for value in values]
        for name, values in SWEEPS.items()
    }


def grounds_of(folder: Path) -> list[Path]:
    """Return the clips without faces that heads are pasted over.

    Raises:
        SystemExit: There are none.
    """
    found = [path for pattern in GROUNDS for path in sorted(folder.glob(pattern))]
    clips = [path for path in found if path.suffix != ".json"]
    if not clips:
        raise SystemExit(f"{folder} has none of {', '.join(GROUNDS)} to paste heads over")
    return clips


def compose(
    ground: Path, heads: Sequence[Head], case: Case, target: Path, *, frames: int = FRAMES
) -> Item:
    """Write a composite to *target* and return it with its exact truth."""
    used, places, swing = _places(heads, case)
    used = [occluded(head, case.occlusion) for head in used]
    random = np.random.default_rng(20)
    truth: list[dict[str, Any]] = []
    with av.open(str(target), "w") as sink:
        options = {"preset": "veryfast", "crf": str(case.crf)}
        stream: Any = sink.add_stream("libx264", rate=FPS, options=options)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for index, picture in enumerate(_ground(ground, frames)):
            faces = _paste_all(picture, used, places, case, index, swing)
            rgb = picture * case.light
            if case.noise:
                rgb = rgb + random.normal(0, case.noise, rgb.shape).astype(np.float32)
            made = av.VideoFrame.from_ndarray(rgb.clip(0, 255).round().astype(np.uint8), "rgb24")
            made = made.reformat(format="yuv420p")
            made.pts, made.time_base = index, Fraction(1, FPS)
            sink.mux(stream.encode(made))
            truth.append({"index": index, "faces": faces, "ignore": []})
        sink.mux(stream.encode(None))
    return Item(
        of_set="synthetic",
        origin="published",
        path=target,
        truth={"width": WIDTH, "height": HEIGHT, "fps": FPS, "frames": truth},
    )


def _places(
    heads: Sequence[Head], case: Case
) -> tuple[list[Head], list[tuple[float, float]], float]:
    """Return the heads that fit, where their faces' middles start, and how far they may move.

    They stand in rows and columns wide enough for the largest and all move alike, so none ever
    covers another.
    """
    sizes = [head.size(case.height_px) for head in heads]
    if case.rotation:
        sizes = [(float(np.hypot(*size)),) * 2 for size in sizes]
    wide, tall = max(size[0] for size in sizes) + 8, max(size[1] for size in sizes) + 4
    swing = min(case.speed * FPS, WIDTH / 2)
    columns = max(1, min(3, int((WIDTH - swing) // wide)))
    rows = max(1, min(2, int(HEIGHT // tall)))
    used = list(heads[: rows * columns])
    swing = max(0.0, min(swing, WIDTH - columns * wide))
    places = []
    for number, head in enumerate(used):
        row, column = divmod(number, columns)
        off_x, off_y = (0.0, 0.0) if case.rotation else head.off_middle(case.height_px)
        places.append(
            (
                (WIDTH - swing) / columns * (column + 0.5) + off_x,
                HEIGHT / rows * (row + 0.5) + off_y,
            )
        )
    return used, places, swing


def _paste_all(
    picture: Pixels,
    heads: Sequence[Head],
    places: Sequence[tuple[float, float]],
    case: Case,
    moment: float,
    swing: float,
) -> list[list[float]]:
    """Paste every head into *picture* as it is at *moment*, in frames.

    Returns:
        x, y, width, height and number of each face.
    """

    def poses(at: float) -> list[Pose]:
        moved = _to_and_fro(case, at, swing)
        return [
            Pose(centre=(x + moved, y), face_px=case.height_px, degrees=case.rotation)
            for x, y in places
        ]

    count = max(1, min(_MOST_SMEARS, round(case.speed / 4)))
    smeared = np.zeros_like(picture)
    for part in (np.arange(count) + 0.5) / count / 2 - 0.25:
        exposed = picture.copy()
        for head, pose in zip(heads, poses(moment + part), strict=True):
            paste(exposed, head, pose)
        smeared += exposed / count
    picture[:] = smeared
    return [
        [*face_box(head, pose), number]
        for number, (head, pose) in enumerate(zip(heads, poses(moment), strict=True))
    ]


def _to_and_fro(case: Case, at: float, swing: float) -> float:
    """Return how far the heads have moved at frame *at*: a triangle wave of height *swing*."""
    if not swing:
        return 0.0
    phase = (case.speed * at) % (2 * swing)
    return float(phase if phase <= swing else 2 * swing - phase)


def _ground(path: Path, frames: int) -> Iterator[Pixels]:
    """Yield *frames* frames of a clip, scaled, as R G B; from the start again where it ends."""
    count = 0
    while count < frames:
        with av.open(str(path)) as container:
            for frame in container.decode(video=0):
                small = frame.reformat(width=WIDTH, height=HEIGHT, format="rgb24")
                yield small.to_ndarray().astype(np.float32)
                count += 1
                if count == frames:
                    return
