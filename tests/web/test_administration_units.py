from __future__ import annotations

import pytest

from tests.web.browser import Answer, Browser, Change, fields_of
from tests.web.conftest import Installation
from timethief.domain.identifiers import to_text
from timethief.queries.verification import differences
from timethief.storage.tables import AuditEvent, Unit

UNITS = "/administration/units"


def _units(installation: Installation) -> dict[str, Unit]:
    """The units of the demonstration by name."""
    organisation_id = installation.tasks()[0].organisation_id
    rows: list[Unit] = installation.ask(
        lambda session: session.query(Unit).filter_by(organisation_id=organisation_id).all()
    )
    return {row.name: row for row in rows}


def _busy(installation: Installation) -> Unit:
    """A unit that has tasks and stands below another."""
    used = {task.unit_id for task in installation.tasks()}
    units = _units(installation).values()
    return min((u for u in units if u.id in used and u.parent_id), key=lambda unit: unit.name)


def _page(admin: Browser, unit: Unit) -> Answer:
    return admin.get(f"{UNITS}/{to_text(unit.id)}")


def _form(answer: Answer) -> dict[str, str]:
    (form,) = [f for f in answer.main.all("form") if "name" in fields_of(f)]
    return dict(fields_of(form))


def _save(
    admin: Browser, unit: Unit, changes: dict[str, Change], page: Answer | None = None
) -> Answer:
    found = _form(page or _page(admin, unit))
    return admin.post(f"{UNITS}/{to_text(unit.id)}", {**found, **changes})


def _sound(installation: Installation) -> list[str]:
    return list(installation.ask(lambda session: list(differences(session))))


def test_every_unit_stands_in_the_tree(lasting: Installation) -> None:
    page = lasting.of("admin").get(UNITS)

    links = {link["href"] for link in page.main.all("a") if link["href"].startswith(f"{UNITS}/")}

    assert {f"{UNITS}/{to_text(unit.id)}" for unit in _units(lasting).values()} <= links


def test_a_unit_is_found_by_a_part_of_its_name(lasting: Installation) -> None:
    unit = _busy(lasting)

    page = lasting.of("admin").get(UNITS, query_string={"q": unit.name.upper()[:6]})

    assert f"{UNITS}/{to_text(unit.id)}" in {a["href"] for a in page.main.all("a")}


def test_a_new_unit_is_added_once_however_often_the_form_is_sent(
    admin: Browser, installation: Installation
) -> None:
    before, page = installation.count(Unit), admin.get(f"{UNITS}/new")
    new: dict[str, Change] = {"name": "Hemtjänst Söder", "headcount": "42", "sector": "care"}

    answers = [admin.send(page, new) for _ in range(2)]

    assert [answer.status for answer in answers] == [302, 302]
    assert installation.count(Unit) == before + 1
    made = _units(installation)["Hemtjänst Söder"]
    assert (made.headcount, made.sector, made.code) == (42, "care", "hemtjänst-söder")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "a" * 201),
        ("name", "\u200b"),
        ("headcount", "-1"),
        ("headcount", "1,5"),
        ("headcount", "många"),
        ("headcount", "1e99"),
        ("sector", "x"),
        ("parent", "x"),
        ("code", "a" * 65),
    ],
)
def test_what_cannot_be_used_is_told_beside_its_field(
    lasting: Installation, field: str, value: str
) -> None:
    before = lasting.stored()
    told: dict[str, Change] = {"name": "Ny enhet", "sector": "care", field: value}

    page = lasting.of("admin").get(f"{UNITS}/new")
    answer = lasting.of("admin").send(page, told)

    assert answer.status == 422
    assert [link["href"] for link in answer.page.one(id="error-summary").all("a")] == [f"#{field}"]
    assert answer.page.all(id=f"{field}-error")
    assert lasting.stored() == before


def test_a_unit_of_others_is_no_place_for_a_new_one(lasting: Installation) -> None:
    before = lasting.stored()
    page = lasting.of("admin").get(f"{UNITS}/new")

    answer = lasting.of("admin").send(
        page, {"name": "Ny", "parent": to_text(lasting.foreign.unit_id)}
    )

    assert answer.status == 404
    assert lasting.stored() == before


def test_a_unit_that_moves_takes_its_totals_along(
    admin: Browser, installation: Installation
) -> None:
    unit = _busy(installation)

    answer = _save(admin, unit, {"parent": "", "sector": "other"})

    assert answer.status == 302
    moved = _units(installation)[unit.name]
    assert (moved.parent_id, moved.sector) == (None, "other")
    assert _sound(installation) == []


def test_a_unit_cannot_stand_below_itself(admin: Browser, installation: Installation) -> None:
    unit = _busy(installation)
    above = next(u for u in _units(installation).values() if u.id == unit.parent_id)

    answer = _save(admin, above, {"parent": to_text(unit.id)})

    assert answer.status == 422
    assert answer.page.one(id="parent-error").text


def test_two_who_change_a_unit_at_once_are_told(admin: Browser, installation: Installation) -> None:
    unit = _busy(installation)
    mine, theirs = _page(admin, unit), _page(admin, unit)
    assert _save(admin, unit, {"name": "Deras namn"}, theirs).status == 302

    answer = _save(admin, unit, {"name": "Mitt namn"}, mine)

    assert answer.status == 409
    assert "Deras namn" in answer.main.text
    assert _form(answer)["name"] == "Mitt namn"
    again = admin.post(f"{UNITS}/{to_text(unit.id)}", dict(_form(answer)))
    assert again.status == 302
    assert "Mitt namn" in _units(installation)


def test_a_change_stands_in_the_trail_with_before_and_after(
    admin: Browser, installation: Installation
) -> None:
    unit = _busy(installation)

    _save(admin, unit, {"headcount": "77"})

    event = installation.ask(
        lambda session: session.query(AuditEvent).filter_by(reference=to_text(unit.id)).one()
    )
    assert (event.act, event.before, event.after) == (
        "unit_changed",
        {"headcount": unit.headcount},
        {"headcount": 77},
    )


def test_only_an_empty_unit_can_be_taken_away(admin: Browser, installation: Installation) -> None:
    unit = _busy(installation)
    admin.send(admin.get(f"{UNITS}/new"), {"name": "Tom", "sector": "care"})
    empty = _units(installation)["Tom"]

    page = _page(admin, empty)
    taken = admin.send(page, form="remove")
    refused = admin.post(f"{UNITS}/{to_text(unit.id)}/remove", {"csrf_token": page.token})

    assert (taken.status, refused.status) == (302, 302)
    assert "Tom" not in _units(installation)
    assert unit.name in _units(installation)


def test_a_name_that_looks_like_another_is_told(admin: Browser, installation: Installation) -> None:
    unit = _busy(installation)
    twin = unit.name.translate(str.maketrans("aeo", "\u0430\u0435\u043e"))

    admin.send(admin.get(f"{UNITS}/new"), {"name": twin, "sector": "care"})

    notice = admin.get(UNITS).main.one(class_="notice flow")
    assert {link.text for link in notice.all("a")} == {unit.name, twin}


def test_a_unit_of_others_is_not_found(lasting: Installation) -> None:
    admin = lasting.of("admin")
    foreign = to_text(lasting.foreign.unit_id)

    answer, unknown = (admin.get(f"{UNITS}/{each}") for each in (foreign, "z" * 12))

    assert (answer.status, unknown.status) == (404, 404)
    assert answer.text.replace(foreign, "z" * 12) == unknown.text
