"""How a run says how far it is."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Told of every pass over the recording and of every frame in it."""

    def begin(self, what: str, frames: int) -> None:
        """A pass begins; *frames* is how many it will have, 0 when that is not known."""

    def step(self) -> None:
        """One frame is done."""

    def say(self, line: str) -> None:
        """Something that a person should know."""


class Silent:
    """Says nothing."""

    def begin(self, what: str, frames: int) -> None:
        """Say nothing."""

    def step(self) -> None:
        """Say nothing."""

    def say(self, line: str) -> None:
        """Say nothing."""
