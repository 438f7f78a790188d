"""Correcting: what is kept, drawn, cut and taken back, and is there when one comes back."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.e2e.conftest import Reviewing, visiting
from tests.e2e.footage import photo_of
from tests.e2e.visit import GONE, Visit

BOX = (40, 150, 120, 230)  # of a part of the picture that no track hides
ONE = 1 / 25


def keep(visit: Visit, track: str, because: str) -> None:
    visit.select(track)
    visit.press("x")
    with visit.saving():
        visit.page.get_by_label("Because").fill(because)
        visit.button("Keep").click()


def draw(visit: Visit, box: tuple[int, int, int, int] = BOX) -> str:
    """Draw *box* with the mouse; return the track that it becomes."""
    before = set(visit.tracks)
    visit.press("d")
    with visit.saving():
        visit.drag(visit.at(box[0], box[1]), visit.at(box[2], box[3]))
    (drawn,) = set(visit.tracks) - before
    return drawn


def _close(one: list[float], other: tuple[float, ...], by: float = 2) -> bool:
    return all(abs(a - b) <= by for a, b in zip(one, other, strict=True))


def test_somebody_is_kept_for_a_reason_and_hidden_again(own_visit: Visit) -> None:
    visit = own_visit
    visit.select("head-1")
    visit.press("x")
    expect(visit.button("Keep")).to_be_disabled()  # not without a reason
    visit.page.get_by_role("dialog").press("Escape")
    assert visit.track("head-1")["hidden"]
    keep(visit, "head-1", "asked for their own footage, by letter")
    kept = visit.track("head-1")
    assert not kept["hidden"]
    assert kept["decided"]["by"] == "Ada"
    assert kept["decided"]["because"] == "asked for their own footage, by letter"
    expect(visit.card("head-1").get_by_text("kept")).to_be_visible()
    expect(visit.page.get_by_text("Kept by Ada")).to_be_visible()
    with visit.saving():
        visit.press("x")
    assert visit.track("head-1")["hidden"]
    visit.tab("History").click()
    said = visit.page.locator(".history li")
    expect(said).to_have_count(2)
    expect(said.last).to_contain_text("asked for their own footage, by letter")


def test_a_region_is_drawn_moved_resized_and_follows(own_visit: Visit) -> None:
    visit = own_visit
    visit.go_to(10)
    drawn = draw(visit)
    track = visit.track(drawn)
    assert track["drawn"]
    assert track["start"] == 10 * ONE
    assert _close(track["keys"][0][1:], BOX)
    visit.looks(lambda seen: bool(seen[160:220, 50:110].std() < 4))
    # Its middle is taken hold of, then a corner.
    with visit.saving():
        visit.drag(visit.at(80, 190), visit.at(110, 180))
    assert _close(visit.track(drawn)["keys"][0][1:], (70, 140, 150, 220))
    with visit.saving():
        visit.drag(visit.at(150, 220), visit.at(170, 250))
    assert _close(visit.track(drawn)["keys"][0][1:], (70, 140, 170, 250), by=3)
    # Elsewhere it becomes another key.
    visit.press("Shift+ArrowRight")
    visit.shows(20)
    with visit.saving():
        visit.drag(visit.at(120, 195), visit.at(150, 195))
    keys = visit.track(drawn)["keys"]
    assert [round(key[0] / ONE) for key in keys] == [10, 20]
    # And from there it follows what is under it.
    with visit.saving():
        visit.press("f")
    followed = visit.track(drawn)["keys"]
    assert len(followed) > 2
    expect(visit.page.locator(".history")).to_have_count(0)
    visit.notice("followed from")


def test_a_track_is_cut_split_and_blacked_out(own_visit: Visit) -> None:
    visit = own_visit
    visit.go_to(12)
    visit.select("face-1")
    with visit.saving():
        visit.press("s")
    assert {"face-1-a", "face-1-b"} <= set(visit.tracks)
    assert visit.track("face-1-a")["end"] == visit.track("face-1-b")["start"] == 12 * ONE
    visit.go_to(30)
    visit.select("face-1-b")
    with visit.saving():
        visit.press("]")
    assert visit.track("face-1-b")["end"] == pytest.approx(31 * ONE)
    visit.go_to(2)
    visit.press("i", "ArrowRight", "ArrowRight", "ArrowRight", "o")
    before = set(visit.tracks)
    with visit.saving():
        visit.press("b")
    (black,) = set(visit.tracks) - before
    track = visit.track(black)
    assert (track["start"], track["end"]) == pytest.approx((2 * ONE, 6 * ONE))
    assert track["keys"][0][1:] == [0, 0, 640, 272]
    visit.looks(lambda seen: bool(seen[40:230, 60:580].std() < 4))
    visit.select(black)
    with visit.saving():
        visit.press("Delete")
    assert black not in visit.tracks


def test_speech_is_corrected(own_visit: Visit) -> None:
    visit = own_visit
    before = visit.document["speech"]
    assert before
    visit.tab("Speech").click()
    with visit.saving():
        start = visit.page.get_by_label("Speech 1 starts")
        start.fill("0:00.800")
        start.press("Enter")
    assert visit.document["speech"][0][0] == pytest.approx(0.8)
    visit.go_to(3)
    visit.press("i", "ArrowRight", "ArrowRight", "o")
    with visit.saving():
        visit.button("Add marked").click()
    assert visit.document["speech"][0] == pytest.approx([3 * ONE, 6 * ONE])
    place = visit.timeline.bounding_box()
    assert place is not None
    sound = place["y"] + place["height"] - 20
    x = place["x"] + place["width"] * 0.28
    with visit.saving():
        visit.drag((x, sound), (x + 80, sound))
    assert len(visit.document["speech"]) == 3
    with visit.saving():
        visit.button("Not speech: remove").first.click()
    assert len(visit.document["speech"]) == 2


def test_everything_can_be_taken_back_and_done_again(own_visit: Visit) -> None:
    visit = own_visit
    first = visit.document["tracks"]
    keep(visit, "head-1", "speaker")
    visit.go_to(5)
    drawn = draw(visit)
    done = visit.document["tracks"]
    for _ in range(2):
        with visit.saving():
            visit.press("Control+z")
    assert visit.document["tracks"] == first
    expect(visit.button("Undo").first).to_be_disabled()
    for _ in range(2):
        with visit.saving():
            visit.press("Control+Shift+z")
    assert visit.document["tracks"] == done
    assert drawn in visit.tracks
    expect(visit.button("Redo").first).to_be_disabled()


def test_everything_is_there_after_a_reload_and_a_crash(browser: Browser, own_street: Path) -> None:
    plan = own_street.with_name("street.plan.json")
    drawn_up = plan.read_bytes()
    with visiting(browser, own_street) as visit:
        keep(visit, "head-1", "officer on duty")
        visit.go_to(5)
        draw(visit)
        before = visit.document
        visit.reload()
        assert visit.document == before
        expect(visit.card("head-1").get_by_text("kept")).to_be_visible()
        visit.server.process.send_signal(signal.SIGKILL)
        visit.server.process.wait(10)
        visit.expected.append(GONE)
        visit.press("Home", "x")
        expect(visit.page.get_by_role("alert")).to_contain_text("The connection is lost")
    with visiting(browser, own_street) as visit:
        after = visit.document
        assert {k: after[k] for k in ("tracks", "history", "revision")} == {
            k: before[k] for k in ("tracks", "history", "revision")
        }
        expect(visit.card("head-1").get_by_text("kept")).to_be_visible()
    assert plan.read_bytes() == drawn_up  # what the detector said is never altered


def test_two_pages_do_not_overwrite_one_another(own_visit: Visit) -> None:
    visit = own_visit
    with visit.again() as other:
        other.page.route("**/revision", lambda route: route.abort())  # it hears of nothing
        other.expected.append("ERR_FAILED")
        keep(visit, "head-1", "speaker")
        other.select("face-2")
        other.press("x")
        other.page.get_by_label("Because").fill("not a person")
        other.expected.append("409")
        other.button("Keep").click()
        expect(other.page.get_by_role("dialog")).to_contain_text("Another page changed this")
        other.button("Go on").click()
        assert visit.document["revision"] == 1
        assert other.track("face-2")["hidden"]
        expect(other.card("head-1").get_by_text("kept")).to_be_visible()  # it shows what is now
        keep(other, "face-2", "not a person")
    visit.notice("another page changed this")
    expect(visit.card("face-2").get_by_text("kept")).to_be_visible()


def test_a_folder_is_stepped_through(reviewing: Reviewing, street: Path, tmp_path: Path) -> None:

    footage, out = tmp_path / "footage", tmp_path / "out"
    footage.mkdir()
    out.mkdir()
    shutil.copy(street, footage / "a.mp4")
    shutil.copy(street.with_name("street.plan.json"), out / "a.mp4.plan.json")
    photo_of(street, footage / "b.jpg", index=20)
    visit = reviewing(footage, "-o", out, "--target", "heads")
    page = visit.page
    expect(page.get_by_role("heading", name="a.mp4")).to_be_visible()
    visit.press(".")
    expect(page.get_by_role("heading", name="b.jpg")).to_be_visible()
    visit.button("Draw up a plan").click()
    visit.there()
    assert visit.document["kind"] == "photo"
    expect(visit.timeline).to_have_count(0)
    draw(visit, (20, 150, 100, 230))
    visit.tab("Files").click()
    expect(page.get_by_role("list", name="Files")).to_contain_text("not rendered, 1 decision")
    visit.press(",")
    expect(page.get_by_role("heading", name="a.mp4")).to_be_visible()
    visit.there()
    assert [path.name for path in out.glob("*.jsonl")] == ["b.jpg.decisions.jsonl"]
