"""What looking at few frames loses, and saves, beside looking at every frame whole.

``python -m bench.looks FOLDER``: every clip of a folder of footage whose faces are known is looked
at both ways; each plan is filled in memory and judged, as for the curve of ``bench.leaks``, so the
second look and the coding are left out. Prints a table in Markdown.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from bench.leaks.curve import detectors_for, judged
from bench.leaks.sets import videos

from bystander import media
from bystander.records import Policy
from bystander.run import Silent, drawing, passes

_HEAD = (
    "clip",
    "faces",
    "leaks, every frame",
    "few",
    "over, every frame",
    "few",
    "CPU, few of every",
)


def main(folder: Path) -> None:
    """Measure, and print the table."""
    items = videos(folder)
    if not items:
        raise SystemExit(f"there are no clips with boxes in {folder / 'video'}")
    policy = Policy()
    detectors = detectors_for(policy)
    print(f"| {' | '.join(_HEAD)} |")
    print("|---" * len(_HEAD) + "|")
    for item in items:
        footage = media.open_footage(item.path)
        plans, cost = [], []
        for every_frame in (True, False):
            began = time.process_time()
            survey, seen = passes.look(
                footage, policy, detectors, Silent(), every_frame=every_frame
            )
            plans.append(drawing.draw_up(footage, survey, policy, seen, detectors))
            cost.append(time.process_time() - began)
        every, few = (judge.judged() for judge in judged(footage.frames(), plans, item.truth))
        leaks = [str(sum(face.leaks for face in found.faces)) for found in (every, few)]
        over = [f"{100 * (found.over_redaction or 0):.1f} %" for found in (every, few)]
        cells = [item.path.stem, str(len(few.faces)), *leaks, *over, f"{cost[1] / cost[0]:.2f}"]
        print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
