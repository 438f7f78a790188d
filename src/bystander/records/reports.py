"""What the verifier did and what it found."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from bystander.geometry import Box
from bystander.records.tracks import Detection
from bystander.timeline import Span


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
class Recount:
    """How many appearances of faces two detectors saw in the original, each on its own.

    Attributes:
        looks: Frames of the original that the second detector looked at.
        both: Appearances that both saw.
        first_only: Those that only the plan's detector was sure of.
        second_only: Those that only the verifier's saw.
    """

    looks: int
    both: int
    first_only: int
    second_only: int

    @property
    def missed(self) -> float:
        """How many more neither saw, if the two erred independently: Chapman's estimate.

        Rough, and no bound: what is hard for one detector is hard for the other, so in truth more
        are missed; and what is no face, seen by one alone, makes it larger. D. G. Chapman, "Some
        properties of the hypergeometric distribution with applications to zoological sample
        censuses" (1951).

        >>> Recount(looks=9, both=8, first_only=3, second_only=3).missed
        1.0
        """
        return self.first_only * self.second_only / (self.both + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraMatch:
    """How well the pattern of the original's camera matches, as PCE; above ``MATCHES``: the same.

    PCE is the peak of a correlation over the energy of the rest of it.

    Attributes:
        frames: Frames of both recordings that were looked at.
        before: One half of the original with the other; ``None``: it cannot be told.
        after: One half of the original with the other half of the output, likewise.
        why: Why it cannot be told, or ``None``.
    """

    MATCHES: ClassVar[float] = 60.0

    frames: int
    before: float | None = None
    after: float | None = None
    why: str | None = None

    @property
    def in_words(self) -> str:
        """What it comes to, for a person.

        >>> CameraMatch(frames=9, why="too few frames").in_words
        'it could not be measured: too few frames'
        >>> CameraMatch(frames=80, before=812.3, after=4.1).in_words.split(".")[0]
        'a match stands out by a PCE of 4, before of 812, on 80 frames; above 60 it is taken for the
        same camera'
        """
        if self.before is None or self.after is None:
            return f"it could not be measured: {self.why}"
        figures = (
            f"a match stands out by a PCE of {self.after:.0f}, before of {self.before:.0f}, on "
            f"{self.frames} frames; above {self.MATCHES:.0f} it is taken for the same camera"
        )
        if self.before <= self.MATCHES:
            return (
                f"{figures}. The original does not even match itself, so this says nothing: it is "
                "too short, or its camera leaves no fixed pattern in it"
            )
        return (
            f"{figures}. Somebody who has the camera, more of its footage or a better method may "
            "match it all the same"
        )


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
        unsure_speech: When somebody may speak in the output, not surely enough to hide it.
        nearly: Detections of those sightings that lack only a little.
        recount: What two detectors saw in the original, or ``None`` if that was not counted.
        camera: How well the camera's pattern matches, or ``None`` if that was not asked for.
    """

    plan_sha256: str
    output_sha256: str
    ran: tuple[Check, ...]
    skipped: tuple[Skipped, ...]
    leaks: tuple[Leak, ...]
    frames: int = 0
    regions: int = 0
    unsure: tuple[tuple[Fraction, Box], ...] = ()
    unsure_speech: tuple[Span, ...] = ()
    nearly: tuple[Detection, ...] = ()
    recount: Recount | None = None
    camera: CameraMatch | None = None

    @property
    def clean(self) -> bool:
        """Whether every check ran and none found anything."""
        return (
            bool(self.ran)
            and not self.skipped
            and not self.leaks
            and all(check.passed for check in self.ran)
        )
