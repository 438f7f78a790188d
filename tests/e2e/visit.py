"""A person at the page: what they press, point at, read and see."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Self
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, expect
from tests.review.conftest import Server

WIDTH, HEIGHT = 1366, 768
EDGE = 8  # beside the picture, as web/src/stage/viewport.ts has it
# What the console says of a server that is there no more.
GONE = "ERR_(CONNECTION_(REFUSED|RESET)|EMPTY_RESPONSE|CONTENT_LENGTH_MISMATCH)"
WAIT_MS = 30_000  # for a machine that does much else besides
expect.set_options(timeout=WAIT_MS)

Picture = NDArray[np.uint8]


class Visit:
    """A context manager. When it ends, nothing may have gone wrong that was not ``expected``."""

    def __init__(self, browser: Browser, server: Server, **options: Any) -> None:
        self.browser, self.server = browser, server
        self.context: BrowserContext = browser.new_context(
            **{"viewport": {"width": WIDTH, "height": HEIGHT}, "color_scheme": "light"} | options
        )
        self.context.set_default_timeout(WAIT_MS)
        self.expected: list[str] = []  # beginnings of what the console may say
        self.troubles: list[str] = []
        self.page: Page = self.new_page()

    def new_page(self) -> Page:
        page = self.context.new_page()
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.troubles.append(f"error: {error}"))
        page.on("request", self._asked)
        return page

    def _said(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.troubles.append(f"{message.type}: {message.text}")

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme != "blob" and parts.netloc != self.server.host:
            self.troubles.append(f"asked of another host: {request.url}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.context.close()
        if kind is None:
            left = [t for t in self.troubles if not any(re.search(e, t) for e in self.expected)]
            assert not left, "\n".join(left)

    # Coming and going.

    def again(self, **options: Any) -> Visit:
        """Return another visit by the same browser, with *options*; its page is open."""
        state = self.context.storage_state()
        visit = Visit(self.browser, self.server, storage_state=state, **options)
        visit.open(f"http://{self.server.host}/")
        return visit

    def open(self, link: str) -> None:
        self.page.goto(link)
        self.there()

    def there(self) -> None:
        """Wait until the picture is there."""
        expect(self.stage).to_have_attribute("data-shown", re.compile(r"\d+"))

    def reload(self) -> None:
        self.page.reload()
        self.there()

    # What is on the page.

    @property
    def stage(self) -> Locator:
        return self.page.locator(".stage-body")

    @property
    def timeline(self) -> Locator:
        return self.page.get_by_role("slider", name="play head on the timeline")

    def card(self, track: str) -> Locator:
        return self.page.locator(f"#card-{track}")

    def tab(self, name: str) -> Locator:
        return self.page.get_by_role("tab", name=re.compile(f"^{name}"))

    def button(self, name: str, *, exact: bool = True) -> Locator:
        return self.page.get_by_role("button", name=name, exact=exact)

    def notice(self, text: str) -> None:
        """Wait until the page says *text*."""
        expect(self.page.locator(".notices")).to_contain_text(text)

    # What is done.

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def go_to(self, index: int) -> None:
        """Go to frame *index* by keys, and wait for its picture."""
        self.press("Home")
        for _ in range(index // 10):
            self.press("Shift+ArrowRight")
        for _ in range(index % 10):
            self.press("ArrowRight")
        self.shows(index)

    def shows(self, index: int) -> None:
        expect(self.stage).to_have_attribute("data-shown", str(index))

    def select(self, track: str) -> None:
        self.card(track).click()
        expect(self.card(track)).to_have_attribute("aria-selected", "true")

    @contextmanager
    def saving(self, decisions: int = 1) -> Iterator[None]:
        """What is done within is saved as so many decisions more."""
        before = self.document["revision"]
        yield
        self.revision(before + decisions)

    def revision(self, number: int) -> None:
        """Wait until the page is at revision *number*, and all is saved."""
        expect(self.page.locator(".page")).to_have_attribute("data-revision", str(number))
        expect(self.page.get_by_text("All saved")).to_be_visible()

    def drag(self, *points: tuple[float, float]) -> None:
        """Drag from the first of *points* (of the window) to the others."""
        mouse = self.page.mouse
        mouse.move(*points[0])
        mouse.down()
        for x, y in points[1:]:
            mouse.move(x, y, steps=4)
        mouse.up()

    # Where pixels of the recording are in the window.

    @property
    def view(self) -> tuple[float, float, float]:
        """Where the picture's left upper corner is in the window, and pixels of it a pixel."""
        place = self.stage.bounding_box()
        assert place is not None
        doc = self.document
        wide, high = place["width"], place["height"]
        scale = min((wide - 2 * EDGE) / doc["width"], (high - 2 * EDGE) / doc["height"])
        left = place["x"] + (wide - doc["width"] * scale) / 2
        return left, place["y"] + (high - doc["height"] * scale) / 2, scale

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where in the window pixel *x*, *y* of the recording is, when all of it is shown."""
        left, top, scale = self.view
        return left + x * scale, top + y * scale

    def picture(self) -> Picture:
        """What is seen where the picture is, at the size of the recording's frames."""
        left, top, scale = self.view
        doc = self.document
        clip = {"x": left, "y": top, "width": doc["width"] * scale, "height": doc["height"] * scale}
        with Image.open(io.BytesIO(self.page.screenshot(clip=clip))) as seen:  # type: ignore[arg-type]
            small = seen.convert("RGB").resize((doc["width"], doc["height"]), Image.Resampling.BOX)
            return np.asarray(small)

    def looks(self, right: Callable[[Picture], bool]) -> Picture:
        """Return the picture that is seen, as soon as it is *right*."""
        until = time.monotonic() + WAIT_MS / 1000
        while not right(picture := self.picture()):
            assert time.monotonic() < until, "the picture does not become right"
        return picture

    # What the server has, asked as the page asks.

    def ask(self, path: str) -> Any:
        return self.page.evaluate(
            """async (path) => (await fetch(path, {
                headers: {"X-Bystander-Token": localStorage.getItem("bystander-token")},
            })).json()""",
            path,
        )

    @property
    def document(self) -> Any:
        return self.ask(f"/api/files/{self.page.locator('.page').get_attribute('data-file')}")

    def track(self, track: str) -> Any:
        found = [each for each in self.document["tracks"] if each["id"] == track]
        assert len(found) == 1, (track, [each["id"] for each in self.document["tracks"]])
        return found[0]

    @property
    def tracks(self) -> list[str]:
        return [track["id"] for track in self.document["tracks"]]
