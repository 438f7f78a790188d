"""The pictures of docs/how-to/review.md: what a reader sees there is what the page looks like.

``make review-screenshots OF=FILM`` writes them there: of a film whose people may be shown, for the
list and the timeline show them as they are. Those in the docs are of a comedy of the 1910s, which
is in the public domain. Here they are made from a stretch of the sample and thrown away, so that
the way to make them does not rot.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect
from tests.e2e.conftest import Reviewing, copied
from tests.e2e.footage import street_clip
from tests.e2e.test_correcting import draw, keep
from tests.e2e.test_releasing import RENDER_MS
from tests.e2e.visit import Visit

TARGET = os.environ.get("BYSTANDER_SCREENSHOTS")
LARGEST = 200_000


@pytest.fixture
def clip(street: Path, tmp_path: Path) -> Path:
    """Return what is shown: the film that was named where the pictures are kept."""
    if TARGET is None:
        return copied(street, tmp_path)
    film = Path(os.environ["BYSTANDER_SCREENSHOTS_OF"])
    clip = street_clip(tmp_path / "street.mp4", start=0, frames=240, of=film)
    command = [sys.executable, "-m", "bystander", "detect", str(clip), "--audio", "mute-speech"]
    subprocess.run([*command, "-o", str(tmp_path / "street.plan.json")], check=True)
    return clip


def test_the_pictures_of_the_docs(reviewing: Reviewing, clip: Path, tmp_path: Path) -> None:
    target = tmp_path if TARGET is None else Path(TARGET)
    visit = reviewing(clip)
    page = visit.page
    people = max(visit.document["tracks"], key=lambda track: track["score"])
    index = round((people["start"] + 0.4) * 25)

    visit.go_to(index)
    page.get_by_text("Got it").click()
    visit.select(people["id"])
    _take(visit, target / "page.webp")

    visit.press("x")
    page.get_by_label("Because").fill("asked for their own footage")
    _take(visit, target / "keep.webp")
    visit.press("Escape")

    visit.go_to(2)
    drawn = draw(visit, (60, 150, 130, 225))
    with visit.saving():
        visit.press("f")
    visit.press(*["ArrowRight"] * 3)
    visit.shows(5)
    visit.select(drawn)
    visit.press("m")
    _take(visit, target / "draw.webp")

    visit.tab("Audit").click()
    visit.button("Begin").click()
    for _ in range(12):
        with visit.saving():
            visit.press("c")
    _take(visit, target / "audit.webp")

    if TARGET is not None:
        _report(visit, target / "report.webp")
    for path in target.glob("*.webp"):
        assert 10_000 < path.stat().st_size < LARGEST


def _report(visit: Visit, path: Path) -> None:
    """Keep what was seen least surely, render, and write to *path* what the report looks like.

    Here that is done in ``test_releasing.py``.
    """
    page = visit.page
    listed = sorted(visit.document["tracks"], key=lambda track: track["start"])[:4]
    keep(visit, min(listed, key=lambda track: track["score"] or 1)["id"], "not a person")
    visit.tab("Render").click()
    page.locator(".panel").get_by_role("button", name="Render and check").click()
    expect(page.locator(".verdict")).to_contain_text("nothing was found", timeout=RENDER_MS)
    visit.button("Show the report").click()
    expect(page.frame_locator("iframe").locator("h1")).to_be_visible()
    _take(visit, path)


def _take(visit: Visit, path: Path) -> None:
    """Write what is seen to *path*, once nothing of it is on its way any more."""
    visit.page.mouse.move(5, 5)
    visit.page.wait_for_load_state("networkidle")
    last = b""
    while last != (last := visit.page.screenshot(animations="disabled")):
        pass
    with Image.open(io.BytesIO(last)) as seen:
        seen.convert("RGB").save(path, quality=82, method=6)
