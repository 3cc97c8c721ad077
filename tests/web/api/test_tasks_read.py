"""Reading tasks by the API: what the pages show, in JSON."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter

from tests.web.api.caller import PROBLEM, TASKS, Caller
from tests.web.browser import neighbour
from tests.web.conftest import Installation
from timethief.domain.identifiers import to_text
from timethief.domain.tokens import Scope
from timethief.exchange.api.reference import Listed
from timethief.exchange.api.tasks import EventDocument, ListedTaskDocument, WholeTaskDocument
from timethief.queries.filters import Sort

PAGE_OF_THE_INVENTORY = 50
REFERENCES = ("unit", "requester", "requirement", "staff_category")


@pytest.fixture(scope="module")
def reviewer(standing: Installation) -> Caller:
    return Caller(standing, "support", Scope.READ)


@pytest.fixture(scope="module")
def reader(standing: Installation) -> Caller:
    return Caller(standing, "staff", Scope.READ)


def _shown(installation: Installation, who: str, query: str) -> list[str]:
    """The tasks that the page of the inventory lists, in order."""
    answer = installation.of(who).get(f"/inventory?{query}")
    assert answer.status == 200, query
    found = []
    for link in answer.main.all("a"):
        address = link.get("href")
        if address.startswith("/tasks/"):
            found.append(address.removeprefix("/tasks/").partition("#")[0])
    return list(dict.fromkeys(found))


def _filters(installation: Installation) -> list[tuple[str, str]]:
    """Some values of each filter that tasks have, as they stand in addresses."""
    tasks = installation.tasks()
    found = {
        (name, to_text(value))
        for task in tasks[::5]
        for name in REFERENCES
        if (value := getattr(task, f"{name}_id")) is not None
    }
    documents = list(Caller(installation, "support", Scope.READ).every())
    for document in documents:
        assessment = document["assessment"]
        found |= {("level", document["requester"]["level"]), ("status", document["status"])}
        found |= {("signal", signal) for signal in document["signals"]}
        found |= {
            (name, assessment[name])
            for name in ("verdict", "cause", "recommended")
            if assessment[name]
        }
    found |= {("q", "rapport"), ("q", "xyzzy"), ("flagged", "true"), ("flagged", "false")}
    return sorted(found)


def test_every_filter_finds_what_the_inventory_shows(
    standing: Installation, reviewer: Caller
) -> None:
    pages = {"true": "yes", "false": "no"}
    filters = _filters(standing)

    assert {name for name, _ in filters} >= {"unit", "requester", "level", "verdict", "cause", "q"}
    for name, value in filters:
        answer = reviewer.get(f"{TASKS}?limit={PAGE_OF_THE_INVENTORY}&{name}={value}").json
        ids = [task["id"] for task in answer["items"]]
        assert ids == _shown(standing, "support", f"{name}={pages.get(value, value)}"), name


@pytest.mark.parametrize("sort", list(Sort))
def test_every_order_is_the_inventorys(standing: Installation, reader: Caller, sort: Sort) -> None:
    answer = reader.get(f"{TASKS}?limit={PAGE_OF_THE_INVENTORY}&sort={sort}").json

    ids = [task["id"] for task in answer["items"]]
    assert ids == _shown(standing, "staff", f"sort={sort}")


@pytest.mark.parametrize("sort", list(Sort))
def test_a_walk_meets_each_task_once(standing: Installation, reader: Caller, sort: Sort) -> None:
    ids = [task["id"] for task in reader.every(f"sort={sort}", limit=7)]

    assert len(ids) == len(set(ids))
    assert set(ids) == {to_text(task.id) for task in standing.tasks()}


def test_two_filters_together(reader: Caller) -> None:
    both = {task["id"] for task in reader.every("flagged=true&level=state")}

    one = {task["id"] for task in reader.every("flagged=true")}
    other = {task["id"] for task in reader.every("level=state")}
    assert both == one & other
    assert both


def test_the_answers_are_as_described(reviewer: Caller) -> None:
    answer = reviewer.get(f"{TASKS}?limit=200").json
    TypeAdapter(Listed[ListedTaskDocument]).validate_python(answer)

    for task in answer["items"][::10]:
        whole = reviewer.get(f"{TASKS}/{task['id']}").json
        WholeTaskDocument.model_validate(whole)
        events = reviewer.get(f"{TASKS}/{task['id']}/history").json
        TypeAdapter(Listed[EventDocument]).validate_python(events)
        short = whole["assessment"]
        for name in ("remedies", "explanation", "fte"):
            short.pop(name)
        assert task | {"assessment": None, "uses": whole["uses"]} == whole | {"assessment": None}
        _check_near(short, task["assessment"])


def _check_near(one: dict[str, Any], other: dict[str, Any]) -> None:
    """The two are the same but for rounding to what is stored."""
    assert one.keys() == other.keys()
    for name, value in one.items():
        assert value == (pytest.approx(other[name], abs=0.01) if other[name] else other[name]), name


def test_a_small_unit_goes_by_the_code_of_one_that_is_shown(
    reader: Caller, reviewer: Caller
) -> None:
    units = {unit["code"] for unit in reader.get("/api/v1/units?limit=200").json["items"]}
    all_units = {unit["code"] for unit in reviewer.get("/api/v1/units?limit=200").json["items"]}

    seen = {task["unit"] for task in reader.every()}
    really = {task["unit"] for task in reviewer.every()}

    assert seen <= units | {None}
    assert really <= all_units
    assert really - units, "the demonstration has tasks of units that are too small"


def test_a_task_that_has_not_changed_is_not_sent_again(
    standing: Installation, reader: Caller
) -> None:
    address = f"{TASKS}/{standing.task_id}"
    first = reader.get(address)
    etag = first.headers["ETag"]

    again = reader.get(address, **{"If-None-Match": etag})
    other = reader.get(address, **{"If-None-Match": '"another"'})

    assert etag.startswith('"')
    assert (again.status, again.text, again.headers["ETag"]) == (304, "", etag)
    assert (other.status, other.text) == (200, first.text)


def test_a_foreign_task_answers_as_one_that_does_not_exist(
    standing: Installation, reviewer: Caller
) -> None:
    foreign, unknown = to_text(standing.foreign.id), "zzzzzzzzzzzz"

    for call in ("", "/history"):
        answers = [reviewer.get(f"{TASKS}/{each}{call}") for each in (foreign, unknown, "x")]
        assert [answer.status for answer in answers] == [404] * 3
        assert len({answer.text for answer in answers}) == 1
        assert answers[0].headers["Content-Type"] == PROBLEM
    theirs = Caller(standing, neighbour("support"), Scope.READ)
    assert theirs.get(f"{TASKS}/{foreign}").status == 200


def test_the_list_holds_nothing_of_another_organisation(standing: Installation) -> None:
    theirs = Caller(standing, neighbour("staff"), Scope.READ)

    assert {task["id"] for task in theirs.every()} == {
        to_text(task.id) for task in standing.tasks("granne")
    }


@pytest.mark.parametrize(
    ("query", "field", "reason"),
    [
        ("units=x", "units", "unknown_field"),
        ("organisation_id=1", "organisation_id", "unknown_field"),
        ("imported=2bjq4knm3vwp", "imported", "unknown_field"),
        ("level=moon", "level", "not_a_choice"),
        ("verdict=", "verdict", "not_a_choice"),
        ("sort=title", "sort", "not_a_choice"),
        ("flagged=yes", "flagged", "wrong_kind"),
        ("limit=0", "limit", "too_small"),
        ("limit=201", "limit", "too_large"),
        ("limit=1e2", "limit", "not_whole"),
        ("limit=99999999999999999999", "limit", "not_whole"),
        ("cursor=x", "cursor", "unreadable"),
        ("cursor=a99999999999999999999.2bjq4knm3vwp", "cursor", "unreadable"),
        ("level=state&level=eu", "level", "key_twice"),
        ("q=%00", "q", "bad_characters"),
    ],
)
def test_a_parameter_that_cannot_be_is_refused_by_name(
    lasting: Installation, query: str, field: str, reason: str
) -> None:
    answer = Caller(lasting, "staff", Scope.READ).get(f"{TASKS}?{query}")

    assert (answer.status, answer.headers["Content-Type"]) == (422, PROBLEM)
    assert [(each["field"], each["reason"]) for each in answer.json["errors"]] == [(field, reason)]
    assert all(each["detail"] for each in answer.json["errors"])


@pytest.mark.parametrize("query", ["unit=zzzzzzzzzzzz", "unit=x", "requester=x"])
def test_what_cannot_be_there_is_not_found(lasting: Installation, query: str) -> None:
    assert Caller(lasting, "staff", Scope.READ).get(f"{TASKS}?{query}").status == 404
