"""What is done in the child that shows one file, for :mod:`bystander.run.viewer`.

The file is opened with the first question and kept. While nobody asks, frames are decoded on the
side to which the last step went.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction

from bystander import hide, media, track
from bystander.errors import BystanderError, FootageError
from bystander.geometry import Box
from bystander.records import Frame
from bystander.run import answering
from bystander.run.progress import Progress
from bystander.run.told import Opening
from bystander.timeline import to_text

_THUMB_OFF_S = 2  # how far a small picture may be from the frame that was asked for,
_THUMB_PIXELS = 100e6  # where decoding up to it takes more than these: a third of a second or so
_CHUNK_S = 0.2  # how long following goes on before other questions are answered
_MOST_STEPS = 200  # of following, in one answer
_MOST_FOLLOWINGS = 4  # which are not at their end


class _Shown:
    """The file that is open, and what goes on with it."""

    def __init__(self) -> None:
        self.opening: Opening | None = None
        self._reel: media.Reel | None = None
        self.reads_ahead = False
        self.followings: dict[int, Iterator[track.Followed]] = {}

    def reel(self, opening: Opening, progress: Progress) -> media.Reel:
        """Return the frames of the file; learn when they are shown if that is not known yet."""
        if self._reel is None or self.opening != opening:
            footage = media.open_footage(
                opening.source, salvage=opening.salvage, limits=opening.limits, digest_later=True
            )
            self._reel = media.Reel(footage, cache_bytes=opening.cache_bytes, step=progress.step)
            self.opening = opening
        return self._reel

    def ahead(self) -> bool:
        """Decode a frame that may be asked for next; return whether there may be more to do."""
        if self._reel is None or not self.reads_ahead:
            return False
        with suppress(BystanderError, MemoryError):  # whoever asks for it will be told
            return self._reel.ahead()
        return False


_shown = _Shown()


def serve(requests: int, answers: int, given_up: tuple[str, ...]) -> None:
    """Answer questions; see :func:`bystander.run.answering.serve`."""
    answering.serve(requests, answers, given_up, _VERBS, _shown.ahead)


def _facts(opening: Opening, progress: Progress) -> answering.Done:
    reel = _shown.reel(opening, progress)
    footage = reel.footage
    notes = [*footage.notes, *([reel.why] if reel.why else [])]
    if media.is_hdr(footage):
        notes.append("it is HDR, and shown with less of its brightness and colour")
    return {
        "kind": "photo" if isinstance(footage, media.Photo) else "recording",
        "width": footage.width,
        "height": footage.height,
        "pixel_aspect": to_text(footage.pixel_aspect),
        "tick": to_text(reel.times.tick),
        "duration": to_text(reel.times.duration),
        "rate": to_text(footage.rate),
        "has_sound": footage.has_sound,
        "indexed": reel.indexed,
        "notes": [note[: answering.LONGEST_TEXT] for note in notes],
    }, reel.times.runs().astype("<i8").tobytes()


def _digest(opening: Opening, progress: Progress) -> answering.Done:
    return {"sha256": _shown.reel(opening, progress).footage.sha256}


def _frame(
    opening: Opening,
    progress: Progress,
    *,
    index: int,
    width: int,
    boxes: list[Box],
    fill: str,
    part: Box | None,
    quality: int,
    enlarge: bool,
) -> answering.Done:
    reel = _shown.reel(opening, progress)
    _shown.reads_ahead = True
    frame = reel.frame(index)
    inside = [box.clipped(frame.width, frame.height) for box in boxes]
    planes = hide.FILLS[fill](frame.planes, inside, frame.layout) if inside else frame.planes
    return {}, media.jpeg(
        reel.footage, planes, width=width, part=part, quality=quality, enlarge=enlarge
    )


def _thumb(opening: Opening, progress: Progress, *, index: int, height: int) -> answering.Done:
    reel = _shown.reel(opening, progress)
    _shown.reads_ahead = False
    if not reel.has(index):
        near = reel.key_at(index)
        pixels = (index - near) * reel.footage.width * reel.footage.height
        off = reel.times.at(index) - reel.times.at(near)
        if pixels > _THUMB_PIXELS and off <= _THUMB_OFF_S:
            index = near
    frame = reel.frame(index)
    width = round(height * frame.width * reel.footage.pixel_aspect / frame.height)
    return {}, media.jpeg(reel.footage, frame.planes, width=max(1, width), quality=80)


def _waveform(opening: Opening, progress: Progress, *, buckets: int) -> answering.Done:
    reel = _shown.reel(opening, progress)
    loud = media.loudness(reel.footage, reel.times.duration, buckets, progress.step)
    return {"duration": to_text(reel.times.duration)}, loud.tobytes()


def _sound(
    opening: Opening, progress: Progress, *, start: Fraction, end: Fraction
) -> answering.Done:
    return {}, media.wav(_shown.reel(opening, progress).footage, start, end)


def _follow(
    opening: Opening,
    progress: Progress,
    *,
    number: int,
    begins: tuple[int, Box] | None,
    step: int,
    until: int,
) -> answering.Done:
    """Follow on, or where it *begins*, from there; *number* tells one following from another."""
    reel = _shown.reel(opening, progress)
    _shown.reads_ahead = False
    followings = _shown.followings
    if begins is not None:
        index, box = begins
        followings[number] = track.follow(box, _frames(reel, index, step, until))
        for old in list(followings)[:-_MOST_FOLLOWINGS]:
            del followings[old]
    if number not in followings:
        raise FootageError("so many things are followed that this one was given up")
    found: list[list[float]] = []
    until_then = time.monotonic() + _CHUNK_S
    for one in followings[number]:
        sides = (one.box.x0, one.box.y0, one.box.x1, one.box.y1)
        found.append([float(one.index), *map(float, sides), one.confidence])
        if time.monotonic() >= until_then or len(found) >= _MOST_STEPS:
            return {"found": found, "over": False}
    del followings[number]
    return {"found": found, "over": True}


def _frames(reel: media.Reel, index: int, step: int, until: int) -> Iterator[Frame]:
    for number in range(index, until + step, step):
        yield reel.frame(number)


_VERBS: answering.Verbs = {
    "facts": _facts,
    "digest": _digest,
    "frame": _frame,
    "thumb": _thumb,
    "waveform": _waveform,
    "sound": _sound,
    "follow": _follow,
}
