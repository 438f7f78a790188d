"""Heads cut from portraits, and pasted so that where their face lies is known exactly.

A head is an ellipse around the portrait's face box, feathered at its rim. It is scaled, turned and
moved to fractions of a pixel by one affine map about its face's middle.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.float32]

_ACROSS, _UP, _DOWN = 0.38, 0.5, 0.28  # how far a head reaches beyond its face box
_FEATHER = 0.12  # share of the head's half axes over which it fades
_BAR = 118.0  # grey of what occludes


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A head cut from a portrait.

    Attributes:
        colours: R G B, shape (H, W, 3), 0 to 255.
        alpha: How much of the head covers the ground, shape (H, W), 0 to 1.
        face: x, y, width, height of the face in pixels of the cut.
    """

    colours: Pixels
    alpha: Pixels
    face: tuple[float, float, float, float]

    def size(self, face_px: float) -> tuple[float, float]:
        """Return width and height of the whole cut when its face is *face_px* high."""
        scale = face_px / self.face[3]
        return self.alpha.shape[1] * scale, self.alpha.shape[0] * scale

    def off_middle(self, face_px: float) -> tuple[float, float]:
        """Return how far the face's middle is right of and below the cut's, likewise scaled."""
        x, y, w, h = self.face
        scale = face_px / h
        rows, columns = self.alpha.shape
        return (x + w / 2 - columns / 2) * scale, (y + h / 2 - rows / 2) * scale


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """Where the middle of a face is (pixels), how high it is, how far it is turned.

    ``degrees`` are anticlockwise; ``face_px`` is the height before turning.
    """

    centre: tuple[float, float]
    face_px: float
    degrees: float = 0


def cut(picture: NDArray[np.uint8], face: Sequence[float]) -> Head:
    """Return the head around *face* (x, y, width, height) in *picture*, shape (H, W, 3)."""
    x, y, w, h = face[:4]
    left, right = max(0, int(x - _ACROSS * w)), int(np.ceil(x + (1 + _ACROSS) * w))
    top, bottom = max(0, int(y - _UP * h)), int(np.ceil(y + (1 + _DOWN) * h))
    colours = picture[top:bottom, left:right].astype(np.float32)
    rows, columns = colours.shape[:2]
    # Distance from the middle, 1 at the rim of the ellipse that the cut holds.
    v, u = np.mgrid[:rows, :columns].astype(np.float32)
    away = np.hypot((u + 0.5) / columns * 2 - 1, (v + 0.5) / rows * 2 - 1)
    alpha = ((1 - away) / _FEATHER).clip(0, 1).astype(np.float32)
    return Head(colours=colours, alpha=alpha, face=(x - left, y - top, w, h))


def heads_of(folder: Path, count: int) -> list[Head]:
    """Return at most *count* heads, spread over the portraits in ``FOLDER/portraits``.

    Raises:
        SystemExit: There are none.
    """
    boxes = sorted((folder / "portraits").glob("*.json"))
    if not boxes:
        raise SystemExit(f"{folder} has no portraits to cut heads from")
    heads = []
    for number in range(min(count, len(boxes))):
        beside = boxes[number * len(boxes) // count]
        face = json.loads(beside.read_text(encoding="utf-8"))["frames"][0]["faces"][0]
        path = next(p for p in beside.parent.glob(f"{beside.stem}.*") if p != beside)
        with Image.open(path) as portrait:
            heads.append(cut(np.asarray(portrait.convert("RGB")), face))
    return heads


def occluded(head: Head, share: float) -> Head:
    """Return *head* with a flat bar over the left *share* of its face and all that is beside it."""
    if not share:
        return head
    colours = head.colours.copy()
    colours[:, : round(head.face[0] + share * head.face[2])] = _BAR
    return replace(head, colours=colours)


def face_box(head: Head, pose: Pose) -> tuple[float, float, float, float]:
    """Return x, y, width and height of the box around the face's turned ellipse, pixels.

    >>> flat = np.ones((8, 8), dtype=np.float32)
    >>> head = Head(colours=flat[..., None] * [9, 9, 9], alpha=flat, face=(1, 1, 3, 6))
    >>> [round(side, 9) for side in face_box(head, Pose(centre=(50, 40), face_px=12, degrees=90))]
    [44.0, 37.0, 12.0, 6.0]
    """
    scale = pose.face_px / head.face[3]
    a, b = head.face[2] * scale / 2, pose.face_px / 2
    turn = np.deg2rad(pose.degrees)
    half_w = float(np.hypot(a * np.cos(turn), b * np.sin(turn)))
    half_h = float(np.hypot(a * np.sin(turn), b * np.cos(turn)))
    return pose.centre[0] - half_w, pose.centre[1] - half_h, 2 * half_w, 2 * half_h


def paste(ground: Pixels, head: Head, pose: Pose) -> None:
    """Paste *head* into *ground*, R G B of shape (H, W, 3), in place; what is outside is lost."""
    scale = pose.face_px / head.face[3]
    colours, cover, (fit_x, fit_y) = _shrunk(head, scale)
    turn = np.deg2rad(pose.degrees)
    cos, sin = float(np.cos(turn)), float(np.sin(turn))
    x, y, w, h = head.face
    # The corners of the turned cut, pixels from the face's middle; y is down.
    rows, columns = head.alpha.shape
    corners = np.array([[u, v] for u in (0, columns) for v in (0, rows)], dtype=float)
    corners = (corners - (x + w / 2, y + h / 2)) * scale @ np.array([[cos, -sin], [sin, cos]])
    x0, y0 = (int(v) for v in np.floor(corners.min(axis=0) + pose.centre) - 1)
    x1, y1 = (int(v) for v in np.ceil(corners.max(axis=0) + pose.centre) + 1)
    # From a point of the window to one of the shrunk cut: turned back, then fitted to its pixels.
    dx, dy = x0 - pose.centre[0], y0 - pose.centre[1]
    matrix = (
        cos * fit_x,
        -sin * fit_x,
        (cos * dx - sin * dy + (x + w / 2) * scale) * fit_x,
        sin * fit_y,
        cos * fit_y,
        (sin * dx + cos * dy + (y + h / 2) * scale) * fit_y,
    )
    rows_in = slice(max(0, y0), max(0, min(ground.shape[0], y1)))
    columns_in = slice(max(0, x0), max(0, min(ground.shape[1], x1)))
    part = ground[rows_in, columns_in]
    if not part.size:
        return
    window = (
        slice(rows_in.start - y0, rows_in.stop - y0),
        slice(columns_in.start - x0, columns_in.stop - x0),
    )

    def moved(plane: Pixels) -> Pixels:
        image = Image.fromarray(np.ascontiguousarray(plane)).transform(
            (x1 - x0, y1 - y0), Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR
        )
        return np.asarray(image, dtype=np.float32)[window]

    alpha = moved(cover)
    for channel in range(3):
        part[:, :, channel] += alpha * (moved(colours[:, :, channel]) - part[:, :, channel])


def _shrunk(head: Head, scale: float) -> tuple[Pixels, Pixels, tuple[float, float]]:
    """Return the cut's colours and alpha at *scale*, and what rounding the size did to x and y."""
    rows, columns = head.alpha.shape
    size = (max(1, round(columns * scale)), max(1, round(rows * scale)))

    def resized(plane: Pixels) -> Pixels:
        image = Image.fromarray(np.ascontiguousarray(plane))
        return np.asarray(image.resize(size, Image.Resampling.LANCZOS), dtype=np.float32)

    colours = np.stack([resized(head.colours[:, :, c]) for c in range(3)], axis=2)
    fit = size[0] / (columns * scale), size[1] / (rows * scale)
    return colours.clip(0, 255), resized(head.alpha).clip(0, 1), fit
