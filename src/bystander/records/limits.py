"""How much is taken of a file, so that a small one cannot ask for endless work.

What a file states of itself is checked before anything is decoded, and what comes out of the
decoder is checked again: headers lie. Memory and time are limited from outside, by the process
that a file is worked on in (:mod:`bystander.run.confine`).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from bystander.errors import BeyondLimits

# Pixels of one picture: what it takes to hold it is ten times as many bytes and more.
_MOST_PIXELS = 200_000_000
_PADDED = 64 * 65_536  # columns to a multiple of 64, of the highest picture that formats can state


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The most that is taken of one file.

    Attributes:
        pixels: Width times height of a picture.
        frames: Frames of a recording. The default holds 24 hours at 30 a second.
        duration_s: Time from the first frame to the last, in seconds. The default is 24 hours.
    """

    pixels: int = _MOST_PIXELS
    frames: int = 2_600_000
    duration_s: int = 86_400

    @property
    def decoder_pixels(self) -> int:
        """What FFmpeg's decoders are told: more, for they count what they pad a picture to."""
        return 2 * self.pixels + _PADDED

    def check_size(self, width: int, height: int) -> None:
        """Check the size of a picture, in pixels.

        Raises:
            BeyondLimits: It has more pixels than are taken.

        >>> Limits().check_size(7680, 4320)
        """
        if width * height > self.pixels:
            raise BeyondLimits(
                f"a picture of {width}x{height} pixels is larger than the {self.pixels} pixels "
                "that are taken",
                hint="--limit pixels=N raises it",
            )

    def check_frames(self, count: int) -> None:
        """Check a number of frames, stated or counted.

        Raises:
            BeyondLimits: It is higher than is taken.
        """
        if count > self.frames:
            raise BeyondLimits(
                f"the recording has more than the {self.frames} frames that are taken",
                hint="--limit frames=N raises it",
            )

    def check_time(self, at: Fraction) -> None:
        """Check a time since the first frame, in seconds.

        Raises:
            BeyondLimits: It is later than is taken.
        """
        if at > self.duration_s:
            raise BeyondLimits(
                f"the recording goes on for more than the {self.duration_s} seconds that are taken",
                hint="--limit duration=SECONDS raises it",
            )


DEFAULT_LIMITS = Limits()
