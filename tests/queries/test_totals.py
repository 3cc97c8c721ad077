from __future__ import annotations

import pytest

from tests import make
from tests.queries import naive
from tests.queries.conftest import OTHERS, TASKS, Stock
from timethief.domain.measures import Measures
from timethief.domain.ranges import Range
from timethief.domain.vocabulary import Level
from timethief.queries.totals import Figures, Scope, grouped, grouped_many, total, totals_of_units
from timethief.services import reports
from timethief.storage.totals import DIMENSIONS


def test_the_kept_totals_are_the_sums_of_the_tasks(stock: Stock) -> None:
    with stock.database.reading_all() as session:
        for place in (stock.place, stock.other):
            expected = naive.totals(session, place.organisation_id)

            assert naive.kept(session, place.organisation_id) == expected


def test_every_dimension_is_grouped_for_every_unit_and_level(stock: Stock) -> None:
    organisation_id = stock.place.organisation_id
    with stock.database.reading_all() as session:
        sums = naive.totals(session, organisation_id)
        for unit in (None, stock.place.top, stock.place.ward):
            for level in (None, "state", "eu"):
                found = grouped_many(session, Scope(organisation_id, unit, level), DIMENSIONS)

                assert found == {
                    place[2:]: each
                    for place, each in sums.items()
                    if place[:2] == (unit or 0, level or "")
                }
                assert {dimension for dimension, _ in found} <= set(DIMENSIONS)


def test_one_dimension_is_grouped_by_its_keys(stock: Stock) -> None:
    with stock.database.reading_all() as session:
        found = grouped(session, Scope(stock.place.organisation_id), "staff_category")

    assert found.keys() == {str(stock.place.nurse), str(stock.place.all_staff)}
    assert sum(each.tasks for each in found.values()) == TASKS


def test_the_total_counts_all_tasks_of_the_organisation_alone(stock: Stock) -> None:
    with stock.database.reading_all() as session:
        found = [
            total(session, Scope(place.organisation_id)).tasks
            for place in (stock.place, stock.other)
        ]
        foreign = total(session, Scope(stock.place.organisation_id, stock.other.top))

    assert found == [TASKS, OTHERS]
    assert foreign == Measures()


def test_units_are_told_with_those_below_them(stock: Stock) -> None:
    place = stock.place
    units = (place.top, place.north, place.ward, place.south)
    with stock.database.reading_all() as session:
        found = totals_of_units(session, Scope(place.organisation_id, level="state"), units)

        for unit in units:
            assert found[unit] == total(session, Scope(place.organisation_id, unit, "state"))

    assert found[place.north].tasks > found[place.ward].tasks > 0


def test_keys_that_no_task_has_any_more_are_left_out(stock: Stock) -> None:
    scope = Scope(stock.place.organisation_id)
    with stock.database.writing_all() as session:
        who = make.actor(session, stock.place)
        alone = make.requester(session, scope.organisation_id, "Ensam", Level.OTHER)
        sent = make.sent(session, who, make.report_facts(stock.place, requester_id=alone))
        before = grouped(session, scope, "requester")

        reports.withdraw(session, who, sent.report_id, make.NOW)

        after = grouped(session, scope, "requester")
        session.rollback()

    assert before.keys() - after.keys() == {str(alone)}


def test_measures_become_hours_kronor_and_full_time_equivalents() -> None:
    measures = Measures(
        tasks=4,
        flagged_tasks=1,
        cost_low=1_000_000,
        cost_likely=3_520_000_000,
        cost_high=4_000_000_000,
        cost_ore=12_345,
        benefit_low=0,
        benefit_likely=500_000,
        benefit_high=2_000_000,
        flagged_hours=1_500_000,
        confirmed_hours=880_000_000,
        avoidable_hours=-250_000,
        gain_hours=750_000,
    )

    figures = Figures.of(measures, 1_760.0)

    assert figures.cost_hours == Range(1.0, 3_520.0, 4_000.0)
    assert figures.benefit_hours == Range(0.0, 0.5, 2.0)
    assert (figures.cost_sek, figures.fte) == (123.45, 2.0)
    assert (figures.avoidable_hours, figures.gain_hours) == (-0.25, 0.75)
    assert figures.confirmed_share == pytest.approx(0.25)


def test_nothing_has_no_confirmed_share() -> None:
    assert Figures.of(Measures(), 1_760.0).confirmed_share == 0
