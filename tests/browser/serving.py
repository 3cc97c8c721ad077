"""The demonstration, served by the real web server; and who logs in there."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browser.watching import ROLES, OpenPage, Watched
from timethief.services.demonstration import PASSWORD, people

OPERATOR = "drift@example.org"
INSTANCES: dict[str, Path] = {}
"""Where each served demonstration lives, by its address."""


@contextmanager
def demonstration(instance: Path) -> Iterator[str]:
    """Address of the demonstration, which lives in a folder."""
    url = f"http://127.0.0.1:{free_port()}"
    INSTANCES[url] = instance
    settings = {**os.environ, "TIMETHIEF_INSTANCE": str(instance), "TIMETHIEF_BASE_URL": url}
    settings.pop("TIMETHIEF_DATABASE_URL", None)
    command = [sys.executable, "-m", "timethief"]
    for step in ("init", "demo"):
        subprocess.run([*command, step], env=settings, check=True, capture_output=True)
    subprocess.run(
        [*command, "operator", "add", OPERATOR, "--password-stdin"],
        env=settings,
        input=PASSWORD.encode(),
        check=True,
        capture_output=True,
    )
    with subprocess.Popen(
        [*command, "serve", "--port", url.rsplit(":", 1)[1]], env=settings
    ) as server:
        wait_until_served(url, server)
        yield url
        server.terminate()


def log_in_all(browser: Browser, url: str) -> dict[str, Any]:
    """What a browser keeps of a log-in, for each role."""
    found: dict[str, Any] = {}
    emails = {role: next(p["email"] for p in people() if p["role"] == role) for role in ROLES}
    for role, email in (emails | {"operator": OPERATOR}).items():
        context = browser.new_context(locale="sv-SE")
        page = context.new_page()
        page.goto(f"{url}/login")
        page.get_by_label("E-postadress").fill(email)
        page.get_by_label("Lösenord").fill(PASSWORD)
        page.get_by_role("button", name="Logga in").click()
        page.wait_for_url("**/operation" if role == "operator" else "**/log")
        found[role] = context.storage_state()
        context.close()
    return found


@contextmanager
def opening(browser: Browser, url: str, sign_ins: dict[str, Any]) -> Iterator[OpenPage]:
    """Opens a browser of its own for somebody, at a size; no fault may be left in the end."""
    contexts: list[BrowserContext] = []
    opened: list[Watched] = []

    def open_as(role: str | None, size: dict[str, int], **more: Any) -> Watched:  # noqa: ANN401 - as the library takes them
        context = browser.new_context(
            viewport={"width": size["width"], "height": size["height"]},
            locale="sv-SE",
            timezone_id="Europe/Stockholm",
            storage_state=sign_ins[role] if role else None,
            **more,
        )
        contexts.append(context)
        watched = Watched(context.new_page(), url)
        opened.append(watched)
        return watched

    yield open_as
    for context in contexts:
        context.close()
    assert [fault for watched in opened for fault in watched.faults] == []


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_served(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        assert server.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=2) as answer:  # noqa: S310 - our own server
                assert answer.status == 200
                return
        except URLError:
            time.sleep(0.1)
    pytest.fail("the server did not answer")
