from __future__ import annotations

import pytest

from tests import make
from tests.queries.conftest import Stock
from timethief.domain.errors import NotFound
from timethief.domain.identifiers import to_text
from timethief.queries.filters import TaskFilter
from timethief.queries.inventory import page
from timethief.queries.inventory_choices import (
    chosen_names,
    inventory_choices,
    inventory_counts,
)


def test_counts_are_those_of_the_list_that_a_press_would_show(stock: Stock) -> None:
    wanted = TaskFilter(level="state")
    with stock.database.reading_all() as session:
        units = make.everything(session, stock.place)
        counts = inventory_counts(session, units, wanted)

        shown = {
            verdict: len(
                page(
                    session,
                    units,
                    TaskFilter(level="state", verdict=verdict),
                    limit=200,
                ).lines
            )
            for dimension, verdict in counts
            if dimension == "verdict"
        }

    assert shown
    assert shown == {key: n for (dimension, key), n in counts.items() if dimension == "verdict"}


def test_counts_that_another_condition_would_make_untrue_are_not_told(stock: Stock) -> None:
    with stock.database.reading_all() as session:
        units = make.everything(session, stock.place)
        counts = inventory_counts(session, units, TaskFilter(cause="unused"))

    assert {dimension for dimension, _ in counts} <= {"cause"}


def test_what_is_chosen_is_named(stock: Stock) -> None:
    with stock.database.reading_all() as session:
        units = make.everything(session, stock.place)
        choices = inventory_choices(session, units, TaskFilter())
        unit = choices.units[0]

        names = chosen_names(session, units, TaskFilter(unit=unit.id), "sv")

    assert names == {"unit": unit.name}


def test_what_is_anothers_is_not_found(stock: Stock) -> None:
    with stock.database.reading_all() as session:
        theirs = make.everything(session, stock.other).choices()[0]
        units = make.everything(session, stock.place)

        with pytest.raises(NotFound):
            chosen_names(session, units, TaskFilter(unit=theirs.id), "sv")


def test_requesters_to_choose_are_those_that_tasks_name(stock: Stock) -> None:
    with stock.database.reading_all() as session:
        units = make.everything(session, stock.place)
        choices = inventory_choices(session, units, TaskFilter())
        named = {line.requester for line in page(session, units, TaskFilter(), limit=200).lines}

    assert {each.name for each in choices.requesters} == named
    assert all(len(each.id) == len(to_text(1)) for each in choices.requesters)
