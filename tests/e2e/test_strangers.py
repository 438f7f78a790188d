"""What other pages and programs on this machine get of a review, in a real browser: nothing."""

from __future__ import annotations

import html
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from tests.review.conftest import Server, serving

# Tries all that a page can, and writes down what it got of it.
_TRIES = """
const own = OWN;
const got = [];
const tried = async (name, what) => {
  try { got.push(`${name}: ${await what()}`); } catch (error) { got.push(`${name}: failed`); }
};
const text = async (answer) => (answer.type === "opaque" ? "opaque" : answer.text());
const change = {revision: 0, change: {op: "keep", tracks: ["face-1"]}, because: ""};
const body = JSON.stringify(change);
(async () => {
  await tried("read", async () =>
    text(await fetch(`${own}/api/session`, {credentials: "include"})));
  await tried("blind", async () =>
    text(await fetch(`${own}/api/session`, {credentials: "include", mode: "no-cors"})));
  await tried("change", async () => text(await fetch(`${own}/api/files/0/decisions`, {
    method: "POST", credentials: "include", mode: "no-cors", body})));
  await tried("json", async () => text(await fetch(`${own}/api/files/0/decisions`, {
    method: "POST", credentials: "include", body,
    headers: {"Content-Type": "application/json"}})));
  await tried("picture", () => new Promise((done, failed) => {
    const image = new Image();
    image.onload = () => done("shown");
    image.onerror = failed;
    image.src = `${own}/api/files/0/frames/0?width=64`;
  }));
  await tried("script", () => new Promise((done, failed) => {
    const script = document.createElement("script");
    script.onload = () => done("run");
    script.onerror = failed;
    script.src = `${own}/api/session`;
    document.head.append(script);
  }));
  await tried("socket", () => new Promise((done, failed) => {
    const socket = new WebSocket(own.replace("http", "ws"));
    socket.onopen = () => done("open");
    socket.onerror = failed;
  }));
  const frame = document.createElement("iframe");
  frame.src = `${own}/`;
  document.body.append(frame);
  await new Promise((done) => setTimeout(done, 1000));
  await tried("frame", () => frame.contentDocument.body.textContent);
  document.title = "done";
  document.body.dataset.got = got.join("\\n");
})();
"""


class _Stranger(http.server.BaseHTTPRequestHandler):
    """A program on another port, which keeps the cookies that it is sent."""

    cookies: list[str]
    page: str

    def do_GET(self) -> None:
        self.cookies.append(self.headers.get("Cookie", ""))
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(self.page.encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def review(own_street: Path) -> Iterator[Server]:
    with serving(own_street) as server:
        yield server


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_a_page_of_another_port(
    browser: Browser, review: Server, own_street: Path, name: str
) -> None:
    page_text = (
        "<!doctype html><meta charset=utf-8><title>stranger</title><body><script>"
        + _TRIES.replace("OWN", f'"http://{review.host}"')
        + "</script>"
    )
    cookies: list[str] = []
    handler = type("Handler", (_Stranger,), {"cookies": cookies, "page": page_text})
    stranger = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=stranger.serve_forever, daemon=True).start()
    context = browser.new_context()
    try:
        page = context.new_page()
        page.goto(review.link)
        page.wait_for_selector("canvas")
        page.goto(f"http://{name}:{stranger.server_address[1]}/")
        page.wait_for_function("document.title === 'done'", timeout=60_000)
        got = (page.locator("body").get_attribute("data-got") or "").split("\n")
        assert {line.partition(": ")[0]: line.partition(": ")[2] for line in got} == {
            "read": "failed",
            "blind": "failed",  # what it may not even embed (Cross-Origin-Resource-Policy)
            "change": "failed",
            "json": "failed",
            "picture": "failed",
            "script": "failed",
            "socket": "failed",
            "frame": "failed",
        }
        assert page.evaluate("localStorage.length") == 0
    finally:
        context.close()
        stranger.shutdown()
        stranger.server_close()
    assert not own_street.with_name("street.decisions.jsonl").exists()
    # It was sent the cookie where the name is ours: that is why the cookie alone gives no picture.
    sent = [cookie for cookie in cookies if review.cookie_name in cookie]
    assert bool(sent) == (name == "127.0.0.1")
    for cookie in sent:
        stolen = {"Cookie": cookie, "Sec-Fetch-Site": "same-origin"}
        for path in ("session", "files/0", "files/0/frames/0", "files/0/revision"):
            assert review.send("GET", f"/api/{path}", stolen).status == 403


def test_the_file_that_opens_the_browser_leads_to_the_page(
    browser: Browser, review: Server, tmp_path: Path
) -> None:
    door = tmp_path / "open.html"
    door.write_text(
        f'<!doctype html><meta http-equiv="refresh" content="0; url={html.escape(review.link)}">'
    )
    context = browser.new_context()
    try:
        page = context.new_page()
        page.goto(door.as_uri())
        page.wait_for_url(f"http://{review.host}/")
        assert "token" not in page.url
        page.wait_for_selector("canvas")  # the token is given once: by now the page has it
        page.reload()
        page.wait_for_selector("canvas")
        second = context.new_page()  # another tab of the same browser may come as well
        second.goto(f"http://{review.host}/")
        second.wait_for_selector("canvas")
    finally:
        context.close()


def test_another_browser_is_not_let_in(browser: Browser, review: Server) -> None:
    first, second = browser.new_context(), browser.new_context()
    try:
        page = first.new_page()
        page.goto(review.link)
        page.wait_for_selector("canvas")
        for address in (review.link, f"http://{review.host}/"):
            answer = second.new_page().goto(address)
            assert answer is not None
            assert answer.status in (401, 403)
    finally:
        first.close()
        second.close()
