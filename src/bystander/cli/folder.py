"""``bystander redact FOLDER``: one bar for all files, and at the end what became of them."""

from __future__ import annotations

import json as documents
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from bystander.cli import console, options
from bystander.errors import BystanderError, FootageError, LeakFound, WrongPath
from bystander.records import Policy, Report

if TYPE_CHECKING:
    from bystander import run

_NAMED = 50  # files of a kind that are named at the end; --json names all
_LONGEST_NAME = 30
# What is wrong with where a folder is to be, and not with the disk.
_NO_PLACE = (FileExistsError, FileNotFoundError, NotADirectoryError)


def redact(
    source: Path,
    output: Path,
    policy: Policy,
    *,
    limit: list[str] | None,
    how: run.Options,
    json: bool,
    quiet: bool,
) -> None:
    """Redact the folder *source* into *output*.

    Raises:
        LeakFound: Something shows in one of the files; it has no output.
        BystanderError: One of the files failed otherwise, or nothing could begin.
    """
    from bystander import run

    limits, allowance = options.limits(limit)
    how = replace(how, limits=limits)
    found = run.search(source, output)
    made = make(output)
    entries: list[run.Entry] = []
    try:
        with (
            FolderTerminal(found, quiet=quiet) as terminal,
            options.worker(output, how.provider, allowance) as worker,
        ):
            for line in console.about_folder(policy):
                terminal.say(line)
            job = run.FolderRun(source, output, policy, worker=worker, options=how)
            for entry in job.go(found, terminal):
                entries.append(entry)
    except console.Stopped:
        if not quiet:
            console.out(
                f"stopped after {len(entries)} of {len(found.media)} files; the same command goes "
                "on from there"
            )
        raise
    finally:
        if made:
            with suppress(OSError):
                output.rmdir()  # unless something is in it
    if json:
        console.out_text(documents.dumps(document(output, found, entries), indent=1))
    elif not quiet:
        _summary(found, entries)
    if not quiet:
        _warn(output, entries)
    _judge(found, entries)


def document(output: Path, found: run.Found, entries: Sequence[run.Entry]) -> dict[str, Any]:
    """Return what became of every file, ready for JSON; paths are within the two folders."""

    def within(path: Path | None) -> str | None:
        return str(path.relative_to(output)) if path is not None and path.exists() else None

    return {
        "format": "bystander-folder",
        "version": 1,
        "counts": _counts(found, entries),
        "files": [
            {
                "source": str(entry.source),
                "outcome": entry.outcome.value,
                "why": entry.why,
                "output": within(entry.outputs.recording) if entry.outputs else None,
                "plan": within(entry.outputs.plan) if entry.outputs else None,
                "report": within(entry.outputs.report_json) if entry.outputs else None,
                "moments_to_look_at": entry.unsure,
            }
            for entry in entries
        ],
        "left_out": [{"source": str(path), "why": why} for path, why in found.left_out],
    }


def make(output: Path) -> bool:
    """Make the folder *output*; return whether it was not there.

    Raises:
        BystanderError: It cannot be made.
    """
    if output.is_dir():
        return False
    try:
        output.mkdir()
    except OSError as error:
        why = str(error.strerror).lower()
        kind = WrongPath if isinstance(error, _NO_PLACE) else FootageError
        raise kind(f"the folder {output} cannot be made: {why}") from error
    return True


def _counts(found: run.Found, entries: Sequence[run.Entry]) -> dict[str, int]:
    counts = {
        outcome: sum(1 for entry in entries if entry.outcome.value == outcome)
        for outcome in ("done", "unchanged", "failed", "leak")
    }
    return {**counts, "left_out": len(found.left_out)}


def _summary(found: run.Found, entries: Sequence[run.Entry]) -> None:
    counts = _counts(found, entries)
    console.out(f"done       {counts['done']}")
    if counts["unchanged"]:
        console.out(f"unchanged  {counts['unchanged']}, done by an earlier run")
    if unsure := sum(entry.unsure or 0 for entry in entries):
        console.out(f"look at    {unsure} moments, which the reports list")
    if found.left_out:
        console.out(f"left out   {len(found.left_out)}; nothing of them was copied")
        for path, why in found.left_out[:_NAMED]:
            console.out(f"  {path}: {why}")
        if len(found.left_out) > _NAMED:
            console.out(f"  and {len(found.left_out) - _NAMED} more, which --json names")


def _warn(output: Path, entries: Sequence[run.Entry]) -> None:
    """Name on standard error what lies in *output* and is not of this run and its settings."""
    from bystander import run

    mine = {entry.outputs.recording for entry in entries if entry.outputs and entry.why is None}
    strange = run.others(output, mine)
    for path in strange[:_NAMED]:
        console.warn(f"{path} in {output} is not of this run: it may have been made otherwise")
    if len(strange) > _NAMED:
        console.warn(f"{len(strange) - _NAMED} more files there are not of this run")


def _judge(found: run.Found, entries: Sequence[run.Entry]) -> None:
    """Name what failed on standard error, and end with the exit code that it deserves."""
    bad = [entry for entry in entries if entry.why is not None]
    if not bad:
        return
    for entry in bad:
        console.fail(f"{entry.source}: {entry.why}")
    leaks = sum(1 for entry in bad if entry.outcome.value == "leak")
    message = f"{len(bad)} of {len(found.media)} files have no output"
    if leaks:
        empty = Report(plan_sha256="", output_sha256="", ran=(), skipped=(), leaks=())
        raise LeakFound(f"{message}; in {leaks} of them a leak was found", report=empty)
    raise BystanderError(message)


class FolderTerminal:
    """Draws one bar for a folder; on anything but a terminal, writes one line a file."""

    def __init__(self, found: run.Found, *, quiet: bool) -> None:
        """Prepare for the files that were *found*."""
        self._console = Console(stderr=True, highlight=False)
        self._found = found
        self._quiet = quiet
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        # Time goes with size more than with the number of files.
        self._weights = [max(1, size) for size in found.sizes]
        self._before, self._weight = 0, 0
        self._from, self._to, self._frames, self._frame = 0.0, 0.0, 0, 0
        self._began = 0.0
        if self._console.is_terminal and not quiet:
            self._bar = Progress(
                TextColumn("{task.fields[count]}"),
                BarColumn(bar_width=None),
                TextColumn("{task.percentage:3.0f} %"),
                TimeRemainingColumn(compact=True),
                TextColumn("{task.description}"),
                console=self._console,
            )
            self._task = self._bar.add_task("", total=sum(self._weights), count="")

    def file(self, number: int, source: Path) -> None:
        """Show which file begins."""
        self._began = time.monotonic()
        self._before, self._weight = sum(self._weights[:number]), self._weights[number]
        self._from = self._to = 0.0
        self._name = _shortened(console.printable(str(source)))
        self._show(count=f"{number + 1}/{len(self._found.media)}", description=self._name)

    def begin(self, what: str, frames: int) -> None:
        """Show that a pass begins; how many there will be is not known, so each takes half."""
        self._from = self._to
        self._to += (1 - self._to) / 2
        self._frames, self._frame = frames, 0
        self._show(description=f"{self._name}  {what}")

    def step(self) -> None:
        """Show that one frame is done."""
        self._frame += 1
        self._show()

    def say(self, line: str) -> None:
        """Show a line, unless it is about one file: its report says it."""
        if not self._quiet and not self._weight:
            self._console.print(console.printable(line), markup=False, soft_wrap=True)

    def file_done(self, entry: run.Entry) -> None:
        """Show what became of a file, unless nothing was done."""
        self._from = self._to = 1.0
        self._show()
        if self._quiet or entry.outcome.value == "unchanged":
            return
        took = f"{time.monotonic() - self._began:.1f} s"
        line = f"{entry.outcome.value:<9}  {entry.source} ({entry.why or took})"
        self._console.print(console.printable(line), markup=False, soft_wrap=True)

    def _show(self, **fields: Any) -> None:
        if self._bar is None or self._task is None:
            return
        share = min(1.0, self._frame / self._frames) if self._frames else 0.0
        within = self._from + (self._to - self._from) * share
        self._bar.update(self._task, completed=self._before + within * self._weight, **fields)

    def __enter__(self) -> FolderTerminal:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()


def _shortened(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"...{name[3 - _LONGEST_NAME :]}"
