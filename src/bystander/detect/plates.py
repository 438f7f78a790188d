"""Number plates: text on vehicles, and text that fills much of the picture like a plate seen close.

A detector of text finds the letters of a plate as it finds a shop's sign. What tells them apart is
where they are: a plate is on a vehicle. So vehicles are looked for first, at a small picture, which
costs next to nothing where there are none, and text is looked for on them, shown as large as a
plate needs. All text on a vehicle is taken for a plate. ``docs/measurements.md`` has what this
finds, and what it costs.

Where the camera is so close that no vehicle can be made out, a plate is large: text that fills a
good part of the picture's width, has the shape of a plate and is nearly alone is taken for one,
where no people are in the picture.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from fractions import Fraction

from bystander.detect.nanodet import NanoDet
from bystander.detect.writing import united
from bystander.geometry import Box
from bystander.records import Detection, Detector, Frame, Kind
from bystander.threads import each
from bystander.watch import look_at

Vehicles = Callable[[Frame], Sequence[Box]]

VEHICLE_SCORE = 0.25
_VEHICLE_SIDE = 416  # the longer side of the picture that vehicles are looked for in
_AROUND = 0.1  # of a vehicle's size, on every side: plates hang at its edge
# How wide a vehicle is shown for its plate to be read, in pixels; small ones are not blown up more
# than so many times. On stills it is shown at several sizes.
_SHOWN_WIDE, _SHOWN_WIDE_STILL = (640,), (320, 640, 1280)
_MOST_LARGER = Fraction(3)
_LEAST_SIDE_PX = 8

_CLOSE_SIDE = 320  # the longer side of the picture that a plate seen close is looked for in
_CLOSE_WIDE, _CLOSE_TALL = (0.2, 0.85), 0.45  # of the picture's width, and of its height
_CLOSE_SHAPE = (1.5, 7.0)  # width over height
_CLOSE_SCORE = 0.6
_MOST_ELSE = 4  # lines of text that show beside it
# At a small size all of a car can look like a word. Text is text at a larger size as well.
_AGAIN_WIDE, _AGAIN_IOU = 240, 0.5
_MOST_ELSEWHERE = 0.5  # of it that lies on a vehicle
# What covers more of a vehicle is no plate, and less is a speck.
_MOST_OF_VEHICLE, _LEAST_OF_VEHICLE = 0.2, 0.001
_IS_THE_PICTURE = 0.6  # of the picture, that a vehicle fills of which little shows


class VehiclesIn:
    """Looks for the vehicles in a frame, once; may be called from several threads."""

    def __init__(self, detector: NanoDet) -> None:
        """Prepare to look with *detector*."""
        self._detector = detector
        self._one = threading.Lock()
        self._last: tuple[Fraction, list[Box]] | None = None

    def __call__(self, frame: Frame) -> list[Box]:
        """Return where vehicles are in *frame*."""
        with self._one:
            if self._last is None or self._last[0] != frame.at:
                self._last = frame.at, self._look(frame)
            return self._last[1]

    def _look(self, frame: Frame) -> list[Box]:
        scale = Fraction(_VEHICLE_SIDE, max(frame.width, frame.height))
        width, height = (max(1, round(side * scale)) for side in (frame.width, frame.height))
        boxes, scores = self._detector.things(frame.rgb(width, height)).vehicles
        across, along = frame.width / width, frame.height / height
        return [
            Box(x0 * across, y0 * along, x1 * across, y1 * along)
            for x0, y0, x1, y1 in boxes[scores >= VEHICLE_SCORE].tolist()
        ]


class Plates:
    """Looks at frames, or parts of them, for plates; may be called from several threads."""

    def __init__(
        self, reader: Detector, vehicles: Vehicles, *, least_score: float, still: bool
    ) -> None:
        """Prepare to look.

        Args:
            reader: Finds text.
            vehicles: Says where vehicles are in a frame.
            least_score: Text that scores less is not reported.
            still: No other frame can make up for a miss.
        """
        self._reader = reader
        self._vehicles = vehicles
        self._least_score = least_score
        self._widths = _SHOWN_WIDE_STILL if still else _SHOWN_WIDE
        self.name = reader.name

    def look(
        self, frame: Frame, part: Box | None, _sizes: tuple[float, float] | None
    ) -> list[Detection]:
        """Return the plates on vehicles; see :data:`bystander.watch.Look`."""
        shown: list[tuple[Box, Box, Fraction]] = []
        for vehicle in self._vehicles(frame):
            x, y = _AROUND * vehicle.width, _AROUND * vehicle.height
            around = Box(vehicle.x0 - x, vehicle.y0 - y, vehicle.x1 + x, vehicle.y1 + y)
            seen = around.snapped(2).clipped(frame.width, frame.height)
            scales = {
                min(_MOST_LARGER, Fraction(wide) / Fraction(max(1.0, around.width)))
                for wide in self._widths
            }
            if part is not None:
                seen = seen.intersection(part)
            if min(seen.width, seen.height) >= _LEAST_SIDE_PX:
                shown += [(vehicle, seen, scale) for scale in sorted(scales)]

        def look(there: tuple[Box, Box, Fraction]) -> list[Detection]:
            vehicle, seen, scale = there
            least, most = _LEAST_OF_VEHICLE * vehicle.area, _MOST_OF_VEHICLE * vehicle.area
            found = self._seen(frame, seen, scale.limit_denominator(1000))
            return [text for text in found if least <= text.box.area <= most]

        return united([found for seen in each(look, shown) for found in seen])

    def close(self, frame: Frame) -> list[Detection]:
        """Return the plates that are seen so close that no vehicle can be made out.

        Not for pictures with people in them, which are no such picture.
        """
        scale = min(Fraction(1), Fraction(_CLOSE_SIDE, max(frame.width, frame.height)))
        seen = self._seen(frame, None, scale)
        if len(seen) > 1 + _MOST_ELSE:
            return []
        (least, most), (low, high) = _CLOSE_WIDE, _CLOSE_SHAPE
        whole = _IS_THE_PICTURE * frame.bounds.area
        vehicles = [vehicle for vehicle in self._vehicles(frame) if vehicle.area <= whole]
        return [
            found
            for found in seen
            if found.score >= _CLOSE_SCORE
            and least <= found.box.width / frame.width <= most
            and found.box.height <= _CLOSE_TALL * frame.height
            and low <= found.box.width / found.box.height <= high
            # On vehicles it is looked for anyway.
            and not any(_share(found.box, vehicle) > _MOST_ELSEWHERE for vehicle in vehicles)
            and self._is_text(frame, found.box)
        ]

    def _is_text(self, frame: Frame, box: Box) -> bool:
        """Return whether *box* holds text, shown larger, as well."""
        part = box.padded(box.height / 2).snapped(2).clipped(frame.width, frame.height)
        scale = Fraction(_AGAIN_WIDE) / Fraction(max(1.0, box.width))
        seen = self._seen(frame, part, scale.limit_denominator(1000))
        return any(found.box.iou(box) >= _AGAIN_IOU for found in seen)

    def _seen(self, frame: Frame, part: Box | None, scale: Fraction) -> list[Detection]:
        boxes, scores = look_at(self._reader, frame, part, scale, Fraction(1))
        return [
            Detection(
                at=frame.at,
                box=Box(*corners),
                kind=Kind.PLATE,
                score=min(1.0, score),
                detector=self._reader.name,
            )
            for corners, score in zip(boxes.tolist(), scores.tolist(), strict=True)
            if score >= self._least_score
        ]


def _share(box: Box, of: Box) -> float:
    """Return how much of *box* lies in *of*, 0 to 1."""
    return box.intersection(of).area / box.area if box.area else 0.0
