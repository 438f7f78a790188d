"""Writing a new recording: new pixels, new timestamps, new sound, and nothing else.

The file is built from an allow-list: one video stream with its times, size, pixel aspect and colour
tags, and one audio stream when sound is kept. Nothing is copied from the source's streams, and
both FFmpeg and the encoders are told not to write about themselves.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar, cast

import av
import av.audio.frame
import av.container
import av.error
from av.bitstream import BitStreamFilterContext
from av.codec.context import Flags as CodecFlags

from bystander.errors import FootageError
from bystander.media import codecs, picture
from bystander.media.footage import Footage
from bystander.records import Frame, Sound

_T = TypeVar("_T")
_AUDIO = {"webm": "libopus"}
_OPUS_RATE = 48_000
# Containers keep a time base only below this; a finer one is replaced.
_FINEST_TICK = Fraction(1, 1_000_000)
# So few frames come from x265 in order and with decoding times that it never set: it takes them
# from the third frame.
_FEW = 2

os.environ.setdefault("SVT_LOG", "1")  # the AV1 encoder would write to the terminal


class Recorder:
    """Writes frames, and sound, to a new file; use it as a context manager.

    Leaving it by an exception closes the file without finishing it: what is there is no recording.
    """

    def __init__(
        self,
        path: Path,
        like: Footage,
        *,
        crf: int | None,
        preset: str,
        sound_rate_hz: int | None = None,
        sound_layout: str = "stereo",
    ) -> None:
        """Create the file.

        Args:
            path: Where; its suffix chooses the container.
            like: The recording whose size, colour, pixel aspect and time base it gets.
            crf: Quality in the encoder's scale, or ``None`` for its default.
            preset: Speed of the encoder, one of :data:`bystander.media.codecs.PRESETS`.
            sound_rate_hz: Samples a second when sound will be written, or ``None``.
            sound_layout: Its channels, as FFmpeg names them.

        Raises:
            FootageError: The container or encoder cannot hold such frames, or cannot be written.
        """
        self._container_name = codecs.container_for(path)
        encoder = encoder_like(path, like)
        encoder.check(crf)
        self.encoder = encoder
        self._tick = max(like.tick, _FINEST_TICK)
        self._layout = like.layout
        self._last_pts: int | None = None
        self._written = 0
        self._container = self._try(lambda: self._create(path, sound_rate_hz))
        self._video = self._add_video(like, crf, preset)
        self._filter = (
            BitStreamFilterContext(f"filter_units=remove_types={encoder.drop_units}", self._video)
            if encoder.drop_units
            else None
        )
        self._audio = self._add_audio(sound_rate_hz, sound_layout) if sound_rate_hz else None

    def _create(self, path: Path, sound_rate_hz: int | None) -> av.container.OutputContainer:
        options = {"fflags": "+bitexact", "map_metadata": "-1"}
        if self._container_name in ("mp4", "mov"):
            options["movflags"] = "+faststart"
            if sound_rate_hz:
                # An edit list counts in these; in milliseconds it can end before the last samples.
                options["movie_timescale"] = str(sound_rate_hz)
        return av.open(
            f"file:{path.absolute()}", "w", format=self._container_name, container_options=options
        )

    def _add_video(self, like: Footage, crf: int | None, preset: str) -> av.VideoStream:
        stream = cast(
            av.VideoStream,
            self._container.add_stream(self.encoder.name, rate=_stated_rate(like.rate)),
        )
        context = stream.codec_context
        stream.width, stream.height, stream.pix_fmt = like.width, like.height, like.layout.name
        stream.time_base = context.time_base = self._tick
        context.sample_aspect_ratio = like.pixel_aspect
        context.color_primaries = like.colour.primaries
        context.color_trc = like.colour.transfer
        context.colorspace = like.colour.matrix
        context.color_range = like.colour.range
        context.thread_count = codecs.THREADS
        flags = CodecFlags.bitexact | CodecFlags.closed_gop | CodecFlags.frame_duration
        context.flags |= int(flags)
        context.options = self.encoder.options(crf, preset)
        if self.encoder.tag and self._container_name in ("mp4", "mov"):
            context.codec_tag = self.encoder.tag
        return stream

    def _add_audio(self, rate_hz: int, layout: str) -> av.AudioStream:
        codec = _AUDIO.get(self._container_name, "aac")
        rate = _OPUS_RATE if codec == "libopus" else rate_hz
        stream = cast(av.AudioStream, self._container.add_stream(codec, rate=rate, layout=layout))
        stream.codec_context.flags |= int(CodecFlags.bitexact)
        stream.bit_rate = 64_000 * (1 if layout == "mono" else 2)
        return stream

    def write(self, frame: Frame) -> None:
        """Encode *frame*.

        Raises:
            FootageError: It cannot be encoded or written, for example for want of space.
        """
        new = picture.write_planes(frame.planes, self._layout)
        new.time_base = self._tick
        pts = round(frame.at / self._tick)
        if self._last_pts is not None:
            pts = max(pts, self._last_pts + 1)
        new.pts = self._last_pts = pts
        if frame.lasts:
            new.duration = max(1, round(frame.lasts / self._tick))
        self._written += 1
        self._try(lambda: self._mux(self._video, self._video.encode(new)))

    def write_sound(self, sound: Sound) -> None:
        """Encode a piece of sound; pieces come in order and without gaps.

        Raises:
            FootageError: The recorder was made without sound, or it cannot be written.
        """
        audio = self._audio
        if audio is None:
            raise FootageError("this recording was begun without sound")
        layout = audio.layout.name
        new = av.audio.frame.AudioFrame.from_ndarray(sound.samples, format="fltp", layout=layout)
        new.sample_rate = sound.rate_hz
        new.time_base = Fraction(1, sound.rate_hz)
        new.pts = round(sound.at * sound.rate_hz)
        self._try(lambda: self._mux(audio, audio.encode(new)))

    def close(self) -> None:
        """Finish the file.

        Raises:
            FootageError: The end of it cannot be written.
        """
        self._try(self._finish)

    def _finish(self) -> None:
        last = self._video.encode()
        if self.encoder.name == "libx265" and self._written <= _FEW:
            for packet in last:
                packet.dts = packet.pts
        self._mux(self._video, last)
        if self._filter is not None:
            self._container.mux(self._filter.filter(None))
        if self._audio is not None:
            self._mux(self._audio, self._audio.encode())
        self._container.close()

    def _mux(self, stream: av.stream.Stream, packets: list[Any]) -> None:
        for packet in packets:
            if stream is self._video and self._filter is not None:
                self._container.mux(self._filter.filter(packet))
            else:
                self._container.mux(packet)

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.close()
        else:
            try:
                self._container.close()
            except (av.FFmpegError, OSError):
                return  # the file is thrown away; the error on its way says why

    def _try(self, action: Callable[[], _T]) -> _T:
        try:
            return action()
        except (av.FFmpegError, OSError) as error:
            why = str(error.strerror or "the encoder failed").lower()
            raise FootageError(f"the new recording cannot be written: {why}") from error


def encoder_like(path: Path, like: Footage) -> codecs.Encoder:
    """Return the encoder that writes frames like those of *like* to *path*.

    Raises:
        FootageError: There is none that can.
    """
    return codecs.encoder_for(
        codecs.container_for(path), like.layout, like.width, like.height, like.pixel_aspect
    )


def _stated_rate(rate: Fraction) -> Fraction:
    """Return a rate that every container can state; times do not depend on it."""
    return rate if 1 <= rate <= 1000 and rate.denominator <= 1_000_000 else Fraction(25)
