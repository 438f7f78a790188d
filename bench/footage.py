"""Leaks, cost and memory of a redaction tool over a folder of clips whose faces are known.

``python bench/footage.py FOLDER [--clips NAME ...] [-- COMMAND with {in} and {out}]``: runs the
command (``bystander redact {in} -o {out}`` unless another is given) on every clip that has a JSON
file of the same stem beside it, judges the output, and prints one row of a table each.

The JSON is ``{"fps", "frames": [{"index", "faces": [[x, y, w, h], ...], "ignore": [...]}]}``, boxes
in pixels of the decoded picture, top-left origin.

A face in a frame leaks when the output still shows it: of a grid of 8 x 8 cells over its box,
those inside the inscribed ellipse count that have texture (luma standard deviation of 3 or more); a
cell shows when the output's correlates with the original's by more than 0.5; the face leaks when
more than a quarter of its cells show. Nothing about the tool is assumed. "Changed elsewhere" is the
share of pixels whose luma moved by more than 25, outside the head regions of faces and of what is
to be ignored.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

Luma = NDArray[np.uint8]


@dataclass
class Judged:
    """What the comparison of one clip gave."""

    faces: int = 0
    leaked: int = 0
    frames: int = 0
    changed: float = 0.0
    squared: float = 0.0
    unmasked: int = 0
    complaint: str = ""

    @property
    def psnr(self) -> float:
        """Peak signal-to-noise ratio of the pixels that were not masked, in dB."""
        mean = self.squared / self.unmasked if self.unmasked else 0.0
        return 10 * float(np.log10(255**2 / mean)) if mean else float("inf")


def lumas(path: Path, size: tuple[int, int] | None = None) -> Iterator[Luma]:
    """Yield the luma plane of every frame, scaled to *size* (width, height) if given."""
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            width, height = size or (frame.width, frame.height)
            grey = frame.reformat(width=width, height=height, format="gray")
            yield np.asarray(grey.to_ndarray(), dtype=np.uint8)


def size_of(path: Path) -> tuple[int, int]:
    """Return width and height of the picture."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        return stream.width, stream.height


def shows(before: Luma, after: Luma, box: list[float]) -> bool | None:
    """Return whether the face in *box* still shows; ``None`` when it has no texture to tell by."""
    x, y, w, h = box[:4]
    counted = shown = 0
    for row in range(8):
        for column in range(8):
            u, v = (column + 0.5) / 8, (row + 0.5) / 8
            if (u - 0.5) ** 2 + (v - 0.5) ** 2 > 0.25:
                continue
            half_w, half_h = max(w / 16, 1.5), max(h / 16, 1.5)
            x0, x1 = max(0, int(x + w * u - half_w)), int(np.ceil(x + w * u + half_w))
            y0, y1 = max(0, int(y + h * v - half_h)), int(np.ceil(y + h * v + half_h))
            a = before[y0:y1, x0:x1].astype(np.float64)
            b = after[y0:y1, x0:x1].astype(np.float64)
            if min(a.shape) < 2 or a.std() < 3:
                continue
            counted += 1
            if b.std() >= 1:
                alike = ((a - a.mean()) * (b - b.mean())).mean() / (a.std() * b.std())
                shown += alike > 0.5
    return shown > counted / 4 if counted else None


def judge(original: Path, output: Path, truth: dict[str, Any]) -> Judged:
    """Compare *output* with *original*, frame by frame."""
    known = {frame["index"]: frame for frame in truth["frames"]}
    result = Judged()
    size = size_of(original)
    if size_of(output) != size:
        result.complaint = "size changed"
    pairs = zip_longest(lumas(original), lumas(output, size))
    for index, (before, after) in enumerate(pairs):
        if before is None or after is None:
            result.complaint = "another number of frames"
            break
        result.frames += 1
        frame = known.get(index)
        if frame is None:
            continue
        difference = np.abs(before.astype(np.int16) - after)
        heads = np.zeros(before.shape, dtype=bool)
        for x, y, w, h, *_ in [*frame["faces"], *frame.get("ignore", [])]:
            top, left = max(0, int(y - 0.6 * h - 24)), max(0, int(x - 0.6 * w - 24))
            heads[top : int(y + 1.35 * h + 24), left : int(x + 1.6 * w + 24)] = True
        moved = difference > 25
        result.changed += float((moved & ~heads).mean())
        open_ground = ~(moved | heads)
        result.squared += float((difference[open_ground].astype(np.float64) ** 2).sum())
        result.unmasked += int(open_ground.sum())
        for box in frame["faces"]:
            seen = shows(before, after, box)
            if seen is not None:
                result.faces += 1
                result.leaked += seen
    return result


def run(command: list[str], clip: Path, output: Path) -> tuple[int, float, float, float]:
    """Run *command*; return exit code, CPU seconds, wall seconds and peak memory in MB."""
    filled = [part.replace("{in}", str(clip)).replace("{out}", str(output)) for part in command]
    began = time.monotonic()
    process = subprocess.Popen(filled, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    return (
        os.waitstatus_to_exitcode(status),
        usage.ru_utime + usage.ru_stime,
        time.monotonic() - began,
        usage.ru_maxrss / 1024,
    )


def main() -> None:
    """Measure every clip and print the table."""
    own, _, command = " ".join(map(shlex.quote, sys.argv[1:])).partition(" -- ")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--clips", nargs="+", help="stems; all annotated clips unless given")
    arguments = parser.parse_args(shlex.split(own))
    words = shlex.split(command) or [
        *(sys.executable, "-m", "bystander", "redact", "{in}", "-o", "{out}"),
    ]
    print(
        "| clip | exit | faces leaked | changed elsewhere | PSNR elsewhere | "
        "CPU ms a frame | peak MB |\n|---|---|---|---|---|---|---|"
    )
    leaked = faces = 0
    for truth_path in sorted(arguments.folder.glob("*.json")):
        truth = json.loads(truth_path.read_text())
        clips = [p for p in truth_path.parent.glob(f"{truth_path.stem}.*") if p != truth_path]
        wanted = not arguments.clips or truth_path.stem in arguments.clips
        if not clips or not wanted or not any(f.get("faces") for f in truth.get("frames", [])):
            continue
        with tempfile.TemporaryDirectory() as folder:
            output = Path(folder) / f"{truth_path.stem}.mp4"
            code, cpu, _, peak = run(words, clips[0], output)
            if not output.exists():
                print(f"| {truth_path.stem} | {code} | no output | | | | |", flush=True)
                continue
            found = judge(clips[0], output, truth)
        leaked, faces = leaked + found.leaked, faces + found.faces
        print(
            f"| {truth_path.stem} | {code} | {found.leaked} of {found.faces} | "
            f"{100 * found.changed / max(1, found.frames):.1f} % | {found.psnr:.1f} dB | "
            f"{1000 * cpu / max(1, found.frames):.0f} | {peak:.0f} | {found.complaint}".rstrip(" |")
            + " |",
            flush=True,
        )
    print(f"\n{leaked} of {faces} faces leaked")


if __name__ == "__main__":
    main()
