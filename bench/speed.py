"""What a redaction costs beside deface 1.5.0 and beside writing the recording anew and no more.

``python -m bench.speed CLIP... [--sides 480,720,1080] [--rounds 3] [--frames 120]``. Every clip is
scaled so that its shorter side is each of *sides*; the three commands then run in turn, round by
round, so that what else the machine does falls on all of them. Bystander's cost is that of the
whole command: all passes, verification and what is written again because of it.

A machine that does other work gives other figures from minute to minute: the ratios, which are
taken within each round, are what counts. Prints a table in Markdown.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from bench.leaks import tools

from bystander import media
from bystander.records import Policy

TRANSCODE = "transcode"


def transcode(source: Path, target: Path) -> None:
    """Decode *source* and encode it anew as Bystander does, with nothing in between."""
    footage, policy = media.open_footage(source), Policy()
    with media.Recorder(target, footage, crf=policy.crf, preset=policy.preset) as recorder:
        for frame in footage.frames():
            recorder.write(frame)


def scaled(source: Path, target: Path, side: int, frames: int) -> int:
    """Write up to *frames* frames of *source* with a shorter side of *side*; return how many."""
    count = 0
    with av.open(str(source)) as opened, av.open(str(target), "w") as made:
        shown = opened.streams.video[0]
        factor = Fraction(side, min(shown.width, shown.height))
        rate = shown.average_rate or Fraction(25)
        options = {"crf": "18", "preset": "veryfast"}
        stream: Any = made.add_stream("libx264", rate=rate, options=options)
        stream.width = round(shown.width * factor / 2) * 2
        stream.height = round(shown.height * factor / 2) * 2
        stream.pix_fmt = "yuv420p"
        for frame in opened.decode(video=0):
            if count == frames:
                break
            new = frame.reformat(width=stream.width, height=stream.height, format="yuv420p")
            new.pts, new.time_base = count, 1 / Fraction(rate)
            made.mux(stream.encode(new))
            count += 1
        made.mux(stream.encode(None))
    return count


def main(words: Sequence[str]) -> None:
    """Measure, and print the table."""
    if words and words[0] == TRANSCODE:
        transcode(Path(words[1]), Path(words[2]))
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clips", nargs="+", type=Path)
    parser.add_argument("--sides", default="480,720,1080")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--frames", type=int, default=120)
    parser.add_argument("--deface", help="deface 1.5.0 that is there already")
    asked = parser.parse_args(words)
    sides = [int(side) for side in asked.sides.split(",")]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plain = tools.Tool(
            name=TRANSCODE,
            state="",
            command=(sys.executable, "-m", "bench.speed", TRANSCODE, "{in}", "{out}"),
        )
        programs = [tools.own(), tools.deface(folder, asked.deface), plain]
        print(f"| clip | size | frames | {' | '.join(_COLUMNS)} |")
        print("|---" * (3 + len(_COLUMNS)) + "|")
        for clip in asked.clips:
            for side in sides:
                source = folder / f"{clip.stem}-{side}.mp4"
                frames = scaled(clip, source, side, asked.frames)
                runs = [
                    {program.name: _run(program, source, folder) for program in programs}
                    for _ in range(asked.rounds)
                ]
                with av.open(str(source)) as opened:
                    shown = opened.streams.video[0]
                    size = f"{shown.width}x{shown.height}"
                cells = [column(runs, frames) for column in _COLUMNS.values()]
                print(f"| {clip.stem} | {size} | {frames} | {' | '.join(cells)} |", flush=True)


def _run(program: tools.Tool, source: Path, folder: Path) -> tools.Run:
    run = tools.run(program, source, folder / f"out-{program.name}.mp4")
    if run.exit_code:
        raise SystemExit(f"{program.name} ended with {run.exit_code} on {source.name}")
    return run


Rounds = Sequence[dict[str, tools.Run]]


def _cost(name: str, what: str) -> Callable[[Rounds, int], str]:
    def cell(rounds: Rounds, frames: int) -> str:
        each = [1000 * getattr(r[name], what) / frames for r in rounds]
        return f"{statistics.median(each):.0f}"

    return cell


def _ratio(of: str, to: str, what: str) -> Callable[[Rounds, int], str]:
    def cell(rounds: Rounds, _frames: int) -> str:
        each = [getattr(r[of], what) / getattr(r[to], what) for r in rounds]
        return f"{statistics.median(each):.2f} ({min(each):.2f}-{max(each):.2f})"

    return cell


def _peak(rounds: Rounds, _frames: int) -> str:
    return f"{max(r['bystander'].peak_mb for r in rounds):.0f}"


_COLUMNS: dict[str, Callable[[Rounds, int], str]] = {
    "CPU ms a frame": _cost("bystander", "cpu_s"),
    "deface": _cost("deface", "cpu_s"),
    "plain transcode": _cost(TRANSCODE, "cpu_s"),
    "deface's CPU over ours": _ratio("deface", "bystander", "cpu_s"),
    "our wall time over the transcode's": _ratio("bystander", TRANSCODE, "wall_s"),
    "peak MB": _peak,
}


if __name__ == "__main__":
    main(sys.argv[1:])
