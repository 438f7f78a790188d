"""The server on its socket: this machine alone, no words about itself, and no waiting for the slow.

It runs in a thread of its own, so that the command's own thread has the signals, the terminal and
the clocks; see :mod:`bystander.review.lifetime`.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import threading
from contextlib import suppress
from typing import Any

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from bystander.errors import BystanderError
from bystander.review.answers import headers

ADDRESS = "127.0.0.1"
_SLOWEST_HEAD_S = 5.0
_MOST_CONNECTIONS = 64
_LONGEST_HEAD = 16 << 10
_STOP_S = 3
_IDLE_CONNECTION_S = 30


class _Prompt(H11Protocol):
    """HTTP/1.1 whose requests come soon: a head that is not there in seconds ends the connection.

    uvicorn's own bound begins only after the first answer, and ends with the next byte.
    """

    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request, unless there are too many that do."""
        if len(self.connections) >= _MOST_CONNECTIONS:
            transport.abort()
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take *data*; when it begins another request, wait for the rest of its head."""
        super().data_received(data)
        if self._waiting is None and self.cycle is not None and self.cycle.response_complete:
            self._wait()

    def handle_events(self) -> None:
        """Go on; when a head has come, the wait for it is over."""
        cycle = self.cycle
        super().handle_events()
        if self.cycle is not cycle:
            self._wait_no_more()

    def send_400_response(self, msg: str) -> None:
        """Answer what is not HTTP, in our own words, and end the connection."""
        del msg
        given = [(name.encode(), value.encode()) for name, value in headers().items()]
        given += [(b"content-length", b"0"), (b"connection", b"close")]
        for event in (
            h11.Response(status_code=400, headers=given, reason=b"Bad Request"),
            h11.EndOfMessage(),
        ):
            with suppress(h11.LocalProtocolError):  # an answer is on its way already
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        self._wait_no_more()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._waiting = self.loop.call_later(_SLOWEST_HEAD_S, self.transport.abort)

    def _wait_no_more(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None


_SETTINGS: dict[str, Any] = {
    "loop": "asyncio",
    "http": _Prompt,
    "ws": "none",
    "lifespan": "off",
    "log_config": None,
    "log_level": logging.CRITICAL,
    "access_log": False,
    "server_header": False,
    "date_header": False,
    "proxy_headers": False,
    "timeout_keep_alive": _IDLE_CONNECTION_S,
    "timeout_graceful_shutdown": 1,
    "h11_max_incomplete_event_size": _LONGEST_HEAD,
}


def listen(port: int) -> socket.socket:
    """Return a socket that listens on this machine at *port*; 0: one that is free, at random.

    Raises:
        BystanderError: The port cannot be had.
    """
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((ADDRESS, port))
        listening.listen(_MOST_CONNECTIONS)
    except OSError as error:
        listening.close()
        raise BystanderError(
            f"port {port} cannot be had: {str(error.strerror).lower()}",
            hint="without --port a free one is chosen",
        ) from error
    return listening


class Serving:
    """A context manager: *app* is served on *listening* as long as it lasts."""

    def __init__(self, app: ASGIApp, listening: socket.socket) -> None:
        self._listening = listening
        self._server = uvicorn.Server(uvicorn.Config(app, **_SETTINGS))
        self._thread = threading.Thread(target=self._run, name="review", daemon=True)

    @property
    def alive(self) -> bool:
        """Whether it serves."""
        return self._thread.is_alive()

    def _run(self) -> None:
        self._server.run(sockets=[self._listening])

    def __enter__(self) -> Serving:
        for name in ("uvicorn", "asyncio"):  # what they log could tell of what is asked for
            logging.getLogger(name).propagate = bool(os.environ.get("BYSTANDER_TRACEBACK"))
            logging.getLogger(name).addHandler(logging.NullHandler())
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(_STOP_S)
        if self._thread.is_alive():
            self._server.force_exit = True
            self._thread.join(_STOP_S)
        self._listening.close()
