"""A hundred damaged files through the whole command; ``make bench-fuzz`` does thousands."""

from __future__ import annotations

import random
from fractions import Fraction
from pathlib import Path

import pytest
from tests.stage import Scene, draw

from bench import fuzz

FILES = 100
SCENES = {
    ".mp4": Scene(frames=3, sound_s=0.1),
    ".mkv": Scene(frames=3, metadata={"title": "x"}, attachment=True),
    ".webm": Scene(frames=3, codec="libvpx-vp9", options={"deadline": "realtime"}),
    ".avi": Scene(frames=3, codec="mpeg4", options={}),
    ".ts": Scene(frames=3, codec="mpeg2video", options={}, aspect=Fraction(4, 3)),
    ".mov": Scene(frames=2, codec="mjpeg", pix_fmt="yuvj420p", options={}),
    ".gif": Scene(frames=2, codec="gif", pix_fmt="gray", options={}),
}


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, bytes]]:
    folder = tmp_path_factory.mktemp("whole")
    return [(end, draw(folder / f"a{end}", scene).read_bytes()) for end, scene in SCENES.items()]


@pytest.mark.parametrize("salvage", [False, True])
def test_every_damaged_file_ends_as_it_should(
    sources: list[tuple[str, bytes]], tmp_path: Path, salvage: bool
) -> None:
    (tmp_path / "in").mkdir()
    tally = fuzz.Tally()
    half = FILES // 2
    numbers = range(half, FILES) if salvage else range(half)
    fuzz.damage(sources, numbers, 5, tmp_path / "in")
    fuzz.redact(tmp_path / "in", tmp_path / "out", tally, *["--salvage"] * salvage)
    assert tally.wrong == []
    assert tally.lost == []
    assert sum(tally.outcomes.values()) == half
    assert tally.outcomes["done"] > 3
    assert tally.outcomes["failed"] > 10
    assert tally.slowest_s < 60


def test_damage_is_the_same_for_the_same_seed(sources: list[tuple[str, bytes]]) -> None:
    pool = [data for _, data in sources]
    for data in pool:
        dice = [random.Random(seed) for seed in (1, 1, 2)]  # noqa: S311 to be repeatable
        first, again, other = (fuzz.mutate(data, pool, one) for one in dice)
        assert first == again != other
        assert first != data


def test_what_is_wrong_is_noticed(
    sources: list[tuple[str, bytes]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.mp4").write_bytes(dict(sources)[".mp4"])
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "left").write_text("over")
    tally = fuzz.Tally()
    fuzz.redact(tmp_path / "in", tmp_path / "out", tally)
    assert tally.wrong == ["left over: ['left']"]
    monkeypatch.setattr(fuzz, "_LIMITS", ("--limit", "nonsense"))
    fuzz.redact(tmp_path / "in", tmp_path / "out", tally)
    assert tally.wrong[1].startswith("exit code 2")
