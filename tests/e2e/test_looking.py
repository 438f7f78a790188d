"""Looking: every frame by its number, keys that move, a page that fits and asks nobody else."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from playwright.sync_api import expect
from tests.e2e.footage import FRAMES, pictures_of
from tests.e2e.visit import Picture, Visit


def _which(seen: Picture, frames: list[Picture]) -> int:
    """Return the number of the frame that is *seen*."""
    away = [float(np.abs(seen.astype(int) - frame.astype(int)).mean()) for frame in frames]
    assert min(away) < 6, "it is none of them"
    return int(np.argmin(away))


def test_each_frame_is_shown_by_its_number(visit: Visit, street: Path) -> None:
    frames = pictures_of(street)
    visit.page.get_by_label("Original").check()
    visit.looks(lambda seen: bool(np.abs(seen.astype(int) - frames[0]).mean() < 6))
    for keys, index in (
        ([], 0),
        (["ArrowRight"], 1),
        (["ArrowRight", "ArrowRight"], 3),
        (["Shift+ArrowRight"], 13),
        (["ArrowLeft"], 12),
        (["End"], FRAMES - 1),
        (["Shift+ArrowLeft"], FRAMES - 11),
        (["Home"], 0),
    ):
        visit.press(*keys)
        visit.shows(index)
        visit.looks(lambda seen, index=index: _which(seen, frames) == index)  # type: ignore[misc]
        expect(visit.page.locator(".frame-number")).to_have_text(f"frame {index + 1} of {FRAMES}")


def test_masks_are_shown_as_they_will_be_rendered(visit: Visit, street: Path) -> None:
    track = max(visit.document["tracks"], key=lambda each: each["score"])
    index = round((track["start"] + 0.1) * 25)
    visit.go_to(index)
    _, x0, y0, x1, y1 = next(k for k in reversed(track["keys"]) if k[0] <= index / 25)
    within = np.s_[y0 + 8 : y1 - 8, x0 + 8 : x1 - 8]
    original = pictures_of(street)[index][within].astype(int)

    def bare(seen: Picture) -> bool:
        return bool(np.abs(seen[within].astype(int) - original).mean() < 6)

    def filled(seen: Picture) -> bool:
        return bool(seen[within].std() < 4)

    visit.looks(filled)
    visit.press("m")
    expect(visit.page.get_by_label("Outlines")).to_be_checked()
    visit.press("m")
    expect(visit.page.get_by_label("Original")).to_be_checked()
    visit.looks(bare)
    visit.press("m")
    expect(visit.page.get_by_label("Rendered")).to_be_checked()
    visit.looks(filled)


def test_keys_move_and_play(visit: Visit) -> None:
    position = visit.timeline
    visit.press("l")
    expect(visit.button("Stop", exact=False).first).to_be_visible()
    expect(position).not_to_have_attribute("aria-valuenow", "1")
    visit.press("k")
    expect(visit.button("Play")).to_be_visible()
    visit.press("End", "j")
    expect(position).not_to_have_attribute("aria-valuenow", str(FRAMES))
    visit.press("k", "Home")
    visit.shows(0)
    ends = sorted({t for each in visit.document["tracks"] for t in (each["start"], each["end"])})
    visit.press("t")
    visit.shows(round(next(at for at in ends if at > 0) * 25))
    visit.press("Space")  # plays to the end, and stops there
    visit.shows(FRAMES - 1)
    expect(visit.button("Play")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_a_small_screen(visit: Visit, scheme: Literal["light", "dark"]) -> None:
    visit.page.emulate_media(color_scheme=scheme)
    for panel in ("Audit", "History", "Render", "Unsure", "Speech", "Selection"):
        visit.tab(panel).click()
        size = visit.page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
        )
        assert size == [1366, 768], panel
