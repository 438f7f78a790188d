"""The files that a run writes: their names, and what must not be in their way."""

from __future__ import annotations

import errno
import json
import os
from dataclasses import dataclass, replace
from pathlib import Path

from bystander import media, plan
from bystander.errors import FootageError, PlanError, WrongPath
from bystander.records import Plan

_MARK = ".redacted"
_PLAN = ".plan.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs:
    """The files that a run writes."""

    recording: Path
    plan: Path
    report_json: Path
    report_html: Path

    @property
    def all(self) -> tuple[Path, ...]:
        """All of them."""
        return self.recording, self.plan, self.report_json, self.report_html

    @property
    def after_review(self) -> Outputs:
        """The same, but that the plan as a person left it does not lie where the one before may."""
        name = f"{self.plan.name.removesuffix(_PLAN)}.reviewed{_PLAN}"
        return replace(self, plan=self.plan.with_name(name))


def outputs_for(source: Path, output: Path | None, *, neutral: bool = False) -> Outputs:
    """Return the files that a run from *source* writes.

    Without *output*, that is the source's name with ``.redacted`` before the suffix, or where names
    are to be *neutral* ``redacted`` alone; the suffix is :func:`bystander.media.suffix_like` the
    source's.

    Raises:
        WrongPath: The source names no file.
    """
    if not source.name:  # "." and "/" name no file
        raise WrongPath(f"{source} is not a regular file")
    if output is None:
        name = _MARK.removeprefix(".") if neutral else f"{source.stem}{_MARK}"
        output = source.with_name(f"{name}{media.suffix_like(source)}")
    if output.name in ("", ".."):
        raise WrongPath(f"{output} is a folder", hint="-o says which file to write")
    stem = output.stem.removesuffix(_MARK) or output.stem
    return Outputs(
        recording=output,
        plan=output.with_name(f"{stem}{_PLAN}"),
        report_json=output.with_name(f"{stem}.report.json"),
        report_html=output.with_name(f"{stem}.report.html"),
    )


def read_plan(path: Path) -> Plan:
    """Read the plan at *path*.

    Raises:
        PlanError: It cannot be read or is malformed.
    """
    try:
        return plan.from_json(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PlanError(f"{path} cannot be read: {str(error.strerror).lower()}") from error
    except UnicodeDecodeError as error:
        raise PlanError(f"{path} is not a plan: it is not text") from error


def read_decisions(path: Path, base: Plan) -> plan.Journal:
    """Read what was decided about *base*; whether it fits is for :func:`bystander.plan.decide`.

    Raises:
        PlanError: It cannot be read, is malformed, or is about another plan.
    """
    try:
        journal = plan.read_journal(path.read_bytes())
    except OSError as error:
        raise PlanError(f"{path} cannot be read: {str(error.strerror).lower()}") from error
    if journal.footage_sha256 != base.footage.sha256:
        raise PlanError("these decisions are about another recording")
    if journal.plan_sha256 != plan.sha256(base):
        raise PlanError(
            "these decisions are about another plan of this recording",
            hint="they are followed with the plan that was reviewed, as it was then",
        )
    return journal


def check_outputs(source: Path, outputs: Outputs, *, force: bool) -> None:
    """Check that nothing is in the way of *outputs*, the source least of all.

    Raises:
        WrongPath: Something is.
    """
    media.check_suffix(outputs.recording)
    for target in outputs.all:
        check_target(source, target, force=True)
    # Before it is said that --force replaces what is there: this it does not replace.
    if outputs.plan.exists() and _belongs_to_another(source, outputs):
        raise WrongPath(
            f"{outputs.plan} belongs to the output of another original, which stays",
            hint="-o gives this output a name of its own",
        )
    for target in outputs.all:
        check_target(source, target, force=force)


def _belongs_to_another(source: Path, outputs: Outputs) -> bool:
    """Return whether the plan there is of another original and another output.

    Two originals can be called the same but for their suffix, as a photo and the film taken with it
    are; what ``--force`` replaces is the output, not the plan and report of the other's.
    """
    try:
        if read_plan(outputs.plan).footage.sha256 == media.digest(source):
            return False
        told = json.loads(outputs.report_json.read_text(encoding="utf-8"))
        return bool(told["output"]["sha256"] != media.digest(outputs.recording))
    except PlanError:
        return False  # it is no plan, and not to be used with any output
    except (OSError, ValueError, LookupError, TypeError, FootageError):
        return True


def check_target(source: Path, target: Path, *, force: bool) -> None:
    """Check that *target* may be written by a run from *source*.

    Raises:
        WrongPath: It may not.
    """
    try:
        target.lstat()
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise WrongPath(
                f"the name {target.name} is too long to be written", hint="-o gives another"
            ) from error
    if not target.absolute().parent.is_dir():
        raise WrongPath(f"the folder {target.absolute().parent} does not exist")
    if target.is_dir():
        raise WrongPath(f"{target} is a folder")
    if target.exists() and source.exists() and os.path.samefile(source, target):
        raise WrongPath(f"{target} is the original itself, which is never written to")
    if (target.exists() or target.is_symlink()) and not force:
        raise WrongPath(f"{target} exists already", hint="--force replaces it")
