"""What is remembered of the original is what decoding it again would give."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.conftest import Blind
from tests.stage import draw
from tests.verify.planted import SCENE, Bench, rewrite, whats

from bystander import media, verify
from bystander.errors import FootageError
from bystander.records import Frame
from bystander.verify.moments import Memory, decoded


def cut_twice(index: int, planes: list[np.ndarray[Any, Any]]) -> None:
    if 7 <= index < 15:
        planes[0][:] = 255 - planes[0][::-1]


def remembered(footage: media.Footage) -> Memory:
    memory = Memory()
    for frame in footage.frames():
        memory.see(frame)
    return memory


def test_it_is_the_same_as_decoded(tmp_path: Path) -> None:
    footage = media.open_footage(draw(tmp_path / "in.mp4", replace(SCENE, change=cut_twice)))
    both = zip(remembered(footage).moments(footage), decoded(footage), strict=True)
    jumps = []
    for here, there in both:
        assert (here.index, here.at, here.frame) == (there.index, there.at, None)
        assert there.frame is not None
        has_jumped = here.jumped()
        assert has_jumped == there.jumped()
        jumps += [here.index] if has_jumped else []
        assert np.array_equal(here.pattern(), there.pattern())
    assert jumps == [7, 15]


def test_where_the_scene_jumped_nothing_is_decoded_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    footage = media.open_footage(draw(tmp_path / "in.mp4", replace(SCENE, change=cut_twice)))
    memory = remembered(footage)
    monkeypatch.setattr(footage, "frames", nothing_more)
    moments = list(memory.moments(footage))
    assert moments[7].pattern().any()
    with pytest.raises(FootageError, match="fewer frames"):
        moments[8].pattern()


def nothing_more() -> Iterator[Frame]:
    return iter(())


def test_an_output_is_verified_without_decoding_the_original_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench(tmp_path)
    honest = bench.render()
    bare = bench.render("bare.mp4", fill=lambda planes, *_: planes)
    late = rewrite(honest, tmp_path / "late.mp4", pts=lambda i: i + (i > 10))
    short = rewrite(honest, tmp_path / "short.mp4", keep=lambda index: index != 19)
    foresight = verify.Foresight(Blind(), Fraction(1))
    for frame in bench.footage.frames():
        foresight.see(frame)
    counted = foresight.count(bench.plan)
    monkeypatch.setattr(bench.footage, "frames", nothing_more)
    found = {
        name: list(bench.examine(output, foreseen=foresight, counted=counted).leaks)
        for name, output in (("honest", honest), ("bare", bare), ("late", late), ("short", short))
    }
    assert not found["honest"]
    assert {leak.check for leak in found["bare"]} == {"fill"}
    assert "at another time" in whats(found["late"])
    assert "ends after 19 frames" in whats(found["short"])
