"""Who is let in, tried on a real server through real sockets: each rule has one who breaks it."""

from __future__ import annotations

import re
import socket
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tests.review.conftest import Server, serving

ACTIVE = "/api/active"


def test_the_page_itself_is_served(server: Server) -> None:
    assert server.get("/").status == 200
    session = server.get("/api/session")
    assert session.status == 200
    assert session.json["token"] == server.token
    assert server.post(ACTIVE, {}).status == 200


def test_it_listens_on_this_machine_alone(server: Server) -> None:
    wanted = f"{server.port:04X}"
    listening = [
        line.split()[1]
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]
        if line.split()[1].endswith(f":{wanted}") and line.split()[3] == "0A"
    ]
    assert listening == [f"0100007F:{wanted}"]


def test_ports_are_random(clip: Path, server: Server) -> None:
    with serving(clip) as other:
        assert other.port != server.port
        assert other.port >= 1024


def test_a_start_link_is_long_and_works_once(clip: Path) -> None:
    with serving(clip) as server:
        token = urlsplit(server.link).query.removeprefix("token=")
        assert len(re.sub("[^A-Za-z0-9_-]", "", token)) * 6 >= 128
        assert server.send("GET", f"/start?token={token[:-1]}").status == 403
        assert server.send("GET", "/start?token=").status == 403
        assert server.send("GET", "/start").status == 403
        assert server.send("GET", f"/start?token={token}&token={token}").status in (400, 403)
        assert server.send("POST", f"/start?token={token}").status in (405, 415)
        came = server.send("GET", f"/start?token={token}", {"Sec-Fetch-Site": "none"})
        assert came.status == 303
        assert came.headers["location"] == "/"
        cookie = came.headers["set-cookie"]
        assert cookie.startswith(f"bystander-{server.port}=")
        for part in ("HttpOnly", "SameSite=strict", "Path=/"):
            assert part in cookie
        assert "Domain" not in cookie
        again = server.send("GET", f"/start?token={token}", {"Sec-Fetch-Site": "none"})
        assert again.status == 403
        assert "set-cookie" not in again.headers
        # The browser that used it may follow it once more, as some load pages ahead.
        mine = {"Cookie": cookie.partition(";")[0]}
        assert server.send("GET", f"/start?token={token}", mine).status == 303


def test_a_file_that_leads_to_the_link_is_led_on_by_a_page_of_ours(clip: Path) -> None:
    """Otherwise the browser would not send the cookie: the way began at another site."""
    with serving(clip) as server:
        token = urlsplit(server.link).query
        came = server.send(
            "GET",
            f"/start?{token}",
            {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "document"},
        )
        assert came.status == 200
        assert came.headers["refresh"] == "0; url=/"
        assert "set-cookie" in came.headers


def test_a_start_link_is_not_followed_in_a_frame_or_by_a_script(clip: Path) -> None:
    with serving(clip) as server:
        token = urlsplit(server.link).query
        for dest in ("iframe", "empty", "image", "script"):
            asked = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": dest}
            assert server.send("GET", f"/start?{token}", asked).status == 403
        assert server.send("GET", f"/start?{token}", {}).status == 303  # and is not spent by that


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:{port}",
        "localhost:{port}",
        "127.0.0.1",
        "127.0.0.1:{other}",
        "127.0.0.1.:{port}",
        "127.0.0.2:{port}",
        "[::1]:{port}",
        "127.1:{port}",
        "127.0.0.1:{port}@evil.example",
        "evil.example@127.0.0.1:{port}",
        "127.0.0.1:0{port}",
        " 127.0.0.1:{port}.",
        "",
    ],
)
def test_names_that_were_made_to_lead_here_get_nothing(server: Server, host: str) -> None:
    named = host.format(port=server.port, other=server.port + 1)
    for path in ("/", "/start?token=x", "/api/session", "/assets/a.js", "/nowhere"):
        answer = server.send("GET", path, {**server.page, "Host": named})
        assert answer.status in (400, 403), (path, named)
        assert server.token.encode() not in answer.body
    assert server.send("POST", ACTIVE, {**server.changing, "Host": named}, b"{}").status in (
        400,
        403,
    )


def test_two_hosts_are_none(server: Server) -> None:
    text = f"GET / HTTP/1.1\r\nHost: {server.host}\r\nHost: evil.example\r\n\r\n"
    assert server.raw(text.encode()).startswith(b"HTTP/1.1 400 ")
    text = f"GET http://evil.example/ HTTP/1.1\r\nHost: {server.host}\r\nConnection: close\r\n\r\n"
    assert server.raw(text.encode()).split()[1] in (b"400", b"403", b"404")
    text = "GET / HTTP/1.0\r\n\r\n"
    assert server.raw(text.encode()).split()[1] in (b"400", b"403")


@pytest.mark.parametrize("cookie", ["", "bystander-{port}=", "bystander-{port}=x", "{double}"])
def test_without_the_cookie_there_is_nothing(server: Server, cookie: str) -> None:
    given = cookie.format(port=server.port, double=f"{server.cookie}; {server.cookie}")
    for path in ("/", "/assets/index.js", "/api/session", "/api/files/0", "/api/files/0/report"):
        answer = server.send("GET", path, {**server.page, "Cookie": given})
        assert answer.status == 401, path
    assert server.send("POST", ACTIVE, {**server.changing, "Cookie": given}, b"{}").status == 401


def test_a_cookie_alone_is_not_enough(server: Server) -> None:
    """Another program on this machine may be sent it: cookies go to every port of a host."""
    stolen = {"Cookie": server.cookie, "Sec-Fetch-Site": "same-origin"}
    for token in ("", "x", server.token[:-1]):
        with_token = {**stolen, "X-Bystander-Token": token}
        for path in ("/api/session", "/api/files/0", "/api/files/0/frames/0", "/api/jobs/x"):
            answer = server.send("GET", path, with_token)
            assert answer.status == 403, path
            assert server.token.encode() not in answer.body
        changing = {**server.changing, "X-Bystander-Token": token}
        assert server.send("POST", ACTIVE, changing, b"{}").status == 403
        assert server.send("DELETE", "/api/jobs/x", changing).status == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", "Same-Origin", "x"])
def test_changes_from_other_sites_are_refused(server: Server, site: str) -> None:
    given = {**server.changing, "Sec-Fetch-Site": site}
    assert server.send("POST", ACTIVE, given, b"{}").status == 403
    assert server.send("DELETE", "/api/jobs/x", given).status == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site", "x"])
def test_nor_may_they_read(server: Server, site: str) -> None:
    for path in ("/", "/assets/a.js", "/api/session", "/api/files/0/report"):
        assert server.send("GET", path, {**server.page, "Sec-Fetch-Site": site}).status == 403
    foreign = {**server.page, "Origin": "http://evil.example"}
    assert server.send("GET", "/api/session", foreign).status == 403


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "null",
        "http://evil.example",
        "https://{host}",
        "http://localhost:{port}",
        "http://127.0.0.1",
        "http://{host}/",
        "http://{host}.evil.example",
    ],
)
def test_changes_need_our_own_origin(server: Server, origin: str) -> None:
    given = origin.format(host=server.host, port=server.port)
    headers = {**server.changing, "Origin": given}
    assert server.send("POST", ACTIVE, headers, b"{}").status == 403
    assert server.send("DELETE", "/api/jobs/x", headers).status == 403


def test_an_older_browser_that_says_nothing_of_its_site_may_come(server: Server) -> None:
    quiet = {**server.changing, "Sec-Fetch-Site": ""}
    assert server.send("POST", ACTIVE, quiet, b"{}").status == 200


WANTED = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/api/session"),
        ("GET", "/nowhere"),
        ("GET", "/start?token=no"),
        ("GET", "/assets/none.js"),
        ("PUT", "/"),
        ("POST", "/"),
        ("GET", "/api/files/0/report"),
        ("GET", "/api/files/99"),
        ("POST", "/api/active"),
    ],
)
@pytest.mark.parametrize("known", [True, False])
def test_every_answer_has_the_headers(server: Server, method: str, path: str, known: bool) -> None:
    answer = server.send(method, path, server.page if known else {})
    for name, value in WANTED.items():
        assert answer.headers[name] == value, name
    names = [name for name, _ in answer.all_headers]
    assert len(names) == len(set(names))
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-eval" not in policy
    assert ("unsafe-inline" in policy) == ("report" in path)
    assert "camera=()" in answer.headers["permissions-policy"]
    assert "server" not in answer.headers
    assert not any(name.startswith("access-control") for name in names)


@pytest.mark.parametrize("destination", ["document", "object", "embed", "empty", "frame"])
def test_a_report_is_shown_within_the_page_alone(server: Server, destination: str) -> None:
    """One that somebody else put there could have the browser connect elsewhere, by itself."""
    path = "/api/files/0/report"
    assert server.send("GET", path, {**server.page, "Sec-Fetch-Dest": destination}).status == 403
    assert server.send("GET", path, {**server.page, "Sec-Fetch-Dest": "iframe"}).status == 404


def test_what_is_no_http_is_answered_with_the_headers_too(server: Server) -> None:
    got = server.raw(b"GET\r\n\r\n")
    assert got.startswith(b"HTTP/1.1 400 ")
    assert b"cache-control: no-store" in got.lower()
    assert b"server:" not in got.lower()


@pytest.mark.parametrize("method", ["HEAD", "PUT", "PATCH", "OPTIONS", "TRACE", "CONNECT", "X"])
def test_other_methods_are_refused(server: Server, method: str) -> None:
    assert server.send(method, "/", server.changing).status == 405


@pytest.mark.parametrize(
    "path",
    [
        "/assets/../keys.py",
        "/assets/..%2fkeys.py",
        "/assets/%2e%2e/keys.py",
        "/assets/....//keys.py",
        "/assets//etc/passwd",
        "/assets/..\\keys.py",
        "/assets/.hidden",
        "/assets/index.html",
        "/../../etc/passwd",
        "//evil.example/",
        "/api/files/-1",
        "/api/files/1",
        "/api/files/99999999999999999999999999999999999999999999999999",
        "/api/files/0/../../session",
        "/api/files/0%00",
        "/api/files/\u0660",
        "/" + "a" * 300,
    ],
)
def test_paths_lead_nowhere_else(server: Server, path: str) -> None:
    text = f"GET {path} HTTP/1.1\r\n" + "".join(
        f"{name}: {value}\r\n" for name, value in ({"Host": server.host} | server.page).items()
    )
    got = server.raw(f"{text}Connection: close\r\n\r\n".encode())
    assert got.split()[1] in (b"404", b"400"), got
    assert b"import" not in got
    assert b"root:" not in got


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"{", "it is no JSON"),
        (b"", "it is no JSON"),
        (b"[]", "malformed"),
        (b'{"x": 1}', "at x"),
        (b"\xff\xfe", "it is no JSON"),
        (b"[" * 100_000, "malformed"),
        (b'{"\\u202e": 1}', "malformed"),
    ],
)
def test_malformed_bodies_are_refused_in_plain_words(
    server: Server, body: bytes, says: str
) -> None:
    answer = server.send("POST", ACTIVE, server.changing, body)
    assert answer.status == 400
    assert answer.json["error"] == "malformed"
    assert says in answer.json["message"]
    assert "Traceback" not in answer.body.decode()
    assert "pydantic" not in answer.body.decode()


def test_bodies_are_json_and_say_so(server: Server) -> None:
    for kind in ("", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        given = {**server.changing, "Content-Type": kind}
        assert server.send("POST", ACTIVE, given, b"{}").status == 415


def test_large_bodies_are_refused_before_they_are_read(server: Server) -> None:
    given = {**server.changing, "Content-Length": str(1 << 40)}
    assert server.send("POST", ACTIVE, given).status == 413
    head = "".join(f"{name}: {value}\r\n" for name, value in server.changing.items())
    text = f"POST {ACTIVE} HTTP/1.1\r\nHost: {server.host}\r\n{head}"
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(f"{text}Transfer-Encoding: chunked\r\n\r\n".encode())
        chunk = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
        sent = 0
        try:
            for _ in range(64):
                connection.sendall(chunk)
                sent += len(chunk)
            got = connection.recv(100)
        except (BrokenPipeError, ConnectionResetError):
            got = b"HTTP/1.1 413"
    assert got.startswith(b"HTTP/1.1 413"), got
    assert server.send("GET", "/", {**server.page, "Content-Length": "3"}).status == 400


def test_two_lengths_are_refused(server: Server) -> None:
    head = "".join(f"{name}: {value}\r\n" for name, value in server.changing.items())
    text = f"POST {ACTIVE} HTTP/1.1\r\nHost: {server.host}\r\n{head}"
    for lengths in (
        "Content-Length: 2\r\nContent-Length: 3\r\n",
        "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: -2\r\n",
        "Transfer-Encoding: gzip\r\n",
    ):
        got = server.raw(f"{text}{lengths}\r\n{{}}".encode())
        assert got.split()[1] in (b"400", b"501", b"413"), (lengths, got)


def test_large_heads_are_refused(server: Server) -> None:
    text = f"GET / HTTP/1.1\r\nHost: {server.host}\r\nX: {'x' * 100_000}"
    try:
        got = server.raw(text.encode())
    except ConnectionResetError:
        got = b""
    assert got == b"" or got.startswith(b"HTTP/1.1 400")


def test_web_sockets_are_refused(server: Server) -> None:
    head = "".join(f"{name}: {value}\r\n" for name, value in server.changing.items())
    got = server.raw(
        f"GET / HTTP/1.1\r\nHost: {server.host}\r\n{head}Connection: Upgrade, close\r\n"
        "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
    )
    assert got.startswith(b"HTTP/1.1 400")


def test_who_sends_slowly_is_cut_off(server: Server) -> None:
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(f"GET / HTTP/1.1\r\nHost: {server.host}\r\nX: ".encode())
        connection.settimeout(0.5)
        while time.monotonic() - began < 20:
            try:
                connection.sendall(b"x")
                if not connection.recv(1):
                    break
            except TimeoutError:
                continue
            except (ConnectionResetError, BrokenPipeError):
                break
    assert time.monotonic() - began < 10
    # The second request of a connection as well.
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(f"GET /x HTTP/1.1\r\nHost: {server.host}\r\n\r\n".encode())
        assert connection.recv(65536).startswith(b"HTTP/1.1 401")
        connection.sendall(b"GET / HT")
        with suppress(ConnectionResetError):
            while connection.recv(65536):
                pass
    assert time.monotonic() - began < 10


def test_who_says_nothing_is_cut_off_and_does_not_keep_others_out(server: Server) -> None:
    began = time.monotonic()
    silent = [socket.create_connection(("127.0.0.1", server.port), timeout=20) for _ in range(80)]
    try:
        for connection in silent:
            with suppress(ConnectionResetError):
                assert connection.recv(1) == b""
        assert time.monotonic() - began < 12
    finally:
        for connection in silent:
            connection.close()
    assert server.get("/api/session").status == 200


def test_a_body_that_does_not_come_is_not_waited_for(server: Server) -> None:
    head = "".join(f"{name}: {value}\r\n" for name, value in server.changing.items())
    began = time.monotonic()
    text = f"POST {ACTIVE} HTTP/1.1\r\nHost: {server.host}\r\n{head}Content-Length: 9\r\n\r\n{{"
    got = server.raw(text.encode(), wait_s=60)
    assert got.startswith(b"HTTP/1.1 408")
    assert time.monotonic() - began < 15


def test_nothing_was_said_of_all_that(clip: Path) -> None:
    """No access log, no stack trace: what is asked for is nobody's business."""
    with serving(clip) as server:
        server.come_in()
        for path in ("/", "/nowhere", "/api/session", "/assets/x"):
            server.get(path)
        server.raw(b"nonsense\r\n\r\n")
        server.post(ACTIVE, {"x": 1})
        server.process.terminate()
        out, err = server.process.communicate(timeout=20)
    assert out == ""
    assert err.splitlines() == [
        "bystander: error: stopped by SIGTERM; nothing unfinished was left behind"
    ]
