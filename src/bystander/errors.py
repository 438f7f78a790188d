"""Every error that Bystander raises on purpose.

::

    BystanderError            a promise could not be kept
    ├── FootageError          a recording cannot be read, or the new one cannot be written
    │   ├── WrongPath         a file that was named is not there, in the way, or of no use for this
    │   ├── DamagedFootage    parts of a recording are missing or do not decode
    │   └── BeyondLimits      a recording is larger or longer than is taken
    ├── ModelError            a detector is missing, altered or cannot run
    ├── PlanError             a plan or policy is malformed, or is not for this recording
    ├── Conflict              somebody else decided about the same plan in the meantime
    ├── WorkerLost            the process that does the work ended before it was done
    └── LeakFound             the new recording was examined and something is still showing

What the verifier looks for and finds is a value, a :class:`~bystander.records.Leak`; it becomes
:class:`LeakFound` only when a recording is refused its name because of it.

A :class:`WrongPath` and a :class:`PlanError` are mended by asking for something else, all others by
another recording or machine: the command line ends with another exit code for those two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bystander.records import Report


class BystanderError(Exception):
    """A promise could not be kept. ``str()`` is one line; ``hint`` says what could be done."""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class FootageError(BystanderError):
    """A recording cannot be read, or the new one cannot be written."""


class WrongPath(FootageError):
    """What was named is not there, is in the way, or cannot hold what was to be written to it."""


class DamagedFootage(FootageError):
    """Parts of a recording are missing or do not decode; ``--salvage`` works on the rest."""


class BeyondLimits(FootageError):
    """A recording is larger or longer than is taken; the hint names the option that raises it."""


class ModelError(BystanderError):
    """A detector is missing, is not the one in the lock, or cannot run on this machine."""


class PlanError(BystanderError):
    """A plan or policy is malformed, or the plan was drawn up for another recording."""


class Conflict(BystanderError):
    """Somebody else decided about the same plan since; ``revision`` is how many decisions stand."""

    def __init__(self, message: str, *, revision: int, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.revision = revision


class WorkerLost(BystanderError):
    """The process that does the work crashed, hung, or said what cannot be."""


class LeakFound(BystanderError):
    """The new recording was examined and something is still showing; it did not get its name."""

    def __init__(self, message: str, *, report: Report, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.report = report
