"""How deeply a frame is looked at: whole up to which size, and how often."""

from __future__ import annotations

from fractions import Fraction

from bystander.records import Frame
from bystander.watch import LARGE_PX, is_due

# By depth: how often as deeply, and up to which size large frames and others are looked at whole.
# Some faces of 10 to 14 px are not even half seen at the frame's own size.
_EVERY_S = (Fraction(0), Fraction(1), Fraction(2))
_EVERY_FRAMES = (0, 60, 120)  # for files whose times cannot be believed
_LARGE_WHOLE = (Fraction(1, 2), Fraction(1), Fraction(2))
_WHOLE = (Fraction(1), Fraction(2), Fraction(2))
_DEEP_AFTER_S = Fraction(1, 2)  # without any look: film of few frames a second
# Frames that are held for a closer look at what a deeper one finds anew, and their bytes.
_MOST_PASSED, _MOST_PASSED_BYTES = 8, 128_000_000


class Depths:
    """Says it for each frame of one recording, in order.

    Attributes:
        now: How deeply the last frame is looked at.
        begins: Whether it is the first of a scene that is looked at.
        passed: What was looked at since the deepest look.
    """

    def __init__(self, *, always: bool) -> None:
        """Prepare; *always*: every look is as deep as any, which is 0."""
        self.now = 0
        self.begins = False
        self.passed: list[Frame] = []
        self._always = always
        self._scene = 0  # the number of its first frame
        self._last: Frame | None = None
        self._looked: list[Frame | None] = [None for _ in _EVERY_S]  # last, in each depth

    def begin_scene(self, frame: Frame) -> None:
        """Take in that *frame* is the first of another scene; the last may yet be looked at."""
        self._scene = frame.index

    def is_of(self, frame: Frame) -> bool:
        """Return whether *frame* is the last that was looked at."""
        return self._last is not None and self._last.index == frame.index

    def of(self, frame: Frame, *, ends: bool = False) -> int:
        """Return how deeply *frame* is looked at, 0 to 2, which is about to be done.

        Args:
            frame: The next, or the last once more.
            ends: It is the last of its scene: whoever comes there shows nowhere else.
        """
        if self._always:
            return 0
        deepest = len(_EVERY_S) - 1
        depth = max(level for level in range(deepest + 1) if self._is_due(frame, level))
        if ends:
            depth = max(depth, 1 if self._scene > frame.index else deepest)
        last, self.begins = self._last, False
        if last is not None and last.index < self._scene <= frame.index:
            self.passed, self.begins = [], True
            depth = max(depth, 1)
        elif last is not None and last.index != frame.index:
            was_deepest = self.whole(last, self.now) == self.whole(last, deepest)
            size = sum(plane.nbytes for plane in last.planes)
            most = min(_MOST_PASSED, max(1, _MOST_PASSED_BYTES // size))
            self.passed = [] if was_deepest else [*self.passed, last][-most:]
            depth = max(depth, int(frame.at - last.at >= _DEEP_AFTER_S))
        for level in range(depth + 1):
            self._looked[level] = frame
        self._last, self.now = frame, depth
        return depth

    def is_large(self, frame: Frame) -> bool:
        """Return whether *frame* is so large that it is looked at more sparingly."""
        return not self._always and frame.width * frame.height > LARGE_PX

    def whole(self, frame: Frame, depth: int) -> Fraction:
        """Return up to which size *frame* is looked at whole in *depth*."""
        return (_LARGE_WHOLE if self.is_large(frame) else _WHOLE)[depth]

    def _is_due(self, frame: Frame, depth: int) -> bool:
        return is_due(frame, self._looked[depth], _EVERY_S[depth], _EVERY_FRAMES[depth])
