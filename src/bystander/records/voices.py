"""What is heard, and :class:`Listener`, the role that two rooms need. Never who is heard."""

from __future__ import annotations

from dataclasses import dataclass
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
        score: How sure the listener was for at least an eighth of a second in it, 0 to 1.
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
