"""From two files to pairs of frames, and those to the judge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, cast

import av
from bench.leaks.judge import Judge, Luma, stated_fps
from bench.leaks.judged import Judged


def judge_files(before: Path, after: Path, truth: dict[str, Any]) -> Judged:
    """Compare the recording *after* with the one that it was made from, *before*.

    Frames are paired by time, because a tool may drop or repeat some. Where the sizes differ, the
    output is scaled to the input's.
    """
    judge = Judge(truth)
    size = _size(before)
    size_changed = _size(after) != size
    pairs = _pairs(_lumas(before), _lumas(after, size if size_changed else None), stated_fps(truth))
    for index, (original, made) in enumerate(pairs):
        judge.see(index, original, made)
    return judge.judged(size_changed=size_changed)


def _pairs(
    inputs: Iterable[tuple[float, Luma]], outputs: Iterable[tuple[float, Luma]], fps: float
) -> Iterator[tuple[Luma, Luma | None]]:
    """Yield each of *inputs* with the output nearest in time, if that is near enough.

    Both are (seconds, luma) in time order. A lone output, a still, is near to everything.
    """
    after = iter(outputs)
    here, ahead = next(after, None), next(after, None)
    alone = here is not None and ahead is None
    start = here[0] if here else 0.0
    first: float | None = None
    for at, luma in inputs:
        first = at if first is None else first
        seconds = at - first
        while here and ahead and abs(ahead[0] - start - seconds) < abs(here[0] - start - seconds):
            here, ahead = ahead, next(after, None)
        near = here and (alone or abs(here[0] - start - seconds) <= 0.6 / fps)
        yield luma, here[1] if here and near else None


def _lumas(path: Path, size: tuple[int, int] | None = None) -> Iterator[tuple[float, Luma]]:
    """Yield seconds and luma of every frame, scaled to *size* (width, height) if given."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        base = stream.time_base or 1
        for number, frame in enumerate(container.decode(stream)):
            at = float(number) if frame.pts is None else float(frame.pts * base)
            grey = frame
            if size:
                grey = frame.reformat(width=size[0], height=size[1], format="gray")
            yield at, cast(Luma, grey.to_ndarray(format="gray"))


def _size(path: Path) -> tuple[int, int]:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        return stream.width, stream.height
