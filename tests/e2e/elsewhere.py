"""A server on another port of this machine: any other page that is open in the same browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


@dataclass
class Elsewhere:
    """What it serves, by path: a kind and a content. Browsers may keep it for long."""

    port: int
    serves: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    heard: list[str] = field(default_factory=list)  # paths that were asked for

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def elsewhere() -> Iterator[Elsewhere]:
    """Serve until it ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            here.heard.append(self.path)
            kind, content = here.serves.get(self.path, ("text/html", b"<!doctype html>"))
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Cache-Control", "max-age=86400")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        here = Elsewhere(server.server_address[1])
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield here
        finally:
            server.shutdown()
            thread.join()
