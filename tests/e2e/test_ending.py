"""What the page says, and what goes on, when the review ends."""

from __future__ import annotations

import signal
from pathlib import Path

from playwright.sync_api import expect
from tests.e2e.conftest import Reviewing
from tests.e2e.visit import GONE


def test_a_page_that_nobody_is_at_does_not_keep_it_up(reviewing: Reviewing, street: Path) -> None:
    visit = reviewing(street, "--idle", "0.1")  # six seconds; the page asks every three
    visit.expected.append(GONE)
    assert visit.server.process.wait(60) == 0
    expect(visit.page.get_by_role("alert")).to_contain_text("The connection is lost")


def test_ctrl_c_ends_it(reviewing: Reviewing, street: Path) -> None:
    visit = reviewing(street)
    visit.expected.append(GONE)
    visit.server.process.send_signal(signal.SIGINT)
    assert visit.server.process.wait(30) == 0
    visit.press("End")
    expect(visit.page.get_by_role("alert")).to_contain_text("The connection is lost")
