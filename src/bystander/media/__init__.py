"""From a file to upright frames and sound, and from those to a clean new file.

The only room that knows FFmpeg (through PyAV): pts, time bases, rotation flags, codecs.
"""

from bystander.media.codecs import CONTAINERS, PRESETS, Encoder, container_for
from bystander.media.denoise import denoised
from bystander.media.files import coded_packets, coded_size, digest, stream_kinds
from bystander.media.sink import Recorder, encoder_like
from bystander.media.sound import read_sound, sound_form
from bystander.media.source import (
    Colour,
    Damage,
    Footage,
    open_footage,
)
from bystander.media.structure import Element, content, walk

__all__ = [
    "CONTAINERS",
    "PRESETS",
    "Colour",
    "Damage",
    "Element",
    "Encoder",
    "Footage",
    "Recorder",
    "coded_packets",
    "coded_size",
    "container_for",
    "content",
    "denoised",
    "digest",
    "encoder_like",
    "open_footage",
    "read_sound",
    "sound_form",
    "stream_kinds",
    "walk",
]
