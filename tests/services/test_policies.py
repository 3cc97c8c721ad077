from __future__ import annotations

from dataclasses import replace

import pytest

from tests import make
from timethief.domain.errors import Conflict, Invalid, NotAllowed
from timethief.domain.people import Actor, Role
from timethief.domain.policy import DEFAULT_POLICY, Policy
from timethief.domain.ranges import Range
from timethief.domain.vocabulary import InUse
from timethief.queries.verification import differences
from timethief.services import policies
from timethief.storage.database import Database
from timethief.storage.tables import AssessmentRow, AuditEvent, Organisation, PolicyVersion

STRICTER = replace(
    DEFAULT_POLICY,
    usage={**DEFAULT_POLICY.usage, InUse.BELIEVED: Range(0.0, 0.0, 0.0)},
    horizon_years=5.0,
)


def _verdicts(database: Database) -> dict[int, str]:
    with database.reading_all() as session:
        return {row.task_id: row.verdict for row in session.query(AssessmentRow)}


def _place(database: Database) -> tuple[make.Place, Actor]:
    with database.writing_all() as session:
        place = make.organisation(session)
        admin = make.actor(session, place, Role.ADMIN)
        for number in range(3):
            make.task(session, place, title=f"Uppgift {number}")
    return place, admin


def test_the_preview_tells_what_then_comes(database: Database) -> None:
    place, admin = _place(database)
    before = _verdicts(database)
    with database.reading(place.organisation_id) as session:
        preview = policies.preview(session, admin, STRICTER, make.NOW)
    assert _verdicts(database) == before

    with database.writing(place.organisation_id) as session:
        count = policies.adopt(session, admin, STRICTER, "Prövning", 1, make.key(), make.NOW)

    after = _verdicts(database)
    told = dict(preview.moves)
    came: dict[tuple[str, str], int] = {}
    for task, verdict in before.items():
        if after[task] != verdict:
            came[verdict, after[task]] = came.get((verdict, after[task]), 0) + 1
    assert (count, preview.tasks, preview.looked_at) == (3, 3, 3)
    assert told == came
    assert preview.changed == 3
    with database.reading_all() as session:
        assert list(differences(session)) == []


def test_a_new_version_is_kept_beside_the_old_with_its_reason(database: Database) -> None:
    place, admin = _place(database)
    key = make.key()
    for _ in range(2):  # sent twice
        with database.writing(place.organisation_id) as session:
            policies.adopt(session, admin, STRICTER, "Ny arbetstid", 1, key, make.NOW)
    with database.reading_all() as session:
        rows = session.query(PolicyVersion).filter_by(organisation_id=place.organisation_id).all()
        event = session.query(AuditEvent).filter_by(act="policy_adopted").one()
        noted = session.get_one(Organisation, place.organisation_id).statements
    assert sorted(row.version for row in rows) == [1, 2]
    assert noted[policies.REASONS] == {"2": "Ny arbetstid"}
    assert event.before["horizon_years"] == 3
    assert event.after["horizon_years"] == 5
    assert "fte_hours" not in event.after


def test_who_saw_an_older_version_is_told(database: Database) -> None:
    place, admin = _place(database)
    with database.writing(place.organisation_id) as session:
        policies.adopt(session, admin, STRICTER, "Först", 1, make.key(), make.NOW)
    with database.writing(place.organisation_id) as session, pytest.raises(Conflict):
        policies.adopt(session, admin, DEFAULT_POLICY, "Sedan", 1, make.key(), make.NOW)


@pytest.mark.parametrize(
    ("policy", "reason", "refused_for"),
    [(STRICTER, " ", "required"), (DEFAULT_POLICY, "Inget", "no_number_differs")],
)
def test_a_version_without_reason_or_difference_is_refused(
    database: Database, policy: Policy, reason: str, refused_for: str
) -> None:
    place, admin = _place(database)
    with database.writing(place.organisation_id) as session, pytest.raises(Invalid) as refused:
        policies.adopt(session, admin, policy, reason, 1, make.key(), make.NOW)
    assert refused.value.reason == refused_for


def test_a_preview_of_many_tasks_says_how_many_it_looked_at(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, admin = _place(database)
    monkeypatch.setattr(policies, "MOST_LOOKED_AT", 2)
    monkeypatch.setattr(policies, "BATCH", 2)
    with database.reading(place.organisation_id) as session:
        preview = policies.preview(session, admin, STRICTER, make.NOW)
    assert (preview.looked_at, preview.tasks) == (2, 3)


def test_only_an_administrator_tries_other_numbers(database: Database) -> None:
    place, _ = _place(database)
    with database.writing_all() as session, pytest.raises(NotAllowed):
        policies.preview(session, make.actor(session, place, Role.LEADERSHIP), STRICTER, make.NOW)
