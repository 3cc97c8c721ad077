from __future__ import annotations

import csv
import json
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from contextvars import copy_context
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook
from sqlalchemy import func, select, update

from tests import make
from tests.conftest import address
from timethief.cli import main
from timethief.domain.vocabulary import OrganisationKind, Sector
from timethief.exchange.task_columns import BY_CODE, COLUMNS, RESULTS, SELDOM_FILLED
from timethief.exchange.task_template import OFFERED
from timethief.i18n import speaking
from timethief.queries.verification import differences
from timethief.services import demonstration
from timethief.services.organisations import add_organisation, add_unit
from timethief.storage.database import Database
from timethief.storage.tables import Organisation, Task, Unit


@dataclass(frozen=True)
class Installation:
    """The demonstration, whose tasks all have references, and an empty organisation with the same units."""

    database: Database
    folder: Path
    empty: str

    def run(self, *arguments: object) -> Result:
        """A command, in a context of its own: it sets the language."""
        given = [str(each) for each in arguments]
        url = self.database.url.render_as_string(hide_password=False).replace("+psycopg", "")
        settings = {
            "TIMETHIEF_INSTANCE": str(self.folder / "instance"),
            "TIMETHIEF_DATABASE_URL": url,
        }
        return copy_context().run(CliRunner(env=settings).invoke, main, given)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def loaded(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """The demonstration, loaded once for all tests of the file."""
    if request.param == "sqlite":
        file = tmp_path_factory.mktemp("loaded") / "timethief.sqlite3"
        shutil.copy(request.getfixturevalue("sqlite_template"), file)
        url = f"sqlite:///{file}"
    else:
        server = request.getfixturevalue("postgresql_server")
        name = f"sheets_{uuid.uuid4().hex[:12]}"
        template = request.getfixturevalue("postgresql_template")
        with psycopg.connect(address(server, "postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'.encode())
        url = address(server, name)
    database = Database(url)
    with database.writing_all() as session:
        demonstration.load(session, make.NOW)
        for task in session.scalars(select(Task)):
            task.external_id = f"ref-{task.id}"
    yield database
    database.close()


@pytest.fixture
def here(loaded: Database, tmp_path: Path) -> Installation:
    code = f"tom-{uuid.uuid4().hex[:8]}"
    with loaded.writing_all() as session:
        new = add_organisation(session, code, "Tom", OrganisationKind.MUNICIPALITY, make.TODAY)
        query = select(Unit).join(Organisation, Organisation.id == Unit.organisation_id)
        for unit in session.scalars(query.where(Organisation.code == demonstration.CODE)).all():
            add_unit(session, new, unit.code, unit.name, Sector(unit.sector))
    return Installation(loaded, tmp_path, code)


def tasks(here: Installation) -> int:
    with here.database.reading_all() as session:
        query = (
            select(func.count())
            .select_from(Task)
            .join(Organisation, Organisation.id == Task.organisation_id)
        )
        return session.scalar(query.where(Organisation.code == here.empty)) or 0


def differing(here: Installation) -> list[str]:
    with here.database.reading_all() as session:
        return [str(each) for each in differences(session)]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_an_export_imported_and_exported_again_is_the_same_table(
    here: Installation, ending: str
) -> None:
    first, second = here.folder / f"first.{ending}", here.folder / f"second.{ending}"

    here.run("export", first, "--organisation", demonstration.CODE)
    done = here.run("import", first, "--organisation", here.empty, "--json")
    here.run("export", second, "--organisation", here.empty)

    assert json.loads(done.stdout)["added"] == 214
    assert _said(first) == _said(second)
    assert differing(here) == []


def _said(file: Path) -> list[list[object]]:
    """What the table says of each task: all columns but those of the status, which an import sets anew."""
    if file.suffix == ".csv":
        with file.open(encoding="utf-8-sig", newline="") as opened:
            rows: list[list[object]] = [list(row) for row in csv.reader(opened, delimiter=";")]
    else:
        rows = [list(row) for row in load_workbook(file).worksheets[0].iter_rows(values_only=True)]
    with speaking("sv"):
        status = rows[0].index(RESULTS[0].title())
    return [row[:status] + row[status + 1 :] for row in rows]


def test_the_same_file_twice_changes_nothing(here: Installation) -> None:
    file = here.folder / "all.csv"
    here.run("export", file, "--organisation", demonstration.CODE)
    here.run("import", file, "--organisation", here.empty)

    again = here.run("import", file, "--organisation", here.empty, "--json")

    assert json.loads(again.stdout) | {"new_requesters": []} == {
        "rows": 214,
        "added": 0,
        "changed": 0,
        "unchanged": 214,
        "dry_run": False,
        "new_requesters": [],
        "unknown_columns": [],
        "examples": 0,
    }
    assert tasks(here) == 214


def test_a_row_that_has_changed_changes_its_task_alone(here: Installation) -> None:
    file = here.folder / "all.csv"
    here.run("export", file, "--organisation", demonstration.CODE)
    here.run("import", file, "--organisation", here.empty)
    with file.open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.reader(opened, delimiter=";"))
    rows[5][0] = "En annan titel"
    rows[5][4] = "33"
    rows[5][5] = rows[5][6] = ""
    with file.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened, delimiter=";").writerows(rows)

    done = here.run("import", file, "--organisation", here.empty, "--json")

    told = json.loads(done.stdout)
    assert (told["added"], told["changed"], told["unchanged"]) == (0, 1, 213)
    with here.database.reading_all() as session:
        (changed,) = session.scalars(select(Task).where(Task.title == "En annan titel"))
        assert changed.minutes == 33
    assert differing(here) == []


def test_one_wrong_row_stops_all_and_is_told_by_row_and_column(here: Installation) -> None:
    file = here.folder / "all.csv"
    here.run("export", file, "--organisation", demonstration.CODE)
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    lines[3] = lines[3].replace(";", ";x", 2)
    file.write_text("\n".join(lines), encoding="utf-8")

    done = here.run("import", file, "--organisation", here.empty)

    assert done.exit_code == 1
    assert done.stdout == ""
    assert done.stderr.startswith("row 4, column ")
    assert done.stderr.endswith("nothing imported\n")
    assert tasks(here) == 0


def test_a_unit_that_does_not_exist_is_told(here: Installation) -> None:
    file = here.folder / "list.csv"
    head = "title;unit;staff_category;minutes;times;per;people;requester_level;requester;Anteckning"
    row = "Något;Ingenstans;nurse;5;1;week;2;state;Skolverket;x"
    file.write_text(f"{head}\n{row}\n")

    done = here.run("import", file, "--organisation", here.empty)

    assert done.exit_code == 1
    assert done.stderr.splitlines() == [
        "column Anteckning: not known, left aside",
        "row 2, column unit: There is no such unit. Write its name or code as in the list of units. (Ingenstans)",
        "timethief: 1 faults, nothing imported",
    ]


def test_a_dry_run_changes_nothing(here: Installation) -> None:
    file = here.folder / "all.xlsx"
    here.run("export", file, "--organisation", demonstration.CODE)

    done = here.run("import", file, "--organisation", here.empty, "--dry-run")

    assert done.exit_code == 0
    assert done.stdout.endswith("214 rows, no faults; nothing changed\n")
    assert tasks(here) == 0


def test_columns_that_are_seldom_filled_stand_there_where_a_task_fills_them(
    here: Installation,
) -> None:
    needed = {
        "title": "Fylla i blanketten",
        "unit": "Barn och unga, utredning",
        "staff_category": "Socialsekreterare",
        "minutes": "10",
        "times": "2",
        "per": "week",
        "people": "3",
        "requester_level": "state",
        "requester": "Staten",
    }
    given, taken = here.folder / "given.csv", here.folder / "taken.csv"

    def seldom(task: dict[str, str]) -> set[str]:
        given.write_text("\n".join([";".join(task), ";".join(task.values())]), encoding="utf-8")
        here.run("import", given, "--organisation", here.empty)
        here.run("export", taken, "--organisation", here.empty)
        with taken.open(encoding="utf-8-sig", newline="") as opened, speaking("sv"):
            headings = next(csv.reader(opened, delimiter=";"))
            return {code for code in SELDOM_FILLED if BY_CODE[code].title() in headings}

    assert seldom(needed) == set()
    assert seldom(needed | {"hourly_cost_sek": "400"}) == {"hourly_cost_sek"}


def test_text_that_looks_like_a_formula_is_text_and_comes_back_as_it_was(
    here: Installation,
) -> None:
    texts = [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "'=1",
        "''+x",
        "=cmd|' /C calc'!A0",
        "\uff0d2",
        "'citat'",
    ]
    with here.database.writing_all() as session:
        for task, text in zip(session.scalars(select(Task)).all(), texts, strict=False):
            session.execute(update(Task).where(Task.id == task.id).values(description=text))

    for ending in ("csv", "xlsx"):
        file = here.folder / f"texts.{ending}"
        here.run("export", file, "--organisation", demonstration.CODE)
        if ending == "xlsx":
            sheet = load_workbook(file).worksheets[0]
            assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {
                "inlineStr",
                "n",
                "s",
            }
        done = here.run("import", file, "--organisation", demonstration.CODE, "--json")
        with here.database.reading_all() as session:
            found = set(session.scalars(select(Task.description)))
        assert set(texts) <= found, ending
        assert json.loads(done.stdout)["unchanged"] == 214, ending


def test_an_export_tells_what_it_is(here: Installation) -> None:
    file = here.folder / "all.xlsx"

    here.run("export", file, "--organisation", demonstration.CODE)

    book = load_workbook(file)
    tasks_sheet, about = book.worksheets
    assert tasks_sheet.freeze_panes == "B2"
    assert str(tasks_sheet.auto_filter.ref).startswith("A1:")
    told = {row[0]: row[1] for row in about.iter_rows(values_only=True) if row}
    assert told["Organisation"] == "Exempelkommunen"
    assert told["Urval"] == "Alla uppgifter"
    assert len(list(tasks_sheet.iter_rows())) == 215
    assert {column.title() for column in (*COLUMNS, *RESULTS)} <= told.keys() | {None}


def test_json_has_every_task_with_its_codes(here: Installation) -> None:
    file = here.folder / "all.json"

    here.run("export", file, "--organisation", demonstration.CODE)

    found = json.loads(file.read_text(encoding="utf-8"))
    assert len(found) == 214
    assert {each["frequency"]["per"] for each in found} <= {
        *("calendar_day", "working_day", "week", "month", "quarter", "half_year", "year")
    }


def test_a_file_is_left_as_it_was_where_the_export_fails(here: Installation) -> None:
    file = here.folder / "all.csv"
    file.write_text("gammalt")

    done = here.run("export", file, "--organisation", "okänd")

    assert done.exit_code == 1
    assert done.stderr == "timethief: no organisation has the code 'okänd'\n"
    assert file.read_text() == "gammalt"


@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice")
def test_the_template_opens_in_libreoffice_and_comes_back_whole(
    here: Installation,
) -> None:
    file = here.folder / "template.xlsx"
    assert here.run("template", file).exit_code == 0
    command = ["soffice", "--headless", "--convert-to", "xlsx", "--outdir", "saved", file.name]

    subprocess.run(command, cwd=here.folder, check=True, capture_output=True, timeout=120)

    sheet = load_workbook(here.folder / "saved" / "template.xlsx").worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    assert [str(each).rstrip(" *") for each in headings] == [column.title() for column in OFFERED]
    lists = [rule for rule in sheet.data_validations.dataValidation if rule.type == "list"]
    assert len(lists) >= 10


def test_the_example_of_the_template_is_not_imported(here: Installation) -> None:
    file = here.folder / "template.xlsx"
    here.run("template", file)
    with here.database.writing_all() as session:
        query = select(Organisation.id).where(Organisation.code == here.empty)
        add_unit(session, session.scalars(query).one(), "a1", "Avdelning 1", Sector.CARE)

    done = here.run("import", file, "--organisation", here.empty, "--json")

    assert done.exit_code == 1
    assert "example" in done.stderr
    assert tasks(here) == 0
