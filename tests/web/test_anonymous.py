"""Reporting without a log-in: what is sent, what is stored, what is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask, session
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tests.web.anonymous_writer import PATH, TITLE, old_token, receipt_in, write
from tests.web.browser import Browser
from tests.web.conftest import SECRET, Installation, Make
from timethief.domain.anonymity import ReportingMode
from timethief.domain.people import Permission
from timethief.services import demonstration
from timethief.services.anonymous.forms import FORM_LASTS, SHORTEST, new_form
from timethief.storage.tables import (
    AnonymousForm,
    AnonymousReport,
    Base,
    Organisation,
    PolicyVersion,
    Report,
)
from timethief.web import unseen
from timethief.web.gate import requires
from timethief.web.quotas import REPORTS_AN_HOUR, Quota

LISTED = len(demonstration._content()["anonymous_reports"])


def _mode(installation: Installation, mode: ReportingMode) -> None:
    def change(session_: Session) -> None:
        found = session_.scalars(
            select(Organisation).where(Organisation.code == demonstration.CODE)
        ).one()
        found.reporting_mode = mode.value

    installation.change(change)


def _newest(installation: Installation) -> list[AnonymousReport]:
    query = select(AnonymousReport).where(AnonymousReport.released_week.is_(None))
    found: list[AnonymousReport] = installation.ask(lambda s: list(s.scalars(query)))
    return found


def test_the_form_opens_without_a_log_in_and_promises_what_is_so(client: Browser) -> None:
    answer = client.get(PATH)

    promise = answer.page.one(id="promise").text
    assert answer.status == 200
    assert answer.heading == "Vad stjäl din tid?"
    assert (
        "Du kan skriva utan att logga in. Vi sparar inte ditt namn, din dators adress eller klockslag \u2013 bara vilken "
        "vecka det var. Det finns alltså ingenting i tjänsten som visar vem du är."
    ) in promise
    assert (
        "Det du skriver är en allmän handling och kan läsas av den som ber om det. Skriv därför inget som pekar ut dig "
        "eller någon annan. Din arbetsgivares nät kan se att du har besökt sidan. Vill du vara helt säker: använd din "
        "egen telefon."
    ) in promise
    assert "Det här är inte visselblåsarkanalen. Gäller det missförhållanden," in promise
    assert "Anonymt: utan inloggning" in promise
    assert "Logga in" not in answer.page.one("header").text


def test_the_whistle_blowing_channel_of_the_organisation_is_linked(
    client: Browser, installation: Installation
) -> None:
    address = "https://visselblasning.exempel.se/"

    def tell(session_: Session) -> None:
        found = session_.scalars(
            select(Organisation).where(Organisation.code == demonstration.CODE)
        ).one()
        found.statements = {**found.statements, "whistleblowing": address}

    installation.change(tell)

    promise = client.get(PATH).page.one(id="promise")

    assert [link["href"] for link in promise.all("a")] == [address]
    assert "gå hit:" in promise.text


@pytest.mark.parametrize("role", ["", "staff"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_answer_sets_a_cookie_or_tells_others_of_it(
    installation: Installation, role: str, method: str
) -> None:
    browser = installation.browser(role)

    answer = browser.get(PATH) if method == "GET" else write(installation, browser=browser)

    assert answer.status == 200
    assert answer.headers.getlist("Set-Cookie") == []
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "http" not in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", [PATH, f"{PATH}/receipt", "/r/", "/r/no-such", "/r/a/b/c"])
@pytest.mark.parametrize("cookie", ["", "rubbish", "."])
def test_the_page_is_the_same_whatever_cookie_is_sent(
    installation: Installation, path: str, cookie: str
) -> None:
    without = installation.browser()
    with_it = installation.browser("staff")
    if cookie:
        with_it.client.set_cookie(with_it.cookie_name, cookie)

    one, other = without.get(path), with_it.get(path)

    assert one.status == other.status
    assert one.headers.getlist("Set-Cookie") == other.headers.getlist("Set-Cookie") == []
    assert _without_tokens(one.text) == _without_tokens(other.text)
    assert "Amina" not in other.text


def _without_tokens(text: str) -> list[str]:
    return [
        line
        for line in text.splitlines()
        if 'name="token"' not in line and 'name="key"' not in line
    ]


def test_the_language_is_that_of_the_browser_or_of_the_address_and_is_not_remembered(
    client: Browser,
) -> None:
    english = client.get(PATH, headers={"Accept-Language": "en-GB,en;q=0.9"})
    by_address = client.get(f"{PATH}?language=en")
    after = client.get(PATH, headers={"Accept-Language": "sv-SE"})

    assert english.heading == by_address.heading == "What steals your time?"
    assert after.heading == "Vad stjäl din tid?"


def test_a_view_that_touches_the_session_fails(installation: Installation) -> None:
    app = installation.app

    @requires(Permission.ANYONE)
    def reads() -> str:
        return str(session.get("login"))

    @requires(Permission.ANYONE)
    def writes() -> str:
        session["login"] = "x"
        return ""

    _add(app, "/r/reads", reads)
    _add(app, "/r/writes", writes)
    browser = installation.browser("staff")

    assert browser.get("/r/reads").status == 500
    assert browser.get("/r/writes").status == 500
    assert browser.get("/r/writes").headers.getlist("Set-Cookie") == []


def _add(app: Flask, path: str, view: Callable[[], str]) -> None:
    app._got_first_request = False
    app.add_url_rule(path, endpoint=path, view_func=view)


def test_every_way_to_use_the_session_is_refused() -> None:
    nothing = unseen.NoSession()

    for use in (
        lambda: nothing["a"],
        lambda: nothing.get("a"),
        lambda: "a" in nothing,
        lambda: list(nothing),
        lambda: nothing.pop("a", None),
        lambda: nothing.setdefault("a", 1),
        lambda: nothing.update(a=1),
        lambda: nothing.__setitem__("a", 1),
    ):
        with pytest.raises(unseen.Touched):
            use()


def test_what_is_sent_waits_unseen_and_leads_to_no_account(installation: Installation) -> None:
    before = installation.stored()
    told = {
        **TITLE,
        "description": "Varje fredag",
        "minutes": "10",
        "requester_other": "Ingen alls",
    }

    answer = write(installation, told, browser=installation.browser("staff"))

    assert answer.status == 200
    assert answer.heading == "Tack!"
    after = installation.stored()
    assert {name for name in after if after[name] != before[name]} == {
        "anonymous_report",
        "anonymous_form",
    }
    (row,) = _newest(installation)
    assert (row.title, row.description, row.minutes) == (TITLE["title"], "Varje fredag", 10.0)
    assert row.requester_name == "Ingen alls"
    listed = installation.of("support").get("/intake")
    assert TITLE["title"] not in listed.text


def test_the_page_that_thanks_gives_hours_back(installation: Installation) -> None:
    answer = write(installation, {**TITLE, "minutes": "10", "frequency": "daily", "people": "many"})

    assert answer.page.one(id="hours-a-year").text == "170\u2013920 timmar per år"


def test_the_same_form_sent_again_is_one_report_with_the_same_receipt(
    installation: Installation,
) -> None:
    browser = installation.browser()
    filled = browser.fill(
        browser.get(PATH), {**TITLE, "token": old_token(installation)}, "log-form"
    )

    first, again = browser.post(PATH, filled), browser.post(PATH, filled)

    assert receipt_in(first) == receipt_in(again)
    assert len(_newest(installation)) == 1


def test_who_wants_no_receipt_gets_none_and_none_is_stored(installation: Installation) -> None:
    answer = write(installation, {**TITLE, "wants_receipt": None})

    assert answer.page.all(id="receipt") == []
    assert _newest(installation)[0].receipt_hash is None


def test_the_receipt_is_neither_in_the_form_nor_in_the_title_nor_in_an_address(
    installation: Installation,
) -> None:
    answer = write(installation)

    receipt = receipt_in(answer)
    assert receipt not in answer.title
    assert all(receipt not in link.get("href") for link in answer.page.all("a"))
    assert receipt.replace("-", "") not in installation.browser().get(PATH).text


def test_a_form_that_is_half_a_day_old_is_shown_again_with_its_text(
    installation: Installation,
) -> None:
    stale = old_token(installation, FORM_LASTS + timedelta(minutes=1))

    answer = write(installation, {**TITLE, "token": stale})

    assert answer.status == 400
    assert "Din text finns kvar" in answer.main.text
    assert answer.page.one(id="title")["value"] == TITLE["title"]
    assert _newest(installation) == []


@pytest.mark.parametrize("token", ["", "rubbish", "gAAAAABrubbish", None])
def test_a_form_without_our_token_is_shown_again_and_one_more_press_sends(
    installation: Installation, token: str | None
) -> None:
    browser = installation.browser()

    refused = write(installation, {**TITLE, "token": token}, browser)

    assert refused.status == 400
    sent = browser.send(refused, {"token": old_token(installation)}, "log-form")
    assert sent.heading == "Tack!"
    assert len(_newest(installation)) == 1


def test_a_token_of_another_organisation_is_none_of_ours(installation: Installation) -> None:
    foreign = new_form(SECRET, 1, datetime.now(UTC) - timedelta(minutes=1))

    assert write(installation, {**TITLE, "token": foreign}).status == 400


def test_a_form_sent_faster_than_anybody_writes_is_asked_about(installation: Installation) -> None:
    fresh = old_token(installation, SHORTEST / 3)

    answer = write(installation, {**TITLE, "token": fresh})

    assert answer.status == 422
    assert "Det gick väldigt fort" in answer.main.text
    assert answer.page.one(id="title")["value"] == TITLE["title"]
    assert _newest(installation) == []


def test_a_program_that_fills_in_everything_is_asked_to_empty_a_field(
    installation: Installation,
) -> None:
    answer = write(installation, {**TITLE, "website": "https://spam.example"})

    assert answer.status == 422
    assert "Töm det här fältet och skicka igen." in answer.errors
    assert _newest(installation) == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.invalid"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_what_another_site_makes_a_browser_send_is_refused(
    installation: Installation, headers: dict[str, str]
) -> None:
    answer = write(installation, headers=headers)

    assert answer.status == 400
    assert _newest(installation) == []


def test_a_browser_that_hides_where_it_comes_from_may_send(installation: Installation) -> None:
    """With `no-referrer` browsers name no origin in forms of one's own site."""
    assert write(installation, headers={"Origin": "null"}).status == 200


def test_a_flood_stops_at_the_quota_and_the_text_stays(installation: Installation) -> None:
    quotas = installation.app.extensions["timethief.quotas"]
    organisation_id = installation.tasks()[0].organisation_id
    for _ in range(REPORTS_AN_HOUR):
        assert quotas.reports.take(organisation_id) == 0

    answer = write(installation)

    assert answer.status == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.page.one(id="title")["value"] == TITLE["title"]
    assert _newest(installation) == []


def test_a_quota_is_each_organisations_own_and_forgotten_after_an_hour() -> None:
    quota = Quota(2)

    assert [quota.take(1, 10.0) for _ in range(3)] == [0, 0, 3600]
    assert quota.take(2, 10.0) == 0
    assert quota.take(1, 3611.0) == 0


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"title": "Anna på avdelning 12"}, "namnet på en person: Anna"),
        ({"title": "Listan", "description": "om 19121212-1212"}, "ser ut som ett personnummer"),
    ],
)
def test_what_may_point_somebody_out_is_asked_about_before_it_is_sent(
    installation: Installation, told: dict[str, str], words: str
) -> None:
    browser = installation.browser()

    asked = write(installation, told, browser)

    assert asked.status == 422
    assert words in asked.page.one(id="persons").text
    assert _newest(installation) == []
    sent = browser.press(asked, "as_it_is")
    assert sent.heading == "Tack!"
    assert _newest(installation)[0].title == told["title"]


def test_a_changed_text_is_looked_through_again(installation: Installation) -> None:
    browser = installation.browser()
    asked = write(installation, {"title": "Anna vill"}, browser)

    again = browser.send(asked, {"title": "Olle vill"}, "log-form")
    sent = browser.send(again, {"title": "Chefen vill"}, "log-form")

    assert "Olle" in again.page.one(id="persons").text
    assert sent.heading == "Tack!"


def test_the_form_with_a_log_in_asks_too(staff: Browser, installation: Installation) -> None:
    before = installation.count(Report)

    asked = staff.send(staff.get("/log"), {"title": "Anna vill ha listan"}, "log-form")

    assert asked.status == 422
    assert installation.count(Report) == before
    sent = staff.press(asked, "as_it_is")
    assert sent.status == 302
    assert installation.count(Report) == before + 1


def test_a_text_that_holds_a_code_is_refused(installation: Installation) -> None:
    answer = write(installation, {**TITLE, "description": "kod K7QM-2TXV-9HNC-4WRD-JB83"})

    assert answer.status == 422
    assert "Din kod, eller något som liknar en kod, står i texten." in answer.errors[0]
    assert _newest(installation) == []


def test_units_that_may_not_be_kept_are_not_offered(client: Browser) -> None:
    offered = [option.text.strip() for option in client.get(PATH).page.one(id="unit").all("option")]

    assert "Ekonomiavdelningen" in offered
    assert "Upphandling" not in offered  # seven people
    assert client.get(PATH).page.all(id="staff_category") == []


def test_an_old_code_leads_nowhere(installation: Installation, client: Browser) -> None:
    admin = installation.browser("admin")
    admin.press(admin.get("/administration/reporting"), "Gör en ny kod")

    assert client.get(PATH).status == 404
    assert client.get(f"{PATH}/receipt").status == 404


@pytest.mark.parametrize("code", ["nope", "%00", "é", "a" * 500, "..", "'--"])
def test_any_other_code_is_told_that_it_leads_nowhere(client: Browser, code: str) -> None:
    answer = client.get(f"/r/{code}")

    assert answer.status == 404
    assert answer.headers.getlist("Set-Cookie") == []


def test_a_code_may_be_typed_by_hand(client: Browser) -> None:
    found = client.send(client.get("/r/"), {"code": " Exempel-Kod "})
    missed = client.send(client.get("/r/"), {"code": "annan-kod"})

    assert found.location == PATH
    assert missed.status == 422
    assert "Ingen affisch har den koden." in missed.text


def test_where_reports_are_open_the_code_leads_nowhere(
    installation: Installation, client: Browser
) -> None:
    _mode(installation, ReportingMode.OPEN)

    assert client.get(PATH).status == 404
    assert write_refused(installation)


def write_refused(installation: Installation) -> bool:
    answer = installation.browser().post(PATH, {**TITLE, "token": old_token(installation)})
    return answer.status == 404 and _newest(installation) == []


def test_where_a_log_in_is_needed_the_form_is_reached_by_it_and_nothing_of_it_is_kept(
    installation: Installation, client: Browser, staff: Browser
) -> None:
    _mode(installation, ReportingMode.PSEUDONYMOUS)

    at_the_poster = client.get(PATH)
    to_the_form = staff.get("/log")
    form = staff.follow(to_the_form)
    sent = staff.send(form, {**TITLE, "token": old_token(installation)}, "log-form")

    assert "Det skyddar dig sämre än att skriva utan inloggning." in at_the_poster.main.text
    assert at_the_poster.page.all(id="log-form") == []
    assert "Det skyddar dig sämre" in form.page.one(id="promise").text
    assert sent.heading == "Tack!"
    (row,) = _newest(installation)
    assert row.title == TITLE["title"]
    assert installation.count(Report) == installation_reports(installation)


def installation_reports(installation: Installation) -> int:
    """As many as there were: none has come of it."""
    titles: list[str] = installation.ask(lambda s: list(s.scalars(select(Report.title))))
    assert TITLE["title"] not in titles
    return len(titles)


def test_the_form_that_needs_a_log_in_is_not_there_in_other_modes(staff: Browser) -> None:
    assert staff.get("/log/unnamed").location == "/log"


def test_the_form_with_a_log_in_tells_what_is_kept_and_where_the_other_one_is(
    staff: Browser,
) -> None:
    mode = staff.get("/log").page.one(id="mode")

    assert "Öppet: med inloggning" in mode.text
    assert "kan se att du har skickat det" in mode.text
    assert [link["href"] for link in mode.all("a")] == [PATH]


@pytest.mark.parametrize(
    ("table", "status"), [(AnonymousForm, 503), (PolicyVersion, 500)], ids=["database", "view"]
)
def test_a_fault_in_the_view_puts_nothing_of_the_text_anywhere(
    installation: Installation,
    capfd: pytest.CaptureFixture[str],
    table: type[Base],
    status: int,
) -> None:
    marker = "MARKER-7f3a-text"

    def spoil(session_: Session) -> None:
        if table is AnonymousForm:
            session_.connection().exec_driver_sql("DROP TABLE anonymous_form")
        session_.execute(delete(PolicyVersion))

    browser = installation.browser()
    form = browser.fill(browser.get(PATH), {"token": old_token(installation)}, "log-form")
    installation.change(spoil)

    answer = browser.post(
        PATH, form | {"title": marker, "minutes": "10", "frequency": "daily", "people": "one"}
    )

    told = capfd.readouterr()
    noted = told.out + told.err
    assert answer.status == status
    assert "fault" in noted
    assert marker not in noted + answer.text
    assert demonstration.REPORTING_CODE not in noted


def test_figures_and_lists_do_not_change_by_a_report_that_waits(
    installation: Installation,
) -> None:
    leader = installation.of("leadership")
    pages = ("/inventory", "/dashboard", "/requesters")
    before = [leader.get(path).main.text for path in pages]

    write(installation, {**TITLE, "minutes": "10", "frequency": "daily", "people": "many"})

    assert [leader.get(path).main.text for path in pages] == before


def test_the_same_at_every_installation_with_https(install: Make) -> None:
    installation = install(base_url="https://tid.exempel.se")
    browser = installation.browser(home="https://tid.exempel.se")

    answer = browser.get(PATH)

    assert answer.status == 200
    assert answer.headers.getlist("Set-Cookie") == []
