from __future__ import annotations

import re

import pytest

from timethief.queries.stored_data import stored_tables
from timethief.storage.tables import Base
from timethief.storage.tables.base import Owned, Shared

OPENS = re.compile(r"hash|secret|token|salt|proof")
OF_AN_ORGANISATION = {
    mapper.local_table.name  # type: ignore[attr-defined]
    for mapper in Base.registry.mappers
    if issubclass(mapper.class_, (Owned, Shared))
} | {"organisation"}


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_dictionary_is_the_data_model_and_nothing_more(language: str) -> None:
    written = {
        table.name: {column.name for column in table.columns} for table in stored_tables(language)
    }

    assert written == {
        name: {column.name for column in table.columns}
        for name, table in Base.metadata.tables.items()
    }


@pytest.mark.parametrize("language", ["sv", "en"])
def test_everything_has_a_meaning(language: str) -> None:
    for table in stored_tables(language):
        assert table.meaning.endswith("."), table.name
        assert table.group
        assert not table.left_out or table.left_out.endswith("."), table.name
        for column in table.columns:
            assert column.meaning, (table.name, column.name)


def test_the_two_languages_are_two() -> None:
    english, swedish = stored_tables("en"), stored_tables("sv")

    for one, other in zip(english, swedish, strict=True):
        assert one.meaning != other.meaning
        same = [
            a.name
            for a, b in zip(one.columns, other.columns, strict=True)
            if a.meaning == b.meaning
        ]
        assert same == []


def test_what_opens_something_is_never_handed_out() -> None:
    open_columns = {
        f"{table.name}.{column.name}"
        for table in stored_tables("en")
        for column in table.columns
        if OPENS.search(column.name) and not column.secret
    }

    assert open_columns == set()


def test_every_table_of_an_organisation_is_exported_or_says_why_not() -> None:
    exported = {table.name for table in stored_tables("en") if not table.left_out}

    assert exported <= OF_AN_ORGANISATION
    assert OF_AN_ORGANISATION - exported == {
        "anonymous_form",
        "api_request",
        "freed_time",
        "imported_change",
        "recovery_code",
        "second_factor",
        "seen_task",
        "sent_form",
        "total",
        "user_session",
    }
