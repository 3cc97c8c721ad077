"""People and roles: who may give what to whom, and that it holds from the next click on."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete, select

from tests.web.browser import NEIGHBOUR, Answer, Browser, fields_of, neighbour
from tests.web.conftest import OPERATOR, Installation
from timethief.domain.identifiers import to_text
from timethief.domain.people import Role
from timethief.services.organisations import NewUser, add_user
from timethief.storage.tables import ApiToken, AuditEvent, Unit, User, UserSession

PEOPLE = "/administration/people"
INITIALS = "ABC\u00c5\u00c4\u00d6"


def _user(installation: Installation, who: str) -> User:
    query = select(User).where(User.email == installation.emails[who])
    found: User = installation.ask(lambda session: session.scalars(query).one())
    return found


def _page(installation: Installation, who: str) -> str:
    return f"{PEOPLE}/{to_text(_user(installation, who).id)}"


def _change(browser: Browser, address: str, **changes: str) -> Answer:
    return browser.send(browser.get(address), changes, "person-form")


def _press(browser: Browser, address: str, words: str) -> Answer:
    return browser.press(browser.get(address), words)


def _rows_of(
    installation: Installation, table: type[UserSession | ApiToken], user_id: int
) -> list[Any]:
    query = select(table).where(table.user_id == user_id)
    found: list[Any] = installation.ask(lambda session: list(session.scalars(query)))
    return found


def _acts(installation: Installation) -> list[str]:
    rows = installation.ask(lambda session: list(session.scalars(select(AuditEvent.act))))
    return sorted(rows)


def test_the_list_shows_everybody_and_no_figure_about_anybody(lasting: Installation) -> None:
    answer = lasting.of("admin").get(PEOPLE)

    table = answer.main.one(id="people")
    headings = [each.text for each in table.all("th", scope="col")]
    assert headings == ["Namn", "Roll", "Enhet", "Loggar in med", "Senast h\u00e4r"]
    others = {OPERATOR, *(who for who in lasting.emails if who.startswith(NEIGHBOUR))}
    own = {email for who, email in lasting.emails.items() if who not in others}
    assert {email for email in lasting.emails.values() if email in answer.text} == own


def test_people_are_found_by_any_part_of_the_name_however_it_is_written(
    lasting: Installation,
) -> None:
    found = lasting.of("admin").get(f"{PEOPLE}?q=%C3%96HMAN+kar")

    names = [link.text for link in found.main.one(id="people").all("a")]
    assert names == ["Karin \u00d6hman"]


def test_many_people_are_shown_a_page_at_a_time_in_swedish_order(
    either: Installation,
) -> None:
    admin = _user(either, "admin")

    def many(session: Any) -> None:  # noqa: ANN401 - a session
        for number in range(120):
            name = f"{INITIALS[number % 6]}rne {number:03}"
            new = NewUser(f"p{number}@example.org", name, Role.STAFF, None, None, None)
            add_user(session, admin.organisation_id, new)

    either.change(many)
    browser = either.browser("admin")
    seen: list[str] = []
    page = browser.get(PEOPLE)
    for _ in range(3):
        seen += [link.text for link in page.main.one(id="people").all("a")]
        following = page.page.all("a", rel="next")
        if following:
            page = browser.get(following[0]["href"])

    assert len(seen) == len(set(seen)) == 120 + 5
    swedish = [name[0] for name in seen if "rne" in name]
    assert swedish == sorted(swedish, key=INITIALS.index)
    (previous,) = page.page.all("a", rel="prev")
    back = [link.text for link in browser.get(previous["href"]).main.one(id="people").all("a")]
    assert back == seen[50:100]


def test_a_role_that_is_given_or_taken_holds_at_the_next_click(either: Installation) -> None:
    admin, staff = either.browser("admin"), either.browser("staff")
    address = _page(either, "staff")
    assert staff.get("/tariffs").status == 403

    _change(admin, address, role="admin")
    assert staff.get("/tariffs").status == 200

    _change(admin, address, role="staff")
    assert staff.get("/tariffs").status == 403
    assert _acts(either) == ["role_changed", "role_changed"]


def test_ending_a_membership_ends_log_ins_and_tokens_at_once(either: Installation) -> None:
    admin, staff = either.browser("admin"), either.browser("staff")
    assert staff.get("/log").status == 200

    answer = _press(admin, _page(either, "staff"), "Avsluta medlemskapet")

    assert answer.status == 302
    assert staff.get("/log").location.startswith("/login")
    assert Browser(either.app).log_in_as(either.emails["staff"]).status == 422
    user_id = _user(either, "staff").id
    for table in (UserSession, ApiToken):
        assert _rows_of(either, table, user_id) == []


def test_a_membership_can_be_restored(installation: Installation) -> None:
    admin, address = installation.browser("admin"), _page(installation, "staff")
    _press(admin, address, "Avsluta medlemskapet")

    former = admin.get(f"{PEOPLE}?former=1")
    _press(admin, address, "\u00c5terst\u00e4ll medlemskapet")

    assert installation.emails["staff"] in former.text
    assert Browser(installation.app).log_in_as(installation.emails["staff"]).status == 302
    assert _acts(installation) == ["membership_ended", "membership_restored"]


def test_ending_all_log_ins_lets_the_person_in_again(installation: Installation) -> None:
    admin, staff = installation.browser("admin"), installation.browser("staff")

    _press(admin, _page(installation, "staff"), "Avsluta alla inloggningar")

    assert staff.get("/log").status == 302
    assert staff.log_in_as(installation.emails["staff"]).status == 302


@pytest.mark.parametrize("way", ["role", "end"])
def test_the_last_administrator_stays_one(either: Installation, way: str) -> None:
    admin, address = either.browser("admin"), _page(either, "admin")

    if way == "role":
        answer = _change(admin, address, role="staff")
    else:
        answer = _press(admin, address, "Avsluta medlemskapet")

    assert answer.status == 409
    assert "Det m\u00e5ste finnas minst en administrat\u00f6r." in answer.main.text
    assert admin.get(PEOPLE).status == 200
    assert _acts(either) == []


def test_one_of_two_administrators_may_leave(either: Installation) -> None:
    admin = either.browser("admin")
    _change(admin, _page(either, "leadership"), role="admin")

    answer = _change(admin, _page(either, "admin"), role="staff")

    assert answer.status == 302
    assert admin.get(PEOPLE).status == 403


def test_of_two_administrators_at_once_the_second_is_told(either: Installation) -> None:
    admin, address = either.browser("admin"), _page(either, "staff")
    first, second = admin.get(address), admin.get(address)
    admin.send(first, {"role": "support"}, "person-form")

    answer = admin.send(second, {"role": "leadership"}, "person-form")

    assert answer.status == 409
    assert "Nu \u00e4r rollen st\u00f6dfunktion" in answer.main.text
    assert fields_of(answer.form("person-form"))["role"] == "leadership"
    assert _user(either, "staff").role == "support"
    assert admin.send(answer, {}, "person-form").status == 302
    assert _user(either, "staff").role == "leadership"


def test_a_role_of_another_organisation_cannot_be_given(either: Installation) -> None:
    admin, address = either.browser("admin"), _page(either, "staff")
    foreign = _page(either, neighbour("staff"))
    before = either.stored()
    form = admin.fill(admin.get(address), {"role": "admin"}, "person-form")

    answer = admin.post(foreign, form)

    unknown = admin.post(f"{PEOPLE}/0123456789ab", form)
    assert (answer.status, unknown.status) == (404, 404)
    assert either.stored() == before


@pytest.mark.parametrize(
    "act", ["", "/end-membership", "/end-log-ins", "/restore-membership", "/password-link"]
)
def test_nothing_can_be_done_to_people_of_others(lasting: Installation, act: str) -> None:
    admin, before = lasting.of("admin"), lasting.stored()
    token = admin.get(PEOPLE + "/invite").token

    answer = admin.post(_page(lasting, neighbour("admin")) + act, {"csrf_token": token})

    assert answer.status == 404
    assert lasting.stored() == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("role", "operator"),
        ("role", "owner"),
        ("role", ""),
        ("unit", "x"),
        ("staff_category", "x"),
        ("name", "\u200b"),
        ("name", "a" * 201),
        ("name", "Bo\r\nBcc: x@example.org"),
    ],
)
def test_what_cannot_be_given_is_told_beside_its_field(
    lasting: Installation, field: str, value: str
) -> None:
    before = lasting.stored()

    answer = _change(lasting.of("admin"), _page(lasting, "staff"), **{field: value})

    assert answer.status == 422
    assert answer.page.one(id=f"{field}-error").text in answer.errors
    assert lasting.stored() == before


def test_a_unit_of_others_cannot_be_given(lasting: Installation) -> None:
    foreign = to_text(lasting.foreign.unit_id)
    before = lasting.stored()

    answer = _change(lasting.of("admin"), _page(lasting, "staff"), unit=foreign)

    assert answer.status == 404
    assert lasting.stored() == before


def test_fields_that_the_form_does_not_have_change_nothing(installation: Installation) -> None:
    foreign = str(installation.foreign.organisation_id)
    more = {"organisation_id": foreign, "active": "", "email": "x@example.org", "password_hash": ""}
    before = _user(installation, "staff")

    _change(installation.browser("admin"), _page(installation, "staff"), name="Ny Namn", **more)

    after = _user(installation, "staff")
    assert after.name == "Ny Namn"
    for field in ("organisation_id", "active", "email", "folded_email", "password_hash", "role"):
        assert getattr(after, field) == getattr(before, field)


def test_text_of_a_form_is_given_back_where_the_role_was_taken_meanwhile(
    either: Installation,
) -> None:
    admin, other = either.browser("admin"), either.browser("leadership")
    _change(admin, _page(either, "leadership"), role="admin")
    page = other.get(PEOPLE + "/invite")
    _change(admin, _page(either, "leadership"), role="leadership")

    answer = other.send(page, {"name": "Ulla \u00c5str\u00f6m", "email": "ulla@example.org"})

    assert answer.status == 403
    assert "Ulla \u00c5str\u00f6m" in answer.main.text
    assert "ulla@example.org" in answer.main.text
    assert page.token not in answer.main.text


def test_a_changed_name_is_found_and_sorted_anew(installation: Installation) -> None:
    admin = installation.browser("admin")

    _change(admin, _page(installation, "staff"), name="\u00d6rjan \u00c5kesson")

    names = [each.text for each in admin.get(PEOPLE).main.one(id="people").all("a")]
    assert names[-1] == "\u00d6rjan \u00c5kesson"
    assert "\u00d6rjan" in admin.get(f"{PEOPLE}?q=%C3%B6rjan").main.text


def test_an_act_stands_in_the_trail_with_what_was_before_and_after(
    installation: Installation,
) -> None:
    unit = installation.ask(
        lambda session: session.scalars(
            select(Unit).where(Unit.organisation_id == _user(installation, "admin").organisation_id)
        ).first()
    )

    _change(
        installation.browser("admin"),
        _page(installation, "staff"),
        role="support",
        unit=to_text(unit.id),
    )

    event = installation.ask(lambda session: session.scalars(select(AuditEvent)).one())
    assert (event.act, event.subject) == ("role_changed", "person")
    assert event.reference == to_text(_user(installation, "staff").id)
    assert (event.before["role"], event.after["role"]) == ("staff", "support")
    assert event.after["unit_id"] == to_text(unit.id)


def test_someone_without_a_log_in_left_is_listed_as_never_seen(installation: Installation) -> None:
    user_id = _user(installation, "staff").id

    def forget(session: Any) -> None:  # noqa: ANN401 - a session
        session.execute(delete(UserSession).where(UserSession.user_id == user_id))
        session.get(User, user_id).last_seen_month = None

    installation.change(forget)

    assert (
        "senast h\u00e4r: aldrig"
        in installation.browser("admin").get(_page(installation, "staff")).main.text
    )
