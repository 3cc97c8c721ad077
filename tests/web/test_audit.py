from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.web.browser import Browser
from tests.web.conftest import Installation
from tests.web.test_tariffs import _new, _save
from timethief.domain.audit import Act
from timethief.domain.identifiers import to_text
from timethief.i18n import LANGUAGES, speaking
from timethief.reports.audit import ACTS, act_text
from timethief.services import audit
from timethief.storage.tables import AuditEvent, User

ROOT = Path(__file__).parents[2]


@pytest.fixture
def filled(installation: Installation) -> Installation:
    """An installation with 120 acts, one each hour, the newest of them half an hour ago."""

    def fill(session: Any) -> None:  # noqa: ANN401 - the installation's own
        query = select(User).where(User.email == installation.emails["admin"])
        owner = session.scalars(query).one()
        for number in range(120):
            audit.record(
                session,
                None,
                Act.RETENTION_SET if number % 2 else Act.HOLD_PLACED,
                "retention" if number % 2 else "hold",
                reference=f"nr-{number:03}",
                before={"decision": "=1+1", "role": "staff"},
                after={"decision": f"Dnr {number}", "role": "leadership"},
                now=datetime.now(UTC) - timedelta(minutes=30, hours=119 - number),
                organisation_id=owner.organisation_id,
            )

    installation.change(fill)
    return installation


def _references(text: str) -> list[str]:
    return re.findall(r"nr-[0-9]{3}", text)


def test_a_tariff_stands_in_the_trail_with_who_and_what(
    admin: Browser, installation: Installation
) -> None:
    _save(admin, _new(installation))

    row = admin.get("/administration/trail").main.one(id="trail").one("tbody").all("tr")[0].text

    assert "Ny timkostnad" in row
    assert "administratör" in row
    assert "1 234" in row
    assert "Lönestatistik 2026" in row


def test_a_review_stands_there_without_being_recorded_twice(
    installation: Installation, support: Browser, admin: Browser
) -> None:
    task = support.get(f"/tasks/{installation.task_id}")
    assert support.press(task, "Spara", {"minutes": "7", "key": "x"}).status in (302, 303)

    row = admin.get("/administration/trail?act=task_reviewed").main.one(id="trail").text

    assert "Uppgift: granskades" in row
    assert installation.task_id in row
    assert installation.count(AuditEvent) == 0


def test_pages_go_to_the_end_and_back_and_show_each_line_once(filled: Installation) -> None:
    admin = filled.browser("admin")
    page, forward = admin.get("/administration/trail"), []
    forward.append(_references(page.main.one(id="trail").text))
    while older := [link for link in page.main.all("a") if link.get("rel") == "next"]:
        page = admin.get(older[0]["href"])
        forward.append(_references(page.main.one(id="trail").text))
    backward = [forward[-1]]
    while newer := [link for link in page.main.all("a") if link.get("rel") == "prev"]:
        page = admin.get(newer[0]["href"])
        backward.append(_references(page.main.one(id="trail").text))

    assert [line for lines in forward for line in lines] == [
        f"nr-{number:03}" for number in reversed(range(120))
    ]
    assert backward[::-1] == forward


def test_the_filter_leaves_acts_of_one_kind_in_a_period(filled: Installation) -> None:
    admin = filled.browser("admin")
    today = datetime.now(UTC).date()

    kinds = admin.get("/administration/trail?act=hold_placed&subject=hold")
    days = admin.get(f"/administration/trail?first={today + timedelta(days=2)}")
    past = admin.get("/administration/trail?last=2001-01-01")

    numbers = [int(each[3:]) for each in _references(kinds.main.one(id="trail").text)]
    assert numbers == [number for number in reversed(range(20, 120)) if number % 2 == 0]
    assert not days.page.all(id="trail")
    assert not past.page.all(id="trail")


def test_the_filter_leaves_acts_of_one_person(installation: Installation, admin: Browser) -> None:
    _save(admin, _new(installation))
    ids = dict(installation.ask(lambda session: session.execute(select(User.email, User.id)).all()))

    mine = admin.get(f"/administration/trail?person={to_text(ids[installation.emails['admin']])}")
    other = admin.get(f"/administration/trail?person={to_text(ids[installation.emails['staff']])}")

    assert len(mine.main.one(id="trail").one("tbody").all("tr")) == 1
    assert not other.page.all(id="trail")


@pytest.mark.parametrize(
    "address",
    [
        "act=x",
        "subject=%3Cb%3E",
        "first=2026-02-30",
        "last=20260301",
        "first=0001-01-01",
        "last=9999-12-31",
        "cursor=x",
        "cursor=o99999999999999999999.0123456789ab",
        "cursor=o1.x",
        "cursor=o-1e9.0123456789ab",
    ],
)
def test_an_address_that_asks_for_nothing_there_is_is_refused(
    lasting: Installation, address: str
) -> None:
    for page in ("", "/trail.csv", "/trail.json"):
        answer = lasting.of("admin").get(f"/administration/trail{page}?{address}")

        assert answer.status == (422 if page == "" or "cursor" not in address else 200)


def test_the_file_holds_all_lines_and_no_formula(filled: Installation) -> None:
    admin = filled.browser("admin")
    answer = admin.get("/administration/trail/trail.csv")

    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))

    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=timethief-trail-")
    ours = [row for row in rows if row[5].startswith("nr-")]
    assert [row[5] for row in ours] == [f"nr-{n:03}" for n in reversed(range(120))]
    assert "Roll: Medarbetare → Ledning" in ours[0][6]
    assert not [cell for row in rows for cell in row if cell[:1] in tuple("=+-@\t\r")]


def test_json_holds_the_same_lines(filled: Installation) -> None:
    lines = json.loads(
        filled.browser("admin").get("/administration/trail/trail.json?act=hold_placed").text
    )

    assert [line["reference"] for line in lines] == [
        f"nr-{n:03}" for n in reversed(range(120)) if n % 2 == 0
    ]
    assert lines[0]["after"] == {"decision": "Dnr 118", "role": "leadership"}
    assert all(len(line["id"]) == 12 for line in lines)


TRAIL = "/administration/trail/trail.json"


def test_an_empty_trail_is_an_empty_file(lasting: Installation) -> None:
    assert json.loads(lasting.of("admin").get(f"{TRAIL}?act=hold_placed").text) == []


def test_another_organisation_sees_nothing_of_it(filled: Installation) -> None:
    neighbour = filled.browser("granne-admin")

    assert not neighbour.get("/administration/trail").page.all(id="trail")
    assert json.loads(neighbour.get("/administration/trail/trail.json").text) == []


def test_reading_and_logging_in_leave_no_line(installation: Installation) -> None:
    for role in ("staff", "support", "leadership", "admin"):
        browser = installation.log_in(role)
        for address in ("/about", "/inventory", "/log", "/dashboard"):
            browser.get(address)
    staff = installation.browser("staff")
    staff.send(staff.get("/log"), {"title": "Något"}, "log-form")

    assert installation.count(AuditEvent) == 0


def test_no_route_changes_the_trail(installation: Installation) -> None:
    rules = [rule for rule in installation.app.url_map.iter_rules() if "/trail" in rule.rule]

    assert rules
    assert {method for rule in rules for method in rule.methods or ()} == {
        *("GET", "HEAD", "OPTIONS")
    }


def _sources() -> Iterator[tuple[str, str]]:
    for folder in ("queries", "storage", "reports", "services", "web"):
        for file in sorted((ROOT / "timethief" / folder).rglob("*")):
            if file.suffix in (".py", ".html"):
                yield str(file.relative_to(ROOT)), file.read_text(encoding="utf-8")


def test_nothing_is_counted_or_grouped_by_person_anywhere() -> None:
    grouped = re.compile(
        r"group_by\([^)]*(user_id|User\.(id|name|email)|actor)|func\.count\([^)]*user_id"
        r"|groupby\([^)]*(user|person)"
    )

    found = [name for name, text in _sources() if grouped.search(text)]

    assert found == []


def test_no_page_tells_when_somebody_was_last_active() -> None:
    told = re.compile(r"\.(seen_at|last_seen)\b")

    found = {name for name, text in _sources() if name.endswith(".html") and told.search(text)}

    # The list of one's own log-ins is for their owner alone.
    assert {name for name in found if "/account/" not in name} == set()


def test_every_act_and_event_has_words_in_both_languages() -> None:
    assert set(ACTS) == set(Act)
    for act in Act:
        told = []
        for language in LANGUAGES:
            with speaking(language):
                told.append(act_text(act))
        assert told[0] != told[1], act
