"""Policies: one word for a situation instead of many options, or a TOML file of one's own."""

from __future__ import annotations

import textwrap
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, replace
from fractions import Fraction
from typing import Any

from bystander.errors import PlanError
from bystander.plan.settings import meaning, read_policy
from bystander.records import TARGETS, Policy
from bystander.timeline import to_text

RELEASE = "release"
OWN = "own"  # a file's name could name somebody: it is not repeated
_BASE = "based_on"

# What a policy is for, and what of the defaults it changes.
_NAMED: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    RELEASE: ("footage that anybody may see: the defaults", {}),
    "research": (
        "footage whose use needs bodies and surroundings, seen by few",
        {"targets": ("faces", "plates"), "audio": "mute-speech"},
    ),
    "source": (
        "footage that must not lead to a person at risk: the safest there is",
        {
            "targets": ("people", "plates", "text", "screens"),
            "hide_camera": True,
            "neutral_names": True,
        },
    ),
}
NAMES = tuple(_NAMED)
_NOT_SETTINGS = ("name", "changed")  # of a policy; they say where it is from

# Smaller is weaker, and larger is weaker.
_MORE_HIDES_MORE = (
    "gap_s",
    "extend_s",
    "head_width",
    "head_up",
    "head_down",
    "body_margin",
    "text_margin",
    "text_extend_s",
    "union_s",
    "grid_px",
    "margin_px",
    "speech_pad_s",
    "speech_gap_s",
)
_MORE_HIDES_LESS = (
    "min_face_px",
    "score",
    "score_continues",
    "score_still",
    "person_score",
    "person_score_continues",
    "person_looks",
    "person_score_long",
    "person_looks_long",
    "speech_score",
    "text_score",
    "screen_score",
)
_SOUND = {
    "mute-speech": "the sound is kept where no speech is heard; words can be left in it",
    "tone": "the sound is kept where no speech is heard; words can be left in it",
    "keep": "the sound is kept, and voices in it can identify people",
}
_NOT_HIDDEN = {
    "faces": "faces are not hidden",
    "heads": "the heads of people whose face is not seen are not hidden",
    "plates": "number plates are not hidden",
}


def named(name: str) -> Policy:
    """Return the policy called *name*.

    Raises:
        PlanError: There is none.
    """
    if name not in _NAMED:
        raise PlanError(
            f"there is no policy {name!r}",
            hint=f"one of {', '.join(NAMES)}",
        )
    return Policy(name=name, **_NAMED[name][1])


def from_toml(text: str) -> Policy:
    """Return the policy that a TOML document describes.

    Its keys are the fields of a policy, as ``bystander policy show`` prints them; what it leaves
    out is as in ``release``, or as in the policy that ``based_on`` names.

    Raises:
        PlanError: It is not TOML, or holds something that is no setting of a policy.
    """
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PlanError(f"the policy is not TOML: {str(error).lower()}") from error
    settings = dict(_settings(named(str(given.pop(_BASE, RELEASE)))))
    for key, value in given.items():
        if key not in settings or key in _NOT_SETTINGS:
            raise PlanError(
                f"the policy has a setting {key!r}, which there is not",
                hint=f"bystander policy show {RELEASE} prints all there are",
            )
        settings[key] = _read(value, settings[key])
    return read_policy({**settings, "name": OWN})


def _settings(policy: Policy) -> Iterator[tuple[str, Any]]:
    for field in fields(policy):
        yield field.name, getattr(policy, field.name)


def _read(value: object, like: object) -> object:
    if isinstance(like, tuple) and isinstance(value, list):
        return in_order(str(item) for item in value)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(Fraction(str(value))) if isinstance(like, Fraction) and is_number else value


def in_order(targets: Iterable[str]) -> tuple[str, ...]:
    """Return *targets* in one order, each once, so that the same wish gives the same plan."""
    wanted = set(targets)
    return (*(name for name in TARGETS if name in wanted), *sorted(wanted - set(TARGETS)))


def changed(policy: Policy, changes: Mapping[str, Any]) -> Policy:
    """Return *policy* with *changes* made beside it, and remembered as such.

    >>> changed(Policy(), {"audio": "keep", "fill": "solid"}).changed
    ('audio',)
    """
    different = {key: value for key, value in changes.items() if value != getattr(policy, key)}
    return replace(policy, **different, changed=tuple(sorted({*policy.changed, *different})))


def to_toml(name: str) -> str:
    """Return the policy called *name* as a TOML document that :func:`from_toml` reads.

    Raises:
        PlanError: There is none.
    """
    policy = named(name)
    lines = [f"# {name}: {_NAMED[name][0]}."]
    for key, value in _settings(policy):
        if key not in _NOT_SETTINGS:
            lines += [
                "",
                *textwrap.wrap(meaning(key), 96, initial_indent="# ", subsequent_indent="# "),
            ]
            unset = f"# {key} = 23, for one; left out: the codec's own"
            lines.append(unset if value is None else f"{key} = {_toml(value)}")
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(_toml(item) for item in value)}]"
    return f'"{_text(value)}"' if isinstance(value, str | Fraction) else str(value)


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(_text(item) for item in value)
    return to_text(value) if isinstance(value, Fraction) else str(value)


def weaker_in_sound(policy: Policy) -> str | None:
    """Return in words what *policy* leaves of sound, if it leaves any."""
    return _SOUND.get(policy.audio)


def weaker(policy: Policy, *, sound: bool = True) -> tuple[str, ...]:
    """Return in words what *policy* hides less of than ``release`` does.

    Args:
        policy: The policy.
        sound: Whether there is sound that it could keep.

    >>> weaker(Policy()), weaker(Policy(audio="tone"))
    ((), ('the sound is kept where no speech is heard; words can be left in it',))
    >>> weaker(Policy(audio="tone"), sound=False)
    ()
    """
    release = Policy()
    found = [
        what
        for target, what in _NOT_HIDDEN.items()
        if release.wants(target) and not policy.wants(target)
    ]
    if sound and (less := weaker_in_sound(policy)):
        found.append(less)
    for names, sign in ((_MORE_HIDES_MORE, 1), (_MORE_HIDES_LESS, -1)):
        for name in names:
            here, there = getattr(policy, name), getattr(release, name)
            if sign * (here - there) < 0:
                found.append(f"{name} is {_text(here)}, in release {_text(there)}")
    return tuple(found)
