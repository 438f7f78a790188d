"""Opening a file as what it is, by its content: a photo or a recording."""

from __future__ import annotations

import os
from pathlib import Path

from bystander.media import photos
from bystander.media.footage import Footage
from bystander.media.limits import DEFAULT, Limits
from bystander.media.source import Recording


def open_footage(
    path: str | os.PathLike[str], *, salvage: bool = False, limits: Limits = DEFAULT
) -> Footage:
    """Open a recording or a photo.

    Args:
        path: A file that FFmpeg can decode, or a photo of one of the kinds that are read
            (:data:`bystander.media.photos.FORMS`).
        salvage: Work on what decodes of a damaged recording, instead of refusing it. A damaged
            photo is refused in any case.
        limits: How much of it is taken. Photos are never read beyond the default size.

    Raises:
        FootageError: It is missing, not a regular file, empty, no recording, or has no video.
        BeyondLimits: It is larger or longer than is taken.
        DamagedFootage: It is cut short or does not decode, and *salvage* is false.
    """
    path = Path(path)
    form = photos.recognise(path)
    if form is None:
        return Recording(path, salvage=salvage, limits=limits)
    photo = photos.Photo(path, form, limits)
    limits.check_size(photo.width, photo.height)
    limits.check_frames(photo.expected_frames)
    return photo
