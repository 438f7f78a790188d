"""What stands before everything that the server does, and lets through only our own page.

On the same machine there are others: pages from the web in the same browser, which can send
requests here, by a name of theirs that leads to 127.0.0.1 if need be; and programs of other users,
which can connect. Neither may see a picture or change a decision.

- The ``Host`` is ours, to the letter: a name that was made to lead here is not.
- ``Sec-Fetch-Site`` is ours or the person's own; a change comes from our own ``Origin``.
- The browser has come in by a start link (cookie), and the page knows the token (header).
- Methods, paths, lengths and kinds of what is sent are of those that are used.

Whatever is answered carries the headers of :mod:`bystander.review.answers`, and nothing of what
went wrong inside but its kind.
"""

from __future__ import annotations

import asyncio
import re

from starlette.datastructures import MutableHeaders
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bystander.review.answers import Refusal, headers
from bystander.review.keys import Keys, Visitor

LARGEST_BODY = 4 << 20  # what following gives in an hour, as keys
_SLOWEST_BODY_S = 5.0
_LONGEST_PATH, _LONGEST_QUERY = 200, 500
_PATH = re.compile(rb"/(?:[A-Za-z0-9_-]+(?:[./][A-Za-z0-9_-]+)*)?")
_REPORT = re.compile(r"/api/files/\d+/report")
_TOKEN = re.compile(r"token=([A-Za-z0-9_-]{1,100})")
_CHANGES = ("POST", "DELETE")
_GONE = b"<!doctype html><title>Bystander</title>"


class Gate:
    """The outermost layer: an ASGI application around another."""

    def __init__(self, app: ASGIApp, *, keys: Keys, host: str) -> None:
        """Stand before *app*, which is reached at *host*, an address with its port."""
        self._app, self._keys, self._host = app, keys, host
        self._origin = f"http://{host}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it."""
        if scope["type"] != "http":  # nothing else is spoken here
            return
        request = _Request(scope)
        begun = False

        async def dressed(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                given = MutableHeaders(scope=message)
                for name, value in headers(report=bool(_REPORT.fullmatch(request.path))).items():
                    given[name] = value
            await send(message)

        try:
            response = await self._pass(request, receive, dressed)
        except Refusal as refusal:
            response = refusal.response()
            response.headers["connection"] = "close"  # its body may still be on the way
        except Exception as error:  # noqa: BLE001 nothing of it may reach the page but its kind
            response = Refusal(
                500, "fault", f"this should not have happened: {type(error).__name__}"
            ).response()
        if response is not None and not begun:
            await response(scope, receive, dressed)

    async def _pass(self, request: _Request, receive: Receive, send: Send) -> Response | None:
        """Let *request* through to the application, answer it, or refuse it.

        Raises:
            Refusal: It may not pass.
        """
        if request.only("host") != self._host:
            raise Refusal(403, "denied", f"this server answers to {self._origin} alone")
        request.check_form()
        if request.path == "/start":
            return self._start(request)
        self._check_site(request)
        visitor = self._visitor(request)
        if visitor is None:
            raise Refusal(
                401,
                "session",
                "this page is opened by the link that the terminal shows",
                hint="press Enter in the terminal for a new link",
            )
        request.scope["state"]["visitor"] = visitor
        self._check_token(request, visitor)
        body = await _body(request, receive)
        await self._app(request.scope, _again(body, receive), send)
        return None

    def _check_site(self, request: _Request) -> None:
        """Check where the request was made: by our own page, or by a person who typed it."""
        site, change = request.only("sec-fetch-site"), request.method in _CHANGES
        allowed = (None, "same-origin") if change else (None, "same-origin", "none")
        if site not in allowed:
            raise Refusal(403, "denied", "requests of other pages are not served")
        if _REPORT.fullmatch(request.path) and request.only("sec-fetch-dest") not in (
            None,
            "iframe",
        ):
            # By itself, one that was not made by us could have the browser connect elsewhere.
            raise Refusal(403, "denied", "a report is shown within the page alone")
        origin = request.only("origin")
        if origin not in ((self._origin,) if change else (self._origin, None)):
            raise Refusal(403, "denied", "requests of other pages are not served")

    def _check_token(self, request: _Request, visitor: Visitor) -> None:
        if not request.path.startswith("/api/") or _REPORT.fullmatch(request.path):
            return
        token = request.only("x-bystander-token")
        if token is None and request.path == "/api/session" and visitor.take_token():
            return
        if token is None or not self._keys.fits(visitor, token):
            raise Refusal(
                403,
                "session",
                "this page was not opened by the link that the terminal shows",
                hint="press Enter in the terminal for a new link",
            )

    def _visitor(self, request: _Request) -> Visitor | None:
        name = self._keys.cookie_name
        pairs = (part.strip().partition("=") for part in (request.only("cookie") or "").split(";"))
        values = [value for key, _, value in pairs if key == name]
        return self._keys.visitor(values[0]) if len(values) == 1 else None

    def _start(self, request: _Request) -> Response:
        """Exchange the token of a start link for a cookie, and lead on to a clean address.

        A browser that was led here by another page, such as the file that opened it, would not
        send the cookie along when it is led on at once: then a page of ours leads on.
        """
        if request.method != "GET":
            raise Refusal(405, "method", "a start link is only followed")
        if request.only("sec-fetch-dest") not in (None, "document"):
            raise Refusal(403, "denied", "a start link is followed as a page of its own")
        given = _TOKEN.fullmatch(request.query)
        visitor = self._keys.come_in(given[1]) if given else None
        if visitor is None:
            if self._visitor(request) is not None:  # followed twice by the same browser
                return RedirectResponse("/", status_code=303)
            raise Refusal(
                403,
                "session",
                "this link does not work, or no longer: it works once",
                hint="press Enter in the terminal for a new one",
            )
        if request.only("sec-fetch-site") in (None, "none"):
            response: Response = RedirectResponse("/", status_code=303)
        else:
            response = HTMLResponse(_GONE, headers={"refresh": "0; url=/"})
        response.set_cookie(
            self._keys.cookie_name, visitor.cookie, path="/", httponly=True, samesite="strict"
        )
        return response


class _Request:
    """The head of a request, with what is malformed in it refused."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.query: str = scope["query_string"].decode("latin-1")
        self.given: list[tuple[bytes, bytes]] = scope["headers"]

    def only(self, name: str) -> str | None:
        """Return the value of the header *name*, ``None`` if it was not sent.

        Raises:
            Refusal: It was sent more than once.
        """
        values = [value for key, value in self.given if key == name.encode()]
        if len(values) > 1:
            raise Refusal(400, "malformed", f"the header {name} was sent more than once")
        return values[0].decode("latin-1") if values else None

    def check_form(self) -> None:
        """Check method, path, and what is said of the body.

        Raises:
            Refusal: Something is not as our page sends it.
        """
        if self.method not in ("GET", *_CHANGES):
            raise Refusal(405, "method", "only GET, POST and DELETE are served")
        if self.only("upgrade") is not None:
            raise Refusal(400, "malformed", "only HTTP is spoken here")
        raw: bytes = self.scope["raw_path"]
        if len(raw) > _LONGEST_PATH or not _PATH.fullmatch(raw):
            raise Refusal(404, "unknown", "there is no such page")
        if len(self.query) > _LONGEST_QUERY:
            raise Refusal(400, "malformed", "the query is too long")
        length = self.only("content-length")
        if length is not None and (not length.isascii() or not length.isdigit()):
            raise Refusal(400, "malformed", "the length of the body is no number")
        if int((length or "0")[:20]) > LARGEST_BODY:
            raise Refusal(413, "large", "the body is too large")
        if length is not None and self.only("transfer-encoding") is not None:
            raise Refusal(400, "malformed", "the body has two lengths")
        has_body = length not in (None, "0") or self.only("transfer-encoding") is not None
        if self.method != "POST" and has_body:
            raise Refusal(400, "malformed", f"a {self.method} has no body")
        if self.method == "POST" and self.only("content-type") != "application/json":
            raise Refusal(415, "malformed", "a body is application/json")


async def _body(request: _Request, receive: Receive) -> bytes | None:
    """Return the body of *request*, if it has one: it comes whole and soon or not at all.

    Raises:
        Refusal: It is too long or too slow.
    """
    if request.method != "POST":
        await receive()  # says that there is none, and what comes after is whether it is awaited
        return None
    body = bytearray()
    try:
        async with asyncio.timeout(_SLOWEST_BODY_S):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Refusal(400, "malformed", "the body was cut short")
                body += message.get("body", b"")
                if len(body) > LARGEST_BODY:
                    raise Refusal(413, "large", "the body is too large")
                if not message.get("more_body", False):
                    return bytes(body)
    except TimeoutError:
        raise Refusal(408, "malformed", "the body did not come") from None


def _again(body: bytes | None, receive: Receive) -> Receive:
    """Return a way to receive *body*, if there is one, and after it what *receive* has."""
    given = body is None

    async def whole() -> Message:
        nonlocal given
        if not given:
            given = True
            return {"type": "http.request", "body": body, "more_body": False}
        return await receive()

    return whole
