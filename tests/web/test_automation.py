from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.web.browser import Answer, Browser
from tests.web.conftest import Installation
from timethief.domain.identifiers import from_text, to_text
from timethief.storage.tables import AutomationCandidate, GateAnswer, Task

BEGUN = "Lägga om dagens turer när någon är borta"
"""Two of its questions are answered in the demonstration."""
LISTED = "Lägga in vab åt medarbetarna"
JUDGED = "Utreda och planera rehabilitering tillsammans med personen"
ANSWERS = ("register_once", "simplify", "move")


def _id(installation: Installation, title: str) -> str:
    (task,) = [each for each in installation.tasks() if each.title == title]
    return to_text(task.id)


def _send(
    support: Browser, address: str, answers: dict[str, str | list[str]], form: str = "answer-form"
) -> Answer:
    return support.send(support.get(address), answers, form)


def _answer(support: Browser, address: str, reason: str = "Vi har prövat") -> Answer:
    return _send(support, address, {"answer": "not_possible", "reason": reason})


def _titles(page: Answer) -> list[str]:
    return [each.text for each in page.main.one(id="automation").all(class_="cell-link")]


def test_a_task_goes_through_the_gate_and_onto_the_list(either: Installation) -> None:
    support, task = either.browser("support"), f"/tasks/{_id(either, BEGUN)}"
    assert BEGUN not in _titles(support.get("/automation"))

    for _ in ANSWERS:
        assert _answer(support, f"{task}/gate").status == 302
    page = support.get(f"{task}/gate")
    assert page.main.all(id="human_check")
    check: dict[str, str | list[str]] = {"human_check": "Samordnaren godkänner turerna"}
    after = support.follow(_send(support, f"{task}/gate", check))

    assert "står på listan över det som får automatiseras" in after.main.text
    staff = either.browser("staff")
    shown = staff.get("/automation")
    assert BEGUN in _titles(shown)
    assert "Samordnaren godkänner turerna" in shown.main.text
    told = staff.get(task).main.text
    assert "5 frågor av 5 är besvarade" in told
    assert "Vi har prövat" in told


def test_the_question_whose_turn_it_is_stands_open_with_what_others_did(
    standing: Installation,
) -> None:
    page = standing.of("support").get(f"/tasks/{_id(standing, BEGUN)}/gate")

    step = page.main.one(id="register_once")
    assert step.all("textarea")
    assert "Registrera en gång, använd flera gånger" in step.text
    assert not page.main.one(id="simplify").all("textarea")
    assert "Enligt siffrorna skulle det ge tillbaka" in page.main.one(id="take_away").text
    assert "Ingen har angett hur ofta som skulle räcka." in page.main.text


def test_an_answer_is_undone_from_the_page_after_it(installation: Installation) -> None:
    support, task_id = installation.browser("support"), _id(installation, BEGUN)
    after = support.follow(_answer(support, f"/tasks/{task_id}/gate"))

    undone = support.follow(support.send(after, {}, "/undo"))

    assert "Det som stod där förut gäller igen." in undone.main.text
    query = select(GateAnswer.question).where(GateAnswer.task_id == from_text(task_id))
    found = installation.ask(lambda session: set(session.scalars(query)))
    assert found == {"take_away", "reduce_frequency"}


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ({"answer": "not_possible", "reason": " "}, "Skriv varför, så att andra kan följa det."),
        ({"answer": "", "reason": "Därför"}, "Välj ett av svaren."),
        ({"answer": "sometimes", "reason": "Därför"}, "Välj ett av svaren."),
        ({"answer": "done", "reason": "x" * 1_001}, "Texten är 1 001 tecken"),
    ],
)
def test_what_cannot_be_used_is_told_and_kept(
    standing: Installation, answers: dict[str, str | list[str]], told: str
) -> None:
    support = standing.of("support")

    page = _send(support, f"/tasks/{_id(standing, BEGUN)}/gate", answers)

    assert page.status == 422
    assert told in page.main.text.replace("\u00a0", " ")
    assert page.main.one("textarea").text.strip() == str(answers["reason"]).strip()


def test_a_later_question_waits_and_a_reason_with_a_name_is_asked_about(
    standing: Installation,
) -> None:
    support, task = standing.of("support"), f"/tasks/{_id(standing, BEGUN)}"

    early = _answer(support, f"{task}/gate/move")
    named = _answer(support, f"{task}/gate", "Kerstin Holmqvist vill inte")

    assert (early.status, named.status) == (422, 422)
    assert "Svara på frågan ovanför först." in early.main.text
    assert "Pekar texten ut någon?" in named.main.text


def test_of_two_who_answer_the_second_sees_both(installation: Installation) -> None:
    support, task = installation.browser("support"), f"/tasks/{_id(installation, BEGUN)}"
    opened = support.get(f"{task}/gate")
    assert _answer(support, f"{task}/gate", "Den första").status == 302

    answers: dict[str, str | list[str]] = {"answer": "done", "reason": "Den andra"}
    second = support.send(opened, answers, "answer-form")

    assert second.status == 409
    assert "Den första" in second.main.text
    assert second.main.one("textarea").text.strip() == "Den andra"
    assert support.send(second, answers, "answer-form").status == 302


def test_work_that_takes_judgement_is_refused_with_the_sources_reason(
    standing: Installation,
) -> None:
    page = standing.of("support").get(f"/tasks/{_id(standing, JUDGED)}/gate")

    assert "Arbetet kräver att en människa bedömer en person." in page.main.text
    assert "SOU 2018:47" in page.main.text
    assert "Om en del automatiseras" not in page.main.text


def test_a_task_that_turns_out_to_take_judgement_leaves_the_list(
    installation: Installation,
) -> None:
    support, task_id = installation.browser("support"), _id(installation, LISTED)
    assert LISTED in _titles(support.get("/automation"))

    page = support.get(f"/tasks/{task_id}")
    assert support.send(page, {"needs_judgement": "y"}, "/review").status == 302

    assert LISTED not in _titles(support.get("/automation"))


def test_every_figure_of_the_chart_stands_in_its_table(standing: Installation) -> None:
    page = standing.of("staff").get("/automation")

    figure: Any = json.loads(page.main.one(id="effort").one(role="img")["data-figure"])
    _, *traces = figure["data"]
    drawn = [title for trace in traces for title in trace["text"]]
    rows = [each.text for each in page.main.one(id="effort-table").all(class_="cell-link")]
    assert sorted(each.split("<br>")[0] for each in drawn) == sorted(rows)
    assert sorted(rows) == sorted(_titles(page))
    text = page.text
    assert text.index('id="automation"') < text.index("data-figure")


def test_the_copied_table_holds_the_figures_of_the_model(standing: Installation) -> None:
    page = standing.of("staff").get("/automation").text.replace("\u00a0", " ")

    # 20 minutes x 700 x 8 people, of which 0.9 x 0.9 x 0.9: 1,866.67 x 0.729 - 18, three times over, less 120.
    assert '<td class="number">3 908,4</td>' in page
    assert ">3 900</td>" in page


def test_an_empty_list_says_how_tasks_come_there(installation: Installation) -> None:
    installation.change(
        lambda session: session.execute(update(AutomationCandidate).values(entered_on=None))
    )

    page = installation.browser("staff").get("/automation")

    assert "Ingen uppgift får automatiseras än" in page.main.text
    assert not page.main.all("table")


@pytest.mark.parametrize("role", ["staff", "leadership", "admin"])
def test_only_reviewers_answer(standing: Installation, role: str) -> None:
    task = f"/tasks/{_id(standing, BEGUN)}"

    assert standing.of(role).get(f"{task}/gate").status == 403
    assert "Gå igenom frågorna" not in standing.of(role).get(task).main.text


def test_what_does_not_exist_is_not_found(standing: Installation) -> None:
    support, task_id = standing.of("support"), _id(standing, BEGUN)

    for address in (
        f"/tasks/{task_id}/gate/no_such",
        f"/tasks/{to_text(standing.foreign.id)}/gate",
        "/tasks/zzzzzzzzzzzz/gate/move",
    ):
        assert support.get(address).status == 404
    assert support.get("/automation?cursor=x").status == 422


def test_an_example_is_begun_from_a_task_that_is_decided(installation: Installation) -> None:
    support, task_id = installation.browser("support"), _id(installation, LISTED)
    address = f"/tasks/{task_id}"
    assert "Berätta hur vi gjorde, så" not in support.get(address).main.text
    installation.change(
        lambda session: setattr(session.get_one(Task, from_text(task_id)), "status", "decided")
    )

    (link,) = [
        each
        for each in support.get(address).main.all("a")
        if each.text.startswith("Berätta hur vi gjorde")
    ]
    form = support.get(link["href"])

    assert form.main.one(id="title")["value"] == LISTED
    ticked = {each["value"] for each in form.main.all("input") if each.get("checked") is not None}
    assert {"manual_transfer", "wrong_staff"} <= ticked
    told: dict[str, str | list[str]] = {"done": "Medarbetaren skriver själv.", "effect": ""}
    assert support.send(form, told, "entry").status == 302
    assert LISTED in support.get("/playbook").main.text
    assert support.get(f"/playbook/new?task={to_text(installation.foreign.id)}").status == 404
