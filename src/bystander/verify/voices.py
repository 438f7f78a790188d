"""Listening to the output: is it silent where it must be, in step, and free of speech elsewhere?

What is planned to be hidden is measured (:mod:`bystander.verify.hushed`), the rest compared with
the original, for the two must be in step (:mod:`bystander.verify.in_step`). All that the output
has is looked at: it must be of the form that is written, and nothing in it may lie before the first
frame or at a time that is taken already, where players may find what this program leaves out.
The rest is listened to by one of those who made the plan, with a higher bar: that finds what was
left out of a plan or put in the wrong place, not what nobody hears. Where somebody else may have
written the plan, so is the original, without what is planned: a codec takes from a single word
what it is known by.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray

from bystander import media
from bystander.records import LISTEN_HZ, Heard, Leak, Listener, Plan, Sound
from bystander.timeline import Span, clock
from bystander.verify.hushed import WINDOW, Hushed
from bystander.verify.in_step import IN_STEP_S, InStep

NAME = "sound"
SPEECH = "speech"

# How sure the listener must be that somebody speaks outside of what was planned.
SURE = 0.5
UNSURE = 0.25
# The last packet of AAC is padded to its length; MP4 states where sound ends to the millisecond.
LONGER = 1024
# An encoder begins with samples of its own, no more than a packet of them, before the first frame;
# Matroska states times to the millisecond.
_EARLY = 1024
_ROUNDED_S = Fraction(1, 1000)
_MOST_LISTED = 20


class Hearing:
    """Hears output and original together, as much at a time as is asked for."""

    def __init__(
        self,
        plan: Plan,
        output: media.Footage,
        original: media.Footage,
        listener: Listener | None,
        to_original: Listener | None = None,
    ) -> None:
        """Begin.

        Args:
            plan: Says when sound is hidden.
            output: The new recording; it has sound.
            original: The recording it was made from.
            listener: Listens outside of that; ``None``: the plan keeps voices.
            to_original: Listens to the original outside of that, if it is asked for.
        """
        self._plan, self._output = plan, output
        self._form = media.sound_form(original, media.container_for(output.path))
        self._rate, layout = self._form
        self._hushed, self._in_step = Hushed(plan), InStep(NAME)
        self._pairs = zip_longest(
            _seconds(media.read_sound(original, self._rate, layout), self._rate),
            _seconds(media.read_sound(output, self._rate, layout), self._rate),
        )
        self._ears = [
            (ear, media.read_sound(footage, LISTEN_HZ, None, self._blanked))
            for ear, footage in ((listener, output), (to_original, original))
            if ear is not None
        ]
        self.listens = listener is not None
        self._second = 0
        self._lengths = [0, 0]
        self._loud: list[Leak] = []
        self._heard: tuple[Heard, ...] | None = None

    def up_to(self, at: Fraction | None) -> None:
        """Hear what comes before *at*, or all that is left.

        Raises:
            DamagedFootage: Sound does not decode.
        """
        while at is None or self._second < at:
            pair = next(self._pairs, None)
            if pair is None:
                break
            self._compare(*pair)
        for ear, pieces in self._ears:
            for sound in pieces:
                ear.hear(sound)
                if at is not None and sound.at >= at:
                    break

    def looked_at(self) -> str:
        """Return what was measured, in words."""
        original, output = (count / self._rate for count in self._lengths)
        hidden = ""
        if spans := len(self._plan.speech or ()) * self._plan.hides_speech:
            what = "the tone" if self._plan.policy.audio == "tone" else "silence"
            hidden = (
                f"; {what} measured in {self._hushed.measured / self._rate:.1f} s of {spans} "
                f"stretch{'es' * (spans != 1)}, their ends and short ones held only to be unlike "
                "the original"
            )
        return (
            f"{output:.3f} s of sound, {original:.3f} s in the original; "
            f"{self._in_step.looked_at}{hidden}"
        )

    def listened_to(self) -> str:
        """Return what was listened to, in words."""
        doubts = len(self.unsure())
        names = " and ".join(dict.fromkeys(ear.name for ear, _ in self._ears)) or "nobody"
        whose = "of output and original " if len(self._ears) > 1 else ""
        apart = f"; {doubts} moments that may be speech are listed apart" if doubts else ""
        return f"all sound {whose}outside of the planned stretches, by {names}{apart}"

    def leaks(self) -> list[Leak]:
        """Return what is wrong with the sound; call after the last of it."""
        original, output = self._lengths
        found = [*self._loud, *self._in_step.leaks()]
        if not -self._rate * IN_STEP_S <= output - original <= LONGER:
            much = abs(original - output) / self._rate
            longer = "longer" if output > original else "shorter"
            found.append(Leak(check=NAME, what=f"the sound is {much:.3f} s {longer} than it was"))
        return [*found, *(Leak(check=NAME, what=what) for what in self._left_out())]

    def spoken(self) -> list[Leak]:
        """Return where somebody is surely heard outside of the plan; call after the last of it."""
        return [
            Leak(check=SPEECH, what=f"somebody may speak at {clock(one.span.start)}", span=one.span)
            for one in self._all_heard()
            if one.score >= SURE
        ]

    def unsure(self) -> tuple[Span, ...]:
        """Return where something was heard that may be speech; call after the last of it."""
        spans = (one.span for one in self._all_heard() if one.score < SURE)
        return tuple(sorted(set(spans), key=lambda span: (span.start, span.end)))

    def _left_out(self) -> Iterator[str]:
        """Yield what of the output was not looked at, and must not be there."""
        tally = self._output.sound or media.SoundTally()
        wrong = tally.forms - {self._form}
        if wrong:
            forms = " and ".join(f"{layout} at {rate} Hz" for rate, layout in sorted(wrong))
            yield f"the sound is {forms}; what is written is {self._form[1]} at {self._form[0]} Hz"
        if (tally.early_s - _ROUNDED_S) * self._rate > _EARLY:
            yield f"{float(tally.early_s):.3f} s of sound come before the first frame"
        if tally.twice_s:
            yield f"{float(tally.twice_s):.3f} s of sound are at times that are taken already"

    def _all_heard(self) -> tuple[Heard, ...]:
        if self._heard is None:
            self._heard = tuple(one for ear, _ in self._ears for one in ear.finish())
        # A short run is one in which nobody can be sure.
        return tuple(one for one in self._heard if one.score >= UNSURE or not one.score)

    def _blanked(self, sound: Sound) -> Sound:
        samples = sound.samples.copy()
        samples[:, self._hushed.inside(sound, 0)] = 0
        return replace(sound, samples=samples)

    def _compare(
        self, original: NDArray[np.float32] | None, output: NDArray[np.float32] | None
    ) -> None:
        at = Fraction(self._second)
        self._second += 1
        for place, samples in enumerate((original, output)):
            self._lengths[place] += 0 if samples is None else samples.shape[1]
        if output is None or original is None:
            return  # how much longer one may be is checked at the end
        count = min(original.shape[1], output.shape[1])
        before, after = (
            Sound(at=at, rate_hz=self._rate, samples=samples[:, :count])
            for samples in (original, output)
        )
        # At the very end a codec has one window less to be exact with.
        exact = count if count == self._rate else max(0, count - WINDOW)
        held = self._hushed.holds(after, before, exact)
        if held is not None and len(self._loud) < _MOST_LISTED:
            what = f"a planned stretch of sound still holds {held} at {clock(at)}"
            self._loud.append(Leak(check=NAME, what=what, span=Span(at, at + 1)))
        before, after = self._blanked(before), self._blanked(after)
        self._in_step.compare(at, before.samples, after.samples, self._rate)


def _seconds(pieces: Iterator[Sound], rate_hz: int) -> Iterator[NDArray[np.float32]]:
    """Yield the sound second by second."""
    waiting: list[NDArray[np.float32]] = []
    count = 0
    for piece in pieces:
        waiting.append(piece.samples)
        count += piece.samples.shape[1]
        if count >= rate_hz:
            joined = np.concatenate(waiting, axis=1)
            while joined.shape[1] >= rate_hz:
                yield joined[:, :rate_hz]
                joined = joined[:, rate_hz:]
            waiting, count = [joined], joined.shape[1]
    if count:
        yield np.concatenate(waiting, axis=1)
