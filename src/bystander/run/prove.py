"""Showing, on a user's own recording, that nothing from inside the masks comes through.

Everything inside the planned regions, and all sound where speech is hidden, is replaced by random
noise, and both versions are rendered with the same plan and the same settings. If the two files are
equal byte for byte, the output does not depend on what was inside: not by the fill, and not by way
of the encoder, its rate control or the container either. That is shown for this recording, this
plan and one draw of noise in many million samples; it says nothing of other recordings.
"""

from __future__ import annotations

import filecmp
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from bystander import hide, media, plan
from bystander.errors import PlanError
from bystander.records import Frame, Plan, Sound, stretches
from bystander.run import drawing, passes
from bystander.run.batch import Options
from bystander.run.progress import Progress, Silent
from bystander.run.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What the comparison gave.

    Attributes:
        equal: Whether the two files are the same.
        released: Whether the released file is the same as well; ``None`` if none was named.
        plan_sha256: Digest of the plan.
        original_sha256: Digest of the file made from the recording.
        noise_sha256: Digest of the file made from the recording with noise inside the masks.
        frames: Frames in the recording.
        samples: How many samples of the planes were replaced by noise.
        heard: How many of the sound were, over all its channels.
        encoder: What wrote both, and its settings.
    """

    equal: bool
    released: bool | None
    plan_sha256: str
    original_sha256: str
    noise_sha256: str
    frames: int
    samples: int
    heard: int
    encoder: str


def prove(
    source: Path,
    given: Plan,
    *,
    suffix: str | None = None,
    released: Path | None = None,
    options: Options | None = None,
    progress: Progress | None = None,
    fill: hide.Fill | None = None,
) -> Proof:
    """Render *source* as it is and with noise inside the regions of *given*, and compare.

    Args:
        source: The recording.
        given: The plan.
        suffix: Which container or kind of photo to render to; ``None``: ``.mp4``, and for a photo
            its own.
        released: A redacted recording made with this plan, to be compared as well; its suffix
            is used.
        options: How to go about it.
        progress: Told of every pass and frame.
        fill: Used in place of the plan's; for tests of the proof itself.

    Raises:
        FootageError: The recording cannot be read, or written with this suffix.
        PlanError: The plan is for another recording, or hides nothing.
    """
    options, progress = options or Options(), progress or Silent()
    plan.check_policy(given.policy)
    footage = media.open_footage(source, salvage=options.salvage, limits=options.limits)
    drawing.check_fits(given, footage)
    noise = _Noise(given)
    own = media.suffix_like(source) if media.is_photo(source) else ".mp4"
    suffix = released.suffix if released else suffix or own
    # Both renderings are redacted, so they may lie in the system's own temporary folder.
    with Workspace(Path(tempfile.gettempdir()) / "proof") as workspace:
        first, second = (workspace.path / f"{name}{suffix}" for name in ("original", "noise"))
        recorder = passes.render(
            given, footage, first, progress, what="writing the original", fill=fill
        )
        passes.render(
            given,
            footage,
            second,
            progress,
            what="writing it with noise",
            fill=fill,
            before=noise,
            before_sound=noise.sound,
        )
        if not noise.samples and not noise.heard:
            raise PlanError(
                "the plan hides nothing in this recording, so there is nothing to prove"
            )
        digests = media.digest(first), media.digest(second)
        equal = filecmp.cmp(first, second, shallow=False)
    settings = recorder.encoder.options(given.policy.crf, given.policy.preset)
    return Proof(
        equal=equal,
        released=media.digest(released) == digests[0] if released else None,
        plan_sha256=plan.sha256(given),
        original_sha256=digests[0],
        noise_sha256=digests[1],
        frames=given.footage.frames,
        samples=noise.samples,
        heard=noise.heard,
        encoder=f"{recorder.encoder.name} {settings}",
    )


class _Noise:
    """Puts fresh random samples wherever the plan hides something."""

    def __init__(self, given: Plan) -> None:
        self._plan = given
        self._random = np.random.default_rng()
        self.samples = self.heard = 0

    def sound(self, sound: Sound) -> Sound:
        """Return *sound*, as it was decoded, with noise where the plan has speech."""
        if not self._plan.hides_speech:
            return sound
        samples = sound.samples.copy()
        for first, last in stretches(self._plan.speech or (), sound):
            inside = samples[:, max(first, 0) : last]
            inside[:] = self._random.uniform(-1, 1, inside.shape)
            self.heard += inside.size
        return replace(sound, samples=samples)

    def __call__(self, frame: Frame) -> Frame:
        boxes = self._plan.boxes_at(frame.at)
        planes = tuple(plane.copy() for plane in frame.planes)
        for number, plane in enumerate(planes):
            within = np.zeros(plane.shape, dtype=bool)
            for rows, columns in hide.windows(boxes, frame.layout.shift(number)):
                inside = plane[rows, columns]
                plane[rows, columns] = self._random.integers(
                    0, 1 << frame.layout.bit_depth, size=inside.shape, dtype=plane.dtype
                )
                within[rows, columns] = True
            self.samples += int(np.count_nonzero(within))  # regions may lie over one another
        return frame.with_planes(planes)
