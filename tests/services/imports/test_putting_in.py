from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from tests import make
from timethief.domain.errors import Conflict, NotAllowed, NotFound
from timethief.domain.import_runs import ImportState
from timethief.domain.people import Actor, Role
from timethief.domain.ranges import Range
from timethief.domain.sheet_tasks import SheetTask
from timethief.domain.tasks import Automation, Frequency, Use, Worth
from timethief.domain.vocabulary import (
    Beneficiary,
    Binding,
    InUse,
    Level,
    Per,
    Purpose,
    Sector,
    Signal,
)
from timethief.queries.verification import differences
from timethief.services.importing import putting_in as imports
from timethief.services.importing.putting_in import Imported, import_tasks, prepared, put_in
from timethief.services.importing.undo import Undone, undo_import, undo_refused_by
from timethief.services.reviews import store
from timethief.services.units import UnitFacts, change, seen_unit
from timethief.storage.database import Database
from timethief.storage.search import matching
from timethief.storage.tables import (
    AssessmentRow,
    ImportedChange,
    Requester,
    Requirement,
    Task,
    TaskEvent,
    TaskImport,
    TaskSignal,
    TaskUse,
    Total,
    Unit,
    UseStatement,
)

LATER = make.NOW + timedelta(hours=1)


def row(number: int = 1, **changes: Any) -> SheetTask:  # noqa: ANN401 - fields of the dataclass
    """A row that tells everything there is to tell."""
    task = SheetTask(
        row=number + 1,
        title=f"Uppgift {number}",
        unit="Avdelning 1",
        staff_category="nurse",
        minutes=Range(4.0, 5.0, 9.0),
        frequency=Frequency(2.0, Per.WEEK),
        people=Range(2.0, 3.0, 4.0),
        level=Level.STATE,
        requester="Myndigheten för blanketter",
        description="På papper",
        requirement="Månadsrapport",
        binding=Binding.LAW,
        uses=(
            Use(Beneficiary.CITIZEN, Purpose.SAFETY, InUse.BELIEVED, Worth(share=0.5)),
            Use(Beneficiary.OWN_UNIT, Purpose.SAFETY, InUse.UNKNOWN, Worth(minutes=Range(1, 2, 3))),
        ),
        signals=frozenset({Signal.PAPER, Signal.OLD_SYSTEM}),
        achievable_minutes=2.0,
        sufficient_frequency=Frequency(1.0, Per.MONTH),
        other_staff_category="all_staff",
        duplicate_share=0.25,
        automation=Automation(0.5, 1.0, 0.1, systems=2),
        external_id=f"ref-{number}",
    )
    return task._replace(**changes)


PLAIN = SheetTask(
    row=9,
    title="Enkel",
    unit="north",
    staff_category="nurse",
    minutes=30.0,
    frequency=Frequency(1.0, Per.WEEK),
    people=2,
    level=Level.OWN_ORGANISATION,
    requester="Personalenheten",
)


@dataclass(frozen=True)
class Ward:
    """An organisation, who imports there, and what there was before the first import."""

    database: Database
    place: make.Place
    actor: Actor

    def organisation(self) -> int:
        return self.place.organisation_id

    def imported(self, tasks: Iterable[SheetTask], now: Any = make.NOW) -> tuple[int, Imported]:  # noqa: ANN401 - a time
        """An import that can be undone, with what it did."""
        with self.database.writing(self.organisation()) as session:
            made = TaskImport(
                organisation_id=self.organisation(),
                user_id=self.actor.user_id,
                file_name="lista.xlsx",
                digest="",
                language="sv",
                state=ImportState.IMPORTING.value,
                made_at=now,
            )
            session.add(made)
            session.flush()
            import_id = made.id
            done = import_tasks(
                session, self.actor, self.organisation(), tasks, now, import_id=import_id
            )
        return import_id, done

    def undo(self, import_id: int) -> Undone:
        with self.database.writing(self.organisation()) as session:
            return undo_import(session, self.actor, self.organisation(), import_id, LATER)

    def refused_by(self, import_id: int) -> list[str]:
        with self.database.reading(self.organisation()) as session:
            return [title for _, title in undo_refused_by(session, import_id)]

    def differing(self) -> list[str]:
        with self.database.reading_all() as session:
            return list(differences(session))

    def everything(self) -> dict[str, list[dict[str, Any]]]:
        """All that an import may leave: rows by table, without versions, history and totals of nothing."""
        left_out = {"version"}
        kept: dict[str, list[dict[str, Any]]] = {}
        with self.database.reading_all() as session:
            tables = (Task, AssessmentRow, TaskUse, UseStatement, TaskSignal, Requester)
            for table in (*tables, Requirement, ImportedChange, Total):
                columns = [each.key for each in table.__table__.columns]
                rows = [
                    {name: getattr(each, name) for name in columns if name not in left_out}
                    for each in session.scalars(select(table))
                    if not (isinstance(each, Total) and each.tasks == 0)
                ]
                kept[table.__tablename__] = sorted(rows, key=repr)
        return kept

    def count(self, table: Any) -> int:  # noqa: ANN401 - a table
        with self.database.reading_all() as session:
            return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.fixture
def ward(database: Database) -> Ward:
    with database.writing_all() as session:
        place = make.organisation(session)
        actor = make.actor(session, place, Role.SUPPORT, "Anna")
        make.task(session, place)
    return Ward(database, place, actor)


def test_what_is_imported_is_as_verify_computes_it(ward: Ward) -> None:
    import_id, done = ward.imported([*(row(number) for number in range(1, 40)), PLAIN])

    assert (done.added, done.changed, done.unchanged) == (40, 0, 0)
    assert done.new_requesters == ["Myndigheten för blanketter"]
    assert ward.differing() == []
    with ward.database.reading_all() as session:
        tasks = session.scalars(select(Task).where(Task.import_id == import_id)).all()
        assert len(tasks) == 40
        assert {task.title for task in tasks} == {f"Uppgift {n}" for n in range(1, 40)} | {"Enkel"}
        assert session.scalar(select(func.count(Requirement.id))) == 1


def test_rows_that_are_changed_are_as_verify_computes_them(ward: Ward) -> None:
    ward.imported([row(1), row(2), row(3)])

    changed = row(2, minutes=50.0, unit="south", uses=(), signals=frozenset({Signal.PAPER}))
    _, done = ward.imported([row(1), changed, row(4)], LATER)

    assert (done.added, done.changed, done.unchanged) == (1, 1, 1)
    assert ward.differing() == []
    with ward.database.reading_all() as session:
        task = session.scalars(select(Task).where(Task.external_id == "ref-2")).one()
        assert (task.minutes, task.unit_id) == (50.0, ward.place.south)
        assert ward.count(ImportedChange) == 1


def test_an_undone_import_leaves_nothing(ward: Ward) -> None:
    before = ward.everything()
    import_id, _ = ward.imported([row(1), row(2), PLAIN])

    undone = ward.undo(import_id)

    assert undone == Undone(removed=3, restored=0, requesters=1, requirements=1)
    assert ward.everything() == before
    assert ward.differing() == []
    with ward.database.reading(ward.organisation()) as session:
        assert session.scalars(matching(session, ["uppgift"])).all() == []


def test_an_undone_import_leaves_what_it_changed_as_it_was(ward: Ward) -> None:
    ward.imported([row(1), row(2), row(3)])
    before = ward.everything()
    other = row(
        2,
        title="Något annat",
        minutes=50.0,
        unit="south",
        requester="Någon annan",
        requirement="",
        uses=(Use(Beneficiary.OWN_UNIT, Purpose.SAFETY, InUse.CONFIRMED, Worth(share=1.0)),),
        signals=frozenset({Signal.DOUBLE_ENTRY}),
    )
    import_id, done = ward.imported([row(1), other, row(4)], LATER)
    assert (done.added, done.changed) == (1, 1)

    undone = ward.undo(import_id)

    assert undone == Undone(removed=1, restored=1, requesters=1, requirements=0)
    assert ward.everything() == before
    assert ward.differing() == []


def test_what_the_import_made_stays_where_something_uses_it(ward: Ward) -> None:
    import_id, _ = ward.imported([row(1)])
    with ward.database.writing(ward.organisation()) as session:
        made = session.scalars(
            select(Requester.id).where(Requester.name == "Myndigheten för blanketter")
        ).one()
        make.task(session, ward.place, requester_id=made)

    undone = ward.undo(import_id)

    assert (undone.removed, undone.requesters, undone.requirements) == (1, 0, 1)
    assert ward.differing() == []


def test_a_task_that_was_reviewed_since_keeps_the_whole_import(ward: Ward) -> None:
    import_id, _ = ward.imported([row(1), row(2)])
    with ward.database.writing(ward.organisation()) as session:
        task = session.scalars(select(Task).where(Task.external_id == "ref-2")).one()
        store(session, ward.actor, task.id, make.review(), task.version, make.key(), LATER)
    before = ward.everything()

    assert ward.refused_by(import_id) == ["Uppgift 2"]
    with pytest.raises(Conflict, match="import_decided_on"):
        ward.undo(import_id)

    assert ward.everything() == before


def test_a_task_that_was_reported_to_since_keeps_the_whole_import(ward: Ward) -> None:
    import_id, _ = ward.imported([row(1), row(2)])
    with ward.database.writing(ward.organisation()) as session:
        task = session.scalars(select(Task).where(Task.external_id == "ref-1")).one()
        staff = make.actor(session, ward.place)
        make.sent(session, staff, make.report_facts(ward.place), LATER, same_as=task.id)

    assert ward.refused_by(import_id) == ["Uppgift 1"]


def test_a_later_import_of_the_same_task_must_be_undone_first(ward: Ward) -> None:
    before = ward.everything()
    first, _ = ward.imported([row(1), row(2)])
    second, _ = ward.imported([row(1, minutes=7.0)], LATER)
    third, _ = ward.imported([row(1, minutes=8.0)], LATER + timedelta(minutes=1))

    assert ward.refused_by(first) == ["Uppgift 1"]
    assert ward.refused_by(second) == ["Uppgift 1"]
    assert ward.refused_by(third) == []

    assert ward.undo(third).restored == 1
    with ward.database.reading_all() as session:
        task = session.scalars(select(Task).where(Task.external_id == "ref-1")).one()
        assert task.minutes == 7.0
    assert ward.differing() == []
    assert ward.everything() != before


def test_a_change_whose_unit_has_gone_since_cannot_be_taken_back(ward: Ward) -> None:
    ward.imported([row(1)])
    import_id, _ = ward.imported([row(1, unit="south")], LATER)
    with ward.database.writing(ward.organisation()) as session:
        change = session.scalars(select(ImportedChange)).one()
        change.before = {**change.before, "task": {**change.before["task"], "unit_id": 1}}

    assert ward.refused_by(import_id) == ["Uppgift 1"]


def test_no_import_of_another_organisation_can_be_undone(ward: Ward) -> None:
    import_id, _ = ward.imported([row(1)])
    with ward.database.writing_all() as session:
        other = make.organisation(session, "annan")
        stranger = make.actor(session, other, Role.SUPPORT, "Bo")

    with (
        ward.database.writing(other.organisation_id) as session,
        pytest.raises(NotFound),
    ):
        undo_import(session, stranger, other.organisation_id, import_id, LATER)


@pytest.mark.parametrize("role", [Role.STAFF, Role.LEADERSHIP])
def test_who_may_not_import_may_not_undo(ward: Ward, role: Role) -> None:
    import_id, _ = ward.imported([row(1)])
    actor = replace(ward.actor, role=role)

    for act in (
        lambda session: import_tasks(session, actor, ward.organisation(), [row(2)], LATER),
        lambda session: undo_import(session, actor, ward.organisation(), import_id, LATER),
    ):
        with ward.database.writing(ward.organisation()) as session, pytest.raises(NotAllowed):
            act(session)


def _put_in_after(ward: Ward, tasks: list[SheetTask], meanwhile: Any) -> Imported:  # noqa: ANN401 - what happens meanwhile
    """Prepare; something happens; put in."""
    with ward.database.reading(ward.organisation()) as session:
        ready = prepared(session, ward.organisation(), lambda: tasks, make.NOW)
        with ready as waiting:
            session.rollback()
            meanwhile()
            with ward.database.writing(ward.organisation()) as writing:
                return put_in(writing, ward.actor, waiting)


def test_what_was_prepared_is_put_in(ward: Ward) -> None:
    done = _put_in_after(ward, [row(1), row(2), PLAIN], lambda: None)

    assert done.added == 3
    assert ward.differing() == []


def test_preparing_stores_nothing_and_its_file_ends_with_it(ward: Ward) -> None:
    before = ward.everything()
    with (
        ward.database.reading(ward.organisation()) as session,
        prepared(session, ward.organisation(), lambda: [row(1)], make.NOW) as ready,
    ):
        assert ward.everything() == before
        assert sum(len(rows.documents) for rows in ready.rows) == 1


def test_a_unit_that_moves_meanwhile_is_counted_where_it_stands_then(ward: Ward) -> None:
    def move() -> None:
        with ward.database.writing(ward.organisation()) as session:
            admin = make.actor(session, ward.place, Role.ADMIN, "Eva")
            unit = session.get_one(Unit, ward.place.ward)
            facts = UnitFacts(unit.name, Sector(unit.sector), unit.code, 30, ward.place.south)
            change(session, admin, unit.id, facts, seen_unit(unit), make.key(), make.NOW)

    done = _put_in_after(ward, [row(1), row(2)], move)

    assert done.added == 2
    assert ward.differing() == []


def test_a_task_that_comes_meanwhile_is_changed_and_not_doubled(ward: Ward) -> None:
    def first() -> None:
        ward.imported([row(1, minutes=60.0)])

    done = _put_in_after(ward, [row(1), row(2)], first)

    assert (done.added, done.changed) == (1, 1)
    assert ward.differing() == []


def test_a_requester_that_comes_meanwhile_is_not_doubled(ward: Ward) -> None:
    def first() -> None:
        ward.imported([row(7)])

    done = _put_in_after(ward, [row(1)], first)

    assert done.added == 1
    with ward.database.reading_all() as session:
        query = select(func.count(Requester.id)).where(
            Requester.name == "Myndigheten för blanketter"
        )
        assert session.scalar(query) == 1
        assert session.scalar(select(func.count(Requirement.id))) == 1
    assert ward.differing() == []


def test_progress_is_told_to_the_last_row_and_never_falls(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "BATCH", 3)
    told: list[int] = []
    with ward.database.writing(ward.organisation()) as session:
        tasks = [row(number) for number in range(1, 11)]
        import_tasks(session, None, ward.organisation(), tasks, make.NOW, progress=told.append)

    assert told == sorted(told)
    assert told[-1] == 10
    assert len(set(told)) > 5
    assert ward.differing() == []


def test_more_rows_than_one_batch_are_put_in_changed_and_undone(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "BATCH", 4)
    ward.imported([row(number) for number in range(1, 11)])
    before = ward.everything()
    tasks = [row(number, minutes=33.0 + number) for number in range(1, 21)]
    import_id, done = ward.imported(tasks, LATER)
    assert (done.added, done.changed) == (10, 10)
    assert ward.differing() == []

    ward.undo(import_id)

    assert ward.everything() == before
    assert ward.differing() == []
    assert ward.count(TaskEvent) > 0
