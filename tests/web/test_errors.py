from __future__ import annotations

import re
import sqlite3
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.web.browser import Answer, Browser, Change
from tests.web.conftest import Installation

TELLING = re.compile(
    r"Traceback|File \"|/work/|site-packages|sqlalchemy|sqlite3|psycopg|werkzeug|OperationalError"
    r"|SELECT |INSERT |no such table|\.py\b",
    re.IGNORECASE,
)
ANSWERS: dict[int, tuple[str, str, dict[str, object]]] = {
    400: ("POST", "/logout", {}),
    403: ("GET", "/tariffs", {}),
    404: ("GET", "/nowhere", {}),
    405: ("PUT", "/inventory", {}),
    413: ("POST", "/log", {"data": {"title": "a" * 1_000_001}}),
    422: ("GET", "/inventory?sort=password", {}),
}


def _open(browser: Browser, status: int, language: str = "sv") -> Answer:
    method, address, options = ANSWERS[status]
    asked = f"{address}{'&' if '?' in address else '?'}language={language}"
    return browser.open(method, asked, **options)


def _break(installation: Installation) -> None:
    installation.database.close()
    Path(str(installation.database.url.database)).write_bytes(b"this is no database " * 500)


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("status", ANSWERS)
def test_a_no_is_a_page_that_says_what_and_what_to_do(
    lasting: Installation, status: int, language: str
) -> None:
    answer = _open(lasting.of("staff"), status, language)

    assert answer.status == status
    assert answer.page.one("html")["lang"] == language
    assert len(answer.heading) > 5
    assert len(answer.main.one("p", class_="lead").text) > 10
    assert answer.main.all("a", href="/")
    assert not TELLING.search(answer.text)


def test_each_no_has_words_of_its_own(lasting: Installation) -> None:
    headings = [_open(lasting.of("staff"), status).heading for status in ANSWERS]

    assert len(set(headings)) == len(ANSWERS)


@pytest.mark.parametrize("status", ANSWERS)
def test_the_language_of_who_asked_before_does_not_stay(lasting: Installation, status: int) -> None:
    lasting.browser().get("/login?language=en")
    method, address, options = ANSWERS[status]

    answer = lasting.browser("staff").open(method, address, **options)

    assert answer.page.one("html")["lang"] == "sv"


def test_a_fault_of_ours_has_a_reference_and_tells_nothing_more(
    staff: Browser, installation: Installation
) -> None:
    _break(installation)

    answer = staff.get("/inventory?q=hemligt")

    assert answer.status == 500
    assert re.search(r"\b[0-9A-F]{6}\b", answer.main.text)
    assert "hemligt" not in answer.main.text
    assert not TELLING.search(answer.text)


def test_a_fault_is_noted_without_what_was_sent(
    staff: Browser, installation: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    refuse = "CREATE TRIGGER refuse BEFORE INSERT ON report BEGIN SELECT RAISE(ABORT, 'x'); END"
    installation.change(lambda session: session.execute(text(refuse)))
    told: dict[str, Change] = {"title": "MARKER-7f3a", "description": "MARKER-7f3a"}

    answer = staff.send(staff.get("/log"), told, "log-form")

    noted = "".join(capsys.readouterr())
    assert answer.status == 500
    assert '"event": "fault"' in noted
    assert "services/reports.py" in noted
    assert "MARKER-7f3a" not in noted


def test_when_somebody_holds_the_database_the_text_is_not_said_to_be_saved(
    staff: Browser, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("timethief.storage.database.PATIENCE_MS", 1_000)
    page = staff.get("/log")
    other = sqlite3.connect(str(installation.database.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    began = time.monotonic()

    answer = staff.send(page, {"title": "Väntar"}, "log-form")
    waited = time.monotonic() - began
    other.close()

    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
    assert waited >= 1
    assert "inte sparat" in answer.main.text
    assert not TELLING.search(answer.text)


def test_a_title_with_line_breaks_is_one_line_in_the_log(
    staff: Browser, installation: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    _break(installation)

    staff.get("/inventory%0D%0AINFO admin logged in %1B[2J")

    noted = "".join(capsys.readouterr())
    assert "\x1b[2J" not in noted
    assert [line for line in noted.splitlines() if line.startswith("INFO admin")] == []


def test_the_api_answers_faults_as_problems(client: Browser) -> None:
    answers: list[Answer] = [
        client.get("/api/v1/nowhere"),
        client.open("POST", "/api/v1/assess", data=b"x"),
        client.open("PUT", "/api/v1/assess"),
    ]

    assert [answer.headers["Content-Type"] for answer in answers] == [
        "application/problem+json"
    ] * 3
    assert [answer.json["status"] for answer in answers] == [404, 415, 405]


def test_what_a_form_cannot_know_is_no_fault(staff: Browser, installation: Installation) -> None:
    before = installation.stored()
    strange: dict[str, Change] = {
        "key": "\x00" * 5,
        "same": "x",
        "meant": "title:x:y",
        "frequency": "x",
    }

    answer = staff.send(staff.get("/log"), {"title": "x"} | strange, "log-form")

    assert answer.status in (200, 422)
    assert installation.stored() == before
