"""What is heard, and :class:`Listener`, the role that two rooms need. Never who is heard."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Protocol

from bystander.records.footage import Sound
from bystander.timeline import Span

# What listeners are given, and what is compared by ear.
LISTEN_HZ = 16_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """Speech, as somebody heard it.

    Attributes:
        span: When, without any margin.
        score: How sure the listener was for at least an eighth of a second in it, 0 to 1; 0 if it
            is shorter.
        listener: Who, as ``name@first-digits-of-digest``.
    """

    span: Span
    score: float
    listener: str


class Listener(Protocol):
    """Listens to one recording from its start to its end."""

    @property
    def name(self) -> str:
        """``name@first-digits-of-digest``."""

    def hear(self, sound: Sound) -> None:
        """Take in the next piece, of :data:`LISTEN_HZ`, every channel by itself."""

    def finish(self) -> tuple[Heard, ...]:
        """Return what was heard, in order of time; call it once, after the last piece."""


def stretches(spans: Sequence[Span], sound: Sound, beside: int = 0) -> Iterator[tuple[int, int]]:
    """Yield which samples of *sound* lie in *spans*, as first and one past last, from its start.

    Both can lie outside of it. A sample that a span touches lies in it.

    Args:
        spans: In order of time, without overlaps.
        sound: A piece of sound.
        beside: Give also spans that are fewer samples than this away.
    """
    rate = sound.rate_hz
    start = round(sound.at * rate)
    end = start + sound.samples.shape[1]
    number = max(0, bisect_left(spans, Fraction(start - beside, rate), key=lambda s: s.end))
    for place in range(number, len(spans)):
        span = spans[place]
        first, last = floor(span.start * rate), ceil(span.end * rate)
        if first >= end + beside:
            return
        yield first - start, last - start
