"""The real command, a real browser, and real footage: what a person at the page meets."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright
from tests.e2e.footage import street_clip
from tests.e2e.visit import Visit
from tests.review.conftest import serving

Reviewing = Callable[..., Visit]

REBOUND = "rebound.example"  # a name of somebody else's that leads to this machine
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="package")
def chromium() -> Iterator[Playwright]:
    """Return what starts Chromium; without it the tests are skipped, and say so."""
    if CHROMIUM is None:
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="package")
def browser(chromium: Playwright) -> Iterator[Browser]:
    """Return Chromium, running."""
    browser = chromium.chromium.launch(executable_path=CHROMIUM, args=chromium_options())
    yield browser
    browser.close()


def chromium_options() -> list[str]:
    """Return what Chromium is to be started with: root has no sandbox."""
    rebound = f"--host-resolver-rules=MAP {REBOUND} 127.0.0.1"
    return [rebound, *(["--no-sandbox"] if os.getuid() == 0 else [])]


@pytest.fixture(scope="session")
def street(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a stretch of the sample, with speech, and its plan beside it; not to be changed."""
    clip = street_clip(tmp_path_factory.mktemp("street") / "street.mp4")
    command = [sys.executable, "-m", "bystander", "detect", str(clip)]
    options = ["--audio", "mute-speech", "--target", "heads"]
    plan = clip.with_name("street.plan.json")
    subprocess.run([*command, "-o", str(plan), *options], check=True, capture_output=True)
    return clip


@pytest.fixture
def own_street(street: Path, tmp_path: Path) -> Path:
    """Return a copy of it, and of its plan."""
    return copied(street, tmp_path)


def copied(street: Path, folder: Path) -> Path:
    """Copy *street* and its plan to *folder*; return the copy."""
    shutil.copy(street.with_name("street.plan.json"), folder)
    return Path(shutil.copy(street, folder))


@pytest.fixture
def reviewing(browser: Browser) -> Iterator[Reviewing]:
    """Return a function that begins a review, and opens its page."""
    with ExitStack() as stack:

        def begin(*arguments: str | Path, **options: Any) -> Visit:
            return stack.enter_context(visiting(browser, *arguments, **options))

        yield begin


@contextmanager
def visiting(browser: Browser, *arguments: str | Path, **options: Any) -> Iterator[Visit]:
    """Run ``bystander review`` with *arguments*, and have its page open in *browser*.

    At the end nothing may have gone wrong in the page, and nothing been asked of others.
    """
    with serving("--by", "Ada", *arguments) as server:
        try:
            with Visit(browser, server, **options) as visit:
                visit.open(server.link)
                yield visit
        finally:
            if server.process.poll() is not None and server.process.stderr is not None:
                print("the server had ended:", server.process.stderr.read())


@pytest.fixture(scope="package")
def _first_visit(browser: Browser, street: Path) -> Iterator[Visit]:
    with visiting(browser, street) as visit:
        yield visit


@pytest.fixture
def visit(_first_visit: Visit) -> Iterator[Visit]:
    """Return a visit to the review of the street, for tests that change nothing."""
    with _first_visit.again() as visit:
        yield visit


@pytest.fixture
def own_visit(reviewing: Reviewing, own_street: Path) -> Visit:
    """Return a visit to a review of its own."""
    return reviewing(own_street)
