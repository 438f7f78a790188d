"""A process of its own for files, which may crash, hang or be taken over by what it reads.

The parent decodes nothing. It sends a request, passes progress on, and distrusts every answer:
lines are short, keys are known and values have their types, or the child is ended. However a child
ends, what it left half-done is removed, and the next request gets a new one; a child that answers
is kept, so that models are loaded once for a folder of files.

The child has its user's rights to read files. What it gives up is in :mod:`bystander.run.confine`.
"""

from __future__ import annotations

import json
import os
import pickle
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from bystander import errors
from bystander.errors import BystanderError, LeakFound, WorkerLost
from bystander.records import Leak, Report
from bystander.run import confine
from bystander.run.progress import Progress, Silent
from bystander.run.workspace import sweep

_T = TypeVar("_T")
_LONGEST_LINE = 4 << 20
_MOST_BYTES = 64 << 20  # that follow a line: a picture or sound
_MOST_STEPS = 100_000_000
_MOST_SAID = 1000  # lines for a person, a file
_FILES_A_CHILD = 100  # FFmpeg's and Python's small leaks do not add up
_SLOWEST_DISK = 20_000_000  # bytes a second, for the time in which a digest is made
_KNOWN = {
    kind.__name__: kind
    for kind in (
        BystanderError,
        errors.FootageError,
        errors.WrongPath,
        errors.DamagedFootage,
        errors.BeyondLimits,
        errors.ModelError,
        errors.PlanError,
    )
}
SURPRISED = "the worker said what cannot be"


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What a worker is given.

    Attributes:
        memory_mb: The most memory, in MiB; 0: no limit.
        stall_s: Longest time without any progress, in seconds; time to read the file is added.
    """

    memory_mb: int = 6144
    stall_s: int = 600


class Child:
    """One child after another, one at a time.

    Attributes:
        given_up: What the child that runs, or ran last, cannot do: of ``writing``, ``calls``.
    """

    def __init__(
        self,
        folders: Iterable[Path],
        *,
        allowance: Allowance,
        sockets: bool,
        work: str = "bystander.run.worker",
    ) -> None:
        """Start a child, which gets ready meanwhile; see :class:`bystander.run.work.Worker`.

        *work* is the module whose ``serve`` answers.
        """
        self._folders = [folder.absolute() for folder in folders if folder.is_dir()]
        self._allowance = allowance
        self._sockets = sockets
        self._work = work
        self._child: subprocess.Popen[bytes] | None = None
        self._line = b""
        self._files = 0
        self.given_up: tuple[str, ...] = ()
        self._start()

    @property
    def pid(self) -> int | None:
        """Number of the process, for those who watch it; ``None``: there is none."""
        return self._child.pid if self._child is not None else None

    @property
    def gone(self) -> bool:
        """Whether the last child was ended, or ended by itself."""
        return self._child is None

    def _start(self) -> None:
        asked = {
            "memory_mb": 0 if self._sockets else self._allowance.memory_mb,
            "folders": [str(folder) for folder in self._folders],
            "sockets": self._sockets,
            "parent": os.getpid(),
            "path": sys.path,
            "work": self._work,
        }
        self._line, self._files = b"", 0
        self._child = _begun([sys.executable, "-P", confine.__file__, json.dumps(asked)])

    def kill(self) -> None:
        """Have the child end, from any thread; whoever waits for its answer is told."""
        child = self._child
        if child is not None:
            child.kill()

    def stop(self) -> None:
        """End the child from another thread: what it is asked raises ``WorkerLost``."""
        child = self._child
        if child is not None:
            child.kill()

    def end(self) -> int | None:
        """End the child if there is one, and remove what it left; return how it ended."""
        child, self._child = self._child, None
        if child is None:
            return None
        child.kill()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        code = child.wait()
        for folder in self._folders:
            tidy(folder)
        return code

    def _lost(self, why: str, hint: str | None = None) -> WorkerLost:
        self.end()
        return WorkerLost(why, hint=hint)

    def ask(
        self, source: Path, progress: Progress | None, verb: str, /, **arguments: object
    ) -> dict[str, Any]:
        """Have *verb* done to *source*; return the answer.

        Raises:
            WorkerLost: The child crashed, hung or misbehaved.
            BystanderError: What the child says it raised.
        """
        if self._files >= _FILES_A_CHILD:
            self.end()
        self._files += 1
        patience = self._allowance.stall_s + _size(source) / _SLOWEST_DISK
        done, _ = self._asked(progress, patience, verb, arguments)
        return done

    def fetch(
        self,
        progress: Progress | None,
        verb: str,
        /,
        *,
        waits_for: Path | None = None,
        **arguments: object,
    ) -> tuple[dict[str, Any], bytes]:
        """Have *verb* done with a file that the child keeps open; return the answer and its bytes.

        Time to read all of it is added for the file *waits_for* alone.

        Raises:
            WorkerLost: The child crashed, hung or misbehaved.
            BystanderError: What the child says it raised.
        """
        patience = self._allowance.stall_s + (_size(waits_for) / _SLOWEST_DISK if waits_for else 0)
        return self._asked(progress, patience, verb, arguments)

    def _asked(
        self, progress: Progress | None, patience: float, verb: str, arguments: dict[str, object]
    ) -> tuple[dict[str, Any], bytes]:
        if self._child is None:
            self._start()
        try:
            self._send(pickle.dumps((verb, arguments)))
            return self._answer(progress or Silent(), patience)
        except BystanderError:
            raise
        except BaseException:  # a signal, for one: the child would go on
            self.end()
            raise

    def _answer(self, progress: Progress, patience: float) -> tuple[dict[str, Any], bytes]:
        said = passed = 0
        while True:
            match self._message(patience):
                case {"step": int(steps)} if steps > 0 and passed + steps < _MOST_STEPS:
                    passed += steps
                    for _ in range(steps):
                        progress.step()
                case {"begin": str(what), "frames": int(frames)} if said < _MOST_SAID:
                    said += 1
                    progress.begin(what, max(0, frames))
                case {"say": str(line)} if said < _MOST_SAID:
                    said += 1
                    progress.say(line)
                case {"ready": list(given_up)}:
                    self.given_up = tuple(str(one) for one in given_up)
                case {"done": dict(done), "bytes": int(size)} if 0 < size <= _MOST_BYTES:
                    return done, self._bytes(size, patience)
                case {"done": dict(done), **rest} if not rest:
                    return done, b""
                case {"failed": str(kind), "message": str(message), **rest}:
                    raise self._error(kind, message, {str(k): v for k, v in rest.items()})
                case _:
                    raise self._lost(SURPRISED)

    def _error(self, kind: str, message: str, rest: dict[str, Any]) -> BystanderError:
        hint = rest.get("hint")
        hint = hint if isinstance(hint, str) else None
        if kind in _KNOWN:
            return _KNOWN[kind](message, hint=hint)
        if kind == "LeakFound":
            report = Report(plan_sha256="", output_sha256="", ran=(), skipped=(), leaks=leaks(rest))
            return LeakFound(message, report=report, hint=hint)
        if kind == "MemoryError":
            return self._lost(*self._no_memory())
        if kind == "Exception":
            return self._lost(f"this should not have happened: {message}", "please report it")
        return self._lost(SURPRISED)

    def _no_memory(self) -> tuple[str, str]:
        return (
            f"there is not enough memory: {self._allowance.memory_mb} MiB are allowed",
            "--limit memory=MIB raises it",
        )

    def _send(self, request: bytes) -> None:
        child = self._child
        if child is None or child.stdin is None:
            raise WorkerLost("the worker did not start")
        view = memoryview(request)
        try:
            while view:
                view = view[child.stdin.write(view) :]
        except OSError:
            return  # it ended; what it said of it before is still to be read

    def _message(self, patience: float) -> object:
        """Return the child's next message; wait for it no longer than *patience*, in seconds."""
        until = time.monotonic() + patience
        while b"\n" not in self._line:
            self._line += self._piece(until, patience)
            if len(self._line) > _LONGEST_LINE:
                raise self._lost(SURPRISED)
        line, _, self._line = self._line.partition(b"\n")
        try:
            message: object = json.loads(line)
        except (ValueError, RecursionError):
            raise self._lost(SURPRISED) from None
        return message

    def _bytes(self, size: int, patience: float) -> bytes:
        """Return the *size* bytes that follow."""
        until = time.monotonic() + patience
        taken = bytearray(self._line)
        while len(taken) < size:
            taken += self._piece(until, patience)
        if len(taken) > size:  # it says nothing unless it is asked
            raise self._lost(SURPRISED)
        self._line = b""
        return bytes(taken)

    def _piece(self, until: float, patience: float) -> bytes:
        """Return what the child has said; wait for it until then at most."""
        child = self._child
        if child is None or child.stdout is None:
            raise WorkerLost("the worker did not start")
        left = until - time.monotonic()
        if left <= 0 or not select.select([child.stdout], [], [], left)[0]:
            raise self._lost(
                f"nothing moved for {patience:.0f} seconds, so it was ended",
                "--limit stall=SECONDS raises it",
            )
        piece = os.read(child.stdout.fileno(), 1 << 18)
        if not piece:
            raise self._crashed()
        return piece

    def _crashed(self) -> WorkerLost:
        child = self._child
        code: int | None = None
        if child is not None:
            with suppress(subprocess.TimeoutExpired):  # its pipe is closed: it is about to end
                code = child.wait(timeout=5)
        self.end()
        how = f"exit code {code}"
        if code is not None and code < 0:
            with suppress(ValueError):
                how = signal.Signals(-code).name
        return WorkerLost(
            f"the worker that reads the file crashed ({how})",
            hint="the file may be made to do that, or memory ran out: see --limit memory",
        )


@cache
def _starter() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="starter")


def _begun(command: list[str]) -> subprocess.Popen[bytes]:
    """Start a process that lives as long as this one, whichever thread asks.

    Linux ends a child with the thread that started it (prctl(2), PR_SET_PDEATHSIG), so this is done
    by the main thread or by one that stays.
    """
    loud = bool(os.environ.get("BYSTANDER_TRACEBACK"))

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None if loud else subprocess.DEVNULL,
            bufsize=0,
        )

    if threading.current_thread() is threading.main_thread():
        return start()
    return _starter().submit(start).result()


def tidy(folder: Path) -> None:
    """Remove what dead runs left in *folder*."""
    with suppress(OSError):
        sweep(folder)


def _size(path: Path) -> int:
    with suppress(OSError):
        return path.stat().st_size
    return 0


def typed(document: dict[str, Any], name: str, kind: type[_T]) -> _T:
    """Return what *document* holds under *name*, which is of the type *kind*.

    Raises:
        WorkerLost: It is not.
    """
    value = document.get(name)
    if type(value) is not kind:
        raise WorkerLost(SURPRISED)
    return value


def rows(document: dict[str, Any], name: str, *kinds: type) -> list[Any]:
    """Return the rows that *document* holds under *name*, with a value of each of *kinds* in each.

    Raises:
        WorkerLost: It is not so.
    """
    found = typed(document, name, list)
    for row in found:
        if not isinstance(row, list) or [type(value) for value in row] != list(kinds):
            raise WorkerLost(SURPRISED)
    return found


def leaks(document: dict[str, Any]) -> tuple[Leak, ...]:
    """Return the leaks that *document* tells of.

    Raises:
        WorkerLost: They are malformed.
    """
    return tuple(Leak(check=c, what=what) for c, what in rows(document, "leaks", str, str))
