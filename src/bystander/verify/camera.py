"""How surely the camera that made the original could be told from the output.

A sensor's pixels answer to light a little unequally, and for good. That pattern K multiplies every
picture I, so what a denoiser F takes out, W = I - F(I), holds I K among other noise; over many
pictures the most likely K is sum(W I) / sum(I I) (Chen, Fridrich, Goljan, Lukas, "Determining image
origin and integrity using sensor noise", IEEE TIFS 3(1), 2008). What all cameras of a make and all
coders have in common is taken out of it: means of rows and columns, and peaks of its spectrum (the
same). Two patterns are compared by the peak of their correlation over the energy of the rest of it,
PCE; above 60 they are taken for the same camera's (Goljan, Fridrich, Filler, "Large scale test of
sensor fingerprint camera identification", SPIE 7254, 2009).

F is a local Wiener filter over 3 x 3 pixels (Lee, IEEE PAMI 2(2), 1980), not the wavelet filter of
those papers; in simulations it did no worse (``docs/decisions/0018-camera.md``).

The pattern of one half of the original is compared with that of the other half of the original, and
of the output. Halves, and nothing of what lies between them, because the same pictures resemble
each other with or without a pattern. For the same reason nothing is said of a scene that stands
still; and what stands still in a scene that does not, a logo or a dashboard, makes both figures
larger. What is hidden is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bystander.geometry import Box, block_means
from bystander.records import CameraMatch, Frame

Pattern = NDArray[np.float32]
Spectrum = NDArray[np.complexfloating[Any, Any]]

_MOST_FRAMES = 300
_FEWEST_FRAMES = 20
_GAP = 0.125  # of all frames, in the middle: what shows there goes on into the other half
_MOST_PX = 2048  # a side: of larger frames, the middle is looked at
_SMALLEST_PX = 64  # a side
_NOISE = 9.0  # variance of a camera's noise, in steps of an 8-bit sample
_NEAR_PX = 5  # around the peak, which is as wide as what a coder smears
_BLOCK_PX = 8
_STILL = 0.3  # correlation of the halves' mean pictures


class Comparison:
    """Sees frames of both recordings side by side; its memory does not depend on their number."""

    def __init__(self, frames: int) -> None:
        """Prepare.

        Args:
            frames: How many there will be; they are looked at in even steps.
        """
        self._frames = frames
        self._step = -(-frames // _MOST_FRAMES)
        self._seen = [0, 0]  # in each half
        self._original = (Estimate(), Estimate())
        self._output = (Estimate(), Estimate())
        self._scenes: list[Any] = [0.0, 0.0]

    def see(self, source: Frame, shown: Frame, boxes: Sequence[Box]) -> None:
        """Look at a frame of the original and the same of the output, both outside *boxes*."""
        from_middle = abs(2 * source.index - self._frames)
        if source.index % self._step or from_middle < self._frames * _GAP:
            return
        half = int(2 * source.index >= self._frames)
        self._seen[half] += 1
        luma = _luma(source)
        hidden = np.zeros(source.planes[0].shape, dtype=bool)
        for box in boxes:
            hidden[int(box.y0) : int(-(-box.y1 // 1)), int(box.x0) : int(-(-box.x1 // 1))] = True
        hidden = _middle(hidden)
        self._original[half].see(luma, hidden)
        self._output[half].see(_luma(shown), hidden)
        self._scenes[half] = self._scenes[half] + block_means(luma, _BLOCK_PX)

    def result(self) -> CameraMatch:
        """Return what the comparison gave, or why it cannot tell."""
        if min(self._seen) < _FEWEST_FRAMES // 2:
            fewest = _FEWEST_FRAMES // 2
            return self._nothing(
                f"fewer than {fewest} frames in one half of the recording tell too little"
            )
        if min(self._scenes[0].shape) * _BLOCK_PX < _SMALLEST_PX:
            return self._nothing("the picture is too small")
        if _alike(*self._scenes) > _STILL:
            return self._nothing(
                "the scene stands still, so that it resembles itself, whatever camera made it"
            )
        first, second = (spectrum_of(half.pattern()) for half in self._original)
        before = pce(first, second)
        after = max(
            pce(first, spectrum_of(self._output[1].pattern())),
            pce(second, spectrum_of(self._output[0].pattern())),
        )
        return CameraMatch(frames=sum(self._seen), before=before, after=after)

    def _nothing(self, why: str) -> CameraMatch:
        return CameraMatch(frames=sum(self._seen), why=why)


class Estimate:
    """The pattern of the frames seen so far."""

    def __init__(self) -> None:
        self._product: Any = 0.0
        self._energy: Any = 0.0

    def see(self, luma: Pattern, hidden: NDArray[np.bool_]) -> None:
        """Take in a luma plane in steps of an 8-bit sample, but for what is *hidden* in it."""
        seen = np.where(hidden, np.float32(0), luma)
        self._product = self._product + _residual(luma) * seen
        self._energy = self._energy + seen * seen

    def pattern(self) -> Pattern:
        """Return it; 0 where nothing was seen."""
        pattern: Pattern = self._product / (self._energy + np.float32(1))
        return pattern


def _luma(frame: Frame) -> Pattern:
    """Return the middle of the luma plane, in steps of an 8-bit sample."""
    scale = np.float32(1 / (1 << (frame.layout.bit_depth - 8)))
    luma: Pattern = _middle(frame.planes[0]).astype(np.float32) * scale
    return luma


def _middle(plane: Any) -> Any:
    """Return the middle of *plane*, no more than is looked at, with sides on the same grid."""
    cut = []
    for side in plane.shape:
        start = max(0, side - _MOST_PX) // 2 // 16 * 16
        cut.append(slice(start, start + min(side - side % 2, _MOST_PX)))  # even, for the spectrum
    return plane[tuple(cut)]


def _residual(luma: Pattern) -> Pattern:
    """Return what a local Wiener filter takes out of *luma*."""
    mean = _mean(luma)
    variance: NDArray[Any] = _mean(luma * luma) - mean * mean
    residual: NDArray[Any] = (luma - mean) * (
        np.float32(_NOISE) / np.maximum(variance, np.float32(_NOISE))
    )
    return residual


def _mean(values: NDArray[Any], radius: int = 1) -> Pattern:
    """Return the mean over squares of ``2 * radius + 1`` samples a side."""
    padded = np.pad(values, radius, mode="edge")
    side = 2 * radius + 1
    tall, wide = values.shape
    rows: Any = sum(padded[start : start + tall] for start in range(side))
    total: Any = sum(rows[:, start : start + wide] for start in range(side))
    mean: Pattern = total * np.float32(1 / side**2)
    return mean


def spectrum_of(pattern: Pattern) -> Spectrum:
    """Return the spectrum of *pattern* without what cameras and coders have in common."""
    pattern = pattern - pattern.mean(axis=0, keepdims=True)
    pattern = pattern - pattern.mean(axis=1, keepdims=True)
    spectrum: Spectrum = np.fft.rfft2(pattern)
    size = np.float32(pattern.size)
    power = (spectrum.real**2 + spectrum.imag**2) / size
    noise = pattern.var()
    # The least over squares of several sizes, so that a peak stands out against what is around it.
    around = np.minimum.reduce([_mean(power, radius) for radius in (1, 2, 3, 4)])
    flat: Spectrum = spectrum * (noise / np.maximum(around, max(float(noise), 1e-20)))
    return flat


def pce(a: Spectrum, b: Spectrum) -> float:
    """Return the peak of the correlation of two patterns at no shift, over the energy of the rest.

    Negative where they are each other's opposite.
    """
    correlation = np.fft.irfft2(a * b.conj())
    peak = float(correlation[0, 0])
    near = np.arange(-_NEAR_PX, _NEAR_PX + 1)
    correlation[np.ix_(near, near)] = 0
    count = correlation.size - near.size**2
    energy = float(np.square(correlation, dtype=np.float64).sum()) / max(count, 1)
    return float(np.sign(peak)) * peak**2 / energy if energy > 0 else 0.0


def _alike(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """Return how alike the shapes in two mean pictures are, -1 to 1; the camera's own are finer."""
    if min(a.shape) < 3:
        return 0.0
    shapes = [m - _mean(m.astype(np.float32), 1) for m in (a, b)]
    spread = float(shapes[0].std() * shapes[1].std())
    return float((shapes[0] * shapes[1]).mean()) / spread if spread > 0 else 1.0
