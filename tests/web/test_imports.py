from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import pytest
from openpyxl import load_workbook
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from tests.web.browser import Answer, Browser, fields_of
from tests.web.conftest import Installation
from timethief.domain.import_runs import ImportState
from timethief.exchange import import_runner
from timethief.exchange.sheets.files import LARGEST_FILE
from timethief.queries.verification import differences
from timethief.storage.tables import Task, TaskImport
from timethief.storage.uploads import Progress, Uploads
from timethief.web import current

START = "/imports"
HEADINGS = (
    *("Uppgift", "Enhet", "Personalkategori", "Minuter per gång", "Antal gånger", "Per"),
    *("Antal personer", "Beställarens nivå", "Beställare"),
)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def row(installation: Installation, number: int, **changes: object) -> list[Any]:
    units = load_workbook(io.BytesIO(template(installation)), read_only=True)
    example = next(units.worksheets[0].iter_rows(min_row=2, values_only=True))
    headings = next(units.worksheets[0].iter_rows(min_row=1, max_row=1, values_only=True))
    known = dict(zip((str(each).removesuffix(" *") for each in headings), example, strict=True))
    cells = {heading: known[heading] for heading in HEADINGS} | {"Uppgift": f"Viker {number}"}
    return list((cells | changes).values())


def file_of(browser: Browser, address: str) -> bytes:
    response = browser.client.get(address)
    assert response.mimetype == XLSX
    content = response.get_data()
    response.close()
    return content


def template(installation: Installation, language: str = "sv") -> bytes:
    return file_of(installation.browser("support"), f"{START}/template.xlsx?language={language}")


def table(*rows: Sequence[Any], headings: Sequence[str] = HEADINGS) -> bytes:
    lines = [";".join(str(cell) for cell in each) for each in (headings, *rows)]
    return "\r\n".join(lines).encode()


def send(browser: Browser, content: bytes, name: str = "lista.csv") -> Answer:
    fields = {
        **fields_of(browser.get(START).form()),
        "file": FileStorage(io.BytesIO(content), name),
    }
    headers = {"Sec-Fetch-Site": "same-origin", "Referer": "http://localhost/"}
    boundary, body = encode_multipart(fields)
    kind = f"multipart/form-data; boundary={boundary}"
    return browser.open("POST", START, data=body, headers=headers, content_type=kind)


def work(installation: Installation) -> None:
    import_runner.work(installation.database, installation.app.extensions[current.UPLOADS])


def sent(installation: Installation, content: bytes, name: str = "lista.csv") -> Answer:
    """The page of a file that has been read."""
    support = installation.of("support")
    answer = send(support, content, name)
    assert answer.status == 302, answer.errors
    work(installation)
    return support.get(answer.location)


def counted(installation: Installation) -> int:
    return installation.count(Task)


def marked(browser: Browser, page: Answer) -> Any:  # noqa: ANN401 - a worksheet
    link = next(a["href"] for a in page.main.all("a") if "marked" in a["href"])
    return load_workbook(io.BytesIO(file_of(browser, link))).worksheets[0]


def test_the_template_offers_what_the_organisation_has(lasting: Installation) -> None:
    book = load_workbook(io.BytesIO(template(lasting)))

    words = {cell for row in book["Lists"].iter_rows(values_only=True) for cell in row if cell}
    assert {"Hemtjänsten", "varje dag på året"} & words
    assert "Grannens" not in str(words)
    assert str(book.worksheets[0]["A1"].value).startswith("Uppgift")
    english = load_workbook(io.BytesIO(template(lasting, language="en")))
    assert str(english.worksheets[0]["A1"].value).startswith("What is done")


def test_a_file_is_shown_first_and_imported_then_and_undone(either: Installation) -> None:
    support, before = either.of("support"), counted(either)
    rows = [row(either, number) for number in range(7)]
    rows += [row(either, 7, **{"Minuter per gång": "tolv"}), row(either, 8, Enhet="Finns ej")]
    rows += [row(either, 9, Per="varje dygn")]

    shown = sent(either, table(*rows))

    assert "7 rader kan importeras, 3 har fel" in shown.main.text
    assert "tolv" in shown.main.text
    assert "Skriv talet med siffror" in shown.main.text
    assert counted(either) == before

    support.press(shown, "Importera 7 rader")
    work(either)
    done = support.get(shown.address)

    assert done.heading == "Importen är klar"
    assert counted(either) == before + 7
    came_in = support.get(next(a["href"] for a in done.main.all("a") if "imported=" in a["href"]))
    assert "7 uppgifter" in came_in.main.text
    assert "Viker 3" in came_in.main.text

    asked = support.get(next(a["href"] for a in done.main.all("a") if "/undo" in a["href"]))
    support.press(asked, "Ångra importen")
    work(either)

    assert support.get(shown.address).heading == "Importen är ångrad"
    assert counted(either) == before
    assert either.ask(lambda session: list(differences(session))) == []


def test_the_faults_come_back_marked_and_later_only_what_was_left_out(
    installation: Installation,
) -> None:
    support = installation.of("support")
    rows = [row(installation, 1), row(installation, 2, **{"Minuter per gång": "tolv"})]
    shown = sent(installation, table(*rows))

    whole = marked(support, shown)
    support.press(shown, "Importera 1 rad")
    work(installation)
    rest = marked(support, support.get(shown.address))

    assert [cell.value for cell in whole["B"]] == ["Uppgift", "Viker 1", "Viker 2"]
    assert "siffror" in whole["A3"].value
    assert [cell.value for cell in rest["B"]] == ["Uppgift", "Viker 2"]


def test_unknown_headings_are_asked_about_and_remembered(installation: Installation) -> None:
    support = installation.of("support")
    headings = ["Vad vi gör", *HEADINGS[1:], "Egen anteckning"]
    content = table([*row(installation, 1), "privat"], headings=headings)

    asked = sent(installation, content)
    fields = fields_of(asked.form("columns"))
    named = {label.text: label["for"] for label in asked.main.all("label")}

    assert asked.heading == "Vad betyder kolumnerna?"
    assert "Viker 1" in asked.main.text
    assert set(named) == {"Vad vi gör", "Egen anteckning"}
    assert len([name for name in fields if name.startswith("headings-")]) == 2

    support.send(asked, {named["Vad vi gör"]: "title"}, "columns")
    work(installation)
    shown = support.get(asked.address)

    assert "1 rad kan importeras" in shown.main.text
    assert "Den här kolumnen hoppas över: Egen anteckning" in shown.main.text
    again = sent(installation, table([*row(installation, 2), ""], headings=headings))
    assert "1 rad kan importeras" in again.main.text


def test_a_wrong_meaning_can_be_changed(installation: Installation) -> None:
    support = installation.of("support")
    headings = [*HEADINGS, "Text ett", "Text två"]
    asked = sent(installation, table([*row(installation, 1), "a", "b"], headings=headings))
    support.send(asked, {"headings-0": "description", "headings-1": "description"}, "columns")
    support.send(asked, {"headings-0": "description", "headings-1": ""}, "columns")
    work(installation)
    shown = support.get(asked.address)
    assert shown.heading == "Det här kommer att importeras"

    support.send(shown, {"headings-0": "", "headings-1": "description"}, "columns")
    work(installation)

    assert "hoppas över: Text ett" in support.get(asked.address).main.text


def test_two_headings_cannot_be_one_column(installation: Installation) -> None:
    support = installation.of("support")
    headings = [*HEADINGS, "Text ett", "Text två"]
    asked = sent(installation, table([*row(installation, 1), "a", "b"], headings=headings))

    answer = support.send(
        asked, {"headings-0": "description", "headings-1": "description"}, "columns"
    )

    assert answer.status == 422
    assert answer.errors == ["Kolumnen finns två gånger. Behåll en av dem."]
    assert fields_of(answer.form("columns"))["headings-0"] == "description"


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [
        (b"", "tom.xlsx", "Det finns inga rader"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 5_000, "hemlig.xlsx", "lösenord"),
        (b"PK\x03\x04" + b"x" * 500, "trasig.xlsx", "skadad"),
        (b"<html><body>Hej</body></html>", "sida.html", "rubriker"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "blankett.pdf", ""),
    ],
)
def test_what_cannot_be_used_is_told_in_words(
    installation: Installation, content: bytes, name: str, told: str
) -> None:
    support, before = installation.of("support"), counted(installation)

    answer = send(support, content, name)
    if answer.status == 302:
        work(installation)
        answer = support.get(answer.location)
        assert answer.heading == "Filen går inte att använda"
        assert "Inget har sparats" in answer.main.text

    assert answer.status in (200, 422)
    assert told in answer.main.text
    assert counted(installation) == before


def test_without_a_file_the_page_says_so(lasting: Installation) -> None:
    support = lasting.of("support")

    answer = support.send(support.get(START))

    assert answer.status == 422
    assert answer.errors == ["Välj en fil."]


def test_the_largest_file_is_taken_and_a_larger_one_told_of(installation: Installation) -> None:
    support = installation.of("support")
    line = ("x" * 1_000 + "\r\n").encode()
    largest = line * (LARGEST_FILE // len(line))

    assert send(support, largest).status == 302
    for content in (b"x" * (LARGEST_FILE + 1), b"x" * (LARGEST_FILE + 5_000_000)):
        answer = send(support, content)
        assert answer.status in (413, 422)
        assert "större än 20" in answer.errors[0]
        assert len(answer.main.all("form", enctype="multipart/form-data")) == 1
    assert installation.count(TaskImport) == 1


@pytest.mark.parametrize(
    "name",
    [
        *("../../x.csv", "<img src=x onerror=alert(1)>.csv", "\u202egnp.csv"),
        *("å" * 300, "CON.csv", ".csv", "x.csv\x00.html"),
    ],
)
def test_the_name_of_a_file_names_nothing_of_ours(lasting: Installation, name: str) -> None:
    support = lasting.of("support")
    uploads: Uploads = lasting.app.extensions[current.UPLOADS]

    answer = send(support, table(row(lasting, 1)), name)

    page = support.get(answer.location)
    assert page.status == 200
    assert not page.main.all("img")
    assert "\u202e" not in page.text
    assert all(file.parent == uploads.folder for file in uploads.folder.iterdir())
    support.press(page, "Avbryt")


def test_progress_is_told_and_the_page_renews_itself_without_scripts(
    installation: Installation,
) -> None:
    support = installation.of("support")
    answer = send(support, table(row(installation, 1)))
    import_id = answer.location.rpartition("/")[2]
    page = support.get(answer.location)

    progress = support.get(f"{answer.location}/progress").json

    assert page.heading == "Filen läses"
    assert page.page.one("noscript").one("meta")["content"] == "5"
    assert page.main.one("progress")["value"] == "0"
    assert progress == {
        "busy": True,
        "heading": "Filen läses",
        "percent": 0,
        "words": "Det har just börjat.",
    }
    uploads: Uploads = installation.app.extensions[current.UPLOADS]
    row_id = installation.ask(lambda session: session.query(TaskImport).one().id)
    uploads.tell(row_id, Progress("received", 400, 40))
    assert support.get(f"{START}/{import_id}/progress").json["percent"] == 40


def test_cancelling_saves_nothing_and_cannot_be_chosen_after(installation: Installation) -> None:
    support, before = installation.of("support"), counted(installation)
    shown = sent(installation, table(row(installation, 1)))

    cancelled = support.follow(support.press(shown, "Avbryt"))
    after = support.follow(support.press(shown, "Importera 1 rad"))

    assert cancelled.heading == after.heading == "Importen är avbruten"
    assert "Importen hade redan gått vidare" in after.main.text
    assert counted(installation) == before


@pytest.mark.parametrize("state", list(ImportState))
def test_every_state_has_its_page(lasting: Installation, state: ImportState) -> None:
    support = lasting.of("support")
    answer = send(support, table(row(lasting, 1)))

    def put(session: Any) -> None:  # noqa: ANN401 - a session
        found = session.query(TaskImport).order_by(TaskImport.made_at.desc()).first()
        found.state = state.value
        found.finished_at = found.made_at

    lasting.change(put)

    page = support.get(answer.location)
    assert page.status == 200
    assert page.heading
    assert support.get(START).status == 200
    lasting.change(lambda session: session.query(TaskImport).delete())


def test_what_is_not_yet_done_is_its_makers_alone(installation: Installation) -> None:
    shown = sent(installation, table(row(installation, 1)))
    import_id = shown.address.rpartition("/")[2]

    assert installation.of("admin").get(shown.address).status == 404
    assert installation.of("granne").get(shown.address).status == 404
    assert installation.of("staff").get(shown.address).status == 403
    installation.of("support").press(shown, "Importera 1 rad")
    work(installation)
    assert installation.of("admin").get(shown.address).status == 200
    assert installation.of("granne").get(shown.address).status == 404
    mine = installation.of("staff").get("/inventory", query_string={"imported": import_id})
    assert "1 uppgift" in mine.main.text
    for role in ("granne", "granne-staff"):
        foreign = installation.of(role).get("/inventory", query_string={"imported": import_id})
        unknown = installation.of(role).get("/inventory?imported=zzzzzzzzzzzz")
        assert foreign.status == unknown.status == 404


def test_who_may_import_is_led_there(lasting: Installation) -> None:
    links = {
        role: [a["href"] for a in lasting.of(role).get("/inventory").main.all("a")]
        for role in ("staff", "support", "admin")
    }

    assert START in links["support"]
    assert START in links["admin"]
    assert START not in links["staff"]
    assert START in [a["href"] for a in lasting.of("admin").get("/administration").main.all("a")]
    navigation = lasting.of("support").get(START).page.one("nav", class_="site-navigation")
    assert "Administration" not in navigation.text


def test_many_imports_stand_on_several_pages(installation: Installation) -> None:
    support = installation.of("support")
    answer = send(support, table(row(installation, 1)))

    def more(session: Any) -> None:  # noqa: ANN401 - a session
        first = session.query(TaskImport).one()
        for number in range(55):
            session.add(
                TaskImport(
                    organisation_id=first.organisation_id,
                    user_id=first.user_id,
                    file_name=f"fil {number}",
                    digest="",
                    language="sv",
                    state=ImportState.CANCELLED.value,
                    made_at=first.made_at,
                )
            )

    installation.change(more)

    page = support.get(START)
    older = support.get(page.main.one("a", rel="next")["href"])

    links = [a["href"] for each in (page, older) for a in each.main.one(id="imports").all("a")]
    assert len(links) == len(set(links)) == 56
    assert answer.location in links


def test_all_that_is_wrong_with_a_row_is_told_at_once_and_nothing_is_promised(
    installation: Installation,
) -> None:
    wrong = row(installation, 1, **{"Minuter per gång": "ett tag", "Enhet": "Ingenstans"})
    assert len(wrong) == len(HEADINGS)

    shown = sent(installation, table(wrong))

    assert shown.heading == "Inget kan importeras än"
    faults = shown.main.one(id="fault-table").text
    assert "Enhet" in faults
    assert "Ingenstans" in faults
    assert "ett tag" in faults
