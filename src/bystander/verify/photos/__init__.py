"""What a photo's file holds besides pixels: every piece must be where ours have it, or is a leak.

For each kind of file, the order of pieces that the project's own photos have, each as often as
there. Values are compared with those, every byte must belong to a piece, and coded pixels must end
where they are used up, as far as the kind of file lets that be seen; a value that is something else
is never repeated in the leak.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from pathlib import Path

from bystander import media
from bystander.errors import FootageError
from bystander.records import Leak
from bystander.verify.container import NAME
from bystander.verify.photos import boxed, flat, jpeg, png, tiled
from bystander.verify.photos.expected import Expected

__all__ = ["examine"]

_CHECKS: dict[str, Callable[[media.photos.Buffer, Expected], Iterator[str]]] = {
    "JPEG": jpeg.jpeg,
    "PNG": png.png,
    "GIF": flat.gif,
    "BMP": flat.bmp,
    "TIFF": tiled.tiff,
    "WebP": boxed.webp,
    "AVIF": boxed.avif,
}


def examine(path: Path, original: media.Photo) -> list[Leak]:
    """Return what the file *path* must not hold.

    Args:
        path: The new photo.
        original: The photo that it was made from: how many pictures it has, and what colours mean.

    Raises:
        FootageError: The file cannot be read.
    """
    form = media.photos.recognise(path)
    wanted = media.photos.SUFFIXES.get(path.suffix.lower())
    if form is None or form is not wanted:
        return [Leak(check=NAME, what="the file is not of the kind that its name says")]
    expected = Expected(
        icc=original.profile.icc, pictures=original.expected_frames, is_film=original.is_film
    )
    with media.photos.mapped(path) as data:
        try:
            found = dict.fromkeys(_CHECKS[form.name](data, expected))
        except (FootageError, IndexError, KeyError, ValueError, struct.error):
            found = dict.fromkeys(["the file does not keep to its format"])
    return [Leak(check=NAME, what=what) for what in found]
