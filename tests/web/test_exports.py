"""The inventory and the tables of pages as files: what is filtered is what you get, and nothing that no page shows."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select, update

from tests.web.browser import Answer, Browser
from tests.web.conftest import NEIGHBOURS_TITLE, UNIT_MANAGER, Installation
from tests.web.test_guarded_figures import HIDDEN, NOT_REVIEWING, NOWHERE
from tests.web.test_inventory import WRONG
from timethief.domain.identifiers import to_text
from timethief.i18n import TIME_ZONE
from timethief.storage.tables import Requester, Task, Unit
from timethief.web import large_downloads
from timethief.web.limits import limiter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILTERS = (
    "",
    "?sort=cost",
    "?sort=newest",
    "?flagged=yes",
    "?flagged=no&sort=gain",
    "?verdict=clear&level=state",
    "?level=own_organisation&sort=cost",
    "?cause=inefficient",
    "?recommended=simplify",
    "?signal=too_detailed",
    "?status=in_review",
    "?q=rapport",
    "?q=finnsinte",
)
FILES = tuple(
    f"{page}/export.{kind}"
    for page, kinds in (
        ("/inventory", ("xlsx", "csv", "json")),
        ("/requesters", ("xlsx", "csv")),
        ("/dashboard", ("xlsx", "csv")),
    )
    for kind in kinds
)


@pytest.fixture(autouse=True)
def _from_the_beginning() -> None:
    """Each test may take out as many files as anybody may in a minute."""
    limiter.reset()


def _rows(answer: Answer) -> list[list[str]]:
    assert answer.status == 200, answer.text[:500]
    text = answer.text.removeprefix("\ufeff")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def _book(browser: Browser, address: str) -> Any:  # noqa: ANN401 - the library publishes no types
    response = browser.client.get(address, base_url=browser.home)
    assert response.status_code == 200
    content = response.get_data()
    assert int(response.headers["Content-Length"]) == len(content)
    response.close()
    return load_workbook(io.BytesIO(content))


def _listed(browser: Browser, address: str) -> list[str]:
    """The titles on every page of the list, in order."""
    found: list[str] = []
    while address:
        answer = browser.get(address)
        for table in answer.main.all(id="tasks"):
            found += [link.text for link in table.all("a") if "/tasks/" in link["href"]]
        further = answer.main.all("a", rel="next")
        address = further[0]["href"] if further else ""
    return found


def _plain(titles: list[str]) -> list[str]:
    return [" ".join(title.split()) for title in titles]


@pytest.mark.parametrize("query", FILTERS)
def test_what_is_filtered_is_what_you_get(standing: Installation, query: str) -> None:
    staff = standing.of("staff")
    shown = _listed(staff, f"/inventory{query}")

    rows = _rows(staff.get(f"/inventory/export.csv{query}"))
    tasks = staff.get(f"/inventory/export.json{query}").json
    sheet = _book(staff, f"/inventory/export.xlsx{query}").worksheets[0]

    assert _plain([row[0] for row in rows[1:]]) == _plain(shown)
    assert _plain([task["title"] for task in tasks]) == _plain(shown)
    assert _plain([row[0].value for row in sheet.iter_rows(min_row=2)]) == _plain(shown)


def test_the_filters_of_these_tests_leave_something_each(standing: Installation) -> None:
    """Else equal lists would prove little."""
    staff = standing.of("staff")
    counts = {query: len(_rows(staff.get(f"/inventory/export.csv{query}"))) for query in FILTERS}

    assert [query for query, rows in counts.items() if rows == 1] == ["?q=finnsinte"]


def test_a_filter_by_unit_and_requester_holds_too(standing: Installation) -> None:
    lead = standing.of("leadership")

    for query in (f"?unit={standing.unit_id}", f"?requester={standing.requester_id}"):
        rows = _rows(lead.get(f"/inventory/export.csv{query}"))

        assert _plain([row[0] for row in rows[1:]]) == _plain(_listed(lead, f"/inventory{query}"))


@pytest.mark.parametrize("query", WRONG)
def test_a_wrong_address_is_refused_as_on_the_page(lasting: Installation, query: str) -> None:
    status = 200 if WRONG[query] == 302 else WRONG[query]

    assert lasting.of("staff").get(f"/inventory/export.csv?{query}").status == status


@pytest.mark.parametrize("role", NOT_REVIEWING)
@pytest.mark.parametrize("kind", ["csv", "json"])
def test_no_small_unit_is_named(standing: Installation, role: str, kind: str) -> None:
    answer = standing.of(role).get(f"/inventory/export.{kind}")

    named = (
        {task["unit"] for task in answer.json}
        if kind == "json"
        else {row[2] for row in _rows(answer)}
    )
    assert "Vård- och omsorgsförvaltningen" in named
    assert named & set(HIDDEN.values()) == set()


def test_a_reviewer_gets_true_units(standing: Installation) -> None:
    named = {row[2] for row in _rows(standing.of("support").get("/inventory/export.csv"))}

    assert named & set(HIDDEN.values())


@pytest.mark.parametrize("file", FILES)
def test_a_unit_out_of_reach_gives_no_file(lasting: Installation, file: str) -> None:
    if file.startswith("/requesters"):
        return
    query = select(Unit.id).where(Unit.code == "VOF-ANH")
    hidden = to_text(lasting.ask(lambda session: session.scalars(query).one()))
    lead = lasting.of("leadership")

    answers = [lead.get(f"{file}?unit={unit}") for unit in (hidden, NOWHERE)]

    assert [answer.status for answer in answers] == [404, 404]


@pytest.mark.parametrize("file", FILES)
def test_files_are_of_the_own_organisation(lasting: Installation, file: str) -> None:
    own, theirs = (lasting.of(who).get(file) for who in ("leadership", "granne"))

    assert own.status == theirs.status == 200
    if file.endswith(("csv", "json")) and not file.startswith("/requesters"):
        assert NEIGHBOURS_TITLE in theirs.text
        assert NEIGHBOURS_TITLE not in own.text


@pytest.mark.parametrize("file", FILES)
def test_files_take_a_log_in(lasting: Installation, file: str) -> None:
    answer = lasting.browser().get(file)

    assert answer.status == 302
    assert "/login" in answer.location


@pytest.mark.parametrize("file", FILES)
def test_the_name_tells_the_day(lasting: Installation, file: str) -> None:
    answer = lasting.of("staff").get(file)

    day = f"{datetime.now(UTC).astimezone(TIME_ZONE):%Y-%m-%d}"
    given = answer.headers["Content-Disposition"]
    kind = file.rpartition(".")[2]
    assert re.fullmatch(rf"attachment; filename=tidstjuvar-[a-z]+-{day}\.{kind}", given)
    english = lasting.browser("staff").get(f"{file}?language=en").headers["Content-Disposition"]
    assert re.fullmatch(rf"attachment; filename=timethief-[a-z]+-{day}\.{kind}", english)


def test_the_second_sheet_tells_what_the_first_holds(standing: Installation) -> None:
    book = _book(standing.of("staff"), "/inventory/export.xlsx?level=state&sort=cost")

    sheet, about = book.worksheets
    told = {row[0].value: row[1].value for row in about.iter_rows() if row[0].value}
    assert told["Urval"] == "Beställarens nivå: Staten"
    assert told["Ordning"]
    assert told["Version av räknereglerna"] == "1"
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref
    minutes = next(cell.column for cell in sheet[1] if cell.value == "Minuter per gång")
    cells = [row[minutes - 1] for row in sheet.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} == {"n"}
    assert told["Minuter per gång"]


def test_text_that_looks_like_a_formula_is_text(installation: Installation) -> None:
    formula = '=HYPERLINK("http://ont.example";"Klicka")'
    task = installation.tasks()[0]
    installation.change(
        lambda session: (
            session.execute(update(Task).where(Task.id == task.id).values(title=formula)),
            session.execute(
                update(Requester).where(Requester.id == task.requester_id).values(name="@SUM(A1)")
            ),
        )
    )
    staff = installation.of("staff")

    for page in ("/inventory", "/dashboard", "/requesters"):
        rows = _rows(staff.get(f"{page}/export.csv"))
        cells = [cell for row in rows for cell in row]
        assert [cell for cell in cells if cell.startswith(("=", "@"))] == []
        book = _book(staff, f"{page}/export.xlsx")
        kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
        assert "f" not in kinds
    titles = [row[0] for row in _rows(staff.get("/inventory/export.csv"))]
    assert f"'{formula}" in titles


def test_while_a_file_is_sent_others_write(either: Installation) -> None:
    """The transfer holds no lock, and what it gives is of one moment."""
    staff = either.of("staff")
    count = len(either.tasks())
    response = staff.client.get("/inventory/export.json", base_url=staff.home, buffered=False)
    parts: Iterator[bytes] = response.iter_encoded()
    begun = next(parts) + next(parts)

    either.change(lambda session: session.execute(update(Task).values(title="Ny titel")))
    content = begun + b"".join(parts)
    response.close()

    tasks = json.loads(content)
    assert len(tasks) == count
    assert [task for task in tasks if task["title"] == "Ny titel"] == []
    assert {task["title"] for task in staff.get("/inventory/export.json").json} == {"Ny titel"}


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_few_files_at_a_time_and_the_rest_wait(lasting: Installation, kind: str) -> None:
    staff = lasting.of("staff")
    address = f"/inventory/export.{kind}"
    held = [
        staff.client.get("/inventory/export.csv", base_url=staff.home, buffered=False)
        for _ in range(large_downloads.AT_ONCE)
    ]

    refused = staff.get(address)
    page = staff.get("/inventory")
    for response in held:
        response.close()  # as when the reader goes away half-way

    assert refused.status == 429
    assert refused.headers["Retry-After"] == str(large_downloads.WAIT)
    assert page.status == 200
    assert staff.get(address).status == 200


def test_a_fault_gives_the_place_back(
    lasting: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff = lasting.of("staff")

    def broken(*_: object) -> None:
        message = "broken"
        raise ValueError(message)

    with monkeypatch.context() as patched:
        patched.setattr("timethief.web.task_files.write_xlsx", broken)
        statuses = [
            staff.get("/inventory/export.xlsx").status for _ in range(large_downloads.AT_ONCE + 1)
        ]

    assert statuses == [500] * len(statuses)
    assert staff.get("/inventory/export.xlsx").status == 200


def test_nobody_takes_files_out_without_end(lasting: Installation) -> None:
    staff, lead = lasting.of("staff"), lasting.of("leadership")

    statuses = [staff.get("/requesters/export.csv").status for _ in range(21)]

    assert statuses == [200] * 20 + [429]
    assert lead.get("/requesters/export.csv").status == 200


@pytest.mark.parametrize("role", ["staff", "leadership", UNIT_MANAGER])
@pytest.mark.parametrize("query", ["", "?level=state", "?q=region"])
def test_the_requesters_are_those_of_the_page(
    standing: Installation, role: str, query: str
) -> None:
    browser = standing.of(role)
    page = browser.get(f"/requesters{query}")
    table = page.main.one(id="requesters")
    shown = [
        [row.one("a").text, *(cell.text for cell in row.all("td"))]
        for row in table.one("tbody").all("tr")
    ]

    rows = _rows(browser.get(f"/requesters/export.csv{query}"))[1:]

    assert [[row[0], *map(_number, row[3:])] for row in rows] == [
        [row[0], *map(_number, row[1:])] for row in shown
    ]


def _number(text: str) -> float:
    """What a cell says, of a page or a file."""
    plain = re.sub(r"\s", "", text).replace(",", ".")
    return float(plain.removesuffix("%")) / 100 if plain.endswith("%") else float(plain)


@pytest.mark.parametrize("role", ["staff", "leadership", UNIT_MANAGER])
@pytest.mark.parametrize("query", ["", "?level=own_organisation"])
def test_the_overviews_tables_are_those_of_the_page(
    standing: Installation, role: str, query: str
) -> None:
    browser = standing.of(role)
    page = browser.get(f"/dashboard{query}")

    book = _book(browser, f"/dashboard/export.xlsx{query}")
    sheets = {sheet.title: sheet for sheet in book}

    for name in ("share", "askers", "scatter"):
        table = page.main.one(id=f"{name}-table")
        caption = table.one("caption").text
        sheet = next(sheets[name] for name in sheets if caption.startswith(name))
        shown = [[cell.text for cell in row.all("th", "td")] for row in table.all("tr")]
        held = [list(row) for row in sheet.iter_rows(values_only=True)]
        assert held[0] == shown[0]
        assert [[_told(cell) for cell in row] for row in held[1:]] == [
            [_told(cell) for cell in row] for row in shown[1:]
        ]


def _told(cell: object) -> object:
    if not isinstance(cell, str):
        return pytest.approx(cell)
    try:
        return _number(cell)
    except ValueError:
        return cell.replace("\u2003", "").strip()


def test_the_overview_as_text_has_every_table(standing: Installation) -> None:
    lead = standing.of("leadership")

    rows = _rows(lead.get("/dashboard/export.csv"))

    captions = [row[0] for row in rows if len(row) == 1]
    assert captions[:3] == ["Nyckeltal", "Frigjort hittills", "Timmar per år efter bedömning"]
    assert len(captions) >= 5
    first = lead.get("/dashboard").main.one(class_="dashboard-figures").text
    hours = next(row[1] for row in rows if row[0] == "Kartlagd tid per år")
    assert f"{int(hours):,}".replace(",", " ") in first
