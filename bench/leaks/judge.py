"""What an output still shows of the faces that its input had, whichever tool made it.

A face's box is cut into 8 x 8 cells, of which those count whose centre lies in the inscribed
ellipse. A cell with texture in the input (luma standard deviation of 3 or more) is exposed when
the output's cell still correlates with it (normalised cross-correlation above 0.5). The face leaks
in that frame when more than a quarter of its textured cells are exposed. A face without texture
cannot be judged and is not counted.

Faces are linked to tracks by their id where the truth has one, otherwise by overlap with the last
box of a track, no more than five frames ago. A track's longest exposure is its longest run of
leaking frames, as time at the frame rate that the truth states.

Over-redaction is the share of a frame's pixels whose luma moved by more than 25 outside the head
regions of all faces and of what is to be ignored. The PSNR is taken over the pixels that neither
moved so far nor lie in such a region.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from bench.leaks.judged import FaceFrame, Judged
from numpy.typing import NDArray

Luma = NDArray[np.uint8]

_CELLS = 8
_LEAST_CELL_PX = 3
_TEXTURE = 3  # least standard deviation of a cell that can be judged
_FLAT = 1  # below this an output's cell shows nothing
_MOST_CORRELATION = 0.5
_MOVED = 25
# The head region: times the face's width on each side, its height upwards and downwards, and a
# margin for tools that work on a coarse grid.
_HEAD_SIDE, _HEAD_UP, _HEAD_DOWN, _HEAD_MARGIN_PX = 0.6, 0.6, 0.35, 24
_LINK_IOU = 0.3
_LINK_FRAMES = 5


@dataclass(slots=True)
class _Link:
    """A track that may go on."""

    number: int
    identity: object
    box: Sequence[float]
    last: int


class Judge:
    """Compares the frames of one clip, in order; the truth is as the format's box file has it."""

    def __init__(self, truth: dict[str, Any]) -> None:
        self._fps = stated_fps(truth)
        self._known = {frame["index"]: frame for frame in truth["frames"]}
        self._links: list[_Link] = []
        self._faces: list[FaceFrame] = []
        self._over: list[float] = []
        self._errors: list[float] = []
        self._frames = self._missing = 0

    def see(self, index: int, before: Luma, after: Luma | None) -> None:
        """Compare one frame.

        Args:
            index: Its number in the input.
            before: Luma of the input's frame, shape (H, W).
            after: Luma of the output's, likewise; ``None`` when there is none.
        """
        if after is None:
            self._missing += 1
            return
        self._frames += 1
        known = self._known.get(index)
        if known is None:
            return
        difference = np.abs(before.astype(np.int16) - after)
        moved = difference > _MOVED
        heads = _head_regions(known, before.shape)
        self._over.append(float((moved & ~heads).mean()))
        outside = ~(moved | heads)
        if outside.any():
            self._errors.append(float((difference[outside].astype(np.float32) ** 2).mean()))
        for box in known["faces"]:
            share = exposed(before, after, box)
            if share is not None:
                self._faces.append(
                    FaceFrame(
                        frame=index,
                        track=self._track(index, box),
                        height_px=float(box[3]),
                        exposed=share,
                    )
                )

    def judged(self, *, size_changed: bool = False) -> Judged:
        """Return what was seen so far."""
        return Judged(
            fps=self._fps,
            faces=tuple(self._faces),
            over_redaction=float(np.mean(self._over)) if self._over else 0.0,
            squared_error=float(np.mean(self._errors)) if self._errors else 0.0,
            missing=self._missing,
            frames=self._frames,
            size_changed=size_changed,
        )

    def _track(self, index: int, box: Sequence[float]) -> int:
        identity = box[4] if len(box) > 4 else None
        best: _Link | None = None
        for link in self._links:
            if identity is not None:
                if link.identity == identity:
                    best = link
                    break
            elif index - link.last <= _LINK_FRAMES:
                overlap = _iou(link.box, box)
                if overlap > _LINK_IOU and (best is None or overlap > _iou(best.box, box)):
                    best = link
        if best is None:
            best = _Link(len(self._links), identity, box, index)
            self._links.append(best)
        best.box, best.last = box, index
        return best.number


def exposed(before: Luma, after: Luma, box: Sequence[float]) -> float | None:
    """Return the share of the face's textured cells that *after* still shows.

    Args:
        before: Luma of the input, shape (H, W).
        after: Luma of the output, likewise.
        box: x, y, width, height of the face in pixels.

    Returns:
        0 to 1; ``None`` when no cell has texture to tell by.
    """
    x, y, w, h = box[:4]
    height, width = before.shape
    textured = shown = 0
    for row in range(_CELLS):
        for column in range(_CELLS):
            u, v = (column + 0.5) / _CELLS, (row + 0.5) / _CELLS
            if (u - 0.5) ** 2 + (v - 0.5) ** 2 > 0.25:
                continue
            x0, x1 = _cell(x, w, column)
            y0, y1 = _cell(y, h, row)
            left, right = max(0, int(x0)), min(width, int(np.ceil(x1)))
            top, bottom = max(0, int(y0)), min(height, int(np.ceil(y1)))
            if right - left < 2 or bottom - top < 2:
                continue
            a = before[top:bottom, left:right].astype(np.float32)
            spread = a.std()
            if spread < _TEXTURE:
                continue
            textured += 1
            b = after[top:bottom, left:right].astype(np.float32)
            other = b.std()
            if other < _FLAT:
                continue
            alike = ((a - a.mean()) * (b - b.mean())).mean() / (spread * other)
            shown += bool(alike > _MOST_CORRELATION)
    return shown / textured if textured else None


def _cell(start: float, length: float, number: int) -> tuple[float, float]:
    """Return where cell *number* begins and ends; small ones are widened about their middle."""
    begin, end = start + length * number / _CELLS, start + length * (number + 1) / _CELLS
    if end - begin < _LEAST_CELL_PX:
        middle = (begin + end) / 2
        return middle - _LEAST_CELL_PX / 2, middle + _LEAST_CELL_PX / 2
    return begin, end


def _head_regions(known: dict[str, Any], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    covered = np.zeros(shape, dtype=bool)
    margin = _HEAD_MARGIN_PX
    for x, y, w, h, *_ in [*known["faces"], *known.get("ignore", []), *known.get("heads", [])]:
        top, bottom = y - h * _HEAD_UP - margin, y + h * (1 + _HEAD_DOWN) + margin
        left, right = x - w * _HEAD_SIDE - margin, x + w * (1 + _HEAD_SIDE) + margin
        rows = slice(max(0, int(top)), max(0, int(bottom)))
        covered[rows, max(0, int(left)) : max(0, int(right))] = True
    return covered


def _iou(a: Sequence[float], b: Sequence[float]) -> float:
    across = max(0, min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0]))
    along = max(0, min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1]))
    shared = across * along
    return shared / (a[2] * a[3] + b[2] * b[3] - shared + 1e-9)


def stated_fps(truth: dict[str, Any]) -> float:
    """Return the frame rate that *truth* states; 25 where it states none."""
    return float(truth.get("fps") or 25)
