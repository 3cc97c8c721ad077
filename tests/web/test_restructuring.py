from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import loop
from tests.web.browser import Answer, Browser, fields_of
from tests.web.conftest import Installation
from tests.web.markup import Element
from timethief.domain.identifiers import from_text, to_text
from timethief.storage.tables import Restructuring, Task

ALIKE = ("report", "anonymous_report", "task_use", "use_statement", "task_signal")
"""Tables that are the same to the letter after undoing."""


@pytest.fixture
def three(installation: Installation) -> list[str]:
    """Tasks of one unit that nobody has decided on."""
    organisation_id = installation.tasks()[0].organisation_id

    def found(session: Session) -> list[str]:
        tasks = session.scalars(
            select(Task)
            .where(
                Task.organisation_id == organisation_id,
                Task.status.in_(["reported", "in_review"]),
            )
            .order_by(Task.unit_id, Task.id)
        ).all()
        return [to_text(task.id) for task in tasks[:3]]

    chosen: list[str] = installation.ask(found)
    return chosen


def _side_by_side(support: Browser, *tasks: str) -> Answer:
    return support.get("/restructuring/merge?" + "&".join(f"task={task}" for task in tasks))


def _radios(page: Answer) -> list[Element]:
    return [each for each in page.main.all("input") if each.get("name") == "kept"]


def _merged(support: Browser, tasks: list[str]) -> Answer:
    page = _side_by_side(support, *tasks)
    changes = {"kept": tasks[0]}
    units = page.main.all("select")
    if units:
        changes["unit"] = units[0].all("option")[1]["value"]
    return support.press(page, "Slå ihop", changes)


def _done(installation: Installation) -> str:
    query = select(Restructuring.id).where(Restructuring.undone_at.is_(None))
    return to_text(installation.ask(lambda session: session.scalars(query).one()))


def test_tasks_are_merged_side_by_side_and_put_back(
    support: Browser, installation: Installation, three: list[str]
) -> None:
    before = installation.stored()
    assert len(_radios(_side_by_side(support, *three))) == 3

    answer = support.follow(_merged(support, three))

    assert answer.address.endswith(f"/tasks/{three[0]}")
    assert "Nu är det en enda uppgift" in answer.main.one(class_="status-line").text
    assert "Sammanslagen med den här" in answer.main.text
    gone = support.get(f"/tasks/{three[1]}")
    assert gone.location.endswith(f"/tasks/{three[0]}")
    assert "har slagits ihop med den här" in support.follow(gone).main.text
    back = support.follow(
        support.press(support.get(f"/tasks/{three[0]}"), "Ångra sammanslagningen")
    )
    assert "Uppgifterna är som de var" in back.main.text
    assert support.get(f"/tasks/{three[1]}").status == 200
    after = installation.stored()
    assert [after[name] for name in ALIKE] == [before[name] for name in ALIKE]


def test_the_api_knows_nothing_of_what_was_merged(
    support: Browser, installation: Installation, three: list[str]
) -> None:
    _merged(support, three)

    shown = support.get("/inventory").main.all("a")

    assert f"/tasks/{three[1]}" not in {link.get("href") for link in shown}
    assert installation.ask(
        lambda session: session.get_one(Task, from_text(three[1])).merged_into_id
    ) == from_text(three[0])


def test_what_is_not_chosen_is_asked_for_beside_its_field(
    support: Browser, three: list[str]
) -> None:
    answer = support.press(_side_by_side(support, *three), "Slå ihop", {})

    assert answer.status == 422
    assert "Välj vilken av uppgifterna som blir kvar." in answer.main.text


def test_what_changed_meanwhile_is_told_and_nothing_is_merged(
    support: Browser, installation: Installation, three: list[str]
) -> None:
    page = _side_by_side(support, *three)

    def touch(session: Session) -> None:
        session.get_one(Task, from_text(three[1])).version += 1

    installation.change(touch)
    answer = support.press(page, "Slå ihop", {"kept": three[0]})

    assert answer.status == 409
    assert "Inget slogs ihop." in answer.main.text
    assert installation.count(Restructuring) == 0
    assert [radio["value"] for radio in _radios(answer) if "checked" in radio.attributes] == [
        three[0]
    ]


def test_two_who_merge_the_same_task_are_told(
    support: Browser, installation: Installation, three: list[str]
) -> None:
    theirs = _side_by_side(support, three[2], three[1])
    _merged(support, three[:2])

    answer = support.press(theirs, "Slå ihop", {"kept": three[2]})

    assert answer.status == 409
    assert "har under tiden slagits ihop" in answer.main.text
    assert installation.count(Restructuring) == 1


@pytest.mark.parametrize("tasks", [[], ["zzzzzzzzzzzz"], ["x"] * 21, ["'"]])
def test_a_page_of_nothing_or_of_what_does_not_exist(support: Browser, tasks: list[str]) -> None:
    answer = _side_by_side(support, *tasks)

    assert answer.status == (404 if tasks else 200)


def test_a_part_is_shown_before_it_is_taken_out(
    support: Browser, installation: Installation, three: list[str]
) -> None:
    page = support.get(f"/restructuring/split/{three[0]}")
    told = {"title": "Skriver in det igen", "minutes": "0,5"}

    shown = support.press(page, "Visa hur de två skulle bli", told)
    assert shown.status == 200
    assert "0,5 minuter per gång" in shown.main.text
    assert installation.count(Restructuring) == 0

    answer = support.follow(support.press(shown, "Dela upp"))
    assert answer.heading == "Skriver in det igen"
    whole = support.get(f"/tasks/{three[0]}")
    assert "Skriver in det igen" in whole.main.text
    back = support.follow(support.press(whole, "Ångra uppdelningen"))
    assert "Uppgifterna är som de var" in back.main.text
    assert support.get(answer.address).status == 404


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"title": "", "minutes": "1"}, "Skriv"),
        ({"title": "Del", "minutes": ""}, "Skriv hur många minuter"),
        ({"title": "Del", "minutes": "1000"}, "Delen måste ta mindre tid"),
        ({"title": "Del", "minutes": "1", "binding": "x"}, "Välj ett av svaren"),
        ({"title": "Del", "minutes": "1", "signals": "x"}, "Välj ett av svaren"),
        ({"title": "Del", "minutes": "1", "belongs-0": "x"}, "Välj ett av svaren"),
    ],
)
def test_a_part_that_cannot_be_is_told_and_what_was_typed_is_kept(
    support: Browser, three: list[str], told: dict[str, str], words: str
) -> None:
    page = support.get(f"/restructuring/split/{three[0]}")

    answer = support.press(page, "Visa hur de två skulle bli", told)

    assert answer.status == 422
    assert words in answer.main.text
    assert fields_of(answer.form(three[0]))["minutes"] == told["minutes"]


def test_what_somebody_has_built_on_is_not_undone_and_it_is_said_why(
    support: Browser, installation: Installation, three: list[str]
) -> None:
    _merged(support, three)
    kept = installation.ask(lambda session: session.get_one(Task, from_text(three[0])))
    installation.change(
        lambda session: session.add(loop.decision(kept.organisation_id, kept.id, "2026-0001-x"))
    )

    answer = support.follow(
        support.post(f"/restructuring/{_done(installation)}/undo", _token(support))
    )

    assert "det finns ett beslut om uppgiften sedan dess" in answer.main.text
    assert support.get(f"/tasks/{three[1]}").status == 302


def _token(browser: Browser) -> dict[str, str]:
    return {"csrf_token": browser.get("/inventory").token}


def test_staff_see_what_was_merged_and_cannot_undo_it(
    support: Browser, staff: Browser, installation: Installation, three: list[str]
) -> None:
    _merged(support, three)

    page = staff.get(f"/tasks/{three[0]}")

    assert "Sammanslagen med den här" in page.main.text
    assert "Ångra sammanslagningen" not in page.main.text
    assert staff.get("/restructuring/merge").status == 403
    undone = staff.post(f"/restructuring/{_done(installation)}/undo", _token(staff))
    assert undone.status == 403
