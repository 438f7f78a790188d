"""The built page: files of one folder, and nothing that is asked for is ever used as a path."""

from __future__ import annotations

from pathlib import Path

from starlette.responses import Response

from bystander.review.answers import Refusal

FOLDER = Path(__file__).with_name("page")
_KINDS = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
    ".json": "application/json",
}
_NOT_BUILT = (
    b"<!doctype html><html lang=en><meta charset=utf-8><title>Bystander</title>"
    b"<h1>The page is not built</h1><p>This is a checkout: <code>make web</code> builds it."
)


class Page:
    """The files of the page, held in memory; read anew whenever the page itself is opened."""

    def __init__(self, folder: Path = FOLDER) -> None:
        """Read what is in *folder*."""
        self._folder = folder
        self._assets: dict[str, tuple[bytes, str]] = {}

    def index(self) -> Response:
        """Return the page."""
        self._assets = {
            path.name: (path.read_bytes(), _KINDS[path.suffix])
            for path in (*self._folder.glob("*"), *self._folder.glob("assets/*"))
            if path.suffix in _KINDS and path.is_file()
        }
        index = self._folder / "index.html"
        content = index.read_bytes() if index.is_file() else _NOT_BUILT
        return Response(content, media_type="text/html; charset=utf-8")

    def asset(self, name: str) -> Response:
        """Return the file called *name*.

        Raises:
            Refusal: The page has no such file.
        """
        if not self._assets:
            self.index()
        if name not in self._assets:
            raise Refusal(404, "unknown", "there is no such file")
        content, kind = self._assets[name]
        return Response(content, headers={"content-type": kind})
