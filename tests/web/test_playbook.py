from __future__ import annotations

from collections.abc import Mapping

import pytest
from sqlalchemy import select

from tests.web.browser import Answer, Browser, fields_of, neighbour
from tests.web.conftest import Installation
from timethief.domain.identifiers import to_text
from timethief.storage.tables import AssessmentRow, AuditEvent, PlaybookEntry

TOLD = {
    "title": "Slopade veckorapporten",
    "where": "Hemtjänsten",
    "done": "Vi frågade mottagaren, som aldrig hade läst den.",
    "effect": "Ingen har saknat den.",
    "freed_hours": "1 200",
    "action": "remove",
    "signals": ["no_feedback", "paper"],
    "causes": ["unused"],
}


def _add(support: Browser, changed: Mapping[str, str | list[str]] | None = None) -> None:
    answer = support.send(support.get("/playbook/new"), TOLD | dict(changed or {}))
    assert answer.status == 302, answer.errors


def _titles(page: Answer) -> list[str]:
    return [each.text for each in page.main.all("h3")]


def _change_link(support: Browser) -> str:
    links = [each for each in support.get("/playbook").main.all("a") if each.text[:5] == "Ändra"]
    return links[0]["href"]


def test_all_read_what_others_did_with_its_source(lasting: Installation) -> None:
    page = lasting.of("staff").get("/playbook")

    assert "Samtal i stället för skriftlig rapport" in _titles(page)
    assert "Källa: KFi-rapport 180 (2023)" in page.main.text
    assert "Berätta hur vi gjorde" not in page.main.text


def test_it_stands_in_english_too(installation: Installation) -> None:
    page = installation.browser("staff").get("/playbook?language=en")

    assert "Register once, use many times" in _titles(page)


def test_examples_are_found_by_word_signal_cause_and_remedy(standing: Installation) -> None:
    staff = standing.of("staff")

    assert _titles(staff.get("/playbook?q=Trelleborg")) == ["Robot för enkla beslut"]
    assert "Sluta köpa och sälja internt" in _titles(staff.get("/playbook?signal=internal_market"))
    few = staff.get("/playbook?signal=grant&cause=disproportionate&action=remove")
    assert _titles(few) == ["Sök inte bidrag som kostar mer än de ger"]
    assert "Inget sådant exempel finns" in staff.get("/playbook?q=qqqq").main.text


@pytest.mark.parametrize(
    "asked", ["signal=no_such", "cause=x", "action=x", "after=zzzz", "q=" + "x" * 201]
)
def test_what_cannot_be_asked_for_is_refused(lasting: Installation, asked: str) -> None:
    assert lasting.of("staff").get(f"/playbook?{asked}").status == 422


def test_a_reviewer_tells_what_we_did_and_everybody_finds_it(either: Installation) -> None:
    _add(either.browser("support"))
    staff = either.browser("staff")

    page = staff.get("/playbook?q=veckorapport")

    assert _titles(page) == ["Slopade veckorapporten"]
    assert "Uppmätt: 1 200 timmar frigjorda per år." in page.main.text.replace("\u00a0", " ")
    assert _titles(staff.get("/playbook?signal=paper&action=remove"))[0] == "Slopade veckorapporten"
    assert _titles(staff.get("/playbook?q=veckorapport&cause=unknown_use")) == []
    assert _titles(staff.get("/playbook?q=veckorapport&signal=no")) == []
    assert either.count(AuditEvent) == 1


def test_it_belongs_to_the_organisation(either: Installation) -> None:
    _add(either.browser("support"))
    entry = either.ask(lambda session: session.scalars(select(PlaybookEntry.id)).one())
    stranger = either.browser(neighbour("support"))

    assert "Slopade" not in stranger.get("/playbook").main.text
    assert stranger.get(f"/playbook/{to_text(entry)}").status == 404


def test_what_cannot_be_used_is_told_beside_its_field_and_what_was_typed_is_kept(
    lasting: Installation,
) -> None:
    support = lasting.of("support")

    answer = support.send(
        support.get("/playbook/new"), TOLD | {"action": "", "freed_hours": "-1", "signals": "what"}
    )

    assert answer.status == 422
    wrong = {each.get("name") for each in answer.main.all(aria_invalid="true")}
    assert {"freed_hours", "action"} <= wrong
    assert fields_of(answer.form())["done"] == TOLD["done"]
    assert support.send(support.get("/playbook/new"), TOLD | {"title": " "}).status == 422


def test_the_same_form_sent_twice_adds_one(installation: Installation) -> None:
    support = installation.browser("support")
    page = support.get("/playbook/new")

    support.send(page, TOLD)
    support.send(page, TOLD)

    assert installation.count(PlaybookEntry) == 1


def test_the_second_to_change_it_sees_the_first(installation: Installation) -> None:
    support = installation.browser("support")
    _add(support)
    link = _change_link(support)
    first, second = support.get(link), support.get(link)

    assert support.send(first, TOLD | {"title": "Först"}, "entry").status == 302
    answer = support.send(second, TOLD | {"title": "Sedan"}, "entry")

    assert answer.status == 409
    assert "Först" in answer.main.text
    assert support.send(answer, TOLD | {"title": "Sedan"}, "entry").status == 302
    assert _titles(support.get("/playbook"))[0] == "Sedan"


def test_it_can_be_removed(installation: Installation) -> None:
    support = installation.browser("support")
    _add(support)

    support.press(support.get(_change_link(support)), "Ta bort exemplet")

    assert installation.count(PlaybookEntry) == 0


def test_more_than_a_page_goes_on(installation: Installation) -> None:
    support = installation.browser("support")
    for number in range(52):
        _add(support, {"title": f"Nummer {number}"})

    page = support.get("/playbook?q=nummer")
    (link,) = page.main.all("a", rel="next")
    second = support.get(link["href"])

    assert sorted(_titles(page) + _titles(second)) == sorted(f"Nummer {n}" for n in range(52))
    assert len(_titles(second)) == 2


def test_a_task_shows_the_examples_that_are_most_like_it(either: Installation) -> None:
    support = either.browser("support")
    row = either.ask(
        lambda session: session.scalars(
            select(AssessmentRow).where(AssessmentRow.cause.is_not(None)).limit(1)
        ).one()
    )
    told = {"signals": row.signals.split(), "causes": [row.cause], "action": row.recommended}
    _add(support, told | {"title": "Vårt sätt"})

    page = support.get(f"/tasks/{to_text(row.task_id)}")

    titles = [each.text for each in page.main.one(id="examples-list").all("h3")]
    assert titles[0] == "Vårt sätt"
    assert len(titles) <= 3


def test_a_task_that_is_no_time_thief_shows_none(lasting: Installation) -> None:
    task = lasting.ask(
        lambda session: session.scalars(
            select(AssessmentRow.task_id).where(AssessmentRow.verdict == "justified").limit(1)
        ).one()
    )

    page = lasting.of("staff").get(f"/tasks/{to_text(task)}")

    assert page.main.all(id="examples-list") == []


def test_everything_that_is_missing_is_told_at_once(lasting: Installation) -> None:
    support = lasting.of("support")

    refused = support.send(support.get("/playbook/new"), {"where": "x" * 201})

    assert refused.status == 422
    assert len(refused.errors) == 4
    assert lasting.count(PlaybookEntry) == 0


@pytest.mark.parametrize("field", ["title", "where", "done", "effect"])
def test_who_points_somebody_out_is_asked_first(installation: Installation, field: str) -> None:
    support = installation.browser("support")

    asked = support.send(support.get("/playbook/new"), TOLD | {field: "Fråga Kerstin Holmqvist"})

    assert asked.status == 422
    assert "Pekar texten ut någon?" in asked.main.text
    assert installation.count(PlaybookEntry) == 0
    assert support.send(asked, {"as_it_is": "1"}).status == 302
    assert installation.count(PlaybookEntry) == 1
