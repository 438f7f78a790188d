"""A folder of recordings and photos, redacted file by file into another, with its tree kept.

Only what is redacted gets into the other folder: nothing is ever copied. Links are not followed,
hidden files and those that are no recording or photo by their names are left out, and all of them
are named. A file that fails does not end the run. What an earlier run has done is not done again
while nothing that it depends on has changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from bystander.errors import BystanderError, FootageError, LeakFound
from bystander.records import Policy
from bystander.run.batch import Options
from bystander.run.outputs import Outputs, outputs_for
from bystander.run.progress import Progress
from bystander.run.resume import earlier
from bystander.run.search import Found
from bystander.run.work import Worker


class Outcome(StrEnum):
    """What became of a file."""

    DONE = "done"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    LEAK = "leak"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A file and what became of it.

    Attributes:
        source: Its path within the folder.
        outcome: What became of it.
        outputs: What is there now, if it was redacted, now or earlier.
        why: Why not, in one line.
        hint: What could be done.
        unsure: Moments that the report lists to look at; ``None`` if it was redacted earlier.
    """

    source: Path
    outcome: Outcome
    outputs: Outputs | None = None
    why: str | None = None
    hint: str | None = None
    unsure: int | None = None


class FolderProgress(Progress, Protocol):
    """Told of every file as well."""

    def file(self, number: int, source: Path) -> None:
        """File *number*, counted from 0, begins."""

    def file_done(self, entry: Entry) -> None:
        """It is over."""


def outputs_within(
    output: Path, source: Path, *, folder: Path = Path(), neutral: int | None = None
) -> Outputs:
    """Return where the outputs of *source*, a path within *folder*, go within *output*.

    With *neutral*, a number, that is all that the names say: the tree is not kept.

    Plan and report have the whole name of the original before their own, and so has a recording
    whose suffix changes: ``a.mp4`` and ``a.avi`` get ``a.redacted.mp4`` and ``a.avi.redacted.mp4``.
    """
    name = outputs_for(folder / source, None).recording.name
    suffix = Path(name).suffix
    if suffix != source.suffix:
        name = f"{source.name}.redacted{suffix}"
    place, before = output / source.parent, source.name
    if neutral is not None:
        place, before = output, f"{neutral + 1:05d}"
        name = f"{before}.redacted{suffix.lower()}"
    return Outputs(
        recording=place / name,
        plan=place / f"{before}.plan.json",
        report_json=place / f"{before}.report.json",
        report_html=place / f"{before}.report.html",
    )


class FolderRun:
    """One way to redact, for every file of a folder."""

    def __init__(
        self, folder: Path, output: Path, policy: Policy, *, worker: Worker, options: Options
    ) -> None:
        """Prepare to redact what is in *folder* into *output*.

        Args:
            folder: The folder of the originals.
            output: The other one, which exists; *worker* may write there.
            policy: What to hide and how, in all of them.
            worker: Does the work.
            options: How to go about it; ``force`` does again what is done.
        """
        self._folder, self._output = folder, output
        self._policy, self._worker, self._options = policy, worker, options

    def go(self, found: Found, progress: FolderProgress) -> Iterator[Entry]:
        """Redact what was *found*; yield what became of each file.

        Args:
            found: What :func:`bystander.run.search.search` returned for the two folders.
            progress: Told of every file, pass and frame.
        """
        taken: dict[Path, Path] = {}
        for number, source in enumerate(found.media):
            progress.file(number, source)
            neutral = number if self._policy.neutral_names else None
            outputs = outputs_within(self._output, source, folder=self._folder, neutral=neutral)
            # Names that differ in case alone are one name on some disks: there it exists already.
            first = taken.setdefault(outputs.recording, source)
            if first is source:
                entry = self._file(source, outputs, progress)
            else:
                entry = Entry(
                    source=source,
                    outcome=Outcome.FAILED,
                    why=f"its output would have the name of that of {first}",
                    hint="rename one of the two",
                )
            progress.file_done(entry)
            yield entry

    def _file(self, source: Path, outputs: Outputs, progress: Progress) -> Entry:
        original, options = self._folder / source, self._options
        within = outputs.recording.parent.relative_to(self._output)
        try:
            make_folders(self._output, within)
            before = earlier(original, outputs, self._policy, salvage=options.salvage)
            if before.done and not options.force:
                return Entry(source=source, outcome=Outcome.UNCHANGED, outputs=outputs)
            if before.ours:  # nothing of an earlier run may look as if it were of this one
                for path in outputs.all:
                    with suppress(OSError):
                        path.unlink(missing_ok=True)
            unsure, _ = self._worker.redact(
                original,
                outputs,
                self._policy,
                options=options,
                progress=progress,
            )
        except LeakFound as error:
            return Entry(source=source, outcome=Outcome.LEAK, why=str(error), hint=error.hint)
        except BystanderError as error:
            return Entry(source=source, outcome=Outcome.FAILED, why=str(error), hint=error.hint)
        finally:
            _remove_empty(self._output, within)
        return Entry(source=source, outcome=Outcome.DONE, outputs=outputs, unsure=unsure)


def make_folders(top: Path, within: Path) -> None:
    """Make the folders of *within* in *top*, and follow no link there.

    Raises:
        FootageError: There is a link or a file in the way, or they cannot be made.
    """
    here = top
    for part in within.parts:
        here = here / part
        try:
            here.mkdir(exist_ok=True)
        except OSError as error:
            why = str(error.strerror).lower()
            raise FootageError(f"the folder {here} cannot be made: {why}") from error
        if here.is_symlink():
            raise FootageError(f"{here} is a link, which is not followed")


def _remove_empty(top: Path, within: Path) -> None:
    for parent in (within, *within.parents):
        if parent == Path():
            return
        try:
            (top / parent).rmdir()
        except OSError:
            return
