"""A requester is asked by a link, answers without an account, and the task tells it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from tests.web.browser import NEIGHBOUR, Answer, Change
from tests.web.conftest import Installation, Make
from timethief.config import MailServer
from timethief.domain.identifiers import from_text, to_text
from timethief.domain.mail import MailState
from timethief.services.asking.links import token_of
from timethief.storage.tables import (
    AuditEvent,
    Inquiry,
    Organisation,
    OutboxMail,
    Requester,
    TaskEvent,
    Unit,
    User,
)

SOON = (datetime.now(UTC) + timedelta(days=21)).date().isoformat()
YES: dict[str, Change] = {
    "used": "yes",
    "beneficiary": "requester",
    "purpose": "follow_up",
    "relevant": "partly",
    "worth": "simpler",
    "comment": "Vi läser den en gång i kvartalet.",
    "answered_by": "Controller",
}
NO: dict[str, Change] = {"used": "no", "relevant": "unknown", "worth": "no"}


@pytest.fixture(params=["sqlite", "postgresql"])
def mailing(request: pytest.FixtureRequest, install: Make) -> Installation:
    """An installation that sends mail, for this test alone."""
    server = MailServer("smtp", "localhost", 25)
    return install(request.param, mail_server=server, mail_from="tidstjuv@example.org")


def _ask(installation: Installation, **fields: Change) -> Answer:
    """The page that follows when a reviewer asks of the first task."""
    support = installation.browser("support")
    task = support.get(f"/tasks/{installation.task_id}")
    (link,) = [each for each in task.main.all("a") if each.text == "Fråga beställaren"]
    return support.follow(support.send(support.get(link["href"]), fields))


def _link(page: Answer) -> str:
    link = page.page.one(id="link").text.strip()
    assert link.startswith("http://localhost/answers/")
    return link.removeprefix("http://localhost")


def _answer(installation: Installation, link: str, fields: dict[str, Change]) -> Answer:
    browser = installation.browser()
    return browser.send(browser.get(link), fields)


def _stated(installation: Installation) -> int:
    """On how many tasks an answer has been stated."""
    return len(
        installation.ask(
            lambda session: session.scalars(
                select(TaskEvent.id).where(TaskEvent.kind == "requester_answered")
            ).all()
        )
    )


def test_asked_by_hand_answered_without_an_account_and_shown_to_all(
    installation: Installation,
) -> None:
    asked = _ask(installation)
    link = _link(asked)
    staff = installation.browser("staff")
    waiting = staff.get(f"/tasks/{installation.task_id}").page.one(
        "section", **{"aria-labelledby": "requester-says"}
    )
    requester = installation.browser()
    page = requester.get(link)

    thanks = requester.follow(requester.send(page, YES))

    assert "Väntar på svar" in waiting.text
    assert "Fråga beställaren" not in waiting.text
    assert page.heading == "Tre frågor från Exempelkommunen"
    assert thanks.heading == "Tack för ditt svar"
    after = staff.get(f"/tasks/{installation.task_id}").main.text
    assert "Vi läser den en gång i kvartalet." in after
    assert "Bara om det görs mer sällan eller enklare" in after
    assert "Beställaren svarade" in after
    again = requester.get(link)
    assert (again.status, again.heading) == (200, "Tack för ditt svar")
    assert again.main.all("form") == []


def test_the_reviewer_sees_beforehand_what_the_requester_sees(installation: Installation) -> None:
    support = installation.browser("support")
    preview = support.get(f"/inquiries/ask/task/{installation.task_id}").page.one(id="shown")

    link = _link(_ask(installation))

    assert installation.browser().get(link).page.one(id="shown").text == preview.text
    task = installation.tasks()[0]
    assert task.title in preview.text


def test_the_page_of_the_requester_names_nobody_and_no_unit(installation: Installation) -> None:
    text = installation.browser().get(_link(_ask(installation))).main.text
    names = installation.ask(
        lambda session: {*session.scalars(select(Unit.name)), *session.scalars(select(User.name))}
    )

    asked = installation.tasks()[0].requester_id
    own = installation.ask(lambda session: session.get_one(Requester, asked).name)
    assert len(names) > 5
    assert [name for name in names if name in text.replace(own, "")] == []


def test_the_link_is_mailed_and_says_it_again_in_a_reminder(mailing: Installation) -> None:
    asked = _ask(mailing, recipient="registrator@example.org", message="Ring gärna mig.")
    support = mailing.browser("support")

    reminded = support.follow(support.press(support.get(asked.address), "Påminn nu"))
    once_more = support.follow(support.press(reminded, "Påminn nu"))

    assert "Påminnelsen är på väg" in once_more.main.text
    first, second = _mails(mailing)
    links = [
        re.findall(r"^http://localhost(/answers/\S+)$", text, re.MULTILINE)[0]
        for text in (first, second)
    ]
    assert links == [_link(asked)] * 2
    assert mailing.browser().get(links[0]).heading.startswith("Tre frågor")


def _mails(installation: Installation) -> list[str]:
    query = select(OutboxMail.text).where(OutboxMail.kind == "inquiry")
    return list(
        installation.ask(
            lambda session: session.scalars(query.order_by(OutboxMail.queued_at)).all()
        )
    )


def test_undo_takes_the_question_back_and_the_mail_with_it(mailing: Installation) -> None:
    asked = _ask(mailing, recipient="registrator@example.org")
    link, support = _link(asked), mailing.browser("support")

    undone = support.follow(support.press(support.get(asked.address), "Ta tillbaka frågan"))

    assert "Tillbakatagen" in undone.main.text
    assert _mails(mailing) == []
    closed = mailing.browser().get(link)
    assert (closed.status, closed.heading) == (410, "Frågan är stängd")


def test_mail_that_does_not_arrive_is_told_where_the_question_stands(
    mailing: Installation,
) -> None:
    asked = _ask(mailing, recipient="registrator@example.org")
    mailing.change(
        lambda session: session.execute(
            update(OutboxMail).values(state=MailState.GIVEN_UP.value, ended_at=datetime.now(UTC))
        )
    )

    support = mailing.browser("support")
    for address in (asked.address, "/inquiries", f"/tasks/{mailing.task_id}"):
        assert "Mejlet kom inte fram" in support.get(address).main.text
    staff = mailing.browser("staff").get(f"/tasks/{mailing.task_id}").main.text
    assert "Mejlet kom inte fram" not in staff
    assert "registrator@example.org" not in staff


@pytest.mark.parametrize("place", [0, 20, -1])
def test_an_altered_link_is_as_one_that_never_was(lasting: Installation, place: int) -> None:
    token = token_of(lasting.app.config["SECRET_KEY"], 1, 2)
    letter = "A" if token[place] != "A" else "B"
    altered = token[:place] + letter + token[len(token) + place + 1 if place < 0 else place + 1 :]
    tokens = (altered, token, "x" * len(token))
    browser = lasting.browser()

    answers = {each: browser.get(f"/answers/{each}") for each in tokens}

    assert {answer.status for answer in answers.values()} == {404}
    assert len({answer.text.replace(each, "") for each, answer in answers.items()}) == 1


def test_a_link_that_joins_one_organisation_to_the_question_of_another_is_none(
    installation: Installation,
) -> None:
    inquiry = from_text(_ask(installation).address.rpartition("/")[2])
    secret = installation.app.config["SECRET_KEY"]

    forged = token_of(secret, installation.foreign.organisation_id, inquiry)

    assert installation.browser().get(f"/answers/{forged}").status == 404


def test_the_link_of_an_organisation_that_is_closed_opens_nothing(
    installation: Installation,
) -> None:
    link = _link(_ask(installation))
    own = installation.tasks()[0].organisation_id
    installation.change(
        lambda session: session.execute(
            update(Organisation).where(Organisation.id == own).values(active=False)
        )
    )

    assert installation.browser().get(link).status == 404


def test_an_old_link_says_that_it_is_closed(installation: Installation) -> None:
    link = _link(_ask(installation))
    browser = installation.browser()
    page = browser.get(link)
    installation.change(
        lambda session: session.execute(
            update(Inquiry).values(deadline=datetime.now(UTC).date() - timedelta(days=91))
        )
    )

    assert browser.get(link).status == 410
    sent = browser.post(link, browser.fill(page, YES))
    assert sent.status == 410
    assert _stated(installation) == 0


def test_a_late_answer_is_welcome(installation: Installation) -> None:
    link = _link(_ask(installation))
    installation.change(
        lambda session: session.execute(
            update(Inquiry).values(deadline=datetime.now(UTC).date() - timedelta(days=2))
        )
    )

    page = installation.browser().get(link)

    assert "Det är fortfarande välkommet" in page.main.text
    assert (
        "Har inte svarat"
        in installation.browser("staff").get(f"/tasks/{installation.task_id}").main.text
    )
    assert _answer(installation, link, NO).status == 302


def test_who_comes_second_sees_what_the_first_answered_and_what_was_typed(
    installation: Installation,
) -> None:
    link = _link(_ask(installation))
    first, second = installation.browser(), installation.browser()
    page = second.get(link)
    first.send(first.get(link), YES)

    answer = second.post(link, second.fill(page, NO | {"comment": "Mitt eget svar"}))

    assert (answer.status, answer.heading) == (409, "Frågan är besvarad")
    assert "Mitt eget svar" in answer.main.text
    assert "Vi läser den en gång i kvartalet." in answer.main.text
    assert _stated(installation) == 1


def test_pressed_twice_it_is_one_answer(installation: Installation) -> None:
    link, browser = _link(_ask(installation)), installation.browser()
    fields = browser.fill(browser.get(link), YES)

    answers = [browser.post(link, fields) for _ in range(2)]

    assert [answer.status for answer in answers] == [302, 302]
    assert _stated(installation) == 1


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({}, ["used", "relevant", "worth"]),
        ({"used": "yes", "relevant": "yes", "worth": "yes"}, ["beneficiary", "purpose"]),
        (YES | {"used": "maybe"}, ["used"]),
        (YES | {"purpose": "self_protection"}, ["purpose"]),
        (YES | {"comment": "x" * 2_001}, ["comment"]),
        (YES | {"answered_by": "x" * 201}, ["answered_by"]),
    ],
)
def test_what_is_missing_is_told_and_what_was_typed_is_kept(
    lasting: Installation, fields: dict[str, Change], wrong: list[str]
) -> None:
    link = _standing(lasting)

    answer = _answer(lasting, link, fields)

    assert answer.status == 422
    assert answer.title.startswith("Fel:")
    told = [answer.page.one(id=f"{name}-error").text for name in wrong]
    assert answer.errors == told
    assert len(set(told)) == len(told)
    kept = answer.page.one(id="comment").text.strip()
    assert kept == str(fields.get("comment", ""))


def _standing(installation: Installation) -> str:
    """The link of a question that stands in an installation that tests share."""
    task = installation.tasks()[0]
    found = installation.ask(
        lambda session: session.scalars(select(Inquiry).where(Inquiry.task_id == task.id)).first()
    )
    if found is None:
        return _link(_ask(installation))
    token = token_of(installation.app.config["SECRET_KEY"], found.organisation_id, found.id)
    return f"/answers/{token}"


def test_a_form_that_stood_open_too_long_keeps_what_was_answered(
    installation: Installation,
) -> None:
    link, browser = _link(_ask(installation)), installation.browser()
    fields = browser.fill(browser.get(link), YES) | {"csrf_token": "old"}

    answer = browser.post(link, fields)
    sent = browser.send(answer)

    assert answer.status == 400
    assert answer.page.one(id="comment").text.strip() == YES["comment"]
    assert sent.status == 302
    assert _stated(installation) == 1


def test_what_was_chosen_before_it_was_said_to_be_unused_counts_no_more(
    installation: Installation,
) -> None:
    link = _link(_ask(installation))

    assert _answer(installation, link, YES | {"used": "no"}).status == 302

    row = installation.ask(lambda session: session.scalars(select(Inquiry)).one())
    assert (row.used, row.beneficiary, row.purpose) == ("no", None, None)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"deadline": "2020-01-01"}, "deadline"),
        ({"deadline": "i morgon"}, "deadline"),
        ({"deadline": ""}, "deadline"),
        ({"message": "x" * 1_001}, "message"),
        ({"recipient": "a@x.se\r\nBcc: b@x.se"}, "recipient"),
        ({"recipient": "ingen"}, "recipient"),
    ],
)
def test_a_question_that_cannot_be_asked_is_told_beside_its_field(
    mailing: Installation, fields: dict[str, Change], field: str
) -> None:
    support = mailing.browser("support")
    asking = support.get(f"/inquiries/ask/task/{mailing.task_id}")

    answer = support.send(asking, {"message": "Mina ord"} | fields)

    assert answer.status == 422
    assert answer.page.one(id=f"{field}-error").text in answer.errors
    assert mailing.count(Inquiry) == 0
    assert _mails(mailing) == []


def test_a_requirement_is_asked_about_from_the_page_of_its_requester(
    installation: Installation,
) -> None:
    support = installation.browser("support")
    task = next(each for each in installation.tasks() if each.requirement_id)
    page = support.get(f"/requesters/{to_text(task.requester_id)}")
    link = next(a for a in page.main.all("a") if a["href"].startswith("/inquiries/ask/"))

    asked = support.follow(support.send(support.get(link["href"]), {"deadline": SOON}))
    thanks = _answer(installation, _link(asked), NO)

    assert thanks.status == 302
    after = support.get(asked.address).main.text
    assert "Har svarat" in after
    assert "Svaret är infört på" in after
    assert _stated(installation) > 0
    assert "Vad beställaren säger" in support.get(f"/tasks/{to_text(task.id)}").main.text


def test_the_requester_page_says_that_a_requirement_has_been_asked_about(
    installation: Installation,
) -> None:
    support = installation.browser("support")
    task = next(each for each in installation.tasks() if each.requirement_id)
    address = f"/requesters/{to_text(task.requester_id)}"
    asking = f"/inquiries/ask/requirement/{to_text(task.requirement_id or 0)}"

    support.send(support.get(asking), {"deadline": SOON})

    assert "Har fått frågan" in support.get(address).main.text
    assert asking not in support.get(address).text
    assert asking not in installation.browser("staff").get(address).text


def test_asking_and_taking_back_stand_in_the_trail_without_the_address(
    mailing: Installation,
) -> None:
    asked = _ask(mailing, recipient="registrator@example.org")
    support = mailing.browser("support")
    support.press(support.get(asked.address), "Ta tillbaka frågan")

    trail = mailing.browser("admin").get("/administration/trail").main.text
    kept = mailing.ask(lambda session: session.scalars(select(AuditEvent)).all())

    assert "En beställare fick en fråga" in trail
    assert "En fråga till en beställare togs tillbaka" in trail
    assert "registrator" not in "".join(f"{each.before}{each.after}" for each in kept)


def test_only_reviewers_are_offered_to_ask(lasting: Installation) -> None:
    for role in ("staff", "leadership", "admin"):
        page = lasting.of(role).get(f"/tasks/{lasting.task_id}")
        assert "/inquiries/" not in page.text


def test_the_list_shows_what_waits_and_what_has_been_answered(installation: Installation) -> None:
    asked = _ask(installation)
    support = installation.browser("support")
    waiting = support.get("/inquiries").main.text
    _answer(installation, _link(asked), YES)

    ended = support.get("/inquiries").main.text

    assert "Väntar på svar" in waiting
    assert "Har svarat" not in waiting
    assert "Har svarat" in ended
    assert NEIGHBOUR not in ended


def test_the_page_speaks_the_language_of_the_organisation(installation: Installation) -> None:
    link = _link(_ask(installation))
    own = installation.tasks()[0].organisation_id
    installation.change(
        lambda session: session.execute(
            update(Organisation).where(Organisation.id == own).values(language="en")
        )
    )

    assert installation.browser().get(link).heading.startswith("Three questions")
    assert installation.browser().get(f"{link}?language=sv").heading.startswith("Tre frågor")


@pytest.mark.parametrize("field", ["comment", "answered_by"])
def test_who_points_somebody_out_is_asked_first(installation: Installation, field: str) -> None:
    link = _link(_ask(installation))
    requester = installation.browser()

    asked = requester.send(requester.get(link), YES | {field: "Rut Svensson, 19640823-3234"})

    assert asked.status == 422
    assert "ser ut som ett personnummer" in asked.main.text
    assert "Rut, Svensson" in asked.main.text
    assert _stated(installation) == 0
    assert requester.send(asked, {"as_it_is": "1"}).status == 302
    assert _stated(installation) == 1


def test_the_intake_leads_to_the_questions(lasting: Installation) -> None:
    page = lasting.of("support").get("/intake")

    assert "/inquiries" in [each["href"] for each in page.main.all("a")]


def test_own_words_are_said_to_stand_in_a_mail_only_where_one_is_sent(
    mailing: Installation, lasting: Installation
) -> None:
    told = [
        each.browser("support").get(f"/inquiries/ask/task/{each.task_id}").main.text
        for each in (mailing, lasting)
    ]

    assert ["De står i mejlet" in each for each in told] == [True, False]
    assert "De står ovanför frågorna." in told[1]
