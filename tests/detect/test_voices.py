"""Hearing that somebody speaks: a real voice, in every way that it can be in a recording."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray

from bystander import detect
from bystander.records import LISTEN_HZ, Heard, Listener, Sound

Wave = NDArray[np.float32]
WORD = (0.3, 2.2)  # "And so, my fellow Americans"
SILENT_S = 6


@dataclass(frozen=True)
class Recording:
    """A stretch of speech with silence around it."""

    samples: Wave
    start: float
    end: float


@pytest.fixture(scope="module")
def words(speech: Wave) -> Recording:
    part = speech[round(WORD[0] * LISTEN_HZ) : round(WORD[1] * LISTEN_HZ)]
    samples = np.zeros((1, SILENT_S * LISTEN_HZ), dtype=np.float32)
    samples[0, 2 * LISTEN_HZ : 2 * LISTEN_HZ + part.size] = part
    return Recording(samples, 2.0, 2.0 + part.size / LISTEN_HZ)


def listen(listener: Listener, samples: Wave, piece: int = 1024) -> tuple[Heard, ...]:
    for start in range(0, samples.shape[1], piece):
        part = np.ascontiguousarray(samples[:, start : start + piece])
        listener.hear(Sound(at=Fraction(start, LISTEN_HZ), rate_hz=LISTEN_HZ, samples=part))
    return listener.finish()


def share(heard: Iterable[Heard], start: float, end: float) -> float:
    """Return the share of the time from *start* to *end* in which something was heard."""
    grid = np.arange(start, end, 0.01)
    spans = [one.span for one in heard]
    inside = [any(float(s.start) <= at < float(s.end) for s in spans) for at in grid]
    return float(np.mean(inside))


@pytest.mark.parametrize(
    ("name", "gains"),
    [
        ("mono", [1.0]),
        ("left alone", [1.0, 0.0]),
        ("right alone", [0.0, 1.0]),
        ("opposite signs", [1.0, -1.0]),
        ("one of six", [0.0, 0.0, 0.0, 0.0, 0.0, 1.0]),
        ("40 dB quieter", [0.01]),
    ],
)
def test_a_voice_is_heard_wherever_it_is(words: Recording, name: str, gains: list[float]) -> None:
    samples = (np.array(gains)[:, None] * words.samples).astype(np.float32)
    heard = listen(detect.listener(0.1), samples)
    assert share(heard, words.start + 0.1, words.end - 0.2) > 0.75, name
    assert share(heard, 0.5, words.start - 0.2) == 0.0
    assert share(heard, words.end + 1.0, SILENT_S) == 0.0


def test_a_voice_beside_one_that_is_louder_is_heard(words: Recording) -> None:
    """In the difference of two channels, what is in both falls away."""
    hum = 0.3 * np.sin(2 * np.pi * 440 * np.arange(words.samples.shape[1]) / LISTEN_HZ)
    both = np.concatenate([hum[None] + 0.02 * words.samples, hum[None]]).astype(np.float32)
    heard = listen(detect.Silero(0.1), both)
    assert share(heard, words.start + 0.1, words.end - 0.2) > 0.75
    assert share(listen(detect.Silero(0.1), both[:1]), words.start, words.end) < 0.2


def test_a_voice_in_noise_is_heard_by_the_network_alone(words: Recording) -> None:
    noise = np.random.default_rng(1).normal(size=words.samples.shape) * words.samples.std()
    samples = (words.samples + noise).astype(np.float32)
    network = listen(detect.Silero(0.1), samples)
    assert share(network, words.start + 0.2, words.end - 0.3) > 0.6
    assert share(network, 0.5, words.start - 0.3) == 0.0
    # The other takes all of it for speech: what cannot be told apart is hidden.
    assert share(listen(detect.WebRtc(), samples), 0.5, SILENT_S) > 0.9


def test_tones_and_silence_are_not_heard_by_the_network() -> None:
    at = np.arange(5 * LISTEN_HZ) / LISTEN_HZ
    for wave in (0 * at, 0.1 * np.sin(2 * np.pi * 1000 * at), 0.1 * np.sin(2 * np.pi * 50 * at)):
        assert listen(detect.Silero(0.1), wave[None].astype(np.float32)) == ()
    assert listen(detect.WebRtc(), np.zeros((1, 5 * LISTEN_HZ), dtype=np.float32)) == ()


def test_how_sound_is_cut_into_pieces_changes_nothing(words: Recording) -> None:
    once = listen(detect.listener(0.1), words.samples, piece=10**9)
    assert once == listen(detect.listener(0.1), words.samples, piece=1024)
    assert once == listen(detect.listener(0.1), words.samples, piece=77)
    assert {one.listener.split("@")[0] for one in once} == {"silero", "webrtcvad"}


def test_a_change_of_channels_does_not_shift_what_follows(words: Recording) -> None:
    listener = detect.listener(0.1)
    cut = LISTEN_HZ + 123
    listener.hear(Sound(at=Fraction(0), rate_hz=LISTEN_HZ, samples=words.samples[:, :cut]))
    rest = np.repeat(words.samples[:, cut:], 2, axis=0)
    listener.hear(Sound(at=Fraction(cut, LISTEN_HZ), rate_hz=LISTEN_HZ, samples=rest))
    spans = [one.span for one in listener.finish()]
    assert abs(float(spans[0].start) - words.start) < 0.25
    assert share(listen(detect.listener(0.1), words.samples), words.start, words.end) > 0.75


def test_very_short_sound_is_listened_to() -> None:
    assert listen(detect.listener(0.1), np.zeros((2, 5), dtype=np.float32)) == ()
    assert detect.listener(0.1).finish() == ()


def test_another_rate_is_refused() -> None:
    with pytest.raises(ValueError, match="16000"):
        detect.Silero(0.1).hear(
            Sound(at=Fraction(0), rate_hz=8000, samples=np.zeros((1, 80), dtype=np.float32))
        )
