"""How the plots look: colours and shapes of the tools, frames, titles, points, scales.

Every plot has a light ground of its own, so it reads the same on a dark page. The two colours (of
Okabe and Ito's palette) and the two shapes tell the tools apart without colour vision too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from bench.leaks.metrics import Group, Rate
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

COLOUR = {"bystander": "#0072B2", "deface": "#D55E00"}
MARKER = {"bystander": "o", "deface": "s"}
LABEL = {"bystander": "bystander", "deface": "deface 1.5.0, solid"}
_INK, _FAINT, _GROUND = "#222222", "#d9d9d6", "#fbfbf9"
STYLE: Any = {
    "svg.hashsalt": "bystander",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.titlesize": 10.5,
    "axes.titlelocation": "left",
    "axes.edgecolor": "#8a8a86",
    "axes.labelcolor": _INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.facecolor": _GROUND,
    "figure.facecolor": _GROUND,
    "grid.color": _FAINT,
    "grid.linewidth": 0.7,
    "text.color": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "legend.frameon": False,
    "lines.linewidth": 1.6,
}


@contextmanager
def figure(path: Path, panels: int, *, columns: int = 3, height: float = 3.4) -> Iterator[Any]:
    """Give a figure and its panels in reading order; save it afterwards."""
    columns = min(columns, panels)
    rows = -(-panels // columns)
    width = {1: 6.4, 2: 8.4}.get(columns, 10.2)
    figure = Figure(figsize=(width, height * rows), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for empty in axes[panels:]:
        empty.set_axis_off()
    yield figure, list(axes[:panels])
    figure.savefig(path, metadata={"Date": None, "Creator": None})
    # Matplotlib leaves blanks at the ends of lines, which checks of whitespace do not like.
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(line.rstrip() for line in lines) + "\n", encoding="utf-8")


def rate(axis: Axes, place: float, rate: Rate, tool: str) -> None:
    low, high = rate.interval
    share = 100 * rate.share
    axis.errorbar(
        [place],
        [share],
        yerr=[[share - 100 * low], [100 * high - share]],
        fmt=MARKER[tool],
        color=COLOUR[tool],
        markersize=5,
        capsize=3,
        elinewidth=1.2,
        clip_on=False,
        zorder=3,
    )


def point(tool: str) -> dict[str, Any]:
    hollow = tool == "bystander"
    return {
        "marker": MARKER[tool],
        "linestyle": "none",
        "color": COLOUR[tool],
        "markersize": 10 if hollow else 7,
        "markerfacecolor": "none" if hollow else COLOUR[tool],
        "markeredgewidth": 1.6,
    }


_TICKS = (0, 0.1, 0.5, 1, 2, 3, 5, 8, 12, 20, 30, 40, 60, 80, 100)


def root_scale(axis: Axes, most_x: float, most_y: float) -> None:
    axis.set_xscale("function", functions=(_root, np.square))
    axis.set_yscale("function", functions=(_root, np.square))
    for of, most in ((axis.xaxis, most_x), (axis.yaxis, most_y)):
        ticks = [
            t for t in (0, 0.1, 0.5, 1, 2, 3, 5, 8, 12, 20, 30, 40, 60, 80, 100) if t <= most * 1.05
        ]
        near: list[float] = []
        for tick in ticks:
            if not near or np.sqrt(tick) - np.sqrt(near[-1]) > 0.09 * np.sqrt(most):
                near.append(tick)
        of.set_ticks(near, [f"{t:g}" for t in near])
    axis.set_xlim(0, most_x * 1.08)
    axis.set_ylim(0, most_y * 1.3)


def _root(values: Any) -> Any:
    return np.sqrt(np.maximum(values, 0))


def about(group: Group) -> str:
    """Return what a panel shows, and of how much."""
    stills = group.of_set.startswith("images/")
    what = "pictures" if stills else "clips"
    tracks = "" if stills else f", {len(group.exposures_s)} tracks"
    return (
        f"{group.of_set}: {len(group.items)} {what}{tracks},\n"
        f"{len(group.faces):,} faces, {group.origin} boxes"
    )


def title(figure: Figure, text: str) -> None:
    figure.suptitle(text, x=0.01, ha="left", fontsize=11.5, fontweight="bold")


def legend(figure: Figure, tools: Sequence[str]) -> None:
    shown = [
        Line2D([], [], marker=MARKER[tool], color=COLOUR[tool], markersize=5) for tool in tools
    ]
    names = [LABEL[tool] for tool in tools]
    figure.legend(shown, names, loc="outside lower left", ncols=len(tools), fontsize=9.5)
