"""Without a mouse, and without eyes on the picture: all of the main tasks by keys, and axe."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import expect
from tests.e2e.visit import Visit

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = ("serious", "critical")


def _faults(visit: Visit, where: str) -> list[str]:
    """Return what axe-core finds, but for what is slight."""
    found: dict[str, Any] = visit.page.evaluate("axe.run(document)")
    return [
        f"{where}: {fault['id']} {fault['nodes'][0]['html'][:200]}"
        for fault in found["violations"]
        if fault["impact"] in GRAVE
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_grave_fault(visit: Visit, scheme: Literal["light", "dark"]) -> None:
    # Only here: the script of axe is not the page's own.
    with visit.again(color_scheme=scheme, bypass_csp=True) as visit:
        page = visit.page
        page.evaluate(AXE.read_text(encoding="utf-8"))  # `make test` installs it
        faults = _faults(visit, "as opened")
        visit.select("head-1")
        faults += _faults(visit, "with one selected")
        for name in ("Audit", "History", "Render", "Unsure", "Speech"):
            visit.tab(name).click()
            faults += _faults(visit, name)
        for key in ("?", "x"):
            visit.press(key)
            expect(page.get_by_role("dialog")).to_be_visible()
            faults += _faults(visit, f"the dialog of {key}")
            visit.press("Escape")
        visit.press("Control+a", "i", "o")
        faults += _faults(visit, "with several selected")
        assert faults == []


def _tab_to(visit: Visit, what: str, *, most: int = 80) -> None:
    """Go on by the Tab key until the element that fits the selector *what* has the focus."""
    for _ in range(most):
        visit.press("Tab")
        if visit.page.evaluate("(what) => document.activeElement.matches(what)", what):
            return
    raise AssertionError(f"{what} is not to be reached by Tab")


def test_the_main_tasks_by_keys_alone(own_visit: Visit) -> None:
    visit = own_visit
    page = visit.page
    # Choose a track in the list and keep it.
    _tab_to(visit, "[role=listbox]")
    visit.press("ArrowDown")
    chosen = page.locator("[role=option][aria-selected=true]")
    expect(chosen).to_have_count(1)
    track = str(chosen.get_attribute("id")).removeprefix("card-")
    visit.press("x")
    expect(page.get_by_role("dialog")).to_be_visible()
    with visit.saving():
        visit.press("3", "Enter")  # the third of the reasons
    assert visit.track(track)["decided"]["because"] == "speaker"
    expect(page.get_by_role("listbox")).to_be_focused()  # one is where one was
    with visit.saving():
        visit.press("Control+z")
    # Its box, moved by keys on the picture.
    visit.press("ArrowRight")
    before = visit.track(track)["keys"]
    _tab_to(visit, ".stage-body")
    visit.press("Enter", "Shift+ArrowDown", "Control+ArrowRight")
    with visit.saving():
        visit.press("Enter")
    assert visit.track(track)["keys"] != before
    # A region, drawn by keys; moved to where it is to be; it follows.
    drawn_before = set(visit.tracks)
    visit.go_to(20)
    visit.press("d", "Enter", *["Shift+ArrowLeft"] * 3)
    with visit.saving():
        visit.press("Enter")
    (drawn,) = set(visit.tracks) - drawn_before
    expect(page.get_by_role("heading", name=drawn)).to_be_visible()
    with visit.saving():
        visit.press("f")
    # A look of the audit, the history and the report's button.
    _tab_to(visit, "[role=tab][data-tab=selection]")
    visit.press("ArrowRight")
    expect(page.get_by_role("heading", name="Walk 1")).to_be_visible()
    visit.press("c")  # goes to the first moment
    with visit.saving():
        visit.press("c")
    _tab_to(visit, "header .main")
    expect(page.get_by_role("button", name="Render and check").first).to_be_focused()


def test_what_the_picture_shows_is_said_in_words(visit: Visit) -> None:
    visit.go_to(20)
    said = visit.page.locator(".stage-status")
    expect(said).to_contain_text("frame 21 of 36")
    expect(said).to_contain_text("hidden: face-2, face-1, head-1")
