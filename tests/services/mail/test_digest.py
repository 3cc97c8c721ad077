from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from tests import make
from tests.services.mail.conftest import Outbox
from tests.services.mail.post_office import PostOffice
from tests.services.settings import CONFIG
from tests.web.markup import parse
from timethief.cli.digest import write_digest
from timethief.domain.mail import Mail, MailKind
from timethief.domain.mail_preferences import Choice
from timethief.domain.people import Actor, Role
from timethief.services import mail_preferences
from timethief.services.digest import send_digests
from timethief.services.jobs import Surroundings
from timethief.storage.tables import Organisation, OutboxMail, User

THIRD = datetime(2026, 4, 3, 5, 30, tzinfo=UTC)
TITLE = "Hemlig uppgift om Zacharias"


def _person(queued: Outbox, role: Role, email: str, unit_id: int | None = None) -> Actor:
    with queued.database.writing_all() as session:
        who = make.actor(session, queued.place, role)
        user = session.get_one(User, who.user_id)
        user.email = user.folded_email = email
        user.unit_id = unit_id
    return replace(who, unit_id=unit_id)


def _run(queued: Outbox, now: datetime = THIRD) -> dict[str, int]:
    surroundings = Surroundings(queued.database, CONFIG, write_digest=write_digest)
    return dict(send_digests(surroundings, now))


def _choose(queued: Outbox, who: Actor, **choices: str) -> None:
    with queued.database.writing(who.organisation_id) as session:
        mail_preferences.choose(session, who, choices)


def _told(queued: Outbox, who: Actor, kind: MailKind, key: str = "1") -> Choice:
    with queued.database.writing(who.organisation_id) as session:
        user = session.scalars(select(User).where(User.id == who.user_id)).one()
        mail = Mail(who.organisation_id, user.email, kind, key, "Ett ärende", "Det väntar.")
        return mail_preferences.queue_if_wanted(session, user, kind, mail, make.NOW)


def test_leadership_gets_five_lines_of_numbers_and_a_link_and_no_free_text(
    queued: Outbox, post_office: PostOffice
) -> None:
    _person(queued, Role.LEADERSHIP, "ledning@example.org")
    for role in (Role.SUPPORT, Role.STAFF, Role.ADMIN):
        _person(queued, role, f"{role}@example.org")
    with queued.database.writing_all() as session:
        make.task(session, queued.place, title=TITLE, description=TITLE)

    counted = _run(queued)
    queued.send(THIRD)

    [got] = post_office.taken
    text = got.part("plain")
    assert counted == {"letters": 1}
    assert got.message["Subject"] == "Tidstjuvar i Ort: läget i mars 2026"
    for start in ("1. Kartlagd tid: ", "2. Frigjort hittills: ", "3. Vem vill ha det: "):
        assert start in text
    assert "4. Att besluta om: " in text
    assert "5. Så säkert är det: 1 uppgifter, " in text
    assert "/dashboard" in text
    assert TITLE not in text + got.part("html")
    assert "Statusrapport" not in text


def test_the_letter_has_its_styles_on_the_elements(queued: Outbox, post_office: PostOffice) -> None:
    _person(queued, Role.LEADERSHIP, "ledning@example.org")
    _run(queued)
    queued.send(THIRD)

    page = parse(post_office.taken[0].part("html"))

    button = next(a for a in page.all("a") if a.text == "Öppna sidan")
    assert button["href"].endswith("/dashboard")
    assert "background" in button["style"]


@pytest.mark.parametrize("day", [3, 4, 9])
def test_it_comes_once_a_month_however_often_the_job_runs(queued: Outbox, day: int) -> None:
    _person(queued, Role.LEADERSHIP, "ledning@example.org")

    counted = [_run(queued, THIRD.replace(day=each)) for each in (day, day, 9)]
    following = _run(queued, THIRD.replace(month=5))

    assert counted == [{"letters": 1}, {}, {}]
    assert following == {"letters": 1}
    assert sorted(mail.key for mail in queued.mails()) == ["digest-2026-04", "digest-2026-05"]


@pytest.mark.parametrize("day", [1, 2, 10, 28])
def test_on_other_days_nothing_is_sent(queued: Outbox, day: int) -> None:
    _person(queued, Role.LEADERSHIP, "ledning@example.org")

    assert _run(queued, THIRD.replace(day=day)) == {}


def test_support_gets_it_who_wants_it_and_leadership_not_who_does_not(queued: Outbox) -> None:
    support = _person(queued, Role.SUPPORT, "stina@example.org")
    leader = _person(queued, Role.LEADERSHIP, "ledning@example.org")
    _choose(queued, support, digest="each")
    _choose(queued, leader, digest="never")

    _run(queued)

    assert [mail.recipient for mail in queued.mails()] == ["stina@example.org"]


def test_what_is_wanted_in_the_monthly_letter_is_only_counted_there(
    queued: Outbox, post_office: PostOffice
) -> None:
    support = _person(queued, Role.SUPPORT, "stina@example.org")
    _choose(queued, support, case="digest", follow_up="never")

    taken = [
        _told(queued, support, MailKind.CASE, "1"),
        _told(queued, support, MailKind.CASE, "1"),
        _told(queued, support, MailKind.CASE, "2"),
        _told(queued, support, MailKind.FOLLOW_UP),
        _told(queued, support, MailKind.REVIEW_DATE),
    ]
    before = {mail.kind: (mail.state, mail.text) for mail in queued.mails()}
    _run(queued)
    queued.send(THIRD)

    assert taken == [Choice.DIGEST] * 3 + [Choice.NEVER, Choice.EACH]
    assert before == {"case": ("in_digest", ""), "review_date": ("waiting", "Det väntar.")}
    letter = next(each.part("plain") for each in post_office.taken if "månad" in each.part("plain"))
    assert "2 meddelanden om ärenden som väntar på dig." in letter
    assert "1. Kartlagd tid" not in letter
    assert {mail.state for mail in queued.mails() if mail.kind == "case"} == {"told"}
    assert _run(queued, THIRD.replace(month=5)) == {}


def test_nobody_whose_account_is_closed_is_written_to(queued: Outbox) -> None:
    leader = _person(queued, Role.LEADERSHIP, "ledning@example.org")
    with queued.database.writing_all() as session:
        session.get_one(User, leader.user_id).active = False

    assert _run(queued) == {}
    assert _told(queued, leader, MailKind.CASE) is Choice.NEVER


def test_each_organisation_gets_its_own_figures(queued: Outbox, post_office: PostOffice) -> None:
    _person(queued, Role.LEADERSHIP, "ledning@example.org")
    with queued.database.writing_all() as session:
        other = make.organisation(session, "annan")
        session.get_one(Organisation, other.organisation_id).name = "Annan"
        make.task(session, other)
        make.actor(session, other, Role.LEADERSHIP)

    assert _run(queued) == {"letters": 2}
    queued.send(THIRD)

    [own] = post_office.to("ledning@example.org")
    assert "0 uppgifter" in own.part("plain")


def test_without_words_a_run_fails_and_nothing_is_lost(queued: Outbox) -> None:
    _person(queued, Role.LEADERSHIP, "ledning@example.org")

    with pytest.raises(RuntimeError):
        send_digests(Surroundings(queued.database, CONFIG), THIRD)

    with queued.database.reading_all() as session:
        assert session.scalars(select(OutboxMail)).all() == []
    assert _run(queued) == {"letters": 1}
