from __future__ import annotations

from pathlib import Path

from sqlalchemy import text

from tests.web.browser import Browser
from tests.web.conftest import Installation


def _file(installation: Installation) -> Path:
    installation.database.close()
    return Path(str(installation.database.url.database))


def test_the_process_is_up_whatever_the_database_says(
    client: Browser, installation: Installation
) -> None:
    _file(installation).write_bytes(b"this is no database " * 500)

    answer = client.get("/healthz")

    assert (answer.status, answer.json) == (200, {"status": "ok"})


def test_a_migrated_database_is_ready(standing: Installation) -> None:
    answer = standing.browser().get("/readyz")

    assert (answer.status, answer.json) == (200, {"status": "ok"})


def test_a_database_that_cannot_be_read_is_not_ready(
    client: Browser, installation: Installation
) -> None:
    _file(installation).write_bytes(b"this is no database " * 500)

    answer = client.get("/readyz")

    assert (answer.status, answer.json) == (503, {"status": "database unreachable"})


def test_a_database_of_another_version_is_not_ready(
    client: Browser, installation: Installation
) -> None:
    installation.change(
        lambda session: session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    )

    answer = client.get("/readyz")

    assert (answer.status, answer.json) == (503, {"status": "migrations missing"})


def test_watching_needs_no_log_in_and_tells_no_numbers(client: Browser) -> None:
    answers = [client.get("/healthz"), client.get("/readyz")]

    assert [set(answer.json) for answer in answers] == [{"status"}, {"status"}]
    assert ["Set-Cookie" in answer.headers for answer in answers] == [False, False]
