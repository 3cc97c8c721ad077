"""The reviewers' side of what was written without a log-in, and how staff may report."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.web.anonymous_writer import PATH, batch, open_thread, receipt_in, write
from tests.web.browser import NEIGHBOUR, Browser
from tests.web.conftest import Installation
from timethief.domain.identifiers import to_text
from timethief.services import demonstration
from timethief.storage.tables import (
    AnonymousReport,
    AuditEvent,
    Organisation,
    Report,
    Task,
    TaskEvent,
)

TOLD = {
    "title": "Skriver listan för hand",
    "minutes": "10",
    "frequency": "daily",
    "people": "few",
    "requester_other": "Blankettgruppen",
}
LISTED = len(demonstration._content()["anonymous_reports"])


@pytest.fixture
def waiting(installation: Installation) -> AnonymousReport:
    """A report that a batch has shown."""
    write(installation, TOLD)
    batch(installation)
    return _of(installation, TOLD["title"])


def _of(installation: Installation, title: str) -> AnonymousReport:
    query = select(AnonymousReport).where(AnonymousReport.title == title)
    found: AnonymousReport = installation.ask(lambda session: session.scalars(query).one())
    return found


def _unit(support: Browser, address: str) -> str:
    return next(
        option.get("value")
        for option in support.get(address).page.one(id="unit").all("option")
        if "Medicinavdelning 3" in option.text
    )


def test_the_demonstration_has_reports_to_read(support: Browser) -> None:
    answer = support.get("/intake?which=anonymous")

    assert len(answer.main.all("li")) == LISTED - 1  # two say nearly the same
    assert "1 liknande" in answer.main.text
    assert "Väntar på att en chef ska godkänna" in answer.main.text
    assert "vecka" in answer.main.text


@pytest.mark.parametrize("role", ["staff", "leadership", "admin"])
def test_nobody_but_reviewers_sees_single_reports(
    installation: Installation, waiting: AnonymousReport, role: str
) -> None:
    browser = installation.of(role)

    for path in ("/intake", f"/intake/{waiting.id}", f"/intake/{waiting.id}/record"):
        answer = browser.get(path)
        assert answer.status == 403
        assert TOLD["title"] not in answer.text


def test_reports_that_say_nearly_the_same_are_one_line(
    installation: Installation, support: Browser
) -> None:
    for number in range(5):
        write(installation, {"title": f"Letar efter nycklar till förrådet{'.' * (number % 2)}"})
    batch(installation)

    lines = [line.text for line in support.get("/intake").main.all("li") if "nycklar" in line.text]

    assert len(lines) == 1
    assert "4 liknande" in lines[0]


def test_a_long_list_has_pages(installation: Installation, support: Browser) -> None:
    words = ("penna", "bil", "mapp", "stol", "lampa", "dörr", "kopp", "nyckel", "skärm", "låda")
    for first in words[:5]:
        for second in words[4:]:
            if first != second:
                write(installation, {"title": f"{first * 3} {second * 3}"})
    batch(installation)
    seen: list[str] = []
    address = "/intake"
    while address:
        answer = support.get(address)
        seen += [a["href"] for h in answer.main.all("h2") for a in h.all("a")]
        more = [a["href"] for a in answer.main.all("a") if a.text == "Visa fler"]
        address = more[0] if more else ""

    assert len(seen) == len(set(seen)) > 25


def test_a_report_tells_what_was_written_and_what_is_missing(
    support: Browser, waiting: AnonymousReport
) -> None:
    answer = support.get(f"/intake/{waiting.id}")

    assert answer.heading == TOLD["title"]
    assert "Blankettgruppen" in answer.main.text
    assert "Saknas: var det görs" in answer.main.text
    assert re.search(r"vecka \d+, \d{4}", answer.main.text)


def test_a_task_is_made_when_what_is_missing_has_been_added(
    installation: Installation, support: Browser, waiting: AnonymousReport
) -> None:
    address = f"/intake/{waiting.id}/task"
    tasks = installation.count(Task)

    refused = support.send(support.get(address), {})
    made = support.send(refused, {"unit": _unit(support, address)})
    task = support.follow(made)

    assert refused.status == 422
    assert "En uppgift behöver ett svar på det här." in refused.errors
    assert installation.count(Task) == tasks + 1
    assert task.heading == TOLD["title"]
    history = task.main.text
    assert "Kommer från ett anonymt inlägg" in history
    assert TOLD["title"] not in support.get("/intake").text
    assert _of(installation, TOLD["title"]).status == "used"


@pytest.mark.parametrize("joins", [False, True])
def test_who_wrote_reads_in_the_thread_that_it_is_a_task_now(
    installation: Installation, support: Browser, *, joins: bool
) -> None:
    receipt = receipt_in(write(installation, TOLD))
    batch(installation)
    address = f"/intake/{_of(installation, TOLD['title']).id}"
    if joins:
        form = {"csrf_token": support.get(address).token}
        support.post(f"{address}/join", form | {"task": to_text(installation.tasks()[0].id)})
    else:
        task = f"{address}/task"
        support.send(support.get(task), {"unit": _unit(support, task)})
    told = "Det du rapporterade finns nu i inventeringen"
    assert told not in open_thread(installation, receipt).main.text

    batch(installation)

    assert told in open_thread(installation, receipt).main.text


def test_the_first_line_of_the_history_names_no_week(
    installation: Installation, support: Browser, waiting: AnonymousReport
) -> None:
    address = f"/intake/{waiting.id}/task"
    support.send(support.get(address), {"unit": _unit(support, address)})

    task_id = _of(installation, TOLD["title"]).task_id
    events = installation.ask(
        lambda session: list(session.scalars(select(TaskEvent).where(TaskEvent.task_id == task_id)))
    )

    assert [event.kind for event in events] == ["from_anonymous"]
    assert waiting.released_week is not None
    assert waiting.released_week not in str([events[0].before, events[0].after])
    report = installation.ask(lambda session: session.get(Report, waiting.id))
    assert report.user_id is None


def test_the_same_form_twice_makes_one_task(support: Browser, waiting: AnonymousReport) -> None:
    address = f"/intake/{waiting.id}/task"
    form = support.fill(support.get(address), {"unit": _unit(support, address)})

    first, again = support.post(address, form), support.post(address, form)

    assert first.location == again.location


def test_a_second_reviewer_is_told_that_somebody_was_first(
    support: Browser, waiting: AnonymousReport
) -> None:
    address = f"/intake/{waiting.id}/task"
    form = support.get(address)
    unit = {"unit": _unit(support, address)}
    other = support.get(address)
    support.send(form, unit)

    answer = support.send(other, unit)

    assert answer.status == 409
    assert "Någon annan hann ta hand om det" in answer.main.text


def test_a_report_joins_a_task_that_is_there(
    installation: Installation, support: Browser, waiting: AnonymousReport
) -> None:
    task_id = to_text(installation.tasks()[0].id)
    token = support.get(f"/intake/{waiting.id}").token

    joined = support.post(f"/intake/{waiting.id}/join", {"csrf_token": token, "task": task_id})

    assert joined.location == f"/tasks/{task_id}"
    assert _of(installation, TOLD["title"]).task_id == installation.tasks()[0].id


@pytest.mark.parametrize("task", ["", "zzzzzzzzzzzz", "x" * 500])
def test_a_task_that_is_not_there_cannot_be_joined(
    support: Browser, waiting: AnonymousReport, task: str
) -> None:
    token = support.get(f"/intake/{waiting.id}").token

    answer = support.post(f"/intake/{waiting.id}/join", {"csrf_token": token, "task": task})

    assert answer.status == 404


def test_an_answer_begins_with_words_to_go_on_from(
    support: Browser, waiting: AnonymousReport
) -> None:
    begun = support.get(f"/intake/{waiting.id}?begin=question")

    assert "behöver vi veta" in begun.page.one(id="text").text
    chosen = [e for e in begun.page.all("input", name="intake_status") if "checked" in e.attributes]
    assert [each["value"] for each in chosen] == ["asked"]


def test_an_answer_whose_opening_is_not_filled_in_is_not_sent(
    support: Browser, waiting: AnonymousReport
) -> None:
    begun = support.get(f"/intake/{waiting.id}?begin=kept")
    text = begun.page.one(id="text").text

    answer = support.send(begun, {"text": text}, "answer-form")

    assert answer.status == 422
    assert "Skriv något där det står punkter" in answer.main.text
    finished = text.replace("…", "lagen säger det.")
    assert support.send(answer, {"text": finished}, "answer-form").status == 302


def test_a_question_needs_words(support: Browser, waiting: AnonymousReport) -> None:
    page = support.get(f"/intake/{waiting.id}")

    answer = support.send(page, {"text": " ", "intake_status": "asked"}, "answer-form")

    assert answer.status == 422


@pytest.mark.parametrize("status", ["used", "gone", ""])
def test_a_status_that_cannot_be_chosen_is_refused(
    support: Browser, waiting: AnonymousReport, status: str
) -> None:
    page = support.get(f"/intake/{waiting.id}")

    answer = support.send(page, {"text": "Hej", "intake_status": status}, "answer-form")

    assert answer.status == 422


def test_the_record_holds_what_is_stored_and_no_more(
    support: Browser, waiting: AnonymousReport
) -> None:
    answer = support.get(f"/intake/{waiting.id}/record")

    assert set(answer.json) == {
        *("id", "organisation_id", "released_week", "changed_week", "title", "description"),
        *("minutes", "times", "per", "people", "people_low", "people_high", "unit_id"),
        *("staff_category_id", "requester_id", "requester_name", "use_answer", "worth_share"),
        *("achievable_minutes", "signals", "status", "shown_status", "task_id", "messages"),
    }
    assert answer.json["title"] == TOLD["title"]


def test_an_incomplete_report_of_somebody_logged_in_waits_and_is_completed(
    support: Browser, staff: Browser
) -> None:
    staff.send(staff.get("/log"), {"title": "Räknar handdukar", "unit": ""}, "log-form")
    link = next(a for a in support.get("/intake").main.all("a") if a.text == "Räknar handdukar")
    address = f"{link['href']}/task"

    made = support.send(
        support.get(address),
        {k: v for k, v in TOLD.items() if k != "title"}
        | {"requester": "other", "unit": _unit(support, address)},
    )

    assert support.follow(made).heading == "Räknar handdukar"
    assert "Räknar handdukar" not in support.get("/intake").text
    assert "Räknar handdukar" in staff.get("/log/mine").text


def test_another_organisations_reviewer_finds_nothing(
    installation: Installation, waiting: AnonymousReport
) -> None:
    neighbour = installation.of(NEIGHBOUR)

    for path in ("", "/task", "/record"):
        assert neighbour.get(f"/intake/{waiting.id}{path}").status == 404
    assert TOLD["title"] not in neighbour.get("/intake").text


@pytest.mark.parametrize("cursor", ["x", "0.2026-01-01.x", "a.b.c", "%00"])
def test_a_cursor_that_cannot_be_read_is_refused(support: Browser, cursor: str) -> None:
    assert support.get(f"/intake?after={cursor}").status == 422


def _acts(installation: Installation) -> list[AuditEvent]:
    """What stands in the organisation's trail."""
    own = select(Organisation.id).where(Organisation.code == demonstration.CODE)
    query = select(AuditEvent).where(AuditEvent.organisation_id.in_(own))
    found: list[AuditEvent] = installation.ask(lambda session: list(session.scalars(query)))
    return found


def test_an_administrator_chooses_how_staff_report_and_it_is_noted(
    installation: Installation, admin: Browser
) -> None:
    page = admin.get("/administration/reporting")

    admin.send(page, {"mode": "pseudonymous"}, "mode-form")

    assert "Du är inloggad för att nå formuläret" in admin.get(page.address).main.text
    events = _acts(installation)
    assert [(e.act, e.before, e.after) for e in events] == [
        (
            "reporting_mode_changed",
            {"reporting_mode": "anonymous"},
            {"reporting_mode": "pseudonymous"},
        )
    ]


def _code(session: Session) -> str:
    query = select(Organisation.reporting_code).where(Organisation.code == demonstration.CODE)
    return session.scalars(query).one() or ""


def test_a_mode_that_is_none_is_refused(admin: Browser) -> None:
    answer = admin.send(admin.get("/administration/reporting"), {"mode": "secret"}, "mode-form")

    assert answer.status == 422


def test_a_new_code_is_random_can_be_said_and_is_noted(
    installation: Installation, admin: Browser
) -> None:
    codes = set()
    for _ in range(3):
        admin.press(admin.get("/administration/reporting"), "Gör en ny kod")
        codes.add(installation.ask(_code))

    assert len(codes) == 3
    assert all(
        re.fullmatch(r"([bdfgklmnprstv][aeiou]){3}-([bdfgklmnprstv][aeiou]){3}", c) for c in codes
    )
    assert len(_acts(installation)) == 3


def test_the_poster_leads_to_the_form_by_a_picture_of_our_own(admin: Browser) -> None:
    poster = admin.get("/administration/reporting/poster")

    picture = poster.page.one("img")
    assert picture["src"].startswith("data:image/svg+xml")
    assert picture["alt"] == f"QR-kod som leder till http://localhost{PATH}"
    assert f"http://localhost{PATH}" in poster.main.text
    assert "Du loggar inte in." in poster.main.text


def test_without_a_code_there_is_no_poster(admin: Browser) -> None:
    admin.send(admin.get("/administration/reporting"), {"mode": "open"}, "mode-form")

    assert admin.get("/administration/reporting/poster").status == 404


def test_a_thread_can_be_followed_after_the_way_of_reporting_has_changed(
    installation: Installation, admin: Browser
) -> None:
    receipt = receipt_in(write(installation, TOLD))
    admin.send(admin.get("/administration/reporting"), {"mode": "open"}, "mode-form")

    assert open_thread(installation, receipt).heading == "Ditt inlägg"
