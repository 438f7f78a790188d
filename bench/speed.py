"""What a redaction costs beside deface 1.5.0 and beside writing the recording anew and no more.

``python -m bench.speed CLIP... [--sides 480,720,1080] [--frames 120] [--rounds 3] [--plots DIR]``.
Every clip is scaled so that its shorter side is each of *sides*; the three commands then run in
turn, round by round, so that what else the machine does falls on all of them. Bystander's cost is
that of the whole command: all passes, verification and what is written again because of it. Of
*frames* there may be several, too: clips are repeated to be as long.

A machine that does other work gives other figures from minute to minute: the ratios, which are
taken within each round, are what counts. Prints a table in Markdown.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from itertools import cycle, islice, product
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
    """Write *source*, repeated, to be *frames* long with a shorter side of *side*; return that."""
    count = 0
    with ExitStack() as stack:
        opened = stack.enter_context(av.open(str(source)))
        made = stack.enter_context(av.open(str(target), "w"))
        shown = opened.streams.video[0]
        factor = Fraction(side, min(shown.width, shown.height))
        rate = shown.average_rate or Fraction(25)
        options = {"crf": "18", "preset": "veryfast"}
        stream: Any = made.add_stream("libx264", rate=rate, options=options)
        stream.width = round(shown.width * factor / 2) * 2
        stream.height = round(shown.height * factor / 2) * 2
        stream.pix_fmt = "yuv420p"
        for frame in islice(cycle(opened.decode(video=0)), frames):
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
    parser.add_argument("--frames", default="120")
    parser.add_argument("--plots", type=Path, help="draw into this folder")
    parser.add_argument("--provider", default="cpu", help="what Bystander's detectors run on")
    parser.add_argument("--deface", help="deface 1.5.0 that is there already")
    asked = parser.parse_args(words)
    sides, lengths = ([int(n) for n in given.split(",")] for given in (asked.sides, asked.frames))
    measured: list[Measured] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plain = tools.Tool(
            name=TRANSCODE,
            state="",
            command=(sys.executable, "-m", "bench.speed", TRANSCODE, "{in}", "{out}"),
        )
        programs = [tools.own(asked.provider), tools.deface(folder, asked.deface), plain]
        print(f"| clip | size | frames | {' | '.join(_COLUMNS)} |")
        print("|---" * (3 + len(_COLUMNS)) + "|")
        for clip, side, length in product(asked.clips, sides, lengths):
            source = folder / f"{clip.stem}-{side}-{length}.mp4"
            frames = scaled(clip, source, side, length)
            runs = [
                {program.name: _run(program, source, folder) for program in programs}
                for _ in range(asked.rounds)
            ]
            with av.open(str(source)) as opened:
                shown = opened.streams.video[0]
                size = shown.width, shown.height
            measured.append(Measured(clip.stem, *size, frames, runs))
            cells = [column(runs, frames) for column in _COLUMNS.values()]
            print(
                f"| {clip.stem} | {size[0]}x{size[1]} | {frames} | {' | '.join(cells)} |",
                flush=True,
            )
    if asked.plots:
        draw(measured, asked.plots)


def _run(program: tools.Tool, source: Path, folder: Path) -> tools.Run:
    # A name of its own: plans and reports of one clip are not replaced by those of another.
    run = tools.run(program, source, folder / f"{source.stem}-{program.name}.mp4")
    if run.exit_code:
        raise SystemExit(f"{program.name} ended with {run.exit_code} on {source.name}")
    return run


Rounds = Sequence[dict[str, tools.Run]]


@dataclass(frozen=True, slots=True)
class Measured:
    """One clip at one size and length, run by every program, round by round."""

    clip: str
    width: int
    height: int
    frames: int
    runs: Rounds

    def cpu_s(self, program: str) -> float:
        """Return the median of all rounds."""
        return statistics.median(run[program].cpu_s for run in self.runs)


def draw(measured: Sequence[Measured], folder: Path) -> list[Path]:
    """Draw cost against picture size and against length into *folder*, where there are several."""
    drawn: list[Path] = []
    by_size, by_length = defaultdict(list), defaultdict(list)
    for one in measured:
        by_size[one.clip, one.frames].append(one)
        by_length[one.clip, one.width].append(one)
    size = "megapixels", "CPU, s a frame", lambda m: (m.width * m.height / 1e6, 1 / m.frames)
    length = "frames", "CPU, s", lambda m: (m.frames, 1.0)
    for name, lines, (x_name, y_name, at) in (
        ("cost-by-size.svg", by_size, size),
        ("cost-by-length.svg", by_length, length),
    ):
        lines_with_points = {key: ones for key, ones in lines.items() if len(ones) > 1}
        if lines_with_points:
            drawn.append(_lines(lines_with_points, x_name, y_name, at, folder / name))
    return drawn


def _lines(
    lines: Mapping[tuple[str, int], Sequence[Measured]],
    x_name: str,
    y_name: str,
    at: Callable[[Measured], tuple[float, float]],
    path: Path,
) -> Path:
    """Draw a panel for each clip, in it a line for each program."""
    # To load these costs as much as to write many frames: the plain transcode goes without.
    import matplotlib as mpl  # noqa: PLC0415
    from bench.leaks import ink  # noqa: PLC0415

    path.parent.mkdir(parents=True, exist_ok=True)
    with mpl.rc_context(ink.STYLE), ink.figure(path, len(lines)) as (_, axes):
        for ((clip, _), ones), axis in zip(lines.items(), axes, strict=True):
            for program in ones[0].runs[0]:
                points = sorted((at(one)[0], one.cpu_s(program) * at(one)[1]) for one in ones)
                axis.plot(
                    *zip(*points, strict=True),
                    color=ink.COLOUR.get(program, "#777777"),
                    marker=ink.MARKER.get(program, "^"),
                    label=ink.LABEL.get(program, "plain transcode"),
                )
            axis.set(title=clip, xlabel=x_name, ylabel=y_name, ylim=(0, None))
        axes[0].legend()
    return path


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
