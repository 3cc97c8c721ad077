from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.web.browser import Browser, fields_of
from tests.web.conftest import Installation
from timethief.i18n import LANGUAGES
from timethief.queries.stored_data import stored_tables
from timethief.storage.tables import AuditEvent, Organisation

OPEN = ("/privacy", "/privacy/stored", "/accessibility")
EDIT = "/administration/statements"
TODAY = datetime.now(UTC).date()
FILLED = {
    "privacy_contact": "registrator@exempel.se",
    "data_protection_officer": "dataskyddsombud@exempel.se",
    "whistleblowing": "https://exempel.se/visselblasning",
    "accessibility_contact": "tillganglighet@exempel.se",
    "compliance": "partly",
    "shortcomings": "Kartan går inte att läsa upp.\n\nVi hann inte.",
    "alternatives": "Ring oss.",
    "assessed_how": "Vi testade själva.",
    "assessed_on": (TODAY - timedelta(days=30)).isoformat(),
}


def _fill(installation: Installation, **changes: str) -> None:
    admin = installation.browser("admin")
    answer = admin.send(admin.get(EDIT), FILLED | changes)
    assert answer.status == 302, answer.errors


def _code(installation: Installation) -> str:
    own = installation.tasks()[0].organisation_id

    def give(session: Any) -> None:  # noqa: ANN401 - the installation's own
        row = session.get_one(Organisation, own)
        row.reporting_mode, row.reporting_code = "anonymous", "bakimo-retasu"

    installation.change(give)
    return "bakimo-retasu"


@pytest.mark.parametrize("address", OPEN)
def test_the_pages_are_open_to_all_and_set_no_cookie(lasting: Installation, address: str) -> None:
    answers = [lasting.of("staff").get(address), lasting.browser().get(address)]

    assert [answer.status for answer in answers] == [200, 200]
    assert "Set-Cookie" not in answers[-1].headers


def test_every_page_leads_to_them(lasting: Installation) -> None:
    for role, address in (("", "/login"), ("staff", "/log"), ("admin", "/administration")):
        browser = lasting.of(role) if role else lasting.browser()
        links = {link["href"] for link in browser.get(address).page.one("footer").all("a")}

        assert set(OPEN) <= links


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_column_is_told_of_and_nothing_more(lasting: Installation, language: str) -> None:
    page = lasting.browser().get(f"/privacy/stored?language={language}").main
    tables = stored_tables(language)

    told = [
        (code.text, meaning.text)
        for facts in page.all("dl")
        for code, meaning in zip(facts.all("dt"), facts.all("dd"), strict=True)
    ]

    assert told == [(c.name, c.meaning) for table in tables for c in table.columns]


def test_what_an_administrator_fills_in_stands_on_the_pages(
    admin: Browser, installation: Installation
) -> None:
    _fill(installation)

    privacy, accessibility = (admin.get(page).main.text for page in ("/privacy", "/accessibility"))

    assert "registrator@exempel.se" in privacy
    assert "dataskyddsombud@exempel.se" in privacy
    assert "tillganglighet@exempel.se" in accessibility
    assert installation.count(AuditEvent) == 1


def test_the_statement_on_accessibility_has_its_seven_parts(
    admin: Browser, installation: Installation
) -> None:
    _fill(installation)

    text = admin.get("/accessibility").main.text

    for part in (
        "Exempelkommunen står bakom",  # who
        "http://localhost",  # which website
        "uppfyller delvis lagen",  # how far
        "Kartan går inte att läsa upp.",  # what is not accessible, and why
        "Ring oss.",  # what one can do instead
        "Vi testade själva.",  # how it was assessed
        "Senast testad",  # when
        "gicks senast igenom",  # when the statement was updated
        "Vi svarar utan dröjsmål.",  # to tell of obstacles and to ask for another form
        "digg.se/tdosanmalan",  # supervision
    ):
        assert part in text


def _set_updated(installation: Installation, days_ago: int) -> None:
    own = installation.tasks()[0].organisation_id

    def age(session: Any) -> None:  # noqa: ANN401 - the installation's own
        row = session.get_one(Organisation, own)
        told = dict(row.statements["accessibility"])
        told["updated_on"] = (TODAY - timedelta(days=days_ago)).isoformat()
        row.statements = {**row.statements, "accessibility": told}

    installation.change(age)


@pytest.mark.parametrize(("days", "noticed"), [(0, False), (360, False), (370, True)])
def test_an_old_statement_is_noticed_by_administrators_alone(
    admin: Browser, staff: Browser, installation: Installation, days: int, *, noticed: bool
) -> None:
    _fill(installation)
    _set_updated(installation, days)

    notice = "minst en gång om året"

    assert (notice in admin.get("/accessibility").main.text) is noticed
    assert (notice in admin.get(EDIT).main.text) is noticed
    assert notice not in staff.get("/accessibility").main.text


def test_what_is_missing_is_told_to_administrators(lasting: Installation) -> None:
    told = lasting.of("admin").get(EDIT).main.text

    assert "Kontakt för frågor om personuppgifter" in told.partition("Det här saknas:")[2]
    assert "Det här saknas" not in lasting.of("staff").get("/accessibility").main.text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("privacy_contact", "a" * 201),
        ("shortcomings", "a" * 2_001),
        ("whistleblowing", "javascript://alert(1)"),
        ("whistleblowing", "https://exempel.se/ x"),
        ("assessed_on", "2026-02-30"),
        ("assessed_on", (TODAY + timedelta(days=2)).isoformat()),
    ],
)
def test_what_cannot_be_used_is_told_beside_its_field(
    lasting: Installation, field: str, value: str
) -> None:
    admin = lasting.of("admin")

    answer = admin.send(admin.get(EDIT), FILLED | {field: value})

    assert answer.status == 422
    assert answer.page.one(id=f"{field}-error").text in answer.errors
    assert fields_of(answer.form())["alternatives"] == "Ring oss."
    assert lasting.count(AuditEvent) == 0


def test_who_saves_over_another_is_told_and_may_then_do_so(admin: Browser) -> None:
    page = admin.get(EDIT)
    admin.send(page, FILLED)

    second = admin.send(page, FILLED | {"privacy_contact": "ny@exempel.se"})
    third = admin.send(second)

    assert second.status == 409
    assert "registrator@exempel.se" in second.main.text
    assert third.status == 302
    assert "ny@exempel.se" in admin.get("/privacy").main.text


def test_what_else_stands_with_the_organisation_is_kept(installation: Installation) -> None:
    own = installation.tasks()[0].organisation_id

    def note(session: Any) -> None:  # noqa: ANN401 - the installation's own
        session.get_one(Organisation, own).statements = {"steps": {"units": "yes"}}

    installation.change(note)
    _fill(installation)

    stored = installation.ask(lambda session: session.get_one(Organisation, own).statements)
    assert stored["steps"] == {"units": "yes"}
    assert stored["whistleblowing"] == FILLED["whistleblowing"]


@pytest.mark.parametrize("name", ["privacy", "privacy/stored", "accessibility"])
def test_on_the_anonymous_path_the_pages_are_there_too_and_keep_to_it(
    installation: Installation, name: str
) -> None:
    _fill(installation)
    code = _code(installation)

    answer = installation.browser("staff").get(f"/r/{code}/{name}")

    links = [link["href"] for link in answer.page.all("a") if link["href"].startswith("/")]
    assert answer.status == 200
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in answer.headers
    assert [link for link in links if not link.startswith(("/r/", "#"))] == []
    assert name != "privacy" or "registrator@exempel.se" in answer.main.text


@pytest.mark.parametrize("name", ["privacy", "privacy/stored", "accessibility"])
def test_a_code_that_nobody_has_leads_nowhere(lasting: Installation, name: str) -> None:
    assert lasting.browser().get(f"/r/bakimo-bakimo/{name}").status == 404


def test_a_visitor_of_an_installation_of_several_is_shown_no_single_one(
    lasting: Installation,
) -> None:
    page = lasting.browser().get("/privacy").main.text

    assert "Exempelkommunen" not in page
    assert re.search("Varje organisation ansvarar för sin del", page)
