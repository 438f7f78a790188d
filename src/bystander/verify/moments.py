"""The original, frame by frame, as far as the output is held against it.

To decode all of it once more costs as much as to decode the output. Who has been shown every frame
of it already remembers what is needed: when each is shown, and where its scene jumps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from bystander import media
from bystander.errors import FootageError
from bystander.records import Frame
from bystander.watch import LOOK_HEIGHT, LOOK_WIDTH, Jumps, Pattern, pattern


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One frame of the original.

    Attributes:
        index: Its number from 0.
        at: Seconds since the first frame.
        jumped: Says whether it shows another scene than the one before it; asked once, in order.
        pattern: Gives its pattern, very small; asked in order.
        frame: All of it; ``None`` where it is remembered.
    """

    index: int
    at: Fraction
    jumped: Callable[[], bool]
    pattern: Callable[[], Pattern]
    frame: Frame | None = None

    def whole(self) -> Frame:
        """Return all of it, for a check that cannot do without.

        Raises:
            ValueError: It is only remembered.
        """
        if self.frame is None:
            raise ValueError(f"frame {self.index} of the original is remembered, and not at hand")
        return self.frame


def decoded(original: media.Footage) -> Iterator[Moment]:
    """Yield the frames of *original*.

    Raises:
        FootageError: As :meth:`bystander.media.Footage.frames`.
    """
    jumps = Jumps()
    for frame in original.frames():
        yield Moment(
            index=frame.index,
            at=frame.at,
            jumped=partial(jumps.see, frame),
            pattern=partial(pattern_of, frame),
            frame=frame,
        )


def pattern_of(frame: Frame) -> Pattern:
    """Return the pattern of *frame*, very small."""
    return pattern(frame.rgb(LOOK_WIDTH, LOOK_HEIGHT))


class Memory:
    """Sees every frame of the original, in order, and remembers of it what is needed later."""

    def __init__(self) -> None:
        self._jumps = Jumps()
        self._times: list[Fraction] = []
        self._after_jumps: dict[int, Pattern] = {}

    def see(self, frame: Frame) -> None:
        """Take in the next frame."""
        if self._jumps.see(frame):
            self._after_jumps[len(self._times)] = pattern_of(frame)
        self._times.append(frame.at)

    def moments(self, original: media.Footage) -> Iterator[Moment]:
        """Yield what was seen of *original*; call after the last frame.

        Where the pattern is asked for of a frame at which the scene did not jump, which is seldom,
        *original* is decoded up to there.

        Raises:
            FootageError: Then, as :meth:`bystander.media.Footage.frames`.
        """
        again = original.frames()

        def pattern_at(index: int) -> Pattern:
            kept = self._after_jumps.get(index)
            if kept is not None:
                return kept
            for frame in again:
                if frame.index == index:
                    return pattern_of(frame)
            raise FootageError("the recording has fewer frames than it had")

        for index, at in enumerate(self._times):
            yield Moment(
                index=index,
                at=at,
                jumped=partial(self._after_jumps.__contains__, index),
                pattern=partial(pattern_at, index),
            )
