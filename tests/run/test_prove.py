from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest
from tests.stage import Scene, draw, plan_for

from bystander import hide, media, run
from bystander.errors import PlanError
from bystander.geometry import Box
from bystander.records import Keyframe, Plan, Plane, Policy
from bystander.run import passes
from bystander.run.progress import Silent

STREET = Box(328, 0, 464, 136)

CASES = [
    ("yuv420p", ".mp4"),
    ("yuv422p", ".mov"),
    ("yuv444p", ".mkv"),
    ("yuv420p10le", ".mp4"),
    ("yuv422p10le", ".mkv"),
    ("yuv444p12le", ".mkv"),
    ("yuv420p", ".webm"),
    ("yuv444p", ".webm"),
    ("yuv420p10le", ".webm"),
]


@pytest.mark.parametrize("fill", ["solid", "soft"])
@pytest.mark.parametrize(("pix_fmt", "suffix"), CASES)
def test_nothing_comes_through_in_any_codec_and_depth(
    tmp_path: Path, short_sample: Path, pix_fmt: str, suffix: str, fill: str
) -> None:
    source = real(short_sample, tmp_path / "street.mkv", pix_fmt)
    plan = street_plan(source, Policy(fill=fill))
    proof = run.prove(source, plan, suffix=suffix)
    assert proof.equal
    assert proof.samples > 100_000
    assert proof.original_sha256 == proof.noise_sha256


@pytest.mark.parametrize(
    ("pix_fmt", "suffix", "fill"),
    [("yuv420p", ".mp4", "solid"), ("yuv422p10le", ".mkv", "soft"), ("yuv444p", ".webm", "soft")],
)
def test_nothing_comes_through_when_the_camera_is_hidden(
    tmp_path: Path, short_sample: Path, pix_fmt: str, suffix: str, fill: str
) -> None:
    source = real(short_sample, tmp_path / "street.mkv", pix_fmt)
    plan = street_plan(source, Policy(fill=fill, hide_camera=True))
    released = tmp_path / f"out{suffix}"
    passes.render(plan, media.open_footage(source), released, Silent())
    proof = run.prove(source, plan, released=released)
    assert proof.equal
    assert proof.released
    without = replace(plan, policy=Policy(fill=fill))
    assert run.prove(source, without, suffix=suffix).original_sha256 != proof.original_sha256


def leaky(planes: tuple[Plane, ...], boxes: Sequence[Box], layout: Any) -> tuple[Plane, ...]:
    """Fill with the mean of what was inside: one number from inside is one too many."""
    made = tuple(plane.copy() for plane in hide.FILLS["solid"](planes, boxes, layout))
    for rows, columns in hide.windows(boxes, (0, 0)):
        made[0][rows, columns] = int(planes[0][rows, columns].mean())
    return made


def one_pixel(planes: tuple[Plane, ...], boxes: Sequence[Box], layout: Any) -> tuple[Plane, ...]:
    """Fill all but one sample in the middle."""
    made = tuple(plane.copy() for plane in hide.FILLS["solid"](planes, boxes, layout))
    x, y = (int(side) for side in boxes[0].centre)
    made[0][y, x] = planes[0][y, x]
    return made


@pytest.mark.parametrize("broken", [leaky, one_pixel], ids=lambda fill: fill.__name__)
def test_a_broken_fill_fails_the_proof(short_sample: Path, broken: hide.Fill) -> None:
    plan = street_plan(short_sample, Policy(crf=10))
    assert not run.prove(short_sample, plan, fill=broken).equal


def test_it_holds_with_sound_kept(tmp_path: Path) -> None:
    scene = Scene(frames=25, sound_s=1.0)
    source = draw(tmp_path / "in.mp4", scene)
    plan = plan_for(media.digest(source), scene, policy=Policy(audio="keep"))
    assert run.prove(source, plan).equal


def test_a_plan_that_hides_nothing_proves_nothing(short_sample: Path) -> None:
    plan = replace(street_plan(short_sample, Policy()), redactions=())
    with pytest.raises(PlanError, match="nothing to prove"):
        run.prove(short_sample, plan)


def street_plan(source: Path, policy: Policy) -> Plan:
    """Return a plan that hides a fixed part of the street, where the cyclist passes."""
    footage = media.open_footage(source)
    times = [frame.at for frame in footage.frames()]
    scene = Scene(width=footage.width, height=footage.height, frames=len(times))
    plan = plan_for(footage.sha256, scene, policy=policy, boxes=lambda index: STREET)
    only = replace(plan.redactions[0], region=(Keyframe(at=times[0], box=STREET),))
    return replace(plan, redactions=(only,))


def real(sample: Path, target: Path, pix_fmt: str) -> Path:
    """Write real footage with another pixel format, without loss."""
    with av.open(str(sample)) as source, av.open(str(target), "w") as sink:
        stream: Any = sink.add_stream("ffv1", rate=25)
        first = source.streams.video[0]
        stream.width, stream.height, stream.pix_fmt = first.width, first.height, pix_fmt
        for index, frame in enumerate(source.decode(video=0)):
            if index == 14:
                break
            new = frame.reformat(format=pix_fmt)
            new.pts, new.time_base = index, Fraction(1, 25)
            sink.mux(stream.encode(new))
        sink.mux(stream.encode(None))
    return target


def test_the_released_file_is_compared_too(short_sample: Path, tmp_path: Path) -> None:
    plan = street_plan(short_sample, Policy())
    output = tmp_path / "out.mkv"
    passes.render(plan, media.open_footage(short_sample), output, Silent())
    assert run.prove(short_sample, plan, released=output).released
    output.write_bytes(output.read_bytes() + b"x")
    assert run.prove(short_sample, plan, released=output).released is False
