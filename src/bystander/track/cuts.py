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
from bystander.watch import FLAT, LOOK_WIDTH, Pattern, pattern, same_scene

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
        self._before: Pattern | None = None
        self._last: Pattern | None = None
        self._change: tuple[Fraction, Pattern] | None = None  # when, and to what
        self._since = 0
        self._cuts: list[Fraction] = []
        self._shown: list[tuple[Fraction, Pattern]] = []  # lately, now and then
        # Recent cuts, and what was shown before each, the last of it first.
        self._returns: list[tuple[Fraction, list[Pattern]]] = []

    def see(self, at: Fraction, picture: Picture) -> bool:
        """Take in the frame at *at*.

        Args:
            at: Seconds since the first frame.
            picture: Shape (LOOK_HEIGHT, LOOK_WIDTH, 3), R G B.

        Returns:
            Whether it shows something else than the frame before it: there may be a cut.
        """
        here = pattern(picture)
        last, self._last = self._last, here
        changed = last is not None and not same_scene(last, here)
        self._returns = [(cut, before) for cut, before in self._returns if at - cut <= _RETURN_S]
        is_due = not self._shown or at - self._shown[-1][0] >= _NOW_AND_THEN_S
        for cut, before in self._returns:
            if same_scene(before[0], here, when_flat=0.0) or (
                is_due and any(_shifted(old, here) for old in before)
            ):
                self._cuts = [other for other in self._cuts if other < cut]
                self._returns, self._change = [], None
                return changed
        if self._change is not None and self._before is not None:
            if same_scene(self._before, here):
                self._change = None  # it came back: a flash, or something passing the lens
            else:
                self._since += 1
                if self._since >= _CONFIRM_FRAMES:
                    cut = self._change[0]
                    earlier = [p for when, p in self._shown if when < cut]
                    self._returns.append((cut, [self._before, *earlier[::-1]]))
                    self._cuts.append(cut)
                    self._shown, self._change = [self._change], None
        elif changed and last is not None and not _shifted(last, here):
            self._before, self._change, self._since = last, (at, here), 0
        if is_due:
            recent = [(when, p) for when, p in self._shown if at - when <= _REMEMBER_S]
            self._shown = [*recent, (at, here)]
        return changed

    def cuts(self) -> tuple[Fraction, ...]:
        """Return where new shots begin, ascending; a change in the last frames is none."""
        return tuple(self._cuts)


def shows_another_shot(before: Pattern, here: Pattern) -> bool:
    """Return whether a picture shows another shot than the one before it, as far as two can tell.

    A flash looks like one, too.
    """
    return not same_scene(before, here) and not _shifted(before, here)


def _shifted(a: Pattern, b: Pattern) -> bool:
    """Return whether *b* shows what *a* does, moved on as a whole.

    For every shift at once: sums of products over what the two then share are correlations, which
    are products of Fourier transforms (Lewis, "Fast Normalized Cross-Correlation", 1995).
    """
    ones = np.ones_like(a)
    of_a, of_b, of_a2, of_b2, of_one = (_transformed(x) for x in (a, b, a * a, b * b, ones))
    count = np.maximum(1.0, np.round(_shared(of_one, of_one)))
    sum_a, sum_b = _shared(of_a, of_one), _shared(of_one, of_b)
    product = _shared(of_a, of_b) - sum_a * sum_b / count
    energy_a = _shared(of_a2, of_one) - sum_a**2 / count
    energy_b = _shared(of_one, of_b2) - sum_b**2 / count
    energy = np.sqrt(np.maximum(0, energy_a) * np.maximum(0, energy_b))
    has_pattern = energy > count * FLAT
    likeness = np.divide(product, energy, out=np.zeros_like(product), where=has_pattern)
    return bool(likeness.max() > _SAME_WHEN_SHIFTED)


def _transformed(values: Pattern) -> NDArray[np.complex128]:
    rows, columns = values.shape
    room = rows + _FARTHEST[1], columns + _FARTHEST[0]  # no shift wraps round
    return np.fft.rfft2(values.astype(np.float64), s=room)


def _shared(of_a: NDArray[np.complex128], of_b: NDArray[np.complex128]) -> NDArray[np.float64]:
    """Return the sum over what is shared of a times b, for every shift that is looked at."""
    farthest_x, farthest_y = _FARTHEST
    width = LOOK_WIDTH + farthest_x
    sums = np.fft.irfft2(of_a * of_b.conj(), s=(of_a.shape[0], width))
    centred = np.roll(sums, (farthest_y, farthest_x), axis=(0, 1))
    return centred[: 2 * farthest_y + 1, : 2 * farthest_x + 1]
