from __future__ import annotations

import sqlite3
import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

from tests import loop, make
from timethief.domain.anonymity import week_of
from timethief.domain.audit import Act
from timethief.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from timethief.domain.identifiers import to_text
from timethief.domain.people import Actor, Role
from timethief.domain.retention import Kind, Rule
from timethief.queries.verification import differences
from timethief.services import audit, reports, retention, reviews
from timethief.services.tasks import settle
from timethief.storage.database import Database
from timethief.storage.tables import (
    AnonymousMessage,
    AnonymousReport,
    AuditEvent,
    Base,
    Case,
    Hold,
    Inquiry,
    OutboxMail,
    Report,
    RetentionRule,
    SentForm,
    Task,
    TaskEvent,
    TaskSignal,
    TaskUse,
    Total,
    UseStatement,
    Weeding,
)

LATER = make.NOW + timedelta(days=800)
TWO_YEARS = Rule(Kind.TASKS, 24, "Dnr 2026/12 § 4", make.TODAY)
WORD = "Xylofonrapporten"


@dataclass
class Place:
    """An organisation with an administrator."""

    database: Database
    place: make.Place
    admin: Actor

    @property
    def id(self) -> int:
        return self.place.organisation_id

    def rule(self, kind: Kind, months: int = 24, version: int = 0) -> None:
        with self.database.writing(self.id) as session:
            rule = replace(TWO_YEARS, kind=kind, months=months)
            retention.set_rule(session, self.admin, rule, version, make.TODAY, make.NOW)

    def hold(self, kind: Kind, reference: str = "") -> None:
        with self.database.writing(self.id) as session:
            retention.place_hold(session, self.admin, kind, reference, "Tvist", make.NOW)

    def run(self, now: datetime = LATER) -> dict[str, int]:
        return dict(retention.run(self.database, self.id, now))

    def count(self, table: type[Base]) -> int:
        with self.database.reading_all() as session:
            return session.scalars(select(func.count()).select_from(table)).one()

    def stopped(self, **changes: Any) -> int:  # noqa: ANN401 - fields of the report
        """A task that was reviewed and stopped long ago, with everything that a task can have."""
        with self.database.writing_all() as session:
            facts = {"signals": frozenset({"paper"})} | changes
            task_id = make.task(session, self.place, **facts)
            support = make.actor(session, self.place, Role.SUPPORT)
            version = session.get_one(Task, task_id).version
            reviews.store(session, support, task_id, make.review(), version, make.key(), make.NOW)
            task = session.get_one(Task, task_id)
            task.status = "stopped"
            settle(session, task, make.assumptions(session, self.place))
            return task_id

    def anonymous(self, task_id: int | None = None, status: str = "closed") -> uuid.UUID:
        with self.database.writing(self.id) as session:
            report = AnonymousReport(
                organisation_id=self.id,
                released_week=week_of(make.TODAY),
                title="Utan namn",
                use_answer="unknown",
                status=status,
                shown_status=status,
                task_id=task_id,
            )
            session.add(report)
            session.flush()
            session.add(
                AnonymousMessage(
                    organisation_id=self.id,
                    report_id=report.id,
                    position=1,
                    side="writer",
                    kind="addition",
                    text="Mer",
                )
            )
            return report.id


@pytest.fixture
def place(database: Database) -> Place:
    with database.writing_all() as session:
        made = make.organisation(session)
        admin = make.actor(session, made, Role.ADMIN)
    return Place(database, made, admin)


def test_without_a_rule_nothing_is_weeded(place: Place) -> None:
    place.stopped()
    before = {table: place.count(table) for table in (Task, Report, TaskEvent, AuditEvent)}

    assert place.run() == {}

    assert {table: place.count(table) for table in before} == before
    assert place.count(Weeding) == 0


@pytest.mark.parametrize(
    "rule",
    [
        replace(TWO_YEARS, decision=""),
        replace(TWO_YEARS, decision=" \u200b "),
        replace(TWO_YEARS, decided_on=None),
        replace(TWO_YEARS, decided_on=make.TODAY + timedelta(days=1)),
        replace(TWO_YEARS, months=0),
        replace(TWO_YEARS, months=1_201),
        replace(TWO_YEARS, decision="a" * 201),
    ],
)
def test_a_rule_without_a_decision_or_a_time_that_can_be_is_refused(
    place: Place, rule: Rule
) -> None:
    with pytest.raises(Invalid), place.database.writing(place.id) as session:
        retention.set_rule(session, place.admin, rule, 0, make.TODAY, make.NOW)

    assert place.count(RetentionRule) == 0


def test_a_rule_whose_decision_is_gone_weeds_nothing(place: Place) -> None:
    place.stopped()
    place.rule(Kind.TASKS)
    with place.database.writing(place.id) as session:
        session.scalars(select(RetentionRule)).one().decision = ""

    place.run()

    assert place.count(Task) == 1


def test_a_task_goes_with_all_that_belongs_to_it_and_the_totals_stay_right(place: Place) -> None:
    kept = place.stopped()
    with place.database.writing_all() as session:
        session.get_one(Task, kept).status = "in_review"
    place.stopped(title=WORD, description="Försvinner")
    gone = next(task_id for task_id in _tasks(place) if task_id != kept)
    place.anonymous(gone)
    place.rule(Kind.TASKS)
    with place.database.writing_all() as session:
        settle(session, session.get_one(Task, kept), make.assumptions(session, place.place))

    found = place.run()

    assert found == {"weeded": 1}
    assert _tasks(place) == [kept]
    for table in (Report, TaskSignal, TaskUse, UseStatement, TaskEvent):
        assert place.count(table) > 0, table
    assert place.count(AnonymousReport) == place.count(AnonymousMessage) == 0
    with place.database.reading_all() as session:
        assert list(differences(session)) == []
        counted = select(Total.tasks).where(Total.unit_id == 0, Total.dimension == "all")
        assert set(session.scalars(counted)) <= {0, 1}


def _tasks(place: Place) -> list[int]:
    with place.database.reading_all() as session:
        return list(session.scalars(select(Task.id)))


def test_the_protocol_tells_how_many_by_which_decision_and_nothing_of_what_they_held(
    place: Place,
) -> None:
    task = place.stopped(title=WORD)
    held = place.stopped()
    place.hold(Kind.TASKS, f"https://tidstjuvar.exempel.se/tasks/{to_text(held)}#history")
    place.rule(Kind.TASKS)

    place.run()

    with place.database.reading(place.id) as session:
        lines = {line.kind: line for line in session.scalars(select(Weeding))}
    assert _tasks(place) == [held] != [task]
    assert {kind: line.count for kind, line in lines.items()} == {
        "tasks": 1,
        "reports": 1,
        "task_history": 2,
    }
    assert (lines["tasks"].held, lines["tasks"].months) == (1, 24)
    assert (lines["tasks"].decision, lines["tasks"].happened_at) == ("Dnr 2026/12 § 4", LATER)
    told = [str(getattr(line, c.key)) for line in lines.values() for c in Weeding.__table__.c]
    assert not [each for each in told if WORD in each or to_text(task) in each]


def test_a_run_broken_off_or_made_again_changes_nothing_more(place: Place) -> None:
    place.stopped()
    place.rule(Kind.TASKS)
    place.run()
    lines = place.count(Weeding)

    assert place.run() == {}
    assert place.count(Weeding) == lines


def test_what_has_not_had_its_time_stays(place: Place) -> None:
    place.stopped()
    place.rule(Kind.TASKS)

    place.run(make.NOW + timedelta(days=700))

    assert place.count(Task) == 1


@pytest.mark.parametrize("held", [Kind.TASKS, Kind.REPORTS, Kind.TASK_HISTORY])
def test_a_whole_kind_that_is_held_stays_and_holds_the_task_that_it_belongs_to(
    place: Place, held: Kind
) -> None:
    place.stopped()
    place.hold(held)
    for kind in Kind:
        place.rule(kind)

    place.run()

    assert place.count(Task) == 1
    if held is not Kind.TASKS:
        assert place.count(Report if held is Kind.REPORTS else TaskEvent) > 0


def test_one_report_that_is_held_holds_its_task(place: Place) -> None:
    place.stopped()
    with place.database.reading_all() as session:
        report = session.scalars(select(Report.id)).one()
    place.hold(Kind.REPORTS, str(report))
    place.rule(Kind.TASKS)
    place.rule(Kind.REPORTS)

    place.run()

    assert (place.count(Task), place.count(Report)) == (1, 1)


def test_a_hold_that_is_lifted_holds_no_more(place: Place) -> None:
    place.stopped()
    place.hold(Kind.TASKS)
    place.rule(Kind.TASKS)
    with place.database.writing(place.id) as session:
        hold_id = session.scalars(select(Hold.id)).one()
        for _ in range(2):
            retention.lift_hold(session, place.admin, hold_id, make.TODAY, make.NOW)

    place.run()

    assert place.count(Task) == 0
    with place.database.reading(place.id) as session:
        acts = session.scalars(select(AuditEvent.act)).all()
    assert sorted(acts) == ["hold_lifted", "hold_placed", "retention_set"]


@pytest.mark.parametrize(
    ("kind", "reference", "reason"),
    [
        (Kind.TASKS, "zzzzzzzzzzzz", "no_such_thing"),
        (Kind.REPORTS, "x", "no_such_thing"),
        (Kind.REPORTS, "6f1f64c6-8f5b-4d0c-8f9e-4a1f8a2f6c11", "no_such_thing"),
        (Kind.MAIL, "zzzzzzzzzzzz", "only_whole_kind"),
    ],
)
def test_what_is_not_there_cannot_be_held(
    place: Place, kind: Kind, reference: str, reason: str
) -> None:
    with pytest.raises(Invalid) as refused:
        place.hold(kind, reference)

    assert (refused.value.field, refused.value.reason) == ("reference", reason)


def test_reports_that_figures_rest_on_stay_and_others_go(place: Place) -> None:
    with place.database.writing_all() as session:
        rut = make.actor(session, place.place)
        make.task(session, place.place, rut, title="Bär uppgiften")
        make.sent(session, rut, replace(make.report_facts(place.place), minutes=None))
        back = make.sent(session, rut, make.report_facts(place.place, title="Tagen tillbaka"))
        reports.withdraw(session, rut, back.report_id, make.NOW)
    place.rule(Kind.REPORTS)

    assert place.run() == {"weeded": 2}

    with place.database.reading_all() as session:
        assert session.scalars(select(Report.title)).all() == ["Bär uppgiften"]


def test_anonymous_reports_go_by_the_week_with_what_was_said_of_them(place: Place) -> None:
    place.anonymous()
    place.anonymous(status="reading")
    place.rule(Kind.ANONYMOUS_REPORTS)

    assert place.run() == {"weeded": 1}

    assert (place.count(AnonymousReport), place.count(AnonymousMessage)) == (1, 1)


def test_trail_and_mail_go_after_their_time(place: Place) -> None:
    place.rule(Kind.AUDIT_TRAIL)
    place.rule(Kind.MAIL)
    with place.database.writing(place.id) as session:
        session.add(
            OutboxMail(
                organisation_id=place.id,
                recipient="rut@example.org",
                kind="invitation",
                key="1",
                subject="",
                text="",
                state="sent",
                queued_at=make.NOW,
                next_try_at=make.NOW,
                ended_at=make.NOW,
            )
        )
        audit.record(session, place.admin, Act.HOLD_PLACED, "hold", now=LATER)

    assert place.run() == {"weeded": 3}

    assert place.count(AuditEvent) == 1


def test_another_organisation_keeps_everything(place: Place) -> None:
    with place.database.writing_all() as session:
        other = make.organisation(session, "annan")
        task = session.get_one(Task, make.task(session, other))
        task.status = "stopped"
    place.rule(Kind.TASKS)

    place.run()

    assert place.count(Task) == 1


def test_keys_of_forms_are_forgotten_after_a_week(place: Place) -> None:
    with place.database.writing_all() as session:
        make.task(session, place.place)

    place.run(make.NOW + timedelta(days=6))
    assert place.count(SentForm) == 1

    place.run(make.NOW + timedelta(days=8))
    assert place.count(SentForm) == 0


def _place(url: str) -> Place:
    database = Database(url)
    with database.writing_all() as session:
        made = make.organisation(session)
        return Place(database, made, make.actor(session, made, Role.ADMIN))


def test_weeded_words_are_gone_from_every_byte_of_the_files(sqlite_url: str) -> None:
    place = _place(sqlite_url)
    place.stopped(title=WORD, description=f"{WORD} till ledningen")
    for number in range(30):
        place.stopped(title=f"Annan {number}")
    place.rule(Kind.TASKS)
    file = str(place.database.url.database)
    assert _holds(file, WORD)

    place.run()

    assert not _holds(file, WORD)
    assert not _holds(file, WORD.casefold())
    with sqlite3.connect(file) as plain:
        assert plain.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def _holds(file: str, word: str) -> bool:
    files = [Path(name) for name in (file, f"{file}-wal", f"{file}-shm")]
    return any(word.encode() in each.read_bytes() for each in files if each.exists())


def test_weeded_words_are_gone_from_the_tables_of_postgresql(postgresql_url: str) -> None:
    place = _place(postgresql_url)
    place.stopped(title=WORD)
    place.rule(Kind.TASKS)

    place.run()

    with place.database.engine.connect() as connection:
        for table in ("task", "report", "task_search", "task_event"):
            file = connection.execute(
                text("SELECT pg_read_binary_file(pg_relation_filepath(:table))"), {"table": table}
            ).scalar_one()
            assert WORD.encode() not in bytes(file), table
            assert WORD.casefold().encode() not in bytes(file), table
    place.database.close()


def test_two_who_set_a_rule_at_once_are_told(place: Place) -> None:
    place.rule(Kind.TASKS)

    with pytest.raises(Conflict):
        place.rule(Kind.TASKS, 36)
    place.rule(Kind.TASKS, 36, version=1)

    with place.database.reading(place.id) as session:
        assert session.scalars(select(RetentionRule.months)).one() == 36


@pytest.mark.parametrize("role", [Role.STAFF, Role.SUPPORT, Role.LEADERSHIP])
def test_only_administrators_say_how_long_things_are_kept(place: Place, role: Role) -> None:
    with place.database.writing_all() as session:
        who = make.actor(session, place.place, role)

        with pytest.raises(NotAllowed):
            retention.set_rule(session, who, TWO_YEARS, 0, make.TODAY, make.NOW)
        with pytest.raises(NotAllowed):
            retention.place_hold(session, who, Kind.TASKS, "", "Tvist", make.NOW)
        with pytest.raises(NotAllowed):
            retention.lift_hold(session, who, 1, make.TODAY, make.NOW)


def test_a_hold_of_another_organisation_is_not_found(place: Place) -> None:
    place.hold(Kind.TASKS)
    with place.database.writing_all() as session:
        hold_id = session.scalars(select(Hold.id)).one()
        other = make.organisation(session, "annan")
        stranger = make.actor(session, other, Role.ADMIN)

        with pytest.raises(NotFound):
            retention.lift_hold(session, stranger, hold_id, make.TODAY, make.NOW)


def test_everything_that_names_a_task_goes_with_it() -> None:
    naming = {
        table.name
        for table in Base.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name == "task"
    }

    assert naming == {
        "anonymous_report",
        "assessment",
        "automation_candidate",
        "decision",
        "follow_up",
        "freed_time",
        "gate_answer",
        "imported_change",
        "inquiry",
        "opinion",
        "report",
        "restructured_task",
        "restructuring",
        "return_sign",
        "review_request",
        "seen_task",
        "task_case",
        "task_event",
        "task_signal",
        "task_use",
    }


def _asked(place: Place, task_id: int | None = None, **changes: Any) -> int:  # noqa: ANN401 - columns of the table
    with place.database.writing(place.id) as session:
        task = task_id or make.task(session, place.place)
        row = Inquiry(
            **{
                "organisation_id": place.id,
                "task_id": task,
                "asked_at": make.NOW,
                "recipient": "",
                "message": "",
                "deadline": make.TODAY,
                "state": "withdrawn",
                "ended_at": make.NOW,
            }
            | changes
        )
        session.add(row)
        session.flush()
        return row.id


@pytest.mark.parametrize(
    ("changes", "left"),
    [
        ({}, 0),
        ({"state": "waiting", "ended_at": None}, 0),
        ({"state": "waiting", "ended_at": None, "deadline": LATER.date()}, 1),
        ({"ended_at": LATER}, 1),
        ({"state": "answered"}, 1),
        ({"state": "answered", "carried_out_at": make.NOW}, 0),
    ],
)
def test_questions_go_when_they_are_over_and_their_answer_is_stated(
    place: Place, changes: dict[str, Any], left: int
) -> None:
    _asked(place, **changes)
    place.rule(Kind.INQUIRIES, 20)

    place.run()

    assert place.count(Inquiry) == left


def test_a_question_goes_with_its_task_and_holds_it_where_questions_are_held(place: Place) -> None:
    task_id = place.stopped()
    _asked(place, task_id)
    place.rule(Kind.TASKS, 20)

    place.hold(Kind.INQUIRIES)
    place.run()
    kept = place.count(Inquiry), place.count(Task)
    with place.database.writing(place.id) as session:
        session.scalars(select(Hold)).one().lifted_on = make.TODAY
    place.run(LATER + timedelta(days=1))

    assert kept == (1, 1)
    assert (place.count(Inquiry), place.count(Task)) == (0, 0)


def test_cases_and_decisions_go_with_their_task_and_nothing_of_others(place: Place) -> None:
    gone, kept = place.stopped(), place.stopped()
    with place.database.writing_all() as session:
        session.get_one(Task, kept).status = "in_review"
        for task_id in (gone, kept):
            loop.all_of(session, place.admin, task_id)
    place.rule(Kind.TASKS)
    before = {table: place.count(table) for table in loop.TABLES}

    place.run()

    assert {table: place.count(table) for table in loop.TABLES} == {
        table: count // 2 for table, count in before.items()
    }
    assert all(before.values())


@pytest.mark.parametrize("anonymous", [False, True])
def test_the_case_of_a_report_goes_with_the_report(place: Place, *, anonymous: bool) -> None:
    if anonymous:
        report = place.anonymous()
    else:
        with place.database.writing_all() as session:
            rut = make.actor(session, place.place)
            facts = replace(make.report_facts(place.place), minutes=None)
            report = make.sent(session, rut, facts).report_id
    with place.database.writing(place.id) as session:
        for key in (report, uuid.UUID(int=1)):
            session.add(loop.case(place.id, report_id=key, closed=True))
    place.rule(Kind.ANONYMOUS_REPORTS if anonymous else Kind.REPORTS)

    place.run()

    with place.database.reading(place.id) as session:
        assert session.scalars(select(Case.report_id)).all() == [uuid.UUID(int=1)]
