"""Regions as they are written on the command line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from typing import Annotated

import typer

from bystander.cli.console import WrongUsage
from bystander.geometry import Box
from bystander.records import Region

Regions = Annotated[
    list[str] | None,
    typer.Option(
        "--region",
        metavar="X,Y,W,H[@START-END]",
        help="Hide this as well, whatever shows there: left, top, width and height in pixels of "
        "the upright picture, from START to END (seconds, or 1:02:03.5), both frames included. "
        "May be repeated.",
    ),
]

_TIME = r"(?:(?:\d{1,4}:)?\d{1,4}:)?\d{1,6}(?:\.\d{1,9})?"
_REGION = re.compile(rf"(\d+),(\d+),(\d+),(\d+)(?:@({_TIME})?-({_TIME})?)?", re.ASCII)


Kept = Annotated[
    list[str] | None,
    typer.Option(
        "--keep-region",
        metavar="X,Y,W,H[@START-END]",
        help="Do not hide who or what lies wholly in this; written as for --region. Masks that "
        "reach into it from outside stay. The report says so.",
    ),
]


def regions(hide: Iterable[str] | None, keep: Iterable[str] | None) -> tuple[Region, ...]:
    """Read what ``--region`` and ``--keep-region`` were given.

    Raises:
        WrongUsage: Something is no region, or an empty one.
    """
    return (
        *(_region(text, "--region") for text in hide or ()),
        *(replace(_region(text, "--keep-region"), keep=True) for text in keep or ()),
    )


def _region(text: str, option: str) -> Region:
    read = _REGION.fullmatch(text.replace(" ", ""))
    if read is None:
        raise WrongUsage(
            f"{option}: {text!r} is no region",
            hint="such as 600,40,120,80 or 600,40,120,80@0:12-20.5",
        )
    x, y, width, height = (int(number) for number in read.groups()[:4])
    start, end = (None if time is None else _seconds(time) for time in read.groups()[4:])
    if not width or not height or (end is not None and end <= (start or 0)):
        raise WrongUsage(f"{option}: {text!r} is an empty region")
    return Region(
        box=Box(float(x), float(y), float(x + width), float(y + height)),
        start=start or Fraction(0),
        end=end,
    )


def _seconds(text: str) -> Fraction:
    seconds = Fraction(0)
    for part in text.split(":"):
        seconds = seconds * 60 + Fraction(part)
    return seconds
