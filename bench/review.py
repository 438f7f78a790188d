"""How long a person waits for a frame: ``python -m bench.review [--sides 480 1080 2160]``.

Makes clips of ten seconds from the carried sample, as a phone codes them (a key frame a second) and
as files are coded for the web (one in ten seconds), and asks a viewer for frames: one after the
other, forwards and backwards, with a pause between them as when a key is held down and without,
and anywhere. A frame is shown at 1366 pixels with two heads hidden. Prints milliseconds from the
question to the JPEG, median and 95th percentile, and in brackets those of all processors that the
child spent, for a frame and what it decoded ahead, which other work on the machine does not change.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Iterable
from fractions import Fraction
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import av
import numpy as np

from bystander import detect, run
from bystander.geometry import Box

_RATE, _SECONDS = 25, 10
_WIDTH = 1366
_REPEAT_S = 1 / 30  # of a key that is held down
_STEPS = 100


def make(target: Path, height: int, key_every: int) -> Path:
    """Write ten seconds of the sample, *height* pixels high, with so many frames to a key frame."""
    with av.open(str(detect.checked("bikes").path)) as source:
        width = height * 16 // 9 // 2 * 2
        frames = [
            frame.reformat(width=width, height=height, format="yuv420p")
            for frame in islice(source.decode(video=0), 24, 74)
        ]
    options = {"preset": "veryfast", "crf": "21", "g": str(key_every)}
    with av.open(str(target), "w") as sink:
        stream: Any = sink.add_stream("libx264", rate=_RATE, options=options)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for index, frame in enumerate(islice(cycle(frames), _SECONDS * _RATE)):
            frame.pts, frame.time_base = index, Fraction(1, _RATE)
            sink.mux(stream.encode(frame))
        sink.mux(stream.encode(None))
    return target


def waits(
    viewer: run.Viewer, numbers: Iterable[int], fill: str, pause_s: float = 0.0
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return how many milliseconds each of the frames *numbers* took."""
    facts = viewer.facts()
    w, h = facts.width, facts.height
    boxes = [Box(w // 4, h // 4, w // 3, h // 2), Box(w // 2, h // 4, w * 7 // 12, h // 2)]
    taken = []
    for number in numbers:
        began = time.monotonic()
        viewer.frame(number, width=_WIDTH, boxes=boxes, fill=fill)
        wait = time.monotonic() - began
        taken.append(wait * 1000)
        time.sleep(max(0.0, pause_s - wait))
    return np.array(taken)


def spent_s(viewer: run.Viewer) -> float:
    """Return how many seconds of processors the child has spent."""
    fields = Path(f"/proc/{viewer.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sides", type=int, nargs="+", default=[480, 1080, 2160])
    chosen = parser.parse_args()
    print("| clip | open | " + " | ".join(_WAYS) + " |")
    print("|---" * (len(_WAYS) + 2) + "|")
    with tempfile.TemporaryDirectory() as folder:
        for height in chosen.sides:
            for key_every in (_RATE, _SECONDS * _RATE):
                clip = make(Path(folder) / "clip.mp4", height, key_every)
                print(f"| {height}p, key every {key_every} | {measure(clip)} |", flush=True)


# Frames that are asked for, fill, and the pause between them in seconds.
_WAYS: dict[str, tuple[list[int], str, float]] = {
    "forwards, key held": (list(range(20, 20 + _STEPS)), "solid", _REPEAT_S),
    "forwards, no pause": (list(range(140, 140 + _STEPS)), "solid", 0.0),
    "forwards, soft fill": (list(range(20, 20 + _STEPS)), "soft", _REPEAT_S),
    "backwards, key held": (list(range(240, 240 - _STEPS, -1)), "solid", _REPEAT_S),
    "backwards, no pause": (list(range(240, 240 - _STEPS, -1)), "solid", 0.0),
    "anywhere": (np.random.default_rng(1).integers(0, 250, 60).tolist(), "solid", 0.0),
}


def measure(clip: Path) -> str:
    """Return the cells of a row: what it took to open the clip, and for a frame in every way."""
    cells = []
    for numbers, fill, pause_s in _WAYS.values():
        with run.Viewer(clip) as viewer:
            began = time.monotonic()
            viewer.frame(numbers[0], width=_WIDTH)
            opened = time.monotonic() - began
            time.sleep(0.5)
            before = spent_s(viewer)
            taken = waits(viewer, numbers[1:], fill, pause_s)
            each = (spent_s(viewer) - before) / len(taken) * 1000
        cells.append(f"{np.median(taken):.0f} / {np.quantile(taken, 0.95):.0f} ({each:.0f})")
    return f"{opened * 1000:.0f} | " + " | ".join(cells)


if __name__ == "__main__":
    main()
