"""All tracks of a plan at one point of the decisions about it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import assert_never

from bystander.errors import PlanError
from bystander.geometry import Box
from bystander.plan import course
from bystander.plan.course import Course
from bystander.plan.terms import LONGEST_NAME, LONGEST_SOUND_S, TRACK
from bystander.records import (
    Because,
    Decision,
    Draw,
    Extent,
    Hide,
    Interpolate,
    Join,
    Keep,
    Key,
    Keyframe,
    Keys,
    Kind,
    Looked,
    Plan,
    Redaction,
    Region,
    Remove,
    Shown,
    Speech,
    Split,
    Undo,
    Unkey,
)
from bystander.timeline import Span, clock


@dataclass(frozen=True, slots=True, kw_only=True)
class _Track:
    """A track at one point of the replay.

    ``source`` is what it is until somebody edits it; ``parts`` is when each of those was that it
    was joined from, ``None``: from none.
    """

    id: str
    kind: Kind | None
    because: Because
    score: float
    source: Redaction | None = None
    course: Course | None = None
    hidden: bool = True
    edited: bool = False
    drawn: bool = False
    decided: Decision | None = None
    parts: tuple[Span, ...] | None = None

    @property
    def span(self) -> Span:
        """When it is."""
        return self.source.span if self.source else self.way.span

    @property
    def way(self) -> Course:
        """Its keys; what was found is turned into some."""
        if self.source is not None:
            return course.of(self.source)
        if self.course is None:
            raise ValueError("a track has a source or a course")
        return self.course


@dataclass(slots=True)
class Tracks:
    """All tracks at one point of the replay, by their names."""

    base: Plan
    speech: tuple[Span, ...] | None = field(init=False)
    speech_decided: Decision | None = field(init=False, default=None)
    _tracks: dict[str, _Track] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.speech = self.base.speech
        for redaction in self.base.redactions:
            # In a plan that was reviewed before are regions that were drawn then.
            drawn = re.fullmatch(r"drawn-\d+", redaction.track, re.ASCII)
            name = f"earlier-{redaction.track}"[:LONGEST_NAME] if drawn else redaction.track
            track = _Track(
                id=self.free(name),
                kind=redaction.kind,
                because=redaction.because,
                score=redaction.score,
                source=redaction,
            )
            self._tracks[track.id] = track

    def free(self, name: str) -> str:
        """Return *name*, or one like it that no track has."""
        count = 1
        free = name
        while free in self._tracks:
            count += 1
            free = f"{name[: LONGEST_NAME - len(str(count)) - 1]}-{count}"
        return free

    def take(self, decision: Decision) -> None:  # noqa: PLR0912 one a kind
        """Follow *decision*.

        Raises:
            PlanError: It does not fit.
        """
        match change := decision.change:
            case Keep() | Hide():
                self._keep(decision, change)
            case Draw():
                self._draw(decision, change)
            case Key():
                key = Keyframe(at=change.at, box=change.box)
                self._set_keys(decision, self._of(change.track), (key,))
            case Keys():
                self._set_keys(decision, self._of(change.track), change.keys)
            case Unkey():
                self._unkey(decision, change)
            case Extent():
                track = self._of(change.track)
                self._check_span(change.span)
                self._edit(decision, track, track.way.within(change.span))
            case Interpolate():
                track = self._of(change.track)
                self._edit(decision, track, self._moving(track, on=change.on))
            case Split():
                self._split(decision, change)
            case Join():
                self._join(decision, change)
            case Remove():
                self._remove(change)
            case Speech():
                self._set_speech(decision, change)
            case Looked():
                self._check_span(Span(change.at, self.base.footage.duration))
            case Undo():
                pass
            case _:
                assert_never(change)

    def _keep(self, decision: Decision, change: Keep | Hide) -> None:
        if not change.tracks:
            raise PlanError("it names no track")
        for track in [self._of(name) for name in change.tracks]:
            self._tracks[track.id] = replace(
                track, hidden=isinstance(change, Hide), decided=decision
            )

    def _draw(self, decision: Decision, change: Draw) -> None:
        if change.track in self._tracks or not re.fullmatch(TRACK, change.track, re.ASCII):
            raise PlanError(f"no new track can be called {change.track!a}")
        self._check_keys(change.keys)
        self._check_span(change.span)
        # What the second look added has its margins already, as a detector's has.
        own = frozenset(key.at for key in change.keys) if change.kind is None else frozenset()
        self._tracks[change.track] = _Track(
            id=change.track,
            kind=change.kind,
            because=Because.ASKED if change.kind is None else Because.VERIFIER,
            score=1.0,
            course=Course(
                span=change.span, keys=change.keys, interpolate=change.interpolate, own=own
            ),
            drawn=True,
            decided=decision,
        )

    def _set_keys(self, decision: Decision, track: _Track, keys: tuple[Keyframe, ...]) -> None:
        self._check_keys(keys)
        end = self.base.footage.duration
        self._edit(decision, track, track.way.with_keys(keys, end))

    def _unkey(self, decision: Decision, change: Unkey) -> None:
        track = self._of(change.track)
        without = track.way.without_key(change.at)
        if without is None:
            raise PlanError(f"{track.id} has no key at {clock(change.at)}, or no other")
        self._edit(decision, track, without)

    @staticmethod
    def _moving(track: _Track, *, on: bool) -> Course:
        """Return the way of *track* with straight lines or without.

        Boxes that the second look added stay until the next, as those of the plan do; so they are
        made keys for the line in the same way, and what they hide stays hidden.
        """
        way, added = track.way, track.because is Because.VERIFIER
        if on and added and not way.interpolate and not way.own:
            return course.joined([way], interpolate=True)
        return replace(way, interpolate=on)

    def _split(self, decision: Decision, change: Split) -> None:
        track = self._of(change.track)
        span = track.span
        if not span.start < change.at < span.end:
            raise PlanError(f"{track.id} is not there both before and after {clock(change.at)}")
        del self._tracks[track.id]
        way = track.way
        stem = track.id if len(track.id) + 2 <= LONGEST_NAME else f"split-{decision.number}"
        parts = (Span(span.start, change.at), Span(change.at, span.end))
        for letter, part in zip("ab", parts, strict=True):
            self._edit(decision, replace(track, id=self.free(f"{stem}-{letter}")), way.within(part))

    def _join(self, decision: Decision, change: Join) -> None:
        tracks = [self._of(name) for name in change.tracks]
        if len(set(change.tracks)) != len(tracks) or len(tracks) < 2:
            raise PlanError("it takes two tracks or more, each once, to join them")
        if len({track.hidden for track in tracks}) > 1:
            raise PlanError("some of these tracks are hidden and some kept; join what is alike")
        first = tracks[0]
        ways = [track.way for track in tracks]
        for track in tracks:
            del self._tracks[track.id]
        joined = replace(
            first,
            score=max(track.score for track in tracks),
            drawn=all(track.drawn for track in tracks),
            parts=tuple(part for track in tracks for part in track.parts or (track.span,)),
        )
        self._edit(decision, joined, course.joined(ways, interpolate=ways[0].interpolate))

    def _remove(self, change: Remove) -> None:
        track = self._of(change.track)
        if not track.drawn:
            raise PlanError(
                f"{track.id} was not drawn, so it cannot be removed", hint="it can be kept"
            )
        del self._tracks[track.id]

    def _set_speech(self, decision: Decision, change: Speech) -> None:
        if not self.base.hides_speech:
            raise PlanError("the plan hides no speech: its sound is dropped or kept")
        last = Fraction(0)
        for span in change.spans:
            if not last <= span.start < span.end:
                raise PlanError("speech is in order of time, without overlaps, from 0 on")
            last = span.end
        if last > self.base.footage.duration + LONGEST_SOUND_S:
            raise PlanError("speech ends long after the recording")
        self.speech, self.speech_decided = change.spans, decision

    def _of(self, name: str) -> _Track:
        if name not in self._tracks:
            raise PlanError(f"there is no track {name!a}")
        return self._tracks[name]

    def _edit(self, decision: Decision, track: _Track, way: Course) -> None:
        self._tracks[track.id] = replace(
            track, source=None, course=way, edited=True, decided=decision
        )

    def _check_span(self, span: Span) -> None:
        if not 0 <= span.start < span.end <= self.base.footage.duration:
            raise PlanError(
                f"{clock(span.start)} to {clock(span.end)} is no time in the recording, "
                f"which ends at {clock(self.base.footage.duration)}"
            )

    def _check_keys(self, keys: Sequence[Keyframe]) -> None:
        width, height = self.base.footage.width, self.base.footage.height
        times = [key.at for key in keys]
        if not keys or times != sorted(set(times)):
            raise PlanError("keys are in order of time, at least one")
        if not 0 <= times[0] <= times[-1] < self.base.footage.duration:
            raise PlanError(f"a key lies outside the recording: {clock(times[-1])}")
        for key in keys:
            box = key.box
            if not _lies_within(box, width, height):
                raise PlanError(f"a box does not lie within the frame of {width}x{height}")

    def plan(self) -> Plan:
        """Return the plan that is followed."""
        hidden = [self._redaction(track) for track in self._tracks.values() if track.hidden]
        if any(track.source is None for track in self._tracks.values()):
            hidden.sort(key=lambda r: (r.span.start, r.span.end, r.track))
        kept = [
            region
            for track in self._tracks.values()
            if not track.hidden
            for region in self._kept(track)
        ]
        return replace(
            self.base,
            redactions=tuple(hidden),
            kept=(*self.base.kept, *kept),
            speech=self.speech,
        )

    def _redaction(self, track: _Track) -> Redaction:
        if track.source is not None:
            return track.source
        width, height = self.base.footage.width, self.base.footage.height
        # What a person changed is there because a person asked; what the second look added is not.
        added = track.because is Because.VERIFIER and not track.edited
        return Redaction(
            track=track.id,
            kind=track.kind,
            because=Because.VERIFIER if added else Because.ASKED,
            span=track.span,
            region=track.way.region(self.base.policy, width, height),
            score=track.score,
        )

    def _kept(self, track: _Track) -> list[Region]:
        """Return where the verifier is to leave *track* alone.

        What nobody saw, a person's drawing or a damaged frame, has nothing in it to leave alone;
        nor has the time between the parts of a track that was joined.
        """
        if track.kind is None:
            return []
        redaction = self._redaction(track)
        keys = redaction.region
        ends = (*(key.at for key in keys[1:]), redaction.span.end)
        whole = redaction.span
        spans = [
            Span(max(whole.start, part.start), min(whole.end, part.end))
            for part in track.parts or (whole,)
            if part.overlaps(whole)
        ]
        return [
            Region(
                box=key.box,
                start=max(key.at, span.start),
                end=min(end, span.end),
                keep=True,
                track=track.id,
                kind=track.kind,
            )
            for span in spans
            for key, end in zip(keys, ends, strict=True)
            if end > span.start and key.at < span.end and not key.box.empty
        ]

    def shown(self) -> tuple[Shown, ...]:
        """Return all tracks, in order of time."""
        tracks = (
            Shown(
                id=track.id,
                kind=track.kind,
                because=track.because,
                score=track.score,
                span=track.span,
                keys=track.source.region if track.source else track.way.keys,
                interpolate=track.way.interpolate if track.source is None else False,
                hidden=track.hidden,
                edited=track.edited,
                drawn=track.drawn,
                decided=track.decided,
            )
            for track in self._tracks.values()
        )
        return tuple(sorted(tracks, key=lambda t: (t.span.start, t.span.end, t.id)))


def _lies_within(box: Box, width: int, height: int) -> bool:
    """Return whether *box* is one of whole pixels, at least one, of a frame of that size."""
    inside = 0 <= box.x0 < box.x1 <= width and 0 <= box.y0 < box.y1 <= height
    return inside and all(side == int(side) for side in (box.x0, box.y0, box.x1, box.y1))
