"""Parts of a frame, and what a detector sees in them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from bystander.geometry import Box
from bystander.records import Detection, Detector, Frame

_ALIGNED_PX = 32  # the networks' own step
_MOST_IN_PARTS = 0.7  # of the frame: above this it is looked at whole
_LOOK_PX = 64 * 64  # as many pixels as a look costs besides its pixels
_SAME_IOU = 0.4


def covering(boxes: Sequence[Box], frame: Frame) -> list[Box] | None:
    """Return parts of *frame* that cover *boxes* for little work, or ``None``: all is to be seen.

    Their sides lie on the networks' step, or the frame's own. They may overlap. Any two are joined
    that cost less together (greedily, and not the best there is).
    """
    snapped = (box.snapped(_ALIGNED_PX).clipped(frame.width, frame.height) for box in boxes)
    sides = dict.fromkeys((p.x0, p.y0, p.x1, p.y1) for p in snapped if not p.empty)
    parts = np.array(list(sides), dtype=np.float64).reshape(-1, 4)
    while len(parts) > 1:
        low = np.minimum(parts[:, None, :2], parts[None, :, :2])
        high = np.maximum(parts[:, None, 2:], parts[None, :, 2:])
        area = np.prod(parts[:, 2:] - parts[:, :2], axis=1)
        saved = area[:, None] + area[None, :] + _LOOK_PX - np.prod(high - low, axis=2)
        np.fill_diagonal(saved, -1)
        a, b = np.unravel_index(int(saved.argmax()), saved.shape)
        if saved[a, b] < 0:
            break
        hull = np.concatenate([low[a, b], high[a, b]])
        inside = (parts[:, :2] >= hull[:2]).all(axis=1) & (parts[:, 2:] <= hull[2:]).all(axis=1)
        parts = np.concatenate([parts[~inside], hull[None]])
    if np.prod(parts[:, 2:] - parts[:, :2], axis=1).sum() > (
        _MOST_IN_PARTS * frame.width * frame.height
    ):
        return None
    return [Box(*part) for part in parts.tolist()]


def look_at(
    detector: Detector, frame: Frame, part: Box | None, scale: Fraction, aspect: Fraction
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what *detector* sees in *part* of *frame*, or in all of it, shown scaled.

    Args:
        detector: Who looks.
        frame: The frame.
        part: What of it is shown; ``None``: all of it.
        scale: Height of the picture shown over that of the part.
        aspect: How much wider the picture is than that.

    Returns:
        Boxes, shape (N, 4), in pixels of the frame, and scores, shape (N,).
    """
    shown = part or frame.bounds
    width = max(1, round(Fraction(shown.width) * aspect * scale))
    height = max(1, round(Fraction(shown.height) * scale))
    boxes, scores = detector.look(frame.rgb(width, height, part))
    size = np.array([shown.width / width, shown.height / height] * 2)
    return boxes * size + np.array([shown.x0, shown.y0] * 2), scores


def holds(part: Box, box: Box, frame: Frame) -> bool:
    """Return whether the middle of what *frame* shows of *box* lies in *part*."""
    x, y = box.clipped(frame.width, frame.height).centre
    return part.x0 <= x < part.x1 and part.y0 <= y < part.y1


def contains(part: Box, box: Box, frame: Frame) -> bool:
    """Return whether all of *box* that lies in *frame* lies in *part*."""
    return part.hull(box.clipped(frame.width, frame.height)) == part


def each_once(seen: Sequence[Detection]) -> list[Detection]:
    """Return *seen* without what two parts that overlap both showed."""
    kept: list[Detection] = []
    by_moment: dict[Fraction, list[Detection]] = {}
    for detection in sorted(seen, key=lambda d: (d.at, -d.score, d.box.x0, d.box.y0)):
        here = by_moment.setdefault(detection.at, [])
        if all(detection.box.iou(other.box) <= _SAME_IOU for other in here):
            here.append(detection)
            kept.append(detection)
    return kept
