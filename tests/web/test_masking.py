from __future__ import annotations

import pytest

from tests.web.browser import NEIGHBOUR, Browser, fields_of
from tests.web.conftest import Installation
from timethief.domain.identifiers import from_text
from timethief.domain.masking import MASK
from timethief.storage.tables import AuditEvent, Task


def _word(installation: Installation) -> str:
    task = installation.ask(lambda session: session.get_one(Task, from_text(installation.task_id)))
    return str(task.title.split()[0])


def test_a_reviewer_masks_a_word_from_the_page_of_the_task(
    support: Browser, installation: Installation
) -> None:
    word = _word(installation)
    task = support.get(f"/tasks/{installation.task_id}")
    (link,) = [each for each in task.main.all("a") if each.text == "Maskera ord"]

    page = support.get(link["href"])
    after = support.follow(support.send(page, {"words": word, "reason": "Pekar ut någon"}))

    assert after.heading.startswith(MASK)
    assert "Orden är maskerade i" in after.main.one(class_="status-line").text
    assert word not in after.main.one("h1").text


def test_it_is_shown_first_how_it_will_read(support: Browser, installation: Installation) -> None:
    word = _word(installation)
    page = support.get(f"/mask/task/{installation.task_id}")

    answer = support.press(page, "Se hur det blir", {"words": word, "reason": "Skäl"})

    assert answer.status == 200
    assert MASK in answer.main.one("dl").text
    assert fields_of(answer.form())["words"] == word
    assert installation.count(AuditEvent) == 0


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"words": "finns inte där", "reason": "x"}, "words"),
        ({"words": "", "reason": "x"}, "words"),
        ({"words": "", "reason": "x", "preview": "1"}, "words"),
        ({"words": "en", "reason": ""}, "reason"),
    ],
)
def test_what_cannot_be_masked_is_told_beside_its_field(
    lasting: Installation, fields: dict[str, str], field: str
) -> None:
    support = lasting.of("support")

    answer = support.send(support.get(f"/mask/task/{lasting.task_id}"), fields)

    assert answer.status == 422
    assert answer.page.one(id=f"{field}-error").text in answer.errors
    assert lasting.count(AuditEvent) == 0


@pytest.mark.parametrize(
    "address",
    [
        "/mask/task/zzzzzzzzzzzz",
        "/mask/task/x",
        "/mask/report/x",
        "/mask/anonymous_report/6f1f64c6-8f5b-4d0c-8f9e-4a1f8a2f6c11",
        "/mask/unit/zzzzzzzzzzzz",
    ],
)
def test_what_is_not_there_is_not_found(lasting: Installation, address: str) -> None:
    assert lasting.of("support").get(address).status == 404


def test_a_task_of_another_organisation_is_as_if_it_were_not_there(lasting: Installation) -> None:
    neighbour = lasting.of(NEIGHBOUR)
    token = neighbour.get("/about").token
    fields = {"csrf_token": token, "words": "en", "reason": "x"}

    answers = [neighbour.post(f"/mask/task/{task}", fields) for task in (lasting.task_id, "z" * 12)]

    assert [answer.status for answer in answers] == [404, 404]
    texts = [a.text.replace(lasting.task_id, "").replace("z" * 12, "") for a in answers]
    assert texts[0] == texts[1]


@pytest.mark.parametrize("role", ["staff", "leadership", "admin"])
def test_others_are_offered_no_masking(lasting: Installation, role: str) -> None:
    page = lasting.of(role).get(f"/tasks/{lasting.task_id}")

    assert "/mask/" not in page.text
    assert lasting.of(role).get(f"/mask/task/{lasting.task_id}").status == 403
