"""What the bench on voices counts, on sound whose truth is known."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from bench import voices
from bystander.records import LISTEN_HZ
from bystander.timeline import Span

HZ = LISTEN_HZ


def test_speech_is_the_turns_or_what_is_loud() -> None:
    wave = np.full(4 * HZ, 1e-4, dtype=np.float32)
    wave[HZ : 2 * HZ] = 0.5
    by_turns = voices.spoken(wave, {"turns": [{"start": 0.5, "end": 2}]})
    assert by_turns.sum() == 1.5 * HZ
    assert voices.spoken(wave, {"turns": None}).sum() == pytest.approx(HZ, abs=2 * voices.PIECE)


def test_noise_is_as_loud_as_it_says() -> None:
    wave = (0.01 * np.sin(np.arange(4 * HZ))).astype(np.float32)
    speech = np.ones(wave.size, dtype=np.bool_)
    for noise_db in (10, 0):
        noise = voices.mixed(wave, speech, noise_db, 0) - wave
        ratio = 20 * np.log10(np.sqrt((wave**2).mean()) / noise.std())
        assert ratio == pytest.approx(noise_db, abs=0.2)


def test_words_that_are_not_hidden_whole_are_left() -> None:
    hidden = voices.covered((Span(Fraction(1), Fraction(2)),), 4 * HZ)
    speech = voices.covered((Span(Fraction(1), Fraction(3)),), 4 * HZ)
    told = {"utterances": [{"start": 1, "end": 2}, {"start": 1.5, "end": 2.5}]}
    assert voices.row(Path("a.wav"), told, 10, -30, speech, hidden) == (
        "| a | 10 dB | -30 dB | 50.00 | 1 of 2 | 0 |"
    )
