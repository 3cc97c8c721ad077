"""Pages tell nothing of small units, of how many reported, or of single anonymous reports."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.web.browser import Answer
from tests.web.conftest import UNIT_MANAGER, Installation
from tests.web.markup import Element
from timethief.domain.identifiers import to_text
from timethief.i18n import significant, speaking
from timethief.storage.tables import (
    Organisation,
    PublishedFigure,
    PublishedMonth,
    Report,
    Task,
    TaskEvent,
    Unit,
)

HIDDEN = {
    "VOF-ANH": "Anhörigstödet",
    "VOF-STAB": "Stab och kvalitet, vård och omsorg",
    "SOC-FAM": "Familjevåldsteamet",
    "SOC-EKB": "Ekonomiskt bistånd",
    "KLF-UPP": "Upphandling",
    "KLF-KAN": "Kansli och kommunikation",
}
"""Units of the demonstration with fewer than ten employees, and the smallest sibling of each."""
NOT_REVIEWING = ("staff", "leadership", UNIT_MANAGER, "admin")
ADDRESSES = ("/inventory", "/inventory/filters", "/dashboard")
NOWHERE = "0000000000zz"
_NOW = datetime(2026, 11, 8, 5, 0, tzinfo=UTC)


def _unit(installation: Installation, code: str) -> str:
    query = select(Unit.id).where(Unit.code == code)
    return to_text(installation.ask(lambda session: session.scalars(query).one()))


def _tasks_of(installation: Installation, code: str) -> list[str]:
    query = select(Task.id).join(Unit, Unit.id == Task.unit_id).where(Unit.code == code)
    found = installation.ask(lambda session: session.scalars(query).all())
    return [to_text(each) for each in found]


def _options(answer: Answer, name: str) -> list[str]:
    options = answer.main.one("select", name=name).all("option")
    return [option.text.replace("\u2003", "").strip() for option in options]


def _all_lists(installation: Installation, role: str) -> Iterator[Answer]:
    browser, address = installation.of(role), "/inventory?sort=newest"
    while address:
        answer = browser.get(address)
        yield answer
        following = answer.main.all("a", rel="next")
        address = following[0]["href"] if following else ""


@pytest.mark.parametrize("role", NOT_REVIEWING)
def test_a_small_unit_is_in_no_list_of_units(lasting: Installation, role: str) -> None:
    browser = lasting.of(role)

    for address in ("/dashboard", "/inventory/filters"):
        assert set(_options(browser.get(address), "unit")) & set(HIDDEN.values()) == set()


def test_a_reviewer_chooses_true_units(lasting: Installation) -> None:
    browser = lasting.of("support")

    for address in ("/dashboard", "/inventory/filters"):
        assert set(HIDDEN.values()) <= set(_options(browser.get(address), "unit"))
    assert browser.get(f"/inventory?unit={_unit(lasting, 'VOF-ANH')}").status == 200


@pytest.mark.parametrize("role", NOT_REVIEWING)
def test_a_small_unit_is_named_on_no_line(lasting: Installation, role: str) -> None:
    named = {
        note.text
        for answer in _all_lists(lasting, role)
        for note in answer.main.all("span", class_="cell-note")
    }

    assert "Vård- och omsorgsförvaltningen" in named
    assert named & set(HIDDEN.values()) == set()


@pytest.mark.parametrize("role", NOT_REVIEWING)
def test_the_page_of_a_small_units_task_names_the_unit_above(
    lasting: Installation, role: str
) -> None:
    for task in _tasks_of(lasting, "VOF-ANH"):
        facts = lasting.of(role).get(f"/tasks/{task}").main.one("dl", class_="facts").text

        assert "Vård- och omsorgsförvaltningen" in facts
        assert HIDDEN["VOF-ANH"] not in facts


def test_similar_tasks_name_the_unit_above(lasting: Installation) -> None:
    (task, *_) = _tasks_of(lasting, "VOF-ANH")
    staff = lasting.of("staff")
    title = staff.get(f"/tasks/{task}").heading

    answer = staff.post("/log/similar", {"title": title, "csrf_token": staff.get("/log").token})

    assert answer.status == 200
    assert "Vård- och omsorgsförvaltningen" in answer.text
    assert HIDDEN["VOF-ANH"] not in answer.text


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("role", ["leadership", "admin"])
@pytest.mark.parametrize("code", ["VOF-ANH", "SOC-EKB"])
def test_the_address_of_a_small_unit_answers_as_that_of_none(
    lasting: Installation, address: str, role: str, code: str
) -> None:
    unit, browser = _unit(lasting, code), lasting.of(role)

    hidden, none = (browser.get(f"{address}?unit={each}") for each in (unit, NOWHERE))

    assert hidden.status == none.status == 404
    assert _lasting(hidden).replace(unit, NOWHERE) == _lasting(none)


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    ("role", "code", "status"),
    [
        (UNIT_MANAGER, "NAR", 200),
        (UNIT_MANAGER, "NAR-VC", 200),
        (UNIT_MANAGER, "VOF", 404),
        (UNIT_MANAGER, "VOF-LSS", 404),
        ("staff", "NAR-AVD", 200),
        ("staff", "NAR", 404),
        ("staff", "VOF", 404),
        ("leadership", "VOF-LSS", 200),
        ("support", "VOF-LSS", 200),
        ("admin", "VOF-LSS", 200),
    ],
)
def test_figures_by_unit_reach_as_far_as_the_role(
    lasting: Installation, address: str, role: str, code: str, status: int
) -> None:
    unit, browser = _unit(lasting, code), lasting.of(role)

    answer = browser.get(f"{address}?unit={unit}")

    assert answer.status == status
    if status == 404:
        none = browser.get(f"{address}?unit={NOWHERE}")
        assert _lasting(answer).replace(unit, NOWHERE) == _lasting(none)


def test_a_unit_managers_overview_opens_at_the_own_unit(lasting: Installation) -> None:
    manager, leadership = lasting.of(UNIT_MANAGER), lasting.of("leadership")
    unit = _unit(lasting, "NAR")

    opened = manager.get("/dashboard")

    assert _options(opened, "unit") == [
        "Närvård i samverkan med regionen",
        "Intensivvårdsavdelningen",
        "Medicinavdelning 3",
        "Rehabenheten",
        "Vårdcentralen Hamnen",
    ]
    same = leadership.get(f"/dashboard?unit={unit}")
    for part in ("dashboard-figures", "card dashboard-share", "dashboard-charts"):
        assert opened.main.one("div", class_=part).text == same.main.one("div", class_=part).text, (
            part
        )
    links = [link["href"] for link in opened.main.all("a") if "/inventory" in link["href"]]
    assert [link for link in links if f"unit={unit}" not in link] == []


def test_a_unit_managers_requesters_are_those_of_the_own_unit(lasting: Installation) -> None:
    manager, leadership = lasting.of(UNIT_MANAGER), lasting.of("leadership")

    own, whole = manager.get("/requesters"), leadership.get("/requesters")
    first = own.main.one(id="requesters").one("tbody").all("a")[0]["href"]
    page = manager.get(first)

    assert "Närvård i samverkan med regionen" in own.main.text
    assert "som du är chef för" not in whole.main.text
    assert len(own.main.one(id="requesters").all("tr")) < len(
        whole.main.one(id="requesters").all("tr")
    )
    for link in page.main.all("a"):
        if link["href"].startswith("/inventory?"):
            assert f"unit={_unit(lasting, 'NAR')}" in link["href"]
            assert manager.get(link["href"]).status == 200


@pytest.mark.parametrize("role", NOT_REVIEWING)
def test_no_page_tells_how_many_reports_a_task_has(installation: Installation, role: str) -> None:
    """D7: with one report or with four, every byte is the same but what the reports themselves change."""
    task = installation.task_id
    browser = installation.of(role)
    query = select(Task).where(Task.id == installation.tasks()[0].id)

    def add(session: Session, count: int) -> None:
        row = session.scalars(query).one()
        for _ in range(count):
            session.add(
                Report(
                    organisation_id=row.organisation_id,
                    task_id=row.id,
                    title="En till",
                    use_answer="unknown",
                    sent_on=row.logged_on,
                )
            )
            session.add(
                TaskEvent(
                    organisation_id=row.organisation_id,
                    task_id=row.id,
                    happened_at=_NOW,
                    role="staff",
                    kind="joined",
                    before={},
                    after={},
                )
            )

    installation.change(
        lambda session: session.execute(
            update(Report)
            .where(Report.task_id == installation.tasks()[0].id)
            .values(withdrawn=True)
        )
    )
    addresses = (f"/tasks/{task}", "/inventory?sort=newest", "/dashboard", "/requesters")
    texts = [_lasting(browser.get(address)) for address in addresses]
    installation.change(lambda session: add(session, 4))

    assert [_lasting(browser.get(address)) for address in addresses] == texts
    assert "Färre än 5 inlägg" in texts[0]


def test_a_reviewer_sees_the_reports_themselves(lasting: Installation) -> None:
    query = (
        select(Report.task_id)
        .join(Organisation, Organisation.id == Report.organisation_id)
        .where(Organisation.code == "exempel", Report.task_id.is_not(None))
    )
    reported = lasting.ask(lambda session: session.scalars(query.limit(1)).one())

    page = lasting.of("support").get(f"/tasks/{to_text(reported)}")

    assert "Färre än" not in page.main.text
    assert "minuter per gång" in page.main.text


def _publish(installation: Installation) -> None:
    def act(session: Session) -> None:
        organisation = session.scalars(
            select(Organisation).where(Organisation.code == "exempel")
        ).one()
        organisation.reporting_mode = "anonymous"
        units = dict(session.execute(select(Unit.code, Unit.id)).all())
        session.add(
            PublishedMonth(
                organisation_id=organisation.id,
                month="2026-10",
                published_on=_NOW.date(),
                smallest_count=5,
                reports=35,
                hours=1_200.0,
            )
        )
        for view, key, name, reports, hours in (
            ("unit", to_text(units["NAR"]), "Närvård", 10, 310.0),
            ("unit", to_text(units["VOF-LSS"]), "LSS-bostäder", 15, None),
            ("level", "state", "", 20, 700.0),
            ("verdict", "none", "", 15, None),
        ):
            session.add(
                PublishedFigure(
                    organisation_id=organisation.id,
                    month="2026-10",
                    view=view,
                    key=key,
                    name=name,
                    reports=reports,
                    hours=hours,
                )
            )

    installation.change(act)


def _set_mode(installation: Installation, mode: str) -> None:
    installation.change(
        lambda session: session.execute(update(Organisation).values(reporting_mode=mode))
    )


def test_nothing_is_said_of_anonymous_reports_where_nobody_can_make_any(
    installation: Installation,
) -> None:
    _set_mode(installation, "open")

    assert installation.of("leadership").get("/dashboard").main.all(id="anonymous") == []


def test_before_the_first_month_the_page_says_that_there_is_none(
    installation: Installation,
) -> None:
    _set_mode(installation, "anonymous")

    section = installation.of("leadership").get("/dashboard").main.one(id="anonymous")

    assert "Ingen månad har publicerats än" in section.text
    assert section.all("table") == []


def test_closed_months_are_shown_as_they_were_published(installation: Installation) -> None:
    _publish(installation)

    section = installation.of("leadership").get("/dashboard").main.one(id="anonymous")

    assert "Oktober 2026: ungefär 35 inlägg, 1 200 timmar per år" in _plain(section)
    assert _cells(section) == [
        ["LSS-bostäder", "15", "visas inte"],
        ["Närvård", "10", "310"],
        ["Staten", "20", "700"],
        ["För lite är känt", "15", "visas inte"],
    ]


def test_a_unit_manager_is_shown_the_own_unit_of_a_month(installation: Installation) -> None:
    _publish(installation)

    section = installation.of(UNIT_MANAGER).get("/dashboard").main.one(id="anonymous")

    assert _cells(section) == [["Närvård", "10", "310"]]
    assert "35" not in section.text


def test_staff_are_shown_no_month(installation: Installation) -> None:
    _publish(installation)

    assert installation.of("staff").get("/dashboard").main.all(id="anonymous") == []


@pytest.mark.parametrize("role", ["support", "leadership", UNIT_MANAGER, "admin", "staff"])
def test_no_data_of_the_overview_holds_what_its_tables_do_not(
    installation: Installation, role: str
) -> None:
    """T52."""
    _publish(installation)
    page = installation.of(role).get("/dashboard")
    shown = {cell for table in page.main.all("table") for cell in _flat(table)}

    told = list(_data(page.page))

    assert told
    with speaking("sv"):
        assert [
            value
            for name, value in told
            if _text(significant(value)) not in shown and value != _floor(page)
        ] == []


def test_no_number_of_reports_is_below_the_threshold_or_exact(installation: Installation) -> None:
    _publish(installation)

    section = installation.of("leadership").get("/dashboard").main.one(id="anonymous")

    counts = [int(row[1]) for row in _cells(section)]
    counts += [int(found) for found in re.findall(r"ungefär (\d+) inlägg", _plain(section))]
    assert len(counts) == 5
    assert [count for count in counts if count < 5 or count % 5] == []
    told = [
        each.attributes[name]
        for each in section.within
        for name in each.attributes
        if "data-" in name and name != "data-copies"  # names the table that is copied
    ]
    assert [text for text in told if re.search(r"\d", text)] == []


def _lasting(answer: Answer) -> str:
    """The page without the token of its forms, which is another each second."""
    return re.sub(r'name="csrf_token" value="[^"]+"', "", answer.text)


def _data(page: Element) -> Iterator[tuple[str, float]]:
    """Every number that a chart is drawn from, wherever it stands: attributes and scripts."""
    for element in page.within:
        if element.tag == "script":
            assert element.text.strip() == ""
        for name, value in element.attributes.items():
            if name.startswith("data-") and value.startswith(("{", "[")):
                # The first trace of the scatter is the line where cost and benefit are equal.
                for trace in (t for t in json.loads(value)["data"] if t.get("mode") != "lines"):
                    yield from (
                        (axis, number)
                        for axis in ("x", "y")
                        for number in trace.get(axis, [])
                        if isinstance(number, float)
                    )


def _floor(page: Answer) -> float:
    """Where the logarithmic axes begin, at which points that give nothing stand."""
    (drawn,) = [e for e in page.main.one(id="scatter").within if "data-figure" in e.attributes]
    floor: float = json.loads(drawn["data-figure"])["data"][0]["x"][0]
    return floor


def _flat(table: Element) -> list[str]:
    return [_text(cell.text) for cell in table.all("td", "th")]


def _cells(section: Element) -> list[list[str]]:
    return [
        [_text(cell.text) for cell in row.all("th", "td")]
        for body in section.all("tbody")
        for row in body.all("tr")
    ]


def _plain(element: Element) -> str:
    return _text(element.text)


def _text(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())
