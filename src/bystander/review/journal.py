"""Decisions on disk: one line each, there at once, and never over what another wrote.

Whoever appends has the lock on the file, has read all that is in it, and was told the revision that
the page knows; if there is more, it is a conflict and nothing is written. A line that a crash tore
is no decision; it is cut off by the next one to append. What was read once stays: a file that has
something else in its place, or is gone, is an error, for what it hid would show.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bystander import plan
from bystander.errors import BystanderError, Conflict, PlanError
from bystander.records import Decision, Plan

_LARGEST = 1 << 28  # bytes
_LONGEST_WAIT_S = 5.0


class Journal:
    """The decisions about one plan; safe between threads and processes."""

    def __init__(
        self, path: Path, base: Plan, *, text_sha256: str, plan_sha256: Callable[[], str]
    ) -> None:
        """Use the file at *path*, which is made by the first decision.

        Args:
            path: Where it is.
            base: The plan that decisions are about.
            text_sha256: Digest of it as it lies there; of one that nobody edited, the same as
            plan_sha256: which gives the plan's own digest, and takes long.
        """
        self._path, self._base = path, base
        self._text_sha256, self._plan_sha256 = text_sha256, plan_sha256
        self._text: bytes = b""
        self._decisions: tuple[Decision, ...] = ()

    def read(self) -> tuple[Decision, ...]:
        """Return all decisions.

        Raises:
            PlanError: The file is malformed, about another plan, or another one than it was.
            BystanderError: It cannot be read.
        """
        try:
            with self._opened(os.O_RDONLY, fcntl.LOCK_SH) as file:
                return self._read(file)
        except FileNotFoundError:
            self._check_goes_on(b"")
            self._text = b""
            return ()
        except OSError as error:
            raise _cannot_be("read", self._path, error) from error

    def append(
        self,
        revision: int | None,
        make: Callable[[tuple[Decision, ...]], Sequence[Decision]],
    ) -> None:
        """Write down what *make* makes of the decisions that are there.

        Args:
            revision: How many there are to be; ``None``: however many.
            make: Called with the lock held; what it raises is raised, and nothing is written.

        Raises:
            Conflict: There are more, or fewer.
            PlanError: The file is malformed, about another plan, or another one than it was.
            BystanderError: It cannot be written.
        """
        make_one = 0 if self._decisions else os.O_CREAT
        try:
            with self._opened(os.O_RDWR | make_one, fcntl.LOCK_EX) as file:
                known = self._read(file)
                if revision is not None and revision != len(known):
                    raise Conflict(
                        f"there are {len(known)} decisions by now, not {revision}: somebody else "
                        "decided in the meantime",
                        revision=len(known),
                    )
                new = make(known)
                if not new:
                    return
                whole = self._text[: self._text.rfind(b"\n") + 1]
                text = "".join(plan.journal_line(decision) for decision in new)
                if not whole:
                    text = plan.journal_head(self._base.footage.sha256, self._plan_sha256()) + text
                lines = text.encode()
                if len(whole) + len(lines) > _LARGEST:
                    raise PlanError(
                        f"{self._path.name} would be larger than is taken",
                        hint="begin another review with the plan that this one rendered",
                    )
                self._write(file, whole, lines)
                self._text, self._decisions = whole + lines, (*known, *new)
        except FileNotFoundError as error:
            self._check_goes_on(b"")
            raise _cannot_be("written", self._path, error) from error
        except OSError as error:
            raise _cannot_be("written", self._path, error) from error

    def _write(self, file: int, whole: bytes, lines: bytes) -> None:
        """Put *lines* after what is *whole*, on disk, or leave it as it was."""
        try:
            os.ftruncate(file, len(whole))
            os.lseek(file, 0, os.SEEK_END)
            left = memoryview(lines)
            while left:
                left = left[os.write(file, left) :]
            os.fsync(file)
        except OSError:
            os.ftruncate(file, len(whole))
            raise
        if not whole:
            folder = os.open(self._path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def _read(self, file: int) -> tuple[Decision, ...]:
        if os.fstat(file).st_size > _LARGEST:
            raise PlanError(f"{self._path.name} is too large")
        os.lseek(file, 0, os.SEEK_SET)
        text = b""
        while piece := os.read(file, 1 << 20):
            text += piece
        if text == self._text:
            return self._decisions
        self._check_goes_on(text)
        decisions: tuple[Decision, ...] = ()
        if b"\n" in text:  # otherwise the first line was torn, before the first decision
            document = plan.read_journal(text)
            self._check_about(document.footage_sha256, document.plan_sha256)
            decisions = document.decisions
        self._text, self._decisions = text, decisions
        return decisions

    def _check_goes_on(self, text: bytes) -> None:
        """Check that *text*, which is there now, begins with all decisions that were there."""
        if self._decisions and not text.startswith(self._text[: self._text.rfind(b"\n") + 1]):
            raise PlanError(
                f"{self._path.name} was changed since the review began, and not only added to",
                hint="end this review and begin another",
            )

    def _check_about(self, footage_sha256: str, plan_sha256: str) -> None:
        same = plan_sha256 == self._text_sha256 or plan_sha256 == self._plan_sha256()
        if footage_sha256 != self._base.footage.sha256 or not same:
            raise PlanError(
                f"{self._path.name} is about another plan",
                hint="give it another name to begin anew, or put the plan back that it is about",
            )

    @contextmanager
    def _opened(self, how: int, lock: int) -> Iterator[int]:
        """Open the file and take the lock; yield its descriptor.

        Raises:
            BystanderError: Another holds the lock for too long.
        """
        until = time.monotonic() + _LONGEST_WAIT_S
        while True:
            # Of a pipe that somebody put there, opening would wait for what never comes.
            flags = how | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
            file = os.open(self._path, flags, 0o600)
            try:
                if not stat.S_ISREG(os.fstat(file).st_mode):
                    raise BystanderError(f"{self._path.name} is not a regular file")
                _take(file, lock, until, self._path)
                if _is_still(self._path, file):
                    yield file
                    return
            finally:
                os.close(file)


def _take(file: int, lock: int, until: float, path: Path) -> None:
    while True:
        try:
            fcntl.flock(file, lock | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                raise BystanderError(f"{path.name} is in use by another program") from None
            time.sleep(0.02)
        else:
            return


def _is_still(path: Path, file: int) -> bool:
    """Return whether *path* leads to what was opened: it may have been replaced meanwhile."""
    try:
        found, opened = os.lstat(path), os.fstat(file)
    except FileNotFoundError:
        return False
    return (found.st_dev, found.st_ino) == (opened.st_dev, opened.st_ino)


def _cannot_be(done: str, path: Path, error: OSError) -> BystanderError:
    if error.errno == errno.ELOOP:
        return BystanderError(f"{path.name} is a link, which is not followed")
    return BystanderError(f"{path.name} cannot be {done}: {str(error.strerror).lower()}")
