"""Which encoder writes a recording, and with which settings.

Settings are chosen so that the same frames always give the same bytes on the same machine:
a fixed number of threads, and none of the modes in which threads race. They also keep the
encoders from writing about themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from bystander.errors import PlanError, WrongPath
from bystander.records import PixelLayout

CONTAINERS = {
    ".mp4": "mp4",
    ".m4v": "mp4",
    ".mov": "mov",
    ".mkv": "matroska",
    ".webm": "webm",
}
PRESETS = (
    "ultrafast",
    "superfast",
    "veryfast",
    "faster",
    "fast",
    "medium",
    "slow",
    "slower",
    "veryslow",
)
THREADS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoder:
    """An encoder of FFmpeg and its options.

    Attributes:
        name: FFmpeg's name of the encoder.
        codec: Name of what it writes, as a decoder calls it.
        crf: Default quality, in the encoder's own scale.
        most_crf: Coarsest quality offered: beyond it, masks stop holding their fill.
        error: Most that coding at the default quality moves the mean of a block of 8 x 8 in a
            flat or smooth area, in steps of an 8-bit sample; near twice what was measured on
            clips with masks in them (``docs/measurements.md``).
        crf_doubling: Steps of ``crf`` in which that error doubles.
        tag: Four letters for MP4, where the default would not do.
        drop_units: NAL units that are not let through, as the bitstream filter numbers them.
    """

    name: str
    codec: str
    crf: int
    most_crf: int
    error: float
    crf_doubling: float
    tag: str | None = None
    drop_units: str | None = None

    def noise(self, crf: int | None) -> float:
        """Return ``error`` at the quality *crf*."""
        quality = self.crf if crf is None else crf
        return float(max(5.0, self.error * 2.0 ** ((quality - self.crf) / self.crf_doubling)))

    def check(self, crf: int | None, *, hide_camera: bool = False) -> None:
        """Check that the quality *crf* is offered.

        Args:
            crf: In the encoder's own scale; ``None``: its default.
            hide_camera: Whether the camera's fingerprint is to be reduced, for which the default
                is the finest: a finer one keeps more of it.

        Raises:
            PlanError: It is not.
        """
        if hide_camera and crf is not None and crf < self.crf:
            raise PlanError(
                f"hiding the camera needs a crf of {self.crf} or more for {self.codec}, not {crf}",
                hint="a finer quality keeps the fingerprint; leave out --crf or --hide-camera",
            )
        if crf is not None and not 0 <= crf <= self.most_crf:
            raise PlanError(
                f"a crf of {crf} is not between 0 and {self.most_crf} for {self.codec}",
                hint="coarser coding smears what is around a mask into it",
            )

    def options(self, crf: int | None, preset: str) -> dict[str, str]:
        """Return the encoder's options for quality *crf* and speed *preset*."""
        quality = str(self.crf if crf is None else crf)
        speed = PRESETS.index(preset)
        if self.name == "libx264":
            return {"crf": quality, "preset": preset, "x264-params": "mbtree=0"}
        if self.name == "libx265":
            fixed = "info=0:log-level=none:open-gop=0:repeat-headers=0:pools=4:frame-threads=2"
            return {"crf": quality, "preset": preset, "x265-params": fixed}
        if self.name == "libvpx-vp9":
            return {
                "crf": quality,
                "b": "0",
                "deadline": "good",
                "cpu-used": str(max(0, 6 - speed)),
                "row-mt": "0",
                "tile-columns": "2",
            }
        return {
            "crf": quality,
            "preset": str(max(2, 12 - speed)),
            "svtav1-params": "lp=4:enable-overlays=0",
        }


H264 = Encoder(
    name="libx264",
    codec="h264",
    crf=23,
    most_crf=35,
    error=9.0,
    crf_doubling=7,
    drop_units="6",
)
HEVC = Encoder(
    name="libx265",
    codec="hevc",
    crf=22,
    most_crf=28,
    error=14.0,
    crf_doubling=6,
    tag="hvc1",
    drop_units="39-40",
)
VP9 = Encoder(name="libvpx-vp9", codec="vp9", crf=31, most_crf=50, error=9.0, crf_doubling=14)
AV1 = Encoder(name="libsvtav1", codec="av1", crf=25, most_crf=40, error=18.0, crf_doubling=18)


def container_for(path: Path) -> str:
    """Return FFmpeg's name of the container that *path* names.

    Raises:
        WrongPath: It names none that is written here.
    """
    try:
        return CONTAINERS[path.suffix.lower()]
    except KeyError:
        raise WrongPath(
            f"recordings are not written as {path.suffix or 'a file without suffix'}",
            hint=f"name the output with one of {', '.join(CONTAINERS)}",
        ) from None


def encoder_for(
    container: str, layout: PixelLayout, width: int, height: int, pixel_aspect: Fraction
) -> Encoder:
    """Return the encoder for frames of this layout and size in this container.

    H.264, and HEVC above 8 bits; VP9, and AV1 above 8 bits, in WebM. Neither H.264 nor HEVC can
    hold an odd width or height when chroma is halved that way; VP9 and AV1 can, so those hold
    such frames, rather than a frame of another size. Those two do not state the pixel aspect
    themselves and PyAV cannot make Matroska state it, so there it has to be square.

    Raises:
        WrongPath: No encoder on offer can hold them in this container.
    """
    shift_x, shift_y = layout.chroma_shift or (0, 0)
    odd = (width & shift_x) or (height & shift_y)
    deep = layout.bit_depth > 8
    if container != "webm" and not odd:
        return HEVC if deep else H264
    if container == "mov":
        raise WrongPath(
            f"a frame of {width}x{height} pixels cannot be held by a .mov file",
            hint="name the output .mp4 or .mkv",
        )
    if container != "mp4" and pixel_aspect != 1:
        raise WrongPath(
            f"a {container} file cannot say here that pixels are {pixel_aspect} as wide as high",
            hint="name the output .mp4",
        )
    if not deep:
        return VP9
    if layout.name != "yuv420p10le" or min(width, height) < 64:
        raise WrongPath(
            f"frames of {width}x{height} pixels as {layout.name} cannot be held by this container",
            hint="name the output .mkv" if container == "webm" and not odd else None,
        )
    return AV1
