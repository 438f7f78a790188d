"""How many number plates are hidden: ``python -m bench.plates FOLDER``.

``FOLDER/plates`` holds pictures of vehicles, each with a box file beside it that has one published
plate: ``{"frames": [{"plates": [[x, y, w, h]]}]}``. Each picture is looked at as a clip of one
frame, with and without plates as a target, and once more cut down to the plate and little around
it, where no vehicle can be made out. What counts is the share of the plate's area that lies under
the masks, as they are rendered, and the share of the picture that does. The section about it in
``docs/measurements.md`` is written anew.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from bench.leaks.sets import as_clip
from numpy.typing import NDArray
from PIL import Image

from bystander import media
from bystander.geometry import Box
from bystander.records import Policy
from bystander.run import Silent, drawing, eyes, passes

_DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "measurements.md"
_BEGIN, _END = "<!-- bench-plates: begin -->", "<!-- bench-plates: end -->"
# Widths of the cut-down picture, in widths of the plate; it is three quarters as high as wide.
_CLOSE = (3.0, 2.0, 1.6)


def main() -> None:
    """Measure, and write the section."""
    pictures = sorted(Path(sys.argv[1], "plates").glob("*.json"))
    rows = []
    for name, targets, close in [
        ("whole, `plates`", ("plates",), None),
        *((f"cut down to {c:g} widths of the plate, `plates`", ("plates",), c) for c in _CLOSE),
        ("whole, `faces` alone", ("faces",), None),
    ]:
        covered, hidden = (
            np.array(s) for s in zip(*_shares(pictures, targets, close), strict=True)
        )
        rows.append(
            f"| {name} | {(covered >= 0.95).sum()} of {len(covered)} | {(covered >= 0.7).sum()} of "
            f"{len(covered)} | {100 * hidden.mean():.1f} % |"
        )
        print(rows[-1], flush=True)
    text = _DOCUMENT.read_text(encoding="utf-8")
    before, _, rest = text.partition(_BEGIN)
    after = rest.partition(_END)[2]
    head = "| pictures | >= 95 % of the plate hidden | >= 70 % | of the picture hidden |"
    section = "\n".join([_BEGIN, head, "| --- | --- | --- | --- |", *rows, _END])
    _DOCUMENT.write_text(before + section + after, encoding="utf-8")


def _shares(
    pictures: list[Path], targets: tuple[str, ...], close: float | None
) -> Iterator[tuple[float, float]]:
    """Yield how much of each plate, and of each picture, is hidden, 0 to 1."""
    policy = Policy(targets=targets)
    detectors, _ = eyes.for_plan(policy)
    with tempfile.TemporaryDirectory() as folder:
        for beside in pictures:
            x, y, w, h = json.loads(beside.read_text(encoding="utf-8"))["frames"][0]["plates"][0]
            plate, picture = Box(x, y, x + w, y + h), beside.with_suffix(".jpg")
            if close is not None:
                picture, plate = _cut(picture, plate, close, Path(folder, "cut.png"))
            footage = media.open_footage(as_clip(picture, Path(folder, "clip.mkv")))
            survey, seen = passes.look(footage, policy, detectors, Silent())
            drawn = drawing.draw_up(footage, survey, policy, seen, detectors)
            mask: NDArray[np.bool_] = np.zeros((footage.height, footage.width), dtype=bool)
            for box in drawn.boxes_at(survey.times[0]):
                mask[int(box.y0) : int(box.y1), int(box.x0) : int(box.x1)] = True
            inside = plate.clipped(footage.width, footage.height)
            part = mask[int(inside.y0) : int(inside.y1), int(inside.x0) : int(inside.x1)]
            yield float(part.mean()), float(mask.mean())


def _cut(picture: Path, plate: Box, close: float, target: Path) -> tuple[Path, Box]:
    """Cut *picture* to the surroundings of *plate*; return it, and where the plate is in it."""
    with Image.open(picture) as whole:
        (x, y), half = plate.centre, close * plate.width / 2
        around = Box(x - half, y - 0.75 * half, x + half, y + 0.75 * half)
        part = around.snapped(2).clipped(whole.width // 2 * 2, whole.height // 2 * 2)
        whole.crop((int(part.x0), int(part.y0), int(part.x1), int(part.y1))).save(target)
    moved = Box(plate.x0 - part.x0, plate.y0 - part.y0, plate.x1 - part.x0, plate.y1 - part.y0)
    return target, moved


if __name__ == "__main__":
    main()
