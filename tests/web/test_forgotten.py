"""A forgotten password: the same answer to everybody, a link that works once and for an hour."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select, update

from tests.web.browser import Answer, Browser
from tests.web.conftest import Installation, Make
from timethief.config import MailServer
from timethief.domain.links import PASSWORD_LINKS_A_DAY
from timethief.services.demonstration import PASSWORD as OLD
from timethief.storage.tables import AuditEvent, Organisation, OutboxMail, PasswordLink, User

FORGOTTEN = "/login/forgotten"
NEW = "fyra glada hundar springer"
UNKNOWN = "ingen.alls@example.org"


@pytest.fixture(params=["sqlite", "postgresql"])
def mailing(request: pytest.FixtureRequest, install: Make) -> Installation:
    """An installation that sends mail, for this test alone."""
    server = MailServer("smtp", "localhost", 25)
    return install(request.param, mail_server=server, mail_from="tidstjuv@example.org")


def _ask(installation: Installation, email: str) -> Answer:
    browser = installation.browser()
    return browser.send(browser.get(FORGOTTEN), {"email": email})


def _links(installation: Installation) -> list[str]:
    """The links that have been mailed, in their order."""
    texts = installation.ask(
        lambda session: list(
            session.scalars(
                select(OutboxMail.text)
                .where(OutboxMail.kind == "account")
                .order_by(OutboxMail.queued_at)
            )
        )
    )
    return [
        re.findall(r"^http://localhost(/login/new-password/\S+)$", text, re.MULTILINE)[0]
        for text in texts
    ]


def _set(installation: Installation, link: str, password: str = NEW) -> Answer:
    browser = installation.browser()
    return browser.send(browser.get(link), {"new_password": password})


def _opens(installation: Installation, password: str) -> bool:
    answer = Browser(installation.app).log_in_as(installation.emails["staff"], password)
    return answer.status == 302


def test_the_link_sets_a_new_password_once_and_ends_every_log_in(mailing: Installation) -> None:
    staff = mailing.browser("staff")
    assert staff.get("/log").status == 200
    _ask(mailing, mailing.emails["staff"])
    (link,) = _links(mailing)

    answer = _set(mailing, link)

    assert answer.status == 302
    assert (_opens(mailing, NEW), _opens(mailing, OLD)) == (True, False)
    assert staff.get("/log").status == 302
    again = mailing.browser().get(link)
    assert (again.status, again.heading) == (410, "L\u00e4nken \u00e4r anv\u00e4nd")
    assert again.main.one("a", href=FORGOTTEN).text == "Skaffa en ny l\u00e4nk"


def test_known_unknown_disabled_and_closed_get_the_same_answer(mailing: Installation) -> None:
    organisation_id = mailing.foreign.organisation_id
    disabled, closed = mailing.emails["staff"], mailing.emails["granne"]
    mailing.change(
        lambda session: session.execute(
            update(User).where(User.email == disabled).values(active=False)
        )
    )
    mailing.change(
        lambda session: session.execute(
            update(Organisation).where(Organisation.id == organisation_id).values(active=False)
        )
    )

    emails = (mailing.emails["support"], UNKNOWN, disabled, closed)
    answers = [_ask(mailing, email) for email in emails]

    assert {answer.status for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert len(_links(mailing)) == 1
    assert mailing.count(PasswordLink) == len(emails)


def test_every_link_of_an_account_ends_when_one_is_used(mailing: Installation) -> None:
    for _ in range(2):
        _ask(mailing, mailing.emails["staff"])
    first, second = _links(mailing)

    _set(mailing, second)

    assert mailing.browser().get(first).status == 410


def test_a_link_ends_after_an_hour(mailing: Installation) -> None:
    _ask(mailing, mailing.emails["staff"])
    (link,) = _links(mailing)
    row = mailing.ask(lambda session: session.scalars(select(PasswordLink)).one())
    assert row.valid_until - row.asked_at == timedelta(minutes=60)
    page = mailing.browser().get(link)
    passed = datetime.now(UTC) - timedelta(seconds=1)
    mailing.change(lambda session: session.execute(update(PasswordLink).values(valid_until=passed)))

    answer = mailing.browser().get(link)
    late = mailing.browser()
    late.get(link)
    sent = late.post(link, {"new_password": NEW, "csrf_token": page.token})

    assert (answer.status, answer.heading) == (410, "L\u00e4nken \u00e4r f\u00f6r gammal")
    assert sent.status in (400, 410)
    assert not _opens(mailing, NEW)


def test_no_more_than_five_links_a_day_are_sent_to_an_address(mailing: Installation) -> None:
    answers = [
        _ask(mailing, mailing.emails["staff"]).status for _ in range(PASSWORD_LINKS_A_DAY + 2)
    ]

    assert answers == [200] * len(answers)
    assert len(_links(mailing)) == PASSWORD_LINKS_A_DAY
    _ask(mailing, mailing.emails["support"])
    assert len(_links(mailing)) == PASSWORD_LINKS_A_DAY + 1


def test_links_for_a_disabled_account_open_nothing(mailing: Installation) -> None:
    _ask(mailing, mailing.emails["staff"])
    (link,) = _links(mailing)
    mailing.change(
        lambda session: session.execute(
            update(User).where(User.email == mailing.emails["staff"]).values(active=False)
        )
    )

    assert mailing.browser().get(link).status == 404


def test_a_strange_host_gets_no_link(mailing: Installation) -> None:
    browser = mailing.browser()
    form = browser.fill(browser.get(FORGOTTEN), {"email": mailing.emails["staff"]})

    answer = browser.post(FORGOTTEN, form, headers={"Host": "evil.example.org"})
    browser.post(FORGOTTEN, form, headers={"X-Forwarded-Host": "evil.example.org"})

    assert answer.status == 400
    assert len(_links(mailing)) == 1


def test_neither_address_nor_token_is_stored_readably(mailing: Installation) -> None:
    _ask(mailing, mailing.emails["staff"])
    (link,) = _links(mailing)

    row = mailing.ask(lambda session: session.scalars(select(PasswordLink)).one())

    assert link.rsplit("/", 1)[1] not in str(vars(row))
    assert mailing.emails["staff"] not in str(vars(row))


def test_old_rows_are_forgotten(mailing: Installation) -> None:
    _ask(mailing, UNKNOWN)
    long_ago = datetime.now(UTC) - timedelta(days=3)
    mailing.change(
        lambda session: session.execute(
            update(PasswordLink).values(asked_at=long_ago, valid_until=long_ago)
        )
    )

    _ask(mailing, UNKNOWN)

    assert mailing.count(PasswordLink) == 1


def test_who_logs_in_by_the_work_account_gets_no_password(mailing: Installation) -> None:
    mailing.change(
        lambda session: session.execute(
            update(User)
            .where(User.email == mailing.emails["staff"])
            .values(issuer="https://idp.example.org", subject="1")
        )
    )

    _ask(mailing, mailing.emails["staff"])

    assert _links(mailing) == []


def test_without_a_mail_server_the_page_says_whom_to_ask(lasting: Installation) -> None:
    page = lasting.browser().get(FORGOTTEN)

    assert "Fr\u00e5ga" in page.main.text or "Be en administrat\u00f6r" in page.main.text
    assert page.main.all("form") == []


def test_an_administrator_hands_over_a_link_where_no_mail_is_sent(
    installation: Installation,
) -> None:
    admin = installation.browser("admin")
    people = admin.get("/administration/people")
    (person,) = [a for a in people.main.all("a") if a.text == "Amina Lindqvist"]

    answer = admin.press(admin.get(person["href"]), "Skapa en l\u00e4nk")

    link = answer.page.one(id="link").text.removeprefix("http://localhost")
    assert _set(installation, link).status == 302
    assert _opens(installation, NEW)
    acts = installation.ask(lambda session: list(session.scalars(select(AuditEvent.act))))
    assert acts == ["password_link_made"]


@pytest.mark.parametrize("password", ["", "kort", "password1234", "Amina Lindqvist 1"])
def test_a_bad_password_is_refused_and_the_link_still_works(
    mailing: Installation, password: str
) -> None:
    _ask(mailing, mailing.emails["staff"])
    (link,) = _links(mailing)

    answer = _set(mailing, link, password)

    assert answer.status == 422
    assert _set(mailing, link).status == 302
    mailing.change(lambda session: session.execute(delete(PasswordLink)))
