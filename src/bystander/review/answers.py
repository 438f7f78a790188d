"""What the server answers: JSON, plain words for what was refused, and headers for all of it."""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import Response

# One page of our own, with nothing from elsewhere and nothing inline.
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
# The report holds its own style, and pictures of none but itself; it runs nothing.
_REPORT_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'"
)
_COMMON = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-dns-prefetch-control": "off",  # of links in a report that somebody else may have put there
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=(), "
    "display-capture=(), clipboard-read=(), payment=()",
}


def headers(*, report: bool = False) -> dict[str, str]:
    """Return the headers of every answer; those of the *report* let our own page frame it."""
    return {
        **_COMMON,
        "content-security-policy": _REPORT_POLICY if report else _PAGE_POLICY,
        "x-frame-options": "SAMEORIGIN" if report else "DENY",
    }


class Refusal(Exception):
    """A request is not served; ``str()`` is for a person.

    Attributes:
        status: The HTTP status.
        error: What kind of refusal it is, for the page.
        hint: What could be done.
        more: What else the page is told.
    """

    def __init__(
        self, status: int, error: str, message: str, *, hint: str | None = None, **more: Any
    ) -> None:
        super().__init__(message)
        self.status, self.error, self.hint, self.more = status, error, hint, more

    def response(self) -> Response:
        """Return it as an answer."""
        told: dict[str, Any] = {"error": self.error, "message": str(self), **self.more}
        if self.hint is not None:
            told["hint"] = self.hint
        return answer(told, status=self.status)


def answer(content: Any, *, status: int = 200) -> Response:
    """Return *content* as JSON; it is plain values, and no number in it is infinite."""
    body = json.dumps(content, separators=(",", ":"), allow_nan=False)
    return Response(body.encode("ascii"), status_code=status, media_type="application/json")
