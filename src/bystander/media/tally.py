"""What one pass over the sound of a recording gave, and what of it was left out."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction


@dataclass(slots=True, kw_only=True)
class SoundTally:
    """What became of the sound.

    Attributes:
        length: How much was given, in seconds, silence in gaps counted.
        packets: How many packets do not decode.
        early_s: Seconds that come before the first frame, and were left out.
        twice_s: Seconds left out because the clock had gone back: their time was taken already.
        gaps: Leaps of the clock that were too long to be filled with silence.
        forms: Rates and channel layouts of what decodes.
    """

    length: Fraction = Fraction(0)
    packets: int = 0
    early_s: Fraction = Fraction(0)
    twice_s: Fraction = Fraction(0)
    gaps: int = 0
    forms: set[tuple[int, str]] = field(default_factory=set)
