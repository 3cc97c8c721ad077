"""What the real server writes to its log while people use it, and while strangers send rubbish."""

from __future__ import annotations

import http.cookiejar
import json
import logging
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.web.markup import parse
from timethief.config import Config
from timethief.server import Server, _Line
from timethief.services.demonstration import PASSWORD, people

INJECTED = "x\r\nINFO admin logged in \x1b[2J MARKER-7f3a"
SECRETS = (
    *("MARKER-7f3a", "MARKER-9c1d", "203.0.113.7", PASSWORD, "sjukskoterska@", "\x1b"),
    *("19121212-1212", "bakimo", "Bearer"),
)
MAIN_PAGES = (
    "/log",
    "/log/mine",
    "/inventory?q=MARKER-9c1d",
    "/dashboard",
    "/requesters",
    "/about",
)


@dataclass
class Running:
    """The served demonstration, and somebody at a browser."""

    url: str
    cookies: http.cookiejar.CookieJar = field(default_factory=http.cookiejar.CookieJar)

    def ask(self, path: str, fields: dict[str, str] | None = None) -> tuple[int, str]:
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        data = urllib.parse.urlencode(fields).encode() if fields is not None else None
        request = urllib.request.Request(f"{self.url}{path}", data)  # noqa: S310 - our own server
        request.add_header("X-Forwarded-For", "203.0.113.7")
        request.add_header("User-Agent", "MARKER-9c1d")
        request.add_header("Referer", self.url)
        try:
            with opener.open(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def send(self, path: str, fields: dict[str, str]) -> tuple[int, str]:
        page = parse(self.ask(path)[1])
        tokens = page.all("input", name="csrf_token") or page.all("input", name="token")
        return self.ask(path, {tokens[0]["name"]: tokens[0]["value"]} | fields)


def _raw(url: str, request: bytes) -> None:
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(request)
        connection.recv(4096)


def _serve(folder: Path, log: Path) -> tuple[subprocess.Popen[bytes], str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    settings = {**os.environ, "TIMETHIEF_INSTANCE": str(folder), "TIMETHIEF_BASE_URL": url}
    settings.pop("TIMETHIEF_DATABASE_URL", None)
    command = [sys.executable, "-m", "timethief"]
    for step in ("init", "demo"):
        subprocess.run([*command, step], env=settings, check=True, capture_output=True)
    with log.open("wb") as written:
        server = subprocess.Popen(
            [*command, "serve", "--port", str(port)], env=settings, stdout=written, stderr=written
        )
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=2):  # noqa: S310 - our own server
                return server, url
        except urllib.error.URLError:
            assert server.poll() is None
            time.sleep(0.1)
    pytest.fail("the server did not answer")


def test_the_log_holds_one_line_for_each_fault_and_nothing_that_was_sent(tmp_path: Path) -> None:
    log = tmp_path / "log"
    server, url = _serve(tmp_path / "instance", log)
    try:
        running = Running(url)
        email = next(person["email"] for person in people() if person["role"] == "staff")
        assert running.send("/login", {"email": email, "password": PASSWORD})[0] == 200
        for page in MAIN_PAGES:
            assert running.ask(page)[0] == 200, page
        assert running.send("/log", {"title": INJECTED})[0] == 200
        assert running.send("/log", {"title": "Lista", "description": "19121212-1212"})[0] == 422
        for path in ("/r/bakimo-retasu?MARKER-9c1d", "/MARKER-9c1d", "/login?next=MARKER-9c1d"):
            running.ask(path)
        for rubbish in (
            b"GET /MARKER-9c1d\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: x\r\nMARKER-9c1d : y\r\n\r\n",
            b"MARKER-9c1d\x1b[2J / HTTP/1.1\r\n\r\n",
            b"POST /log?MARKER-9c1d HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: MARKER-9c1d\r\n\r\n",
        ):
            _raw(url, rubbish)
        broken = tmp_path / "instance" / "timethief.sqlite3"
        for each in broken.parent.glob("timethief.sqlite3*"):
            each.write_bytes(b"this is no database " * 500)
        statuses = [
            running.ask("/inventory?q=MARKER-9c1d")[0],
            running.ask("/r/bakimo-retasu?MARKER-9c1d")[0],
        ]
    finally:
        server.terminate()
        server.wait(timeout=30)

    text = log.read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    assert statuses == [500, 500]
    assert [line["path"] for line in lines if line["event"] == "fault"] == ["/inventory", "/r/"]
    assert [line for line in lines if line["event"] == "a request could not be read"]
    assert [secret for secret in SECRETS if secret in text] == []
    assert not re.search(r"\b\d{1,3}(\.\d{1,3}){3}\b", text)


def test_a_line_escapes_and_tells_only_numbers() -> None:
    def line(message: str, *values: object) -> dict[str, object]:
        record = logging.LogRecord("x", logging.ERROR, "", 0, message, values, None)
        text = _Line().format(record)
        assert "\n" not in text
        assert "\x1b" not in text
        told: dict[str, object] = json.loads(text)
        return told

    assert line("WORKER TIMEOUT (pid:%s)", 12)["event"] == "WORKER TIMEOUT (pid:12)"
    assert line("Error handling request %s", f"/{INJECTED}")["event"] == "Error handling request %s"
    assert line("a\r\nb\x1b[2J")["event"] == "a\r b\x1b[2J"


def test_the_server_keeps_no_log_of_who_asked_for_what() -> None:
    config = Config(Path("/nonexistent"), "sqlite://", "x" * 40, "http://localhost", "sv")
    server = Server(config, "127.0.0.1", 8000, 1)

    assert server.cfg.accesslog is None
    assert server.cfg.logger_class.__name__ == "Notes"
