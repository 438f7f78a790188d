"""Photos: read into upright frames, and written anew from pixels alone.

The only part that knows Pillow and libheif.
"""

from bystander.media.photos import colour, pieces, tiff
from bystander.media.photos.colour import standard
from bystander.media.photos.decode import colours_used, decodes
from bystander.media.photos.forms import (
    FORMS,
    GIF,
    JPEG,
    SUFFIXES,
    WEBP,
    Form,
    form_for,
    recognise,
    suffix_for,
)
from bystander.media.photos.pieces import AFTER, Buffer, Piece
from bystander.media.photos.sink import PhotoEncoder, PhotoRecorder, photo_encoder
from bystander.media.photos.source import Photo, mapped
from bystander.media.photos.view import jpeg

__all__ = [
    "AFTER",
    "FORMS",
    "GIF",
    "JPEG",
    "SUFFIXES",
    "WEBP",
    "Buffer",
    "Form",
    "Photo",
    "PhotoEncoder",
    "PhotoRecorder",
    "Piece",
    "colour",
    "colours_used",
    "decodes",
    "form_for",
    "jpeg",
    "mapped",
    "photo_encoder",
    "pieces",
    "recognise",
    "standard",
    "suffix_for",
    "tiff",
]
