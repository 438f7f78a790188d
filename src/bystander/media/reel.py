"""Frames of one file by number, some of them kept: for somebody who steps and leaps through it.

Where frames are found by seeking, decoding begins at the key frame before; where not, at the start
of the file. Two decoders stand where they were left: who steps back a little and goes on does not
wait. Frames that were decoded stay until there is no more room, those furthest from the play head
going first; and while nobody asks, more are decoded on the side to which the last step went.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import accumulate

from bystander.errors import FootageError
from bystander.media import index as indexing
from bystander.media.footage import Footage
from bystander.media.index import FrameTimes, NoIndexError
from bystander.media.photos import Photo
from bystander.media.seeking import Coming, FromKeys, FromStart, Source, WrongStart
from bystander.media.source import Recording
from bystander.records import Frame

CACHE_BYTES = 256 << 20
_BEHIND = 3  # how many times as far a frame counts that lies where the last step came from
_DECODERS = 2


class Reel:
    """The frames of *footage*.

    Attributes:
        times: When they are shown.
        indexed: Whether they are found by seeking.
        why: If not, why, in words.
    """

    def __init__(
        self,
        footage: Footage,
        *,
        cache_bytes: int = CACHE_BYTES,
        step: Callable[[], object] = lambda: None,
    ) -> None:
        """Learn when frames are shown; where the file does not tell, all of it is decoded.

        Args:
            footage: Opened for nobody else.
            cache_bytes: How much room frames may take that are kept; there is one in any case.
            step: Called now and then while that goes on, and later while a frame is fetched.

        Raises:
            FootageError: As :meth:`bystander.media.footage.Footage.frames`.
        """
        self.footage = footage
        self._step = step
        self._room = cache_bytes
        self._kept: dict[int, Frame] = {}
        self._head, self._towards = 0, 1
        self._frame_bytes = _size_of(footage)
        self._decoders: list[_Decoder] = []
        self.why: str | None = None
        if not isinstance(footage, Recording):
            self._read_from_start("its pictures are read one after the other")
            return
        try:
            found = indexing.build(footage, step)
        except NoIndexError as error:
            self._read_from_start(str(error))
            return
        self.times = found.times
        self._decoders = [_Decoder(FromKeys(footage, found)) for _ in range(_DECODERS)]

    @property
    def indexed(self) -> bool:
        """Whether frames are found by seeking."""
        return self.why is None

    def close(self) -> None:
        """Close the file."""
        for decoder in self._decoders:
            decoder.close()
        self._kept.clear()

    def frame(self, number: int) -> Frame:
        """Return frame *number*.

        Raises:
            ValueError: There is none.
            FootageError: It does not decode, or the file is not what its index says: then
                ``times`` have changed.
        """
        if not 0 <= number < len(self.times):
            raise ValueError(f"there is no frame {number}")
        if number != self._head:
            self._towards = 1 if number > self._head else -1
        self._head = number
        if number not in self._kept:
            try:
                self._fetch(number, self._keep_from(number))
            except NoIndexError as error:
                self._lose_index(str(error))
                self._fetch(number, self._keep_from(number))
        return self._kept[number]

    def has(self, number: int) -> bool:
        """Return whether frame *number* is there already."""
        return number in self._kept

    def key_at(self, number: int) -> int:
        """Return the frame at or before *number* that costs least to decode from nothing."""
        source = self._decoders[0].source
        return source.first_of(source.starts(number)[0])

    def ahead(self) -> bool:
        """Decode one more frame where the next one is likely to be asked for.

        Returns:
            Whether there may be more to do.

        Raises:
            FootageError: As :meth:`frame`.
        """
        most = max(1, self._room // self._frame_bytes)
        try:
            if self._towards > 0:
                return self._ahead_forwards(self._head + most // 2)
            return self._ahead_backwards(most // 2)
        except NoIndexError as error:
            self._lose_index(str(error))
        except WrongStart:
            pass  # whoever asks for that frame will find another start
        return False

    def _ahead_forwards(self, last: int) -> bool:
        number = self._head
        while number in self._kept:
            number += 1
        if number > last or number >= len(self.times):
            return False
        decoder = self._decoder_for(number, number)
        self._advance(decoder, keep_from=number)
        return True

    def _ahead_backwards(self, room: int) -> bool:
        number = self._head
        while number in self._kept:
            number -= 1
        if number < 0 or self._head - number > room:
            return False
        decoder = self._decoder_for(number, number - room + 2)
        self._advance(decoder, keep_from=number - room + 2, until=number)
        return True

    def _keep_from(self, number: int) -> int:
        """Return the first frame on the way to *number* that is worth keeping."""
        most = max(1, self._room // self._frame_bytes)
        return number - (most // 4 if self._towards > 0 else most // 2)

    def _fetch(self, number: int, keep_from: int) -> None:
        decoder = self._decoder_for(number, keep_from)
        while number not in self._kept:
            self._step()
            try:
                self._advance(decoder, keep_from=keep_from, until=number)
            except WrongStart:
                starts = decoder.source.starts(number)
                tried = decoder.start in starts
                decoder.begin(starts[starts.index(decoder.start) + 1 if tried else 0])

    def _decoder_for(self, number: int, keep_from: int) -> _Decoder:
        """Return a decoder that will give the frames from *keep_from* on that lead to *number*.

        The one that was used last is tried first.
        """
        best = self.key_at(number)
        for decoder in self._decoders:
            all_come = decoder.next >= decoder.wanted or keep_from >= decoder.wanted
            if decoder.running and best <= decoder.next <= number and all_come:
                break
        else:
            decoder = self._decoders[-1]
            decoder.begin(decoder.source.starts(number)[0])
        decoder.skip_to(keep_from)
        self._decoders.remove(decoder)
        self._decoders.insert(0, decoder)
        return decoder

    def _advance(self, decoder: _Decoder, *, keep_from: int, until: int | None = None) -> None:
        """Decode one frame; keep it if it is from *keep_from* on and not after *until*."""
        coming = decoder.advance()
        if coming is None:
            raise FootageError("the recording ends before its last frame")
        number, make = coming
        if number in self._kept or number < keep_from or (until is not None and number > until):
            return
        self._kept[number] = make()
        self._make_room()

    def _make_room(self) -> None:
        most = max(1, self._room // self._frame_bytes)
        while len(self._kept) > most:
            worst = max(self._kept, key=self._distance)
            del self._kept[worst]

    def _distance(self, number: int) -> int:
        away = (number - self._head) * self._towards
        return away if away >= 0 else -away * _BEHIND

    def _lose_index(self, why: str) -> None:
        """Read the file from its start from now on.

        Raises:
            FootageError: Its frames are not at the times that the index had.
        """
        before = self.times
        self._read_from_start(why)
        if before.duration != self.times.duration or before.at(-1) != self.times.at(-1):
            raise FootageError("frames are not where the file has them; open it again")

    def _read_from_start(self, why: str) -> None:
        self.close()
        self.why = why
        self._decoders = [_Decoder(FromStart(self.footage)) for _ in range(_DECODERS)]
        self.times = self._times_by_decoding()

    def _times_by_decoding(self) -> FrameTimes:
        footage = self.footage
        if isinstance(footage, Photo):
            ends = accumulate(footage.lasts)
            return indexing.times_of([Fraction(0), *ends][:-1], footage.lasts[-1])
        stamps: list[Fraction] = []
        lasts = Fraction(0)
        for frame in footage.frames():
            stamps.append(frame.at)
            lasts = frame.lasts or 1 / footage.rate
            self._step()
        return indexing.times_of(stamps, lasts)


def _size_of(footage: Footage) -> int:
    """Return how many bytes the planes of a frame take, rounded up."""
    shift_x, shift_y = footage.layout.chroma_shift or (0, 0)
    colour = 2 * -(-footage.width >> shift_x) * -(-footage.height >> shift_y)
    return (footage.width * footage.height + colour) * (2 if footage.layout.bit_depth > 8 else 1)


class _Decoder:
    """One source, and where it is."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.next = 0
        self.start = -1
        self.wanted = 0
        self.running = False
        self._coming: Iterator[Coming] = iter(())

    def begin(self, start: int) -> None:
        """Begin at *start*, which is one of its source's."""
        getattr(self._coming, "close", lambda: None)()
        self._coming = self.source.begin(start)
        self.next = self.source.first_of(start)
        self.start, self.running = start, True

    def skip_to(self, number: int) -> None:
        """Say that frames before *number* are not needed from now on."""
        self.wanted = number
        self.source.skip_to(number)

    def advance(self) -> Coming | None:
        """Return the next frame; ``None`` after the last."""
        self.running = False  # unless all goes well
        coming = next(self._coming, None)
        if coming is not None:
            self.next, self.running = coming[0] + 1, True
        return coming

    def close(self) -> None:
        """Close the file."""
        getattr(self._coming, "close", lambda: None)()
        self.source.close()
        self.running = False
