from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.web.browser import Answer, Browser
from tests.web.conftest import UNIT_MANAGER, Installation
from timethief.domain.identifiers import from_text, to_text
from timethief.storage.tables import Decision, Requirement, Task

REASON = "Den skyddar patienterna."


def _open_task(
    installation: Installation, title: str = "Skriva spaltmil i Stratsys varje månad"
) -> str:
    query = select(Task.id).where(Task.title == title)
    return to_text(installation.ask(lambda session: session.scalars(query).one()))


def _decide(browser: Browser, task_id: str, **given: Any) -> Answer:  # noqa: ANN401 - fields
    page = browser.get(f"/tasks/{task_id}/decide")
    assert page.status == 200, page.text
    return browser.send(page, {"outcome": "keep", "reason": REASON} | given)


def _newest(installation: Installation, task_id: str) -> Decision:
    query = select(Decision).where(Decision.state == "in_force").order_by(Decision.decided_at)
    rows = installation.ask(lambda session: list(session.scalars(query)))
    found: Decision = next(row for row in reversed(rows) if to_text(row.task_id) == task_id)
    return found


def test_to_keep_with_its_reason_is_read_by_all(either: Installation) -> None:
    task_id = _open_task(either)

    answer = _decide(either.browser("support"), task_id)

    assert answer.status == 302
    staff = either.browser("staff")
    assert REASON in staff.get(answer.location).main.text
    assert "Behåll" in staff.get(f"/tasks/{task_id}").main.text
    assert REASON in staff.get("/decisions?outcome=keep&q=skyddar").main.text
    assert "Inget beslut" in staff.get("/decisions?outcome=keep&q=zzzz").main.text


def test_what_is_wrong_is_told_and_what_was_typed_is_kept(standing: Installation) -> None:
    task_id = _open_task(standing)
    support = standing.of("support")

    answer = _decide(support, task_id, outcome="trial", reason="", watched="Om någon frågar")

    assert answer.status == 422
    assert "Om någon frågar" in answer.text
    assert {"reason"} <= set(answer.errors) or "varför" in answer.text.lower()


def test_the_second_sees_both_and_may_decide_then(installation: Installation) -> None:
    task_id = _open_task(installation)
    support, leader = installation.browser("support"), installation.browser("leadership")
    late = leader.get(f"/tasks/{task_id}/decide")
    assert _decide(support, task_id).status == 302

    met = leader.send(late, {"outcome": "remove", "reason": "Ingen läser det."})

    assert met.status == 409
    assert REASON in met.main.text
    assert "Ingen läser det." in met.text
    again = leader.send(met, {})
    assert again.status == 302
    assert _newest(installation, task_id).outcome == "remove"


def test_a_decision_is_undone_from_its_page(installation: Installation) -> None:
    task_id, support = _open_task(installation), installation.browser("support")
    made = _decide(support, task_id).location

    answer = support.press(support.get(made), "Ångra beslutet")

    assert answer.status == 302
    assert "Ångrat" in support.get(made).main.text
    assert "Inget är beslutat." in support.get(f"/tasks/{task_id}").main.text


def test_it_is_noted_as_done_and_that_is_taken_back(installation: Installation) -> None:
    task_id, support = _open_task(installation), installation.browser("support")
    made = _decide(support, task_id, outcome="remove").location
    assert "Beslutet är fattat" in support.get(made).main.text
    form = support.get(f"{made}/done")

    assert support.send(form, {"carried_out_on": "igår"}).status == 422
    assert support.send(form, {"carried_out_on": "2999-01-01"}).status == 422
    assert support.send(form, {}).status == 302
    assert "Genomfört" in support.get(made).main.text
    assert support.press(support.get(made), "Det är inte genomfört").status == 302
    assert "Genomfört" not in support.get(made).main.text


def test_it_is_raised_step_by_step(installation: Installation) -> None:
    task_id, support = _open_task(installation), installation.browser("support")
    made = _decide(support, task_id, outcome="raise", raised_with="Kommunstyrelsen").location
    step = next(
        a["href"] for a in support.get(made).main.all("a") if "Berätta hur det går" in a.text
    )
    other = support.get(step)

    assert support.send(support.get(step), {"state": "refused", "note": "Nej."}).status == 302
    assert support.send(other, {"state": "sent"}).status == 409
    page = support.get(made).main.text
    assert "De säger nej" in page
    assert "Nästa steg: Över beställaren" in page
    form = support.get(f"{made}/raise")
    assert support.send(form, {"to_whom": ""}).status == 422
    assert support.send(form, {"to_whom": "Kommunfullmäktige"}).status == 302
    assert "Kommunfullmäktige" in support.get(made).main.text


def test_dissent_stands_with_its_name(installation: Installation) -> None:
    task_id = _open_task(installation)
    made = _decide(installation.browser("support"), task_id).location
    staff = installation.browser("staff")
    form = staff.get(f"/tasks/{task_id}/opinion")
    assert "Ditt namn kommer att stå" in form.main.text

    assert staff.send(form, {"stance": "", "text": ""}).status == 422
    assert staff.send(form, {"stance": "dissents", "text": "Vi hinner inte."}).status == 302

    page = staff.get(made).main.text
    assert "Avvikande mening" in page
    assert "Vi hinner inte." in page
    assert staff.press(staff.get(f"/tasks/{task_id}"), "Ta tillbaka").status == 302
    assert "Vi hinner inte." not in staff.get(made).main.text


def test_it_is_taken_out_as_json(standing: Installation) -> None:
    staff = standing.of("staff")
    href = next(
        link["href"]
        for link in staff.get("/decisions").main.all("a")
        if link["href"].startswith("/decisions/")
    )

    told = json.loads(staff.get(f"{href}.json").text)

    assert told["number"].startswith("20")
    assert told["baseline"]["cost_hours"]["likely"] > 0
    assert "case" not in told["baseline"]


def test_staff_and_managers_of_other_units_do_not_decide(standing: Installation) -> None:
    task_id = _open_task(standing)

    assert standing.of("staff").get(f"/tasks/{task_id}/decide").status == 403
    met = standing.of(UNIT_MANAGER).get(f"/tasks/{task_id}/decide")
    assert met.status == 403
    assert "din egen enhet" in met.main.text


@pytest.mark.parametrize(
    "asked", ["outcome=x", "year=1", "year=99999", "year=x", "after=zzzz", "q=" + "x" * 201]
)
def test_what_cannot_be_asked_for_is_refused(standing: Installation, asked: str) -> None:
    assert standing.of("staff").get(f"/decisions?{asked}").status == 422


def test_where_a_refused_requirement_is_met_the_refusal_is_told(installation: Installation) -> None:
    task_id = _open_task(installation)

    def require(session: Session) -> str:
        task = session.get_one(Task, from_text(task_id))
        row = Requirement(
            organisation_id=task.organisation_id,
            requester_id=task.requester_id,
            title="Månatlig spaltmil",
            folded_title="månatlig spaltmil",
            binding="custom",
        )
        session.add(row)
        session.flush()
        task.requirement_id = row.id
        return to_text(task.requester_id)

    requester_id = installation.change(require)
    made = _decide(installation.browser("support"), task_id, outcome="refuse_requirement")
    assert made.status == 302
    staff = installation.browser("staff")
    form = staff.get("/log")

    met = [
        staff.get(f"/tasks/{task_id}"),
        staff.get(f"/requesters/{requester_id}"),
        staff.send(form, {"title": "månatlig spaltmil", "look_up": "1"}),
        staff.send(form, {"same": task_id}),
    ]

    for page in met:
        assert "Organisationen har sagt nej till" in page.main.text
        assert made.location in [link["href"] for link in page.main.all("a")]
