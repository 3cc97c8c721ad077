from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.queries.conftest import fill
from timethief.domain.cases import CaseState, ClosedAs
from timethief.domain.decisions import Outcome
from timethief.domain.errors import Invalid, NotFound
from timethief.domain.identifiers import to_text
from timethief.domain.inquiries import InquiryState
from timethief.domain.people import Actor, Role
from timethief.domain.queue import EASE, QueueGroup, QueueOrder
from timethief.domain.vocabulary import Level
from timethief.queries import queue as read
from timethief.queries import task_places
from timethief.queries.filters import TaskFilter
from timethief.queries.queue_places import (
    QueueCursor,
    QueueWanted,
    Reader,
    queue_places,
)
from timethief.queries.queue_rows import rows_of
from timethief.queries.queue_standing import NOBODY
from timethief.services.cases import handling
from timethief.services.cases.opening import case_of_task, close_case
from timethief.services.decisions.deciding import decide_many
from timethief.storage.database import Database
from timethief.storage.tables import (
    AssessmentRow,
    Case,
    Decision,
    FunctionMember,
    Inquiry,
    SeenTask,
    SupportFunction,
    Task,
)

TASKS = 60
NOW = make.NOW
OPEN = ("reported", "in_review")


@dataclass(frozen=True)
class Stocked:
    """Tasks of every group, and who reads them."""

    database: Database
    place: make.Place
    anna: Actor
    bo: Actor
    function: int

    def reader(self, session: Session) -> Reader:
        return read.reader(session, self.anna, NOW)


@pytest.fixture
def stocked(database: Database) -> Stocked:
    with database.writing_all() as session:
        place, other = make.organisation(session), make.organisation(session, "other")
        anna = make.actor(session, place, Role.SUPPORT, "Anna")
        bo = make.actor(session, place, Role.SUPPORT, "Bo")
        fill(session, place, TASKS, ())
        fill(session, other, 5, ())
    with database.writing(place.organisation_id) as session:
        mine = _function(session, place, "Min", anna)
        theirs = _function(session, place, "Deras", bo)
        tasks = session.scalars(select(Task.id).order_by(Task.id)).all()
        handling.take(session, anna, tasks[:6], NOW)
        handling.take(session, bo, tasks[6:12], NOW)
        handling.assign(session, anna, tasks[12:16], mine, NOW)
        handling.assign(session, anna, tasks[16:20], theirs, NOW)
        for task_id in (tasks[0], tasks[7], tasks[20], tasks[21]):
            _asked(session, place, anna, task_id)
        waiting = session.scalars(select(Case).where(Case.task_id == tasks[13])).one()
        waiting.state, waiting.waits_since = CaseState.WAITING.value, make.TODAY
        decide_many(session, anna, tasks[22:27], Outcome.KEEP, "Den behövs.", make.key(), NOW)
        decide_many(
            session, anna, [tasks[27]], Outcome.KEEP, "Då.", make.key(), NOW - timedelta(days=40)
        )
        for task_id, closed_as in ((tasks[1], ClosedAs.LOCAL_FIX), (tasks[2], ClosedAs.ANSWERED)):
            case = case_of_task(session, task_id)
            assert case is not None
            close_case(session, case, closed_as, NOW)
    return Stocked(database, place, anna, bo, mine)


def _function(session: Session, place: make.Place, name: str, member: Actor) -> int:
    row = SupportFunction(
        organisation_id=place.organisation_id, name=name, folded_name=name.lower(), kind="support"
    )
    session.add(row)
    session.flush()
    session.add(
        FunctionMember(
            organisation_id=place.organisation_id, function_id=row.id, user_id=member.user_id
        )
    )
    return row.id


def _asked(session: Session, place: make.Place, who: Actor, task_id: int) -> None:
    session.add(
        Inquiry(
            organisation_id=place.organisation_id,
            task_id=task_id,
            user_id=who.user_id,
            asked_at=NOW - timedelta(days=3),
            recipient="",
            message="",
            deadline=make.TODAY + timedelta(days=10),
            state=InquiryState.WAITING.value,
        )
    )


def _groups(session: Session, stocked: Stocked) -> dict[QueueGroup, set[int]]:
    """The groups again, told row by row."""
    cases = session.scalars(select(Case)).all()
    asked = set(session.scalars(select(Inquiry.task_id)))
    decided = {
        each.task_id
        for each in session.scalars(select(Decision))
        if each.decided_at >= NOW - timedelta(days=30)
    }
    found: dict[QueueGroup, set[int]] = {group: set() for group in QueueGroup}
    for row in session.scalars(select(AssessmentRow)):
        here = [case for case in cases if case.task_id == row.task_id]
        still = [case for case in here if case.state != "closed"]
        mended = [
            case
            for case in here
            if case.closed_on is not None
            and case.closed_on >= make.TODAY - timedelta(days=30)
            and case.closed_as == "local_fix"
        ]
        waits = row.task_id in asked and (row.status in OPEN or bool(still))
        if waits or any(case.state == "waiting" for case in still):
            found[QueueGroup.WAITING].add(row.task_id)
        elif still:
            (case,) = still
            mine = case.user_id == stocked.anna.user_id or case.function_id == stocked.function
            found[QueueGroup.MINE if mine else QueueGroup.OTHERS].add(row.task_id)
        elif row.task_id in decided or mended:
            found[QueueGroup.DONE].add(row.task_id)
        elif row.status in OPEN and row.cause is not None:
            found[QueueGroup.NEW].add(row.task_id)
        elif row.status in OPEN and row.verdict == "possible":
            found[QueueGroup.UNDECIDED].add(row.task_id)
    return found


def _key(order: QueueOrder) -> Callable[[AssessmentRow], tuple[int, ...]]:
    def ease(row: AssessmentRow) -> tuple[int, ...]:
        step = next(n for n, actions in enumerate(EASE) if row.recommended in actions)
        return (step, -row.gain_hours, -row.task_id)

    return {
        QueueOrder.GAIN: lambda row: (-row.gain_hours, -row.task_id),
        QueueOrder.HOURS: lambda row: (-row.cost_likely, -row.task_id),
        QueueOrder.AGE: lambda row: (row.sequence, row.task_id),
        QueueOrder.EASE: ease,
    }[order]


def _all(session: Session, stocked: Stocked, group: QueueGroup, wanted: QueueWanted) -> list[int]:
    """Every task of a group, a few at a time."""
    reader, cursor = stocked.reader(session), None
    found: list[int] = []
    while True:
        part = queue_places(session, reader, group, wanted, 4, cursor)
        found += part.task_ids
        if part.next is None:
            return found
        cursor = QueueCursor.read(str(part.next))


@pytest.fixture(params=["as it likes", "walked", "gathered"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """However the tasks are found, they are the same."""
    passes = {"walked": None, "gathered": 0}
    if request.param in passes:
        monkeypatch.setattr(task_places, "_passes", lambda *_: passes[request.param])


@pytest.mark.usefixtures("way")
def test_every_task_is_in_its_group_and_in_its_place(stocked: Stocked) -> None:
    with stocked.database.reading(stocked.place.organisation_id) as session:
        expected = _groups(session, stocked)
        rows = {row.task_id: row for row in session.scalars(select(AssessmentRow))}
        assert all(expected.values()), expected
        for group in QueueGroup:
            for order in QueueOrder:
                found = _all(session, stocked, group, QueueWanted(order=order))
                place = _key(order)
                assert found == sorted(expected[group], key=lambda each: place(rows[each])), (
                    group,
                    order,
                )


@pytest.mark.usefixtures("way")
def test_filters_leave_what_meets_them(stocked: Stocked) -> None:
    with stocked.database.reading(stocked.place.organisation_id) as session:
        expected = _groups(session, stocked)
        rows = {row.task_id: row for row in session.scalars(select(AssessmentRow))}
        level = Level.STATE.value
        for group in QueueGroup:
            found = _all(session, stocked, group, QueueWanted(TaskFilter(level=level)))
            assert set(found) == {each for each in expected[group] if rows[each].level == level}
            possible = QueueWanted(TaskFilter(verdict="possible"))
            found = _all(session, stocked, group, possible)
            wanted = {each for each in expected[group] if rows[each].verdict == "possible"}
            assert set(found) == wanted


def test_by_function_and_by_owner(stocked: Stocked) -> None:
    bo = QueueWanted(owner=to_text(stocked.bo.user_id))
    with stocked.database.reading(stocked.place.organisation_id) as session:
        cases = session.scalars(select(Case)).all()
        owned = {case.task_id for case in cases if case.user_id == stocked.bo.user_id}
        found = [_all(session, stocked, group, bo) for group in QueueGroup]
        assert {each for part in found for each in part} == owned
        mine = QueueWanted(function=stocked.function)
        found = [_all(session, stocked, group, mine) for group in QueueGroup]
        given = {case.task_id for case in cases if case.function_id == stocked.function}
        assert {each for part in found for each in part} == given
        nobodys = _all(session, stocked, QueueGroup.MINE, QueueWanted(owner=NOBODY))
        free = {c.task_id for c in cases if c.user_id is None and c.state == "open"}
        assert set(nobodys) == free & given


def test_a_row_can_be_read_without_opening_it(stocked: Stocked) -> None:
    with stocked.database.reading(stocked.place.organisation_id) as session:
        found = read.queue(session, stocked.reader(session), QueueWanted())
        groups = _groups(session, stocked)
        parts = {part.group: part for part in found.parts}
    assert {group: part.count for group, part in parts.items()} == {
        group: len(tasks) for group, tasks in groups.items()
    }
    assert found.to_decide == len(groups[QueueGroup.MINE]) + len(groups[QueueGroup.NEW])
    for row in parts[QueueGroup.NEW].rows:
        assert row.explanation.cause is not None
        assert row.case is None
        assert row.is_new
        assert row.reports.shown is None, "a single report is never counted"
    assert all(row.case is not None for row in parts[QueueGroup.MINE].rows)
    kept = [row.decided for row in parts[QueueGroup.DONE].rows if row.decided is not None]
    assert {(each.outcome, each.reason, each.by) for each in kept} == {
        ("keep", "Den behövs.", "Anna")
    }


def test_chips_count_what_waits(stocked: Stocked) -> None:
    with stocked.database.reading(stocked.place.organisation_id) as session:
        found = read.queue(session, stocked.reader(session), QueueWanted())
        groups = _groups(session, stocked)
        rows = {row.task_id: row for row in session.scalars(select(AssessmentRow))}
    waiting = {each for group, tasks in groups.items() if group != "done" for each in tasks}
    states = [each for each in waiting if rows[each].level == "state"]
    assert found.counts is not None
    assert found.counts["level", "state"] == len(states)


def test_the_easiest_come_first_whether_they_are_counted_or_not(
    stocked: Stocked, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shown() -> list[list[str]]:
        with stocked.database.reading(stocked.place.organisation_id) as session:
            wanted = QueueWanted(order=QueueOrder.EASE)
            found = read.queue(session, stocked.reader(session), wanted)
        return [[row.id for row in part.rows] for part in found.parts]

    few = shown()
    assert any(len(each) > 1 for each in few)
    monkeypatch.setattr(read, "COUNTED_TO", 0)
    assert shown() == few


def test_what_is_not_counted_has_no_number(
    stocked: Stocked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read, "COUNTED_TO", 1)
    with stocked.database.reading(stocked.place.organisation_id) as session:
        found = read.queue(session, stocked.reader(session), QueueWanted())
    assert found.to_decide is None
    assert found.counts is None
    assert {part.count for part in found.parts} <= {None, 0, 1}
    assert None in {part.count for part in found.parts}


def test_new_is_each_readers_own(stocked: Stocked) -> None:
    with stocked.database.writing(stocked.place.organisation_id) as session:
        reader = stocked.reader(session)
        first, second = queue_places(session, reader, QueueGroup.NEW, QueueWanted(), 2).task_ids
        versions = dict(_versions(session, (first, second)))
        for who in (stocked.anna, stocked.bo):
            session.add(_seen(stocked, who, first, versions[first]))
        session.add(_seen(stocked, stocked.anna, second, versions[second] - 1))
        session.flush()
        rows = rows_of(session, reader, [first, second])
    assert not rows[first].is_new
    assert rows[second].is_new, "it has changed since"


def _versions(session: Session, task_ids: Sequence[int]) -> list[tuple[int, int]]:
    rows = session.execute(select(Task.id, Task.version).where(Task.id.in_(task_ids)))
    return [(row[0], row[1]) for row in rows]


def _seen(stocked: Stocked, who: Actor, task_id: int, version: int) -> SeenTask:
    return SeenTask(
        user_id=who.user_id,
        task_id=task_id,
        organisation_id=stocked.place.organisation_id,
        version=version,
    )


def test_a_question_that_nobody_answers_is_told_as_such(stocked: Stocked) -> None:
    with stocked.database.reading(stocked.place.organisation_id) as session:
        late = read.reader(session, stocked.anna, NOW + timedelta(days=20))
        part = read.group_page(session, late, QueueGroup.WAITING, QueueWanted())
    asked = [row.asked for row in part.rows if row.asked is not None]
    assert asked
    assert all(each.late and each.answered_on is None for each in asked)


def test_units_out_of_reach_and_cursors_that_cannot_be_read(stocked: Stocked) -> None:
    with stocked.database.reading(stocked.place.organisation_id) as session:
        wanted = QueueWanted(TaskFilter(unit=1))
        with pytest.raises(NotFound):
            read.queue(session, stocked.reader(session), wanted)
    for text in ("", "x", "9a1.b", "0a", "²a1.bbbbbbbbbbbb"):
        with pytest.raises(Invalid):
            QueueCursor.read(text)
