"""What the new photo may say of itself."""

from __future__ import annotations

from dataclasses import dataclass


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


NOT_LISTED = "the file holds a part that is not on the list"
UNACCOUNTED = "the file holds bytes that belong to nothing on the list"
AFTER_END = "bytes follow the end of the photo"
PROFILE = "the file holds a colour profile of its own"
PROFILE_MISSING = "the file lacks the colour profile that its pixels need"
VALUE = "a part of the file holds a value of its own"
COUNT = "the file holds another number of pictures than the original"
