"""A drawn recording, its plan, honest outputs of it, and ways to plant a leak in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from tests.conftest import Blind
from tests.stage import Scene, draw, plan_for

from bystander import hide, media, verify
from bystander.records import Leak, Plan, Policy, Report
from bystander.run import passes
from bystander.run.progress import Silent

SCENE = Scene(width=320, height=192, frames=20, sound_s=0.8)


class Bench:
    """A drawn recording, its plan, and ways to make outputs of it."""

    def __init__(self, folder: Path, scene: Scene = SCENE, policy: Policy | None = None) -> None:
        self.folder = folder
        self.footage = media.open_footage(draw(folder / "in.mp4", scene))
        self.plan = plan_for(self.footage.sha256, scene, policy=policy)

    def render(
        self, name: str = "out.mp4", fill: hide.Fill | None = None, plan: Plan | None = None
    ) -> Path:
        target = self.folder / name
        passes.render(plan or self.plan, self.footage, target, Silent(), fill=fill)
        return target

    def examine(self, output: Path, detector: Any = None) -> Report:
        return verify.examine(
            output,
            plan=self.plan,
            plan_sha256="0" * 64,
            original=self.footage,
            detector=detector or Blind(),
        )

    def leaks(self, output: Path) -> list[Leak]:
        report = self.examine(output)
        assert not report.clean
        return list(report.leaks)


def only(leaks: Sequence[Leak], check: str) -> bool:
    return {leak.check for leak in leaks} == {check}


def whats(leaks: list[Leak]) -> str:
    return "; ".join(leak.what for leak in leaks)


def rewrite(
    source: Path,
    target: Path,
    *,
    keep: Callable[[int], bool] = lambda index: True,
    pts: Callable[[int], int] = lambda index: index,
    size: tuple[int, int] | None = None,
) -> Path:
    """Encode *source* anew with frames dropped, moved in time or scaled."""
    with (
        av.open(str(source)) as opened,
        av.open(str(target), "w", options={"fflags": "+bitexact"}) as made,
    ):
        stream: Any = made.add_stream("libx264", rate=25, options={"crf": "12"})
        from_stream = opened.streams.video[0]
        stream.width, stream.height = size or (from_stream.width, from_stream.height)
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = Fraction(1, 25)
        stream.codec_context.flags |= 1 << 23
        for index, frame in enumerate(opened.decode(video=0)):
            if keep(index):
                new = frame.reformat(width=stream.width, height=stream.height)
                new.pts, new.time_base = pts(index), Fraction(1, 25)
                made.mux(stream.encode(new))
        made.mux(stream.encode(None))
    return target
