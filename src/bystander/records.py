"""The nouns that rooms hand to each other, and :class:`Detector`, the one role two rooms need.

All are frozen and made once. Time (``at``) is an exact fraction of a second since the first frame;
space is pixels of the upright frame, x right, y down, half-open. Nothing here does any I/O.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bystander.geometry import Box
from bystander.timeline import Span

Plane = NDArray[np.uint8] | NDArray[np.uint16]
Picture = NDArray[np.uint8]


class Kind(StrEnum):
    """What a detection is of."""

    FACE = "face"
    HEAD = "head"  # of a person whose face was not seen; its box is where the face would be
    PERSON = "person"


class Because(StrEnum):
    """Why a redaction is in the plan."""

    DETECTOR = "detector"
    VERIFIER = "verifier"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True, kw_only=True)
class PixelLayout:
    """How the planes of a frame hold its picture.

    Attributes:
        name: FFmpeg's name of the format, such as ``yuv420p10le``.
        bit_depth: Bits a sample, 8 to 12; above 8 the planes are ``uint16``.
        chroma_shift: log2 of how much smaller U and V are than Y, x and y; ``None``: no chroma.
        full_range: Whether black is 0 and white is the largest value ("pc", not "tv").
    """

    name: str
    bit_depth: int
    chroma_shift: tuple[int, int] | None
    full_range: bool

    def shift(self, plane: int) -> tuple[int, int]:
        """Return log2 of how much smaller plane number *plane* is than the frame, x and y."""
        return self.chroma_shift if plane and self.chroma_shift else (0, 0)


# The grey of the solid fill, as a share of the way from black to white.
_SOLID_GREY = 0.36


def solid_level(layout: PixelLayout, plane: int) -> int:
    """Return the sample value that the solid fill has in plane number *plane*.

    >>> layout = PixelLayout(
    ...     name="yuv420p", bit_depth=8, chroma_shift=(1, 1), full_range=False
    ... )
    >>> solid_level(layout, 0), solid_level(layout, 1)
    (95, 128)
    """
    if plane:
        return 1 << (layout.bit_depth - 1)
    scale = 1 << (layout.bit_depth - 8)
    if layout.full_range:
        return round(_SOLID_GREY * (256 * scale - 1))
    return round((16 + _SOLID_GREY * 219) * scale)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Frame:
    """One picture of a recording, upright.

    Attributes:
        index: Its number from 0, a label for people.
        at: Seconds since the first frame, exact.
        lasts: Seconds until the next one as far as the file says, or ``None``.
        planes: The file's own planes, Y or Y U V, each (rows, columns).
        layout: How the planes are to be read.
        damaged: Whether the decoder had to make parts of it up.
    """

    index: int
    at: Fraction
    lasts: Fraction | None
    planes: tuple[Plane, ...]
    layout: PixelLayout
    damaged: bool = False
    _rgb: Callable[[int, int], Picture] | None = field(default=None, repr=False)

    @property
    def width(self) -> int:
        """Width in pixels."""
        return int(self.planes[0].shape[1])

    @property
    def height(self) -> int:
        """Height in pixels."""
        return int(self.planes[0].shape[0])

    def rgb(self, width: int, height: int) -> Picture:
        """Return the picture that detectors look at, scaled.

        Args:
            width: Width of the result in pixels.
            height: Height of the result in pixels.

        Returns:
            Shape (height, width, 3), R G B, 0 to 255.

        Raises:
            ValueError: The frame did not come from a decoder, so it has no picture to scale.
        """
        if self._rgb is None:
            raise ValueError("only a frame that came from a decoder can be looked at")
        return self._rgb(width, height)

    def with_planes(self, planes: tuple[Plane, ...]) -> Frame:
        """Return the same moment with other planes, and no way back to these."""
        return Frame(
            index=self.index,
            at=self.at,
            lasts=self.lasts,
            planes=planes,
            layout=self.layout,
            damaged=self.damaged,
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sound:
    """A piece of sound: ``samples`` is (channels, n), float32 in [-1, 1]."""

    at: Fraction
    rate_hz: int
    samples: NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """One thing seen in one frame. ``detector`` is ``name@first-digits-of-digest``."""

    at: Fraction
    box: Box
    kind: Kind
    score: float
    detector: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """One continuous appearance: boxes over time within one recording.

    Never a name, never an embedding, never matched across recordings. ``detections`` are in time
    order and never empty; ``span`` also covers the stretches that were added at both ends.
    """

    id: str
    kind: Kind
    detections: tuple[Detection, ...]
    span: Span

    def __post_init__(self) -> None:
        if not self.detections:
            raise ValueError("a track needs at least one detection")

    @property
    def score(self) -> float:
        """The best score of its detections."""
        return max(detection.score for detection in self.detections)

    def box_at(self, at: Fraction) -> Box:
        """Return where it is at *at*.

        Between two detections that is on the straight line from one to the other. Before the
        first and after the last it is not known whether the thing stopped or went on as before,
        so the box reaches around both.
        """
        seen = self.detections
        after = bisect_left(seen, at, key=lambda detection: detection.at)
        if after == 0:
            return _drifting(seen[0], seen[1:_DRIFT_OVER], at)
        if after == len(seen):
            return _drifting(seen[-1], seen[-_DRIFT_OVER:-1][::-1], at)
        left, right = seen[after - 1], seen[after]
        share = (at - left.at) / (right.at - left.at)
        return left.box.moved_towards(right.box, float(share))


# How many detections, and how much time at most, the drift beyond an end is taken from.
_DRIFT_OVER = 6
_DRIFT_OVER_S = Fraction(2, 5)


def _drifting(end: Detection, near: tuple[Detection, ...], at: Fraction) -> Box:
    """Return a box around *end* and around where its motion through *near* leads to at *at*."""
    near = tuple(d for d in near if abs(d.at - end.at) <= _DRIFT_OVER_S)
    if not near:
        return end.box
    other = near[-1]
    pace = float((at - end.at) / (end.at - other.at))
    (x, y), (other_x, other_y) = end.box.centre, other.box.centre
    # A detector's boxes jitter: no more than two box sizes of drift are believed.
    limit_x, limit_y = 2 * end.box.width, 2 * end.box.height
    dx = min(limit_x, max(-limit_x, (x - other_x) * pace))
    dy = min(limit_y, max(-limit_y, (y - other_y) * pace))
    box = end.box
    return box.hull(Box(box.x0 + dx, box.y0 + dy, box.x1 + dx, box.y1 + dy))


class Detector(Protocol):
    """Finds things of one kind in a picture; an implementation lives in ``detect``."""

    @property
    def name(self) -> str:
        """``name@digest``, as it is written into plans and reports."""

    @property
    def kind(self) -> Kind:
        """What it finds."""

    def look(self, picture: Picture) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Find things in one picture.

        Args:
            picture: Shape (H, W, 3), R G B, 0 to 255; square pixels.

        Returns:
            Boxes, shape (N, 4), x0 y0 x1 y1 in pixels of *picture*, perhaps partly outside it;
            and scores, shape (N,), each in [0, 1].
        """


# Pixel aspects beyond these are taken for mistakes: no camera has them.
_NARROWEST, _WIDEST = Fraction(1, 3), Fraction(3)


def aspects_to_look_at(pixel_aspect: Fraction) -> tuple[Fraction, ...]:
    """Return the pixel aspects with which a detector is to look at a picture.

    A file's word for its pixel aspect may be wrong, and a picture stretched by a wrong one shows a
    detector nobody. So the picture is looked at as it is too, and where the word cannot be right,
    only so.

    >>> aspects_to_look_at(Fraction(1)), aspects_to_look_at(Fraction(8))
    ((Fraction(1, 1),), (Fraction(1, 1),))
    >>> aspects_to_look_at(Fraction(4, 3))
    (Fraction(1, 1), Fraction(4, 3))
    """
    if pixel_aspect == 1 or not _NARROWEST <= pixel_aspect <= _WIDEST:
        return (Fraction(1),)
    return Fraction(1), pixel_aspect


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What to hide and how. Every field is in the plan, so a plan always gives the same output.

    Attributes:
        target: What is hidden: ``faces``; ``heads``, which adds the heads of people whose face is
            not seen; or ``people``, which adds whole people.
        fill: What takes its place: ``solid`` (one grey) or ``soft`` (smooth, from outside).
        audio: ``drop`` the sound, or ``keep`` it (re-encoded; voices stay).
        min_face_px: Smallest face looked for, height in pixels of the upright frame.
        score: Least score, 0 to 1, at which a detection of a face starts a track.
        score_continues: Least score at which a detection of a face continues a track.
        score_still: The first of these for a still, where no other frame can make up for a miss.
        person_score: Least score at which a detection of a person starts a track.
        person_score_continues: Least score at which it continues one.
        person_frames: A person seen in fewer frames is taken for a mistake, but in a still.
        gap_s: Longest gap in a track that is filled by interpolation, seconds.
        extend_s: How far a track is extended at both ends, seconds.
        head_width: Width of the head region as a multiple of the face's.
        head_up: How far it reaches above the face, as a multiple of the face's height.
        head_down: How far below.
        body_margin: How far the region of a whole person reaches beyond its box on every side, as
            a share of the box's width and height.
        union_s: A frame also hides what its neighbours within this many seconds hide.
        grid_px: Regions grow outwards to this grid, the source's coding blocks.
        margin_px: Pixels added on every side after that.
        crf: Quality of the encoder, in its own scale; ``None``: the default for the codec.
        preset: Speed of the encoder, a name as x264 has them.
    """

    target: str = "heads"
    fill: str = "solid"
    audio: str = "drop"
    min_face_px: int = 10
    score: float = 0.25
    score_continues: float = 0.12
    score_still: float = 0.17
    person_score: float = 0.6
    person_score_continues: float = 0.35
    person_frames: int = 3
    gap_s: Fraction = Fraction(1)
    extend_s: Fraction = Fraction(1, 2)
    head_width: float = 2.2
    head_up: float = 0.6
    head_down: float = 0.35
    body_margin: float = 0.15
    union_s: Fraction = Fraction(1, 10)
    grid_px: int = 16
    margin_px: int = 8
    crf: int | None = None
    preset: str = "veryfast"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyframe:
    """From ``at`` on, until the next keyframe, this box is hidden."""

    at: Fraction
    box: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Redaction:
    """One region over time. ``region`` is in time order and starts no later than ``span``."""

    track: str
    kind: Kind | None
    because: Because
    span: Span
    region: tuple[Keyframe, ...]
    score: float

    def box_at(self, at: Fraction) -> Box | None:
        """Return what is hidden at *at*, or ``None`` outside the span."""
        if at not in self.span:
            return None
        low, high = 0, len(self.region)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.region[middle].at <= at else (low, middle)
        return self.region[low].box


@dataclass(frozen=True, slots=True, kw_only=True)
class FootageFacts:
    """What a plan remembers of the recording it is for."""

    sha256: str
    width: int
    height: int
    frames: int
    duration: Fraction


# Redactions longer than this are looked through at any time, not filed under each second.
_LONG_S = 3600
_LONG = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that decides the output, apart from the recording itself."""

    footage: FootageFacts
    policy: Policy
    detectors: tuple[str, ...]
    redactions: tuple[Redaction, ...]
    _by_second: dict[int, list[Redaction]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        by_second: dict[int, list[Redaction]] = defaultdict(list)
        for redaction in self.redactions:
            span = redaction.span
            if span.duration > _LONG_S:
                by_second[_LONG].append(redaction)
                continue
            for second in range(int(span.start), int(span.end) + 1):
                by_second[second].append(redaction)
        self._by_second.update(by_second)

    def boxes_at(self, at: Fraction) -> list[Box]:
        """Return every box that is hidden at *at*, in no particular order."""
        near = [*self._by_second.get(_LONG, ()), *self._by_second.get(int(at), ())]
        boxes = (redaction.box_at(at) for redaction in near)
        return [box for box in boxes if box is not None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """Something the verifier found that must not be there.

    ``found`` holds the detections behind it, when a detector saw it; times and boxes, no pixels.
    """

    check: str
    what: str
    span: Span | None = None
    box: Box | None = None
    found: tuple[Detection, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A check that ran, and what it looked at, in words for a person."""

    name: str
    passed: bool
    looked_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A check that did not run, and why."""

    name: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What the verifier did and what it found.

    Attributes:
        plan_sha256: Digest of the plan that the output was examined against.
        output_sha256: Digest of the output.
        ran: The checks that ran.
        skipped: The checks that did not.
        leaks: What must not be there.
        frames: Frames of the output that were looked at.
        regions: Regions in them that were compared with their fill.
        unsure: When and where the second look saw something without evidence enough.
        nearly: Detections of those sightings that lack only a little.
    """

    plan_sha256: str
    output_sha256: str
    ran: tuple[Check, ...]
    skipped: tuple[Skipped, ...]
    leaks: tuple[Leak, ...]
    frames: int = 0
    regions: int = 0
    unsure: tuple[tuple[Fraction, Box], ...] = ()
    nearly: tuple[Detection, ...] = ()

    @property
    def clean(self) -> bool:
        """Whether every check ran and none found anything."""
        return (
            bool(self.ran)
            and not self.skipped
            and not self.leaks
            and all(check.passed for check in self.ran)
        )
