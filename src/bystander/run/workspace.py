"""A folder beside the output in which a run works, and that is gone when it ends.

Nothing unredacted is ever put there. A file in it is locked while its run lives; the lock goes with
the process, however it ends, so a folder whose lock can be had was left by a run that was killed,
and the next run beside it removes it. The output gets its name by ``os.replace`` at the very end.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from bystander.errors import FootageError

try:
    import fcntl
except ImportError:  # Windows, where an open folder cannot be removed: that is lock enough
    fcntl = None  # type: ignore[assignment]

_PREFIX = ".bystander-"
_NAME = re.compile(r"\.bystander-[a-z0-9_]{8}")
_LOCK = ".bystander.lock"


class Workspace:
    """A context manager; ``path`` is the folder."""

    def __init__(self, beside: Path) -> None:
        """Prepare to work beside *beside*, which need not exist."""
        self._folder = beside.absolute().parent
        self._lock = -1
        self.path = self._folder

    def __enter__(self) -> Workspace:
        """Remove what dead runs left here, and make a folder for this one.

        Raises:
            FootageError: The folder cannot be made.
        """
        sweep(self._folder)
        try:
            while not self._locked():
                self.path = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=self._folder))
        except OSError as error:
            raise FootageError(
                f"{self._folder} cannot be written to: {str(error.strerror).lower()}"
            ) from error
        except BaseException:
            self.__exit__()
            raise
        return self

    def _locked(self) -> bool:
        """Take the lock; false when there is no folder yet or another run's sweep took it."""
        if self.path == self._folder:
            return False
        try:
            self._lock = os.open(self.path / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
            if fcntl is not None:
                fcntl.flock(self._lock, fcntl.LOCK_EX)
            if (self.path / _LOCK).exists():
                return True
        except FileNotFoundError:
            return False
        os.close(self._lock)
        self._lock = -1
        return False

    def __exit__(self, *_: object) -> None:
        if self.path != self._folder:
            shutil.rmtree(self.path, ignore_errors=True)
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


# When files are said to be from that are to say nothing by it: the earliest that ZIP can state.
_NO_TIME_NS = 315_532_800_000_000_000  # 1980-01-01


def publish(made: Path, target: Path, *, timeless: bool = False) -> None:
    """Give the finished file *made* its name, all at once and on disk.

    Args:
        made: The file.
        target: Its name.
        timeless: Have it say that it is of 1980, not of now. The file system may still know.

    Raises:
        FootageError: It cannot be.
    """
    try:
        with made.open("rb") as file:
            os.fsync(file.fileno())
        if timeless:
            os.utime(made, ns=(_NO_TIME_NS, _NO_TIME_NS))
        os.replace(made, target)
    except OSError as error:
        raise FootageError(f"{target} cannot be written: {str(error.strerror).lower()}") from error


def write_text(text: str, target: Path, workspace: Workspace, *, timeless: bool = False) -> None:
    """Write *text* to *target*, all at once; see :func:`publish`.

    Raises:
        FootageError: It cannot be written.
    """
    made = workspace.path / target.name
    try:
        made.write_text(text, encoding="utf-8")
    except OSError as error:
        raise FootageError(f"{target} cannot be written: {str(error.strerror).lower()}") from error
    publish(made, target, timeless=timeless)


def sweep(folder: Path) -> None:
    """Remove folders of runs that are dead: made by us, with a lock in them that can be had.

    Empty ones as well: a run that is about to put its lock there makes itself another.
    """
    for left in folder.glob(f"{_PREFIX}*"):
        if not _NAME.fullmatch(left.name) or left.is_symlink() or not left.is_dir():
            continue
        with suppress(OSError):  # it is in use
            left.rmdir()
        with suppress(OSError):  # no lock in it, one that is held, or another sweep is ahead
            lock = os.open(left / _LOCK, os.O_RDWR)
            try:
                if fcntl is not None:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(left, ignore_errors=True)
            finally:
                os.close(lock)
