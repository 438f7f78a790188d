"""The plan as a document: readable JSON, versioned, with a published schema.

``docs/formats/plan.md`` describes it for people and ``docs/formats/plan.schema.json`` for
programs; the schema is generated from the models below. A document is untrusted until it has been
through :func:`from_json`: bounds, order and sizes are checked here, and nowhere else relied on.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
    WithJsonSchema,
    model_validator,
)

from bystander.errors import PlanError
from bystander.geometry import Box
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
from bystander.timeline import Span, from_text, to_text

VERSION = 4
# Numbers of a plan are bounded, so that a hostile one cannot make the arithmetic explode.
_TIME = re.compile(r"-?\d{1,24}(/\d{1,24})?", re.ASCII)
_MOST_PX = 65_536
# How far sound can go on after the picture.
_LONGEST_SOUND_S = 24 * 3600

# A keyframe as json.dumps lays it out, one number a line; a person reads it better on one.
_KEYFRAME = re.compile(
    r'\{\s+"at": ("[^"]+"),\s+"box": \[' + r",".join([r"\s+(\d+)"] * 4) + r"\s+\]\s+\}"
)


def _read_time(value: object) -> Fraction:
    if isinstance(value, Fraction):
        return value
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        raise ValueError("a time is an exact fraction of a second, such as '1001/30000'")
    try:
        return from_text(value)
    except ZeroDivisionError as error:
        raise ValueError("a time is not divided by zero") from error


Seconds = Annotated[
    Fraction,
    BeforeValidator(_read_time),
    PlainSerializer(to_text, return_type=str),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": f"^{_TIME.pattern}$",
            "description": "seconds, as an exact fraction",
            "examples": ["3", "1001/30000"],
        }
    ),
]
Pixel = Annotated[int, Field(ge=0, le=_MOST_PX)]


def _ordered(corners: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    x0, y0, x1, y1 = corners
    if x1 < x0 or y1 < y0:
        raise ValueError("a box has its left and top first")
    return corners


Corners = Annotated[tuple[Pixel, Pixel, Pixel, Pixel], AfterValidator(_ordered)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class FootagePart(_Part):
    """The recording that the plan is for."""

    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    width: Annotated[int, Field(ge=1, le=_MOST_PX)]
    height: Annotated[int, Field(ge=1, le=_MOST_PX)]
    frames: Annotated[int, Field(ge=1)]
    duration: Seconds


class PolicyPart(_Part):
    """What is hidden and how; the fields are explained in ``docs/formats/plan.md``."""

    targets: Annotated[
        tuple[Literal["faces", "heads", "people", "plates", "text", "screens"], ...],
        Field(min_length=1, max_length=6),
    ]
    fill: Literal["solid", "soft"]
    audio: Literal["drop", "mute-speech", "tone", "keep"]
    min_face_px: Annotated[int, Field(ge=1, le=_MOST_PX)]
    score: Annotated[float, Field(ge=0, le=1)]
    score_continues: Annotated[float, Field(ge=0, le=1)]
    score_still: Annotated[float, Field(ge=0, le=1)]
    person_score: Annotated[float, Field(ge=0, le=1)]
    person_score_continues: Annotated[float, Field(ge=0, le=1)]
    person_looks: Annotated[int, Field(ge=1, le=1000)]
    person_score_long: Annotated[float, Field(ge=0, le=1)]
    person_looks_long: Annotated[int, Field(ge=1, le=1000)]
    text_score: Annotated[float, Field(ge=0, le=1)]
    screen_score: Annotated[float, Field(ge=0, le=1)]
    gap_s: Seconds
    extend_s: Seconds
    head_width: Annotated[float, Field(ge=1, le=20)]
    head_up: Annotated[float, Field(ge=0, le=20)]
    head_down: Annotated[float, Field(ge=0, le=20)]
    body_margin: Annotated[float, Field(ge=0, le=5)]
    text_margin: Annotated[float, Field(ge=0, le=5)]
    text_extend_s: Seconds
    union_s: Seconds
    grid_px: Annotated[int, Field(ge=1, le=256)]
    margin_px: Annotated[int, Field(ge=0, le=256)]
    crf: Annotated[int, Field(ge=0, le=50)] | None
    preset: Literal[
        "ultrafast",
        "superfast",
        "veryfast",
        "faster",
        "fast",
        "medium",
        "slow",
        "slower",
        "veryslow",
    ]
    hide_camera: bool
    speech_score: Annotated[float, Field(ge=0, le=1)]
    speech_pad_s: Seconds
    speech_gap_s: Seconds
    neutral_names: bool
    name: Annotated[str, Field(pattern="^[a-z]{1,20}$")]
    changed: Annotated[
        tuple[Annotated[str, Field(pattern="^[a-z_]{1,40}$")], ...], Field(max_length=100)
    ]

    @model_validator(mode="after")
    def _not_negative(self) -> PolicyPart:
        for name in (
            "gap_s",
            "extend_s",
            "text_extend_s",
            "union_s",
            "speech_pad_s",
            "speech_gap_s",
        ):
            if not 0 <= getattr(self, name) <= 3600:
                raise ValueError(f"{name} is not between 0 and 3600 seconds")
        return self


class KeyframePart(_Part):
    """From ``at`` on, until the next keyframe, ``box`` (x0, y0, x1, y1) is hidden."""

    at: Seconds
    box: Corners


class RedactionPart(_Part):
    """One region over time."""

    track: Annotated[str, Field(pattern="^[a-z0-9-]{1,40}$")]
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
        if times != sorted(set(times)) or times[0] > self.start:
            raise ValueError("keyframes are in order of time, the first no later than the start")
        return self


class KeptPart(_Part):
    """What lies wholly in ``box`` from ``start`` up to ``end`` (``null``: the end) is kept."""

    box: Corners
    start: Seconds
    end: Seconds | None


class PlanDocument(_Part):
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
        if last > self.footage.duration + _LONGEST_SOUND_S:
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
    text = json.dumps(document.model_dump(mode="json"), indent=1)
    return _KEYFRAME.sub(r'{"at": \1, "box": [\2, \3, \4, \5]}', text) + "\n"


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
        kept=[KeptPart(box=_corners(k.box), start=k.start, end=k.end) for k in plan.kept],
        speech=None if plan.speech is None else [(s.start, s.end) for s in plan.speech],
    )


def _malformed(error: ValidationError) -> PlanError:
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(step) for step in first["loc"]) or "the document"
    why = first["msg"].removeprefix("Value error, ").lower()
    return PlanError(
        f"the plan is malformed at {place}: {why}",
        hint="docs/formats/plan.md describes what a plan holds",
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
        footage=FootageFacts(**_fields(document.footage)),
        policy=Policy(**_fields(document.policy)),
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
            Region(box=Box(*part.box), start=part.start, end=part.end, keep=True)
            for part in document.kept
        ),
        speech=None
        if document.speech is None
        else tuple(Span(start, end) for start, end in document.speech),
    )


def check_policy(policy: Policy) -> None:
    """Check that *policy* asks for what can be done.

    Raises:
        PlanError: It does not.
    """
    read_policy({name: getattr(policy, name) for name in PolicyPart.model_fields})


def read_policy(settings: Mapping[str, Any]) -> Policy:
    """Return the policy that *settings*, by its fields, describe, once they are checked.

    Raises:
        PlanError: They ask for what cannot be done.
    """
    fill = settings["fill"]
    if fill in ("blur", "mosaic", "pixelate", "pixelation"):
        raise PlanError(
            f"{fill} can be undone: it is made of the pixels it is meant to hide",
            hint="--fill soft looks like a blur and contains nothing from inside; "
            "docs/explanation/why-not-blur.md has the figures",
        )
    try:
        return Policy(**_fields(PolicyPart.model_validate(settings)))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(step) for step in first["loc"]) or "policy"
        raise PlanError(f"--{_option(place)}: {first['msg'].lower()}") from error


def _option(field: str) -> str:
    """Return the option of the command line that sets *field* of a policy."""
    name = field.split(".", maxsplit=1)[0]
    return "target" if name == "targets" else name.removesuffix("_px").replace("_", "-")


def sha256(plan: Plan) -> str:
    """Return the digest of *plan* as a document, in hexadecimal."""
    return hashlib.sha256(to_json(plan).encode()).hexdigest()


def _fields(part: BaseModel) -> dict[str, Any]:
    return {name: getattr(part, name) for name in type(part).model_fields}


def _corners(box: Box) -> tuple[int, int, int, int]:
    return int(box.x0), int(box.y0), int(box.x1), int(box.y1)
