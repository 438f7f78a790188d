"""Listening for speech while the frames go by."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from bystander import detect, media, plan
from bystander.records import LISTEN_HZ, Policy, Sound
from bystander.timeline import Span


class Listening:
    """Listens to a recording, if *policy* hides speech; to as much at a time as is asked for.

    Attributes:
        names: Who listens.
    """

    def __init__(self, footage: media.Footage, policy: Policy) -> None:
        """Begin.

        Raises:
            ModelError: A listener is missing or altered.
        """
        self._policy = policy
        self._listener: detect.BothEars | None = None
        self._sound: Iterator[Sound] = iter(())
        if policy.hides_speech and footage.has_sound:
            self._listener = detect.listener(policy.speech_score)
            self._sound = media.read_sound(footage, LISTEN_HZ, None)
        self.names = self._listener.names if self._listener else ()

    def up_to(self, at: Fraction | None) -> None:
        """Listen to what comes before *at*, or to all that is left.

        Raises:
            DamagedFootage: The sound does not decode, and salvage was not asked for.
        """
        if self._listener is None:
            return
        for sound in self._sound:
            self._listener.hear(sound)
            if at is not None and sound.at >= at:
                return

    def finish(self) -> tuple[Span, ...] | None:
        """Return when somebody speaks, with margins; ``None`` if that was not asked for.

        Raises:
            DamagedFootage: The sound does not decode, and salvage was not asked for.
        """
        if not self._policy.hides_speech:
            return None
        self.up_to(None)
        heard = self._listener.finish() if self._listener else ()
        return plan.speech((one.span for one in heard), self._policy)
