"""Who may come in: start links that work once, and the two secrets of a browser that used one.

The cookie tells the browser apart from everyone else, but not this server from others: a cookie is
sent to every port of its host, so another program that listens on 127.0.0.1, and gets the browser
to come, is told it. So there is a second secret, the token, which is given to the page once. It
keeps it where only pages of this very port can read it, and sends it with every request.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass

_BYTES = 32  # 256 bits
_MOST_VISITORS = 8  # the one who came in first goes when there are more


@dataclass(slots=True, kw_only=True)
class Visitor:
    """A browser that came in by a start link.

    Attributes:
        cookie: What it sends by itself.
        token: What the page sends with every request.
        has_token: Whether the page has been given the token.
    """

    cookie: str
    token: str
    has_token: bool = False

    def take_token(self) -> bool:
        """Return whether the token may be given to the page: once."""
        first, self.has_token = not self.has_token, True
        return first


class Keys:
    """The secrets of one server; used by its event loop, and :meth:`new_link` by any thread."""

    def __init__(self, port: int, *, used: Callable[[], None] = lambda: None) -> None:
        """Make none yet.

        Args:
            port: Is in the cookie's name, for cookies do not go by it.
            used: Called when somebody comes in.
        """
        self._used = used
        self.cookie_name = f"bystander-{port}"
        self._start: str | None = None
        self._visitors: list[Visitor] = []

    def new_link(self) -> str:
        """Return a start token that works once; one that was not used works no more."""
        self._start = token = secrets.token_urlsafe(_BYTES)
        return token

    def come_in(self, token: str) -> Visitor | None:
        """Spend the start *token*; ``None``: it is not the one, or was spent."""
        start = self._start
        if start is None or not _same(start, token):
            return None
        self._start = None
        self._used()
        visitor = Visitor(cookie=secrets.token_urlsafe(_BYTES), token=secrets.token_urlsafe(_BYTES))
        self._visitors = [*self._visitors, visitor][-_MOST_VISITORS:]
        return visitor

    def visitor(self, cookie: str) -> Visitor | None:
        """Return who has this *cookie*."""
        found = None
        for visitor in self._visitors:  # all of them, so that time says nothing
            if _same(visitor.cookie, cookie):
                found = visitor
        return found

    def fits(self, visitor: Visitor, token: str) -> bool:
        """Return whether *token* is the one of *visitor*'s page."""
        return _same(visitor.token, token)


def _same(secret: str, given: str) -> bool:
    return hmac.compare_digest(secret.encode(), given.encode("utf-8", "surrogateescape"))
