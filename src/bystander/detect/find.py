"""Looking for faces, people and what else is to be hidden through a recording.

Faces are looked for in the frames, and the parts of them, that the watcher chooses
(:mod:`bystander.watch`), at several sizes (:mod:`bystander.detect.sizes`). Looking for people is
cheap, and is done ten times a second where anything changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from bystander.detect.also import Also
from bystander.detect.marks import Marks
from bystander.detect.sizes import Sizes
from bystander.records import Detection, Detector, Frame, Kind
from bystander.watch import LONGEST_S, Changes, Watcher, is_due

# When a face comes or goes need not be known as exactly as tracks are extended beyond it.
_WITHIN_S = Fraction(13, 100)
_PEOPLE_EVERY_S = Fraction(1, 10)
_PEOPLE_EVERY_FRAMES = 6  # for files whose times cannot be believed
# The same where nothing changed: one look that misses somebody must not undo a track, which fills
# gaps of a second, nor one that errs count for long.
_UNCHANGED_S = Fraction(2, 5)
_UNCHANGED_FRAMES = 24


class Finder:
    """Looks at the frames of one recording, in order."""

    def __init__(
        self,
        detectors: Sequence[Detector],
        *,
        pixel_aspect: Fraction,
        smallest_px: int,
        least_scores: Mapping[Kind, float],
        sure: float,
        still: bool = False,
        every_frame: bool = False,
    ) -> None:
        """Prepare to look.

        Args:
            detectors: Who looks, for faces, people, text or codes. Vehicles and screens are seen
                by who looks for people.
            pixel_aspect: Width of a pixel over its height, as the file has it.
            smallest_px: Height of the smallest face to look for, in pixels of the frame.
            least_scores: For each kind that is looked for, what scores less is not reported.
            sure: A face that scores this is looked for in the frames between as well.
            still: The recording is too short for one frame to make up for another.
            every_frame: Look at every frame whole; to measure what is lost otherwise.
        """
        at_once = still or every_frame  # no frame waits for another
        self._wanted = least_scores.keys()
        self._also = Also(screen_score=least_scores.get(Kind.SCREEN))
        self._marks = Marks(detectors, also=self._also, least_scores=least_scores, at_once=at_once)
        self._sizes = Sizes(
            detectors,
            pixel_aspect=pixel_aspect,
            smallest_px=smallest_px,
            least_scores=least_scores,
            sure=sure,
            still=still,
            every_frame=at_once,
        )
        self._watcher = Watcher(
            self._sizes.faces,
            sure=sure,
            longest_s=Fraction(0) if at_once else LONGEST_S,
            within_s=_WITHIN_S,
            depth=self._sizes.depth,
        )
        self._people_every_s = Fraction(0) if at_once else _PEOPLE_EVERY_S
        self._people_sought: Frame | None = None
        self._people_looked_for: Frame | None = None
        self._people: list[Detection] = []
        self._changes = Changes()

    def see(self, frame: Frame, *, jumped: bool = False) -> list[Detection]:
        """Take in the next frame.

        Args:
            frame: The frame.
            jumped: Whether it shows another scene than the one before it.

        Returns:
            What the detectors see in it and in frames before it that were not looked at until now,
            each thing once in each frame.
        """
        if jumped:
            self._sizes.begin_scene(frame)
            self._people_looked_for = None
        found = self._watcher.see(frame, jumped=jumped)
        self._sizes.follow(frame, found)
        if jumped or is_due(frame, self._people_sought, self._people_every_s, _PEOPLE_EVERY_FRAMES):
            self._people_sought = frame
            people = self._people_in(frame)
            found += people if Kind.PERSON in self._wanted else []
            found += self._also.screens()
        return found + self._marks.see(frame, jumped=jumped)

    def _people_in(self, frame: Frame) -> list[Detection]:
        """Return the people in *frame*; where nothing changed, those who were there before."""
        if (
            not self._people_every_s
            or is_due(frame, self._people_looked_for, _UNCHANGED_S, _UNCHANGED_FRAMES)
            or self._changes.since(frame)
        ):
            self._people_looked_for = frame
            self._changes.looked_at(frame, [frame.bounds])
            self._people = self._sizes.people(frame, self._also)
        else:
            self._also.again(frame)
            self._people = [replace(person, at=frame.at) for person in self._people]
        return self._people

    def finish(self) -> list[Detection]:
        """Return what was seen in the last frames; call after the last frame."""
        return self._watcher.finish() + self._marks.finish()
