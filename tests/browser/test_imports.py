from __future__ import annotations

import re
import uuid
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import import_steps
from tests.browser.watching import DESKTOP, SIZES, OpenPage

SLOW = 60_000


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words, timeout=SLOW)


def mapped(page: Page, base: str) -> int:
    """How many tasks there are, by the kept totals."""
    page.goto(f"{base}/inventory")
    words = page.get_by_text(re.compile(r"^[\d\s]+ uppgifter$")).first.inner_text()
    return int(re.sub(r"\D", "", words))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("role", ["support", "admin"])
def test_ten_rows_with_three_mistakes_are_imported_corrected_and_undone(
    open_page: OpenPage, tmp_path: Path, role: str, size: str
) -> None:
    watched = open_page(role, SIZES[size])
    page, base = watched.page, watched.base
    word = f"skaft{uuid.uuid4().hex[:8]}"
    before = mapped(page, base)
    watched.goto("/dashboard")
    overview = page.locator(".key-figure").first.inner_text()

    # The template is filled in, with mistakes, and sent.
    watched.goto("/inventory")
    page.get_by_role("link", name="Importera uppgifter").click()
    file = import_steps.fill_in(import_steps.template(watched, tmp_path), word)
    import_steps.send(watched, file)
    heading(page, "Det här kommer att importeras")
    expect(page.get_by_text("7 rader kan importeras, 3 har fel")).to_be_visible()
    for row, (column, found) in import_steps.MISTAKES.items():
        line = page.locator("#fault-table tbody tr").filter(has_text=f"Rad {row}")
        expect(line).to_contain_text(column)
        expect(line).to_contain_text(found)

    # The page may be left, and nothing has been stored.
    assert mapped(page, base) == before
    watched.goto("/imports")
    page.get_by_role("link", name=file.name).first.click()

    # The faults come back marked; they are corrected and sent again.
    with page.expect_download() as download:
        page.get_by_role("link", name="Ladda ner filen med felen markerade").click()
    assert download.value.suggested_filename == f"{word}-att-rätta.xlsx"
    marked = tmp_path / f"{word}-marked.xlsx"
    download.value.save_as(marked)
    page.get_by_role("link", name="Skicka en rättad fil").click()
    import_steps.send(watched, import_steps.correct(marked))
    heading(page, "Det här kommer att importeras")
    expect(page.get_by_text("10 rader kan importeras, och ingen har fel")).to_be_visible()
    page.get_by_role("button", name="Importera 10 rader").click()
    heading(page, "Importen är klar")
    done = page.url

    # What came in is in the list, in the figures, and in what is taken out.
    page.get_by_role("link", name="Se det som kom in").click()
    expect(page.get_by_role("link", name=re.compile(word))).to_have_count(10)
    page.get_by_text("Ladda ner", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("Excel")).first.click()
    taken_out = tmp_path / "ut.xlsx"
    download.value.save_as(taken_out)
    logged = sorted(f"Räknar {word} nummer {row}" for row in range(2, 12))
    assert import_steps.titles(taken_out) == logged
    # The overview tells hours with two digits, which ten tasks need not move; the kept count moves exactly.
    assert mapped(page, base) == before + 10

    # All of it is taken back.
    page.goto(done)
    page.get_by_role("link", name="Ångra importen").click()
    page.get_by_role("button", name="Ångra importen").click()
    heading(page, "Importen är ångrad")
    assert mapped(page, base) == before
    watched.goto("/dashboard")
    assert page.locator(".key-figure").first.inner_text() == overview


def test_a_file_that_is_too_large_is_not_even_sent(open_page: OpenPage, tmp_path: Path) -> None:
    watched = open_page("support", DESKTOP)
    file = tmp_path / "stor.csv"
    file.write_bytes(b"x" * 20_000_001)
    asked: list[str] = []
    watched.page.on("request", lambda request: asked.append(request.method))
    watched.goto("/imports")

    watched.page.locator("#file").set_input_files(file)
    watched.page.get_by_role("button", name="Skicka filen").click()

    expect(watched.page.get_by_role("alert")).to_contain_text("större än 20")
    assert "POST" not in asked


def test_a_file_that_does_not_come_through_can_be_sent_again(
    open_page: OpenPage, tmp_path: Path
) -> None:
    watched = open_page("support", DESKTOP)
    page = watched.page
    file = import_steps.fill_in(import_steps.template(watched, tmp_path), "nat")
    watched.goto("/imports")
    page.locator("#file").set_input_files(file)

    page.context.set_offline(True)
    page.get_by_role("button", name="Skicka filen").click()
    expect(page.get_by_role("alert")).to_contain_text("Filen kom inte fram")
    page.context.set_offline(False)
    page.get_by_role("button", name="Skicka filen").click()

    page.wait_for_url("**/imports/*")


def test_without_scripts_the_page_renews_itself_until_the_file_is_read(
    open_page: OpenPage, tmp_path: Path
) -> None:
    file = import_steps.fill_in(
        import_steps.template(open_page("support", DESKTOP), tmp_path), "utan"
    )
    watched = open_page("support", DESKTOP, java_script_enabled=False)

    import_steps.send(watched, file)

    heading(watched.page, "Det här kommer att importeras")
