"""Cutting sound into pieces of one length, in every way that it could be listened to.

Somebody who speaks into one channel is weak in the mix of all, and one whose voice is in two
channels with opposite sign is not in it at all. So every channel is listened to by itself, and the
mix, and of two channels the difference.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from fractions import Fraction
from heapq import heappush, heappushpop

import numpy as np
from numpy.typing import NDArray

from bystander.records import LISTEN_HZ, Heard, Sound
from bystander.timeline import Span

# A run is as sure as its pieces are for at least this long together.
_SURE_S = 0.125


def ways(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return what is listened to.

    Args:
        samples: Shape (channels, n).

    Returns:
        Shape (ways, n): every channel; the mean of all where there are several; and of two, half
        their difference.
    """
    if samples.shape[0] == 1:
        return samples
    rows = [*samples, samples.mean(axis=0)]
    if samples.shape[0] == 2:
        rows.append((samples[0] - samples[1]) / 2)
    return np.stack(rows).astype(np.float32)


class Ears(ABC):
    """Keeps the runs of pieces in which somebody speaks; subclasses judge each piece.

    Memory: one piece, and two numbers and some scores for every run.
    """

    def __init__(self, name: str, piece: int, least: float) -> None:
        """Prepare.

        Args:
            name: ``name@digest`` of who judges.
            piece: Samples that are judged at a time.
            least: Least score that counts.
        """
        self.name = name
        self._piece, self._least = piece, least
        self._rest: NDArray[np.float32] | None = None
        self._done = 0  # pieces judged
        self._start = Fraction(0)  # when the first would have begun
        self._first: int | None = None  # the piece with which the open run begins
        self._best: list[float] = []  # its highest scores, lowest first
        self._many = max(1, round(_SURE_S * LISTEN_HZ / piece))
        self._heard: list[Heard] = []

    @abstractmethod
    def begin(self, count: int) -> None:
        """Forget what was heard, and get ready for *count* ways of listening."""

    @abstractmethod
    def judge(self, piece: NDArray[np.float32]) -> float:
        """Return how surely somebody speaks in any row of *piece*, (ways, samples), 0 to 1."""

    def hear(self, sound: Sound) -> None:
        """Take in the next piece; see :class:`bystander.records.Listener`."""
        if sound.rate_hz != LISTEN_HZ:
            raise ValueError(f"listeners are given {LISTEN_HZ} samples a second")
        samples = ways(sound.samples)
        if self._rest is None or self._rest.shape[0] != samples.shape[0]:
            self._pad()  # the number of channels changes
            self._close()
            self.begin(samples.shape[0])
            # The padding of the last piece takes no time: what follows begins where it began.
            self._start = sound.at - Fraction(self._done * self._piece, LISTEN_HZ)
            self._rest = samples[:, :0]
        waiting = np.concatenate([self._rest, samples], axis=1)
        whole = waiting.shape[1] // self._piece
        for number in range(whole):
            self._take(waiting[:, number * self._piece : (number + 1) * self._piece])
        self._rest = waiting[:, whole * self._piece :].copy()

    def finish(self) -> tuple[Heard, ...]:
        """Return what was heard; see :class:`bystander.records.Listener`."""
        self._pad()
        self._close()
        return tuple(self._heard)

    def _pad(self) -> None:
        if self._rest is not None and self._rest.shape[1]:
            missing = self._piece - self._rest.shape[1]
            self._take(np.pad(self._rest, ((0, 0), (0, missing))))

    def _take(self, piece: NDArray[np.float32]) -> None:
        score = self.judge(np.ascontiguousarray(piece))
        if score < self._least:
            self._close()
        else:
            if self._first is None:
                self._first = self._done
            if len(self._best) < self._many:
                heappush(self._best, score)
            else:
                heappushpop(self._best, score)
        self._done += 1

    def _close(self) -> None:
        if self._first is None:
            return
        span = Span(self._time(self._first), self._time(self._done))
        sure = self._best[0] if len(self._best) == self._many else 0.0
        self._heard.append(Heard(span=span, score=sure, listener=self.name))
        self._first, self._best = None, []

    def _time(self, piece: int) -> Fraction:
        return self._start + Fraction(piece * self._piece, LISTEN_HZ)
