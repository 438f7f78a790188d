"""Signing off: the audit walk, rendering with its progress, the report, and the output itself."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import expect
from tests.e2e.footage import pictures_of
from tests.e2e.test_correcting import BOX, draw, keep
from tests.e2e.visit import Visit

RENDER_MS = 300_000


def test_an_audit_walk_ends_in_the_sentence_that_its_looks_support(own_visit: Visit) -> None:
    visit = own_visit
    visit.tab("Audit").click()
    visit.button("Begin").click()
    moments = visit.document["audit"]["moments"]
    assert len(moments) > 20
    for number in range(20):
        with visit.saving():
            visit.press("c")
        expect(visit.tab("Audit")).to_contain_text(str(len(moments) - number - 1))
    audit = visit.document["audit"]
    assert [look["clean"] for look in audit["looks"]] == [True] * 20
    assert "20" in audit["sentence"]
    expect(visit.page.get_by_text(audit["sentence"])).to_be_visible()
    # One that is not clean: it is mended at once, and a new walk begins.
    with visit.saving():
        visit.press("v")
    draw(visit)
    assert visit.document["audit"]["walk"] == 2
    visit.tab("Audit").click()
    expect(visit.page.get_by_role("heading", name="Walk 2")).to_be_visible()


def test_what_was_decided_is_rendered_checked_and_reported(
    own_visit: Visit, own_street: Path
) -> None:
    visit = own_visit
    page = visit.page
    keep(visit, "head-1", "asked for their own footage")
    keep(visit, "face-2", "asked for their own footage")
    visit.go_to(0)
    drawn = draw(visit)
    visit.tab("Render").click()
    visit.page.locator(".panel").get_by_role("button", name="Render and check").click()
    expect(page.get_by_role("progressbar", name="Rendering")).to_be_visible()
    said = page.locator(".verdict")
    expect(said).to_have_text("Rendered and checked: nothing was found", timeout=RENDER_MS)
    visit.button("Show the report").click()
    report = page.frame_locator("iframe[title='The report']")
    expect(report.get_by_text("head-1").first).to_be_visible()
    expect(report.get_by_text("asked for their own footage").first).to_be_visible()
    expect(report.get_by_text("Ada").first).to_be_visible()
    expect(report.get_by_text(drawn).first).to_be_visible()
    page.keyboard.press("Escape")

    original, output = (
        pictures_of(own_street),
        pictures_of(own_street.with_name("street.redacted.mp4")),
    )
    assert len(output) == len(original)
    x0, y0, x1, y1 = BOX
    for index in (0, 10, 30):  # what was drawn is filled, with the one colour
        assert output[index][y0 + 8 : y1 - 8, x0 + 8 : x1 - 8].std() < 4
    # Whom we kept is seen, where nobody else's mask is.
    kept = next(t for t in visit.document["tracks"] if t["id"] == "head-1")
    index = 34
    box = next(key for key in reversed(kept["keys"]) if key[0] <= index / 25)[1:]
    bare = _bare(visit, index, box)
    assert bare.any()
    away = np.abs(output[index].astype(int) - original[index])[bare]
    assert away.mean() < 8
    # What was not kept is not.
    masked = _masked(visit, index)
    if masked.any():
        assert output[index][masked].std() < 4
    assert visit.document["rendered"] == "clean"


def _masked(visit: Visit, index: int) -> NDArray[np.bool_]:
    """Where something is hidden in frame *index*."""
    where = np.zeros((272, 640), dtype=bool)
    for track in visit.document["tracks"]:
        if not track["hidden"] or not track["start"] <= index / 25 < track["end"]:
            continue
        x0, y0, x1, y1 = next(k for k in reversed(track["keys"]) if k[0] <= index / 25 + 1e-6)[1:]
        where[y0:y1, x0:x1] = True
    return where


def _bare(visit: Visit, index: int, box: list[int]) -> NDArray[np.bool_]:
    """Where in *box* nothing is hidden in frame *index*."""
    x0, y0, x1, y1 = box
    within = np.zeros((272, 640), dtype=bool)
    within[y0:y1, x0:x1] = True
    return within & ~_masked(visit, index)
