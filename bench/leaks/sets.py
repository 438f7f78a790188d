"""The sets of a folder: clips and pictures with a box file of the same stem beside them.

``FOLDER/video`` holds clips and every folder in ``FOLDER/images`` pictures. A box file is JSON:
``{"fps", "annotation", "frames": [{"index", "faces": [[x, y, w, h], ...], "ignore": [...]}]}``,
boxes in pixels of the decoded picture, top-left origin. ``annotation`` begins with ``semi-manual``
or ``published``; published it is where there is none.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from bench.leaks.files import judge_files
from bench.leaks.judged import Judged
from bench.leaks.metrics import Measured, Origin
from bench.leaks.tools import Tool, run

STILL_FPS = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One clip or picture with known faces."""

    of_set: str
    origin: Origin
    path: Path
    truth: dict[str, Any]


def videos(folder: Path) -> tuple[Item, ...]:
    """Return the clips of *folder* that have boxes."""
    return tuple(_items(folder, "video"))


def stills(folder: Path) -> tuple[Item, ...]:
    """Return the pictures of *folder* that have boxes."""
    names = sorted(path.name for path in (folder / "images").glob("*") if path.is_dir())
    return tuple(item for name in names for item in _items(folder, f"images/{name}"))


def _items(folder: Path, of_set: str) -> Iterator[Item]:
    for beside in sorted((folder / of_set).glob("*.json")):
        truth = json.loads(beside.read_text(encoding="utf-8"))
        media = [p for p in sorted(beside.parent.glob(f"{beside.stem}.*")) if p != beside]
        origin = _origin(truth.get("annotation"))
        if media and origin and any(f.get("faces") for f in truth.get("frames", [])):
            yield Item(of_set=of_set, origin=origin, path=media[0], truth=truth)


def _origin(annotation: str | None) -> Origin | None:
    """Return where the boxes are from; ``None`` for boxes that nobody looked at."""
    if annotation is None or annotation.startswith("published"):
        return "published"
    return "semi-manual" if annotation.startswith("semi-manual") else None


def first(items: tuple[Item, ...], count: int | None) -> tuple[Item, ...]:
    """Return the first *count* items of every set, or all."""
    if count is None:
        return items
    names = dict.fromkeys(item.of_set for item in items)
    return tuple(i for name in names for i in [i for i in items if i.of_set == name][:count])


def as_clip(picture: Path, target: Path) -> Path:
    """Write *picture* as a clip of one frame to *target*, without loss beyond the change to YUV.

    Chroma is halved where the size is even, as cameras do, and kept whole where it is odd.
    """
    with av.open(str(picture)) as source:
        frame = next(source.decode(video=0))
    even = frame.width % 2 == 0 and frame.height % 2 == 0
    pixels = "yuv420p" if even else "yuv444p"
    with av.open(str(target), "w") as sink:
        stream: Any = sink.add_stream("ffv1", rate=STILL_FPS)
        stream.width, stream.height, stream.pix_fmt = frame.width, frame.height, pixels
        made = frame.reformat(format=pixels)
        made.pts, made.time_base = 0, Fraction(1, STILL_FPS)
        sink.mux(stream.encode(made))
        sink.mux(stream.encode(None))
    return target


def measure(item: Item, tool: Tool, folder: Path) -> Measured:
    """Run *tool* on *item* with *folder* as a place to work, and judge what it gave."""
    source = item.path
    if item.of_set.startswith("images/"):
        source = as_clip(item.path, folder / f"{item.path.stem}.mkv")
    output = folder / f"{item.path.stem}.redacted.mp4"
    ran = run(tool, source, output)
    judged: Judged | None = None
    if output.exists() and output.stat().st_size:
        judged = judge_files(source, output, item.truth)
    for path in folder.glob(f"{item.path.stem}.*"):
        if path != item.path:
            path.unlink()
    return Measured(
        of_set=item.of_set,
        origin=item.origin,
        name=item.path.stem,
        exit_code=ran.exit_code,
        judged=judged,
        cpu_s=ran.cpu_s,
        wall_s=ran.wall_s,
        peak_mb=ran.peak_mb,
    )
