"""The settings of a policy as they stand in a document, and whether they can be followed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, model_validator

from bystander.errors import PlanError
from bystander.plan.terms import MOST_PX, Part, Seconds
from bystander.records import Policy

# What each setting does, for those who read or write a policy.
_MEANINGS = {
    "targets": "what is hidden, of: faces; heads, which adds those of people whose face is not "
    "seen; people, whole; plates, all text on vehicles; text, all of it and codes; screens",
    "fill": "what takes its place: solid, one grey, or soft, made of the pixels around",
    "audio": "the sound: drop it; mute-speech or tone, which leave all but what is heard as "
    "speech; or keep it",
    "min_face_px": "height of the smallest face looked for, in pixels",
    "score": "least score, 0 to 1, at which a face is hidden",
    "score_continues": "least score at which a face that was seen is followed",
    "score_still": "least score at which a face is hidden in a photo",
    "person_score": "least score at which a person without a visible face is hidden",
    "person_score_continues": "least score at which such a person is followed",
    "person_looks": "in how many looks, 0.1 s apart, such a person must be seen",
    "person_score_long": "least score that is enough for one who is seen long",
    "person_looks_long": "how many looks are long",
    "text_score": "least score at which text and plates are hidden",
    "screen_score": "least score at which a screen is hidden",
    "gap_s": "longest gap between two sightings that is hidden as well, in seconds",
    "extend_s": "how long before the first and after the last sighting somebody is hidden, in "
    "seconds",
    "head_width": "width of what is hidden, in widths of the face",
    "head_up": "how far it reaches above the face, in heights of the face",
    "head_down": "how far it reaches below the face, in heights of the face",
    "body_margin": "margin around whole people and screens, as a share of their width and height",
    "text_margin": "margin around text and plates, as a share of their height",
    "text_extend_s": "what extend_s is for text, plates and screens, in seconds",
    "union_s": "a frame hides as well what frames so near to it hide, in seconds",
    "grid_px": "what is hidden ends on this grid, in pixels: the blocks of the original's coding",
    "margin_px": "margin on every side after that, in pixels",
    "crf": "quality in the encoder's own scale: lower is better and larger",
    "preset": "speed of the encoder: the slower, the smaller the file",
    "hide_camera": "whether the fingerprint of the camera's sensor is reduced",
    "speech_score": "least score, 0 to 1, at which speech is hidden",
    "speech_pad_s": "how far that reaches beyond what was heard, in seconds",
    "speech_gap_s": "shorter pauses are hidden with the speech around them, in seconds",
    "neutral_names": "whether names and times of the files that are written say nothing",
}


class PolicyPart(Part):
    """What is hidden and how; :class:`bystander.records.Policy` says more of each."""

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


def meaning(setting: str) -> str:
    """Return what *setting* of a policy does, in a line.

    >>> meaning("margin_px")
    'margin on every side after that, in pixels'
    """
    return _MEANINGS[setting]


def check_policy(policy: Policy, *, called: Mapping[str, str] | None = None) -> None:
    """Check that *policy* asks for what can be done.

    Args:
        policy: The policy.
        called: What the person who set it calls its settings, where that is not their name.

    Raises:
        PlanError: It does not.
    """
    settings = {name: getattr(policy, name) for name in PolicyPart.model_fields}
    read_policy(settings, called=called)


def read_policy(settings: Mapping[str, Any], *, called: Mapping[str, str] | None = None) -> Policy:
    """Return the policy that *settings*, by its fields, describe, once they are checked.

    What is wrong is called by its name, or what it is *called* instead.

    Raises:
        PlanError: They ask for what cannot be done.
    """
    called = called or {}
    fill = settings["fill"]
    if fill in ("blur", "mosaic", "pixelate", "pixelation"):
        raise PlanError(
            f"{fill} can be undone: it is made of the pixels it is meant to hide",
            hint=f"{called.get('fill', 'fill')} soft looks like a blur and contains nothing from "
            "inside",
        )
    try:
        return Policy(**PolicyPart.model_validate(settings).fields())
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = str(first["loc"][0]) if first["loc"] else ""
        why = first["msg"].removeprefix("Value error, ").lower()
        raise PlanError(
            f"{called.get(name, name)}: {why}" if name else f"the policy: {why}",
            hint="bystander policy show release says what each setting does",
        ) from error
