"""A real server, in a process of its own, and what talks to it: sockets, no test client."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.stage import Scene, draw

from bystander import run
from bystander.records import Policy


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes
    all_headers: list[tuple[str, str]] = field(default_factory=list)

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Server:
    """One that runs; ``send`` sends as it is told, ``get`` and ``post`` as our page does."""

    process: subprocess.Popen[str]
    link: str
    cookie: str = ""
    token: str = ""

    @property
    def host(self) -> str:
        return urlsplit(self.link).netloc

    @property
    def port(self) -> int:
        return int(self.host.rpartition(":")[2])

    @property
    def cookie_name(self) -> str:
        return f"bystander-{self.port}"

    def send(
        self, method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b""
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in ({"Host": self.host} | (headers or {})).items():
                if value:
                    connection.putheader(name, value)
            if body:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body or None)
            given = connection.getresponse()
            pairs = [(name.lower(), value) for name, value in given.getheaders()]
            return Answer(given.status, dict(pairs), given.read(), pairs)
        finally:
            connection.close()

    def raw(self, text: bytes, *, wait_s: float = 10) -> bytes:
        """Send *text* as it is; return all that comes back until the server ends it."""
        import socket  # noqa: PLC0415

        with socket.create_connection(("127.0.0.1", self.port), timeout=wait_s) as connection:
            connection.sendall(text)
            got = b""
            while piece := connection.recv(65536):
                got += piece
            return got

    @property
    def page(self) -> dict[str, str]:
        """What our page sends with every request."""
        return {
            "Cookie": self.cookie,
            "X-Bystander-Token": self.token,
            "Sec-Fetch-Site": "same-origin",
        }

    @property
    def changing(self) -> dict[str, str]:
        return {
            **self.page,
            "Origin": f"http://{self.host}",
            "Content-Type": "application/json",
        }

    def come_in(self) -> None:
        parts = urlsplit(self.link)
        came = self.send("GET", f"{parts.path}?{parts.query}", {"Sec-Fetch-Site": "none"})
        assert came.status == 303, came
        self.cookie = came.headers["set-cookie"].partition(";")[0]
        self.token = self.send(
            "GET", "/api/session", {"Cookie": self.cookie, "Sec-Fetch-Site": "same-origin"}
        ).json["token"]

    def get(self, path: str) -> Answer:
        return self.send("GET", path, self.page)

    def post(self, path: str, content: Any) -> Answer:
        return self.send("POST", path, self.changing, json.dumps(content).encode())

    def delete(self, path: str) -> Answer:
        return self.send("DELETE", path, self.changing)


Serve = Callable[..., Any]


@contextmanager
def serving(*arguments: str | Path, **more: Any) -> Iterator[Server]:
    """Run ``bystander review --no-open`` with *arguments*; nobody has come in yet."""
    command = [sys.executable, "-m", "bystander", "review", "--no-open", *map(str, arguments)]
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"},
        **more,
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline().strip()
            assert line.startswith("http://127.0.0.1:"), (line, process.communicate())
            yield Server(process, line)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.wait(20)


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A drawn clip with its plan beside it; not to be changed."""
    folder = tmp_path_factory.mktemp("review")
    clip = draw(folder / "clip.mp4", Scene(frames=12, sound_s=0.5))
    run.draw_up(clip, folder / "clip.plan.json", Policy())
    return clip


@pytest.fixture(scope="session")
def server(clip: Path) -> Iterator[Server]:
    """A server on the clip, for tests that change nothing; somebody has come in."""
    with serving(clip) as server:
        server.come_in()
        yield server
