"""What times, pixels and boxes may be in a document, and what all its parts have in common."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)

from bystander.timeline import to_text

# Numbers of a plan are bounded, so that a hostile one cannot make the arithmetic explode.
_TIME = re.compile(r"-?\d{1,24}(/\d{1,24})?", re.ASCII)
MOST_PX = 65_536
# How far sound can go on after the picture.
LONGEST_SOUND_S = 24 * 3600
# What a track can be called.
LONGEST_NAME = 40
TRACK = f"^[a-z0-9-]{{1,{LONGEST_NAME}}}$"


def _read_time(value: object) -> Fraction:
    if isinstance(value, Fraction):
        return value
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        raise ValueError("a time is an exact fraction of a second, such as '1001/30000'")
    above, _, below = value.partition("/")
    try:
        return Fraction(int(above), int(below or 1))  # a third of the time that it takes as text
    except ZeroDivisionError as error:
        raise ValueError("a time is not divided by zero") from error


def ascending(times: Sequence[Fraction]) -> bool:
    """Return whether each of *times* is later than the one before.

    Fractions are compared here without what makes them comparable to all other numbers: a plan of
    an hour has a hundred thousand of them.

    >>> ascending([Fraction(1, 3), Fraction(1, 2)]), ascending([Fraction(1), Fraction(1)])
    (True, False)
    """
    return all(
        a.numerator * b.denominator < b.numerator * a.denominator for a, b in pairwise(times)
    )


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
Pixel = Annotated[int, Field(ge=0, le=MOST_PX)]


def _ordered(corners: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    x0, y0, x1, y1 = corners
    if x1 < x0 or y1 < y0:
        raise ValueError("a box has its left and top first")
    return corners


Corners = Annotated[tuple[Pixel, Pixel, Pixel, Pixel], AfterValidator(_ordered)]


class Part(BaseModel):
    """A part of a document: it has the fields that it is to have, and no others."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    def fields(self) -> dict[str, Any]:
        """Return its fields, as they are."""
        return {name: getattr(self, name) for name in type(self).model_fields}
