"""How long a server lives: as long as its terminal, its parent, and somebody at the page.

Pictures are not to be had for longer than they are looked at. Only what a person does counts as
use, and work that a person began: a page that asks how far it is does not keep the server up.
"""

from __future__ import annotations

import os
import select
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

_LOOKS_S = 0.5


def _now() -> float:
    """Return a time in seconds that goes on while the machine sleeps, where there is one."""
    if hasattr(time, "CLOCK_BOOTTIME"):  # Linux
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


@dataclass(slots=True)
class Clock:
    """When the server was last used; set by its loop, read by the command's thread."""

    idle_s: float
    last: float = field(default_factory=_now)

    def use(self) -> None:
        """Note that a person did something."""
        self.last = _now()

    @property
    def over(self) -> bool:
        """Whether nobody did anything for too long."""
        return _now() - self.last > self.idle_s


def wait(
    clock: Clock,
    *,
    parent: int,
    alive: Callable[[], bool],
    at_work: Callable[[], bool],
    enter: Callable[[], None],
) -> str:
    """Wait until the server is to end; return why, for a person.

    Args:
        clock: When it was last used.
        parent: Number of the process that began this one, as it was before the first link was told.
        alive: Whether it serves.
        at_work: Whether work is under way that a person began.
        enter: Called when Enter is pressed in the terminal.
    """
    terminal = sys.stdin.fileno() if _is_terminal() else None
    while True:
        if not alive():
            return "the server ended"
        if os.getppid() != parent:
            return "the program that began it is gone"
        if at_work():
            clock.use()
        if clock.over:
            return "nobody used it"
        if terminal is None:
            time.sleep(_LOOKS_S)
        elif not _terminal_goes_on(terminal, enter):
            return "the terminal is gone"


def _is_terminal() -> bool:
    try:
        return sys.stdin is not None and sys.stdin.isatty()
    except ValueError:  # it is closed
        return False


def _terminal_goes_on(terminal: int, enter: Callable[[], None]) -> bool:
    """Wait a moment for *terminal*; return whether it is still there."""
    watch = select.poll()
    in_front = _in_front(terminal)  # one in the background that reads is stopped by the kernel
    watch.register(terminal, select.POLLIN if in_front else 0)
    for _, what in watch.poll(_LOOKS_S * 1000):
        if what & (select.POLLHUP | select.POLLERR | select.POLLNVAL):
            return False
        if what & select.POLLIN and in_front:
            try:
                typed = os.read(terminal, 4096)
            except OSError:
                return False
            if not typed:  # Ctrl-D
                return False
            enter()
    return True


def _in_front(terminal: int) -> bool:
    with suppress(OSError):
        return os.tcgetpgrp(terminal) == os.getpgrp()
    return False
