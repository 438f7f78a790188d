"""Looking for plates, text and codes through a recording."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from bystander.detect.also import Also
from bystander.detect.plates import Plates
from bystander.detect.writing import Writing
from bystander.records import Detection, Detector, Frame, Kind
from bystander.watch import LONGEST_S, Changes, Watcher, is_due

_WITHIN_S = Fraction(13, 100)
_SURE = 0.6
# How often a plate is looked for that is seen so close that no vehicle can be made out: when one
# was, and when none was. Tracks of plates reach a second beyond both ends.
_CLOSE_EVERY_S, _CLOSE_FIRST_S = Fraction(1, 4), Fraction(1)
_CLOSE_EVERY_FRAMES = 30  # for files whose times cannot be believed


class Marks:
    """Looks at the frames of one recording, in order."""

    def __init__(
        self,
        detectors: Sequence[Detector],
        *,
        also: Also,
        least_scores: Mapping[Kind, float],
        at_once: bool,
    ) -> None:
        """Prepare to look.

        Args:
            detectors: Who looks; those for text and codes do.
            also: Knows of vehicles and people.
            least_scores: For plates, text and codes, if they are looked for, what scores less is
                not reported.
            at_once: No frame waits for another: every frame is looked at whole.
        """
        self._at_once = at_once
        self._also = also
        self._watchers: list[Watcher] = []
        self._plates: Plates | None = None
        for detector in detectors:
            if detector.kind is Kind.TEXT and Kind.PLATE in least_scores:
                least = least_scores[Kind.PLATE]
                self._plates = Plates(detector, also.vehicles, least_score=least, still=at_once)
                self._watchers.append(self._watcher(self._plates))
            if detector.kind in least_scores and detector.kind in (Kind.TEXT, Kind.CODE):
                writing = Writing(detector, least_score=least_scores[detector.kind])
                self._watchers.append(self._watcher(writing))
        self._changes = Changes()
        self._closely: Frame | None = None
        self._close: list[Detection] = []

    def see(self, frame: Frame, *, jumped: bool) -> list[Detection]:
        """Take in the next frame; see :meth:`bystander.detect.find.Finder.see`."""
        found = [d for watcher in self._watchers for d in watcher.see(frame, jumped=jumped)]
        return found + self._closely_seen(frame, jumped=jumped)

    def finish(self) -> list[Detection]:
        """Return what was seen in the last frames; call after the last frame."""
        return [found for watcher in self._watchers for found in watcher.finish()]

    def _watcher(self, of: Plates | Writing) -> Watcher:
        longest_s = Fraction(0) if self._at_once else LONGEST_S
        return Watcher(of.look, sure=_SURE, longest_s=longest_s, within_s=_WITHIN_S)

    def _closely_seen(self, frame: Frame, *, jumped: bool) -> list[Detection]:
        if self._plates is None:
            return []
        every_s = _CLOSE_EVERY_S if self._close else _CLOSE_FIRST_S
        if not (
            jumped or self._at_once or is_due(frame, self._closely, every_s, _CLOSE_EVERY_FRAMES)
        ):
            return []
        self._closely = frame
        if self._also.people:
            self._close = []
        elif jumped or self._close or self._at_once or self._changes.since(frame):
            self._changes.looked_at(frame, [frame.bounds])
            self._close = self._plates.close(frame)
        return self._close
