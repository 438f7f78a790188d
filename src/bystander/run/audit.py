"""Which moments a person looks at, and what it says when all of them are clean, or some are not.

Nobody knows how many people are still showing in a user's recording. A person who looks at moments
drawn at random, and sees nobody in any of them, bounds it: after *n* clean looks, with 95 %
confidence, somebody shows in fewer than ``1 - 0.05 ** (1 / n)`` of the frames (the exact binomial
bound for no finding; Clopper, Pearson, Biometrika 26, 1934). Frames are drawn without
repetition, so the bound is a little wider than it need be. Where somebody showed in *k* of them, it
is the largest share of frames with which *k* or fewer are still seen in one of twenty draws.

What is seen is hidden then, and the figure was of the picture before. So it takes a new walk, of
moments drawn anew, to say anything of the picture after.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from fractions import Fraction

from bystander.records import Looked

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


def walk(times: Sequence[Fraction], seed: str, number: int) -> tuple[Fraction, ...]:
    """Return the moments of walk *number*, from 1: each walk is a draw of its own.

    Args:
        times: When every frame is shown, ascending.
        seed: Decides the draws together with the number; the digest of a plan.
        number: Which walk.

    >>> times = [Fraction(n, 25) for n in range(1000)]
    >>> walk(times, "seed", 1) == walk(times, "seed", 1) != walk(times, "seed", 2)
    True
    """
    return moments(times, f"{seed}:{number}")


def bound(looks: int, showing: int = 0) -> float:
    """Return below what share of frames somebody shows, with 95 % confidence, 0 to 1.

    Args:
        looks: At how many frames, drawn at random, somebody looked.
        showing: In how many of them somebody showed.

    >>> [round(bound(looks), 4) for looks in (0, 59, 149, 299)]
    [1.0, 0.0495, 0.0199, 0.01]
    >>> [round(bound(59, showing), 3) for showing in (1, 2, 59)]
    [0.078, 0.103, 1.0]
    """
    if showing >= looks:
        return 1.0
    if not showing:
        return float(1 - (1 - _CONFIDENCE) ** (1 / looks))
    low, high = 0.0, 1.0
    while high - low > _NARROW:
        share = (low + high) / 2
        if _chance_of_at_most(showing, looks, share) > 1 - _CONFIDENCE:
            low = share
        else:
            high = share
    return high


_NARROW = 1e-9


def _chance_of_at_most(most: int, looks: int, share: float) -> float:
    """Return how likely *most* or fewer of *looks* show what is in a *share* of all frames."""
    chances = (
        math.lgamma(looks + 1)
        - math.lgamma(count + 1)
        - math.lgamma(looks - count + 1)
        + count * math.log(share)
        + (looks - count) * math.log1p(-share)
        for count in range(most + 1)
    )
    return math.fsum(math.exp(chance) for chance in chances)


def percent(looks: int, showing: int = 0) -> float:
    """Return :func:`bound` in percent, to one place; rounded up, for it may never be too narrow."""
    return math.ceil(1000 * bound(looks, showing)) / 10


def sentence(looks: Sequence[Looked], *, frames: int | None = None) -> str:
    """Return in words what the looks of one walk support.

    Args:
        looks: The looks of the walk so far.
        frames: How many frames there are in all; where every one was looked at, that is said.

    >>> sentence([])
    'Nothing was looked at yet, so nothing is known.'
    """
    count, showing = len(looks), sum(not look.clean for look in looks)
    if not count:
        return "Nothing was looked at yet, so nothing is known."
    looked = f"{count} moment{'' if count == 1 else 's'} drawn at random {_were(count)} looked at"
    if count == frames:
        looked = (
            f"Every one of the {count} frames was looked at" if count > 1 else "It was looked at"
        )
    said = (
        f"{looked}, and nobody showed in any of them"
        if not showing
        else f"{looked}, and somebody showed in {showing} of them"
    )
    if count != frames:
        said += (
            f": with 95 % confidence, somebody shows in fewer than {percent(count, showing):.1f} % "
            "of the frames"
        )
        if showing:
            said += " as they were then"
    if showing:
        said += ". Hide them, and begin a new walk: what was looked at before says nothing of that"
    return f"{said}."


def _were(count: int) -> str:
    return "was" if count == 1 else "were"
