from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.web.browser import Browser
from tests.web.conftest import SECRET, Installation
from tests.web.markup import parse
from timethief.domain.mail import MailKind
from timethief.services.mail_preferences import Unsubscribed, address_of
from timethief.storage.tables import MailPreference, OwnTime, User
from timethief.web import current
from timethief.web.forms.anonymous import AnonymousForm


def _user(installation: Installation, role: str) -> User:
    found: User = installation.ask(
        lambda session: session.scalars(
            select(User).where(User.email == installation.emails[role])
        ).one()
    )
    return found


def _link(installation: Installation, role: str, kind: MailKind = MailKind.CASE) -> str:
    user = _user(installation, role)
    of = Unsubscribed(user.organisation_id, user.id, kind)
    with installation.app.test_request_context():
        return address_of("", SECRET, of, current.now())


def _chosen(installation: Installation) -> set[tuple[str, str]]:
    rows = installation.ask(lambda session: session.scalars(select(MailPreference)).all())
    return {(row.kind, row.choice) for row in rows}


@pytest.mark.parametrize(
    ("role", "kinds"),
    [
        ("staff", {"decision"}),
        ("support", {"case", "decision", "follow_up", "review_date", "notice", "digest"}),
        ("leadership", {"case", "decision", "follow_up", "review_date", "digest"}),
        ("admin", {"decision", "notice"}),
    ],
)
def test_each_role_is_asked_of_the_letters_that_it_gets(
    lasting: Installation, role: str, kinds: set[str]
) -> None:
    form = lasting.of(role).get("/account").page.one(id="mail-form")

    assert {each["name"] for each in form.all("input") if each.get("type") == "radio"} == kinds


def test_what_is_chosen_is_kept_and_shown(installation: Installation) -> None:
    support = installation.browser("support")
    page = support.get("/account")

    saved = support.send(page, {"case": "digest", "digest": "each"}, "mail-form")

    assert saved.status == 302
    assert {("case", "digest"), ("digest", "each")} <= _chosen(installation)
    form = support.get("/account").page.one(id="mail-form")
    checked = {
        each["name"]: each["value"] for each in form.all("input") if "checked" in each.attributes
    }
    assert (checked["case"], checked["digest"]) == ("digest", "each")


def test_a_kind_that_the_role_does_not_get_is_not_stored(installation: Installation) -> None:
    staff = installation.browser("staff")
    page = staff.get("/account")

    staff.client.post(
        "/account/mail",
        data={"csrf_token": page.token, "digest": "each", "decision": "sometimes"},
        headers={"Origin": "http://localhost"},
    )

    assert _chosen(installation) == set()


def test_the_link_shows_a_page_and_only_the_button_says_no(installation: Installation) -> None:
    link = _link(installation, "support")
    nobody = Browser(installation.app)

    page = nobody.get(link)

    assert page.heading == "Inga fler sådana mejl?"
    assert installation.emails["support"] not in page.text
    assert _chosen(installation) == set()


def test_a_mail_program_says_no_without_a_page(installation: Installation) -> None:
    link = _link(installation, "support")

    answer = installation.app.test_client().post(link, data={"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 200
    assert _chosen(installation) == {("case", "never")}


def test_it_can_be_taken_back_from_the_same_page(installation: Installation) -> None:
    link = _link(installation, "support")
    client = installation.app.test_client()
    client.post(link, data={})

    page = client.post(link, data={"again": "1"}).get_data(as_text=True)

    assert _chosen(installation) == {("case", "each")}
    assert "Inga fler sådana mejl?" in page


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_altered_or_foreign_link_says_so_and_changes_nothing(
    installation: Installation, method: str
) -> None:
    link = _link(installation, "support")
    user = _user(installation, "support")
    foreign = Unsubscribed(installation.foreign.organisation_id, user.id, MailKind.CASE)
    with installation.app.test_request_context():
        crossed = address_of("", SECRET, foreign, current.now())
    client = installation.app.test_client()

    answers = [getattr(client, method)(each) for each in (link[:-1], f"{link}A", crossed)]

    assert {answer.status_code for answer in answers} == {404}
    mains = {parse(answer.get_data(as_text=True)).one("main").text for answer in answers}
    assert len(mains) == 1
    assert "Länken fungerar inte" in mains.pop()
    assert _chosen(installation) == set()


def test_the_time_that_a_form_was_open_is_counted_once_it_is_sent(
    installation: Installation,
) -> None:
    staff = installation.browser("staff")
    form = staff.get("/log")
    refused = staff.send(form, {"title": ""}, "log-form")
    before = installation.count(OwnTime)
    staff.send(refused, {"title": "Något"}, "log-form")

    rows = installation.ask(lambda session: session.scalars(select(OwnTime)).all())

    assert before == 0
    assert [(row.activity, row.occasions) for row in rows] == [("log", 1)]


@pytest.mark.parametrize("stamp", ["", "1", "1.x", "-5.x", "9" * 400, "²"])
def test_a_time_that_we_have_not_signed_is_not_counted(
    installation: Installation, stamp: str
) -> None:
    staff = installation.browser("staff")

    sent = staff.send(staff.get("/log"), {"title": "Något", "shown_at": stamp}, "log-form")

    assert sent.status == 302
    assert installation.count(OwnTime) == 0


def test_only_the_form_with_a_log_in_carries_a_time(lasting: Installation) -> None:
    assert "shown_at" in lasting.of("staff").get("/log").text
    assert not hasattr(AnonymousForm, "shown_at")
