from __future__ import annotations

import pytest

from tests.web.browser import Answer
from tests.web.conftest import Installation
from timethief.domain.identifiers import to_text
from timethief.domain.vocabulary import Level


def _names(answer: Answer) -> list[str]:
    return [
        link.text
        for table in answer.main.all(id="requesters")
        for link in table.all("a", class_="cell-link")
    ]


def _whole(text: str) -> int:
    return int("".join(sign for sign in text if sign.isdigit()))


def test_every_requester_of_a_task_is_listed(standing: Installation) -> None:
    asking = {task.requester_id for task in standing.tasks()}

    page = standing.of("staff").get("/requesters")

    links = page.main.one(id="requesters").all("a", class_="cell-link")
    assert {link["href"] for link in links} == {f"/requesters/{to_text(id_)}" for id_ in asking}


def test_their_tasks_are_all_tasks(standing: Installation) -> None:
    page = standing.of("staff").get("/requesters?language=sv")

    counts = [cell.text for cell in page.main.all("td", data_label="Uppgifter")]

    assert sum(map(_whole, counts)) == len(standing.tasks())


@pytest.mark.parametrize("level", list(Level))
def test_a_level_leaves_its_own(standing: Installation, level: Level) -> None:
    staff = standing.of("staff")
    every = _names(staff.get("/requesters"))

    found = _names(staff.get(f"/requesters?level={level}"))

    assert set(found) <= set(every)
    assert len(found) == sum(
        len(_names(staff.get(f"/requesters?level={level}&q={name}"))) for name in [""]
    )


def test_the_levels_together_are_all(standing: Installation) -> None:
    staff = standing.of("staff")

    found = [name for level in Level for name in _names(staff.get(f"/requesters?level={level}"))]

    assert sorted(found) == sorted(_names(staff.get("/requesters")))


def test_a_name_is_found_whatever_its_case(standing: Installation) -> None:
    found = _names(standing.of("staff").get("/requesters?q=SOCIALSTYRELSEN"))

    assert "Socialstyrelsen" in found


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("level=county", 422),
        ("q=%00", 422),
        ("q=" + "a" * 201, 422),
        ("level=", 200),
        ("q=%25", 200),
    ],
)
def test_an_address_that_means_nothing_is_told_so(
    standing: Installation, query: str, status: int
) -> None:
    answer = standing.of("staff").get(f"/requesters?{query}")

    assert answer.status == status


def test_a_sign_that_databases_know_is_searched_for_as_text(standing: Installation) -> None:
    answers = [standing.of("staff").get("/requesters", query_string={"q": q}) for q in "%_\\'"]

    assert [_names(answer) for answer in answers] == [[], [], [], []]


def test_the_page_of_one_leads_to_its_tasks(standing: Installation) -> None:
    staff, requester = standing.of("staff"), standing.requester_id

    page = staff.get(f"/requesters/{requester}")

    address = f"/inventory?requester={requester}"
    link = page.main.all("a", href=address)
    assert link
    assert staff.get(address).main.all("table")


def test_an_unknown_requester_is_not_found(standing: Installation) -> None:
    answers = [standing.of("staff").get(f"/requesters/{end}") for end in ("x", "0" * 12, "%00")]

    assert [answer.status for answer in answers] == [404, 404, 404]


def test_a_requester_of_others_is_not_found(standing: Installation) -> None:
    foreign = to_text(standing.foreign.requester_id)

    answer = standing.of("staff").get(f"/requesters/{foreign}")

    assert answer.status == 404
