"""Doing several things at once, in threads.

Decoders, encoders and networks let other threads of Python run while they work.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from types import TracebackType
from typing import Generic, Self, TypeVar

T = TypeVar("T")
R = TypeVar("R")

_MOST_WAITING = 4  # each may be a frame


def cores() -> int:
    """Return how many processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def each(work: Callable[[T], R], items: Iterable[T]) -> list[R]:
    """Return what *work* returns for each of *items*, in their order; done at once where it pays.

    *work* may call this in turn: it is done one after the other then.

    Raises:
        Exception: What *work* raised first, by the order of *items*.
    """
    tasks = list(items)
    if len(tasks) < 2 or cores() < 2 or getattr(_here, "helps", False):
        return [work(task) for task in tasks]
    return list(_helpers().map(work, tasks))


_here = threading.local()


@cache
def _helpers() -> ThreadPoolExecutor:
    def begin() -> None:
        _here.helps = True

    return ThreadPoolExecutor(cores(), thread_name_prefix="helper", initializer=begin)


if hasattr(os, "register_at_fork"):  # threads do not follow into a forked process
    os.register_at_fork(after_in_child=_helpers.cache_clear)


class Beside(Generic[T]):
    """Does *work* on one thing after another, in a thread of its own, while the caller goes on.

    A context: left without an exception, it waits until all is done; left by one, it drops what has
    not begun, and waits for nothing.
    """

    def __init__(self, work: Callable[[T], object]) -> None:
        """Prepare; *work* is called in one thread only."""
        self._work = work
        self._helper = ThreadPoolExecutor(1, thread_name_prefix="beside")
        self._waiting: deque[Future[object]] = deque()

    def hand(self, item: T) -> None:
        """Hand in the next thing; waits when several are waiting already.

        Raises:
            Exception: What the work raised on an earlier one.
        """
        self._waiting.append(self._helper.submit(self._work, item))
        if len(self._waiting) > _MOST_WAITING:
            self._waiting.popleft().result()

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Wait until all is done.

        Raises:
            Exception: What the work raised.
        """
        try:
            while kind is None and self._waiting:
                self._waiting.popleft().result()
        finally:
            # Whoever gives up does not wait for what is in work: it writes nothing.
            self._helper.shutdown(wait=kind is None, cancel_futures=True)
