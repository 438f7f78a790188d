"""What is hidden, where, when and how."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from bystander.geometry import Box
from bystander.records.tracks import Detection, Kind
from bystander.timeline import Span


class Because(StrEnum):
    """Why a redaction is in the plan."""

    DETECTOR = "detector"
    VERIFIER = "verifier"
    DAMAGED = "damaged"
    ASKED = "asked"


# Both are of a face; whether it was seen differs.
_FACES = {Kind.FACE, Kind.HEAD}
# What is hidden by more than this share of its box does not show.
_MOST_COVERED = 0.6
# What is smaller than this share of a face that is kept is another's, further away.
_LEAST_TALL = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """Part of the frame that a person names.

    It is hidden, whatever shows there; or, with ``keep``, what lies wholly in it is not hidden.

    Attributes:
        box: In pixels of the upright frame.
        start: From when, seconds since the first frame.
        end: Until when; ``None``: to the end.
        keep: Whether it is to be kept instead.
        track: The track that is kept, of which this is a part; ``None``: a region.
        kind: What of a track is kept: something else in the same place is not.
    """

    box: Box
    start: Fraction = Fraction(0)
    end: Fraction | None = None
    keep: bool = False
    track: str | None = None
    kind: Kind | None = None

    def holds(self, box: Box, at: Fraction) -> bool:
        """Return whether *box* lies wholly in it at *at*."""
        is_on = self.start <= at and (self.end is None or at < self.end)
        return is_on and self.box.hull(box) == self.box

    def means(self, box: Box, at: Fraction, kind: Kind) -> bool:
        """Return whether *box*, of that *kind*, is at *at* of the track that is kept here.

        It need not lie wholly in it: what is hidden by so much of it is not showing either.
        """
        is_on = self.start <= at and (self.end is None or at < self.end)
        if not is_on or (kind is not self.kind and not {kind, self.kind} <= _FACES):
            return False
        return self.box.intersection(box).area > _MOST_COVERED * box.area


# What can be hidden. Each of the first three includes those before it.
TARGETS = ("faces", "heads", "people", "plates", "text", "screens")
_PEOPLE = TARGETS[:3]

# The tone that can be put in the place of speech, and its largest sample (-20 dB of full scale).
TONE_HZ = 1000
TONE_LEVEL = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What to hide and how. Every field is in the plan, so a plan always gives the same output.

    Attributes:
        targets: What is hidden, of :data:`TARGETS`: ``faces``; ``heads``, which adds the heads of
            people whose face is not seen; ``people``, which adds whole people; ``plates``, which
            is all text on vehicles; ``text``, all text and codes; ``screens``.
        fill: What takes its place: ``solid`` (one grey) or ``soft`` (smooth, from outside).
        audio: ``drop`` the sound, ``mute-speech`` in it or put a ``tone`` there, or ``keep`` it.
        min_face_px: Smallest face looked for, height in pixels of the upright frame.
        score: Least score, 0 to 1, at which a detection of a face starts a track.
        score_continues: Least score at which a detection of a face continues a track.
        score_still: The first of these for a still, where no other frame can make up for a miss.
        person_score: Least score at which a detection of a person starts a track.
        person_score_continues: Least score at which it continues one.
        person_looks: A person seen in fewer looks, which are 0.1 s apart or a frame where that is
            longer, is taken for a mistake, but in a still.
        person_score_long: What is enough instead of ``person_score`` for one who is seen long,
        person_looks_long: which is in at least so many looks.
        text_score: Least score at which text is hidden, that on vehicles as well.
        screen_score: Least score at which a screen is hidden.
        gap_s: Longest gap in a track that is filled by interpolation, seconds.
        extend_s: How far a track is extended at both ends, seconds.
        head_width: Width of the head region as a multiple of the face's.
        head_up: How far it reaches above the face, as a multiple of the face's height.
        head_down: How far below.
        body_margin: How far the region of a whole person reaches beyond its box on every side, as
            a share of the box's width and height; that of a screen as well.
        text_margin: How far the region of a plate, of text or of a code reaches beyond its box on
            every side, as a share of the box's height.
        text_extend_s: What ``extend_s`` is for plates, text, codes and screens.
        union_s: A frame also hides what its neighbours within this many seconds hide.
        grid_px: Regions grow outwards to this grid, the source's coding blocks.
        margin_px: Pixels added on every side after that.
        crf: Quality of the encoder, in its own scale; ``None``: the default for the codec.
        preset: Speed of the encoder, a name as x264 has them.
        hide_camera: Reduce the fingerprint that the camera's sensor leaves in the picture.
        speech_score: Least score, 0 to 1, at which the network that listens hears speech.
        speech_pad_s: How far silence or tone reach beyond what was heard, seconds.
        speech_gap_s: Shorter gaps between stretches of speech are hidden with them, seconds.
        neutral_names: Files that are written say nothing by their name and time, where these are
            not chosen by a person.
        name: Where these settings are from: a policy's name, or ``own``.
        changed: What of them was changed beside that policy.
    """

    targets: tuple[str, ...] = ("heads", "plates")
    fill: str = "solid"
    audio: str = "drop"
    min_face_px: int = 10
    score: float = 0.25
    score_continues: float = 0.12
    score_still: float = 0.14
    person_score: float = 0.6
    person_score_continues: float = 0.3
    person_looks: int = 2
    person_score_long: float = 0.37
    person_looks_long: int = 6
    text_score: float = 0.5
    screen_score: float = 0.3
    gap_s: Fraction = Fraction(1)
    extend_s: Fraction = Fraction(1, 2)
    head_width: float = 2.2
    head_up: float = 0.6
    head_down: float = 0.35
    body_margin: float = 0.15
    text_margin: float = 0.25
    text_extend_s: Fraction = Fraction(1)
    union_s: Fraction = Fraction(1, 10)
    grid_px: int = 16
    margin_px: int = 8
    crf: int | None = None
    preset: str = "veryfast"
    hide_camera: bool = False
    speech_score: float = 0.1
    speech_pad_s: Fraction = Fraction(3, 10)
    speech_gap_s: Fraction = Fraction(1)
    neutral_names: bool = False
    name: str = "release"
    changed: tuple[str, ...] = ()

    @property
    def keeps_sound(self) -> bool:
        """Whether any of the sound is kept."""
        return self.audio != "drop"

    @property
    def hides_speech(self) -> bool:
        """Whether sound is kept without the speech in it."""
        return self.audio in ("mute-speech", "tone")

    def wants(self, target: str) -> bool:
        """Return whether *target*, of :data:`TARGETS`, is to be hidden.

        >>> [Policy(targets=("heads", "text")).wants(t) for t in ("faces", "heads", "people")]
        [True, True, False]
        """
        including = _PEOPLE[_PEOPLE.index(target) :] if target in _PEOPLE else (target,)
        return any(name in self.targets for name in including)


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
    # Fractions are slow to compare. As floats they keep their order, but may come to be equal.
    _nearly_from: float = field(init=False, repr=False, compare=False)
    _nearly_until: float = field(init=False, repr=False, compare=False)
    _nearly_at: tuple[float, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_nearly_from", float(self.span.start))
        object.__setattr__(self, "_nearly_until", float(self.span.end))
        object.__setattr__(self, "_nearly_at", tuple(float(key.at) for key in self.region))

    def box_at(self, at: Fraction) -> Box | None:
        """Return what is hidden at *at*, or ``None`` outside the span."""
        return self._box_at(at, float(at))

    def _box_at(self, at: Fraction, nearly: float) -> Box | None:
        if not self._nearly_from <= nearly <= self._nearly_until:
            return None
        if not self._nearly_from < nearly < self._nearly_until and at not in self.span:
            return None
        number = max(0, bisect_right(self._nearly_at, nearly) - 1)
        while number and self._nearly_at[number] == nearly and self.region[number].at > at:
            number -= 1
        return self.region[number].box


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
    """Everything that decides the output, apart from the recording itself.

    Attributes:
        footage: The recording that it is for.
        policy: What is hidden and how.
        detectors: Who looked, as ``name@first-digits-of-digest``.
        redactions: What is hidden when.
        kept: What lies wholly in one of these is not hidden: a person asked for that.
        speech: When somebody speaks; ``None``: nobody listened.
    """

    footage: FootageFacts
    policy: Policy
    detectors: tuple[str, ...]
    redactions: tuple[Redaction, ...]
    kept: tuple[Region, ...] = ()
    speech: tuple[Span, ...] | None = None
    _by_second: dict[int, list[Redaction]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _kept_by_second: dict[int, list[Region]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        for redaction in self.redactions:
            for second in _seconds(redaction.span.start, redaction.span.end):
                self._by_second.setdefault(second, []).append(redaction)
        for region in self.kept:
            for second in _seconds(region.start, region.end):
                self._kept_by_second.setdefault(second, []).append(region)

    def boxes_at(self, at: Fraction) -> list[Box]:
        """Return every box that is hidden at *at*, in no particular order."""
        near = [*self._by_second.get(_LONG, ()), *self._by_second.get(int(at), ())]
        nearly = float(at)
        boxes = (redaction._box_at(at, nearly) for redaction in near)
        return [box for box in boxes if box is not None]

    @property
    def hides_speech(self) -> bool:
        """Whether sound is kept without the speech in it."""
        return self.policy.hides_speech

    def without_kept(self, seen: Iterable[Detection]) -> list[Detection]:
        """Return what of *seen* nobody asked to keep, in its order.

        What lies wholly in a kept region is kept. Of a kept track only the track is: what of its
        kind would be hidden if the track were, and at each moment only one face, the largest, and
        none that is much too small. So somebody else who comes into its place is not kept with it.

        Args:
            seen: What one detector saw; what is hidden, which is nobody's to keep, left out.
        """
        seen = list(seen)
        if not self.kept:
            return seen
        kept: set[int] = set()
        faces: dict[tuple[str, Fraction], list[int]] = {}
        for number, one in enumerate(seen):
            near = (
                *self._kept_by_second.get(_LONG, ()),
                *self._kept_by_second.get(int(one.at), ()),
            )
            for region in near:
                if region.track is None:
                    if region.holds(one.box, one.at):
                        kept.add(number)
                elif region.means(one.box, one.at, one.kind):
                    if one.kind not in _FACES:
                        kept.add(number)
                    elif one.box.height >= _LEAST_TALL * self._face_height(region):
                        faces.setdefault((region.track, one.at), []).append(number)
        for numbers in faces.values():
            kept.add(max(numbers, key=lambda number: seen[number].box.area))
        return [one for number, one in enumerate(seen) if number not in kept]

    def _face_height(self, region: Region) -> float:
        """Return how tall the face is, about, whose head *region* hides or keeps; pixels."""
        policy = self.policy
        around = policy.grid_px + 2 * policy.margin_px
        return max(0, region.box.height - around) / (1 + policy.head_up + policy.head_down)


def _seconds(start: Fraction, end: Fraction | None) -> Iterable[int]:
    """Return the seconds under which something is filed that is from *start* to *end*."""
    if end is None or end - start > _LONG_S:
        return (_LONG,)
    return range(int(start), int(end) + 1)
