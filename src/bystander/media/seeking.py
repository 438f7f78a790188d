"""Frames of an opened file from anywhere on: by its index, or from its start.

By the index, decoding begins at a key frame. What a decoder gives of an earlier time was built on
frames that it has not seen (open groups of pictures), and is dropped. Each later frame must be the
very next one that the index has; if not, decoding began where it could not, or the index is wrong,
and :class:`WrongStart` says so. The deinterlacer looks at a frame before and one after each, so
there the first frame is dropped as well.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Protocol, cast

import av
import av.container
import av.error
import av.filter
import numpy as np

from bystander.errors import DamagedFootage
from bystander.media.files import open_container, why
from bystander.media.footage import Footage
from bystander.media.index import Index, NoIndexError
from bystander.media.source import Recording, deinterlacer, pulled
from bystander.records import Frame

# A frame's number, and what makes the frame: much of the work, not done for what is passed over.
Coming = tuple[int, Callable[[], Frame]]

# Whose decoders leave out frames that no other is built on, when told to, and nothing else.
_LEAVE_OUT = ("h264", "mpeg2video", "mpeg4")
_SEEKS = 3  # ever earlier ones, before the file is read from its start


class WrongStart(Exception):
    """Decoding cannot begin at this key frame."""


class Source(Protocol):
    """Gives the frames of one file in order, from one of several starts on."""

    def starts(self, index: int) -> list[int]:
        """Return where decoding may begin to get to frame *index*, the best first, -1 last."""

    def first_of(self, start: int) -> int:
        """Return the first frame that *start* gives."""

    def skip_to(self, number: int) -> None:
        """Say that frames before *number* are not needed from now on, and may be left out."""

    def begin(self, start: int) -> Iterator[Coming]:
        """Give frames from *start* on; ends what was begun before.

        Raises:
            WrongStart: There is another to be tried.
            NoIndexError: The index is wrong.
            FootageError: As :meth:`bystander.media.footage.Footage.frames`.
        """

    def close(self) -> None:
        """Close the file."""


class FromStart:
    """Frames of a file that is read from its start."""

    def __init__(self, footage: Footage) -> None:
        self._footage = footage
        self._frames: Iterator[Frame] = iter(())

    def starts(self, _index: int) -> list[int]:
        """Return the only start."""
        return [-1]

    def first_of(self, _start: int) -> int:
        """Return 0."""
        return 0

    def skip_to(self, _number: int) -> None:
        """Do nothing."""

    def begin(self, _start: int) -> Iterator[Coming]:
        """Give all frames."""
        self.close()
        self._frames = self._footage.frames()
        for frame in self._frames:
            yield frame.index, partial(_itself, frame)

    def close(self) -> None:
        """Close the file."""
        getattr(self._frames, "close", lambda: None)()


class FromKeys:
    """Frames of a recording that is decoded from the key frame before."""

    def __init__(self, footage: Recording, index: Index) -> None:
        self._footage = footage
        self._index = index
        self._container: av.container.InputContainer | None = None
        self._wanted = 0

    def skip_to(self, number: int) -> None:
        """Say that frames before *number* are not needed from now on, and may be left out."""
        self._wanted = 0 if self._footage.interlaced else max(0, number)

    def starts(self, index: int) -> list[int]:
        """Return the key frame before, the one before that, and the start of the file."""
        best = self._index.key_before(index - self._footage.interlaced if index else 0)
        return [key for key in (best, best - 1) if key > 0] + [-1]

    def first_of(self, start: int) -> int:
        """Return the first frame that *start* gives."""
        first = self._index.first_of(start)
        return first + (self._footage.interlaced and first > 0)

    def begin(self, start: int) -> Iterator[Coming]:
        """Give frames from key frame *start* on."""
        self._footage.check_unchanged()
        try:
            yield from self._numbered(start)
        except (WrongStart, DamagedFootage) as error:
            self.close()
            if start < 0 and isinstance(error, WrongStart):
                raise NoIndexError(
                    "frames are not where the file has them, so it is read from its start"
                ) from error
            raise
        self._footage.check_unchanged()

    def close(self) -> None:
        """Close the file."""
        container, self._container = self._container, None
        if container is not None:
            container.close()

    def _numbered(self, start: int) -> Iterator[Coming]:
        """Yield frames with their numbers; each is the next one that the index has."""
        index, footage = self._index, self._footage
        expected = index.first_of(start)
        begins = None if start < 0 else int(index.key_pts[start])
        drop = expected if self.first_of(start) > expected else -1
        base = index.times.tick
        for decoded in self._upright(start):
            if decoded.pts is None or decoded.time_base is None:
                raise WrongStart
            stamp = decoded.pts * decoded.time_base / base
            if begins is not None and stamp < begins:
                continue
            if expected < self._wanted and stamp > index.pts[expected]:
                expected = min(int(np.searchsorted(index.pts, int(stamp))), self._wanted)
            if expected >= len(index.pts) or stamp != index.pts[expected]:
                raise WrongStart
            footage.check_form(decoded, expected)
            at = index.times.at(expected)
            if expected != drop:
                yield expected, partial(footage.frame_of, decoded, expected, at)
            expected += 1
        if expected != len(index.pts):
            raise WrongStart

    def _upright(self, start: int) -> Iterator[av.VideoFrame]:
        """Yield frames as :meth:`Recording.frames` has them, the deinterlacer applied."""
        graph: av.filter.Graph | None = None
        for decoded, stream in self._decoded(start):
            self._footage.check_kind(decoded)
            if graph is None and self._footage.interlaced:
                graph = deinterlacer(stream)
            elif graph is None and decoded.interlaced_frame:  # and where the first is, who knows
                raise NoIndexError("some frames are interlaced, so it is read from its start")
            if graph is None:
                yield decoded
            else:
                graph.push(decoded)
                yield from pulled(graph)
        if graph is not None:
            graph.push(None)
            yield from pulled(graph)

    def _decoded(self, start: int) -> Iterator[tuple[av.VideoFrame, av.VideoStream]]:
        """Yield what is decoded from key frame *start* on."""
        begins = None if start < 0 else int(self._index.key_pts[start])
        packets, stream = self._packets(start)
        coder = stream.codec_context
        seen = False
        while True:
            try:
                packet = next(packets)
                if coder.name in _LEAVE_OUT:
                    coder.skip_frame = "NONREF" if self._may_lack(packet) else "DEFAULT"
                frames = packet.decode()
            except (StopIteration, av.error.EOFError):
                return
            except av.FFmpegError as error:
                if error.errno == errno.ENOMEM:
                    raise MemoryError from error
                if start >= 0:
                    raise WrongStart from error
                raise DamagedFootage(f"the recording is damaged: {why(error)}") from error
            for frame in frames:
                if begins is not None and frame.pts is not None and frame.pts < begins:
                    continue
                if frame.is_corrupt or (begins is not None and not seen and not frame.key_frame):
                    if start >= 0:
                        raise WrongStart
                    raise DamagedFootage("the recording is damaged: a frame does not decode whole")
                seen = True
                yield frame, stream

    def _may_lack(self, packet: av.Packet[Any]) -> bool:
        wanted = min(self._wanted, len(self._index.pts) - 1)
        return packet.pts is not None and packet.pts < self._index.pts[wanted]

    def _packets(self, start: int) -> tuple[Iterator[av.Packet[Any]], av.VideoStream]:
        """Return the packets from that of key frame *start* on."""
        for seek in range(start, max(0, start - _SEEKS), -1):
            container, stream = self._opened(anew=False)
            try:
                container.seek(int(self._index.key_seeks[seek]), stream=stream)
            except av.FFmpegError:
                break
            if packets := self._from_key(container, stream, start):
                return packets, stream
        container, stream = self._opened(anew=True)
        if start < 0:
            return container.demux(stream), stream
        if packets := self._from_key(container, stream, start):
            return packets, stream
        raise WrongStart

    def _from_key(
        self, container: av.container.InputContainer, stream: av.VideoStream, start: int
    ) -> Iterator[av.Packet[Any]] | None:
        """Return the packets from key frame *start* on, ``None`` if it has been passed."""
        packets = container.demux(stream)
        key_pts, key_order = (
            int(values[start]) for values in (self._index.key_pts, self._index.key_orders)
        )
        try:
            for packet in packets:
                if packet.pts == key_pts and packet.size:
                    return _chained(packet, packets)
                order = None if packet.pts is None else self._index.order_of(packet.pts)
                if order is not None and order > key_order:
                    return None
        except av.FFmpegError:
            return None
        return None

    def _opened(self, *, anew: bool) -> tuple[av.container.InputContainer, av.VideoStream]:
        if anew:
            self.close()
        if self._container is None:
            self._container = open_container(self._footage.path, self._footage.limits)
            stream = self._footage.stream_of(self._container)
            stream.thread_type = "AUTO"
        return self._container, cast(av.VideoStream, self._container.streams.best("video"))


def _itself(frame: Frame) -> Frame:
    return frame


def _chained(first: av.Packet[Any], others: Iterator[av.Packet[Any]]) -> Iterator[av.Packet[Any]]:
    yield first
    yield from others
