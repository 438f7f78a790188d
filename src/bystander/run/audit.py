"""Which moments a person looks at, and what it says when all of them are clean.

Nobody knows how many people are still showing in a user's recording. A person who looks at moments
drawn at random, and sees nobody in any of them, bounds it: after *n* clean looks, with 95 %
confidence, somebody shows in fewer than ``1 - 0.05 ** (1 / n)`` of the frames (the exact binomial
bound for no finding; Clopper, Pearson, Biometrika 26, 1934). Frames are drawn without
repetition, so the bound is a little wider than it need be.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction

# After these many clean looks, fewer than 5, 2 and 1 % of frames show somebody.
LOOKS = (59, 149, 299)
_CONFIDENCE = 0.95


def moments(times: Sequence[Fraction], seed: str) -> tuple[Fraction, ...]:
    """Return when to look: moments drawn at random, so that the first *n* are a sample as well.

    Args:
        times: When every frame is shown, ascending.
        seed: Decides the draw; the same seed and times give the same moments.

    >>> len(moments([Fraction(n, 25) for n in range(1000)], "seed"))
    299
    >>> sorted(moments([Fraction(0), Fraction(1)], "seed"))
    [Fraction(0, 1), Fraction(1, 1)]
    """
    draw = random.Random(seed)  # noqa: S311 to be fair and repeatable, not secret
    return tuple(draw.sample(list(times), min(len(times), LOOKS[-1])))


def bound(clean_looks: int) -> float:
    """Return below what share of frames somebody shows, with 95 % confidence, 0 to 1.

    >>> [round(bound(looks), 4) for looks in (0, 59, 149, 299)]
    [1.0, 0.0495, 0.0199, 0.01]
    """
    return float(1 - (1 - _CONFIDENCE) ** (1 / clean_looks)) if clean_looks else 1.0
