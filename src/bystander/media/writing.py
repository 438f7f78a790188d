"""Writing what was read: a recording as a recording, a photo as a photo."""

from __future__ import annotations

from pathlib import Path

from bystander.errors import WrongPath
from bystander.media import codecs, photos
from bystander.media import sink as recordings
from bystander.media.codecs import Encoder
from bystander.media.footage import Footage
from bystander.media.photos import Photo, PhotoEncoder, PhotoRecorder
from bystander.media.sink import Recorder

AnyRecorder = Recorder | PhotoRecorder

_SUFFIX = ".mp4"  # of recordings whose own suffix is not written


def encoder_like(path: Path, like: Footage) -> Encoder | PhotoEncoder:
    """Return what writes frames like those of *like* to *path*.

    Raises:
        WrongPath: There is nothing that can.
    """
    if isinstance(like, Photo):
        return photos.photo_encoder(path, like)
    return recordings.encoder_like(path, like)


def record(
    path: Path,
    like: Footage,
    *,
    crf: int | None,
    preset: str,
    sound_rate_hz: int | None = None,
    sound_layout: str = "stereo",
    hide_camera: bool = False,
) -> AnyRecorder:
    """Create a new file for frames like those of *like*; see :class:`Recorder`.

    With *hide_camera*, a photo's own tables, which can tell its make, are not used.

    Raises:
        FootageError: Such a file cannot hold them, or cannot be written.
    """
    if isinstance(like, Photo):
        return PhotoRecorder(path, like, crf=crf, hide_camera=hide_camera)
    return Recorder(
        path,
        like,
        crf=crf,
        preset=preset,
        sound_rate_hz=sound_rate_hz,
        sound_layout=sound_layout,
    )


def is_photo(path: Path) -> bool:
    """Return whether the file at *path* is a photo, by its content."""
    return photos.recognise(path) is not None


def suffix_like(source: Path) -> str:
    """Return the suffix of what is made from *source* where none is asked for.

    That is its own where such files are written, ``.mp4`` for other recordings and ``.jpg`` for
    photos of kinds that are not written; a photo under another kind's suffix gets its own kind's.
    """
    form = photos.recognise(source)
    if form is None and not source.exists():
        form = photos.SUFFIXES.get(source.suffix.lower())
    if form is not None:
        return photos.suffix_for(source, form)
    return source.suffix if source.suffix.lower() in codecs.CONTAINERS else _SUFFIX


def check_suffix(path: Path) -> None:
    """Check that *path* names a kind of recording or photo that is written.

    Raises:
        WrongPath: It does not.
    """
    if photos.form_for(path) is None and path.suffix.lower() not in codecs.CONTAINERS:
        known = (form.suffixes[0] for form in photos.FORMS if form.writes)
        raise WrongPath(
            f"nothing is written as {path.suffix or 'a file without suffix'}",
            hint=f"for a recording, name the output with one of {', '.join(codecs.CONTAINERS)}; "
            f"for a photo, of {', '.join(known)}",
        )
