"""From a file to upright frames and sound, and from those to a clean new file.

The only room that knows FFmpeg (through PyAV): pts, time bases, rotation flags, codecs; and, in
:mod:`bystander.media.photos`, Pillow and libheif.
"""

from bystander.media import photos
from bystander.media.codecs import CONTAINERS, PRESETS, Encoder, container_for
from bystander.media.denoise import denoised
from bystander.media.files import (
    coded_packets,
    coded_size,
    digest,
    discarded_packets,
    stream_kinds,
)
from bystander.media.footage import Colour, Damage, Footage
from bystander.media.hearing import LONGEST_S, loudness, wav
from bystander.media.names import RECORDINGS, is_media
from bystander.media.opening import open_footage
from bystander.media.photos import Photo, PhotoEncoder
from bystander.media.reel import CACHE_BYTES, Reel
from bystander.media.sink import Recorder
from bystander.media.sound import read_sound, sound_form
from bystander.media.structure import Element, content, walk
from bystander.media.tally import SoundTally
from bystander.media.view import is_hdr, jpeg
from bystander.media.writing import (
    AnyRecorder,
    check_suffix,
    encoder_like,
    is_photo,
    record,
    suffix_like,
)
from bystander.records import Limits

__all__ = [
    "CACHE_BYTES",
    "CONTAINERS",
    "LONGEST_S",
    "PRESETS",
    "RECORDINGS",
    "AnyRecorder",
    "Colour",
    "Damage",
    "Element",
    "Encoder",
    "Footage",
    "Limits",
    "Photo",
    "PhotoEncoder",
    "Recorder",
    "Reel",
    "SoundTally",
    "check_suffix",
    "coded_packets",
    "coded_size",
    "container_for",
    "content",
    "denoised",
    "digest",
    "discarded_packets",
    "encoder_like",
    "is_hdr",
    "is_media",
    "is_photo",
    "jpeg",
    "loudness",
    "open_footage",
    "photos",
    "read_sound",
    "record",
    "sound_form",
    "stream_kinds",
    "suffix_like",
    "walk",
    "wav",
]
