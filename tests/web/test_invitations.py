"""Invitations: by mail or handed over, once, for seven days; and what others learn from them: nothing."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select, update

from tests.web.browser import Answer, Browser, neighbour
from tests.web.conftest import Installation, Make
from timethief.config import MailServer
from timethief.domain.people import Role
from timethief.domain.vocabulary import OrganisationKind
from timethief.services import operators
from timethief.services.operators import NewOrganisation
from timethief.storage.tables import AuditEvent, Invitation, Organisation, OutboxMail, User

INVITE = "/administration/people/invite"
PASSWORD = "fyra glada hundar springer"
NEW = {"email": "ny.person@example.org", "name": "Ny Person", "role": "support"}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def mailing(request: pytest.FixtureRequest, install: Make) -> Installation:
    """An installation that sends mail."""
    server = MailServer("smtp", "localhost", 25)
    return install(request.param, mail_server=server, mail_from="tidstjuv@example.org")


def _invite(browser: Browser, **changes: str) -> Answer:
    return browser.send(browser.get(INVITE), NEW | changes)


def _link(answer: Answer) -> str:
    """Where the link that is shown leads, on this machine."""
    return urlsplit(answer.page.one(id="link").text).path


def _invited(installation: Installation, **changes: str) -> str:
    return _link(_invite(installation.browser("admin"), **changes))


def _accept(browser: Browser, link: str, **changes: str) -> Answer:
    return browser.send(
        browser.get(link), {"name": "Ny Person", "new_password": PASSWORD} | changes
    )


def _new_user(installation: Installation, email: str = NEW["email"]) -> User | None:
    query = select(User).where(User.email == email)
    found: User | None = installation.ask(lambda session: session.scalars(query).one_or_none())
    return found


def _invitations(installation: Installation) -> list[Invitation]:
    found: list[Invitation] = installation.ask(
        lambda session: list(session.scalars(select(Invitation)))
    )
    return found


def test_who_accepts_is_in_with_the_role_that_was_given(either: Installation) -> None:
    link = _invited(either)
    person = either.browser()

    answer = _accept(person, link)

    assert answer.status == 302
    assert person.follow(answer).status == 200
    user = _new_user(either)
    assert user is not None
    assert (user.role, user.name) == ("support", "Ny Person")
    assert user.organisation_id == either.tasks()[0].organisation_id
    assert Browser(either.app, password=PASSWORD).log_in_as(NEW["email"]).status == 302


def test_the_link_is_stored_only_as_a_hash(installation: Installation) -> None:
    token = _invited(installation).rsplit("/", 1)[1]

    (row,) = _invitations(installation)

    assert len(token) >= 32
    assert token not in str(vars(row))
    events = installation.ask(lambda session: list(session.scalars(select(AuditEvent))))
    assert token not in "".join(str(vars(event)) for event in events)


def test_a_link_works_once(either: Installation) -> None:
    link, people = _invited(either), either.count(User)
    first, second = either.browser().get(link), either.browser()
    form = second.get(link)
    _accept(either.browser(), link)

    for answer in (
        second.get(link),
        second.send(form, {"name": "En Annan", "new_password": PASSWORD}),
    ):
        assert answer.status == 410
        assert answer.heading == "L\u00e4nken \u00e4r anv\u00e4nd"
    assert first.status == 200
    assert either.count(User) == people + 1


def test_a_link_of_more_than_seven_days_says_so(installation: Installation) -> None:
    link = _invited(installation)
    earlier = datetime.now(UTC) - timedelta(minutes=1)
    (row,) = _invitations(installation)
    assert abs(row.valid_until - row.invited_at - timedelta(days=7)) < timedelta(seconds=1)
    installation.change(
        lambda session: session.execute(update(Invitation).values(valid_until=earlier))
    )

    answer = installation.browser().get(link)

    assert (answer.status, answer.heading) == (410, "L\u00e4nken \u00e4r f\u00f6r gammal")
    assert (
        "\u00e4r f\u00f6r gammal"
        in installation.browser("admin")
        .get("/administration/people")
        .main.one(id="invitations")
        .text
    )


@pytest.mark.parametrize("token", ["x", "A" * 32, "a" * 10_000, "%00", "..%2F..", "\u00e5"])
def test_a_link_that_was_never_made_is_not_found(lasting: Installation, token: str) -> None:
    assert lasting.browser().get(f"/invitations/{token}").status == 404


def test_a_withdrawn_link_leads_nowhere(installation: Installation) -> None:
    admin, link = installation.browser("admin"), _invited(installation)

    page = admin.get("/administration/people")
    admin.press(page, "Ta tillbaka: Ny Person")

    assert installation.browser().get(link).status == 404
    assert _invitations(installation) == []


def test_a_new_link_takes_the_place_of_the_old_one(installation: Installation) -> None:
    admin, old = installation.browser("admin"), _invited(installation)

    answer = admin.press(admin.get("/administration/people"), "Skapa en ny l\u00e4nk: Ny Person")

    assert installation.browser().get(old).status == 404
    assert installation.browser().get(_link(answer)).status == 200


def test_inviting_the_same_address_again_ends_the_first_invitation(
    installation: Installation,
) -> None:
    first, second = _invited(installation), _invited(installation, email="NY.person@example.org")

    assert installation.browser().get(first).status == 404
    assert installation.browser().get(second).status == 200
    assert len(_invitations(installation)) == 1


def test_an_address_of_another_organisation_is_as_one_that_nobody_has(
    either: Installation,
) -> None:
    admin = either.browser("admin")

    known = _invite(admin, email=either.emails[neighbour("staff")])
    unknown = _invite(admin, email="granne-okand@example.org")

    assert known.status == unknown.status == 200
    bodies = [
        re.sub(r"invitations/[\w-]+|value=\"[^\"]*\"", "", answer.text)
        for answer in (known, unknown)
    ]
    assert bodies[0] == bodies[1]
    person = either.browser()
    assert _accept(person, _link(known)).status == 302


@pytest.mark.parametrize("spelling", ["{}", "  {} ", "{} "])
def test_an_address_of_the_own_organisation_is_told(lasting: Installation, spelling: str) -> None:
    before = lasting.stored()

    answer = _invite(lasting.of("admin"), email=spelling.format(lasting.emails["staff"].upper()))

    assert answer.status == 422
    assert answer.page.one(id="email-error").text == (
        "Adressen har redan ett konto h\u00e4r. Leta efter det bland personerna."
    )
    assert lasting.stored() == before


@pytest.mark.parametrize(
    "alike",
    [
        {"name": "Amina Lindqvist"},
        {"name": "\u0410mina Lindqvist"},
        {"email": "sjukskoterska@example.org"},
        {"email": "Sjuk.skoterska+1@example.org"},
    ],
)
def test_somebody_who_looks_like_one_of_us_is_asked_about(
    installation: Installation, alike: dict[str, str]
) -> None:
    admin = installation.browser("admin")

    asked = _invite(admin, **alike)
    sent = admin.send(asked, {"another": "y"})

    assert asked.status == 422
    assert "Amina Lindqvist" in asked.main.one(class_="notice flow").text
    assert sent.status == 200
    assert installation.browser().get(_link(sent)).status == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", ""),
        ("email", "a@b"),
        ("email", "a b@example.org"),
        ("email", '"a b"@example.org'),
        ("email", "a@example.org,b@example.org"),
        ("email", "a@example.org\nBcc: b@example.org"),
        ("email", "a" * 255 + "@example.org"),
        ("email", "a@" + "b" * 70 + ".se"),
        ("name", ""),
        ("name", "Bo\nEk"),
        ("name", "a" * 201),
        ("role", "operator"),
        ("role", ""),
        ("unit", "x"),
    ],
)
def test_what_cannot_be_used_is_told_beside_its_field(
    lasting: Installation, field: str, value: str
) -> None:
    before = lasting.stored()

    answer = _invite(lasting.of("admin"), **{field: value})

    assert answer.status == 422
    assert answer.page.one(id=f"{field}-error").text in answer.errors
    assert lasting.stored() == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("new_password", ""),
        ("new_password", "kort"),
        ("new_password", "password1234"),
        ("new_password", "ny.person@example.org"),
        ("new_password", "a" * 1_000),
    ],
)
def test_an_account_needs_a_name_and_a_good_password(
    lasting: Installation, field: str, value: str
) -> None:
    link = _invited(lasting)

    answer = _accept(lasting.browser(), link, **{field: value})

    assert answer.status == 422
    assert answer.page.one(id=f"{field}-error").text in answer.errors
    assert _new_user(lasting) is None


def test_who_accepts_chooses_neither_role_nor_address(installation: Installation) -> None:
    link = _invited(installation)
    foreign = str(installation.foreign.organisation_id)
    person = installation.browser()
    form = person.fill(person.get(link), {"name": "Ny Person", "new_password": PASSWORD})
    hostile = {"role": "admin", "email": "chef@example.org", "organisation_id": foreign}

    answer = person.post(link, form | hostile)

    assert answer.status == 302
    assert _new_user(installation, "chef@example.org") is None
    user = _new_user(installation)
    assert user is not None
    assert (user.role, str(user.organisation_id)) != ("admin", foreign)
    assert user.role == "support"


def test_an_address_that_got_an_account_meanwhile_is_told(installation: Installation) -> None:
    link = _invited(installation)
    organisation_id = installation.tasks()[0].organisation_id
    installation.change(
        lambda session: session.execute(
            update(User)
            .where(User.organisation_id == organisation_id, User.role == "leadership")
            .values(folded_email=NEW["email"], issuer="https://idp.example.org", subject=User.email)
        )
    )

    answer = _accept(installation.browser(), link)

    assert answer.status == 422
    assert [row.used_at for row in _invitations(installation)] == [None]


def test_the_same_form_sent_twice_is_one_invitation(installation: Installation) -> None:
    admin = installation.browser("admin")
    page = admin.get(INVITE)

    answers = [admin.send(page, NEW) for _ in range(2)]

    assert [answer.status for answer in answers] == [200, 302]
    assert len(_invitations(installation)) == 1


def test_the_first_administrator_is_led_into_the_set_up(installation: Installation) -> None:
    new = NewOrganisation("nykom", "Nykommun", OrganisationKind.MUNICIPALITY)
    now = datetime.now(UTC)
    invited, _ = installation.change(
        lambda session: operators.open_organisation(session, None, new, now.date(), now)
    )
    person = installation.browser()

    answer = _accept(person, f"/invitations/{invited.token}", email="eva@nykom.example.org")

    assert answer.location == "/administration/set-up"
    user = _new_user(installation, "eva@nykom.example.org")
    assert user is not None
    assert user.role == Role.ADMIN


def test_an_organisation_that_is_closed_lets_nobody_in(installation: Installation) -> None:
    link = _invited(installation)
    installation.change(lambda session: session.execute(update(Organisation).values(active=False)))

    assert installation.browser().get(link).status == 404


def test_by_mail_the_link_is_on_no_page(mailing: Installation) -> None:
    admin = mailing.browser("admin")

    page = admin.follow(_invite(admin))

    mails = mailing.ask(
        lambda session: list(
            session.scalars(select(OutboxMail).where(OutboxMail.recipient == NEW["email"]))
        )
    )
    assert [mail.kind for mail in mails] == ["invitation"]
    (link,) = re.findall(r"^http://localhost(/invitations/\S+)$", mails[0].text, re.MULTILINE)
    assert link not in page.text
    assert "Exempelkommunen" in mails[0].subject
    assert _accept(mailing.browser(), link).status == 302


def test_links_name_our_own_host_whatever_the_request_says(mailing: Installation) -> None:
    admin = mailing.browser("admin")
    page = admin.get(INVITE)
    form = admin.fill(page, NEW | {"email": "vard@example.org", "name": "V\u00e4rd"})

    admin.post(INVITE, form, headers={"X-Forwarded-Host": "evil.example.org"})
    strange = admin.post(INVITE, form, headers={"Host": "evil.example.org"})

    assert strange.status == 400
    texts = mailing.ask(lambda session: list(session.scalars(select(OutboxMail.text))))
    assert any("V\u00e4rd" in text for text in texts)
    assert not any("evil" in text for text in texts)
