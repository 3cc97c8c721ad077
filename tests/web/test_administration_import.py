from __future__ import annotations

import io

import pytest

from tests.web.browser import Answer, Browser, fields_of
from tests.web.conftest import Installation
from timethief.exchange.sheets.unit_cells import workbook
from timethief.queries.verification import differences
from timethief.storage.tables import AuditEvent, Unit

IMPORT = "/administration/units/import"
FILE = workbook(
    "Blad",
    ["Namn", "organisation", "Ligger under", "Antal anställda"],
    [["Nya hemtjänsten", "granne", "", 40], ["Nya norra", "granne", "Nya hemtjänsten", 12]],
)


def _upload(admin: Browser, content: bytes, name: str = "enheter.xlsx") -> Answer:
    form = [f for f in admin.get(IMPORT).main.all("form") if "pasted" in fields_of(f)]
    fields = {**fields_of(form[0]), "file": (io.BytesIO(content), name)}
    headers = {"Sec-Fetch-Site": "same-origin", "Referer": "http://localhost/"}
    return admin.open("POST", IMPORT, data=fields, headers=headers)


def _confirm(admin: Browser, shown: Answer) -> Answer:
    return admin.send(shown, form="confirm")


def test_a_list_is_shown_first_and_read_in_then(admin: Browser, installation: Installation) -> None:
    before = installation.count(Unit)

    shown = _upload(admin, FILE)
    assert installation.count(Unit) == before
    saved = admin.follow(_confirm(admin, shown))

    assert "2 enheter är nya" in shown.main.text
    assert "organisation" in shown.main.text
    assert "2 enheter är nya" in saved.main.one(class_="status-line").text
    rows = installation.ask(
        lambda session: session.query(Unit).filter(Unit.name.like("Nya %")).all()
    )
    upper, lower = sorted(rows, key=lambda row: row.name)
    assert installation.count(Unit) == before + 2
    assert {row.organisation_id for row in rows} == {installation.tasks()[0].organisation_id}
    assert (upper.parent_id, lower.parent_id, lower.headcount) == (None, upper.id, 12)
    assert installation.ask(lambda session: list(differences(session))) == []


def test_the_same_list_confirmed_twice_is_read_in_once(
    admin: Browser, installation: Installation
) -> None:
    shown = _upload(admin, FILE)

    answers = [_confirm(admin, shown) for _ in range(2)]

    acts = installation.ask(
        lambda session: session.query(AuditEvent).filter_by(act="units_imported").count()
    )
    assert ([answer.status for answer in answers], acts) == ([302, 302], 1)


def test_each_fault_is_told_by_row_and_column_and_nothing_is_saved(lasting: Installation) -> None:
    before = lasting.stored()
    text = "Namn;Ligger under;Antal\nNy;Finns inte;tolv\nNorra;;3\nNorra;;4"

    shown = _upload(lasting.of("admin"), text.encode(), "enheter.csv")

    told = [
        (row.all("th")[0].text, row.all("td")[0].text)
        for row in shown.main.one(id="faults").all("tr")[1:]
    ]
    assert {("Rad 2", "Antal anställda"), ("Rad 2", "Ligger under")} <= set(told)
    assert ("Rad 4", "Namn") in told
    assert not [form for form in shown.main.all("form") if "sheet" in fields_of(form)]
    assert lasting.stored() == before


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04",
        bytes(range(256)),
        b"",
        b"\xd0\xcf\x11\xe0",
        b"\x00" * 100,
        b"a;" * 100_000,
        FILE[:-100],
        FILE[:200] + b"\xff" * 50 + FILE[250:],
    ],
)
def test_a_file_that_cannot_be_read_is_told_beside_its_field(
    lasting: Installation, content: bytes
) -> None:
    before = lasting.stored()

    answer = _upload(lasting.of("admin"), content)

    assert answer.status == 422
    assert answer.errors
    assert lasting.stored() == before


def test_a_file_beyond_all_measure_is_refused_at_the_door(lasting: Installation) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    body += b"a" * 1_100_000 + b"\r\n--x--\r\n"

    answer = lasting.of("admin").open(
        "POST", IMPORT, data=body, content_type="multipart/form-data; boundary=x"
    )

    assert answer.status == 413


def test_pasted_rows_are_kept_where_they_are_refused(lasting: Installation) -> None:
    admin = lasting.of("admin")
    form = [f for f in admin.get(IMPORT).main.all("form") if "pasted" in fields_of(f)][0]  # noqa: RUF015

    answer = admin.post(IMPORT, {**fields_of(form), "pasted": "Kod;Antal\n1;2"})

    (again,) = [f for f in answer.main.all("form") if "pasted" in fields_of(f)]
    assert answer.status == 422
    assert fields_of(again)["pasted"].splitlines() == ["Kod;Antal", "1;2"]


def test_rows_that_were_changed_on_the_way_are_looked_at_again(lasting: Installation) -> None:
    admin, before = lasting.of("admin"), lasting.stored()
    shown = _upload(admin, FILE)

    answers = [
        admin.send(shown, {"sheet": sheet}, form="confirm")
        for sheet in ('"Namn";"Ligger under"\n"A";"Finns inte"', "", '"', "Kod\n1")
    ]

    assert [answer.status for answer in answers] == [422] * 4
    assert all(answer.errors for answer in answers)
    assert lasting.stored() == before


def test_the_template_is_a_spreadsheet_of_the_units_that_there_are(lasting: Installation) -> None:
    response = lasting.of("admin").client.get(f"{IMPORT}/template")
    content = response.get_data()
    response.close()

    shown = _upload(lasting.of("admin"), content)

    assert response.headers["Content-Disposition"] == 'attachment; filename="enheter.xlsx"'
    assert "0 enheter är nya, 0 ändras" in shown.main.text
