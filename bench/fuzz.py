"""Fuzz the door: damaged files through the whole command, a folder of them at a time.

Every file is a real one that was damaged at random, the same way for the same seed. Each has to end
with an outcome, within the time and memory that the command allows; the command with exit code 0, 1
or 3 and without a traceback; no file may be left over; and an output has to pass ``verify`` once
more. What the worker did not survive, or did not expect, is listed.

    python -m bench.fuzz FOOTAGE --files 2000
"""

from __future__ import annotations

import argparse
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import av

from bystander import media, run
from bystander.errors import BystanderError

_LARGEST = 10_000  # bytes; what is larger is cut to its first frames, where it can be
_FRAMES = 2
# Detectors are not what is tried here.
_QUICK = ("--target", "faces", "--min-face", "80", "--preset", "ultrafast", "--provider", "cpu")
_LIMITS = ("--limit", "stall=60", "--limit", "memory=3072", "--limit", "pixels=20000000")
_SECONDS_A_FILE = 120
# Names that lengths and counts stand beside, in MP4, RIFF and PNG.
_NAMES = tuple(
    b"moov trak mdia minf stbl stsd stts ctts stss stsc stsz stco mvhd tkhd mdhd elst dref avcC "
    b"hvcC mdat moof RIFF LIST strh strf idx1 movi IHDR IDAT JFIF Exif".split()
)
# EBML ids that lengths follow: segment, tracks, cluster, cues.
_IDS = (
    b"\x18\x53\x80\x67",
    b"\x16\x54\xae\x6b",
    b"\x1f\x43\xb6\x75",
    b"\x1c\x53\xbb\x6b",
)


def mutate(data: bytes, others: Sequence[bytes], dice: random.Random) -> bytes:
    """Return *data* damaged in one to three ways; pieces may come from *others*."""
    for _ in range(dice.randint(1, 3)):
        data = dice.choice(_WAYS)(data, others, dice) or data
    return data


def _flip(data: bytes, _others: Sequence[bytes], dice: random.Random) -> bytes:
    changed = bytearray(data)
    until = len(data) if dice.random() < 0.5 else min(len(data), 2048)
    for _ in range(dice.choice((1, 4, 32))):
        changed[dice.randrange(until)] ^= 1 << dice.randrange(8)
    return bytes(changed)


def _truncate(data: bytes, _: Sequence[bytes], dice: random.Random) -> bytes:
    return data[: dice.randrange(1, len(data) + 1)]


def _splice(data: bytes, others: Sequence[bytes], dice: random.Random) -> bytes:
    other = dice.choice(others)
    start, length = dice.randrange(len(other)), dice.choice((4, 64, 1024, 16384))
    at = dice.randrange(len(data))
    piece = other[start : start + length]
    return data[:at] + piece + data[at + len(piece) :]


def _lengthen(data: bytes, _: Sequence[bytes], dice: random.Random) -> bytes:
    """Write a number over one that stands beside a name: a length, a count, a size."""
    names = b"|".join(re.escape(name) for name in (*_NAMES, *_IDS))
    places = [match.start() for match in re.finditer(names, data)]
    if not places:
        return _flip(data, (), dice)
    at = max(0, dice.choice(places) + dice.choice((-4, 4, 8, 12, 16, 20, 24, 28)))
    number = dice.choice((0, 1, 7, 8, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, dice.getrandbits(32)))
    return data[:at] + number.to_bytes(4, dice.choice(("big", "little"))) + data[at + 4 :]


def _piece(data: bytes, dice: random.Random) -> tuple[int, int]:
    at = dice.randrange(len(data))
    return at, min(len(data), at + dice.choice((1, 8, 188, 1024, 8192)))


def _double(data: bytes, _: Sequence[bytes], dice: random.Random) -> bytes:
    start, end = _piece(data, dice)
    return data[:end] + data[start:end] + data[end:]


def _remove(data: bytes, _: Sequence[bytes], dice: random.Random) -> bytes:
    start, end = _piece(data, dice)
    return data[:start] + data[end:]


def _blank(data: bytes, _: Sequence[bytes], dice: random.Random) -> bytes:
    start, end = _piece(data, dice)
    return data[:start] + dice.choice((b"\0", b"\xff")) * (end - start) + data[end:]


def _insert(data: bytes, _: Sequence[bytes], dice: random.Random) -> bytes:
    at = dice.randrange(len(data))
    return data[:at] + dice.randbytes(dice.choice((1, 3, 64))) + data[at:]


_WAYS: tuple[Callable[[bytes, Sequence[bytes], random.Random], bytes], ...] = (
    _flip,
    _flip,
    _flip,
    _flip,
    _truncate,
    _splice,
    _lengthen,
    _lengthen,
    _double,
    _remove,
    _blank,
    _insert,
)


@dataclass(kw_only=True)
class Tally:
    """What became of the files so far."""

    outcomes: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    slowest_s: float = 0.0


def damage(sources: Sequence[tuple[str, bytes]], numbers: range, seed: int, folder: Path) -> None:
    """Write damaged copies of *sources*, as (suffix, bytes), to *folder*, one a number."""
    pool = [data for _, data in sources]
    for number in numbers:
        dice = random.Random(f"{seed}-{number}")
        suffix, data = sources[number % len(sources)]
        (folder / f"{number:05d}{suffix}").write_bytes(mutate(data, pool, dice))


def redact(folder: Path, output: Path, tally: Tally, *more: str) -> None:
    """Redact *folder* into *output* by the command, and judge all that comes of it."""
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    command = [sys.executable, "-m", "bystander", "redact", str(folder), "-o", str(output)]
    done = subprocess.run(
        [*command, "--json", *_QUICK, *_LIMITS, *more],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        timeout=_SECONDS_A_FILE * len(before),
    )
    if done.returncode not in (0, 1, 3) or "Traceback" in done.stderr:
        tally.wrong.append(f"exit code {done.returncode}: {done.stderr[-300:]}")
        return
    entries = json.loads(done.stdout)["files"]
    if sorted(entry["source"] for entry in entries) != sorted(before):
        tally.wrong.append("not every file has an entry")
    expected = 3 if any(entry["outcome"] == "leak" for entry in entries) else 1
    if done.returncode != (expected if any(entry["why"] for entry in entries) else 0):
        tally.wrong.append(f"exit code {done.returncode} does not fit the outcomes")
    if {path.name: path.read_bytes() for path in folder.iterdir()} != before:
        tally.wrong.append("the originals were changed")
    for took in re.findall(r"\((\d+\.\d) s\)$", done.stderr, re.MULTILINE):
        tally.slowest_s = max(tally.slowest_s, float(took))
    _judge(folder, output, entries, tally, salvage="--salvage" in more)


def _judge(
    folder: Path, output: Path, entries: list[dict[str, Any]], tally: Tally, *, salvage: bool
) -> None:
    known: set[str] = set()
    options = run.Options(salvage=salvage)
    with run.Worker([]) as worker:
        for entry in entries:
            name, outcome, why = entry["source"], entry["outcome"], entry["why"]
            tally.outcomes[outcome] += 1
            if why is not None:
                tally.reasons[re.sub(r"[\d.]+|^.*?(?= is not a recording)", "N", why)] += 1
                if "worker" in why or "should not" in why or "nothing moved" in why:
                    tally.lost.append(f"{name}: {why}")
            if outcome == "done":
                known |= {entry["output"], entry["plan"], entry["report"], f"{name}.report.html"}
                given = run.read_plan(output / entry["plan"])
                try:
                    report, leaks = worker.examine(
                        output / entry["output"], folder / name, given, options=options
                    )
                    if leaks or not report.clean:
                        tally.wrong.append(f"{name}: the output does not verify")
                except BystanderError as error:
                    tally.wrong.append(f"{name}: the output does not verify: {error}")
            elif outcome == "leak":
                known |= {f"{name}.{what}" for what in ("plan.json", "report.json", "report.html")}
    left = {path.name for path in output.iterdir()} - known if output.exists() else set()
    if left:
        tally.wrong.append(f"left over: {sorted(left)[:5]}")


def small(path: Path) -> bytes:
    """Return *path*, cut to its first frames when it is large, in the same container."""
    data = path.read_bytes()
    if len(data) <= _LARGEST:
        return data
    return _cut(path, None) or _cut(path, "video") or data[:150_000]


def _cut(path: Path, kind: str | None) -> bytes | None:
    """Return the first frames of *path*, with all of its streams or with those of *kind*."""
    target = Path(tempfile.mkdtemp()) / f"cut{path.suffix}"
    try:
        with av.open(str(path)) as source, av.open(str(target), "w") as cut:
            kept = {}
            for stream in source.streams:
                if kind not in (None, stream.type):
                    continue
                with suppress(ValueError, av.FFmpegError):  # not every kind can be written again
                    kept[stream.index] = cut.add_stream_from_template(stream)
            frames = 0
            for packet in source.demux():
                if packet.dts is None or packet.stream.index not in kept:
                    continue
                frames += packet.stream.type == "video"
                if frames > _FRAMES:
                    break
                packet.stream = kept[packet.stream.index]
                cut.mux(packet)
        return target.read_bytes()
    except (ValueError, av.FFmpegError):
        return None
    finally:
        shutil.rmtree(target.parent)


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("footage", type=Path, help="a folder of files to damage")
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--batch", type=int, default=50)
    parser.add_argument("--first", type=int, default=0, help="begin with this number")
    asked = parser.parse_args()
    paths = sorted(path for path in asked.footage.rglob("*") if media.is_media(path))
    sources = [(path.suffix, small(path)) for path in paths]
    tally, began = Tally(), time.monotonic()
    for first in range(asked.first, asked.files, asked.batch):
        numbers = range(first, min(first + asked.batch, asked.files))
        work = Path(tempfile.mkdtemp(prefix="fuzz-"))
        try:
            (work / "in").mkdir()
            damage(sources, numbers, asked.seed, work / "in")
            more = ["--salvage"] if first // asked.batch % 2 else []
            redact(work / "in", work / "out", tally, *more)
        finally:
            shutil.rmtree(work)
        last = (*tally.wrong[-1:], *tally.lost[-1:])
        print(numbers.stop, dict(tally.outcomes), *last, flush=True)
    took = time.monotonic() - began
    print(f"{asked.files} files of {len(sources)} sources, seed {asked.seed}: {took:.0f} s")
    print(f"slowest {tally.slowest_s:.1f} s")
    for reason, count in tally.reasons.most_common(40):
        print(f"{count:6} {reason}")
    for title, lines in (("the worker was lost", tally.lost), ("wrong", tally.wrong)):
        print(f"{title}: {len(lines)}")
        for line in lines:
            print(f"  {line}")
    return 1 if tally.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
