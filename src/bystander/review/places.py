"""Where everything that belongs to a file under review lies, by name."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from bystander import run
from bystander.errors import WrongPath

_PLAN = ".plan.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One recording or photo, and what lies beside it.

    Attributes:
        name: What it is called on the page: its name, or its path within the folder, printable.
        source: The file.
        plan: The plan that is reviewed, which may have to be drawn up; never written to after.
        journal: What was decided.
        outputs: What rendering writes; the plan in it is the one that was followed.
        within: The folder that all outputs are in, and where in it those of this file are.
    """

    name: str
    source: Path
    plan: Path
    journal: Path
    outputs: run.Outputs
    within: tuple[Path, Path] | None = None

    def make_folders(self) -> None:
        """Make the folders in which plan and outputs are to be, where they are of a folder's.

        Raises:
            WrongPath: They cannot be made.
        """
        if self.within is not None:
            run.make_folders(*self.within)


def find(
    source: Path, output: Path | None, plan: Path | None, *, neutral: bool
) -> tuple[Place, ...]:
    """Return the places of *source*, or of every recording and photo in it if it is a folder.

    Args:
        source: A recording, a photo or a folder.
        output: What rendering is to write; for a folder: the folder where plans and outputs are.
        plan: The plan to review, for one file; ``None``: it lies where ``redact`` puts it.
        neutral: Whether names of outputs are to say nothing.

    Raises:
        WrongPath: There is nothing to review, or rendering would write over the plan.
    """
    if not source.is_dir():
        if not source.exists():
            raise WrongPath(f"{source} does not exist")
        outputs = run.outputs_for(source, output, neutral=neutral)
        return (_place(source.name, source, outputs, plan or outputs.plan),)
    if output is None or plan is not None:
        raise WrongPath(f"{source} is a folder", hint="-o names the folder of plans and outputs")
    found = run.search(source, output)
    places = []
    for number, path in enumerate(found.media):
        outputs = run.outputs_within(
            output, path, folder=source, neutral=number if neutral else None
        )
        place = _place(str(path), source / path, outputs, outputs.plan)
        within = outputs.recording.parent.relative_to(output)
        places.append(replace(place, within=(output, within)))
    return tuple(places)


def _place(name: str, source: Path, outputs: run.Outputs, plan: Path) -> Place:
    stem = plan.name.removesuffix(_PLAN) if plan.name.endswith(_PLAN) else plan.stem
    if plan.resolve() in [path.resolve() for path in outputs.after_review.all]:
        raise WrongPath(
            f"{plan} is what rendering writes, and a plan under review is never written to",
            hint="-o gives the output another name",
        )
    return Place(
        name=printable(name),
        source=source,
        plan=plan,
        journal=plan.with_name(f"{stem}.decisions.jsonl"),
        outputs=outputs.after_review,
    )


def printable(name: str) -> str:
    r"""Return *name* without what turns its direction or cannot be seen: it may be made to mislead.

    >>> print(printable("a\nb\u202e4pm.exe"))
    a\nb\u202e4pm.exe
    """
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode("ascii")
        for c in name
    )
