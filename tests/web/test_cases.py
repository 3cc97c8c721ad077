"""Asking for a review, handing on and answering, on the pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from tests.web.browser import NEIGHBOUR, Answer, Browser
from tests.web.conftest import UNIT_MANAGER, Installation
from timethief.domain.cases import ClosedAs
from timethief.domain.identifiers import to_text
from timethief.storage.tables import Case, CaseAnswer, ReviewRequest, User

REASON = "Vi fyller i samma uppgifter på två ställen."


def _ask(staff: Browser, task_id: str) -> Answer:
    page = staff.get(f"/review-requests/of-task/{task_id}")
    return staff.follow(staff.send(page, {"reason": REASON}))


def _case(installation: Installation) -> Case:
    """The case of the latest request that the tests have made."""
    query = (
        select(Case)
        .join(ReviewRequest, ReviewRequest.case_id == Case.id)
        .where(ReviewRequest.reason == REASON)
    )
    found: Case = installation.ask(lambda session: session.scalars(query).one())
    return found


@pytest.fixture
def asked(installation: Installation, staff: Browser) -> str:
    """The address of the case of a task that somebody wants tried."""
    _ask(staff, installation.task_id)
    return f"/cases/{to_text(_case(installation).id)}"


def test_a_request_gives_a_receipt_with_a_day(
    installation: Installation, staff: Browser, support: Browser
) -> None:
    receipt = _ask(staff, installation.task_id)

    assert "Du får ett första svar senast" in receipt.main.text
    assert REASON in support.get("/intake?which=requests").main.text
    task = staff.get(f"/tasks/{installation.task_id}")
    assert "Du har begärt prövning av den." in task.main.text


def test_nobody_but_reviewers_reads_the_reason(installation: Installation, asked: str) -> None:
    for role in ("staff", "leadership", "admin"):
        browser = installation.of(role)
        assert REASON not in browser.get(f"/tasks/{installation.task_id}").main.text
        assert browser.get(f"{asked}/hand-on").status == 403


def test_a_reason_is_needed_and_persons_are_asked_about(
    installation: Installation, staff: Browser
) -> None:
    page = staff.get(f"/review-requests/of-task/{installation.task_id}")

    empty = staff.send(page, {"reason": " "})
    named = staff.send(page, {"reason": "Patienten 19121212-1212 skrevs in två gånger."})

    assert empty.status == named.status == 422
    assert "Pekar texten ut någon?" in named.main.text
    assert installation.count(ReviewRequest) == 1  # the demonstration's


def test_a_request_is_taken_back_and_made_again(installation: Installation, staff: Browser) -> None:
    receipt = _ask(staff, installation.task_id)

    back = staff.follow(staff.press(receipt, "Ta tillbaka begäran"))
    closed = _case(installation).closed_as
    again = staff.follow(staff.press(back, "Ångra"))

    assert closed == ClosedAs.WITHDRAWN
    assert "Din begäran gäller igen." in again.main.text
    assert _case(installation).closed_as is None


def test_an_answer_stands_on_the_writers_page(staff: Browser, support: Browser, asked: str) -> None:
    begun = support.get(f"{asked}/answer?begin=kept")
    text = begun.page.one(id="text").text

    dots = support.send(begun, {"text": text}, "answer-form")
    sent = support.send(dots, {"text": text.replace("…", "lagen kräver det.")}, "answer-form")

    assert dots.status == 422
    assert sent.status == 302
    assert "lagen kräver det." in staff.get("/log/mine").main.text


def test_the_second_who_hands_on_sees_what_the_first_did(
    installation: Installation, support: Browser, asked: str
) -> None:
    address = f"{asked}/hand-on?way=unit_manager"
    first, second = support.get(address), support.get(address)
    support.send(first, {"reason": "Enheten bestämmer."}, "hand-on-form")

    met = support.send(second, {"reason": "Mitt skäl"}, "hand-on-form")

    assert met.status == 409
    assert "Enheten bestämmer." in met.main.text
    assert "Mitt skäl" in met.main.text
    assert support.send(met, {}, "hand-on-form").status == 302
    assert _case(installation).routed_reason == "Mitt skäl"


def test_the_service_desk_gets_a_text_and_the_writer_an_answer(
    installation: Installation, staff: Browser, support: Browser, asked: str
) -> None:
    page = support.get(f"{asked}/hand-on?way=local_fix")
    letter = page.page.one(id="letter").text

    done = support.follow(support.send(page, {"reason": "Toner."}, "hand-on-form"))
    case = _case(installation)
    undone = support.follow(support.press(done, "Ångra"))

    assert installation.tasks()[0].title in letter
    assert "servicedesk@exempel.se" in page.main.text
    assert case.closed_as == ClosedAs.LOCAL_FIX
    assert "Servicedesk" in staff.get("/log/mine").main.text
    assert "tillbaka där det var" in undone.main.text
    assert _case(installation).closed_as is None


def test_the_requester_is_asked_on_the_page_that_is_there(
    installation: Installation, support: Browser, asked: str
) -> None:
    page = support.get(f"{asked}/hand-on?way=requester")

    sent = support.send(page, {"reason": "Används det?"}, "hand-on-form")

    assert sent.location == f"/inquiries/ask/task/{installation.task_id}"
    assert _case(installation).waits_since is not None


@pytest.mark.parametrize("days", [-1, 0, 400])
def test_a_day_that_cannot_be_kept_is_refused(support: Browser, asked: str, days: int) -> None:
    due = (datetime.now(UTC) + timedelta(days=days)).date().isoformat()

    answer = support.send(support.get(f"{asked}/terms"), {"answer_due": due})

    assert answer.status == 422
    assert due in str(answer.main)


def test_somebody_who_may_is_named_to_decide(
    installation: Installation, support: Browser, asked: str
) -> None:
    page = support.get(f"{asked}/terms")
    [karin] = [o.get("value") for o in page.main.all("option") if o.text == "Karin Öhman"]

    assert support.send(page, {"decider_id": karin}).status == 302
    assert "Karin Öhman" in support.get(f"/tasks/{installation.task_id}").main.text


@pytest.mark.usefixtures("asked")
def test_a_case_is_taken_and_left(installation: Installation, support: Browser) -> None:
    task = support.get(f"/tasks/{installation.task_id}")

    taken = support.follow(support.press(task, "Jag tar det"))
    left = support.follow(support.press(taken, "Lämna tillbaka till funktionen"))

    assert "Du tar hand om det nu." in taken.main.text
    assert "Jag tar det" in left.main.text


def test_a_neighbour_finds_no_case(installation: Installation, asked: str) -> None:
    for path in ("hand-on", "answer", "terms"):
        assert installation.of(NEIGHBOUR).get(f"{asked}/{path}").status == 404


def test_an_incomplete_report_is_answered_too(
    installation: Installation, staff: Browser, support: Browser
) -> None:
    staff.send(staff.get("/log"), {"title": "Räknar handdukar", "unit": ""}, "log-form")
    assert "Du får ett första svar senast" in staff.get("/log/mine").main.text
    [link] = [
        a
        for a in support.get("/intake?which=incomplete").main.all("a")
        if a.text == "Räknar handdukar"
    ]
    report = support.get(link["href"])
    [answer] = [a["href"] for a in report.main.all("a") if a.text == "Svara dem som skrev"]

    sent = support.send(
        support.get(answer), {"text": "Hur ofta?", "template": "question"}, "answer-form"
    )

    assert sent.status == 302
    assert "Hur ofta?" in staff.get("/log/mine").main.text
    assert installation.count(CaseAnswer) >= 1


def test_who_a_case_is_handed_to_finds_it_and_nobody_else_does(
    installation: Installation, support: Browser, asked: str
) -> None:
    query = select(User.unit_id).where(User.email == "enhetschef@exempel.se")
    unit = to_text(installation.ask(lambda session: session.scalars(query).one()))
    page = support.get(f"{asked}/hand-on?way=unit_manager")
    support.send(page, {"reason": "Enheten bestämmer.", "unit_id": unit}, "hand-on-form")

    manager = installation.of(UNIT_MANAGER).get("/cases")
    leadership = installation.of("leadership").get("/cases")

    assert installation.tasks()[0].title in manager.main.text
    assert "Enheten bestämmer." in manager.main.text
    assert REASON not in manager.main.text
    assert "Enheten bestämmer." in leadership.main.text
    assert "Ärenden hos mig" in installation.of(UNIT_MANAGER).get("/inventory").page.text
    assert "Enheten bestämmer." not in support.get("/cases").main.text
    assert "Enheten bestämmer." not in installation.of(f"{NEIGHBOUR}").get("/cases").text
    for role in ("staff", "admin"):
        assert installation.of(role).get("/cases").status == 403


def test_who_is_named_to_decide_finds_the_way_to_decide(
    installation: Installation, support: Browser, asked: str
) -> None:
    page = support.get(f"{asked}/terms")
    [karin] = [o.get("value") for o in page.main.all("option") if o.text == "Karin Öhman"]
    assert "Här väntar inget." in installation.of("leadership").get("/cases").main.text
    support.send(page, {"decider_id": karin})

    links = [a["href"] for a in installation.of("leadership").get("/cases").main.all("a")]

    assert f"/tasks/{installation.task_id}/decide" in links


@pytest.mark.parametrize("after", ["x", "2026-01-01", "2026-01-01.x", ".."])
def test_an_unreadable_place_in_the_lists_is_refused(
    installation: Installation, support: Browser, after: str
) -> None:
    assert support.get(f"/intake?after={after}").status in (400, 422)
    assert installation.of("leadership").get(f"/cases?after={after}").status in (400, 422)
