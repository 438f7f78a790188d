"""Text of all kinds and codes, looked for in all of the picture at the sizes that show them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from bystander.geometry import Box
from bystander.records import Detection, Detector, Frame
from bystander.watch import look_at

# Lines of text from about 10 to 100 px high are found in the picture as it is.
_SMALL_PX = 1280 * 736  # a picture up to this is seen at twice the size as well
_WHOLE_PX = 480  # sides of a picture are halved until within this: some look shows large text
_LEAST_SIDE = 64
_SAME_IOU = 0.3


class Writing:
    """Looks at frames, or parts of them, for what one detector finds, at several sizes."""

    def __init__(self, detector: Detector, *, least_score: float) -> None:
        """Prepare to look; what scores less than *least_score* is not reported."""
        self._detector = detector
        self._least_score = least_score
        self.name = detector.name

    def look(
        self, frame: Frame, part: Box | None, _sizes: tuple[float, float] | None
    ) -> list[Detection]:
        """Return what shows; see :data:`bystander.watch.Look`."""
        shown = part or frame.bounds
        found: list[Detection] = []
        for scale in _scales(frame):
            if scale != 1 and min(shown.width, shown.height) * scale < _LEAST_SIDE:
                continue
            boxes, scores = look_at(self._detector, frame, part, scale, Fraction(1))
            found += [
                Detection(
                    at=frame.at,
                    box=Box(*corners),
                    kind=self._detector.kind,
                    score=min(1.0, score),
                    detector=self._detector.name,
                )
                for corners, score in zip(boxes.tolist(), scores.tolist(), strict=True)
                if score >= self._least_score
            ]
        return united(found)


def united(found: Sequence[Detection]) -> list[Detection]:
    """Return *found*, all of one moment, with those that are the same line made one around both.

    Looks at several sizes see the ends of a line differently; what any of them saw is hidden.
    """
    lines: list[Detection] = []
    for detection in sorted(found, key=lambda d: -d.score):
        for number, line in enumerate(lines):
            if line.box.iou(detection.box) > _SAME_IOU:
                lines[number] = replace(line, box=line.box.hull(detection.box))
                break
        else:
            lines.append(detection)
    return lines


def _scales(frame: Frame) -> Iterator[Fraction]:
    if frame.width * frame.height <= _SMALL_PX:
        yield Fraction(2)
    scale = Fraction(1)
    while True:
        yield scale
        if max(frame.width, frame.height) * scale <= _WHOLE_PX:
            return
        scale /= 2
