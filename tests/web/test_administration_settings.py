from __future__ import annotations

import pytest

from tests.web.browser import Answer, Browser, Change, fields_of
from tests.web.conftest import Installation
from timethief.domain.identifiers import to_text
from timethief.queries.verification import differences
from timethief.services import demonstration
from timethief.storage.tables import (
    AuditEvent,
    Organisation,
    PolicyVersion,
    Requester,
    StaffCategory,
    Task,
    User,
)
from timethief.web.administration import PLACES

POLICY = "/administration/policy"
ORGANISATION = "/administration/organisation"
REQUESTERS = "/administration/requesters"
CATEGORIES = "/administration/staff-categories"


def _organisation(installation: Installation) -> Organisation:
    found: Organisation = installation.ask(
        lambda session: session.query(Organisation).filter_by(code=demonstration.CODE).one()
    )
    return found


def _own(installation: Installation) -> list[Requester]:
    """The organisation's own requesters, by name."""
    organisation_id = installation.tasks()[0].organisation_id
    rows: list[Requester] = installation.ask(
        lambda session: session.query(Requester).filter_by(organisation_id=organisation_id).all()
    )
    return sorted(rows, key=lambda row: row.name)


def test_the_administration_leads_to_every_place(lasting: Installation) -> None:
    admin = lasting.of("admin")

    page = admin.get("/administration")

    links = [link["href"] for link in page.main.all("a", class_="place-link")]
    assert len(links) == len(set(links)) == len(PLACES)
    assert {admin.get(link).status for link in links} == {200}


@pytest.mark.parametrize("role", ["staff", "support", "leadership"])
def test_others_are_neither_led_there_nor_let_in(lasting: Installation, role: str) -> None:
    browser = lasting.of(role)

    assert "/administration" not in {a["href"] for a in browser.get("/inventory").page.all("a")}
    for path in ("", "/units", "/policy", "/organisation", "/requesters", "/set-up"):
        assert browser.get(f"/administration{path}").status == 403


def _numbers(answer: Answer, changes: dict[str, Change]) -> dict[str, Change]:
    return {**dict(fields_of(answer.main.all("form")[0])), **changes}


def test_a_policy_is_shown_before_it_is_saved(admin: Browser, installation: Installation) -> None:
    stricter: dict[str, Change] = {"usage_believed_likely": "0", "usage_believed_low": "0"}
    page = admin.get(POLICY)

    tried = admin.post(POLICY, _numbers(page, {**stricter, "preview": "1"}))
    kept = installation.count(PolicyVersion)
    saved = admin.press(tried, "save", {"reason": "Vi prövar"})
    after = admin.follow(saved)

    finding = tried.main.one(id="outcome-title").text
    changed = int("".join(sign for sign in finding if sign.isdigit()))
    assert changed > 0
    assert "Sparat som en ny version" in after.main.one(class_="status-line").text
    assert "Vi prövar" in after.main.text
    assert installation.count(PolicyVersion) == kept + 1
    assert installation.ask(lambda session: list(differences(session))) == []
    event = installation.ask(
        lambda session: session.query(AuditEvent).filter_by(act="policy_adopted").one()
    )
    assert event.after["usage.believed"] == [0.0, 0.0, 1.0]


def test_a_policy_is_never_saved_unseen(admin: Browser, installation: Installation) -> None:
    before, page = installation.count(PolicyVersion), admin.get(POLICY)
    told = {"fte_hours": "1 700", "reason": "Bråttom", "save": "1"}

    answer = admin.post(POLICY, _numbers(page, dict(told)))
    other = admin.post(POLICY, _numbers(answer, {"fte_hours": "1 600", "save": "1"}))

    assert (answer.status, other.status) == (200, 200)
    assert answer.main.all(id="outcome-title")
    assert installation.count(PolicyVersion) == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("fte_hours", "0"),
        ("fte_hours", ""),
        ("fte_hours", "1e9"),
        ("occasions_week", "-1"),
        ("occasions_week", "NaN"),
        ("default_spread", "100"),
        ("usage_unknown_high", "101"),
        ("usage_unknown_low", "90"),
        ("unstable_factor", "0,5"),
        ("horizon_years", "år"),
    ],
)
def test_a_number_that_cannot_be_is_told_beside_its_field(
    lasting: Installation, field: str, value: str
) -> None:
    before = lasting.stored()

    answer = lasting.of("admin").post(
        POLICY, _numbers(lasting.of("admin").get(POLICY), {field: value, "preview": "1"})
    )

    assert answer.status == 422
    assert f"#{field}" in [a["href"] for a in answer.page.one(id="error-summary").all("a")]
    assert fields_of(answer.main.all("form")[0])[field] == value
    assert lasting.stored() == before


def test_two_who_change_the_policy_at_once_are_told(admin: Browser) -> None:
    mine = admin.post(POLICY, _numbers(admin.get(POLICY), {"fte_hours": "1 700"}))
    theirs = admin.post(POLICY, _numbers(admin.get(POLICY), {"fte_hours": "1 650"}))
    assert admin.press(theirs, "save", {"reason": "Deras"}).status == 302

    answer = admin.press(mine, "save", {"reason": "Min"})

    assert answer.status == 409
    assert "Deras" in answer.main.text
    assert admin.press(answer, "save").status == 302


def test_the_words_of_the_organisation_stand_in_the_form(
    admin: Browser, installation: Installation
) -> None:
    staff = installation.browser("staff")
    assert "Till nytta för medborgaren" in staff.get("/log").main.text

    saved = admin.send(admin.get(ORGANISATION), {"client_word": "pupil"})

    assert saved.status == 302
    assert "Till nytta för eleven" in staff.get("/log").main.text
    assert "It benefits the pupil" in staff.get("/log?language=en").main.text
    neighbour = installation.browser("granne")
    assert "Till nytta för medborgaren" in neighbour.get("/log").main.text


def test_the_language_of_the_organisation_is_that_of_who_has_not_chosen(
    admin: Browser, installation: Installation
) -> None:
    installation.change(lambda session: session.query(User).update({"language": None}))

    admin.send(admin.get(ORGANISATION), {"language": "en"})

    assert installation.browser("staff").get("/inventory").page.one("html")["lang"] == "en"
    assert installation.browser("granne").get("/inventory").page.one("html")["lang"] == "sv"


@pytest.mark.parametrize("value", ["4", "0", "-5", "51", "7,5", "", "sju", "1e1"])
def test_the_fewest_reports_are_never_below_five(lasting: Installation, value: str) -> None:
    before = lasting.stored()

    answer = lasting.of("admin").send(
        lasting.of("admin").get(ORGANISATION), {"smallest_count": value}
    )

    assert answer.status == 422
    assert answer.page.one(id="smallest_count-error").text
    assert lasting.stored() == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("name", "a" * 201),
        ("kind", "x"),
        ("language", "de"),
        ("client_word", "x"),
        ("client_word", None),
    ],
)
def test_an_organisation_that_cannot_be_is_told_beside_its_field(
    lasting: Installation, field: str, value: str | None
) -> None:
    before = lasting.stored()

    answer = lasting.of("admin").send(lasting.of("admin").get(ORGANISATION), {field: value})

    assert answer.status == 422
    assert answer.page.one(id=f"{field}-error").text
    assert lasting.stored() == before


def test_two_who_change_the_organisation_at_once_are_told(
    admin: Browser, installation: Installation
) -> None:
    mine, theirs = admin.get(ORGANISATION), admin.get(ORGANISATION)
    assert admin.send(theirs, {"name": "Deras kommun"}).status == 302

    answer = admin.send(mine, {"name": "Min kommun"})

    assert answer.status == 409
    assert "Deras kommun" in answer.main.text
    assert admin.send(answer).status == 302
    assert _organisation(installation).name == "Min kommun"


def test_a_requester_is_put_right_and_found_by_its_other_names(
    admin: Browser, installation: Installation
) -> None:
    row = _own(installation)[0]
    address = f"{REQUESTERS}/{to_text(row.id)}"

    saved = admin.send(
        admin.get(address), {"name": "Nya namnet", "aliases": "NN\nNamnet", "verified": "y"}
    )

    found = admin.get(REQUESTERS, query_string={"q": "nn"})
    assert saved.status == 302
    assert "Nya namnet" in found.main.text
    assert installation.ask(lambda session: list(differences(session))) == []


def test_two_requesters_are_compared_and_made_one(
    admin: Browser, installation: Installation
) -> None:
    gone, kept = _own(installation)[:2]
    tasks = [t for t in installation.tasks() if t.requester_id == gone.id]
    merge = f"{REQUESTERS}/{to_text(gone.id)}/merge"

    found = admin.get(merge, query_string={"q": kept.name})
    compare = next(a["href"] for a in found.main.all("a") if to_text(kept.id) in a["href"])
    side_by_side = admin.get(compare)
    answer = admin.send(side_by_side)

    assert {gone.name, kept.name} <= {heading.text for heading in side_by_side.main.all("h2")}
    assert "går inte att ångra" in side_by_side.main.text
    assert answer.status == 302
    moved = installation.ask(
        lambda session: {
            row.requester_id
            for row in session.query(Task).filter(Task.id.in_([task.id for task in tasks]))
        }
    )
    assert moved <= {kept.id}
    assert installation.ask(lambda session: list(differences(session))) == []
    assert kept.name in admin.get(f"{REQUESTERS}/{to_text(gone.id)}").main.text


def test_a_requester_of_a_register_or_of_others_is_nobodys_to_merge(lasting: Installation) -> None:
    admin = lasting.of("admin")
    shared = lasting.ask(
        lambda session: (
            session.query(Requester.id).filter_by(organisation_id=None).limit(1).scalar()
        )
    )
    for foreign in (shared, lasting.foreign.requester_id):
        assert admin.get(f"{REQUESTERS}/{to_text(foreign)}/merge").status == 404


def test_a_staff_category_is_added_and_renamed(admin: Browser, installation: Installation) -> None:
    before = installation.count(StaffCategory)
    new: dict[str, Change] = {
        "name_sv": "Fritidsledare",
        "name_en": "Youth worker",
        "hourly_cost_sek": "310",
        "source": "Lönestatistik",
    }
    page = admin.get(CATEGORIES)

    assert [admin.send(page, new).status for _ in range(2)] == [302, 302]

    listed = admin.get(CATEGORIES)
    (link,) = [a for a in listed.main.all("a") if a.text == "Fritidsledare"]
    renamed = admin.send(admin.get(link["href"]), {"name_sv": "Ledare"})
    assert renamed.status == 302
    assert installation.count(StaffCategory) == before + 1
    assert "Ledare" in admin.get(CATEGORIES).main.text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name_sv", ""),
        ("name_sv", "Sjuksköterska"),
        ("hourly_cost_sek", "0"),
        ("hourly_cost_sek", ""),
        ("source", ""),
    ],
)
def test_a_staff_category_that_cannot_be_is_told_beside_its_field(
    lasting: Installation, field: str, value: str
) -> None:
    before, admin = lasting.stored(), lasting.of("admin")
    new = {"name_sv": "Ny", "hourly_cost_sek": "310", "source": "x", field: value}

    answer = admin.send(admin.get(CATEGORIES), dict(new))

    assert answer.status == 422
    assert answer.page.one(id=f"{field}-error").text
    assert lasting.stored() == before
