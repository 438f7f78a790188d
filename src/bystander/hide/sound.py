"""Taking speech out of sound: silence or a tone in its place, and nothing of it beside it.

What is put there depends on the plan alone. Sound fades out before and in after a stretch, never
within it: a fade over speech would leave a little of it. Changing a voice instead is not done:
that can be undone (``docs/explanation/why-not-blur.md``).
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import floor

import numpy as np
from numpy.typing import NDArray

from bystander.records import TONE_HZ, TONE_LEVEL, Plan, Sound, stretches

_FADE_S = Fraction(1, 200)


def silence(plan: Plan, sound: Sound) -> Sound:
    """Return *sound* with nothing where *plan* has speech.

    This is done to what was decoded, before it is resampled: a resampler spreads every sample over
    some of those around it.
    """
    if not plan.hides_speech:
        return sound
    samples = sound.samples.copy()
    for first, last in stretches(plan.speech or (), sound):
        samples[:, max(first, 0) : last] = 0
    return replace(sound, samples=samples)


def cover(plan: Plan, sound: Sound) -> Sound:
    """Return *sound*, as it will be encoded, with silence or a tone where *plan* has speech."""
    if not plan.hides_speech:
        return sound
    samples = sound.samples.copy()
    count, fade = samples.shape[1], max(1, floor(_FADE_S * sound.rate_hz))
    start = round(sound.at * sound.rate_hz)
    for first, last in stretches(plan.speech or (), sound, beside=fade):
        _ramp(samples, first - fade, np.arange(fade, 0, -1) / (fade + 1))
        _ramp(samples, last, np.arange(1, fade + 1) / (fade + 1))
        inside = slice(max(first, 0), max(last, 0))
        samples[:, inside] = 0
        if plan.policy.audio == "tone" and last > 0:
            at = np.arange(max(first, 0), min(last, count))
            # The tone fades within its stretch: there is nothing else there.
            edge = np.minimum(at - first + 1, last - at) / (fade + 1)
            samples[:, inside] = _tone(at + start, sound.rate_hz) * np.minimum(edge, 1)
    return replace(sound, samples=samples)


def _ramp(samples: NDArray[np.float32], first: int, gain: NDArray[np.float64]) -> None:
    """Multiply by *gain* from sample number *first* on, where there are such samples."""
    cut = max(0, -first)
    part = samples[:, max(first, 0) : max(first + gain.size, 0)]
    part *= gain[cut : cut + part.shape[1]]


def _tone(numbers: NDArray[np.int64], rate_hz: int) -> NDArray[np.float64]:
    """Return the tone at these samples, counted from the start of the recording."""
    turns = (numbers * TONE_HZ % rate_hz) / rate_hz
    return np.asarray(TONE_LEVEL * np.sin(2 * np.pi * turns))
