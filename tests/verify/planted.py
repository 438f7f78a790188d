"""A drawn recording, its plan, honest outputs of it, and ways to plant a leak in them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray
from tests.conftest import Blind
from tests.stage import Scene, draw, plan_for

from bystander import hide, media, verify
from bystander.geometry import Box
from bystander.records import Kind, Leak, Picture, Plan, Policy, Recount, Report
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

    def examine(
        self,
        output: Path,
        detector: Any = None,
        *,
        foreseen: verify.Foresight | None = None,
        counted: Recount | None = None,
    ) -> Report:
        return verify.examine(
            output,
            plan=self.plan,
            plan_sha256="0" * 64,
            original=self.footage,
            detector=detector or Blind(),
            foreseen=foreseen,
            counted=counted,
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


def patches(*boxes: Box, frames: Collection[int] | None = None) -> Callable[..., None]:
    """Return a change to a scene: white patches, in *frames* or throughout."""

    def change(index: int, planes: list[np.ndarray[Any, Any]]) -> None:
        if frames is None or index in frames:
            for box in boxes:
                for number, value in enumerate((235, 128, 128)):
                    y0, y1, x0, x1 = (
                        int(side) >> bool(number) for side in (box.y0, box.y1, box.x0, box.x1)
                    )
                    planes[number][y0:y1, x0:x1] = value

    return change


class SeesWhite:
    """A detector to whom every white patch is a face; patches lie beside one another."""

    name = "white@0"
    kind = Kind.FACE

    def __init__(
        self, score: float, score_when_large: float = 0.0, large_px: float = 10_000
    ) -> None:
        self._score, self._score_when_large, self._large_px = score, score_when_large, large_px

    def look(self, picture: Picture) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        white = picture.min(axis=2) > 245
        edges = np.flatnonzero(np.diff(white.any(axis=0), prepend=False, append=False))
        boxes = []
        for x0, x1 in edges.reshape(-1, 2):
            rows = np.flatnonzero(white[:, x0:x1].any(axis=1))
            boxes.append((x0, rows[0], x1, rows[-1] + 1))
        sides = np.array(boxes, dtype=np.float64).reshape(-1, 4)
        large = sides[:, 2] - sides[:, 0] > self._large_px
        return sides, np.where(large, self._score_when_large, self._score)
