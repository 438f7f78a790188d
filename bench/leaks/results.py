"""What was measured, kept as JSON: each clip by itself as soon as it is done, then each step whole.

A clip's result is found again only for the same bytes, the same state of the tool and the same
state of the code that judges; so a run that was stopped goes on where it was, and nothing old is
taken for new.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.leaks.judged import Judged
from bench.leaks.metrics import Group, Measured, Rate, gather

_JUDGING = ("judge.py", "judged.py", "files.py", "sets.py", "curve.py", "synthetic.py", "heads.py")


def measured_to_json(measured: Measured) -> dict[str, Any]:
    """Return *measured* as JSON values."""
    return {
        "set": measured.of_set,
        "origin": measured.origin,
        "name": measured.name,
        "exit_code": measured.exit_code,
        "judged": measured.judged.to_json() if measured.judged else None,
        "cpu_s": round(measured.cpu_s, 3),
        "wall_s": round(measured.wall_s, 3),
        "peak_mb": round(measured.peak_mb, 1),
    }


def measured_from_json(values: dict[str, Any]) -> Measured:
    """Read what :func:`measured_to_json` gave."""
    judged = values["judged"]
    return Measured(
        of_set=values["set"],
        origin=values["origin"],
        name=values["name"],
        exit_code=values["exit_code"],
        judged=Judged.from_json(judged) if judged else None,
        cpu_s=values["cpu_s"],
        wall_s=values["wall_s"],
        peak_mb=values["peak_mb"],
    )


@dataclass(frozen=True, slots=True)
class Results:
    """The folder that results are kept in; the steps of a trial apart from those of a full run."""

    folder: Path
    trial: bool = False

    def kept(
        self, about: Sequence[str], measure: Callable[[], list[dict[str, Any]]]
    ) -> list[dict[str, Any]]:
        """Return what was measured before about the same, otherwise measure it and keep it.

        Args:
            about: All that the result depends on; the first few words name its file.
            measure: Gives the result as JSON values.
        """
        here = Path(__file__).parent
        judging = [hashlib.sha256((here / name).read_bytes()).hexdigest() for name in _JUDGING]
        key = hashlib.sha256("\n".join([*about, *judging]).encode()).hexdigest()[:16]
        words = "-".join(about[:3]).replace("/", "-")
        path = self.folder / "cache" / f"{words}-{key}.json"
        if path.exists():
            kept: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
            return kept
        result = measure()
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, result)
        return result

    def write_step(self, step: str, values: dict[str, Any]) -> None:
        """Keep all of *step*."""
        path = self._step(step)
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, values)

    def read_step(self, step: str) -> dict[str, Any] | None:
        """Return what was kept of *step*; ``None`` when it was never done."""
        path = self._step(step)
        if not path.exists():
            return None
        values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return values

    def _step(self, step: str) -> Path:
        return (self.folder / "trial" if self.trial else self.folder) / f"{step}.json"


Groups = dict[str, tuple[Group, ...]]


def groups_of(measured: dict[str, list[dict[str, Any]]]) -> Groups:
    """Return each tool's results as groups."""
    return {tool: gather(map(measured_from_json, rows)) for tool, rows in measured.items()}


def curve_groups(points: Sequence[dict[str, Any]]) -> dict[str, list[tuple[float, Group]]]:
    """Return each set's points, by factor."""
    held: dict[str, list[tuple[float, Group]]] = {}
    for factor in sorted({point["factor"] for point in points}):
        here = [
            measured_from_json({k: v for k, v in point.items() if k != "factor"})
            for point in points
            if point["factor"] == factor
        ]
        for group in gather(here):
            held.setdefault(group.of_set, []).append((factor, group))
    return held


def sweep_rates(row: dict[str, Any], tool: str) -> tuple[Rate, Rate, int]:
    """Return leaks of faces in frames, tracks with any, and clips without output, of one value."""
    judged = [measured_from_json(values).judged for values in row[tool]]
    there = [one for one in judged if one is not None]
    tracks = [track for one in there for track in one.tracks]
    return (
        Rate(sum(one.leaked for one in there), sum(len(one.faces) for one in there)),
        Rate(sum(track.leaked > 0 for track in tracks), len(tracks)),
        len(judged) - len(there),
    )


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _write(path: Path, values: object) -> None:
    beside = path.with_suffix(".part")
    beside.write_text(json.dumps(values) + "\n", encoding="utf-8")
    beside.replace(path)
