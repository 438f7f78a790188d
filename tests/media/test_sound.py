"""Sound and its times, to the sample."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from tests.stage import Scene, draw

from bystander import media
from bystander.errors import BeyondLimits, DamagedFootage
from bystander.records import Sound

RATE = 48000


def noise(count: int, channels: int = 2, seed: int = 0) -> np.ndarray[Any, Any]:
    return np.random.default_rng(seed).uniform(-0.5, 0.5, (channels, count)).astype(np.float32)


def read(path: Path, rate: int = RATE, layout: str | None = "stereo", **how: Any) -> Any:
    salvage = how.pop("salvage", False)
    footage = media.open_footage(path, salvage=salvage)
    pieces = list(media.read_sound(footage, rate, layout, **how))
    at = Fraction(0)
    for piece in pieces:  # without gaps, from 0
        assert piece.at == at
        assert piece.rate_hz == rate
        at += Fraction(piece.samples.shape[1], rate)
    return np.concatenate([piece.samples for piece in pieces], axis=1)


def test_every_sample_comes_out_at_its_place(tmp_path: Path) -> None:
    wave = noise(2 * RATE)
    path = draw(tmp_path / "in.mkv", Scene(frames=50, sound=wave, sound_codec="pcm_s16le"))
    found = read(path)
    assert found.shape == wave.shape
    assert np.abs(found - wave).max() < 1e-4


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv", ".webm"])
@pytest.mark.parametrize("start_s", [0, 3])
def test_what_is_written_is_in_step_to_the_sample(
    tmp_path: Path, suffix: str, start_s: int
) -> None:
    """Encoders begin with samples of their own; players must be told to leave those out."""
    scene = Scene(frames=50)
    like = media.open_footage(draw(tmp_path / "like.mp4", scene))
    wave = np.zeros((2, 2 * RATE), dtype=np.float32)
    wave[:, RATE] = 0.9  # a click at one second
    target = tmp_path / f"out{suffix}"
    frames = list(like.frames())
    with media.Recorder(
        target, like, crf=None, preset="ultrafast", sound_rate_hz=RATE, sound_layout="stereo"
    ) as recorder:
        recorder.write_sound(Sound(at=Fraction(0), rate_hz=RATE, samples=wave))
        for frame in frames:
            recorder.write(frame)
    found = read(target)
    assert int(np.abs(found[0]).argmax()) == RATE
    assert 0 <= found.shape[1] - wave.shape[1] <= 1024


def test_sound_before_the_first_frame_is_left_out_to_the_sample(tmp_path: Path) -> None:
    wave = noise(2 * RATE)
    scene = Scene(frames=25, sound=wave, sound_codec="pcm_s16le", pts=lambda n: n + 1)
    footage = media.open_footage(draw(tmp_path / "late.mkv", scene))
    assert footage.start == Fraction(1, 25)
    found = read(footage.path)
    cut = RATE // 25
    assert found.shape[1] == wave.shape[1] - cut
    assert np.abs(found - wave[:, cut:]).max() < 1e-4


def test_what_is_changed_is_changed_before_a_resampler_can_smear_it(tmp_path: Path) -> None:
    rate = 44100
    quiet = np.zeros((2, 2 * rate), dtype=np.float32)
    quiet[:, rate : rate + 100] = 0.5
    path = draw(
        tmp_path / "in.mkv",
        Scene(frames=50, sound=quiet, sound_hz=rate, sound_codec="pcm_s16le"),
    )

    def hush(sound: Sound) -> Sound:
        assert sound.rate_hz == rate
        samples = sound.samples.copy()
        first = rate - round(sound.at * rate)
        samples[:, max(first, 0) : max(first + 100, 0)] = 0
        return replace(sound, samples=samples)

    assert np.abs(read(path)).max() > 0.4
    assert not read(path, change=hush).any()


@pytest.mark.parametrize(("layout", "count"), [("5.1", 6), ("7.1", 8)])
def test_own_channels_are_given_one_by_one(tmp_path: Path, layout: str, count: int) -> None:
    wave = np.zeros((count, RATE), dtype=np.float32)
    wave[4] = noise(RATE)[0]
    path = draw(
        tmp_path / "in.mkv",
        Scene(frames=25, sound=wave, sound_codec="pcm_s16le", sound_layout=layout),
    )
    found = read(path, layout=None)
    assert found.shape == wave.shape
    assert np.abs(found[4]).max() > 0.4
    assert not found[[0, 1, 2, 3, 5]].any()
    assert read(path).shape == (2, RATE)


def test_numbers_that_are_none_become_silence(tmp_path: Path) -> None:
    wave = noise(RATE)
    wave[:, 1000:1100] = np.nan
    wave[:, 2000:2100] = np.inf
    path = draw(tmp_path / "in.mkv", Scene(frames=25, sound=wave, sound_codec="pcm_f32le"))
    found = read(path)
    assert np.isfinite(found).all()
    assert not found[:, 1000:1100].any()


def test_a_clock_that_leaps_is_refused_or_left_out(tmp_path: Path) -> None:
    scene = Scene(
        frames=50,
        sound=noise(2 * RATE),
        sound_codec="pcm_s16le",
        sound_pts=lambda number: number + (5000 * RATE if number else 0),
    )
    path = draw(tmp_path / "leap.mkv", scene)
    with pytest.raises(DamagedFootage, match="leaps"):
        read(path)
    assert read(path, salvage=True).shape[1] == 2 * RATE


def test_sound_that_overlaps_a_little_is_cut_and_counted(tmp_path: Path) -> None:
    scene = Scene(
        frames=50,
        sound=noise(3 * RATE),
        sound_codec="pcm_s16le",
        sound_pts=lambda number: number - (RATE // 2 if number >= 2 * RATE else 0),
    )
    footage = media.open_footage(draw(tmp_path / "in.mkv", scene))
    given = sum(p.samples.shape[1] for p in media.read_sound(footage, RATE, "stereo"))
    assert footage.sound is not None
    assert footage.sound.twice_s == Fraction(1, 2)
    assert footage.sound.length * RATE == given == 3 * RATE - RATE // 2


def test_sound_whose_clock_goes_back_is_refused_or_what_was_dropped_is_counted(
    tmp_path: Path,
) -> None:
    parts = [
        draw(
            tmp_path / f"{seed}.ts", Scene(frames=50, sound=noise(2 * RATE, seed=seed))
        ).read_bytes()
        for seed in (1, 2)
    ]
    path = tmp_path / "both.ts"
    path.write_bytes(b"".join(parts))
    with pytest.raises(DamagedFootage, match=r"goes back by 2\.\d s") as caught:
        read(path)
    assert "--audio drop" in str(caught.value.hint)
    footage = media.open_footage(path, salvage=True)
    list(media.read_sound(footage, RATE, "stereo"))
    assert footage.sound is not None
    assert float(footage.sound.twice_s) == pytest.approx(2, abs=0.1)
    assert float(footage.sound.length) == pytest.approx(2, abs=0.1)


def test_gaps_are_filled_up_to_a_length_in_sum(tmp_path: Path) -> None:
    """A second of sound after every 50 minutes: silence could be made of it without end."""
    scene = Scene(
        frames=2,
        sound=noise(30 * 8000, channels=1),
        sound_hz=8000,
        sound_layout="mono",
        sound_codec="pcm_s16le",
        sound_pts=lambda number: number // 8000 * 3000 * 8000,
    )
    footage = media.open_footage(draw(tmp_path / "bomb.mkv", scene))
    given: list[int] = []
    with pytest.raises(BeyondLimits, match="86400 seconds"):
        given.extend(p.samples.shape[1] for p in media.read_sound(footage, 8000, "mono"))
    assert 20 * 3600 < sum(given) / 8000 < 25 * 3600


def test_what_is_left_out_is_counted(tmp_path: Path) -> None:
    scene = Scene(
        frames=25, sound=noise(2 * RATE), sound_codec="flac", pts=lambda number: number + 5
    )
    path = draw(tmp_path / "in.mkv", scene)
    footage = media.open_footage(path)
    assert footage.sound is None
    list(media.read_sound(footage, RATE, "stereo"))
    assert footage.sound is not None
    assert footage.sound.early_s == Fraction(5, 25)
    assert footage.sound.length == Fraction(45, 25)
    assert footage.sound.forms == {(RATE, "stereo")}
    with av.open(str(path)) as container:
        packets = [bytes(p) for p in container.demux(audio=0) if p.size]
    broken = bytearray(path.read_bytes())
    for packet in packets[5:8]:
        at = broken.find(packet)
        broken[at : at + 40] = bytes(40)
    path.write_bytes(broken)
    footage = media.open_footage(path, salvage=True)
    list(media.read_sound(footage, RATE, "stereo"))
    assert footage.sound is not None
    assert footage.sound.packets >= 3
