"""Work that takes longer than a request: begun, watched and stopped from the page."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bystander.errors import BystanderError, LeakFound
from bystander.review.answers import Refusal

PLAN, RENDER, FOLLOW = "plan", "render", "follow"
_MOST_SAID = 50  # lines; the last ones are kept
_MOST_KEPT = 50  # jobs that are over
_STOP_S = 5.0


@dataclass(slots=True, kw_only=True)
class Job:
    """One piece of work; told of by its thread, and read by the server's.

    Attributes:
        id: What the page calls it by.
        kind: ``plan``, ``render`` or ``follow``.
        file: Number of the file that it is for.
        heavy: Whether it needs the machine to itself.
        what: What it is doing, in words.
        state: ``running``, ``done``, ``failed``, ``leak`` or ``stopped``.
        done: How many frames of ``total`` are done in this pass; 0 in all: not known.
        says: What a person should know.
        message: Why it failed.
        hint: What could be done.
        keys: Where following went, as rows of a time and a box.
        revision: Of the decisions, after what it added to them.
    """

    id: str
    kind: str
    file: int
    heavy: bool
    what: str
    state: str = "running"
    done: int = 0
    total: int = 0
    says: list[str] = field(default_factory=list)
    message: str | None = None
    hint: str | None = None
    keys: list[list[float]] | None = None
    revision: int | None = None
    stopping: threading.Event = field(default_factory=threading.Event)
    _on_stop: Callable[[], None] | None = None

    def begin(self, what: str, frames: int) -> None:
        """Note that a pass begins."""
        self.what, self.done, self.total = what, 0, frames

    def step(self) -> None:
        """Note that a frame is done."""
        self.done += 1

    def say(self, line: str) -> None:
        """Note what a person should know."""
        self.says = [*self.says, line][-_MOST_SAID:]

    def on_stop(self, stop: Callable[[], None]) -> None:
        """Have *stop* called, in another thread, when the job is to end; at once if it is."""
        self._on_stop = stop
        if self.stopping.is_set():
            stop()

    def stop(self) -> None:
        """Ask for the end of it."""
        self.stopping.set()
        if self._on_stop is not None and self.state == "running":
            self._on_stop()

    def told(self) -> dict[str, Any]:
        """Return it as the page knows it."""
        names = ("id", "what", "state", "done", "total", "says", "message", "hint")
        return {name: getattr(self, name) for name in (*names, "keys", "revision")}


class Jobs:
    """All of a server's jobs. One that is heavy runs alone among the heavy."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._threads: dict[str, threading.Thread] = {}
        self._lock = threading.Lock()

    def begin(self, kind: str, what: str, body: Callable[[Job], None], *, file: int) -> Job:
        """Begin a job that does *body* in a thread; all but following is heavy.

        Raises:
            Refusal: Another of its weight runs.
        """
        heavy = kind != FOLLOW
        job = Job(id=secrets.token_hex(8), kind=kind, file=file, heavy=heavy, what=what)
        with self._lock:
            if any(other.heavy == heavy for other in self._running()):
                raise Refusal(409, "busy", "one thing after the other: another one is under way")
            over = [id_ for id_, other in self._jobs.items() if other.state != "running"]
            for id_ in over[: max(0, len(over) - _MOST_KEPT)]:
                del self._jobs[id_], self._threads[id_]
            self._jobs[job.id] = job
            thread = threading.Thread(target=_do, args=(job, body), name=what, daemon=True)
            self._threads[job.id] = thread
        thread.start()
        return job

    def find(self, id_: str) -> Job:
        """Return the job called *id_*.

        Raises:
            Refusal: There is none.
        """
        if id_ not in self._jobs:
            raise Refusal(404, "unknown", "there is no such job")
        return self._jobs[id_]

    def of_file(self, file: int) -> Job | None:
        """Return the job that runs for *file*, a heavy one first, if one does."""
        found = [job for job in self._running() if job.file == file]
        return next(iter(sorted(found, key=lambda job: not job.heavy)), None)

    @property
    def at_work(self) -> bool:
        """Whether any runs."""
        return bool(self._running())

    def _running(self) -> list[Job]:
        return [job for job in list(self._jobs.values()) if job.state == "running"]

    def close(self) -> None:
        """Stop all of them, and wait until what they left is tidied up."""
        running = self._running()
        for job in running:
            job.stop()
        for job in running:
            self._threads[job.id].join(_STOP_S)


def _do(job: Job, body: Callable[[Job], None]) -> None:
    try:
        body(job)
        state = "stopped" if job.stopping.is_set() else "done"
    except LeakFound as error:
        job.message, job.hint, state = str(error), error.hint, "leak"
    except BystanderError as error:
        if job.stopping.is_set():
            state = "stopped"
        else:
            job.message, job.hint, state = str(error), error.hint, "failed"
    except Exception as error:  # noqa: BLE001 its words may come from the recording
        job.message = f"this should not have happened: {type(error).__name__}"
        job.hint, state = "please report it", "failed"
    job.state = state  # last: the rest is there when this is read
