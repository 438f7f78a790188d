"""How well a camera can be told from what Bystander writes, in simulation.

``python -m bench.camera [FOLDER]``: cameras with a fingerprint of their own film pictures of FOLDER
(or drawn ones) that move, the recordings are released in several ways, and each release is attacked
with what is known of the camera. Two attackers: one who has half of the original and the other half
of the release, as ``bystander verify --camera`` has; and one who knows the camera's pattern
exactly, which is more than any number of recordings gives. ``--filters`` tries other filters too.

It is a simulation: a gain of each pixel (standard deviation 1.2 %), shot noise, H.264. Real cameras
also interpolate colours, correct lenses and steady the picture.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import av
import av.filter
import numpy as np
from bench.sensor import (
    FRAMES,
    SHOT,
    SIDE,
    Scene,
    drawn_scene,
    filmed,
    fingerprint,
    layout_of,
    scenes_of,
    write,
)
from numpy.typing import NDArray

from bystander import hide, media
from bystander.geometry import Box
from bystander.records import (
    Because,
    CameraMatch,
    FootageFacts,
    Frame,
    Keyframe,
    PixelLayout,
    Plan,
    Plane,
    Policy,
    Redaction,
)
from bystander.run import passes
from bystander.run.progress import Silent
from bystander.timeline import Span
from bystander.verify import camera as camera_check

CAMERAS = 3

# Name, bits, suffix, policy.
RELEASES: list[tuple[str, int, str, Policy]] = [
    ("H.264, --crf 18", 8, ".mp4", Policy(crf=18)),
    ("H.264, crf 23 (default)", 8, ".mp4", Policy()),
    ("H.264, --crf 28", 8, ".mp4", Policy(crf=28)),
    ("**H.264, --hide-camera**", 8, ".mp4", Policy(hide_camera=True)),
    ("H.264, --hide-camera --crf 28", 8, ".mp4", Policy(hide_camera=True, crf=28)),
    ("HEVC 10 bit, crf 22 (default)", 10, ".mp4", Policy()),
    ("**HEVC 10 bit, --hide-camera**", 10, ".mp4", Policy(hide_camera=True)),
    ("HEVC 10 bit, --hide-camera --crf 25", 10, ".mp4", Policy(hide_camera=True, crf=25)),
    ("VP9, crf 31 (default)", 8, ".webm", Policy()),
    ("**VP9, --hide-camera**", 8, ".webm", Policy(hide_camera=True)),
    ("AV1 10 bit, crf 25 (default)", 10, ".webm", Policy()),
    ("**AV1 10 bit, --hide-camera**", 10, ".webm", Policy(hide_camera=True)),
]
FILTERS = [
    ("fftdnoiz", "sigma=6"),
    ("fftdnoiz", "sigma=12"),
    ("fftdnoiz", "sigma=20"),
    ("fftdnoiz", "sigma=12:method=hard"),
    ("nlmeans", "s=4:p=3:r=3"),
    ("nlmeans", "s=4:p=3:r=5"),
    ("nlmeans", "s=4:p=3:r=7"),
    ("bilateral", "sigmaS=2:sigmaR=0.1"),
    ("median", "radius=1"),
    ("guided", "radius=2:eps=0.002:planes=7"),
    ("gblur", "sigma=0.7"),
]


def plan_for(footage: media.Footage | _Like, frames: int, policy: Policy, box: Box) -> Plan:
    """Return a plan that hides *box* all the time."""
    lasts = Fraction(frames, 25)
    return Plan(
        footage=FootageFacts(
            sha256=footage.sha256,
            width=footage.width,
            height=footage.height,
            frames=frames,
            duration=lasts,
        ),
        policy=policy,
        detectors=("none@0",),
        redactions=(
            Redaction(
                track="asked-1",
                kind=None,
                because=Because.ASKED,
                span=Span(Fraction(0), lasts),
                region=(Keyframe(at=Fraction(0), box=box),),
                score=1.0,
            ),
        ),
    )


BOX = Box(192, 160, 288, 288)


def likeness(
    shown: Frame, source: Frame, still: tuple[Scene, ...]
) -> tuple[float, float, float, float]:
    """Return squared error and SSIM of the luma outside the box, to the file and to the scene."""
    scale = 1 << (shown.layout.bit_depth - 8)
    seen = np.ones(shown.planes[0].shape, dtype=bool)
    seen[int(BOX.y0) : int(BOX.y1), int(BOX.x0) : int(BOX.x1)] = False
    a = shown.planes[0].astype(np.float64) / scale
    found = []
    for b in (source.planes[0].astype(np.float64) / scale, still[0].astype(np.float64)):
        found += [float(((a - b) ** 2)[seen].mean()), ssim(a, b, seen)]
    return found[0], found[1], found[2], found[3]


def ssim(a: NDArray[np.float64], b: NDArray[np.float64], seen: NDArray[np.bool_]) -> float:
    """Return the mean SSIM of blocks of 8 x 8 (Wang et al., IEEE TIP 13(4), 2004)."""

    def mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
        tall, wide = (side // 8 for side in values.shape)
        blocks = values[: tall * 8, : wide * 8].reshape(tall, 8, wide, 8)
        means: NDArray[np.float64] = blocks.mean(axis=(1, 3))
        return means

    mean_a, mean_b = mean(a), mean(b)
    var_a, var_b = mean(a * a) - mean_a**2, mean(b * b) - mean_b**2
    both = mean(a * b) - mean_a * mean_b
    small, less = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    of = (2 * mean_a * mean_b + small) * (2 * both + less)
    of = of / ((mean_a**2 + mean_b**2 + small) * (var_a + var_b + less))
    return float(of[mean(seen.astype(np.float64)) == 1].mean())


class Attack:
    """What both attackers find in one release, and what the release looks like."""

    def __init__(
        self, pattern: NDArray[np.float32], other: NDArray[np.float32], frames: int
    ) -> None:
        self._known = [camera_check.spectrum_of(gain) for gain in (pattern, other)]
        self._halves = camera_check.Comparison(frames)
        self._whole = camera_check.Estimate()
        self.looks: list[tuple[float, float, float, float]] = []

    def see(self, source: Frame, shown: Frame, still: tuple[Scene, ...]) -> None:
        hidden = np.zeros(shown.planes[0].shape, dtype=bool)
        hidden[int(BOX.y0) : int(BOX.y1), int(BOX.x0) : int(BOX.x1)] = True
        scale = np.float32(1 << (shown.layout.bit_depth - 8))
        self._whole.see(shown.planes[0].astype(np.float32) / scale, hidden)
        self._halves.see(source, shown, [BOX])
        self.looks.append(likeness(shown, source, still))

    def found(self) -> tuple[float, float, float]:
        """Return PCE by halves, with the camera's exact pattern, and with another camera's."""
        match = self._halves.result()
        whole = camera_check.spectrum_of(self._whole.pattern())
        known, other = (camera_check.pce(gain, whole) for gain in self._known)
        return match.after if match.after is not None else float("nan"), known, other


def row(name: str, attacks: list[Attack]) -> str:
    found = [attack.found() for attack in attacks]
    halves, known, other = zip(*found, strict=True)
    looks = np.array([look for attack in attacks for look in attack.looks]).mean(axis=0)
    to_file, to_scene = (10 * np.log10(255**2 / error) for error in (looks[0], looks[2]))

    def cell(values: tuple[float, ...]) -> str:
        matched = sum(value > CameraMatch.MATCHES for value in values)
        return f"{statistics.median(values):.0f}, {matched}/{len(values)}"

    return (
        f"| {name} | {cell(halves)} | {cell(known)} | {max(other):.0f} | "
        f"{to_file:.1f} | {looks[1]:.3f} | {to_scene:.1f} | {looks[3]:.3f} |"
    )


HEAD = (
    "| Release | half to half | exact pattern | other camera, most | PSNR to file | SSIM | "
    "PSNR to scene | SSIM |\n|---|---|---|---|---|---|---|---|"
)


class Filter:
    """Another filter of FFmpeg's, on the filled frame; for the choice between them."""

    def __init__(self, name: str, options: str) -> None:
        graph = av.filter.Graph()
        graph.link_nodes(
            graph.add_buffer(
                width=SIDE,
                height=SIDE,
                format=av.VideoFormat("yuv420p"),
                time_base=Fraction(1, 25),
            ),
            graph.add(name, options),
            graph.add("buffersink"),
        ).configure()
        self._graph, self._made = graph, 0

    def __call__(self, planes: tuple[Plane, ...], boxes: Any, layout: PixelLayout) -> Any:
        filled = hide.FILLS["solid"](planes, boxes, layout)
        frame = av.VideoFrame.from_ndarray(
            np.concatenate([plane.reshape(-1) for plane in filled]).reshape(-1, SIDE), "yuv420p"
        )
        frame.pts, frame.time_base = self._made, Fraction(1, 25)
        self._made += 1
        self._graph.push(frame)
        made: Any = self._graph.pull()
        flat = made.to_ndarray().reshape(-1)
        smooth = np.split(flat, np.cumsum([plane.size for plane in filled])[:-1])
        back = tuple(s.reshape(f.shape).copy() for s, f in zip(smooth, filled, strict=True))
        for number, plane in enumerate(back):
            for rows, columns in hide.windows(boxes, layout.shift(number)):
                plane[rows, columns] = filled[number][rows, columns]
        return back


def attacked(
    scenes: list[list[Scene]],
    folder: Path,
    bits: int,
    suffix: str,
    policy: Policy,
    fill: Callable[[], hide.Fill] | None = None,
    frames: int = FRAMES,
) -> list[Attack]:
    """Return the attacks on what *policy* makes of the recordings of all cameras."""
    attacks = []
    for number in range(CAMERAS):
        source = folder / f"camera-{number}-{bits}.mp4"
        gain = fingerprint(number)
        film = partial(filmed, scenes[number], gain, number, frames=frames, bits=bits)
        if not source.exists():
            write(source, (made for made, _ in film()), bits=bits)
        footage = media.open_footage(source)
        plan = plan_for(footage, frames, policy, BOX)
        target = folder / f"release{suffix}"
        passes.render(plan, footage, target, Silent(), fill=fill() if fill else None)
        attack = Attack(gain, fingerprint((number + 1) % CAMERAS), frames)
        stills = (still for _, still in film())
        shown = media.open_footage(target).frames()
        for a, b, still in zip(footage.frames(), shown, stills, strict=True):
            attack.see(a, b, still)
        attacks.append(attack)
    return attacks


def cost(bits: int) -> str:
    """Return what the filter costs a frame of 1920 x 1080."""
    scene = drawn_scene(1, 1984)[:, :1080, :1920]
    random = np.random.default_rng(1)
    scale, dtype = 1 << (bits - 8), np.uint8 if bits == 8 else np.uint16
    layout = layout_of(bits)
    planes: Any = tuple(
        ((plane + random.normal(0, SHOT, plane.shape)) * scale)
        .clip(0, 256 * scale - 1)
        .astype(dtype)
        for plane in (scene[0], scene[1, ::2, ::2], scene[2, ::2, ::2])
    )
    frame = Frame(index=0, at=Fraction(0), lasts=None, planes=planes, layout=layout)
    took = []
    for policy in (Policy(), Policy(hide_camera=True)):
        plan = replace(plan_for(_Like(), 1, policy, BOX))
        hide.apply(plan, frame)
        began, on_clock = time.process_time(), time.monotonic()
        for _ in range(10):
            hide.apply(plan, frame)
        took.append((time.process_time() - began, time.monotonic() - on_clock))
    cpu, clock = (100 * (after - before) for before, after in zip(*took, strict=True))
    return f"1920x1080, {bits} bit: {cpu:.0f} ms of CPU a frame more, {clock:.0f} ms on the clock"


class _Like:
    """As much of a recording as a plan asks for."""

    sha256, width, height = "0" * 64, 1920, 1080


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--filters", action="store_true")
    parser.add_argument("--frames", type=int, default=FRAMES)
    parser.add_argument("--only", default="", help="releases whose name has this")
    arguments = parser.parse_args()
    found = scenes_of(arguments.folder) if arguments.folder else []
    if arguments.folder and len(found) < CAMERAS:
        raise SystemExit("there are too few pictures of 576 pixels and more")
    np.random.default_rng(5).shuffle(found)
    scenes = [
        list(islice(found, number, None, CAMERAS))
        if found
        else [drawn_scene(10 * number + n) for n in range(4)]
        for number in range(CAMERAS)
    ]
    pictures = len(found) or "drawn"
    print(f"{pictures} pictures, {CAMERAS} cameras, {arguments.frames} frames of {SIDE} x {SIDE}")
    print(HEAD)
    with tempfile.TemporaryDirectory() as folder:
        for name, bits, suffix, policy in (r for r in RELEASES if arguments.only in r[0]):
            made = attacked(scenes, Path(folder), bits, suffix, policy, frames=arguments.frames)
            print(row(name, made), flush=True)
        for name, options in FILTERS if arguments.filters else ():
            make = lambda n=name, o=options: Filter(n, o)  # noqa: E731
            made = attacked(scenes, Path(folder), 8, ".mp4", Policy(), make, arguments.frames)
            print(row(f"{name} {options}", made), flush=True)
    for bits in (8, 10):
        print(cost(bits))


if __name__ == "__main__":
    main()
