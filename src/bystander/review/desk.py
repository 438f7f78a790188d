"""One file under review: its plan, what was decided, and its pictures."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from bystander import media, plan, run
from bystander.errors import BystanderError, Conflict, PlanError
from bystander.records import Change, Decided, Decision, Plan, Undo
from bystander.review import documents, unsure
from bystander.review.answers import Refusal
from bystander.review.journal import Journal
from bystander.review.pictures import Pictures
from bystander.review.places import Place, printable
from bystander.review.rendered import Rendered
from bystander.review.times import Times
from bystander.review.walk import Walks

_PATIENCE_S = 10  # for a page that asked for the file to get it, before other work is begun
PROGRAM = "bystander"  # who decides what the second look added
_LARGEST = 1 << 29  # bytes of a plan; one of an hour with 2,000 tracks has some 10 million


class Desk:
    """Opened when a page asks for the file, and closed when others were asked for since.

    Its methods are called from threads, but for the pictures; one that changes something has the
    desk to itself.
    """

    def __init__(self, place: Place, *, by: str, viewer: Callable[[], run.Viewer]) -> None:
        """Read the plan and the decisions, and have children open the file.

        Raises:
            BystanderError: The plan, the decisions or the file cannot be read, or do not belong
                together.
        """
        self.place, self._by = place, by
        self._lock = threading.RLock()
        self.pictures = Pictures(viewer)
        try:
            with ThreadPoolExecutor(1) as beside:  # the child needs as long as the plan
                opening = beside.submit(self.pictures.front.facts)
                try:
                    self._stamp = _stamp(place)
                    text = _read(place)
                    self.base: Plan = plan.from_json(text.decode("utf-8", "replace"))
                    self._text_sha256 = hashlib.sha256(text).hexdigest()
                    self.facts = opening.result()
                except BaseException:
                    self.pictures.close()  # or the child would be waited for
                    raise
            _check_fits(self.base, self.facts)
            self.times = Times(self.facts)
            self.journal = Journal(
                place.journal,
                self.base,
                text_sha256=self._text_sha256,
                plan_sha256=lambda: self.plan_sha256,
            )
            untouched = plan.decide(self.base, ())
            decisions = self.journal.read()
            self.decided = plan.decide(self.base, decisions) if decisions else untouched
        except BaseException:
            self.pictures.close()
            raise
        self._found = untouched.tracks
        self.walks = Walks(self.times, self._text_sha256)
        self.rendered = Rendered(place, self._text_sha256, lambda: self.plan_sha256)
        self.digest = "checking"
        self._shown = threading.Event()
        threading.Thread(target=self._check_digest, name="digest", daemon=True).start()

    def close(self) -> None:
        """End the children; what waits for them gets an error."""
        self.pictures.close()

    @cached_property
    def plan_sha256(self) -> str:
        """The digest of the plan, which is written anew for it: one edited by hand may differ."""
        return plan.sha256(self.base)

    @property
    def revision(self) -> int:
        """How many decisions there are."""
        return len(self.decided.history)

    def _check_digest(self) -> None:
        try:
            found = media.digest(self.place.source)
        except BystanderError:
            self.digest = "other"
            return
        self.digest = "same" if found == self.base.footage.sha256 else "other"
        self._shown.wait(_PATIENCE_S)
        _ = self.plan_sha256  # the first decision would have to wait for it

    def refresh(self) -> None:
        """Take in what another server, or another program, has decided since.

        Raises:
            PlanError: The plan is not the one that was opened, or the decisions are not about it.
        """
        if _stamp(self.place) != self._stamp:
            raise PlanError(
                f"{self.place.plan.name} was changed since the review began",
                hint="end this review and begin another",
            )
        with self._lock:
            self._catch_up()

    def _catch_up(self) -> None:
        decisions = self.journal.read()
        if len(decisions) != self.revision:
            self.decided = plan.decide(self.base, decisions)

    def standing(self, revision: int) -> Decided:
        """Return what was decided up to *revision*, which is the last.

        Raises:
            Conflict: It is not.
        """
        with self._lock:
            self.refresh()
            if revision != self.revision:
                raise Conflict("somebody else decided in the meantime", revision=self.revision)
            return self.decided

    def document(self, n: int) -> dict[str, Any]:
        """Return all that the page is told of it, as file *n*."""
        self.refresh()
        decided = self.decided
        told = {
            "n": n,
            "name": self.place.name,
            "revision": self.revision,
            **documents.of_plan(self.base, self.facts),
            "tracks": [documents.of_track(t, self.base.policy) for t in decided.tracks],
            "speech": documents.of_speech(decided),
            "unsure": unsure.moments(self._found, self.base, self.place.outputs.report_json),
            "audit": self.walks.told(decided),
            "history": [documents.of_entry(entry) for entry in decided.history],
            "undo": decided.undoable,
            "redo": decided.redoable,
            "rendered": self.rendered.state(decided),
            "output": printable(self.place.outputs.recording.name),
            "digest": self.digest,
        }
        self._shown.set()
        return told

    def decide(
        self, revision: int, because: str, change: Callable[[int], Change]
    ) -> dict[str, Any]:
        """Write down a decision to what stands at *revision*, and return what changes.

        Args:
            revision: What the page knows.
            because: Why.
            change: Makes the change, from the number of the decision.

        Raises:
            Refusal: Others decided since, or it cannot be.
        """
        if self.digest == "other":
            raise Refusal(
                422,
                "refused",
                "the plan was drawn up for another recording, so nothing can be decided about it",
            )

        def wanted(number: int) -> list[tuple[str, str, Change]]:
            made = change(number)
            self.walks.check(made)
            return [(self._by, because, made)]

        with self._lock:
            self.refresh()
            before = self.decided
            try:
                self._append(revision, wanted)
            except PlanError as error:
                raise Refusal(422, "refused", str(error), hint=error.hint) from error
            return self._patch(before)

    def undo(self, revision: int, *, again: bool) -> dict[str, Any]:
        """Take the last decision back, or do *again* what was taken back last.

        Raises:
            Refusal: Others decided since, or there is nothing.
        """
        with self._lock:
            self.refresh()
            number = self.decided.redoable if again else self.decided.undoable
            if number is None and revision == self.revision:
                raise Refusal(422, "refused", f"there is nothing to {'redo' if again else 'undo'}")
            return self.decide(revision, "", lambda _: Undo(number=number or 0))

    def add(self, make: Callable[[int, Decided], Sequence[tuple[str, Change]]]) -> int:
        """Write down what the program adds; return the revision after it.

        Args:
            make: Makes reasons and changes, from the number of the first decision and what is
                decided up to there.
        """

        def wanted(first: int) -> list[tuple[str, str, Change]]:
            return [(PROGRAM, because, change) for because, change in make(first, self.decided)]

        with self._lock:
            while True:
                self._catch_up()
                with suppress(Conflict):  # another program decided just then
                    self._append(self.revision, wanted)
                    return self.revision

    def _append(
        self, revision: int, wanted: Callable[[int], Sequence[tuple[str, str, Change]]]
    ) -> None:
        """Write down who decides what and why, as *wanted* makes it from the first number."""
        decided = [self.decided]

        def make(known: tuple[Decision, ...]) -> list[Decision]:
            now = datetime.now(UTC).replace(microsecond=0)
            first = len(known) + 1
            new = [
                Decision(number=number, when=now, by=by, because=because, change=change)
                for number, (by, because, change) in enumerate(wanted(first), start=first)
            ]
            if new:  # what does not fit is not written down
                decided.append(plan.decide(self.base, (*known, *new)))
            return new

        self.journal.append(revision, make)
        self.decided = decided[-1]

    def _patch(self, before: Decided) -> dict[str, Any]:
        after = self.decided
        told = {
            "revision": self.revision,
            **documents.patch(before, after, self.base.policy),
            "rendered": self.rendered.state(after),
        }
        if (before.walk, before.looks) != (after.walk, after.looks):
            told["audit"] = self.walks.told(after)
        return told


def _read(place: Place) -> bytes:
    try:
        if not place.plan.is_file() or place.plan.stat().st_size > _LARGEST:
            raise PlanError(f"{place.plan.name} is not a file, or too large")
        return place.plan.read_bytes()
    except OSError as error:
        why = str(error.strerror).lower()
        raise PlanError(f"{place.plan.name} cannot be read: {why}") from error


def _stamp(place: Place) -> tuple[int, ...]:
    """Return what changes when the plan is written anew."""
    try:
        found = place.plan.stat()
    except OSError:
        return ()
    return found.st_ino, found.st_size, found.st_mtime_ns


def _check_fits(base: Plan, facts: run.Facts) -> None:
    """Check that *base* can be a plan for the file; its digest, which takes longer, comes later.

    Raises:
        PlanError: It cannot.
    """
    footage = base.footage
    if (footage.width, footage.height) != (facts.width, facts.height):
        raise PlanError("the plan is for frames of another size than the recording's")
    if footage.frames != facts.frames:
        raise PlanError(
            f"the plan is for {footage.frames} frames, the recording has {facts.frames}",
            hint="it may be another recording's plan; if not, --salvage has to be as it was then",
        )
