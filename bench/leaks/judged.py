"""What the judge gives: faces in frames, tracks, and the comparison of one output as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

_MOST_EXPOSED = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceFrame:
    """One face in one frame that could be judged.

    Attributes:
        frame: Number of the frame, from 0.
        track: Number of the track within its clip, from 0.
        height_px: Height of the face's box in pixels of the input.
        exposed: Share of its textured cells that the output still shows, 0 to 1.
    """

    frame: int
    track: int
    height_px: float
    exposed: float

    @property
    def leaks(self) -> bool:
        """Whether the face counts as visible."""
        return self.exposed > _MOST_EXPOSED


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackExposure:
    """One track: how many frames it could be judged in, how many leak, the longest run of those."""

    frames: int
    leaked: int
    longest_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the comparison of one output with its input gave.

    Attributes:
        fps: Frames a second, as the truth states it; 25 where it does not.
        faces: Every face in every frame that could be judged.
        over_redaction: Share of pixels changed outside head regions, mean over frames, 0 to 1.
        squared_error: Mean squared luma error outside, over frames; 0 when nothing is outside.
        missing: Frames of the input that the output has no counterpart of.
        frames: Frames that were compared.
        size_changed: Whether the output's frames have another size; they were scaled back then.
    """

    fps: float
    faces: tuple[FaceFrame, ...]
    over_redaction: float
    squared_error: float
    missing: int
    frames: int
    size_changed: bool = False

    @property
    def leaked(self) -> int:
        """Number of faces in frames that leak."""
        return sum(face.leaks for face in self.faces)

    @property
    def tracks(self) -> tuple[TrackExposure, ...]:
        """Every track, by number."""
        frames: dict[int, list[bool]] = {}
        for face in self.faces:
            frames.setdefault(face.track, []).append(face.leaks)
        return tuple(
            TrackExposure(
                frames=len(leaks), leaked=sum(leaks), longest_s=_longest_run(leaks) / self.fps
            )
            for _, leaks in sorted(frames.items())
        )

    @property
    def psnr_db(self) -> float:
        """Peak signal-to-noise ratio outside, in dB; infinite without any error."""
        return 10 * float(np.log10(255**2 / self.squared_error)) if self.squared_error else np.inf

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values; faces as rows, for size."""
        rows = [[f.frame, f.track, f.height_px, round(f.exposed, 4)] for f in self.faces]
        return {**asdict(self), "faces": rows}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Judged:
        """Read what :meth:`to_json` gave."""
        faces = tuple(
            FaceFrame(frame=frame, track=track, height_px=height, exposed=exposed)
            for frame, track, height, exposed in values["faces"]
        )
        return cls(**{**values, "faces": faces})


def _longest_run(leaks: Sequence[bool]) -> int:
    longest = run = 0
    for leak in leaks:
        run = run + 1 if leak else 0
        longest = max(longest, run)
    return longest
