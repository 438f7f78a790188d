"""Parts of a frame, and what a detector sees in them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from bystander.geometry import Box, iou, sides
from bystander.records import Detection, Detector, Frame

_STEP_PX = 32  # the networks' own
_MOST_IN_PARTS = 0.7  # of the frame: above this it is looked at whole
_LOOK_PX = 64 * 64  # as many pixels as a look costs besides its pixels
_MOST_PARTS = 500  # to join more takes longer than to look at all of it
_SAME_IOU = 0.4


def covering(boxes: Sequence[Box], frame: Frame, step_px: int = _STEP_PX) -> list[Box] | None:
    """Return parts of *frame* that cover *boxes* for little work, or ``None``: all is to be seen.

    Their sides lie on multiples of *step_px*, or are the frame's own. They may overlap. Any two are
    joined that cost less together (greedily, and not the best there is).
    """
    snapped = (box.snapped(step_px).clipped(frame.width, frame.height) for box in boxes)
    corners = dict.fromkeys((p.x0, p.y0, p.x1, p.y1) for p in snapped if not p.empty)
    if len(corners) > _MOST_PARTS:
        return None
    parts = _joined(np.array(list(corners), dtype=np.float64).reshape(-1, 4))
    if np.prod(parts[:, 2:] - parts[:, :2], axis=1).sum() > (
        _MOST_IN_PARTS * frame.width * frame.height
    ):
        return None
    return [Box(*part) for part in parts.tolist()]


def _joined(parts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return *parts*, (N, 4), with two made one, and what lies in it left out, while that pays.

    The two that save most are joined first. What two save stays as it is while others are joined,
    so it is worked out for those that are new.
    """
    count = len(parts)
    parts = np.concatenate([parts, np.zeros_like(parts)])  # each join adds one and takes two
    saved = np.full((2 * count, 2 * count), -1.0)
    there = np.zeros(2 * count, dtype=bool)
    there[:count] = True
    saved[:count, :count] = _saved(parts[:count], parts[:count])
    np.fill_diagonal(saved, -1)
    for new in range(count, 2 * count):
        a, b = np.unravel_index(int(saved[:new, :new].argmax()), (new, new))
        if saved[a, b] < 0:
            break
        low, high = np.minimum(parts[a, :2], parts[b, :2]), np.maximum(parts[a, 2:], parts[b, 2:])
        gone = (parts[:, :2] >= low).all(axis=1) & (parts[:, 2:] <= high).all(axis=1) & there
        there &= ~gone
        saved[gone] = saved[:, gone] = -1
        parts[new, :2], parts[new, 2:] = low, high
        saved[new, there] = saved[there, new] = _saved(parts[new : new + 1], parts[there])[0]
        there[new] = True
    return parts[there]


def _saved(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what is saved when each of *a*, (N, 4), and each of *b*, (M, 4), are one: (N, M)."""
    left, top = (np.minimum(a[:, None, side], b[None, :, side]) for side in (0, 1))
    right, bottom = (np.maximum(a[:, None, side], b[None, :, side]) for side in (2, 3))
    area_a, area_b = ((s[:, 2] - s[:, 0]) * (s[:, 3] - s[:, 1]) for s in (a, b))
    saved: NDArray[np.float64] = (
        area_a[:, None] + area_b[None, :] + _LOOK_PX - (right - left) * (bottom - top)
    )
    return saved


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


def held(part: Box, boxes: NDArray[np.float64], frame: Frame) -> NDArray[np.bool_]:
    """Return :func:`holds` for each of *boxes*, (N, 4)."""
    low = np.maximum(boxes[:, :2], 0)
    high = np.maximum(low, np.minimum(boxes[:, 2:], (frame.width, frame.height)))
    x, y = (low + high).T / 2
    inside: NDArray[np.bool_] = (part.x0 <= x) & (x < part.x1) & (part.y0 <= y) & (y < part.y1)
    return inside


def contains(part: Box, box: Box, frame: Frame) -> bool:
    """Return whether all of *box* that lies in *frame* lies in *part*."""
    return part.hull(box.clipped(frame.width, frame.height)) == part


def each_once(seen: Sequence[Detection]) -> list[Detection]:
    """Return *seen* without what two parts that overlap both showed."""
    kept: list[Detection] = []
    ordered = sorted(seen, key=lambda d: (d.at, -d.score, d.box.x0, d.box.y0))
    for _, group in groupby(ordered, key=lambda d: d.at):
        here = list(group)
        boxes = sides(detection.box for detection in here)
        lies_on = iou(boxes, boxes) > _SAME_IOU
        stays = np.ones(len(here), dtype=bool)
        for number, detection in enumerate(here):
            if stays[number]:
                kept.append(detection)
                stays &= ~lies_on[number]
    return kept


def besides(seen: Sequence[Detection], here: Sequence[Detection]) -> list[Detection]:
    """Return those of *seen* that are none of *here*, which are all of one moment."""
    return [
        found
        for found in each_once(seen)
        if not any(d.at == found.at and d.box.iou(found.box) > _SAME_IOU for d in here)
    ]
