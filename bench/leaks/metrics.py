"""From what was judged to figures: rates with intervals, bands of height, tracks, clusters.

A rate of k in n comes with its two-sided 95 % Clopper-Pearson interval (Clopper and Pearson, "The
Use of Confidence or Fiducial Limits", Biometrika 26, 1934) and the one-sided 95 % upper bound. Both
take the n for independent, which faces in one clip are not. So every group also has the share of
clips or pictures with any leak: its n is the number of clusters, which is the n that is left when
faces of one cluster say nothing new (intra-cluster correlation 1).

A set is one folder whose boxes have one origin. Published boxes and semi-manual ones are of
different worth, and sets differ in what is in them: they never add up to one figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from bench.leaks.judged import FaceFrame, Judged
from scipy import stats

Origin = Literal["semi-manual", "published"]

BANDS: tuple[tuple[float, float], ...] = ((0, 10), (10, 16), (16, 32), (32, 64), (64, np.inf))


@dataclass(frozen=True, slots=True)
class Rate:
    """*k* in *n*.

    >>> Rate(0, 59).upper < 0.05 < Rate(0, 58).upper
    True
    """

    k: int
    n: int

    @property
    def share(self) -> float:
        """k / n; not a number when n is 0."""
        return self.k / self.n if self.n else float("nan")

    @property
    def interval(self) -> tuple[float, float]:
        """Two-sided 95 % Clopper-Pearson interval."""
        return clopper_pearson(self.k, self.n)

    @property
    def upper(self) -> float:
        """One-sided 95 % upper bound."""
        return upper_bound(self.k, self.n)


def clopper_pearson(k: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Return the exact two-sided interval for *k* in *n*; (0, 1) when *n* is 0."""
    tail = (1 - level) / 2
    low = float(stats.beta.ppf(tail, k, n - k + 1)) if k else 0.0
    high = float(stats.beta.ppf(1 - tail, k + 1, n - k)) if k < n else 1.0
    return low, high


def upper_bound(k: int, n: int, level: float = 0.95) -> float:
    """Return the exact one-sided upper bound for *k* in *n*; 1 when k is n."""
    return float(stats.beta.ppf(level, k + 1, n - k)) if k < n else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One clip or picture, as one tool left it.

    Attributes:
        of_set: The folder it is in, such as ``images/voc``.
        origin: Where the boxes are from.
        name: The file's stem.
        exit_code: What the tool ended with.
        judged: The comparison; ``None`` when the tool gave no output.
        cpu_s: User and system seconds of the process and its children.
        wall_s: Seconds from start to end.
        peak_mb: Largest resident memory of the process.
    """

    of_set: str
    origin: Origin
    name: str
    exit_code: int
    judged: Judged | None
    cpu_s: float = 0.0
    wall_s: float = 0.0
    peak_mb: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The clips or pictures of one set as one tool left them, and their figures."""

    of_set: str
    origin: Origin
    items: tuple[Measured, ...]

    def __post_init__(self) -> None:
        kinds = {(item.of_set, item.origin) for item in self.items}
        if kinds - {(self.of_set, self.origin)}:
            raise ValueError(f"{kinds} are different things and have no common figure")

    @property
    def outputs(self) -> tuple[Judged, ...]:
        """The comparisons of those that have an output."""
        return tuple(item.judged for item in self.items if item.judged is not None)

    @property
    def faces(self) -> tuple[FaceFrame, ...]:
        """Every face in every frame."""
        return tuple(face for judged in self.outputs for face in judged.faces)

    @property
    def leaked(self) -> Rate:
        """Faces in frames that leak."""
        return Rate(sum(face.leaks for face in self.faces), len(self.faces))

    @property
    def exposures_s(self) -> tuple[float, ...]:
        """Longest exposure of every track, seconds."""
        return tuple(track.longest_s for judged in self.outputs for track in judged.tracks)

    def tracks_exposed(self, at_least_s: float = 0.0) -> Rate:
        """Return LR(T): tracks exposed for *at_least_s* in a row; with 0, in any frame at all."""
        longest = self.exposures_s
        return Rate(sum(s > 0 and s >= at_least_s for s in longest), len(longest))

    @property
    def items_with_leaks(self) -> Rate:
        """LRv: clips or pictures with any leak."""
        return Rate(sum(judged.leaked > 0 for judged in self.outputs), len(self.outputs))

    @property
    def over_redaction(self) -> float:
        """Share of pixels changed outside heads, mean over clips or pictures."""
        return _mean(judged.over_redaction for judged in self.outputs)

    @property
    def psnr_db(self) -> float:
        """PSNR outside, from the mean squared error over clips or pictures that have any."""
        error = _mean(j.squared_error for j in self.outputs if j.squared_error)
        return 10 * float(np.log10(255**2 / error)) if error else np.inf

    @property
    def cpu_ms_a_frame(self) -> float:
        """CPU time over all frames, milliseconds."""
        frames = sum(judged.frames for judged in self.outputs)
        cpu = sum(item.cpu_s for item in self.items if item.judged is not None)
        return 1000 * cpu / frames if frames else 0.0


def gather(items: Iterable[Measured]) -> tuple[Group, ...]:
    """Return one group for each set and origin of boxes, in order of name."""
    held: dict[tuple[str, Origin], list[Measured]] = {}
    for item in items:
        held.setdefault((item.of_set, item.origin), []).append(item)
    return tuple(
        Group(of_set=of_set, origin=origin, items=tuple(members))
        for (of_set, origin), members in sorted(held.items())
    )


def by_height(faces: Sequence[FaceFrame]) -> dict[tuple[float, float], Rate]:
    """Return the leaks of each band of :data:`BANDS`; a band is half-open, low <= height < high."""
    return {
        (low, high): Rate(
            sum(face.leaks for face in faces if low <= face.height_px < high),
            sum(low <= face.height_px < high for face in faces),
        )
        for low, high in BANDS
    }


def band_name(band: tuple[float, float]) -> str:
    """Return the band in words, pixels.

    >>> [band_name(band) for band in BANDS]
    ['under 10', '10-16', '16-32', '32-64', '64 and more']
    """
    low, high = band
    if low == 0:
        return f"under {high:.0f}"
    return f"{low:.0f} and more" if np.isinf(high) else f"{low:.0f}-{high:.0f}"


def _mean(values: Iterable[float]) -> float:
    held = list(values)
    return float(np.mean(held)) if held else 0.0
