"""Decisions as a document: a line of JSON that says what they are about, and one for each of them.

``docs/formats/decisions.md`` describes it for people and ``docs/formats/decisions.schema.json`` for
programs; the schema is generated from the models. A document only ever grows: a line is added, and
none is changed. One that was being written when the power went has no end of line, and is passed
over. All else that is not as it should be is refused, because who passes over a decision hides
less, or more, than a person decided. A document is untrusted until it has been through
:func:`read_journal`; whether its decisions fit a plan is for :func:`bystander.plan.decide`.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    RootModel,
    ValidationError,
    WithJsonSchema,
)

from bystander.errors import PlanError
from bystander.plan.changes import ChangePart, change_from, change_part
from bystander.plan.terms import Part
from bystander.records import Decision

VERSION = 1
LONGEST_WORD = 200  # who decided
LONGEST_REASON = 2000  # and why, in characters
_MOST = 100_000  # decisions
_MOST_BYTES = 256 * 1024 * 1024
_WHEN = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z", re.ASCII)


def _read_when(value: object) -> datetime:
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    if not isinstance(value, str) or not _WHEN.fullmatch(value):
        raise ValueError("a date is written as 2026-01-02T03:04:05Z")
    return datetime.fromisoformat(value)


def _write_when(when: datetime) -> str:
    return when.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _readable(text: str) -> str:
    """Check that *text* is nothing that plays tricks with who reads it.

    No control characters, no ends of lines by another name, and none that turn the direction of
    what comes after them.
    """
    for character in text:
        hidden = unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")
        if hidden or unicodedata.bidirectional(character) in _TURNING:
            raise ValueError("a name or a reason is one line of plain text")
    return text


_TURNING = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")

When = Annotated[
    datetime,
    BeforeValidator(_read_when),
    PlainSerializer(_write_when, return_type=str),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": f"^{_WHEN.pattern}$",
            "description": "a date and time, in UTC",
            "examples": ["2026-01-02T03:04:05Z"],
        }
    ),
]
Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class JournalPart(Part):
    """The first line: which plan the decisions are about."""

    format: Literal["bystander-decisions"] = "bystander-decisions"
    version: Literal[1] = 1
    footage_sha256: Digest
    plan_sha256: Digest


class DecisionPart(Part):
    """Every other line: who decided what, when and why."""

    number: Annotated[int, Field(ge=1, le=_MOST)]
    when: When
    by: Annotated[str, Field(max_length=LONGEST_WORD), AfterValidator(_readable)]
    because: Annotated[str, Field(max_length=LONGEST_REASON), AfterValidator(_readable)]
    change: ChangePart


class LinePart(RootModel[JournalPart | DecisionPart]):
    """A line of the document: the first says what it is about, each other one is a decision."""


def schema() -> dict[str, Any]:
    """Return the JSON Schema of one line of a document of decisions."""
    return LinePart.model_json_schema(mode="serialization")


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """Decisions, and what they are about.

    Attributes:
        footage_sha256: Digest of the recording.
        plan_sha256: Digest of the plan.
        decisions: In their order.
        torn: Whether a last line was passed over, because it has no end.
    """

    footage_sha256: str
    plan_sha256: str
    decisions: tuple[Decision, ...]
    torn: bool = False


def journal_head(footage_sha256: str, plan_sha256: str) -> str:
    """Return the first line of decisions about that plan, with its end.

    Raises:
        PlanError: One is no digest.
    """
    try:
        return _line(JournalPart(footage_sha256=footage_sha256, plan_sha256=plan_sha256))
    except ValidationError as error:
        raise _malformed(error, 1) from error


def journal_line(decision: Decision) -> str:
    """Return *decision* as a line, with its end; the same decision always gives the same.

    Raises:
        PlanError: Something in it is out of bounds, so that no reader would take the line.
    """
    try:
        return _line(
            DecisionPart.model_validate(
                {
                    "number": decision.number,
                    "when": decision.when,
                    "by": decision.by,
                    "because": decision.because,
                    "change": change_part(decision.change),
                }
            )
        )
    except ValidationError as error:
        raise _malformed(error, decision.number + 1) from error


def read_journal(text: str | bytes) -> Journal:
    """Read a document of decisions; numbered from 1, without gaps.

    Raises:
        PlanError: It is no such document, or something in it is out of bounds.
    """
    raw = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    if len(raw) > _MOST_BYTES:
        raise PlanError("the decisions are larger than is taken")
    *lines, rest = raw.split(b"\n")
    if not lines:
        raise PlanError("the decisions are malformed: there is no whole line")
    if len(lines) > _MOST + 1:
        raise PlanError("there are more decisions than are taken")
    head = _read(JournalPart, lines[0], 1)
    decisions = []
    for number, line in enumerate(lines[1:], start=1):
        part = _read(DecisionPart, line, number + 1)
        if part.number != number:
            raise PlanError(
                f"the decisions are malformed at line {number + 1}: "
                f"number {part.number} stands in the place of {number}"
            )
        decisions.append(
            Decision(
                number=part.number,
                when=part.when,
                by=part.by,
                because=part.because,
                change=change_from(part.change),
            )
        )
    return Journal(
        footage_sha256=head.footage_sha256,
        plan_sha256=head.plan_sha256,
        decisions=tuple(decisions),
        torn=bool(rest),
    )


_P = TypeVar("_P", bound=Part)


def _read(kind: type[_P], line: bytes, number: int) -> _P:
    try:
        return kind.model_validate_json(line)
    except ValidationError as error:
        raise _malformed(error, number) from error
    except RecursionError as error:
        raise PlanError(
            f"the decisions are malformed at line {number}: nested too deeply"
        ) from error


def _malformed(error: ValidationError, line: int) -> PlanError:
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(step) for step in first["loc"])
    why = first["msg"].removeprefix("Value error, ").lower()
    return PlanError(
        f"the decisions are malformed at line {line}{', ' if place else ''}{place}: {why}",
        hint="there is one decision a line, as bystander review writes them",
    )


def _line(part: Part) -> str:
    return (
        json.dumps(part.model_dump(mode="json"), ensure_ascii=False, separators=(",", ":")) + "\n"
    )
