"""Drawn footage with writing in it: lines of text, a clock, a code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import segno
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from bystander.geometry import Box

Planes = list[NDArray[Any]]


def text(words: str, size_px: int = 24) -> NDArray[np.uint8]:
    """Return *words* as grey pixels, black on white, with a little white around them."""
    font = ImageFont.load_default(size_px)
    left, top, right, bottom = font.getbbox(words)
    picture = Image.new("L", (int(right - left) + 12, int(bottom - top) + 12), 235)
    ImageDraw.Draw(picture).text((6 - left, 6 - top), words, font=font, fill=15)
    return np.asarray(picture)


def code(words: str, module_px: int = 4) -> NDArray[np.uint8]:
    """Return a QR code as grey pixels."""
    modules = np.array([list(row) for row in segno.make(words).matrix_iter(border=4)])
    return (
        np.where(modules == 0, 235, 15).astype(np.uint8).repeat(module_px, 0).repeat(module_px, 1)
    )


def put(
    marks: Callable[[int], Sequence[tuple[int, int, NDArray[np.uint8]]]], ground: int = 90
) -> Callable[[int, Planes], None]:
    """Return what paints *marks*, each with its left and top, onto a soft ground."""

    def paint(index: int, planes: Planes) -> None:
        height, width = planes[0].shape
        rows, columns = np.mgrid[:height, :width]
        planes[0][:] = ground + 20 * np.sin(columns / 60) + 15 * np.cos(rows / 45)
        for x, y, picture in marks(index):
            planes[0][y : y + picture.shape[0], x : x + picture.shape[1]] = picture

    return paint


def box_of(x: int, y: int, picture: NDArray[np.uint8], rim: int = 6) -> Box:
    """Return where the ink of *picture* is when it lies at *x*, *y*."""
    return Box(x + rim, y + rim, x + picture.shape[1] - rim, y + picture.shape[0] - rim)
