"""What every opened file has in common, whichever library reads it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from bystander.errors import FootageError
from bystander.media.files import digest, identity
from bystander.media.picture import Turn
from bystander.media.tally import SoundTally
from bystander.records import Frame, Limits, PixelLayout


@dataclass(frozen=True, slots=True, kw_only=True)
class Colour:
    """Colour tags as H.273 numbers them, 2: not stated. ``range``: 0 not stated, 1 tv, 2 pc."""

    primaries: int
    transfer: int
    matrix: int
    range: int


@dataclass(slots=True)
class Damage:
    """What one pass over the recording could not read. A file cut short is ``cut``."""

    cut: bool = False
    packets: int = 0
    frames: int = 0
    retimed: int = 0

    @property
    def any(self) -> bool:
        """Whether part of the recording is missing or made up."""
        return self.cut or bool(self.packets or self.frames)


class Footage(ABC):
    """An opened recording or photo; its frames can be read any number of times.

    Made by :func:`bystander.media.open_footage`.

    Attributes:
        path: The file.
        width: Width of an upright frame in pixels.
        height: Height of an upright frame in pixels.
        layout: How the planes of every frame are to be read.
        pixel_aspect: Width of a pixel over its height, upright.
        colour: Colour tags.
        start: Time of the first frame by the file's own clock, in seconds.
        tick: Every frame's time is a multiple of this many seconds.
        rate: Frames per second as the file states it, for progress and where times are missing.
        expected_frames: How many frames the file says it has; 0: it does not say.
        still: Whether no frame can make up for another: there are no more than three, or they are
            no film.
        closely: Whether it is looked at frame by frame: what shows in one may show in no other.
        grid_origin: Where the coded blocks start in the upright frame, x and y in pixels.
        left_out: Kinds of things in the file that are not read, with their counts.
        notes: What was done to the picture on the way in, in words.
        has_sound: Whether there is an audio stream that can be decoded.
        sound_kind: What that stream is called in ``left_out``, where it is counted as well.
        limits: How much of the file is taken.
        damage: What the last complete pass could not read.
        sound: What the last complete pass over the sound gave; ``None`` before there was one.
    """

    layout: PixelLayout
    width: int
    height: int
    pixel_aspect: Fraction
    colour: Colour
    start: Fraction
    tick: Fraction
    rate: Fraction
    expected_frames: int
    still: bool
    closely: bool = False
    grid_origin: tuple[int, int]
    left_out: dict[str, int]
    notes: list[str]
    has_sound: bool
    sound_kind: str | None = None
    _turn: Turn

    def __init__(
        self, path: Path, *, salvage: bool, limits: Limits, digest_later: bool = False
    ) -> None:
        self.path = path
        self.salvage = salvage
        self.limits = limits
        self._identity = identity(path)
        self._sha256 = None if digest_later else digest(path)
        self.damage = Damage()
        self.sound: SoundTally | None = None

    @property
    def sha256(self) -> str:
        """The digest of the file that was opened, in hexadecimal.

        It was made when the file was opened, unless that was put off: then it is made now, once.

        Raises:
            FootageError: That was put off, and the file is no longer the one that was opened.
        """
        if self._sha256 is None:
            self.check_unchanged()
            made = digest(self.path)
            self.check_unchanged()
            self._sha256 = made
        return self._sha256

    @property
    def turned(self) -> bool:
        """Whether the file asks for its coded picture to be turned or mirrored."""
        return self._turn != Turn()

    @abstractmethod
    def frames(self) -> Iterator[Frame]:
        """Yield every frame, upright, in the order of time.

        Raises:
            DamagedFootage: Something does not decode, and salvage was not asked for.
            FootageError: The picture changes its size on the way, or the file changed.
            BeyondLimits: There is more of it than is taken.
        """

    def check_unchanged(self) -> None:
        """Check that the file is still the one that was opened.

        Raises:
            FootageError: It was removed, replaced or written to.
        """
        try:
            same = identity(self.path) == self._identity
        except FootageError:
            same = False
        if not same:
            raise FootageError("the file changed while it was being read")
