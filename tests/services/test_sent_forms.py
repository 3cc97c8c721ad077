from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from tests import make
from timethief.services.sent_forms import earlier_result, remember
from timethief.storage.database import Database


def test_a_form_that_has_not_been_sent_has_no_result(database: Database) -> None:
    with database.reading_all() as session:
        assert earlier_result(session, 1, "key") is None


def test_a_form_that_was_sent_has_its_result_in_its_organisation_only(database: Database) -> None:
    with database.writing_all() as session:
        remember(session, 1, "key", "first", make.NOW)
        remember(session, 2, "key", "second", make.NOW)

    with database.reading_all() as session:
        assert earlier_result(session, 1, "key") == "first"
        assert earlier_result(session, 2, "key") == "second"
        assert earlier_result(session, 1, "other") is None


def test_a_key_is_remembered_once(database: Database) -> None:
    with database.writing_all() as session:
        remember(session, 1, "key", "first", make.NOW)

    with pytest.raises(IntegrityError), database.writing_all() as session:
        remember(session, 1, "key", "second", make.NOW)


def test_a_form_that_failed_is_not_remembered(database: Database) -> None:
    def failing() -> None:
        with database.writing_all() as session:
            remember(session, 1, "key", "first", make.NOW)
            raise KeyError

    with pytest.raises(KeyError):
        failing()

    with database.reading_all() as session:
        assert earlier_result(session, 1, "key") is None
