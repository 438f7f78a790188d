"""A recording, and its frames: upright, in the order of time, as often as they are asked for.

What does not decode is refused, or with ``salvage`` counted: a decoder makes up what it lacks, and
what it made up has been seen by no detector.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from fractions import Fraction
from functools import partial
from itertools import islice
from pathlib import Path

import av
import av.container
import av.error
import av.filter

from bystander.errors import DamagedFootage, FootageError
from bystander.geometry import Box
from bystander.media import alpha, picture, structure
from bystander.media.files import kind, left_out, open_container, video_stream, why
from bystander.media.footage import Colour, Damage, Footage
from bystander.records import Frame, Limits, Picture, PixelLayout, Plane

_SALVAGE_HINT = "--salvage redacts what decodes and says how much is missing"
_NOT_STATED = 2  # as colour tags have it
_PROBED_FRAMES = 8
_STILL_FRAMES = 3
_FALLBACK_RATE = Fraction(25)
_MOST_LOST = 10_000  # packets; a file with more is given up
_DEINTERLACED = "interlaced frames were deinterlaced"
# Decoders that let damage pass unless told to look for it.
_CHECKED_WHEN_TOLD = {"hevc"}


class Recording(Footage):
    """A recording that FFmpeg decodes; see :class:`bystander.media.footage.Footage`.

    Attributes:
        timed: Whether the file states when frames are shown.
        first_stamps: When the first few frames are shown by the file's own clock, in seconds.
        interlaced: Whether the first frame is, so that all go through the deinterlacer.
    """

    def __init__(
        self, path: Path, *, salvage: bool, limits: Limits, digest_later: bool = False
    ) -> None:
        super().__init__(path, salvage=salvage, limits=limits, digest_later=digest_later)
        self.damage = Damage(cut=self._is_cut())
        self._read_head()

    def _is_cut(self) -> bool:
        try:
            cut = structure.is_cut(self.path)
        except FootageError:
            if not self.salvage:
                raise
            cut = True
        if cut and not self.salvage:
            raise DamagedFootage(
                "the recording is cut short: its end is missing", hint=_SALVAGE_HINT
            )
        return cut

    def _read_head(self) -> None:
        with open_container(self.path, self.limits) as container:
            stream = self.stream_of(container)
            rate = stream.average_rate or stream.guessed_rate
            self.rate = Fraction(rate) if rate else _FALLBACK_RATE
            self.expected_frames = stream.frames or _guess_frames(container, self.rate)
            self.limits.check_frames(self.expected_frames)
            frames = list(
                islice(_intact(container, stream, Damage(), self.salvage), _PROBED_FRAMES)
            )
            if not frames:
                raise FootageError("the recording has no frame that decodes")
            first = frames[0]
            self.limits.check_size(first.width, first.height)
            self._size, self._format = (first.width, first.height), first.format.name
            self._turn, self._rotation = picture.read_turn(first), first.rotation
            self.layout, self._source_format, note = picture.choose_layout(first, self._turn)
            self.timed = all(frame.pts is not None for frame in frames)
            self.width, self.height = self._turn.size(first.width, first.height)
            aspect = Fraction(stream.sample_aspect_ratio or 1)
            self.pixel_aspect = 1 / aspect if self._turn.transpose else aspect
            self.colour = _colour(first, self.layout)
            self.tick = Fraction(stream.time_base or 1) if self.timed else 1 / self.rate
            self.start = _stamp(first) or Fraction(0)
            self.first_stamps = [at for at in map(_stamp, frames) if at is not None]
            self.still = len(frames) <= _STILL_FRAMES
            self.grid_origin = self._turn.grid_origin(self.width, self.height)
            self.left_out = left_out(container, stream)
            audio = container.streams.best("audio")
            self.has_sound = audio is not None and audio.codec_context is not None
            self.sound_kind = kind(audio) if audio is not None else None
            self.notes = [note] if note else []
            if alpha.can_be_clear(first.format):
                alpha.check_shown(frames)
                self.notes.append(alpha.NOTE)
            self.interlaced = first.interlaced_frame
            if any(frame.interlaced_frame for frame in frames):
                self.notes.append(_DEINTERLACED)
            if not self.timed:
                self.notes.append(f"the file states no times; {self.rate} frames a second assumed")

    def frames(self) -> Iterator[Frame]:
        """Yield every frame, upright, in the order of time.

        Raises:
            DamagedFootage: Something does not decode, and salvage was not asked for.
            FootageError: The picture changes its size on the way, or the file changed.
            BeyondLimits: There is more of it than is taken.
        """
        damage = Damage(cut=self.damage.cut)
        start: Fraction | None = None
        last: Fraction | None = None
        index = lost = 0
        damaged = False
        for decoded in self._decoded(damage):
            self.check_form(decoded, index)
            at = index / self.rate
            stamp = _stamp(decoded)
            if self.timed and stamp is not None:
                start = stamp if start is None else start
                at = stamp - start
                if last is not None and at <= last:
                    # Time went back: a clock that was set, or two recordings in one file. What
                    # follows is moved to where the next frame was due, and keeps its pace.
                    due = last + max(self.tick, min(1 / self.rate, Fraction(1)))
                    at, start = due, stamp - due
                    damage.retimed += 1
            last = at
            self.limits.check_time(at)
            self.limits.check_frames(index + 1)
            # What follows a damaged or lost frame is built on it, up to the next that stands alone.
            damaged = decoded.is_corrupt or (
                (damaged or damage.packets > lost) and not decoded.key_frame
            )
            lost = damage.packets
            damage.frames += damaged
            yield self.frame_of(decoded, index, at, damaged=damaged)
            index += 1
        self.damage = damage
        if not index:
            raise FootageError("the recording has no frame that decodes")
        self.check_unchanged()

    def check_form(self, decoded: av.VideoFrame, index: int) -> None:
        """Check that *decoded*, which is frame number *index*, is as large as all.

        Raises:
            FootageError: It is not.
        """
        if (decoded.width, decoded.height) != self._size:
            raise FootageError(
                f"the picture changes its size at frame {index}, which is not supported",
                hint="cut the recording where it changes and redact the parts",
            )

    def frame_of(
        self, decoded: av.VideoFrame, index: int, at: Fraction, *, damaged: bool = False
    ) -> Frame:
        """Return what the decoder gave as an upright frame, with a copy of its planes."""
        lasts = decoded.duration * decoded.time_base if decoded.time_base else Fraction(0)
        planes = picture.read_planes(decoded, self._source_format, self.layout, self._turn)
        return Frame(
            index=index,
            at=at,
            lasts=self.believed(lasts),
            planes=planes,
            layout=self.layout,
            damaged=damaged,
            _rgb=partial(self._rgb, planes),
        )

    def believed(self, lasts: Fraction) -> Fraction | None:
        """Return *lasts*, in seconds, if a frame can be shown for that long."""
        return lasts if 0 < lasts <= self.limits.duration_s else None

    def _rgb(self, planes: tuple[Plane, ...], width: int, height: int, part: Box) -> Picture:
        return picture.scaled_rgb(planes, self.layout, self.colour.matrix, (width, height), part)

    def stream_of(self, container: av.container.InputContainer) -> av.VideoStream:
        """Return the video stream, whose decoder refuses what is too large."""
        stream = video_stream(container)
        self.limits.check_size(stream.width, stream.height)
        if stream.metadata.get("alpha_mode") == "1":
            raise FootageError(
                "the recording's transparency is beside its picture, where it is not read",
                hint="put it on a background with a video editor first",
            )
        options = {"max_pixels": str(self.limits.decoder_pixels)}
        if stream.codec_context.name in _CHECKED_WHEN_TOLD:
            options["err_detect"] = "crccheck+bitstream+buffer+explode"
        stream.codec_context.options = options
        return stream

    def _decoded(self, damage: Damage) -> Iterator[av.VideoFrame]:
        graph: av.filter.Graph | None = None
        with open_container(self.path, self.limits) as container:
            stream = self.stream_of(container)
            stream.thread_type = "SLICE" if self.salvage else "AUTO"
            for frame in _intact(container, stream, damage, self.salvage):
                self.check_kind(frame)
                if frame.interlaced_frame and graph is None:
                    graph = deinterlacer(stream)
                    if _DEINTERLACED not in self.notes:
                        self.notes.append(_DEINTERLACED)
                if graph is None:
                    yield frame
                else:
                    graph.push(frame)
                    yield from pulled(graph)
            if graph is not None:
                graph.push(None)
                yield from pulled(graph)

    def check_kind(self, decoded: av.VideoFrame) -> None:
        """Check that *decoded* has the pixels of all frames and is as upright as they are.

        Raises:
            FootageError: It is not.
        """
        if decoded.format.name != self._format:
            raise FootageError("the recording changes its pixel format on the way")
        # Not read_turn: PyAV never frees a frame whose side data was looked into.
        if decoded.rotation != self._rotation:
            raise FootageError("the recording changes which way is up on the way")


def _intact(
    container: av.container.InputContainer,
    stream: av.VideoStream,
    damage: Damage,
    salvage: bool,
) -> Iterator[av.VideoFrame]:
    """Yield decoded frames; count, or refuse, what does not decode."""
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
            frames = packet.decode()
        except (StopIteration, av.error.EOFError):
            return
        except av.FFmpegError as error:
            if error.errno == errno.ENOMEM:
                raise MemoryError from error
            damage.packets += 1
            if not salvage:
                raise DamagedFootage(
                    f"the recording is damaged: {why(error)}", hint=_SALVAGE_HINT
                ) from error
            if damage.packets > _MOST_LOST:
                return
            continue
        for frame in frames:
            if frame.is_corrupt and not salvage:
                when = f" at {float(frame.time):.2f} s" if frame.time is not None else ""
                raise DamagedFootage(
                    f"the recording is damaged{when}: a frame does not decode whole",
                    hint=_SALVAGE_HINT,
                )
            yield frame


def _colour(frame: av.VideoFrame, layout: PixelLayout) -> Colour:
    if frame.format.is_rgb or frame.format.name == "pal8":
        # swscale's own choice for RGB to YUV: BT.601, limited range.
        return Colour(primaries=_NOT_STATED, transfer=_NOT_STATED, matrix=6, range=1)
    # 0 is reserved, but for a matrix, where it means RGB, which these planes are not.
    primaries, transfer, matrix = (
        int(value) or _NOT_STATED
        for value in (frame.color_primaries, frame.color_trc, frame.colorspace)
    )
    return Colour(
        primaries=primaries,
        transfer=transfer,
        matrix=matrix,
        range=2 if layout.full_range else int(frame.color_range),
    )


def _guess_frames(container: av.container.InputContainer, rate: Fraction) -> int:
    return round(container.duration * rate / 1_000_000) if container.duration else 0


def _stamp(frame: av.VideoFrame) -> Fraction | None:
    """Return when *frame* is shown by the file's own clock, in seconds, if it says."""
    if frame.pts is None or frame.time_base is None:
        return None
    return frame.pts * frame.time_base


def deinterlacer(stream: av.VideoStream) -> av.filter.Graph:
    """Return what makes whole frames of interlaced ones; it sees one before and one after each."""
    graph = av.filter.Graph()
    graph.link_nodes(
        graph.add_buffer(template=stream),
        graph.add("bwdif", "mode=send_frame:parity=auto:deint=interlaced"),
        graph.add("buffersink"),
    ).configure()
    return graph


def pulled(graph: av.filter.Graph) -> Iterator[av.VideoFrame]:
    """Yield what *graph* has ready."""
    while True:
        try:
            frame = graph.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return
        if isinstance(frame, av.VideoFrame):
            yield frame
