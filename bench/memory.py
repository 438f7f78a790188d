"""Peak resident memory of ``bystander redact`` on 1080p, for 10 s and for 60 s.

``python bench/memory.py [--rate FPS] [--seconds S ...]``: makes the clips from the carried sample,
scaled to 1920x1080 and repeated, runs the command in a process of its own, and prints one line
each and the ratio. Memory must not grow with length.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from fractions import Fraction
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import av

from bystander import detect


def make(target: Path, seconds: int, rate: int) -> Path:
    """Write *seconds* of the sample at 1920x1080 to *target*."""
    with av.open(str(detect.checked("bikes").path)) as source:
        frames = [
            frame.reformat(width=1920, height=1080, format="yuv420p")
            for frame in islice(source.decode(video=0), 24, 124)
        ]
    with av.open(str(target), "w") as sink:
        stream: Any = sink.add_stream(
            "libx264", rate=rate, options={"preset": "ultrafast", "crf": "20"}
        )
        stream.width, stream.height, stream.pix_fmt = 1920, 1080, "yuv420p"
        for index, frame in enumerate(islice(cycle(frames), seconds * rate)):
            frame.pts, frame.time_base = index, Fraction(1, rate)
            sink.mux(stream.encode(frame))
        sink.mux(stream.encode(None))
    return target


def measure(clip: Path, output: Path, *options: str) -> tuple[float, float, float]:
    """Return peak memory in MB, CPU seconds and wall seconds of one run."""
    began = time.monotonic()
    command = [sys.executable, "-m", "bystander", "redact", str(clip), "-o", str(output)]
    command += ["--provider", "cpu"]
    process = subprocess.Popen([*command, "--quiet", *options])
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"the run ended with {os.waitstatus_to_exitcode(status)}")
    return (
        usage.ru_maxrss / 1024,
        usage.ru_utime + usage.ru_stime,
        time.monotonic() - began,
    )


def main() -> None:
    """Measure, and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=15)
    parser.add_argument("--seconds", type=int, nargs="+", default=[10, 60])
    parser.add_argument("--option", action="append", default=[], help="passed to redact")
    arguments = parser.parse_args()
    peaks = []
    with tempfile.TemporaryDirectory() as folder:
        for seconds in arguments.seconds:
            clip = make(Path(folder) / f"{seconds}.mp4", seconds, arguments.rate)
            output = Path(folder) / f"{seconds}.redacted.mp4"
            peak, cpu, wall = measure(clip, output, *arguments.option)
            frames = seconds * arguments.rate
            peaks.append(peak)
            print(
                f"1920x1080, {seconds} s, {frames} frames: peak {peak:.0f} MB, "
                f"{1000 * cpu / frames:.0f} ms CPU a frame, {1000 * wall / frames:.0f} ms wall",
                flush=True,
            )
    print(f"last over first: {peaks[-1] / peaks[0]:.3f}")


if __name__ == "__main__":
    main()
