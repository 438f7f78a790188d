"""Opening a file as what it is, by its content: a photo or a recording."""

from __future__ import annotations

import os
from pathlib import Path

from bystander.errors import BeyondLimits, DamagedFootage, FootageError
from bystander.media import photos
from bystander.media.footage import Footage
from bystander.media.names import RECORDINGS
from bystander.media.source import Recording
from bystander.records import DEFAULT_LIMITS, Limits

_PDF_HEAD = 1024  # bytes within which it says so; there may be others before (ISO 32000-1, annex H)


def open_footage(
    path: str | os.PathLike[str],
    *,
    salvage: bool = False,
    limits: Limits = DEFAULT_LIMITS,
    digest_later: bool = False,
) -> Footage:
    """Open a recording or a photo.

    Args:
        path: A file that FFmpeg can decode, or a photo of one of the kinds that are read
            (:data:`bystander.media.photos.FORMS`).
        salvage: Work on what decodes of a damaged recording, instead of refusing it. A damaged
            photo is refused in any case.
        limits: How much of it is taken. Photos are never read beyond the default size.
        digest_later: Make its digest when it is asked for, and do not read all of it now: to look
            at it, never to work on it.

    Raises:
        FootageError: It is missing, not a regular file, empty, no recording, or has no video.
        BeyondLimits: It is larger or longer than is taken.
        DamagedFootage: It is cut short or does not decode, and *salvage* is false.
    """
    path = Path(path)
    form = photos.recognise(path)
    if form is None:
        return _recording(path, salvage=salvage, limits=limits, digest_later=digest_later)
    photo = photos.Photo(path, form, limits, digest_later=digest_later)
    limits.check_size(photo.width, photo.height)
    limits.check_frames(photo.expected_frames)
    return photo


def _recording(path: Path, *, salvage: bool, limits: Limits, digest_later: bool) -> Recording:
    """Open what is none of the photos that are read, and so is a recording or nothing for us."""
    if _is_pdf(path):  # FFmpeg would take a picture in it for motion JPEG
        raise FootageError(
            f"{path} is a PDF, which is not read",
            hint="save its pages as TIFF or PNG and redact those",
        )
    try:
        return Recording(path, salvage=salvage, limits=limits, digest_later=digest_later)
    except (BeyondLimits, DamagedFootage):
        raise
    except FootageError as error:
        if error.hint is None and path.is_file() and path.suffix.lower() not in RECORDINGS:
            *most, last = (form.name for form in photos.FORMS)
            error.hint = f"photos that are read are {', '.join(most)} and {last}"
        raise


def _is_pdf(path: Path) -> bool:
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return b"%PDF-" in file.read(_PDF_HEAD)
    except OSError:
        return False
