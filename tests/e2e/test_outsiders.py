"""What other pages of the same browser get, and what the browser keeps: nothing.

More of what others try is in ``test_strangers.py``, and what needs no browser in
``tests/review/test_gate.py``.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Error, Page, Playwright
from tests.e2e.conftest import CHROMIUM, REBOUND, chromium_options
from tests.e2e.elsewhere import Elsewhere, elsewhere
from tests.e2e.visit import Visit
from tests.review.conftest import serving

FRAME = "/api/files/0/frames/5?width=640&masks=0&revision=0"


@pytest.fixture
def other() -> Iterator[Elsewhere]:
    """Return a server on another port of this machine."""
    with elsewhere() as server:
        yield server


@pytest.fixture
def stranger(visit: Visit, other: Elsewhere) -> Page:
    """Return a page of that server, in the browser that has the review open.

    Cookies know no ports: the browser sends it the cookie of the review, and the review's its.
    """
    page = visit.context.new_page()
    page.goto(f"{other.origin}/")
    return page


def test_the_start_link_is_left_for_a_clean_address(visit: Visit) -> None:
    page = visit.page
    assert page.url == f"http://{visit.server.host}/"
    assert page.evaluate("document.referrer") == ""
    (cookie,) = visit.context.cookies()  # cookies know no ports: it is all there is
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Strict"
    assert (cookie["domain"], cookie["path"]) == ("127.0.0.1", "/")
    assert page.evaluate("document.cookie") == ""
    spent = urlsplit(visit.server.link)
    with visit.context.browser.new_context() as fresh:  # type: ignore[union-attr]
        answer = fresh.new_page().goto(spent.geturl())
        assert answer is not None
        assert answer.status == 403


def test_forms_and_beacons_of_another_page_change_nothing(visit: Visit, stranger: Page) -> None:
    before = visit.document
    change = '{"revision": 0, "change": {"op": "keep", "tracks": ["head-1"]}, "because": "x"}'
    path = f"http://{visit.server.host}/api/files/0/decisions"
    assert stranger.evaluate("([to, body]) => navigator.sendBeacon(to, body)", [path, change])
    with stranger.expect_response(path) as answer:  # a form leads away, to what refuses it
        stranger.evaluate(
            """(to) => {
                const form = document.createElement("form");
                Object.assign(form, {method: "post", action: to, enctype: "text/plain"});
                document.body.append(form);
                form.submit();
            }""",
            path,
        )
    assert answer.value.status in {403, 415}
    assert visit.document == before


def test_another_page_can_neither_frame_nor_hold_it(visit: Visit, stranger: Page) -> None:
    ours = f"http://{visit.server.host}/"
    said: list[str] = []
    stranger.on("console", lambda message: said.append(message.text))
    stranger.evaluate(
        """(address) => new Promise((resolve) => {
            const frame = document.createElement("iframe");
            frame.onload = resolve;
            frame.src = address;
            document.body.append(frame);
        })""",
        ours,
    )
    assert stranger.frames[1].locator(".stage-body").count() == 0
    assert stranger.frames[1].locator("#page").count() == 0
    with visit.context.expect_page() as opened:
        held = stranger.evaluate_handle("(address) => open(address)", ours)
    opened.value.wait_for_load_state()
    assert stranger.evaluate("(held) => held.closed", held)  # cut off from who opened it
    assert opened.value.evaluate("window.opener") is None


def test_a_name_that_leads_here_is_refused(visit: Visit) -> None:
    page = visit.context.new_page()
    for name in (REBOUND, "localhost"):
        answer = page.goto(f"http://{name}:{visit.server.port}/")
        assert answer is not None
        assert answer.status == 403
        assert "frame" not in answer.text()


def test_the_page_cannot_be_made_to_run_what_is_not_its_own(visit: Visit) -> None:
    page = visit.page
    visit.expected += ["Content Security Policy", "Content-Security-Policy"]
    assert (
        page.evaluate(
            """() => new Promise((resolve) => {
            const script = document.createElement("script");
            script.textContent = "window.ran = true";
            document.body.append(script);
            resolve(window.ran ?? "refused");
        })"""
        )
        == "refused"
    )
    with pytest.raises(Error, match="Failed to fetch"):
        page.evaluate("fetch('http://127.0.0.1:9/')")


def test_the_browser_keeps_nothing_of_it(
    chromium: Playwright, other: Elsewhere, street: Path, tmp_path: Path
) -> None:
    name = "lakeside-morning"
    (tmp_path / "clip").mkdir()
    clip = Path(shutil.copy(street, tmp_path / "clip" / f"{name}.mp4"))
    shutil.copy(street.with_name("street.plan.json"), clip.with_name(f"{name}.plan.json"))
    profile = tmp_path / "profile"
    with serving(clip) as server:
        context = chromium.chromium.launch_persistent_context(
            profile, executable_path=CHROMIUM, args=chromium_options()
        )
        page = context.new_page()
        page.goto(server.link)
        page.locator(".stage-body[data-shown='0']").wait_for()
        page.keyboard.press("End")
        page.locator(".stage-body[data-shown='35']").wait_for()
        seen = page.evaluate(
            """async (path) => Array.from(new Uint8Array(await (await fetch(path, {
                headers: {"X-Bystander-Token": localStorage.getItem("bystander-token")},
            })).arrayBuffer()))""",
            FRAME,
        )
        frame = bytes(seen)
        assert frame[:2] == b"\xff\xd8"
        # That the search finds what is kept: the same bytes from one who lets them be kept.
        marked = frame[:2] + b"\xff\xfe\x00\x12kept by a browser" + frame[2:]
        other.serves["/seen-elsewhere.jpg"] = ("image/jpeg", bytes(reversed(marked)))
        page.goto(f"{other.origin}/seen-elsewhere.jpg")
        context.close()
    kept = {path: path.read_bytes() for path in profile.rglob("*") if path.is_file()}
    everything = b"\0".join(kept.values())
    assert b"seen-elsewhere" in everything
    assert bytes(reversed(marked))[1000:1100] in everything
    assert b"bystander-token" in everything  # its storage was looked through as well
    for part in range(200, len(frame) - 64, 4096):
        assert frame[part : part + 64] not in everything
    # (The address of the start link is in the history: it worked once.)
    for way in ("utf-8", "utf-16-le"):
        assert name.encode(way) not in everything
