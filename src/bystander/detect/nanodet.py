"""NanoDet, which finds people whose face cannot be seen, vehicles and screens, run by onnxruntime.

RangiLyu, "NanoDet: Super fast and high accuracy lightweight anchor-free object detection model"
(2020), after Li et al., "Generalized Focal Loss" (NeurIPS 2020): in every cell of three grids a
score, and for each side of the box a distribution over its distance from the cell's centre, whose
mean is taken. When the model was put into ONNX, people were kept, and two groups of classes, each
as one: vehicles (cars, motorcycles, buses, trucks) and screens (televisions, laptops, telephones).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bystander.detect.session import Session, padded
from bystander.detect.tiles import suppress
from bystander.records import Kind, Picture

# The picture is seen as the network was trained: blue first, in units of these.
_MEAN = np.array([[[103.53]], [[116.28]], [[123.675]]], dtype=np.float32)
_DEVIATION = np.array([[[57.375]], [[57.12]], [[58.395]]], dtype=np.float32)
_STRIDES = (8, 16, 32)
_BINS = np.arange(11, dtype=np.float64)
_LEAST_SCORE = 0.2
_MOST_IOU = 0.6

# Boxes, shape (N, 4), in pixels of the picture, and scores, shape (N,).
Found = tuple[NDArray[np.float64], NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Things:
    """What one look at a picture showed."""

    people: Found
    vehicles: Found
    screens: Found


class NanoDet:
    """Finds people, whole; :meth:`look` may be called from several threads."""

    kind = Kind.PERSON

    def __init__(self, provider: str = "cpu") -> None:
        """Load the model; see :class:`bystander.detect.session.Session`."""
        self._session = Session("nanodet", provider, one_size=True)
        self.provider = self._session.provider
        self.name = self._session.name

    def look(self, picture: Picture) -> Found:
        """Find people; see :meth:`bystander.records.Detector.look`."""
        return self.things(picture).people

    def things(self, picture: Picture) -> Things:
        """Find people, vehicles and screens, all in one look.

        Trained on pictures of 416 x 416, it sees best with the longer side near that.

        Args:
            picture: As for :meth:`bystander.records.Detector.look`.
        """
        tensor = padded(picture[..., ::-1], _STRIDES[-1])
        shown = tensor[0, :, : picture.shape[0], : picture.shape[1]]
        shown -= _MEAN
        shown /= _DEVIATION
        outputs = self._session.run(tensor)
        scores, distances, groups = outputs[:3], outputs[3:6], outputs[6:]
        columns = tensor.shape[3]
        return Things(
            _found([score[0, :, 0] for score in scores], distances, columns),
            _found([group[0, :, 0] for group in groups], distances, columns),
            _found([group[0, :, 1] for group in groups], distances, columns),
        )


def _found(
    scores: list[NDArray[np.float32]], distances: list[NDArray[np.float32]], width: int
) -> Found:
    """Return what one class shows in all grids of a picture, each thing once."""
    found = np.concatenate(
        [
            _boxes(score, distance[0], stride, width // stride)
            for stride, score, distance in zip(_STRIDES, scores, distances, strict=True)
        ]
    )
    kept = suppress(found[:, :4], found[:, 4], _MOST_IOU)
    return found[kept, :4], found[kept, 4]


def _boxes(
    scores: NDArray[np.float32], distances: NDArray[np.float32], stride: int, columns: int
) -> NDArray[np.float64]:
    """Return the boxes of one grid, shape (N, 5): sides and score."""
    cells = np.nonzero(scores > _LEAST_SCORE)[0]
    shape = distances[cells].reshape(-1, 4, len(_BINS)).astype(np.float64)
    weights = np.exp(shape - shape.max(axis=2, keepdims=True))
    reach = (weights @ _BINS) / weights.sum(axis=2) * stride
    x, y = (cells % columns + 0.5) * stride, (cells // columns + 0.5) * stride
    left, top, right, bottom = reach.T
    return np.stack([x - left, y - top, x + right, y + bottom, scores[cells]], axis=1)
