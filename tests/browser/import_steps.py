"""A file that is filled in, sent and imported, as steps of a browser."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from tests.browser.watching import Watched

Mistakes = Mapping[int, tuple[str, str]]
MISTAKES: Mistakes = {
    4: ("Minuter per gång", "tolv"),
    7: ("Enhet", "Avdelning som inte finns"),
    9: ("Per", "varje dygn"),
}
"""What is wrong, by the row of the sheet."""


def template(watched: Watched, folder: Path) -> Path:
    """The template, from its button."""
    watched.goto("/imports")
    with watched.page.expect_download() as download:
        watched.page.get_by_role("link", name="Ladda ner mallen").click()
    file = folder / "mall.xlsx"
    download.value.save_as(file)
    return file


def fill_in(
    file: Path,
    word: str,
    mistakes: Mistakes = MISTAKES,
    extra: str = "",
) -> Path:
    """Ten rows as somebody would fill them in, from the example in the template."""
    book = load_workbook(file)
    sheet: Any = book.worksheets[0]
    columns = {str(cell.value).removesuffix(" *"): cell.column for cell in sheet[1]}
    example = [sheet.cell(2, column).value for column in columns.values()]
    for row in range(2, 12):
        for column, value in zip(columns.values(), example, strict=True):
            sheet.cell(row, column, value)
        sheet.cell(row, columns["Uppgift"], f"Räknar {word} nummer {row}")
    for row, (heading, value) in mistakes.items():
        sheet.cell(row, columns[heading], value)
    if extra:
        place = len(columns) + 1
        sheet.cell(1, place, extra)
        sheet.cell(2, place, "Något eget")
    filled = file.with_name(f"{word}.xlsx")
    book.save(filled)
    return filled


def correct(file: Path) -> Path:
    """Put right what is marked: as it stands in the first row, which is right."""
    book = load_workbook(file)
    sheet: Any = book.worksheets[0]
    columns = {str(cell.value).removesuffix(" *"): cell.column for cell in sheet[1]}
    for row, (heading, _) in MISTAKES.items():
        assert sheet.cell(row, columns[heading]).comment is not None
        sheet.cell(row, columns[heading], sheet.cell(2, columns[heading]).value)
    corrected = file.with_name(f"corrected-{file.name}")
    book.save(corrected)
    return corrected


def titles(file: Path) -> list[str]:
    """What is done, in each row of a file that was taken out."""
    sheet: Any = load_workbook(file).worksheets[0]
    return sorted(str(cell.value) for cell in sheet["A"][1:])


def send(watched: Watched, file: Path) -> None:
    """Send a file; it is being read then."""
    watched.goto("/imports")
    watched.page.locator("#file").set_input_files(file)
    watched.page.get_by_role("button", name="Skicka filen").click()
    watched.page.wait_for_url("**/imports/*")


def _sent(watched: Watched, heading: str, *, mistakes: bool = True, extra: str = "") -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = template(watched, Path(folder))
        word = f"skaft{uuid.uuid4().hex[:8]}"
        send(watched, fill_in(file, word, MISTAKES if mistakes else {}, extra))
    watched.page.get_by_role("heading", name=heading).wait_for(timeout=60_000)


def previewed(watched: Watched) -> None:
    _sent(watched, "Det här kommer att importeras")


def columns(watched: Watched) -> None:
    _sent(watched, "Vad betyder kolumnerna?", extra=f"Egen spalt {uuid.uuid4().hex[:6]}")


def refused(watched: Watched) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "dagbok.csv"
        file.write_text("Kära dagbok;idag\nhände;inget\n", encoding="utf-8")
        send(watched, file)
    watched.page.get_by_role("heading", name="Filen går inte att använda").wait_for(timeout=60_000)


def cancelled(watched: Watched) -> None:
    previewed(watched)
    watched.page.get_by_role("button", name="Avbryt", exact=True).click()
    watched.page.get_by_role("heading", name="Importen är avbruten").wait_for()


def done(watched: Watched) -> None:
    previewed(watched)
    watched.page.get_by_role("button", name="Importera 7 rader").click()
    watched.page.get_by_role("heading", name="Importen är klar").wait_for(timeout=60_000)


def asked_to_undo(watched: Watched) -> None:
    done(watched)
    watched.page.get_by_role("link", name="Ångra importen").click()
    watched.page.get_by_role("heading", name="Ångra importen").wait_for()


def no_file(watched: Watched) -> None:
    watched.goto("/imports")
    watched.page.get_by_role("button", name="Skicka filen").click()
    watched.page.locator("#error-summary").wait_for()
