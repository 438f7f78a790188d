"""The settings of a policy as they stand in a document, and whether they can be followed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, model_validator

from bystander.errors import PlanError
from bystander.plan.terms import MOST_PX, Part, Seconds
from bystander.records import Policy


class PolicyPart(Part):
    """What is hidden and how; the fields are explained in ``docs/formats/plan.md``."""

    targets: Annotated[
        tuple[Literal["faces", "heads", "people", "plates", "text", "screens"], ...],
        Field(min_length=1, max_length=6),
    ]
    fill: Literal["solid", "soft"]
    audio: Literal["drop", "mute-speech", "tone", "keep"]
    min_face_px: Annotated[int, Field(ge=1, le=MOST_PX)]
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
        return Policy(**PolicyPart.model_validate(settings).fields())
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(step) for step in first["loc"]) or "policy"
        raise PlanError(f"--{_option(place)}: {first['msg'].lower()}") from error


def _option(field: str) -> str:
    """Return the option of the command line that sets *field* of a policy."""
    name = field.split(".", maxsplit=1)[0]
    return "target" if name == "targets" else name.removesuffix("_px").replace("_", "-")
