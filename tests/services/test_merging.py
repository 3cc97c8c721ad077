from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import loop, make
from tests.queries import naive
from tests.services.restructuring import everything, merged, undone, versions
from timethief.domain.cases import CaseOrigin
from timethief.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from timethief.domain.inquiries import Answer, Relevant, Used, WorthIt
from timethief.domain.intake import UseAnswer
from timethief.domain.people import Actor, Role
from timethief.domain.restructuring import Merge
from timethief.domain.retention import Kind
from timethief.domain.vocabulary import Beneficiary, Level, Purpose, Signal, TaskStatus
from timethief.queries.similar import similar_task, similar_tasks
from timethief.queries.tasks import task_page
from timethief.queries.verification import differences
from timethief.services import reports, requester_merging, reviews
from timethief.services.assessments import assess_organisation
from timethief.services.cases.opening import case_of_task, open_task_case
from timethief.services.restructuring.merging import merge, uses_to_add
from timethief.services.restructuring.undoing import refusal, undo
from timethief.services.tasks import refigure
from timethief.storage import search
from timethief.storage.assumptions import load_assumptions
from timethief.storage.database import Database
from timethief.storage.tables import (
    AssessmentRow,
    Case,
    Inquiry,
    Report,
    Restructuring,
    ReviewRequest,
    Task,
)
from timethief.storage.uses import signals_of, uses_of
from timethief.storage.weedable import Held, to_weed

EARLY = frozenset({Signal.PAPER})
LATE = frozenset({Signal.DOUBLE_ENTRY})


@pytest.fixture
def place(database: Database) -> make.Place:
    with database.writing_all() as session:
        return make.organisation(session)


@pytest.fixture
def anna(database: Database, place: make.Place) -> Actor:
    with database.writing_all() as session:
        return make.actor(session, place, Role.SUPPORT, "Anna")


@pytest.fixture
def three(database: Database, place: make.Place) -> list[int]:
    with database.writing_all() as session:
        return [
            make.task(session, place, title="Statusrapport", minutes=30.0, signals=EARLY),
            make.task(session, place, title="Rapport varje vecka", minutes=20.0, signals=LATE),
            make.task(
                session,
                place,
                title="Veckorapport",
                minutes=90.0,
                use=UseAnswer.SOMEBODY_ELSE,
                requester_id=place.state,
            ),
        ]


def _clean(session: Session, place: make.Place) -> None:
    assert list(differences(session)) == []
    assert naive.kept(session, place.organisation_id) == naive.totals(
        session, place.organisation_id
    )


def test_the_kept_task_has_all_reports_and_its_figures_follow_them(
    database: Database, place: make.Place, anna: Actor, three: list[int]
) -> None:
    kept, *others = three
    with database.writing(place.organisation_id) as session:
        merged(session, anna, kept, *others)

    with database.reading_all() as session:
        task = session.get_one(Task, kept)
        assert (task.minutes_low, task.minutes, task.minutes_high) == (20.0, 30.0, 90.0)
        assert task.people == 3
        assert signals_of(session, [kept])[kept] == {"paper", "double_entry"}
        reports_ = session.scalars(select(Report).order_by(Report.sequence)).all()
        assert [(each.task_id, each.sequence) for each in reports_] == [
            (kept, n) for n in (1, 2, 3)
        ]
        _clean(session, place)


def test_what_is_merged_counts_nowhere_and_is_found_nowhere(
    database: Database, place: make.Place, anna: Actor, three: list[int]
) -> None:
    kept, *others = three
    with database.writing(place.organisation_id) as session:
        merged(session, anna, kept, *others)

    with database.reading(place.organisation_id) as session:
        assert session.scalars(select(AssessmentRow.task_id)).all() == [kept]
        assert list(search.indexed(session, three)) == [kept]
        assert similar_tasks(session, anna, "Veckorapport") == ()
        assert similar_task(session, anna, others[0]).id == task_page(session, anna, kept).id
        for gone in others:
            with pytest.raises(NotFound):
                task_page(session, anna, gone)


def test_undoing_gives_everything_back_to_the_digit(
    database: Database, place: make.Place, anna: Actor, three: list[int]
) -> None:
    kept, *others = three
    with database.writing_all() as session:
        _surround(session, place, anna, three)
    with database.reading_all() as session:
        before = everything(session)
    with database.writing(place.organisation_id) as session:
        use = uses_to_add(session, kept, others)[0][0].id
        done = merged(session, anna, kept, *others, use_ids=frozenset({use}))
    with database.reading_all() as session:
        assert everything(session) != before
        _clean(session, place)

    with database.writing(place.organisation_id) as session:
        undone(session, anna, done)

    with database.reading_all() as session:
        assert everything(session) == before
        _clean(session, place)


def test_undoing_gives_figures_that_a_reviewer_set_back_to_the_digit(
    database: Database, place: make.Place, anna: Actor, three: list[int]
) -> None:
    kept, *others = three
    with database.writing_all() as session:
        for task in three[:2]:
            version = session.get_one(Task, task).version
            reviews.store(session, anna, task, make.review(), version, make.key(), make.NOW)
        session.get_one(Task, others[0]).unit_id = place.south
        refigure(session, session.get_one(Task, others[0]), make.assumptions(session, place))
    with database.reading_all() as session:
        before = everything(session)
    with database.writing(place.organisation_id) as session:
        done = merged(session, anna, kept, *others, unit_id=place.south)
    with database.reading_all() as session:
        assert session.get_one(Task, kept).unit_id == place.south
        assert session.get_one(Task, kept).minutes == 20.0
        _clean(session, place)

    with database.writing(place.organisation_id) as session:
        undone(session, anna, done)

    with database.reading_all() as session:
        assert everything(session) == before
        _clean(session, place)


def _surround(session: Session, place: make.Place, anna: Actor, three: list[int]) -> None:
    """Cases with requests, questions and opinions of the tasks."""
    organisation_id = place.organisation_id
    for task in three[1:]:
        case = open_task_case(session, organisation_id, task, CaseOrigin.REVIEW_REQUEST, make.NOW)
        session.add(
            ReviewRequest(
                organisation_id=organisation_id,
                task_id=task,
                case_id=case.id,
                user_id=anna.user_id,
                reason="Ingen läser den",
                asked_on=make.TODAY,
            )
        )
        session.add(
            Inquiry(
                organisation_id=organisation_id,
                task_id=task,
                asked_at=make.NOW,
                recipient="",
                message="",
                deadline=make.TODAY,
                state="waiting",
            )
        )


def test_requests_and_questions_go_on_with_the_kept_task(
    database: Database, place: make.Place, anna: Actor, three: list[int]
) -> None:
    kept, *others = three
    with database.writing_all() as session:
        _surround(session, place, anna, three)
    with database.writing(place.organisation_id) as session:
        merged(session, anna, kept, *others)

    with database.reading(place.organisation_id) as session:
        case = case_of_task(session, kept)
        assert case is not None
        requests = session.scalars(select(ReviewRequest)).all()
        assert {(each.task_id, each.case_id) for each in requests} == {(kept, case.id)}
        assert set(session.scalars(select(Inquiry.task_id))) == {kept}
        closed = session.scalars(select(Case).where(Case.id != case.id)).one()
        assert (closed.state, closed.closed_as) == ("closed", "merged")


def test_a_use_that_the_kept_task_lacks_can_be_added(
    database: Database, place: make.Place, anna: Actor, three: list[int]
) -> None:
    kept, *others = three
    with database.writing(place.organisation_id) as session:
        (offered,) = uses_to_add(session, kept, others)
        merged(session, anna, kept, *others, use_ids=frozenset({offered[0].id}))
        # A report more does not take it away.
        make.sent(session, make.actor(session, place), make.report_facts(place), same_as=kept)

    with database.reading(place.organisation_id) as session:
        uses = [row for row, _ in uses_of(session, [kept])[kept]]
        assert [row.position for row in uses] == [1, 2]
        assert (uses[1].beneficiary, uses[1].purpose) == (
            offered[0].beneficiary,
            offered[0].purpose,
        )


def test_a_report_sent_to_what_was_merged_joins_the_kept_task(
    database: Database, place: make.Place, anna: Actor, three: list[int]
) -> None:
    kept, *others = three
    with database.writing(place.organisation_id) as session:
        done = merged(session, anna, kept, *others)
        rut = make.actor(session, place)
        sent = make.sent(session, rut, make.report_facts(place, minutes=40.0), same_as=others[0])
        assert sent.task_id == kept
    with database.writing(place.organisation_id) as session:
        undone(session, anna, done)

    with database.reading_all() as session:
        # It was told of the kept task, and stays with it.
        assert session.get_one(Report, sent.report_id).task_id == kept
        assert session.get_one(Task, kept).people == 2
        _clean(session, place)


def test_a_report_that_was_moved_can_be_withdrawn(
    database: Database, place: make.Place, anna: Actor
) -> None:
    with database.writing(place.organisation_id) as session:
        rut = make.actor(session, place)
        kept = make.task(session, place)
        sent = make.sent(session, rut, make.report_facts(place, title="Samma"))
        assert sent.task_id is not None
        done = merged(session, anna, kept, sent.task_id)
    with database.writing(place.organisation_id) as session:
        reports.withdraw(session, rut, sent.report_id, make.NOW)
    with database.writing(place.organisation_id) as session:
        undone(session, anna, done)

    with database.reading_all() as session:
        assert session.scalars(select(Task.id)).all() == [kept]
        _clean(session, place)


def test_what_a_reviewer_set_outlives_the_task_that_it_was_merged_into(
    database: Database, place: make.Place, anna: Actor
) -> None:
    with database.writing(place.organisation_id) as session:
        rut = make.actor(session, place)
        sent = make.sent(session, rut, make.report_facts(place))
        other = make.task(session, place, title="Samma sak")
        reviews.store(session, anna, other, make.review(), 1, make.key(), make.NOW)
        (report,) = session.scalars(select(Report).where(Report.task_id == other)).all()
        report.withdrawn = True
        assert sent.task_id is not None
        merged(session, anna, sent.task_id, other)

    with database.writing(place.organisation_id) as session:
        reports.withdraw(session, rut, sent.report_id, make.NOW)

    with database.reading_all() as session:
        assert session.scalars(select(Task.id)).all() == [other]
        assert session.get_one(Task, other).merged_into_id is None
        _clean(session, place)


def test_a_merge_of_what_was_merged_into_leads_to_the_last_and_is_undone_in_turn(
    database: Database, place: make.Place, anna: Actor, three: list[int]
) -> None:
    first, second, third = three
    with database.reading_all() as session:
        before = everything(session)
    with database.writing(place.organisation_id) as session:
        one = merged(session, anna, second, first)
    with database.reading_all() as session:
        between = everything(session)
    with database.writing(place.organisation_id) as session:
        two = merged(session, anna, third, second)
    with database.reading_all() as session:
        kept = {session.get_one(Task, each).merged_into_id for each in (first, second)}
        assert kept == {third}
        _clean(session, place)
    with database.writing(place.organisation_id) as session:
        assert refusal(session, anna, one, make.NOW) == "restructured_since"
        undone(session, anna, two)
    with database.reading_all() as session:
        assert everything(session) == between
    with database.writing(place.organisation_id) as session:
        undone(session, anna, one)
    with database.reading_all() as session:
        assert everything(session) == before


def _refused(
    database: Database, anna: Actor, wanted: Merge, reason: str, kind: type[Exception] = Conflict
) -> None:
    with database.reading_all() as session:
        before = everything(session)
    with database.writing(anna.organisation_id) as session, pytest.raises(kind) as refused:
        merge(session, anna, wanted, make.key(), make.NOW)
    if reason:
        assert refused.value.reason == reason  # type: ignore[attr-defined]
    with database.reading_all() as session:
        assert everything(session) == before


def test_what_cannot_be_merged_is_refused_and_nothing_is_half_done(
    database: Database, place: make.Place, anna: Actor, three: list[int]
) -> None:
    kept, other, third = three
    with database.writing_all() as session:
        elsewhere = make.organisation(session, "other")
        foreign = make.task(session, elsewhere)
        south = make.task(session, place, unit_id=place.south)
        stopped, decided = make.task(session, place), make.task(session, place)
        for task, status in ((stopped, TaskStatus.STOPPED), (decided, TaskStatus.DECIDED)):
            session.get_one(Task, task).status = status.value
            refigure(session, session.get_one(Task, task), make.assumptions(session, place))
        all_ids = (*three, foreign, south, stopped, decided)
        seen = versions(session, *all_ids)

    def wanted(*ids: int, **more: Any) -> Merge:  # noqa: ANN401 - fields of the dataclass
        return Merge(ids[0], ids[1:], seen, **more)

    _refused(database, anna, wanted(kept, kept), "merged_with_itself", Invalid)
    _refused(database, anna, wanted(kept, other, other), "merged_with_itself", Invalid)
    _refused(database, anna, wanted(kept), "too_few_tasks", Invalid)
    _refused(database, anna, wanted(*range(21)), "too_many_tasks", Invalid)
    _refused(database, anna, wanted(kept, foreign), "", NotFound)
    _refused(database, anna, wanted(foreign, kept), "", NotFound)
    _refused(database, anna, wanted(kept, 1), "", NotFound)
    _refused(database, anna, wanted(kept, stopped), "stopped")
    _refused(database, anna, wanted(stopped, kept), "stopped")
    _refused(database, anna, wanted(kept, decided), "decided")
    _refused(database, anna, wanted(kept, south), "required_of_merged", Invalid)
    _refused(database, anna, wanted(kept, south, unit_id=place.top), "not_a_choice", Invalid)
    _refused(database, anna, wanted(kept, other, use_ids=frozenset({7})), "not_a_choice", Invalid)
    with database.writing(place.organisation_id) as session:
        merged(session, anna, kept, other)
        seen |= versions(session, other)
    _refused(database, anna, wanted(third, kept), "changed_meanwhile")
    _refused(database, anna, wanted(third, other), "merged")
    _refused(database, anna, wanted(other, kept), "merged")


def test_only_a_reviewer_merges_and_undoes(
    database: Database, place: make.Place, anna: Actor, three: list[int]
) -> None:
    with database.writing(place.organisation_id) as session:
        done = merged(session, anna, *three)
        rut = make.actor(session, place)
        with pytest.raises(NotAllowed):
            merge(session, rut, Merge(three[0], (), {}), make.key(), make.NOW)
        with pytest.raises(NotAllowed):
            undo(session, rut, done, make.NOW)


def test_a_form_sent_twice_merges_once(
    database: Database, place: make.Place, anna: Actor, three: list[int]
) -> None:
    with database.writing(place.organisation_id) as session:
        wanted, key = Merge(three[0], tuple(three[1:]), versions(session, *three)), make.key()
        first = merge(session, anna, wanted, key, make.NOW)
        assert merge(session, anna, wanted, key, make.NOW) == first
        assert len(session.scalars(select(Restructuring)).all()) == 1
        undone(session, anna, first)
        undone(session, anna, first)
        _clean_within(session, place)


def _clean_within(session: Session, place: make.Place) -> None:
    session.flush()
    assert naive.kept(session, place.organisation_id) == naive.totals(
        session, place.organisation_id
    )


def _review(session: Session, _place: make.Place, anna: Actor, task: int) -> None:
    version = session.get_one(Task, task).version
    reviews.store(session, anna, task, make.review(), version, make.key(), make.NOW)


def _decide(session: Session, place: make.Place, _anna: Actor, task: int) -> None:
    session.add(loop.decision(place.organisation_id, task, "2026-1"))


def _merge_on(session: Session, place: make.Place, anna: Actor, task: int) -> None:
    merged(session, anna, task, make.task(session, place, title="En till"))


def _merge_away(session: Session, place: make.Place, anna: Actor, task: int) -> None:
    merged(session, anna, make.task(session, place, title="En till"), task)


@pytest.mark.parametrize(
    ("build", "reason"),
    [
        (_review, "reviewed_since"),
        (_decide, "decided_since"),
        (_merge_on, "restructured_since"),
        (_merge_away, "restructured_since"),
    ],
)
def test_what_somebody_has_built_on_stays(
    database: Database,
    place: make.Place,
    anna: Actor,
    three: list[int],
    build: Callable[[Session, make.Place, Actor, int], None],
    reason: str,
) -> None:
    with database.writing(place.organisation_id) as session:
        done = merged(session, anna, *three)
    with database.writing(place.organisation_id) as session:
        build(session, place, anna, three[0])
    with database.reading_all() as session:
        before = everything(session)

    with database.writing(place.organisation_id) as session, pytest.raises(Conflict) as refused:
        undone(session, anna, done)

    assert refused.value.reason == reason
    with database.reading_all() as session:
        assert refusal(session, anna, done, make.NOW) == reason
        assert everything(session) == before


def test_after_thirty_days_it_stays(
    database: Database, place: make.Place, anna: Actor, three: list[int]
) -> None:
    with database.writing(place.organisation_id) as session:
        done = merged(session, anna, *three)
        later = make.NOW + timedelta(days=30, seconds=1)
        with pytest.raises(Conflict) as refused:
            undo(session, anna, done, later)
        assert refused.value.reason == "too_late"


def test_nobody_reaches_another_organisations_merge(
    database: Database, place: make.Place, anna: Actor, three: list[int]
) -> None:
    with database.writing(place.organisation_id) as session:
        done = merged(session, anna, *three)
    with database.writing_all() as session:
        elsewhere = make.organisation(session, "other")
        bo = make.actor(session, elsewhere, Role.SUPPORT, "Bo")
        with pytest.raises(NotFound):
            undo(session, bo, done, make.NOW)


def test_what_goes_over_all_tasks_leaves_the_merged_ones_alone(
    database: Database, place: make.Place, anna: Actor, three: list[int]
) -> None:
    kept, *others = three
    with database.writing_all() as session:
        admin = make.actor(session, place, Role.ADMIN, "Stina")
    with database.writing(place.organisation_id) as session:
        merged(session, anna, kept, *others)
        assumptions = load_assumptions(session, place.organisation_id, date(2026, 4, 1))
        assert assess_organisation(session, assumptions) == 1
    with database.writing_all() as session:
        new = make.requester(session, place.organisation_id, "HR", Level.OWN_ORGANISATION)
        assert (
            requester_merging.merge(session, admin, place.requester, new, make.key(), make.NOW) == 1
        )
        assert {session.get_one(Task, each).requester_id for each in three[:2]} == {new}

    with database.reading_all() as session:
        _clean(session, place)


def test_what_is_merged_is_weeded_with_the_kept_task_and_not_before(
    database: Database, place: make.Place, anna: Actor, three: list[int]
) -> None:
    kept, *others = three
    with database.writing(place.organisation_id) as session:
        merged(session, anna, kept, *others)
        # As though it had been done with before it was merged.
        session.get_one(Task, others[0]).status = TaskStatus.DONE.value

    with database.reading_all() as session:
        due = to_weed(
            Kind.TASKS,
            place.organisation_id,
            make.TODAY + timedelta(days=400),
            Held(frozenset(), (), (), ()),
        )
        assert session.scalars(due).all() == []


def test_the_answer_to_a_question_is_stated_on_the_kept_task(
    database: Database, place: make.Place, anna: Actor, three: list[int]
) -> None:
    from timethief.services.asking.answers import carry_out  # noqa: PLC0415 - only here

    kept, *others = three
    with database.writing_all() as session:
        _surround(session, place, anna, three)
    with database.writing(place.organisation_id) as session:
        done = merged(session, anna, kept, *others)
    answered = Answer(
        used=Used.YES,
        relevant=Relevant.YES,
        worth=WorthIt.YES,
        beneficiary=Beneficiary.CITIZEN,
        purpose=Purpose.SAFETY,
    )
    with database.writing(place.organisation_id) as session:
        inquiry = session.scalars(select(Inquiry)).first()
        assert inquiry is not None
        for name in ("used", "relevant", "worth", "beneficiary", "purpose"):
            setattr(inquiry, name, getattr(answered, name).value)
        inquiry.state = "answered"
        carry_out(session, inquiry, make.NOW)
        assert inquiry.carried_tasks == 1
    with database.reading(place.organisation_id) as session:
        said = [each.source for _, rows in uses_of(session, [kept])[kept] for each in rows]
        assert "receiver" in said
        assert refusal(session, anna, done, make.NOW) == "answered_since"
