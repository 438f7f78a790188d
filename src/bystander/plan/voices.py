"""From what was heard to when sound is hidden."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from bystander.records import Policy
from bystander.timeline import Span


def speech(heard: Iterable[Span], policy: Policy) -> tuple[Span, ...]:
    """Return *heard* with margins, in order of time; what is close together becomes one.

    >>> from fractions import Fraction as F
    >>> policy = Policy(speech_pad_s=F(1, 2), speech_gap_s=F(1))
    >>> [(str(s.start), str(s.end)) for s in speech(
    ...     [Span(F(11, 2), F(7)), Span(F(0), F(1)), Span(F(3), F(4))], policy)]
    [('0', '3/2'), ('5/2', '15/2')]
    """
    spans: list[Span] = []
    pad = policy.speech_pad_s
    for one in sorted(heard, key=lambda span: (span.start, span.end)):
        wide = Span(max(Fraction(0), one.start - pad), one.end + pad)
        if spans and wide.start - spans[-1].end < policy.speech_gap_s:
            wide = Span(spans[-1].start, max(spans[-1].end, wide.end))
            spans.pop()
        spans.append(wide)
    return tuple(spans)
