"""Whether the sound that stays is the original's, and at its time.

The circular cross-correlation, second by second, over all channels, of what is between 50 and 4000
Hz: there the codecs keep the wave as it is, above they put noise in the place of noise. Seconds
that are too quiet, or nearly all hidden, are like anything and are not compared. A second that is
loud enough and like nothing nearby is counted; when there are more of them than of those that
could be compared, the sound is not the original's, or it is out of step by more than is searched.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil

import numpy as np
from numpy.typing import NDArray

from bystander.records import Leak
from bystander.timeline import Span, clock

# Sound is in step if it is most like the original's when it is moved by no more than this.
IN_STEP_S = Fraction(1, 1000)
_SEARCHED_S = Fraction(1, 5)
_BAND_HZ = (50, 4000)
_ALIKE = 0.9
_LIKE_ENOUGH = 0.5
# Root mean squares, of full scale: what can be compared, and what must be.
_LOUD_ENOUGH = 0.001
_LOUD = 0.003
_MOST_LISTED = 20


class InStep:
    """Compares the two, second by second.

    Attributes:
        seconds: How many there were.
        compared: How many of them could be compared.
        lost: How many were loud enough and like nothing nearby.
    """

    def __init__(self, name: str) -> None:
        """Prepare; leaks are found by the check *name*."""
        self._name = name
        self._late: list[Leak] = []
        self.seconds = self.compared = self.lost = 0

    def compare(
        self, at: Fraction, before: NDArray[np.float32], after: NDArray[np.float32], rate_hz: int
    ) -> None:
        """Compare a second that begins at *at*, without what is hidden in it."""
        self.seconds += 1
        if before.shape[1] < rate_hz // 4:
            return
        moved, loudness = _moved(before, after, rate_hz)
        if moved is not None:
            self.compared += 1
            if abs(moved) > IN_STEP_S and len(self._late) < _MOST_LISTED:
                what = f"the sound is {float(moved) * 1000:+.1f} ms out of step at {clock(at)}"
                self._late.append(Leak(check=self._name, what=what, span=Span(at, at + 1)))
        elif not loudness < _LOUD:
            self.lost += 1

    def leaks(self) -> list[Leak]:
        """Return what is wrong; call after the last second."""
        if self.lost <= self.compared:
            return self._late
        what = (
            f"the sound of {self.lost} of {self.seconds} seconds is not the original's, or out of "
            f"step by more than {float(_SEARCHED_S):g} s; {self.compared} could be compared"
        )
        return [*self._late, Leak(check=self._name, what=what)]

    @property
    def looked_at(self) -> str:
        """What was compared, in words."""
        lost = f", {self.lost} are like nothing nearby" if self.lost else ""
        others = self.seconds - self.compared - self.lost
        quiet = f", {others} are too quiet or hidden" if others else ""
        return f"{self.compared} of {self.seconds} seconds could be compared{lost}{quiet}"


def _moved(
    before: NDArray[np.float32], after: NDArray[np.float32], rate_hz: int
) -> tuple[Fraction | None, float]:
    """Return by how many seconds *after* comes late, and how loud *before* is.

    ``None`` if the two cannot be compared. Where the sound repeats itself, as a hum does, the least
    movement at which the two are nearly as alike as at any.
    """
    reach = ceil(_SEARCHED_S * rate_hz)
    size = before.shape[1] + reach
    pitch = np.fft.rfftfreq(size, 1 / rate_hz)
    band = (pitch >= _BAND_HZ[0]) & (pitch <= _BAND_HZ[1])
    first, second = (np.fft.rfft(samples, size, axis=1) * band for samples in (before, after))
    powers = [2 * float((np.abs(s) ** 2).sum()) / size / before.size for s in (first, second)]
    loudness = float(np.sqrt(powers[0]))
    power = float(np.sqrt(powers[0] * powers[1]))
    if power < _LOUD_ENOUGH**2:
        return None, loudness
    alike = np.fft.irfft((second * first.conj()).sum(axis=0), size) / (power * before.size)
    lags = np.arange(-reach, reach + 1)
    near = alike[lags]
    if near.max() < _LIKE_ENOUGH:
        return None, loudness
    good = lags[near >= _ALIKE * near.max()]
    return Fraction(int(good[np.abs(good).argmin()]), rate_hz), loudness
