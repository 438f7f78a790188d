"""How reliably cuts are found: ``python bench/cuts.py FOLDER``.

Shots of 30 frames are taken from every clip in FOLDER, in turn, and put one after another, so that
where the cuts are is known. A cut that is not found drags boxes across it; one that is imagined
ends tracks early. The clips' own cuts are found first, on each clip alone, and no shot reaches over
one. Then every shot is made a hard case: darkened, with a flash in its middle, panned.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import islice, zip_longest
from pathlib import Path

import av
import numpy as np

from bystander.records import Picture
from bystander.track import CutFinder
from bystander.watch import LOOK_HEIGHT, LOOK_WIDTH

SHOT_FRAMES = 30
MOST_SHOTS = 8  # of one clip
Shot = list[Picture]


def shots(path: Path) -> Iterator[Shot]:
    """Yield shots of a clip, none of them over a cut of its own."""
    with av.open(str(path)) as container:
        frames = [
            np.asarray(f.reformat(width=128, height=72, format="rgb24").to_ndarray(), np.uint8)
            for f in islice(container.decode(video=0), SHOT_FRAMES * MOST_SHOTS * 2)
        ]
    own = set(found([frames]))
    start = 0
    while start + SHOT_FRAMES <= len(frames):
        inner = [cut for cut in own if start < cut < start + SHOT_FRAMES]
        if inner:
            start = max(inner)
            continue
        yield frames[start : start + SHOT_FRAMES]
        start += SHOT_FRAMES


def found(parts: list[Shot]) -> list[int]:
    """Return the numbers of the frames at which the finder says that a shot begins."""
    finder = CutFinder()
    frames = [frame for part in parts for frame in part]
    for number, frame in enumerate(frames):
        small = av.VideoFrame.from_ndarray(frame, format="rgb24")
        look = small.reformat(width=LOOK_WIDTH, height=LOOK_HEIGHT).to_ndarray()
        finder.see(Fraction(number, 25), np.asarray(look, np.uint8))
    return [int(cut * 25) for cut in finder.cuts()]


def darkened(shot: Shot) -> Shot:
    """Return the shot at an eighth of its light."""
    return [(frame // 8).astype(np.uint8) for frame in shot]


def flashed(shot: Shot) -> Shot:
    """Return the shot with two white frames in its middle."""
    white = np.full_like(shot[0], 250)
    return [white if number in (14, 15) else frame for number, frame in enumerate(shot)]


def panned(shot: Shot) -> Shot:
    """Return the shot moved sideways by a twentieth of its width a frame."""
    return [np.roll(frame, 6 * number, axis=1) for number, frame in enumerate(shot)]


CASES: dict[str, Callable[[Shot], Shot]] = {
    "as they are": lambda shot: shot,
    "darkened to an eighth": darkened,
    "a flash in each": flashed,
    "a fast pan in each": panned,
}


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    clips = sorted(p for p in parser.parse_args().folder.iterdir() if p.suffix != ".json")
    queues = [list(islice(shots(clip), MOST_SHOTS)) for clip in clips]
    # In turn, so that neighbours come from different clips.
    order = [shot for turn in zip_longest(*queues) for shot in turn if shot is not None]
    print(f"{len(order)} shots of {len(clips)} clips, {len(order) - 1} cuts\n")
    print("| shots | cuts missed | cuts imagined |\n|---|---|---|")
    for name, change in CASES.items():
        cuts = set(found([change(shot) for shot in order]))
        true = {SHOT_FRAMES * number for number in range(1, len(order))}
        print(f"| {name} | {len(true - cuts)} | {len(cuts - true)} |")


if __name__ == "__main__":
    main()
