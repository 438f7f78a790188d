"""What the new photo may say of itself, and what all checks of its file share."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bystander import media


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What the original gives the new photo besides pixels.

    Attributes:
        icc: The one profile that it may hold, or ``None`` for none.
        pictures: How many pictures it holds.
        is_film: Whether they follow one another in time.
    """

    icc: bytes | None
    pictures: int
    is_film: bool

    @property
    def film(self) -> bool:
        """Whether the file has to be one of a film."""
        return self.is_film and self.pictures > 1


NOT_LISTED = "the file holds a part that is not on the list"
ORDER = "the parts of the file are not those of a photo written here, in their order"
UNACCOUNTED = "the file holds bytes that belong to nothing on the list"
SPARE = "the file holds more coded pixels than it shows"
AFTER_END = "bytes follow the end of the photo"
PROFILE = "the file holds a colour profile of its own"
PROFILE_MISSING = "the file lacks the colour profile that its pixels need"
VALUE = "a part of the file holds a value of its own"
COUNT = "the file holds another number of pictures than the original"


def in_order(
    pieces: Sequence[media.photos.Piece], order: re.Pattern[str], known: Iterable[str]
) -> Iterator[str]:
    """Yield what is wrong with which pieces there are.

    Args:
        pieces: All of them.
        order: What their names, each with ``|`` behind, have to be.
        known: Names that occur in it.
    """
    names = [piece.name for piece in pieces]
    if media.photos.AFTER in names:
        yield AFTER_END
    if not {*known, media.photos.AFTER}.issuperset(names):
        yield NOT_LISTED
    elif not order.fullmatch("".join(f"{n}|" for n in names if n != media.photos.AFTER)):
        yield ORDER


def profile(found: Sequence[bytes], expected: Expected) -> Iterator[str]:
    """Yield what is wrong with the profiles that were *found*."""
    if any(icc != expected.icc for icc in found):
        yield PROFILE
    elif expected.icc and not found:
        yield PROFILE_MISSING


def is_exactly(stream: Iterable[bytes], size: int) -> bool:
    """Return whether coded pixels (RFC 1950) are *size* bytes, and nothing follows them."""
    unpacker = zlib.decompressobj()
    found = 0
    try:
        for part in stream:
            rest = part
            while rest:
                found += len(unpacker.decompress(rest, 1 << 20))
                rest = unpacker.unconsumed_tail
                if found > size:
                    return False
            if unpacker.unused_data:
                return False
    except zlib.error:
        return False
    return unpacker.eof and found == size
