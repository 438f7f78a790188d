"""How often an attacker was right, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta

# Distances closer than this are equal: what is left is rounding.
_TIE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How often an attacker was right.

    Attributes:
        hits: How often; a fraction where the attacker had to guess among several people.
        n: Of how many pictures.
        blind: Whether all pictures looked the same to the attacker: chance by construction.
    """

    hits: float
    n: int
    blind: bool = False

    @property
    def share(self) -> float:
        """The share that was right, 0 to 1."""
        return self.hits / self.n

    @property
    def interval(self) -> tuple[float, float]:
        """The exact two-sided 95 % interval, each end 0 to 1.

        Clopper, Pearson, "The use of confidence or fiducial limits illustrated in the case of the
        binomial", Biometrika 26 (1934). A fraction of a hit is put to each end's disadvantage.

        >>> [round(end, 3) for end in Rate(hits=0, n=10).interval]
        [0.0, 0.308]
        """
        low, high = int(np.floor(self.hits)), int(np.ceil(self.hits))
        return (
            float(beta.ppf(0.025, low, self.n - low + 1)) if low else 0.0,
            float(beta.ppf(0.975, high + 1, self.n - high)) if high < self.n else 1.0,
        )

    def __str__(self) -> str:
        low, high = self.interval
        star = " *" if self.blind else ""
        return f"{100 * self.share:.1f} [{100 * low:.1f}-{100 * high:.1f}]{star}"


def rank_one(gallery: Sequence[NDArray[np.float64]], probes: Sequence[NDArray[np.float64]]) -> Rate:
    """Return how often the nearest picture in the gallery is of the same person.

    Where several people are equally near, the attacker can only guess among them: that counts as
    one over their number. An attacker to whom all probes look the same gets exactly chance.

    Args:
        gallery: For each person, the pictures known, shape (K, D).
        probes: For each person, in the same order, the pictures to be named, shape (P, D).
    """
    known = np.concatenate(list(gallery))
    starts = np.cumsum([0, *(len(person) for person in gallery)])[:-1]
    hits, n = 0.0, 0
    for who, person in enumerate(probes):
        for probe in person:
            far = np.minimum.reduceat(np.linalg.norm(known - probe, axis=1), starts)
            nearest = far <= far.min() + _TIE
            hits += nearest[who] / nearest.sum()
            n += 1
    asked = np.concatenate(list(probes))
    if (np.linalg.norm(asked - asked[0], axis=1) <= _TIE).all():
        return Rate(hits=n / len(gallery), n=n, blind=True)
    # Sums of equal fractions come a hair beside whole numbers, which floor and ceil would widen.
    return Rate(hits=round(float(hits), 9), n=n)
