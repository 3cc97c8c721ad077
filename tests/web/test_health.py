from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text, update

from tests.web.browser import Browser
from tests.web.conftest import Installation
from timethief.storage.tables import OutboxMail, SchedulerLease


def _file(installation: Installation) -> Path:
    installation.database.close()
    return Path(str(installation.database.url.database))


def test_the_process_is_up_whatever_the_database_says(
    client: Browser, installation: Installation
) -> None:
    _file(installation).write_bytes(b"this is no database " * 500)

    answer = client.get("/healthz")

    assert (answer.status, answer.json) == (200, {"status": "ok"})


def test_a_migrated_database_is_ready_and_says_that_no_scheduler_runs(
    standing: Installation,
) -> None:
    answer = standing.browser().get("/readyz")

    warnings = ["scheduler not seen for 5 minutes"]
    assert (answer.status, answer.json) == (200, {"status": "ok", "warnings": warnings})


def _lease(seen_at: datetime) -> SchedulerLease:
    return SchedulerLease(name="scheduler", holder="h", beat=1, seen_at=seen_at)


def _mail(due: datetime, organisation_id: int) -> OutboxMail:
    said = {"kind": "notice", "key": "1", "subject": "Hej", "text": "Hej", "state": "waiting"}
    times = {"queued_at": due, "next_try_at": due}
    return OutboxMail(organisation_id=organisation_id, recipient="rut@example.org", **said, **times)


def test_a_scheduler_that_was_seen_lately_is_no_cause_for_warning(
    client: Browser, installation: Installation
) -> None:
    lately = datetime.now(UTC) - timedelta(minutes=4)
    installation.change(lambda session: session.add(_lease(lately)))

    assert client.get("/readyz").json == {"status": "ok", "warnings": []}


def test_mail_that_nobody_sends_is_warned_of_and_mail_that_was_just_queued_is_not(
    client: Browser, installation: Installation
) -> None:
    now, organisation_id = datetime.now(UTC), installation.tasks()[0].organisation_id
    installation.change(lambda session: session.add(_lease(now)))
    installation.change(
        lambda session: session.add(_mail(now - timedelta(minutes=29), organisation_id))
    )
    assert client.get("/readyz").json["warnings"] == []

    installation.change(
        lambda session: session.execute(
            update(OutboxMail).values(next_try_at=now - timedelta(minutes=31))
        )
    )

    answer = client.get("/readyz")
    assert (answer.status, answer.json["warnings"]) == (
        200,
        ["mail waits for more than 30 minutes"],
    )


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

    assert [set(answer.json) for answer in answers] == [{"status"}, {"status", "warnings"}]
    assert ["Set-Cookie" in answer.headers for answer in answers] == [False, False]
