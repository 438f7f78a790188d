"""When every frame of a recording is shown, and where decoding can begin, without decoding it.

The file is passed through packet by packet. That tells what :meth:`Footage.frames` would give only
if every packet has a time of its own, in order, and the first frames and the last are those that a
decoder gives; if not, there is no index, and the recording has to be read from its start. Whoever
decodes by an index compares what comes with it, frame by frame (:mod:`bystander.media.seeking`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm
from typing import cast

import av
import av.error
import numpy as np
from numpy.typing import NDArray

from bystander.errors import DamagedFootage
from bystander.media.files import open_container, why
from bystander.media.source import Recording

Ticks = NDArray[np.int64]


class NoIndexError(Exception):
    """Frames of this recording are not found by seeking; ``str()`` says why, for people."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FrameTimes:
    """When frames are shown.

    Attributes:
        tick: Every time is a multiple of this many seconds.
        ticks: Time of every frame in ticks, ascending, the first 0.
        lasts: How long the last frame is shown, in seconds.
    """

    tick: Fraction
    ticks: Ticks
    lasts: Fraction

    def __len__(self) -> int:
        return len(self.ticks)

    def at(self, index: int) -> Fraction:
        """Return when frame *index* is shown, in seconds since the first."""
        return int(self.ticks[index]) * self.tick

    @property
    def duration(self) -> Fraction:
        """When the last frame ends, in seconds."""
        return self.at(-1) + self.lasts

    def runs(self) -> Ticks:
        """Return ticks from one frame to the next and how many times in a row, shape (N, 2).

        >>> ticks = np.array([0, 2, 4, 7])
        >>> FrameTimes(tick=Fraction(1, 50), ticks=ticks, lasts=Fraction(1, 25)).runs().tolist()
        [[2, 2], [3, 1]]
        """
        deltas = np.diff(self.ticks)
        begins = np.flatnonzero(np.diff(deltas, prepend=0))  # no two frames at the same time
        counts = np.diff(begins, append=len(deltas))
        return np.stack([deltas[begins], counts], axis=1).astype(np.int64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Index:
    """Where frames are.

    Attributes:
        times: When they are shown.
        pts: Time of every frame by the file's own clock, ascending.
        orders: Which packet of the recording each frame is in.
        key_pts: Times of key frames by the same clock, ascending; some may be never shown.
        key_orders: Which packets those are in.
        key_seeks: Where to seek to for each.
    """

    times: FrameTimes
    pts: Ticks
    orders: Ticks
    key_pts: Ticks
    key_orders: Ticks
    key_seeks: Ticks

    def key_before(self, index: int) -> int:
        """Return which key frame is shown at frame *index* or before; -1: none is."""
        return int(np.searchsorted(self.key_pts, self.pts[index], side="right")) - 1

    def first_of(self, key: int) -> int:
        """Return the first frame that decoding from key frame number *key* gives; -1: from all."""
        return int(np.searchsorted(self.pts, self.key_pts[key])) if key >= 0 else 0

    def order_of(self, pts: int) -> int | None:
        """Return which packet has this time, as far as it is one that is shown or a key frame's."""
        for times, orders in ((self.pts, self.orders), (self.key_pts, self.key_orders)):
            place = int(np.searchsorted(times, pts))
            if place < len(times) and times[place] == pts:
                return int(orders[place])
        return None


def times_of(stamps: Sequence[Fraction], lasts: Fraction) -> FrameTimes:
    """Return *stamps* (seconds, ascending from 0, never empty) as multiples of one tick."""
    whole = lcm(*(at.denominator for at in stamps))
    ticks = [int(at * whole) for at in stamps]
    common = gcd(*ticks) or 1
    return FrameTimes(
        tick=Fraction(common, whole),
        ticks=np.array([at // common for at in ticks], dtype=np.int64),
        lasts=lasts,
    )


def build(footage: Recording, step: Callable[[], object] = lambda: None) -> Index:
    """Return where the frames of *footage* are; *step* is called now and then.

    Raises:
        NoIndexError: It cannot be told without decoding.
        DamagedFootage: A packet cannot be read.
        BeyondLimits: There is more of it than is taken.
    """
    if footage.salvage:
        raise NoIndexError("it may be damaged, so it is read from its start")
    if not footage.timed:
        raise NoIndexError("the file states no times, so it is read from its start")
    table, base = _packets(footage, step)
    pts, seeks, lasts = table[:, 0], table[:, 1], table[:, 2]
    shown, key = table[:, 3].astype(np.bool_), table[:, 4].astype(np.bool_)
    if len(np.unique(pts)) != len(pts):
        raise NoIndexError("times in the file come twice or go back, so it is read from its start")
    start = int(footage.start / base)
    orders = np.arange(len(pts), dtype=np.int64)
    by_time = np.argsort(pts)
    held = by_time[shown[by_time] & (pts[by_time] >= start)]
    keys = by_time[key[by_time]]
    if not len(held) or pts[held[0]] != start:
        raise NoIndexError("the first frame is not where the file has it, so it is read from there")
    if [int(at) * base for at in pts[held[: len(footage.first_stamps)]]] != footage.first_stamps:
        raise NoIndexError("frames are not where the file has them, so it is read from its start")
    footage.limits.check_frames(len(held))
    footage.limits.check_time(int(pts[held[-1]] - start) * base)
    return Index(
        times=FrameTimes(
            tick=base,
            ticks=pts[held] - start,
            lasts=footage.believed(int(lasts[held[-1]]) * base) or 1 / footage.rate,
        ),
        pts=pts[held],
        orders=orders[held],
        key_pts=pts[keys],
        key_orders=orders[keys],
        key_seeks=seeks[keys],
    )


def _packets(footage: Recording, step: Callable[[], object]) -> tuple[Ticks, Fraction]:
    """Return a row for every packet, and how many seconds a tick is.

    The rows: pts, the earlier of pts and dts, duration, whether it is shown, whether it is key.
    """
    rows: list[tuple[int, int, int, bool, bool]] = []
    last: int | None = None
    with open_container(footage.path, footage.limits) as container:
        stream = footage.stream_of(container)
        base = Fraction(cast(Fraction, stream.time_base))
        try:
            for packet in container.demux(stream):
                if not packet.size:
                    continue
                pts, dts = packet.pts, packet.dts
                if pts is None or packet.is_corrupt:
                    raise NoIndexError("some frames have no time, so it is read from its start")
                if dts is not None:
                    if last is not None and dts < last:
                        raise NoIndexError("the file's clock goes back, so it is read from there")
                    last = dts
                early = pts if dts is None else min(pts, dts)
                lasts, shown = packet.duration or 0, not packet.is_discard
                rows.append((pts, early, lasts, shown, packet.is_keyframe))
                if len(rows) % 1024 == 0:
                    footage.limits.check_frames(len(rows) // 2)  # a frame may be in two packets
                    step()
        except av.FFmpegError as error:
            raise DamagedFootage(f"the recording is damaged: {why(error)}") from error
    return np.array(rows, dtype=np.int64).reshape(-1, 5), base
