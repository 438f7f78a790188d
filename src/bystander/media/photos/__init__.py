"""Photos: read into upright frames, and written anew from pixels alone.

The only part that knows Pillow and libheif.
"""

from bystander.media.photos import colour, pieces, tiff
from bystander.media.photos.colour import standard
from bystander.media.photos.forms import FORMS, SUFFIXES, Form, form_for, recognise, suffix_for
from bystander.media.photos.pieces import AFTER, Buffer, Piece
from bystander.media.photos.sink import PhotoEncoder, PhotoRecorder, photo_encoder
from bystander.media.photos.source import Photo, mapped

__all__ = [
    "AFTER",
    "FORMS",
    "SUFFIXES",
    "Buffer",
    "Form",
    "Photo",
    "PhotoEncoder",
    "PhotoRecorder",
    "Piece",
    "colour",
    "form_for",
    "mapped",
    "photo_encoder",
    "pieces",
    "recognise",
    "standard",
    "suffix_for",
    "tiff",
]
