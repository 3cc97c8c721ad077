from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.web.browser import Answer, Browser, Change, fields_of
from tests.web.conftest import Installation
from timethief.domain.identifiers import from_text, to_text
from timethief.storage.tables import AssessmentRow, Tariff

WRONG: dict[str, tuple[str, str]] = {
    "cost 0": ("hourly_cost_sek", "0"),
    "cost -1": ("hourly_cost_sek", "-1"),
    "cost 1e9": ("hourly_cost_sek", "1e9"),
    "cost 100001": ("hourly_cost_sek", "100001"),
    "no cost": ("hourly_cost_sek", ""),
    "no source": ("source", " \u200b"),
    "long source": ("source", "a" * 201),
    "no category": ("staff_category", ""),
    "no such category": ("staff_category", "x"),
    "30 February": ("valid_from", "2026-02-30"),
    "the year 1": ("valid_from", "0001-01-01"),
    "the year 9999": ("valid_from", "9999-12-31"),
    "slashes": ("valid_from", "1/3/2026"),
    "no dashes": ("valid_from", "20260301"),
    "a week": ("valid_from", "2026-W09-1"),
    "full width": ("valid_from", "\uff12\uff10\uff12\uff16-03-01"),
    "no day": ("valid_from", ""),
    "in three years": (
        "valid_from",
        (datetime.now(UTC) + timedelta(days=1_095)).date().isoformat(),
    ),
}


def _category(installation: Installation) -> str:
    """The staff category of most tasks."""
    categories = [task.staff_category_id for task in installation.tasks()]
    return to_text(max(sorted(set(categories)), key=categories.count))


def _new(installation: Installation) -> dict[str, Change]:
    return {
        "staff_category": _category(installation),
        "hourly_cost_sek": "1 234 kr",
        "valid_from": "2026-01-02",
        "source": "Lönestatistik 2026",
    }


def _save(admin: Browser, changes: dict[str, Change]) -> Answer:
    return admin.send(admin.get("/tariffs"), changes)


def _costs(installation: Installation) -> dict[int, int]:
    rows = installation.ask(lambda session: session.query(AssessmentRow).all())
    category = from_text(_category(installation))
    return {row.task_id: row.cost_ore for row in rows if row.staff_category_id == category}


def test_a_new_tariff_is_listed_and_assesses_every_task_anew(
    admin: Browser, installation: Installation
) -> None:
    before = _costs(installation)

    page = admin.follow(_save(admin, _new(installation)))

    assert "1 234" in page.main.one(id="tariff-table").text
    assert "Lönestatistik 2026" in page.main.one(id="tariff-table").text
    assert str(len(installation.tasks())) in page.main.one(class_="status-line").text
    assert _costs(installation) != before


def test_the_day_of_today_is_filled_in(admin: Browser) -> None:
    fields = fields_of(admin.get("/tariffs").form())

    today = datetime.now(UTC).astimezone().date()

    assert abs((datetime.fromisoformat(fields["valid_from"]).date() - today).days) <= 1


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_used_is_told_beside_its_field(lasting: Installation, name: str) -> None:
    admin, (field, value) = lasting.of("admin"), WRONG[name]
    before = lasting.stored()

    answer = _save(admin, _new(lasting) | {field: value})

    (link,) = answer.page.one(id="error-summary").all("a")
    assert answer.status == 422
    assert link["href"] == f"#{field}"
    assert answer.page.one(id=f"{field}-error").text == link.text
    assert answer.title.startswith(f"Fel: {answer.heading}")
    assert lasting.stored() == before


def test_an_error_keeps_all_that_was_told(lasting: Installation) -> None:
    told = _new(lasting) | {"hourly_cost_sek": "mycket"}

    answer = _save(lasting.of("admin"), told)

    kept = fields_of(answer.form())
    assert {name: kept[name] for name in told} == told


def test_a_category_of_others_cannot_be_chosen(lasting: Installation) -> None:
    foreign = to_text(lasting.foreign.staff_category_id)
    before = lasting.stored()

    answer = _save(lasting.of("admin"), _new(lasting) | {"staff_category": foreign})

    assert answer.status in (404, 422)
    assert lasting.stored() == before


def test_the_same_form_sent_twice_is_one_tariff(admin: Browser, installation: Installation) -> None:
    tariffs, page = installation.count(Tariff), admin.get("/tariffs")

    answers = [admin.send(page, _new(installation)) for _ in range(2)]

    assert [answer.status for answer in answers] == [302, 302]
    assert installation.count(Tariff) == tariffs + 1


def test_a_form_that_had_stood_open_keeps_the_text(
    admin: Browser, installation: Installation
) -> None:
    expired = _save(admin, _new(installation) | {"csrf_token": ""})

    saved = admin.send(expired)

    assert expired.status == 400
    assert fields_of(expired.form())["source"] == "Lönestatistik 2026"
    assert saved.status == 302


def test_fields_that_the_form_does_not_have_change_nothing(
    admin: Browser, installation: Installation
) -> None:
    more: dict[str, Change] = {
        "organisation_id": str(installation.foreign.organisation_id),
        "estimated": "y",
    }

    _save(admin, _new(installation) | more)

    tariff = installation.ask(
        lambda session: session.query(Tariff).filter_by(source="Lönestatistik 2026").one()
    )
    assert (tariff.organisation_id, tariff.estimated) == (
        installation.tasks()[0].organisation_id,
        False,
    )


def test_earlier_tariffs_are_kept(admin: Browser, installation: Installation) -> None:
    before = installation.ask(
        lambda session: {t.id: t.hourly_cost_sek for t in session.query(Tariff)}
    )

    _save(admin, _new(installation))

    after = installation.ask(
        lambda session: {t.id: t.hourly_cost_sek for t in session.query(Tariff)}
    )
    assert before.items() <= after.items()
