"""Scenes are told from the original; an output that shows another is looked at there as well."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from tests.stage import draw
from tests.verify.planted import SCENE, SeesWhite, patches

from bystander import media
from bystander.geometry import Box
from bystander.verify.moments import Memory, Moment, decoded
from bystander.verify.sightings import Sightings

BARE = Box(200, 100, 240, 150)
ELSEWHERE = range(12, 15)  # between two looks


def looked_at(folder: Path, change: Callable[[int, list[np.ndarray[Any, Any]]], None]) -> list[int]:
    """Return the frames in which something was seen that was looked at once in ten seconds."""
    shown = patches(BARE)

    def both(index: int, planes: list[np.ndarray[Any, Any]]) -> None:
        change(index, planes)
        shown(index, planes)

    original = media.open_footage(draw(folder / "in.mp4", replace(SCENE, frames=30)))
    output = media.open_footage(draw(folder / "out.mp4", replace(SCENE, frames=30, change=both)))
    memory = Memory()
    for frame in original.frames():
        memory.see(frame)

    def looked(moments: Iterator[Moment]) -> list[int]:
        sightings = Sightings(
            SeesWhite(0.9), Fraction(1), hidden=lambda _: [], sure=None, longest_s=Fraction(10)
        )
        for before, after in zip(moments, output.frames(), strict=True):
            sightings.see(after, before)
        return sorted({round(seen.at * SCENE.rate) for seen in sightings.seen()})

    found = looked(decoded(original))
    assert looked(memory.moments(original)) == found
    return found


def test_an_output_as_the_original_is_looked_at_in_its_rhythm(tmp_path: Path) -> None:
    assert looked_at(tmp_path, lambda _, __: None) == [0, 29]


def test_where_the_output_shows_something_else_it_is_looked_at_besides(tmp_path: Path) -> None:
    def change(index: int, planes: list[np.ndarray[Any, Any]]) -> None:
        if index in ELSEWHERE:
            planes[0][:] = 255 - planes[0][::-1]

    assert looked_at(tmp_path, change) == [0, 11, 12, 14, 15, 29]
