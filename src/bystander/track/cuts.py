"""Where one shot ends and the next begins.

A cut changes the layout of the whole picture and stays changed; a flash changes the brightness
and goes away. So each small picture is compared by its pattern (normalised correlation, which
brightness and contrast do not move), and a change counts only when the pictures shortly after it
still differ from the last one before it. A camera that is swung round changes the picture as fast,
but what is in view moves on as a whole: where one picture fits the next when it is shifted, there
is no cut. And what passes close before the lens hides all there is, but then all is there again: a
cut is taken back when what was shown before it returns soon.

A cut that is missed may drag a box along for up to ``gap_s``; one that is imagined ends tracks
early and leaves their gaps open, so a doubtful change is no cut.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from bystander.records import Picture

LOOK_WIDTH, LOOK_HEIGHT = 64, 36

_SAME_PATTERN = 0.55  # correlation above which two pictures show the same scene
_SAME_WHEN_SHIFTED = 0.75  # the same for the best of many shifts, which finds more by chance
_FARTHEST = (16, 6)  # shifts looked at, in pixels of the small picture, x and y
_RETURN_S = Fraction(1)  # as long as tracks stay open
# What passes the lens may take its time, and the camera moves meanwhile: what was shown before is
# remembered from a while before the change, and looked for, shifted, now and then.
_REMEMBER_S = Fraction(2)
_NOW_AND_THEN_S = Fraction(1, 5)
_CONFIRM_FRAMES = 3  # pictures after a change that must still differ from before it


class CutFinder:
    """Sees every frame of a recording, small, in order, and remembers where cuts were."""

    def __init__(self) -> None:
        self._before: NDArray[np.float32] | None = None
        self._last: NDArray[np.float32] | None = None
        self._change: tuple[Fraction, NDArray[np.float32]] | None = None  # when, and to what
        self._since = 0
        self._cuts: list[Fraction] = []
        self._shown: list[tuple[Fraction, NDArray[np.float32]]] = []  # lately, now and then
        # Recent cuts, and what was shown before each, the last of it first.
        self._returns: list[tuple[Fraction, list[NDArray[np.float32]]]] = []

    def see(self, at: Fraction, picture: Picture) -> None:
        """Take in the frame at *at*.

        Args:
            at: Seconds since the first frame.
            picture: Shape (LOOK_HEIGHT, LOOK_WIDTH, 3), R G B.
        """
        pattern = _pattern(picture)
        self._returns = [(cut, before) for cut, before in self._returns if at - cut <= _RETURN_S]
        is_due = not self._shown or at - self._shown[-1][0] >= _NOW_AND_THEN_S
        for cut, before in self._returns:
            if _correlation(before[0], pattern, when_flat=0.0) > _SAME_PATTERN or (
                is_due and any(_shifted(old, pattern) for old in before)
            ):
                self._cuts = [other for other in self._cuts if other < cut]
                self._returns, self._change = [], None
                self._last = pattern
                return
        if self._change is not None and self._before is not None:
            if _correlation(self._before, pattern) > _SAME_PATTERN:
                self._change = None  # it came back: a flash, or something passing the lens
            else:
                self._since += 1
                if self._since >= _CONFIRM_FRAMES:
                    cut = self._change[0]
                    earlier = [p for when, p in self._shown if when < cut]
                    self._returns.append((cut, [self._before, *earlier[::-1]]))
                    self._cuts.append(cut)
                    self._shown, self._change = [self._change], None
        elif (
            self._last is not None
            and _correlation(self._last, pattern) <= _SAME_PATTERN
            and not _shifted(self._last, pattern)
        ):
            self._before, self._change, self._since = self._last, (at, pattern), 0
        self._last = pattern
        if is_due:
            recent = [(when, p) for when, p in self._shown if at - when <= _REMEMBER_S]
            self._shown = [*recent, (at, pattern)]

    def cuts(self) -> tuple[Fraction, ...]:
        """Return where new shots begin, ascending; a change in the last frames is none."""
        return tuple(self._cuts)


def _pattern(picture: Picture) -> NDArray[np.float32]:
    grey: NDArray[np.float32] = picture.mean(axis=2, dtype=np.float32)
    grey -= grey.mean()
    return grey


def _correlation(a: NDArray[np.float32], b: NDArray[np.float32], when_flat: float = 1.0) -> float:
    energy = float(np.sqrt((a * a).sum() * (b * b).sum()))
    flat = a.size * 4.0  # a picture with next to no pattern is like any other, whole
    return float((a * b).sum()) / energy if energy > flat else when_flat


def _shifted(a: NDArray[np.float32], b: NDArray[np.float32]) -> bool:
    """Return whether *b* shows what *a* does, moved on as a whole."""
    farthest_x, farthest_y = _FARTHEST
    for dy in range(-farthest_y, farthest_y + 1):
        for dx in range(-farthest_x, farthest_x + 1):
            left, right = a[_kept(dy), _kept(dx)], b[_kept(-dy), _kept(-dx)]
            likeness = _correlation(left - left.mean(), right - right.mean(), when_flat=0.0)
            if likeness > _SAME_WHEN_SHIFTED:
                return True
    return False


def _kept(shift: int) -> slice:
    return slice(max(0, shift), min(0, shift) or None)
