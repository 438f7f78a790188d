"""The plan as a document: readable JSON, versioned, with a published schema.

``docs/formats/plan.md`` describes it for people and ``docs/formats/plan.schema.json`` for
programs; the schema is generated from the models below. A document is untrusted until it has been
through :func:`from_json`: bounds, order and sizes are checked here, and nowhere else relied on.
"""

from __future__ import annotations

import hashlib
import json
import re
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import (
    Field,
    ValidationError,
    model_validator,
)

from bystander.errors import PlanError
from bystander.geometry import Box
from bystander.plan.settings import PolicyPart
from bystander.plan.terms import (
    LONGEST_SOUND_S,
    MOST_PX,
    TRACK,
    Corners,
    Part,
    Seconds,
    ascending,
)
from bystander.records import (
    Because,
    FootageFacts,
    Keyframe,
    Kind,
    Plan,
    Policy,
    Redaction,
    Region,
)
from bystander.timeline import Span

VERSION = 4

# Where a region goes that is laid out by :func:`_lines`. No string holds the like: in JSON the end
# of a line within one is written otherwise.
_REGION = re.compile(r'"region": \[\n +(\d+)\n +\]')


class FootagePart(Part):
    """The recording that the plan is for."""

    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    width: Annotated[int, Field(ge=1, le=MOST_PX)]
    height: Annotated[int, Field(ge=1, le=MOST_PX)]
    frames: Annotated[int, Field(ge=1)]
    duration: Seconds


class KeyframePart(Part):
    """From ``at`` on, until the next keyframe, ``box`` (x0, y0, x1, y1) is hidden."""

    at: Seconds
    box: Corners


class RedactionPart(Part):
    """One region over time."""

    track: Annotated[str, Field(pattern=TRACK)]
    kind: Kind | None
    because: Because
    score: Annotated[float, Field(ge=0, le=1)]
    start: Seconds
    end: Seconds
    region: Annotated[list[KeyframePart], Field(min_length=1)]

    @model_validator(mode="after")
    def _ordered(self) -> RedactionPart:
        times = [key.at for key in self.region]
        if self.end <= self.start or not self.start >= 0:
            raise ValueError("a redaction ends after it starts, and starts no earlier than 0")
        if not ascending(times) or times[0] > self.start:
            raise ValueError("keyframes are in order of time, the first no later than the start")
        return self


class KeptPart(Part):
    """What lies wholly in ``box`` from ``start`` up to ``end`` (``null``: the end) is kept.

    With a ``track``, only that is, which is of that ``kind``.
    """

    box: Corners
    start: Seconds
    end: Seconds | None
    track: Annotated[str, Field(pattern=TRACK)] | None = None
    kind: Kind | None = None

    @model_validator(mode="after")
    def _of_a_kind(self) -> KeptPart:
        if (self.track is None) != (self.kind is None):
            raise ValueError("a kept track has a kind, and a kept region has none")
        return self


class PlanDocument(Part):
    """Everything that decides the redacted recording, apart from the recording itself."""

    format: Literal["bystander-plan"] = "bystander-plan"
    version: Literal[4] = 4
    footage: FootagePart
    policy: PolicyPart
    detectors: list[str]
    redactions: list[RedactionPart]
    kept: list[KeptPart]
    speech: list[tuple[Seconds, Seconds]] | None

    @model_validator(mode="after")
    def _fits(self) -> PlanDocument:
        longest = self.footage.duration + 10
        for redaction in self.redactions:
            if redaction.end > longest:
                raise ValueError(f"redaction {redaction.track} ends after the recording")
            for key in redaction.region:
                if key.box[2] > self.footage.width or key.box[3] > self.footage.height:
                    raise ValueError(f"redaction {redaction.track} reaches out of the frame")
        for kept in self.kept:
            if kept.box[2] > self.footage.width or kept.box[3] > self.footage.height:
                raise ValueError("a kept region reaches out of the frame")
        last = Fraction(0)
        for start, end in self.speech or ():
            if not last <= start < end:
                raise ValueError("speech is in order of time, without overlaps, from 0 on")
            last = end
        if last > self.footage.duration + LONGEST_SOUND_S:
            raise ValueError("speech ends long after the recording")
        return self


def schema() -> dict[str, Any]:
    """Return the JSON Schema of plan documents."""
    return PlanDocument.model_json_schema(mode="serialization")


def to_json(plan: Plan) -> str:
    """Return *plan* as a document; the same plan always gives the same text.

    Raises:
        PlanError: Something in it is out of bounds, so that no reader would take the document.
    """
    try:
        document = _document(plan)
    except ValidationError as error:
        raise _malformed(error) from error
    told = document.model_dump(mode="json", exclude={"redactions": {"__all__": {"region"}}})
    for number, redaction in enumerate(told["redactions"]):
        redaction["region"] = [number]
    text = json.dumps(told, indent=1)
    return _REGION.sub(lambda found: _lines(document.redactions[int(found[1])]), text) + "\n"


def _lines(part: RedactionPart) -> str:
    """Return the region of *part* with a keyframe a line, which a person reads better."""
    keys = (
        f'    {{"at": "{key.at}", "box": [{", ".join(map(str, key.box))}]}}' for key in part.region
    )
    return '"region": [\n' + ",\n".join(keys) + "\n   ]"


def _document(plan: Plan) -> PlanDocument:
    return PlanDocument(
        footage=FootagePart.model_validate(
            {name: getattr(plan.footage, name) for name in FootagePart.model_fields}
        ),
        policy=PolicyPart.model_validate(
            {name: getattr(plan.policy, name) for name in PolicyPart.model_fields}
        ),
        detectors=list(plan.detectors),
        redactions=[
            RedactionPart(
                track=redaction.track,
                kind=redaction.kind,
                because=redaction.because,
                score=round(redaction.score, 3),
                start=redaction.span.start,
                end=redaction.span.end,
                region=[KeyframePart(at=key.at, box=_corners(key.box)) for key in redaction.region],
            )
            for redaction in plan.redactions
        ],
        kept=[
            KeptPart(box=_corners(k.box), start=k.start, end=k.end, track=k.track, kind=k.kind)
            for k in plan.kept
        ],
        speech=None if plan.speech is None else [(s.start, s.end) for s in plan.speech],
    )


def _malformed(error: ValidationError) -> PlanError:
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(step) for step in first["loc"]) or "the document"
    why = first["msg"].removeprefix("Value error, ").lower()
    return PlanError(
        f"the plan is malformed at {place}: {why}",
        hint="bystander detect IN -o PLAN draws up a whole one",
    )


def from_json(text: str) -> Plan:
    """Read a plan document.

    Raises:
        PlanError: It is no such document, or something in it is out of bounds.
    """
    try:
        document = PlanDocument.model_validate_json(text)
    except ValidationError as error:
        raise _malformed(error) from error
    except RecursionError as error:
        raise PlanError("the plan is malformed: it is nested too deeply") from error
    return Plan(
        footage=FootageFacts(**document.footage.fields()),
        policy=Policy(**document.policy.fields()),
        detectors=tuple(document.detectors),
        redactions=tuple(
            Redaction(
                track=part.track,
                kind=part.kind,
                because=part.because,
                span=Span(part.start, part.end),
                region=tuple(Keyframe(at=key.at, box=Box(*key.box)) for key in part.region),
                score=part.score,
            )
            for part in document.redactions
        ),
        kept=tuple(
            Region(
                box=Box(*part.box),
                start=part.start,
                end=part.end,
                keep=True,
                track=part.track,
                kind=part.kind,
            )
            for part in document.kept
        ),
        speech=None
        if document.speech is None
        else tuple(Span(start, end) for start, end in document.speech),
    )


def sha256(plan: Plan) -> str:
    """Return the digest of *plan* as a document, in hexadecimal."""
    return hashlib.sha256(to_json(plan).encode()).hexdigest()


def _corners(box: Box) -> tuple[int, int, int, int]:
    return int(box.x0), int(box.y0), int(box.x1), int(box.y1)
