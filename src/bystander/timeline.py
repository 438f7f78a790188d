"""Time: exact fractions of a second since the first frame, and stretches of it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, ``start <= at < end``, in seconds since the first frame.

    >>> Fraction(1) in Span(Fraction(0), Fraction(1))
    False
    """

    start: Fraction
    end: Fraction

    @property
    def duration(self) -> Fraction:
        """Length in seconds, never negative."""
        return max(Fraction(0), self.end - self.start)

    def overlaps(self, other: Span) -> bool:
        """Return whether any moment lies in both."""
        return self.start < other.end and other.start < self.end

    def __contains__(self, at: Fraction) -> bool:
        return self.start <= at < self.end


def share(at: Fraction, start: Fraction, end: Fraction) -> float:
    """Return how far *at* is on the way from *start*, where it is 0, to *end*, where it is 1.

    It is rounded once, from the exact value, which is not made into a fraction on the way: that
    takes several times as long.

    >>> share(Fraction(1, 2), Fraction(0), Fraction(2))
    0.25
    >>> share(Fraction(3), Fraction(2), Fraction(1))
    -1.0

    Raises:
        ZeroDivisionError: *start* is *end*.
    """
    (n, d), (n0, d0), (n1, d1) = (t.as_integer_ratio() for t in (at, start, end))
    return (n * d0 - n0 * d) * d1 / ((n1 * d0 - n0 * d1) * d)


def clock(at: Fraction) -> str:
    """Return *at* for people to read: minutes, seconds, milliseconds.

    >>> clock(Fraction(3725, 2))
    '31:02.500'
    """
    milliseconds = round(at * 1000)
    sign, milliseconds = ("-", -milliseconds) if milliseconds < 0 else ("", milliseconds)
    seconds, milliseconds = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    head = f"{hours}:{minutes:02}" if hours else f"{minutes}"
    return f"{sign}{head}:{seconds:02}.{milliseconds:03}"


def to_text(at: Fraction) -> str:
    """Return *at* as it stands in documents, exactly.

    >>> to_text(Fraction(1001, 30000)), to_text(Fraction(2))
    ('1001/30000', '2')
    """
    return str(at)


def from_text(text: str) -> Fraction:
    """Read what :func:`to_text` wrote.

    Raises:
        ValueError: *text* is not an exact fraction.
    """
    return Fraction(text)
