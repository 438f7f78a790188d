"""How the page of a review feels: ``python -m bench.page``, in Chromium, which must be installed.

- An hour of 320x180 with 2,000 made tracks, 64 boxes each, is opened: seconds from following the
  start link until the first picture and all bars of the timeline are there.
- Its timeline is zoomed, panned and scrolled: how long one drawing of it takes, and the time from
  one picture of the screen to the next while that goes on.
- In ten seconds of 1080p, coded as a phone does, the arrow key is pressed and held, and places
  anywhere are clicked: milliseconds from the play head's move to the picture being there, which is
  decoded, filled, coded, sent, and decoded again in between.

Prints median and 95th percentile, and the load of the machine, which has much to do with them.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import av
import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

from bench import review
from bystander import detect, plan, run
from bystander.geometry import Box
from bystander.records import (
    Because,
    FootageFacts,
    Keyframe,
    Kind,
    Plan,
    Policy,
    Redaction,
)
from bystander.timeline import Span

_HOUR_S, _RATE, _WIDTH, _HEIGHT = 3600, 25, 320, 180
_TRACKS, _KEYS = 2000, 64
_KINDS = (Kind.FACE, Kind.HEAD, Kind.PLATE)
_OPENINGS, _STEPS, _LEAPS = 5, 120, 40

_WATCH = """
    window.taken = {};
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
            const of = (window.taken[entry.name] ??= []);
            of.push([entry.startTime, entry.duration]);
        }
    }).observe({type: "measure"});
"""


def hour(target: Path) -> Path:
    """Write an hour of small pictures, coded as fast as can be."""
    with av.open(str(detect.checked("bikes").path)) as source:
        frames = [
            frame.reformat(width=_WIDTH, height=_HEIGHT, format="yuv420p")
            for frame in islice(source.decode(video=0), 100)
        ]
    with av.open(str(target), "w") as sink:
        options = {"preset": "ultrafast", "crf": "35", "g": "50"}
        stream: Any = sink.add_stream("libx264", rate=_RATE, options=options)
        stream.width, stream.height, stream.pix_fmt = _WIDTH, _HEIGHT, "yuv420p"
        for index, frame in enumerate(islice(cycle(frames), _HOUR_S * _RATE)):
            frame.pts, frame.time_base = index, Fraction(1, _RATE)
            sink.mux(stream.encode(frame))
        sink.mux(stream.encode(None))
    return target


def made_plan(clip: Path, tracks: int = _TRACKS) -> Plan:
    """Return a plan for *clip* with so many tracks, made at random, always the same."""
    with run.Viewer(clip) as viewer:
        found = viewer.facts()
        facts = FootageFacts(
            sha256=viewer.digest(),
            width=found.width,
            height=found.height,
            frames=found.frames,
            duration=found.duration,
        )
    frames = facts.frames
    dice = np.random.default_rng(1)
    redactions = []
    for number in range(tracks):
        long = int(dice.integers(min(_KEYS, frames), min(_KEYS * 4, frames) + 1))
        first = int(dice.integers(0, frames - long + 1))
        at = np.linspace(first, first + long - 1, min(_KEYS, long)).astype(int)
        x, y = dice.integers(0, facts.width - 48), dice.integers(0, facts.height - 48)
        kind = _KINDS[number % len(_KINDS)]
        redactions.append(
            Redaction(
                track=f"{kind.value}-{number + 1}",
                kind=kind,
                because=Because.DETECTOR,
                span=Span(Fraction(first, _RATE), Fraction(first + long, _RATE)),
                region=tuple(
                    Keyframe(
                        at=Fraction(int(n), _RATE),
                        box=Box(int(x) + i % 16, int(y), int(x) + i % 16 + 32, int(y) + 32),
                    )
                    for i, n in enumerate(at)
                ),
                score=float(round(dice.uniform(0.3, 1), 2)),
            )
        )
    return Plan(
        footage=facts,
        policy=Policy(),
        detectors=("made@0",),
        redactions=tuple(redactions),
    )


@contextmanager
def serving(clip: Path, tracks: int) -> Iterator[str]:
    """Have *clip*, with a made plan, under review; the start link. The server ends with it."""
    text = plan.to_json(made_plan(clip, tracks))
    clip.with_suffix(".plan.json").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "bystander", "review", "--no-open", str(clip)]
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.send_signal(signal.SIGINT)
            server.wait()


@contextmanager
def visiting(browser: Browser, link: str) -> Iterator[tuple[Page, float]]:
    """Follow *link*; the page, and after how many seconds all of it was there."""
    # What waits within the page is evaluated there, which its policy does not allow.
    with browser.new_context(viewport={"width": 1366, "height": 768}, bypass_csp=True) as context:
        context.add_init_script(_WATCH)
        page = context.new_page()
        page.goto(link, wait_until="commit")
        page.wait_for_function(
            """document.querySelector(".stage-body")?.dataset.shown === "0"
               && window.taken["timeline-draw"]?.length > 0""",
            polling="raf",
        )
        yield page, page.evaluate("performance.now()") / 1000


def both(values: list[float]) -> str:
    """Return median and 95th percentile."""
    return f"{np.median(values):.1f} / {np.quantile(values, 0.95):.1f}"


def taken(page: Page, name: str) -> list[float]:
    """Return how long each measure *name* took since this was asked last, in milliseconds."""
    found = page.evaluate("(name) => (window.taken[name] ?? []).splice(0)", name)
    return [duration for _, duration in found]


def timeline(page: Page) -> dict[str, str]:
    """Return drawings, and times between pictures of the screen, of three kinds of moves."""
    place = page.get_by_role("slider").bounding_box()
    assert place is not None
    middle = (place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    page.mouse.move(*middle)
    rows = {}
    for name, wheels in (
        ("zoomed", [(0, -120, True)] * 30 + [(0, 120, True)] * 30),
        ("panned", [(60, 0, False)] * 60),
        ("scrolled", [(0, 40, False)] * 30 + [(0, -40, False)] * 30),
    ):
        taken(page, "timeline-draw")
        page.evaluate(
            """() => {
                const mine = [];
                window.pictures = mine;
                const next = (now) => {
                    if (window.pictures !== mine) return;
                    mine.push(now);
                    requestAnimationFrame(next);
                };
                requestAnimationFrame(next);
            }"""
        )
        for x, y, zooms in wheels:
            if zooms:
                page.keyboard.down("Control")
            page.mouse.wheel(x, y)
            if zooms:
                page.keyboard.up("Control")
        times = page.evaluate(
            "() => { const all = window.pictures; window.pictures = null; return all; }"
        )
        drawn, between = taken(page, "timeline-draw"), np.diff(times).tolist()
        rows[name] = f"{both(drawn)} | {both(between)} | {len(drawn)}"
    return rows


def steps(page: Page) -> dict[str, list[float]]:
    """Return how long each picture took to be there, the key pressed singly and held down."""
    found = {}
    for name, held in (("pressed", False), ("held", True)):
        page.keyboard.press("Home")
        _shows(page, "0")
        taken(page, "stage-frame")
        for number in range(1, _STEPS + 1):
            page.keyboard.press("ArrowRight")
            if held:
                page.wait_for_timeout(33)
            else:
                _shows(page, str(number))
        _shows(page, str(_STEPS))
        found[f"arrow {name}"] = taken(page, "stage-frame")
    place = page.get_by_role("slider").bounding_box()
    assert place is not None
    for share in np.random.default_rng(1).uniform(0.1, 0.95, _LEAPS):
        page.mouse.click(place["x"] + place["width"] * share, place["y"] + 10)
        page.wait_for_function(
            """() => Number(document.querySelector("[role=slider]").ariaValueNow) - 1
               === Number(document.querySelector(".stage-body").dataset.shown)""",
            polling="raf",
        )
    found["anywhere"] = taken(page, "stage-frame")
    return found


def _shows(page: Page, number: str) -> None:
    page.wait_for_function(
        "(number) => document.querySelector('.stage-body').dataset.shown === number",
        arg=number,
        polling="raf",
    )


def main() -> None:
    """Print what was measured."""
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("chromium is not installed")
    root = ["--no-sandbox"] if os.getuid() == 0 else []
    print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} processors")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=root)
        clip = hour(Path(folder) / "hour.mp4")
        opened = []
        for _ in range(_OPENINGS):
            with serving(clip, _TRACKS) as link, visiting(browser, link) as (page, after):
                opened.append(after)
                if len(opened) == _OPENINGS:
                    rows = timeline(page)
        print(f"an hour with {_TRACKS} tracks opens in {np.median(opened):.2f} s", end="; ")
        print("each time: " + ", ".join(f"{after:.2f}" for after in opened))
        print("| timeline | one drawing, ms | between pictures, ms | drawings |\n|---|---|---|---|")
        for name, row in rows.items():
            print(f"| {name} | {row} |")
        for side in (1080,):
            clip = review.make(Path(folder) / f"{side}.mp4", side, _RATE)
            with serving(clip, 20) as link, visiting(browser, link) as (page, _):
                for name, times in steps(page).items():
                    print(f"{side}p, {name}: {both(times)} ms for {len(times)} pictures")
        print(f"load {os.getloadavg()[0]:.1f} at the end")
        browser.close()


if __name__ == "__main__":
    main()
