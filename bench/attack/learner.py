"""What the trained attacker learns with: gradients and colours, PCA, then LDA.

Hand-made features in place of a network, so what it finds is the least that can be found.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from bench.attack.faces import Features, widened
from numpy.typing import NDArray
from PIL import Image

from bystander import plan
from bystander.geometry import Box
from bystander.records import Picture, Policy

# Gradients and colours of one picture.
Described = tuple[Features, Features]

_SIDE_PX = 96  # of what is looked at
_CELL_PX = 8
_BINS = 9
_COLOUR_PX = 24
_MOST_COMPONENTS = 150
# How far the scatter within people is drawn towards a sphere; two pictures each say little of it.
_SHRINKAGE = 0.2


def crop(picture: Picture, face: Box) -> Picture:
    """Return the head region of *face*, of whole pixels, drawn outwards where it leaves *picture*.

    No margin, no grid: a mask that the product draws reaches further, so it fills all of this.
    """
    wide, margin = widened(picture, face)
    box = plan.head_region(face, Policy()).snapped(1)
    x0, y0, x1, y1 = (int(side) + margin for side in (box.x0, box.y0, box.x1, box.y1))
    return wide[max(0, y0) : y1, max(0, x0) : x1]


def describe(picture: Picture) -> Described:
    """Return gradients and colours of *picture*, which is brought to 96 x 96 pixels first.

    Returns:
        Histograms of oriented gradients, shape (4356,): Dalal, Triggs, CVPR 2005, with 9 bins,
        cells of 8 pixels, blocks of 2 x 2 cells and clipped normalisation; and R G B at 24 x 24,
        shape (1728,), 0 to 1. A picture of one colour has no gradients: all 0.
    """
    image = Image.fromarray(picture)
    small = image.resize((_SIDE_PX, _SIDE_PX), Image.Resampling.BILINEAR)
    colours = image.resize((_COLOUR_PX, _COLOUR_PX), Image.Resampling.BILINEAR)
    light = np.asarray(small.convert("L"), dtype=np.float64)
    down, across = np.gradient(light)
    strength = np.hypot(down, across)
    angle = np.arctan2(down, across) / np.pi % 1 * _BINS
    low = np.floor(angle).astype(int)
    share = angle - low
    cells = _SIDE_PX // _CELL_PX
    histogram = np.zeros((cells, cells, _BINS))
    row, column = np.indices(light.shape) // _CELL_PX
    np.add.at(histogram, (row, column, low % _BINS), strength * (1 - share))
    np.add.at(histogram, (row, column, (low + 1) % _BINS), strength * share)
    corners = [histogram[i : cells - 1 + i, j : cells - 1 + j] for i in (0, 1) for j in (0, 1)]
    blocks = np.concatenate(corners, axis=2)
    for limit in (0.2, 1.0):
        length = np.linalg.norm(blocks, axis=2, keepdims=True)
        blocks = np.minimum(np.divide(blocks, length + 1e-3), limit)
    return blocks.ravel(), np.asarray(colours, dtype=np.float64).ravel() / 255


class Learner:
    """Projects features to where people differ most: PCA, then LDA (Fisher 1936; Rao 1948)."""

    def __init__(self, people: Sequence[Sequence[Described]]) -> None:
        """Learn from what :func:`describe` gave for several pictures of each person."""
        flat = [shot for person in people for shot in person]
        parts = [np.array([shot[kind] for shot in flat]) for kind in (0, 1)]
        self._means = [part.mean(axis=0) for part in parts]
        # Gradients and colours weigh the same; what never varies weighs nothing.
        spread = [float(np.sqrt(part.var(axis=0).sum())) for part in parts]
        self._weights = [1 / value if value > 1e-9 else 0.0 for value in spread]
        centred = self._joined(flat)
        # By way of the products between pictures, of which there are fewer than features.
        values, across = np.linalg.eigh(centred @ centred.T)
        kept = np.flatnonzero(values > 1e-6)[-_MOST_COMPONENTS:]
        axes = (across[:, kept] / np.sqrt(values[kept])).T @ centred
        owner = np.repeat(np.arange(len(people)), [len(person) for person in people])
        self._axes = axes.T @ _discriminant(centred @ axes.T, owner)

    def project(self, shots: Sequence[Described]) -> Features:
        """Return where pictures lie, shape (N, D), each of length 1, or 0 where nothing is left."""
        placed = self._joined(shots) @ self._axes
        length = np.linalg.norm(placed, axis=1, keepdims=True)
        unit: Features = np.divide(placed, length, out=np.zeros_like(placed), where=length > 1e-6)
        return unit

    def _joined(self, shots: Sequence[Described]) -> Features:
        return np.concatenate(
            [
                (np.array([shot[kind] for shot in shots]) - self._means[kind]) * self._weights[kind]
                for kind in (0, 1)
            ],
            axis=1,
        )


def _discriminant(points: Features, owner: NDArray[np.intp]) -> Features:
    """Return the axes, as columns, along which people differ most for how much each varies."""
    dimensions = points.shape[1]
    if not dimensions:
        return np.zeros((0, 0))
    people = int(owner.max()) + 1
    centres = np.array([points[owner == who].mean(axis=0) for who in range(people)])
    apart = points - centres[owner]
    within = apart.T @ apart / len(points)
    sphere = np.trace(within) / dimensions
    within = (1 - _SHRINKAGE) * within + (_SHRINKAGE * sphere + 1e-9) * np.eye(dimensions)
    values, turned = np.linalg.eigh(within)
    whitened = turned / np.sqrt(values)
    _, _, axes = np.linalg.svd((centres - centres.mean(axis=0)) @ whitened, full_matrices=False)
    result: Features = whitened @ axes[: people - 1].T
    return result
