"""What :mod:`bystander.run` does, done in a child process: the same verbs, answers in numbers.

``bystander`` on the command line works this way. A library's caller chooses:
:func:`bystander.redact` works in the caller's own process.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from bystander.errors import WorkerLost
from bystander.records import (
    CameraMatch,
    Check,
    Plan,
    Policy,
    Recount,
    Region,
    Report,
    Reviewed,
    Skipped,
)
from bystander.run.batch import Options
from bystander.run.child import SURPRISED, Allowance, Child, leaks, rows, tidy, typed
from bystander.run.outputs import Outputs
from bystander.run.progress import Progress
from bystander.run.prove import Proof
from bystander.timeline import Span, from_text


class Worker:
    """Files are worked on in a child, which is kept for the next; use it as a context manager."""

    def __init__(
        self, folders: Iterable[Path], *, allowance: Allowance | None = None, sockets: bool = False
    ) -> None:
        """Start a child, which gets ready meanwhile.

        Args:
            folders: Where it may write, all that is below included; those that exist.
            allowance: How much memory and time it is given.
            sockets: Let it have sockets, which drivers of graphics cards may need; it then has no
                limit of memory either, for they count what is not memory.
        """
        self._child = Child(folders, allowance=allowance or Allowance(), sockets=sockets)

    @property
    def given_up(self) -> tuple[str, ...]:
        """What the child cannot do, as it said when it was ready: of ``writing``, ``calls``."""
        return self._child.given_up

    @property
    def pid(self) -> int | None:
        """Number of the child that is ready or at work, ``None`` if it was ended."""
        return self._child.pid

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self._child.end()

    def stop(self) -> None:
        """End what is under way, from another thread; there it raises ``WorkerLost``."""
        self._child.stop()

    def redact(
        self,
        source: Path,
        outputs: Outputs,
        policy: Policy,
        *,
        given: Plan | None = None,
        regions: Sequence[Region] = (),
        options: Options | None = None,
        progress: Progress | None = None,
        amend: bool = True,
        reviewed: Reviewed | None = None,
    ) -> tuple[int, str | None]:
        """Do :func:`bystander.run.redact`; return how many moments the report is unsure of.

        And, where the camera was to be hidden, what came of that, in words.

        Raises:
            WorkerLost: The child crashed, hung or misbehaved; there is no output.
            BystanderError: As there.
        """
        options = options or Options()
        before = {path: _identity(path) for path in outputs.all}
        try:
            done = self._child.ask(
                source,
                progress,
                "redact",
                source=source,
                outputs=outputs,
                policy=policy,
                given=given,
                regions=regions,
                options=options,
                amend=amend,
                reviewed=reviewed,
            )
        except BaseException:
            if self._child.gone:  # it did not say no: it is gone
                tidy(outputs.recording.absolute().parent)
                _forget(outputs, before, force=options.force)
            raise
        return typed(done, "unsure", int), typed(done, "camera", str) or None

    def draw_up(
        self,
        source: Path,
        target: Path,
        policy: Policy,
        *,
        regions: Sequence[Region] = (),
        options: Options | None = None,
        progress: Progress | None = None,
    ) -> int:
        """Do :func:`bystander.run.draw_up`; return how many regions the plan hides.

        Raises:
            WorkerLost: The child crashed, hung or misbehaved.
            BystanderError: As there.
        """
        done = self._child.ask(
            source,
            progress,
            "draw_up",
            source=source,
            target=target,
            policy=policy,
            regions=regions,
            options=options,
        )
        return typed(done, "regions", int)

    def examine(
        self,
        output: Path,
        source: Path,
        given: Plan,
        *,
        camera: bool = False,
        options: Options | None = None,
        progress: Progress | None = None,
    ) -> tuple[Report, int]:
        """Do :func:`bystander.run.examine`; return the report as far as told, and its leaks' count.

        Raises:
            WorkerLost: The child crashed, hung or misbehaved.
            BystanderError: As there.
        """
        done = self._child.ask(
            source,
            progress,
            "examine",
            output=output,
            source=source,
            given=given,
            camera=camera,
            options=options,
        )
        recount = done.get("recount")
        report = Report(
            plan_sha256="",
            output_sha256="",
            ran=tuple(
                Check(name=name, passed=passed, looked_at=looked_at)
                for name, passed, looked_at in rows(done, "ran", str, bool, str)
            ),
            skipped=tuple(Skipped(name=n, why=why) for n, why in rows(done, "skipped", str, str)),
            leaks=leaks(done),
            recount=_recount(recount) if recount is not None else None,
            unsure_speech=_spans(done),
            camera=_camera(done),
        )
        return report, typed(done, "leak_count", int)

    def prove(
        self,
        source: Path,
        given: Plan,
        *,
        suffix: str | None = None,
        released: Path | None = None,
        options: Options | None = None,
        progress: Progress | None = None,
    ) -> Proof:
        """Do :func:`bystander.run.prove`.

        Raises:
            WorkerLost: The child crashed, hung or misbehaved.
            BystanderError: As there.
        """
        done = self._child.ask(
            source,
            progress,
            "prove",
            source=source,
            given=given,
            suffix=suffix,
            released=released,
            options=options,
        )
        known = done.get("released")
        return Proof(
            equal=typed(done, "equal", bool),
            released=known if known is None else typed(done, "released", bool),
            frames=typed(done, "frames", int),
            samples=typed(done, "samples", int),
            heard=typed(done, "heard", int),
            **{
                name: typed(done, name, str)
                for name in ("plan_sha256", "original_sha256", "noise_sha256", "encoder")
            },
        )


def _identity(path: Path) -> tuple[int, ...] | None:
    try:
        found = path.lstat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _forget(outputs: Outputs, before: dict[Path, tuple[int, ...] | None], *, force: bool) -> None:
    """Remove what a lost child published of a run that did not end well."""
    for path in outputs.all:
        older_goes = force and before[path] is not None and path != outputs.plan
        if older_goes or _identity(path) != before[path]:
            with suppress(OSError):
                path.unlink(missing_ok=True)


def _spans(document: dict[str, Any]) -> tuple[Span, ...]:
    try:
        return tuple(
            Span(from_text(start), from_text(end))
            for start, end in rows(document, "unsure_speech", str, str)
        )
    except (ValueError, ZeroDivisionError):
        raise WorkerLost(SURPRISED) from None


def _camera(document: dict[str, Any]) -> CameraMatch | None:
    match document.get("camera"):
        case []:
            return None
        case [
            {
                "frames": int(frames),
                "before": float() | None as before,
                "after": float() | None as after,
                "why": str() | None as why,
            }
        ]:
            return CameraMatch(frames=frames, before=before, after=after, why=why)
    raise WorkerLost(SURPRISED)


def _recount(row: object) -> Recount:
    looks, both, first, second = rows({"row": [row]}, "row", int, int, int, int)[0]
    return Recount(looks=looks, both=both, first_only=first, second_only=second)
