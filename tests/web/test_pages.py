from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from babel.messages.pofile import read_po

import timethief
from tests.web.browser import Answer
from tests.web.conftest import Installation
from tests.web.markup import Element
from timethief.domain.identifiers import to_text

CATALOGUE = Path(timethief.__file__).parent / "translations/sv/LC_MESSAGES/messages.po"
REPORT = {
    "title": "Fyller i listan",
    "minutes": "10",
    "frequency": "daily",
    "people": "few",
    "requester_other": "Kansliet",
    "use": "citizen",
}
PLACES = (
    "/log",
    "/log/sent/{report}",
    "/log/sent/{waiting}",
    "/log/sent/{report}/change",
    "/log/mine",
    "/inventory",
    "/inventory?verdict=clear&sort=gain",
    "/inventory?flagged=yes&level=state&unit={unit}&requester={requester}",
    "/inventory?q=enhörning",
    "/inventory?cursor={cursor}",
    "/dashboard",
    "/dashboard?unit={unit}&level=state",
    "/dashboard?level=eu&unit={unit}",
    "/requesters",
    "/requesters?level=state&q=styrelsen",
    "/requesters?q=enhörning",
    "/requesters/{requester}",
    "/about",
    "/login",
    "/tasks/{clear}",
    "/tasks/{probable}",
    "/tasks/{partial}",
    "/tasks/{possible}",
    "/tasks/{justified}",
)
ROLES = ("staff", "support", "leadership", "admin")
TARIFFS = ("/tariffs", "admin")
FAULTY = (
    ("/no/such/page", 404),
    ("/tasks/0000000000zz", 404),
    ("/inventory?sort=password", 422),
    ("/inventory?cursor=x", 422),
    ("/log/similar", 405),
)
CASES = [(place, role) for place in PLACES for role in ROLES] + [TARIFFS]
NOT_WORDS = re.compile(r"\b(None|nan|inf|True|False|Undefined)\b|%\(|\{\{|\{%|<[a-z]+ object")
LABELLED = {"input", "select", "textarea"}
SMALLEST_PIECE = 12


@pytest.fixture(scope="module")
def names(standing: Installation) -> dict[str, str]:
    """What stands in addresses, by the name that the list above gives it."""
    support = standing.of("support")
    listed = support.get("/inventory")
    found = {
        "unit": standing.unit_id,
        "requester": standing.requester_id,
        "cursor": urlsplit(listed.main.one("a", rel="next")["href"]).query.removeprefix("cursor="),
    }
    for verdict in ("clear", "probable", "partial", "possible", "justified"):
        lines = support.get(f"/inventory?verdict={verdict}").main.one("tbody")
        found[verdict] = lines.all("a")[0]["href"].rsplit("/", 1)[-1]
    return found


def _address(standing: Installation, names: dict[str, str], place: str, role: str) -> str:
    reports = {}
    for name, fields in (("report", REPORT), ("waiting", {"title": "Bara en rubrik"})):
        if f"{{{name}}}" in place:
            browser = standing.of(role)
            sent = browser.send(browser.get("/log"), fields, "log-form")
            reports[name] = sent.location.rsplit("/", 1)[-1]
    return place.format(**names, **reports)


def _with(address: str, language: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}language={language}"


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize(("place", "role"), CASES)
def test_a_page_is_whole(
    standing: Installation, names: dict[str, str], place: str, role: str, language: str
) -> None:
    address = _with(_address(standing, names, place, role), language)

    answer = standing.of(role).get(address)

    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.page.one("html")["lang"] == language
    assert list(_faults(answer)) == []
    assert _english(answer, language) == []


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize(("address", "status"), FAULTY)
def test_a_page_that_says_no_is_whole(
    standing: Installation, address: str, status: int, language: str
) -> None:
    answer = standing.of("staff").get(_with(address, language))

    assert answer.status == status
    assert answer.page.one("html")["lang"] == language
    assert list(_faults(answer)) == []
    assert _english(answer, language) == []


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_log_in_page_of_a_stranger_is_whole(standing: Installation, language: str) -> None:
    answer = standing.browser().get(_with("/login", language))

    assert answer.page.one("html")["lang"] == language
    assert list(_faults(answer)) == []
    assert _english(answer, language) == []


def test_the_language_once_chosen_is_kept(lasting: Installation) -> None:
    browser = lasting.browser()
    browser.get("/login?language=en")

    answer = browser.get("/login")

    assert answer.page.one("html")["lang"] == "en"


def test_a_language_that_is_none_changes_nothing(lasting: Installation) -> None:
    browser = lasting.browser()
    browser.get("/login?language=en")

    answer = browser.get("/login?language=tlh")

    assert answer.page.one("html")["lang"] == "en"


def test_tasks_of_every_kind_have_a_whole_page(lasting: Installation) -> None:
    support = lasting.of("support")
    kinds = {(task.requester_id, task.requirement_id): task.id for task in lasting.tasks()}

    answers = [support.get(f"/tasks/{to_text(id_)}?language=sv") for id_ in kinds.values()]

    assert [a.address for a in answers if a.status != 200 or list(_faults(a))] == []
    assert [found for answer in answers if (found := _english(answer, "sv"))] == []


def test_every_link_leads_to_a_page(lasting: Installation) -> None:
    admin = lasting.of("admin")
    seen = {"/about", "/dashboard", "/inventory", "/log", "/requesters", "/tariffs"}
    found = {link for place in seen for link in _links(admin.get(f"{place}?language=sv"))}

    answers = {link: admin.get(link).status for link in sorted(found - seen)}

    assert {link: status for link, status in answers.items() if status not in (200, 302)} == {}


def _links(answer: Answer) -> Iterator[str]:
    for link in answer.page.all("a"):
        address = link["href"].partition("#")[0]
        if address and "/tasks/" not in address:
            yield address


def _faults(answer: Answer) -> Iterator[str]:
    page = answer.page
    headings = [each.text for each in page.all("h1")]
    if len(headings) != 1:
        yield f"{len(headings)} h1"
    elif not answer.title.startswith(headings[0]):
        yield f"title {answer.title!r}, h1 {headings[0]!r}"
    ids = Counter(each["id"] for each in page.within if "id" in each.attributes)
    yield from (f"id {name!r} twice" for name, count in ids.items() if count > 1)
    yield from _loose_ends(page, ids)
    yield from (f"reads {text!r}" for text in _texts(page) if NOT_WORDS.search(text))
    yield from _what_the_policy_refuses(page)
    yield from _strange_addresses(page)
    yield from _unprotected_forms(page)


def _loose_ends(page: Element, ids: Counter[str]) -> Iterator[str]:
    controls = page.all(*LABELLED)
    named = {control.get("id") for control in controls}
    labelled = {label["for"] for label in page.all("label")}
    yield from (f"label for {name!r}" for name in labelled - named)
    for control in controls:
        if control.get("type") != "hidden" and control.get("id") not in labelled:
            yield f"no label for {control.attributes}"
    for element in page.within:
        for name in ("aria-labelledby", "aria-describedby", "list", "popovertarget"):
            yield from (f"{name} {i!r}" for i in element.get(name).split() if i not in ids)
        place = element.get("href").removeprefix("#")
        if element.tag == "a" and element.get("href") == f"#{place}" and place not in ids:
            yield f"link to #{place}"


def _what_the_policy_refuses(page: Element) -> Iterator[str]:
    for element in page.within:
        inline = [name for name in element.attributes if name == "style" or name.startswith("on")]
        if inline or element.tag == "style":
            yield f"inline {element.tag} {inline}"
        if element.tag == "script" and (not element.get("src") or element.children):
            yield "inline script"


def _strange_addresses(page: Element) -> Iterator[str]:
    for element in page.within:
        for name in ("href", "src", "action", "data-similar"):
            address = element.attributes.get(name)
            if address is not None and not re.match(r"/(?!/)|#|\?", address):
                yield f"{name} {address!r}"
        if element.tag == "link" and urlsplit(element["href"]).netloc:
            yield f"link {element['href']!r}"


def _unprotected_forms(page: Element) -> Iterator[str]:
    for form in page.all("form"):
        tokens = [each["value"] for each in form.all("input", name="csrf_token")]
        if form["method"] == "post" and (len(tokens) != 1 or not tokens[0]):
            yield f"form {form.get('action')!r} with {len(tokens)} tokens"
        if form["method"] == "get" and tokens:
            yield "a token in an address"


def _texts(page: Element) -> Iterator[str]:
    yield from page.texts()
    for chart in page.within:
        if "data-figure" in chart.attributes:
            yield from _strings(json.loads(chart["data-figure"]))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)


@cache
def _english_pieces() -> tuple[str, ...]:
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="sv")
    found = set()
    for entry in catalogue:
        english = entry.id if isinstance(entry.id, list | tuple) else (entry.id,)
        swedish = entry.string if isinstance(entry.string, list | tuple) else (entry.string or "",)
        for piece in (p for message in english for p in re.split(r"%\([a-z_]+\)s", message)):
            words = piece.strip(" .,:")
            if len(words) > SMALLEST_PIECE and not any(words in text for text in swedish):
                found.add(words)
    return tuple(found)


def _english(answer: Answer, language: str) -> list[str]:
    """The English of the catalogue that a Swedish page holds."""
    if language == "en":
        return []
    text = "\n".join([answer.title, *_texts(answer.page)])
    held = [piece for piece in _english_pieces() if piece in text]
    return [piece for piece in held if re.search(rf"(?<!\w){re.escape(piece)}(?!\w)", text)]
