"""What requests ask for: untrusted until it has been through here."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request

from bystander.review.answers import Refusal


class Asked(BaseModel):
    """Part of a request: nothing in it is unknown, and no value is of another type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


_T = TypeVar("_T", bound=Asked)


class Nothing(Asked):
    """An empty object."""


# Where pydantic's own words would say again what was sent, or are not plain.
_OURS = {
    "json_invalid": "it is no JSON",
    "union_tag_invalid": "there is no such change",
    "union_tag_not_found": "it does not say what to change",
    "extra_forbidden": "there is no such field",
}


async def body(request: Request, model: type[_T]) -> _T:
    """Return the body of *request*.

    Raises:
        Refusal: It is not as *model* says.
    """
    try:
        return model.model_validate_json(await request.body())
    except (ValidationError, RecursionError) as error:
        raise _malformed(error) from None


def query(request: Request, model: type[_T]) -> _T:
    """Return the query of *request*, whose values are text and are read as the types of *model*.

    Raises:
        Refusal: It is not as *model* says, or names something twice.
    """
    given = request.query_params.multi_items()
    if len({name for name, _ in given}) != len(given):
        raise Refusal(400, "malformed", "the query names something twice")
    try:
        return model.model_validate_strings(dict(given))
    except ValidationError as error:
        raise _malformed(error) from None


def _malformed(error: Exception) -> Refusal:
    if not isinstance(error, ValidationError):
        return Refusal(400, "malformed", "the request is nested too deeply")
    # What was sent is not said again: the place and the rule are enough.
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    place = ".".join(str(step) for step in first["loc"][:6])[:80]
    place = f" at {place}" if place.isascii() and place.isprintable() and place else ""
    why = first["msg"] if first["type"] != "value_error" else first["msg"].partition(", ")[2]
    why = _OURS.get(first["type"], why.lower())
    return Refusal(400, "malformed", f"the request is malformed{place}: {why}")
