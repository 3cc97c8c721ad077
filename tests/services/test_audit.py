from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from tests import make
from timethief.domain.audit import Act
from timethief.domain.identifiers import to_text
from timethief.domain.people import Role
from timethief.services import audit
from timethief.services.staff_categories import NewTariff, adopt_tariff
from timethief.storage.binding import BOUND_BY
from timethief.storage.database import Database
from timethief.storage.tables import AuditEvent

PAST = {BOUND_BY: "nothing: this is a test of what the database itself refuses"}


def _only(database: Database) -> AuditEvent:
    with database.reading_all() as session:
        return session.scalars(select(AuditEvent)).one()


def test_a_line_tells_who_in_which_role_did_what_to_what(database: Database) -> None:
    with database.writing_all() as session:
        admin = make.actor(session, make.organisation(session), Role.ADMIN)
        audit.record(
            session,
            admin,
            Act.RETENTION_SET,
            "retention",
            reference="mail",
            before={"months": 12, "decision": "Dnr 1", "unit_id": admin.unit_id},
            after={"months": 24, "decision": "Dnr 1", "unit_id": admin.unit_id},
            now=make.NOW,
        )

    line = _only(database)

    assert (line.user_id, line.role, line.happened_at) == (admin.user_id, "admin", make.NOW)
    assert (line.act, line.subject, line.reference) == ("retention_set", "retention", "mail")
    assert (line.before, line.after) == ({"months": 12}, {"months": 24})


def test_what_a_command_does_stands_there_without_a_person(database: Database) -> None:
    with database.writing_all() as session:
        organisation_id = make.organisation(session).organisation_id
    with database.writing(organisation_id) as session:
        audit.record(session, None, Act.STATEMENTS_CHANGED, "organisation", now=make.NOW)

    line = _only(database)

    assert (line.organisation_id, line.user_id, line.role) == (organisation_id, None, "")


def test_identifiers_days_and_lists_are_kept_as_they_are_shown(database: Database) -> None:
    with database.writing_all() as session:
        admin = make.actor(session, make.organisation(session), Role.ADMIN)
        values: dict[str, Any] = {
            "unit_id": 5,
            "unit_ids": [5, 6],
            "on": date(2026, 3, 1),
            "role": Role.STAFF,
            "headcount": 12,
            "roles": frozenset({Role.SUPPORT, Role.ADMIN}),
        }
        audit.record(session, admin, Act.HOLD_PLACED, "hold", after=values, now=make.NOW)

    assert _only(database).after == {
        "unit_id": to_text(5),
        "unit_ids": [to_text(5), to_text(6)],
        "on": "2026-03-01",
        "role": "staff",
        "headcount": 12,
        "roles": ["admin", "support"],
    }


@pytest.mark.parametrize("name", ["password", "token_hash", "totp_secret", "receipt"])
def test_what_opens_something_never_stands_in_the_trail(database: Database, name: str) -> None:
    with database.writing_all() as session:
        admin = make.actor(session, make.organisation(session), Role.ADMIN)

        with pytest.raises(ValueError, match=name):
            audit.record(
                session, admin, Act.HOLD_PLACED, "hold", after={"x": {name: "y"}}, now=make.NOW
            )


def test_a_tariff_leaves_a_line_with_what_stood_there_before(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        admin = make.actor(session, place, Role.ADMIN)
        for cost in (500.0, 600.0):
            tariff = NewTariff(place.nurse, make.TODAY, cost, "Löner")
            adopt_tariff(session, admin, tariff, make.TODAY, make.NOW)

    with database.reading_all() as session:
        lines = session.scalars(select(AuditEvent)).all()

    changed = next(line for line in lines if line.before)
    assert {line.act for line in lines} == {"tariff_adopted"}
    assert changed.reference == to_text(place.nurse)
    assert (changed.before, changed.after) == (
        {"hourly_cost_sek": 500.0},
        {"hourly_cost_sek": 600.0},
    )


@pytest.mark.parametrize("table", ["audit_event", "weeding"])
def test_the_database_itself_refuses_to_change_a_line(database: Database, table: str) -> None:
    with database.writing_all() as session:
        organisation_id = make.organisation(session).organisation_id
        audit.record(
            session,
            None,
            Act.STATEMENTS_CHANGED,
            "organisation",
            now=make.NOW,
            organisation_id=organisation_id,
        )
        session.flush()
        session.execute(
            text(
                "INSERT INTO weeding (id, organisation_id, happened_at, kind, months, decision, count, held) "
                "VALUES (1, :id, '2026-03-01', 'mail', 12, 'Dnr 1', 1, 0)"
            ),
            {"id": organisation_id},
        )

    for opened in (database.writing(organisation_id), database.writing_all()):
        with (
            pytest.raises(DatabaseError, match=r"only added to|permission denied"),
            opened as session,
        ):
            session.execute(
                text(f"UPDATE {table} SET organisation_id = organisation_id"),  # noqa: S608 - fixed words
                execution_options=PAST,
            )


def test_no_session_of_an_organisation_deletes_a_line(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    with database.writing_all() as session:
        organisation_id = make.organisation(session).organisation_id

    for table in ("audit_event", "weeding", "task_event"):
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            database.writing(organisation_id) as session,
        ):
            session.execute(text(f"DELETE FROM {table}"), execution_options=PAST)  # noqa: S608 - fixed words
    database.close()
