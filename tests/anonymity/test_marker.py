"""T1, D1, D3, D11: a report is sent to the real server; then every byte that anything has written is searched."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import psycopg
import pytest

from tests.browser.serving import free_port, wait_until_served
from tests.web.browser import fields_of
from tests.web.markup import parse
from timethief.services.anonymous.forms import SHORTEST
from timethief.services.demonstration import PASSWORD, REPORTING_CODE

ADDRESS = "203.0.113.7"
AGENT = "MARKER-7f3a"
COOKIE = "COOKIE-9c1e"
TITLE = "Skriver av listan som ingen minns"
PATH = f"/r/{REPORTING_CODE}"


@dataclass
class Served:
    """The service as users have it, and where it writes."""

    url: str
    folder: Path
    process: subprocess.Popen[bytes]
    database: tuple[Path, ...]

    def ask(
        self,
        method: str,
        path: str,
        fields: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[HTTPResponse, str]:
        """One request, and its answer."""
        connection = HTTPConnection(urlsplit(self.url).netloc, timeout=30)
        sent = dict(headers or {})
        if fields is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
            sent["Origin"] = self.url
        connection.request(method, path, urlencode(fields) if fields else None, sent)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer, text


@pytest.fixture(params=["sqlite", "postgresql"])
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Served]:
    """The demonstration, served by the real web server with a database of each kind."""
    url = f"http://127.0.0.1:{free_port()}"
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    settings = {
        **os.environ,
        "TIMETHIEF_INSTANCE": str(tmp_path / "instance"),
        "TIMETHIEF_BASE_URL": url,
        "TMPDIR": str(temporary),
    }
    settings.pop("TIMETHIEF_DATABASE_URL", None)
    data: tuple[Path, ...] = ()
    if request.param == "postgresql":
        address = request.getfixturevalue("postgresql_url")
        settings["TIMETHIEF_DATABASE_URL"] = address
        with psycopg.connect(address) as connection:
            (folder,) = connection.execute("SHOW data_directory").fetchone() or ("",)
            (number,) = connection.execute(
                "SELECT oid FROM pg_database WHERE datname = current_database()"
            ).fetchone() or (0,)
        # Other databases of the server are other tests'; its logs stand in its own folder.
        data = (Path(folder) / "base" / str(number), Path(folder) / "pg_wal", Path(folder) / "log")
    command = [sys.executable, "-m", "timethief"]
    for step in ("init", "demo"):
        subprocess.run([*command, step], env=settings, check=True, capture_output=True)
    with (
        (tmp_path / "log").open("wb") as log,
        subprocess.Popen(
            [*command, "serve", "--port", url.rsplit(":", 1)[1]],
            env=settings,
            stdout=log,
            stderr=log,
        ) as process,
    ):
        wait_until_served(url, process)
        yield Served(url, tmp_path, process, data)
        if process.poll() is None:
            process.terminate()


def _fields(page: str, form_id: str = "") -> dict[str, str]:
    forms = [
        form
        for form in parse(page).all("form")
        if form.get("method") == "post" and (not form_id or form.get("id") == form_id)
    ]
    return dict(fields_of(forms[0]).items())


def _log_in(served: Served) -> str:
    """Somebody logs in beside it; the cookie."""
    answer, page = served.ask("GET", "/login")
    cookie = (answer.headers["Set-Cookie"] or "").split(";")[0]
    told = {**_fields(page), "email": "sjukskoterska@exempel.se", "password": PASSWORD}
    answer, _ = served.ask("POST", "/login", told, {"Cookie": cookie})
    assert answer.status == 302
    return str(answer.headers["Set-Cookie"]).split(";")[0]


def _report(served: Served, cookie: str) -> str:
    """Write a report in a browser that is logged in, behind a proxy that says where it comes from; the code."""
    marked = {
        "X-Forwarded-For": ADDRESS,
        "Forwarded": f"for={ADDRESS}",
        "X-Real-IP": ADDRESS,
        "User-Agent": AGENT,
        "Referer": f"https://{AGENT}.example/",
        "Accept-Language": f"sv, {AGENT};q=0.1",
        "Cookie": f"{cookie}; other={COOKIE}",
    }
    answer, page = served.ask("GET", PATH, headers=marked)
    assert answer.status == 200
    assert answer.headers["Set-Cookie"] is None
    time.sleep(SHORTEST.total_seconds() + 0.2)
    filled = {**_fields(page, "log-form"), "title": TITLE, "minutes": "10"}
    answer, page = served.ask("POST", PATH, filled, headers=marked)
    assert answer.status == 200, page
    receipt = parse(page).one(id="receipt").text.strip()
    answer, page = served.ask("GET", f"{PATH}/receipt", headers=marked)
    opened, page = served.ask(
        "POST", f"{PATH}/receipt", {**_fields(page), "receipt": receipt}, headers=marked
    )
    assert opened.status == 200
    served.ask("GET", f"/r/{AGENT}/{COOKIE}?q={AGENT}", headers=marked)
    return receipt


def _stop(served: Served) -> None:
    served.process.terminate()
    served.process.wait(timeout=30)


def _written(served: Served) -> dict[str, bytes]:
    """Every file that the service, its database or anything they started has written."""
    found = {}
    for folder in (served.folder, *served.database):
        for file in folder.rglob("*"):
            if file.is_file() and not file.is_symlink():
                try:
                    found[str(file)] = file.read_bytes()
                except FileNotFoundError:  # the database server tidies up meanwhile
                    continue
    return found


def _forms_of(marker: str) -> set[bytes]:
    plain = marker.encode()
    found = {plain, plain.lower(), plain.hex().encode(), plain.hex().upper().encode()}
    for shift in range(3):  # base64 stands differently at each place of three
        coded = base64.b64encode(b"\0" * shift + plain)
        found.add(coded[4 * (shift > 0) : len(coded) - 4])
        found.add(base64.urlsafe_b64encode(b"\0" * shift + plain)[4 * (shift > 0) : -4])
    return found


def _holders(written: dict[str, bytes], marker: str) -> list[str]:
    return [
        name
        for name, content in written.items()
        if any(form in content for form in _forms_of(marker))
    ]


def test_nothing_that_tells_who_wrote_is_in_any_byte(served: Served) -> None:
    cookie = _log_in(served)
    begun = datetime.now(UTC)

    receipt = _report(served, cookie)
    ended = datetime.now(UTC)
    _stop(served)
    written = _written(served)

    assert _holders(
        written, TITLE
    )  # what was written is there, so that the search would find what is
    for marker in (ADDRESS, AGENT, COOKIE, receipt, receipt.replace("-", "")):
        assert _holders(written, marker) == [], marker
    log = (served.folder / "log").read_text()
    assert "exempel.se" not in log
    assert PATH not in log
    assert begun.strftime("%Y-%m-%dT%H:%M") not in log
    assert ended.strftime("%Y-%m-%dT%H:%M") not in log


def test_a_marker_that_is_written_would_be_found(tmp_path: Path) -> None:
    marker = f"MARKER-{uuid.uuid4().hex[:8]}"
    for number, text in enumerate(
        (
            marker.encode(),
            marker.encode().hex().encode(),
            base64.b64encode(b"before" + marker.encode() + b"after"),
            base64.b64encode(b"xbefore" + marker.encode() + b"after"),
            base64.urlsafe_b64encode(b"xybefore" + marker.encode() + b"after"),
        )
    ):
        (tmp_path / str(number)).write_bytes(text)
    written = {str(file): file.read_bytes() for file in tmp_path.iterdir()}

    assert len(_holders(written, marker)) == 5
