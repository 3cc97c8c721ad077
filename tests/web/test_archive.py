from __future__ import annotations

import csv
import hashlib
import io
import json
import tracemalloc
import zipfile
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from tests.web.browser import Answer, Browser
from tests.web.conftest import NEIGHBOURS_TITLE, Installation
from timethief.domain.identifiers import new_identifier, to_text
from timethief.exchange.archive_documents import CHECKSUMS, archive
from timethief.queries.archive import everything, rows_of
from timethief.queries.stored_data import stored_tables
from timethief.storage.tables import (
    AnonymousMessage,
    AnonymousReport,
    AuditEvent,
    Base,
    Report,
    Task,
    User,
)

PAGE = "/administration/archive"
SECRETS = ("password_hash", "token_hash", "receipt_hash", "code_hash", "sealed_client_secret")


def _take_out(admin: Browser, address: str, fields: dict[str, str]) -> zipfile.ZipFile:
    page = admin.get(PAGE)
    response = admin.client.post(
        address,
        data={"csrf_token": page.token} | fields,
        headers={"Origin": "http://localhost", "Referer": "http://localhost/"},
    )
    assert response.status_code == 200, response.get_data(as_text=True)[:500]
    assert response.mimetype == "application/zip"
    assert response.headers["Content-Disposition"].startswith("attachment; filename=timethief-")
    return zipfile.ZipFile(io.BytesIO(response.get_data()))


def _all(admin: Browser) -> zipfile.ZipFile:
    return _take_out(admin, f"{PAGE}/everything", {})


def _record(admin: Browser, text: str) -> zipfile.ZipFile:
    return _take_out(admin, PAGE, {"record": text})


def _lines(packed: zipfile.ZipFile, table: str) -> list[dict[str, Any]]:
    text = packed.read(f"json/{table}.jsonl").decode()
    return [json.loads(line) for line in text.splitlines()]


def _rows(packed: zipfile.ZipFile, table: str) -> list[dict[str, str]]:
    text = packed.read(f"csv/{table}.csv").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def _anonymous(installation: Installation, task_id: int | None = None) -> AnonymousReport:
    organisation_id = installation.tasks()[0].organisation_id

    def add(session: Any) -> AnonymousReport:  # noqa: ANN401 - the installation's own
        report = AnonymousReport(
            organisation_id=organisation_id,
            released_week="2026-W10",
            title="=HYPERLINK(1)",
            minutes=1.5,
            use_answer="unknown",
            receipt_hash="a" * 43,
            status="received",
            shown_status="received",
            task_id=task_id,
        )
        session.add(report)
        session.flush()
        session.add(
            AnonymousMessage(
                organisation_id=organisation_id,
                report_id=report.id,
                position=1,
                side="writer",
                kind="addition",
                text="Mer om saken",
                released_week="2026-W10",
            )
        )
        return report

    added: AnonymousReport = installation.change(add)
    return added


def test_every_row_of_the_organisation_is_there_twice_and_nobody_elses(
    admin: Browser, installation: Installation
) -> None:
    _anonymous(installation)
    own = installation.tasks()[0].organisation_id

    packed = _all(admin)

    assert packed.testzip() is None
    for table in stored_tables("sv"):
        if table.left_out:
            assert f"json/{table.name}.jsonl" not in packed.namelist()
            continue
        plain = Base.metadata.tables[table.name]
        key = plain.c.id if table.name == "organisation" else plain.c.organisation_id
        mine = key.in_([own]) | key.is_(None)
        if table.name == "audit_event":
            continue  # taking out adds a line
        query = select(func.count()).select_from(plain).where(mine)
        with installation.database.reading_all() as session:
            count = session.scalar(query)
        assert len(_lines(packed, table.name)) == count, table.name
        assert len(_rows(packed, table.name)) == count, table.name
    everything_said = b"".join(packed.read(name) for name in packed.namelist())
    assert NEIGHBOURS_TITLE.encode() not in everything_said


def test_nothing_that_opens_anything_is_in_the_file(
    admin: Browser, installation: Installation
) -> None:
    _anonymous(installation)
    hashes = installation.ask(lambda session: session.scalars(select(User.password_hash)).all())

    packed = _all(admin)

    held = b"".join(packed.read(name) for name in packed.namelist())
    assert [each for each in hashes if each and each.encode() in held] == []
    assert b"a" * 43 not in held
    for name in packed.namelist():
        if name.startswith("json/"):
            columns = {key for line in _lines(packed, name[5:-6]) for key in line}
            assert not columns & set(SECRETS), name


def test_the_readme_explains_every_column_and_what_is_left_out(admin: Browser) -> None:
    packed = _all(admin)

    readme = packed.read("LASMIG.txt").decode("utf-8-sig")

    for table in stored_tables("sv"):
        assert table.name in readme
        if table.left_out:
            assert table.left_out in readme
            continue
        for column in table.columns:
            assert column.name in readme
            assert column.secret or column.meaning in readme


def test_the_checksums_are_those_of_the_files(admin: Browser) -> None:
    packed = _all(admin)

    listed = packed.read(CHECKSUMS).decode().splitlines()
    sums = {line.split("  ")[1]: line.split("  ")[0] for line in listed}

    assert set(sums) == set(packed.namelist()) - {CHECKSUMS}
    assert sums == {name: hashlib.sha256(packed.read(name)).hexdigest() for name in sums}


def test_one_anonymous_report_is_exactly_what_is_stored_of_it(
    admin: Browser, installation: Installation
) -> None:
    report = _anonymous(installation)

    packed = _record(admin, str(report.id))

    (line,) = _lines(packed, "anonymous_report")
    stored = {c.name for c in AnonymousReport.__table__.columns} - {"receipt_hash"}
    assert set(line) == stored
    assert line["title"] == "=HYPERLINK(1)"
    assert line["minutes"] == 1.5
    assert [each["text"] for each in _lines(packed, "anonymous_message")] == ["Mer om saken"]
    (row,) = _rows(packed, "anonymous_report")
    assert (row["title"], row["minutes"]) == ("'=HYPERLINK(1)", "1,5")
    assert {name for name in packed.namelist() if name.startswith("json/")} == {
        "json/anonymous_report.jsonl",
        "json/anonymous_message.jsonl",
    }


def test_one_report_is_exactly_what_is_stored_of_it(
    admin: Browser, installation: Installation
) -> None:
    staff = installation.browser("staff")
    staff.send(staff.get("/log"), {"title": "Något"}, "log-form")
    report = installation.latest_report()

    packed = _record(admin, f"http://localhost/intake/{report.id}?x#y")

    (line,) = _lines(packed, "report")
    assert set(line) == {c.name for c in Report.__table__.columns}
    assert (line["title"], line["user_id"]) == ("Något", to_text(report.user_id or 0))


def test_one_task_comes_with_all_that_belongs_to_it(
    admin: Browser, installation: Installation
) -> None:
    task = installation.tasks()[0]
    _anonymous(installation, task.id)

    packed = _record(admin, f"http://localhost/tasks/{to_text(task.id)}")

    (line,) = _lines(packed, "task")
    assert (line["id"], line["title"]) == (to_text(task.id), task.title)
    assert _lines(packed, "assessment")[0]["task_id"] == to_text(task.id)
    assert {each["task_id"] for each in _lines(packed, "task_use")} <= {to_text(task.id)}
    assert len(_lines(packed, "anonymous_report")) == 1


@pytest.mark.parametrize("text", ["", " ", "x", "zzzzzzzzzzzz", "http://localhost/tasks/", "\x00"])
def test_what_is_not_there_is_told_beside_the_field(lasting: Installation, text: str) -> None:
    admin = lasting.of("admin")

    answer = admin.send(admin.get(PAGE), {"record": text}, "archive")

    assert answer.status == 422
    assert answer.page.one(id="record-error").text in answer.errors


def test_a_task_of_another_organisation_and_a_report_that_waits_are_not_there(
    lasting: Installation,
) -> None:
    waiting = _anonymous(lasting)
    lasting.change(
        lambda session: setattr(session.get_one(AnonymousReport, waiting.id), "released_week", None)
    )
    admin, answers = lasting.of("admin"), list[Answer]()
    for text in (to_text(lasting.foreign.id), "z" * 12, str(waiting.id)):
        answers.append(admin.send(admin.get(PAGE), {"record": text}, "archive"))

    assert {answer.status for answer in answers} == {422}
    assert len({tuple(answer.errors) for answer in answers}) == 1


def test_taking_out_leaves_a_line_in_the_trail(admin: Browser, installation: Installation) -> None:
    _all(admin)
    _record(admin, installation.task_id)

    lines = installation.ask(
        lambda session: {(e.act, e.subject, e.reference) for e in session.query(AuditEvent)}
    )

    assert lines == {
        ("archive_taken_out", "archive", ""),
        ("record_taken_out", "task", installation.task_id),
    }


def test_the_file_is_sent_while_it_is_made_and_never_held_whole(installation: Installation) -> None:
    own = installation.tasks()[0].organisation_id
    rows = [
        {
            "id": new_identifier(),
            "organisation_id": own,
            "happened_at": datetime.now(UTC),
            "user_id": None,
            "role": "",
            "act": "unit_added",
            "subject": "unit",
            "reference": f"{number}",
            "before": {},
            "after": {"name": f"{new_identifier()} " * 20},
        }
        for number in range(30_000)
    ]
    installation.change(lambda session: session.execute(insert(AuditEvent), rows))
    rows.clear()
    with installation.database.reading(own) as session:
        parts = archive(
            lambda handed: rows_of(session, handed), "Ort", everything("sv"), (), datetime.now(UTC)
        )
        first = next(parts)
        tracemalloc.start()
        size = sum(len(part) for part in parts)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert first.startswith(b"PK")
    assert size > 2_000_000
    assert peak < 12_000_000


def test_a_task_is_found_from_its_own_page(lasting: Installation) -> None:
    page = lasting.of("admin").get(f"/tasks/{lasting.task_id}")
    (link,) = [each for each in page.main.all("a") if each.text == "Ta ut handlingen"]

    answer = lasting.of("admin").get(link["href"])

    assert answer.main.one(id="record")["value"] == lasting.task_id
    assert lasting.ask(lambda session: session.get(Task, lasting.tasks()[0].id)) is not None
