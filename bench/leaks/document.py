"""What was measured, in words and tables, in its place in ``docs/measurements.md``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from bench.leaks.metrics import BANDS, Group, Rate, band_name, by_height
from bench.leaks.results import curve_groups, groups_of, sweep_rates
from bench.leaks.synthetic import FRAMES

from bystander.records import Policy

BEGIN, END = "<!-- bench-leaks: begin -->", "<!-- bench-leaks: end -->"

_HEAD = """\
## Leaks on footage whose faces are known

`make bench-leaks FOOTAGE=folder` runs `bystander redact` and deface 1.5.0 (`--replacewith
solid`), both with their defaults otherwise, over a folder of clips and pictures with box files,
judges the outputs, and writes this section. The footage is not part of this repository.

A face leaks in a frame when more than a quarter of its textured cells (of 8 x 8 over its box,
inside the ellipse) still correlate with the original by more than 0.5 (`bench/leaks/judge.py`).
It says nothing of who made the output or how. LR(T) is the share of tracks, one person's
continuous appearances, that leak for T in a row; LR(0+) in any frame at all. Over-redaction is
the share of pixels that changed outside the head regions of all faces, PSNR is of what lies
outside both. In brackets are two-sided 95 % Clopper-Pearson intervals; "at most" is the one-sided
95 % upper bound. Both take every face for an independent one. Faces in one clip or picture are
not, so the share of clips or pictures with any leak stands beside them: its bound needs no such
belief, and is wide.

Published boxes and semi-manual ones (a detector proposed, a person looked and corrected) are kept
apart, and so is each set: no figure adds them up. All of it holds for footage like this and
promises nothing about yours."""

_STILLS = """\
Pictures are given to both tools as a clip of one frame, coded without loss, because Bystander does
not open pictures yet. deface scales every output to multiples of 16 pixels; it was scaled back to
be compared."""

_CURVE = """\
### As the thresholds move

All thresholds of faces and people are multiplied by one factor; 1 is the default. The detectors
looked once, at the lowest; for every factor the plan was drawn up anew, the decoded frames filled
in memory and judged. So two things are left out here that the command does: the second look,
which hides what it finds as well, and the coding of the output."""

_SYNTHETIC = """\
### Pasted heads, one thing at a time

Heads cut from {heads} portraits, feathered and pasted along known paths over clips without faces
({grounds}), {frames} frames over each at 640x360, as many heads at a time as fit. One parameter at
a time leaves the base case: face 48 px high, 1 px a frame, upright, daylight, no noise, CRF 18,
nothing in front. Where the face lies is exact; that a cut-out looks like a person who is there is
not. Faces that became too dark or too coarse to tell by are not counted, so n varies. Half a
second is short: Bystander hides a face for half a second before and after it saw it, so one
sighting is enough here, as it would not be in a long clip. Faces of one head are much alike: the
tracks say more than the faces, and the intervals drawn are too narrow."""

_SWEEPS = {
    "height_px": "Height, px",
    "speed": "Speed, px a frame",
    "rotation": "Rotation, degrees",
    "light": "Light",
    "noise": "Noise, standard deviation",
    "crf": "CRF",
    "occlusion": "Occluded share",
}
_PLOTS = {
    "leaks-by-height": "Leak rate by height of the face",
    "longest-exposure": "Longest exposure of each track",
    "thresholds": "Leak rate against over-redaction as the thresholds move",
    "synthetic": "Leak rate of pasted heads",
}


def write(path: Path, section: str) -> None:
    """Put *section* between the markers of the document at *path*; the rest stays as it is.

    A document without markers gets them at its end, and one that does not exist is begun.

    Raises:
        ValueError: There is one marker without the other, or they are in the wrong order.
    """
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    made = f"{BEGIN}\n{section.strip()}\n{END}"
    if BEGIN not in text and END not in text:
        path.write_text(f"{text.rstrip()}\n\n{made}\n".lstrip(), encoding="utf-8")
        return
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{path} has markers that do not match")
    path.write_text(before + made + after, encoding="utf-8")


def text(measured: dict[str, dict[str, Any] | None], plots: Sequence[Path]) -> str:
    """Return the section: what there are figures for, in the order of the steps."""
    parts = [_HEAD]
    states: dict[str, dict[str, list[str]]] = {}
    for step, values in measured.items():
        for name, state in (values or {}).get("states", {}).items():
            states.setdefault(name, {}).setdefault(state, []).append(step)
    if states:
        parts.append(f"Measured: {_states(states)} (after the dash: the digest of its code).")
    for step in ("video", "stills"):
        if values := measured.get(step):
            parts += [_STILLS] if step == "stills" else []
            parts += _compared(values)
            parts += _images(plots, f"leaks-by-height-{step}")
            parts += _images(plots, "longest-exposure") if step == "video" else []
    if values := measured.get("curve"):
        parts += [_CURVE, *_curve(values), *_images(plots, "thresholds")]
    if values := measured.get("synthetic"):
        parts.append(
            _SYNTHETIC.format(
                heads=values["heads"],
                grounds=", ".join(f"`{name}`" for name in values["grounds"]),
                frames=FRAMES,
            )
        )
        parts += [*_synthetic(values), *_images(plots, "synthetic")]
    return "\n\n".join(parts)


def _states(states: dict[str, dict[str, list[str]]]) -> str:
    """Return which state of each tool was measured, by step where the steps differ."""
    said = []
    for name, by_state in states.items():
        for state, steps in by_state.items():
            of = f" in the steps {' and '.join(steps)}" if len(by_state) > 1 else ""
            said.append(f"{name} {state}{of}")
    return ", ".join(said)


def _images(plots: Sequence[Path], start: str) -> list[str]:
    return [
        f"![{next(words for key, words in _PLOTS.items() if path.stem.startswith(key))}]"
        f"(plots/{path.name})"
        for path in plots
        if path.stem.startswith(start)
    ]


def _compared(values: dict[str, Any]) -> list[str]:
    groups = groups_of(values["measured"])
    parts: list[str] = []
    for row in zip(*groups.values(), strict=True):
        of_set = row[0].of_set
        used, there = values["used"][of_set], values["counts"][of_set]
        part = "" if used == there else f" (a trial: {used} of {there} were measured)"
        parts += [f"### {of_set}: {row[0].origin} boxes{part}", _table(groups, row)]
        if of_set == "video":
            parts.append(_clips(groups, row))
    return parts


def _table(groups: dict[str, Any], row: Sequence[Group]) -> str:
    """Return the figures of one set, a column for each tool."""
    stills = row[0].of_set.startswith("images/")
    what = "pictures" if stills else "clips"
    lines: list[tuple[str, Callable[[Group], str]]] = [
        (f"{what}, of which without output", _outputs),
        ("faces in frames that leak" if not stills else "faces that leak", lambda g: _k(g.leaked)),
    ]
    if not stills:
        lines += [
            ("tracks that leak in any frame, LR(0+)", lambda g: _k(g.tracks_exposed())),
            ("tracks that leak 100 ms in a row, LR(100 ms)", lambda g: _k(g.tracks_exposed(0.1))),
        ]
    lines.append((f"{what} with any leak", lambda g: _k(g.items_with_leaks)))
    for band in BANDS:
        if any(by_height(group.faces)[band].n for group in row):
            lines.append((f"frame recall, {band_name(band)} px", partial(_recall, band)))
    lines += [
        ("over-redaction", lambda g: f"{100 * g.over_redaction:.2f} %"),
        ("PSNR outside", lambda g: _db(g.psnr_db)),
        ("CPU time a frame" if not stills else "CPU time a picture", _cpu),
        ("largest memory", lambda g: f"{max(item.peak_mb for item in g.items):.0f} MB"),
        ("outputs of another size; frames missing", _changed),
    ]
    return _rows(["", *groups], [[name, *(cell(group) for group in row)] for name, cell in lines])


def _clips(groups: dict[str, Any], row: Sequence[Group]) -> str:
    """Return a line for each clip."""
    header = ["clip", "faces", "tracks"]
    for tool in groups:
        header += [f"{tool}: leaks", "longest, s", "over", "CPU, ms a frame"]
    lines = []
    for items in zip(*(group.items for group in row), strict=True):
        known = next((item.judged for item in items if item.judged), None)
        cells = [
            items[0].name,
            str(len(known.faces)) if known else "-",
            str(len(known.tracks)) if known else "-",
        ]
        for item in items:
            if item.judged is None:
                cells += [f"no output, exit {item.exit_code}", "-", "-", "-"]
                continue
            longest = max((track.longest_s for track in item.judged.tracks), default=0.0)
            cells += [
                str(item.judged.leaked),
                f"{longest:.2f}",
                f"{100 * item.judged.over_redaction:.1f} %",
                f"{1000 * item.cpu_s / max(1, item.judged.frames):.0f}",
            ]
        lines.append(cells)
    return _rows(header, lines)


def _curve(values: dict[str, Any]) -> list[str]:
    curves = curve_groups(values["points"])
    factors = sorted({factor for held in curves.values() for factor, _ in held})
    start = Policy().score
    header = ["factor", "score that starts a face's track"]
    for name, held in curves.items():
        used, there = values["used"][name], values["counts"][name]
        some = "" if used == there else f", {used} of {there}"
        header += [f"{name} ({held[0][1].origin}{some}): leaks", "over"]
    lines = []
    for factor in factors:
        cells = [f"{factor:g}", f"{start * factor:.2f}"]
        for held in curves.values():
            group = dict(held)[factor]
            cells += [f"{group.leaked.k} of {group.leaked.n:,}", _percent(group.over_redaction)]
        lines.append(cells)
    return [_rows(header, lines)]


def _synthetic(values: dict[str, Any]) -> list[str]:
    tools = list(values["states"])
    header = ["parameter", "value"]
    for tool in tools:
        header += [f"{tool}: faces in frames", "tracks"]
    lines = []
    for name, rows in values["measured"].items():
        for row in rows:
            cells = [_SWEEPS[name], f"{row['value']:g}"]
            for tool in tools:
                faces, tracks, without = sweep_rates(row, tool)
                note = f", {without} without output" if without else ""
                cells += [f"{faces.k} of {faces.n}{note}", f"{tracks.k} of {tracks.n}"]
            lines.append(cells)
    return [_rows(header, lines)]


def _rows(header: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    rows = [header, ["---"] * len(header), *lines]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in rows)


def _k(rate: Rate) -> str:
    if not rate.n:
        return "none"
    low, high = rate.interval
    return (
        f"{rate.k:,} of {rate.n:,}: {_percent(rate.share)} [{100 * low:.1f}-{100 * high:.1f}], "
        f"at most {_percent(rate.upper)}"
    )


def _recall(band: tuple[float, float], group: Group) -> str:
    rate = by_height(group.faces)[band]
    if not rate.n:
        return "none"
    low, high = rate.interval
    return (
        f"{_percent(1 - rate.share)} of {rate.n:,} [{100 * (1 - high):.1f}-{100 * (1 - low):.1f}]"
    )


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _db(value: float) -> str:
    return "nothing outside" if np.isinf(value) else f"{value:.1f} dB"


def _cpu(group: Group) -> str:
    return f"{group.cpu_ms_a_frame:.0f} ms"


def _outputs(group: Group) -> str:
    return f"{len(group.items)}, {len(group.items) - len(group.outputs)}"


def _changed(group: Group) -> str:
    changed = sum(judged.size_changed for judged in group.outputs)
    return f"{changed}; {sum(judged.missing for judged in group.outputs)}"
