from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from tests.web.browser import Browser
from tests.web.conftest import Installation, Make
from timethief.config import MailServer
from timethief.domain.identifiers import to_text
from timethief.domain.mail import Mail, MailKind
from timethief.services import operators, outbox
from timethief.services.demonstration import PASSWORD
from timethief.services.jobs import JOBS, Surroundings
from timethief.services.jobs.running import Runner
from timethief.services.passwords import hash_password
from timethief.storage.tables import AuditEvent, JobRun, OutboxMail, SchedulerLease, User

SECRET_WORDS = "Uppsägning av Rut"


def _operator(installation: Installation) -> Browser:
    """A browser of somebody who runs the installation."""
    email = "drift@example.org"

    def add(session: object) -> None:
        user_id = operators.add_operator(session, email, "Dag Drift", datetime.now(UTC))  # type: ignore[arg-type]
        session.get_one(User, user_id).password_hash = hash_password(PASSWORD)  # type: ignore[attr-defined]

    installation.change(add)
    browser = Browser(installation.app)
    assert browser.log_in_as(email).status == 302
    return browser


def _mail(installation: Installation, recipient: str, **changes: object) -> None:
    organisation_id = installation.tasks()[0].organisation_id
    mail = Mail(organisation_id, recipient, MailKind.INVITATION, "1", SECRET_WORDS, SECRET_WORDS)

    def queue(session: object) -> None:
        outbox.queue(session, mail, datetime.now(UTC) - timedelta(hours=3))  # type: ignore[arg-type]
        row = session.query(OutboxMail).filter_by(recipient=recipient).one()  # type: ignore[attr-defined]
        for name, value in changes.items():
            setattr(row, name, value)

    installation.change(queue)


def _looked(installation: Installation, name: str) -> None:
    """The scheduler has looked once."""
    config = installation.app.extensions["timethief.config"]
    runner = Runner(Surroundings(installation.database, config), lambda: datetime.now(UTC))
    [job] = [each for each in JOBS if each.name == name]
    runner.look(job)


def test_a_page_tells_what_each_job_does_and_that_no_scheduler_runs(
    installation: Installation,
) -> None:
    page = _operator(installation).get("/operation/jobs")

    assert (page.status, page.heading) == (200, "Jobb")
    assert len(page.main.all("section")) == len(JOBS)
    assert "Lämnar de mejl som väntar till mejlservern. Varje minut." in page.main.text
    assert "Schemaläggaren är inte igång. Den har aldrig varit igång." in page.main.text


def test_a_scheduler_that_runs_is_told_when_it_was_last_seen(installation: Installation) -> None:
    operator = _operator(installation)
    seen = datetime.now(UTC) - timedelta(minutes=2, seconds=5)
    installation.change(
        lambda session: session.add(
            SchedulerLease(name="scheduler", holder="h", beat=1, seen_at=seen)
        )
    )

    page = operator.get("/operation/jobs")

    assert "Schemaläggaren hördes av för 2 minuter sedan." in page.main.text
    assert "inte igång" not in page.main.text


def test_a_job_asked_for_is_run_by_the_scheduler_once_and_noted_in_the_trail(
    installation: Installation,
) -> None:
    operator = _operator(installation)

    asked = operator.send(operator.get("/operation/jobs"), form="/jobs/check_database/run")
    waiting = operator.follow(asked)
    again = operator.follow(
        operator.send(operator.get("/operation/jobs"), form="/jobs/check_database/run")
    )
    _looked(installation, "check_database")
    done = operator.follow(
        operator.send(operator.get("/operation/jobs"), form="/jobs/check_database/run")
    )

    assert "Beställt. Det görs inom en halv minut." in waiting.main.text
    assert "Det är redan gjort i dag." in again.main.text + done.main.text
    assert "hela tabeller:" in done.main.text
    runs = installation.ask(lambda session: session.query(JobRun).all())
    trail = installation.ask(
        lambda session: session.query(AuditEvent).filter_by(act="job_asked_for").all()
    )
    assert [(run.state, run.attempts) for run in runs if run.job == "check_database"] == [
        ("done", 1)
    ]
    assert [each.reference for each in trail] == ["check_database"]


def test_a_failed_run_is_told_with_its_kind_and_may_be_asked_for_again(
    installation: Installation,
) -> None:
    operator = _operator(installation)
    _looked(installation, "tidy")
    operator.send(operator.get("/operation/jobs"), form="/jobs/tidy/run")
    _looked(installation, "tidy")
    installation.change(
        lambda session: session.execute(
            update(JobRun)
            .where(JobRun.job == "tidy")
            .values(state="failed", error="OperationalError")
        )
    )

    failed = operator.get("/operation/jobs")
    asked = operator.follow(operator.send(failed, form="/jobs/tidy/run"))

    assert "Misslyckades" in failed.main.text
    assert "OperationalError" in failed.main.text
    assert "Beställt" in asked.main.text


def test_a_job_that_there_is_not_is_not_found(installation: Installation) -> None:
    operator = _operator(installation)

    assert operator.post("/operation/jobs/nonsense/run", _token(operator)).status == 404
    assert operator.post("/operation/mail/zzzz/retry", _token(operator)).status == 404
    assert operator.post(f"/operation/mail/{to_text(1)}/retry", _token(operator)).status == 404


def _token(operator: Browser) -> dict[str, str]:
    return {"csrf_token": operator.get("/operation/jobs").token}


@pytest.mark.parametrize("path", ["/operation/jobs", "/operation/mail"])
@pytest.mark.parametrize("role", ["staff", "support", "leadership", "admin"])
def test_nobody_of_an_organisation_sees_how_the_installation_runs(
    lasting: Installation, role: str, path: str
) -> None:
    assert lasting.of(role).get(path).status == 403


def test_mail_is_shown_by_state_and_age_and_never_with_what_it_says_or_to_whom(
    installation: Installation,
) -> None:
    operator = _operator(installation)
    _mail(installation, "anna.berg@example.se", attempts=2, error="recipient_refused", answer=550)
    _mail(installation, "ulf@example.se", state="given_up", error="unreachable")

    page = operator.get("/operation/mail")

    assert page.status == 200
    first, second = (row.text for row in page.main.one("tbody").all("tr"))
    assert "u***@example.se" in first
    assert "Gick inte att leverera Mejlservern svarar inte" in first
    assert "a***@example.se" in second
    assert "Mejlservern tog inte emot mottagaren (550)" in second
    assert "2 försök" in second
    assert "3 timmar" in second
    for hidden in (SECRET_WORDS, "anna.berg", "ulf@"):
        assert hidden not in page.text


def test_without_a_mail_server_the_page_says_that_all_mail_waits(
    installation: Installation,
) -> None:
    page = _operator(installation).get("/operation/mail")

    assert "Ingen mejlserver är inställd, så alla mejl väntar." in page.main.text
    assert "Alla mejl är skickade" in page.main.text


def test_with_a_mail_server_it_does_not(install: Make) -> None:
    installation = install(mail_server=MailServer("smtp", "localhost", 25))

    assert "Ingen mejlserver" not in _operator(installation).get("/operation/mail").main.text


def test_one_mail_or_all_are_tried_again_at_once_and_it_is_noted_in_the_trail(
    installation: Installation,
) -> None:
    operator = _operator(installation)
    later = datetime.now(UTC) + timedelta(hours=12)
    for recipient in ("a@example.se", "b@example.se"):
        _mail(installation, recipient, state="given_up", next_try_at=later, attempts=9)
    page = operator.get("/operation/mail")

    operator.press(page, "Försök igen nu: a***@example.se")
    states = installation.ask(
        lambda session: sorted(mail.state for mail in session.query(OutboxMail))
    )
    told = operator.follow(operator.press(page, "Försök igen med alla"))

    mails = installation.ask(lambda session: session.query(OutboxMail).all())
    assert states == ["given_up", "waiting"]
    assert "Vi försöker igen med 2 mejl inom en minut." in told.main.text
    assert {(mail.state, mail.attempts) for mail in mails} == {("waiting", 0)}
    assert all(mail.next_try_at < later for mail in mails)
    trail = installation.ask(
        lambda session: session.query(AuditEvent).filter_by(act="mail_tried_again").count()
    )
    assert trail == 2
