"""How far coding moves a block of 8 x 8 inside a filled region, by encoder and quality.

``python bench/fill_noise.py CLIP PLAN``: follows the plan with both fills and several qualities,
decodes what was written, and prints the largest difference from the fill of any block in any
region, in steps of an 8-bit sample, beside the limit that the verifier allows. Differences must
stay well below limits, or honest outputs are refused.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from bystander import media, run
from bystander.records import FootageFacts, Plan, solid_level
from bystander.run import passes
from bystander.verify import fills

# Pixel format, container, and qualities to try.
CASES = [
    ("yuv420p", ".mp4", (18, None, 30, 35)),
    ("yuv420p10le", ".mp4", (18, None, 25, 28)),
    ("yuv420p", ".webm", (20, None, 40, 50)),
    ("yuv420p10le", ".webm", (20, None, 32, 40)),
]


def convert(clip: Path, target: Path, pix_fmt: str) -> Path:
    """Write *clip* with another pixel format, without loss, its times kept."""
    with av.open(str(clip)) as source, av.open(str(target), "w") as sink:
        first = source.streams.video[0]
        stream: Any = sink.add_stream("ffv1", rate=first.average_rate)
        stream.width, stream.height, stream.pix_fmt = first.width, first.height, pix_fmt
        for index, frame in enumerate(source.decode(video=0)):
            new = frame.reformat(format=pix_fmt)
            new.pts, new.time_base = index, 1 / Fraction(first.average_rate or 25)
            sink.mux(stream.encode(new))
        sink.mux(stream.encode(None))
    return target


def largest(plan: Plan, footage: media.Footage, output: Path) -> tuple[float, float]:
    """Return the largest difference in luma and in chroma."""
    worst = [0.0, 0.0]
    for source, frame in zip(footage.frames(), media.open_footage(output).frames(), strict=True):
        step = 1 << (frame.layout.bit_depth - 8)
        for box in plan.boxes_at(source.at):
            for number, plane in enumerate(frame.planes):
                off = fills.difference(
                    plane,
                    box,
                    frame.layout.shift(number),
                    solid_level(frame.layout, number) if plan.policy.fill == "solid" else None,
                )
                worst[number > 0] = max(worst[number > 0], off / step)
    return worst[0], worst[1]


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clip", type=Path)
    parser.add_argument("plan", type=Path)
    arguments = parser.parse_args()
    given = run.read_plan(arguments.plan)
    print("| encoder | depth | fill | crf | luma | chroma | limit |\n|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for pix_fmt, suffix, qualities in CASES:
            clip = convert(arguments.clip, Path(folder) / "source.mkv", pix_fmt)
            footage = media.open_footage(clip)
            facts: FootageFacts = replace(given.footage, sha256=footage.sha256)
            for fill in ("solid", "soft"):
                for crf in qualities:
                    policy = replace(given.policy, fill=fill, crf=crf)
                    plan = replace(given, footage=facts, policy=policy)
                    output = Path(folder) / f"out{suffix}"
                    encoder = passes.render(plan, footage, output, run.Silent()).encoder
                    assert isinstance(encoder, media.Encoder)
                    luma, chroma = largest(plan, footage, output)
                    depth = footage.layout.bit_depth
                    quality = f"{encoder.crf} (default)" if crf is None else crf
                    print(
                        f"| {encoder.codec} | {depth} | {fill} | {quality} | {luma:.1f} | "
                        f"{chroma:.1f} | {encoder.noise(crf):.1f} |",
                        flush=True,
                    )


if __name__ == "__main__":
    main()
