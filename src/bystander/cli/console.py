"""How commands speak: progress on a terminal, plain lines elsewhere, errors in one line."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from bystander.errors import BystanderError, LeakFound, PlanError, WrongPath
from bystander.records import Policy

CLEAN, FAILED, USAGE, LEAK = 0, 1, 2, 3


class WrongUsage(PlanError):
    """The command line asks for something that is not done."""


class Stopped(BaseException):
    """A signal asked the program to end."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class _Rate(ProgressColumn):
    """Frames a second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:5.1f} frames/s" if speed else "", style="cyan")


class Terminal:
    """Draws one bar a pass; on anything but a terminal, writes one line when a pass ends."""

    def __init__(self, *, quiet: bool) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._quiet = quiet
        self._bar: Progress | None = None
        if self._console.is_terminal and not quiet:
            self._bar = Progress(
                TextColumn("{task.description:<24}"),
                BarColumn(bar_width=None),
                TextColumn("{task.completed}/{task.total}"),
                _Rate(),
                TimeRemainingColumn(compact=True),
                console=self._console,
            )
        self._task: TaskID | None = None
        self._what, self._frames, self._began = "", 0, 0.0

    def begin(self, what: str, frames: int) -> None:
        """Show that a pass begins."""
        self.end_pass()
        self._what, self._frames, self._began = what, 0, time.monotonic()
        if self._bar is not None:
            self._bar.start()
            self._task = self._bar.add_task(what, total=frames or None)

    def step(self) -> None:
        """Show that one frame is done."""
        self._frames += 1
        if self._bar is not None and self._task is not None:
            self._bar.advance(self._task)

    def say(self, line: str) -> None:
        """Show a line; what it says follows from the pass before it, which is over."""
        self.end_pass()
        if not self._quiet:
            self._console.print(printable(line), markup=False, soft_wrap=True)

    def end_pass(self) -> None:
        """Show that the pass is over."""
        what, task, self._what, self._task = self._what, self._task, "", None
        if self._bar is not None and task is not None:
            self._bar.update(task, total=self._frames, completed=self._frames)
        elif what:
            took = max(time.monotonic() - self._began, 1e-3)
            self.say(f"{what}: {self._frames} frames, {self._frames / took:.1f} frames/s")

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.end_pass()
        if self._bar is not None:
            self._bar.stop()


def about(policy: Policy, *, photo: bool = False) -> list[str]:
    """Return what a person should know before *policy* is followed, for a *photo* or not.

    What becomes of sound is said when a recording was opened and has any.
    """
    from bystander.plan import policies

    less = policies.weaker(policy, sound=False)
    lines = [f"weaker than release, as asked: {one}" for one in less]
    return ["a photo: nothing but its pixels is kept", *lines] if photo else lines


def about_folder(policy: Policy) -> list[str]:
    """Return what a person should know before *policy* is followed for all files of a folder."""
    from bystander.plan import policies

    less = policies.weaker_in_sound(policy)
    if less is None:
        return ["sound is dropped, voices identify people; --audio keep keeps it", *about(policy)]
    return [f"weaker than release, as asked: of files that have sound, {less}", *about(policy)]


def fail(message: str, hint: str | None = None) -> None:
    """Write an error, and what could be done, to standard error; one line each."""
    for label, text in (("error", message), ("hint", hint)):
        if text:
            sys.stderr.write(f"bystander: {label}: {printable(text)}\n")


def warn(message: str) -> None:
    """Write what should be known, and is no error, to standard error."""
    sys.stderr.write(f"bystander: note: {printable(message)}\n")


def out(line: str) -> None:
    """Write a line to standard output, now: it may be a link that somebody waits for."""
    sys.stdout.write(f"{printable(line)}\n")
    sys.stdout.flush()


def out_text(text: str) -> None:
    """Write *text* of our own, of several lines, to standard output."""
    sys.stdout.write("".join(f"{printable(line)}\n" for line in text.split("\n")))


def printable(line: str) -> str:
    r"""Return *line* as one line, without what a terminal would obey: names are not to be trusted.

    What cannot be printed is written as Python does, what is not UTF-8 as its surrogate.

    >>> print(printable("a\nb\x1b[2J\u202ec"))
    a\nb\x1b[2J\u202ec
    """
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode("ascii")
        for c in line
    )


def guarded(command: Callable[[], Any]) -> int:
    """Run *command* and return the exit code; never a traceback."""
    try:
        with _signals():
            command()
    except LeakFound as error:
        fail(str(error), error.hint)
        return LEAK
    except (PlanError, WrongPath) as error:
        fail(str(error), error.hint)
        return USAGE
    except BystanderError as error:
        fail(str(error), error.hint)
        return FAILED
    except Stopped as stop:
        fail(f"stopped by {signal.Signals(stop.number).name}; nothing unfinished was left behind")
        return 128 + stop.number
    except MemoryError:
        fail("there is not enough memory")
        return FAILED
    except BrokenPipeError:
        return FAILED
    except Exception as error:
        if os.environ.get("BYSTANDER_TRACEBACK"):  # for those who mend it
            raise
        # What such an error says may come from the recording, so only its kind is shown.
        where = error.__traceback__
        while where is not None and where.tb_next is not None:
            where = where.tb_next
        place = f" in {where.tb_frame.f_code.co_name}" if where is not None else ""
        fail(f"this should not have happened: {type(error).__name__}{place}", "please report it")
        return FAILED
    return CLEAN


@contextmanager
def _signals() -> Iterator[None]:
    """Turn the signals that end a program into :class:`Stopped`, so that everything is tidied."""

    def stop(number: int, _: FrameType | None) -> None:
        for each in numbers:  # tidying up is not to be interrupted
            signal.signal(each, signal.SIG_IGN)
        raise Stopped(number)

    names = ("SIGINT", "SIGTERM", "SIGHUP")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
