from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests import make
from tests.decided import decided, follow_ups
from tests.services.settings import CONFIG
from timethief.domain.cases import CaseOrigin, CaseState
from timethief.domain.decisions import Outcome
from timethief.domain.errors import Conflict, Invalid, NotFound
from timethief.domain.follow_ups import Answer, FollowUpAnswer, FollowUpState
from timethief.domain.people import Actor, Role
from timethief.queries import follow_ups as read
from timethief.queries.freed import freed
from timethief.services.decisions.deciding import carry_out, undo
from timethief.services.following_up.answering import answer, take_back
from timethief.services.following_up.asking import ask_units
from timethief.services.surroundings import Surroundings
from timethief.storage.database import Database
from timethief.storage.tables import Case, FollowUp, OutboxMail, TaskEvent, User

LATER = make.NOW + timedelta(days=95)
GONE = Answer(FollowUpAnswer.GONE)


@pytest.fixture
def place(database: Database) -> make.Place:
    with database.writing_all() as session:
        return make.organisation(session)


def _decided(session: Session, place: make.Place, outcome: Outcome = Outcome.REMOVE) -> int:
    support = make.actor(session, place, Role.SUPPORT)
    return decided(session, support, make.task(session, place), outcome)


def _asked(session: Session, place: make.Place) -> FollowUp:
    """A question that has been asked, three months after a removal."""
    first = follow_ups(session, _decided(session, place))[0]
    first.state, first.asked_at = FollowUpState.ASKED.value, LATER
    session.flush()
    return first


def _surroundings(database: Database) -> Surroundings:
    return Surroundings(database, CONFIG)


def _mails(database: Database) -> list[tuple[str, str]]:
    with database.reading_all() as session:
        rows = session.execute(
            select(OutboxMail.recipient, OutboxMail.text).where(OutboxMail.kind == "follow_up")
        )
        return [(recipient, text) for recipient, text in rows]


def test_questions_are_planned_from_the_day_it_shall_be_done(
    database: Database, place: make.Place
) -> None:
    with database.writing(place.organisation_id) as session:
        support = make.actor(session, place, Role.SUPPORT)
        decision = decided(
            session, support, make.task(session, place), planned_on=date(2026, 11, 30)
        )

        assert [(row.months, row.due_on) for row in follow_ups(session, decision)] == [
            (3, date(2027, 2, 28)),
            (12, date(2027, 11, 30)),
        ]


@pytest.mark.parametrize("outcome", [Outcome.KEEP])
def test_what_frees_nothing_is_not_asked_about(
    database: Database, place: make.Place, outcome: Outcome
) -> None:
    with database.writing(place.organisation_id) as session:
        assert follow_ups(session, _decided(session, place, outcome)) == []


def test_nothing_is_asked_of_a_decision_that_was_undone(
    database: Database, place: make.Place
) -> None:
    with database.writing(place.organisation_id) as session:
        support = make.actor(session, place, Role.SUPPORT)
        decision = decided(session, support, make.task(session, place))
        undo(session, support, decision, make.NOW)
        session.flush()
        states = {row.state for row in follow_ups(session, decision)}

    assert states == {FollowUpState.CANCELLED.value}
    assert ask_units(_surroundings(database), LATER) == {}


def test_the_manager_of_the_unit_is_asked_once_and_reminded_once(
    database: Database, place: make.Place
) -> None:
    with database.writing(place.organisation_id) as session:
        manager = make.actor(session, place, Role.LEADERSHIP, "Chef")
        _decided(session, place)
        _decided(session, place)
    surroundings = _surroundings(database)

    assert ask_units(surroundings, LATER) == {"asked": 2, "reminded": 0}
    assert ask_units(surroundings, LATER) == {}
    assert ask_units(surroundings, LATER + timedelta(days=13)) == {}
    again = LATER + timedelta(days=14)
    assert ask_units(surroundings, again) == {"asked": 0, "reminded": 2}
    assert ask_units(surroundings, again + timedelta(days=14)) == {}

    with database.reading_all() as session:
        address = session.scalars(select(User.email).where(User.id == manager.user_id)).one()
    found = _mails(database)
    assert [recipient for recipient, _ in found] == [address, address]
    assert all("/follow-ups" in text and "Statusrapport" not in text for _, text in found)


def test_the_nearest_manager_above_is_asked_else_who_decided(
    database: Database, place: make.Place
) -> None:
    with database.writing(place.organisation_id) as session:
        support = make.actor(session, place, Role.SUPPORT, "Stod")
        decided(session, support, make.task(session, place))
        south = make.task(session, place, unit_id=place.south)
        decided(session, support, south)
        north = make.actor(session, place, Role.LEADERSHIP, "Norr")
        session.execute(update(User).where(User.id == north.user_id).values(unit_id=place.north))
        emails = {user.id: user.email for user in session.scalars(select(User))}

    ask_units(_surroundings(database), LATER)

    assert {recipient for recipient, _ in _mails(database)} == {
        emails[north.user_id],
        emails[support.user_id],
    }


def test_a_later_question_takes_the_place_of_one_that_nobody_answered(
    database: Database, place: make.Place
) -> None:
    with database.writing(place.organisation_id) as session:
        decision = _decided(session, place)
    ask_units(_surroundings(database), make.NOW + timedelta(days=400))

    with database.reading(place.organisation_id) as session:
        assert [row.state for row in follow_ups(session, decision)] == ["cancelled", "asked"]


def test_the_answer_is_counted_and_never_copied_from_what_was_expected(
    database: Database, place: make.Place
) -> None:
    with database.writing(place.organisation_id) as session:
        row = _asked(session, place)
        staff = make.actor(session, place)
        before = freed(session, place.organisation_id)
        # 30 minutes a week by two: 44 hours.
        said = Answer(FollowUpAnswer.LESS, minutes_now=15, minutes_before=20)
        answer(session, staff, row.id, said, row.version, make.key(), LATER)
        after = freed(session, place.organisation_id)

    assert (round(before.expected_hours), before.confirmed_decisions) == (44, 0)
    assert after.expected_hours == 0
    assert after.confirmed_hours == pytest.approx(44 * 5 / 30)
    assert after.estimate_change_hours == pytest.approx(-44 * 10 / 30)


def test_the_newest_answer_of_a_task_counts(database: Database, place: make.Place) -> None:
    with database.writing(place.organisation_id) as session:
        staff = make.actor(session, place)
        first, second = follow_ups(session, _decided(session, place))
        for row in (first, second):
            row.state = FollowUpState.ASKED.value
        session.flush()
        answer(session, staff, first.id, GONE, 0, make.key(), LATER)
        half = Answer(FollowUpAnswer.LESS, minutes_now=15)
        answer(session, staff, second.id, half, 0, make.key(), LATER)

        assert freed(session, place.organisation_id).confirmed_hours == pytest.approx(22)


def test_two_who_answer_at_once_see_each_other(database: Database, place: make.Place) -> None:
    with database.writing(place.organisation_id) as session:
        row = _asked(session, place)
        one, other = make.actor(session, place), make.actor(session, place)
        answer(session, one, row.id, GONE, row.version, make.key(), LATER)
        same = Answer(FollowUpAnswer.SAME)
        with pytest.raises(Conflict, match="changed_meanwhile"):
            answer(session, other, row.id, same, 0, make.key(), LATER)
        assert row.answer == "gone"
        answer(session, other, row.id, same, row.version, make.key(), LATER)
        assert row.answer == "same"


def test_a_form_sent_twice_is_one_answer(database: Database, place: make.Place) -> None:
    with database.writing(place.organisation_id) as session:
        row, staff, key = _asked(session, place), make.actor(session, place), make.key()
        answer(session, staff, row.id, GONE, 0, key, LATER)
        answer(session, staff, row.id, GONE, 0, key, LATER)

        assert row.version == 1


def test_changes_are_kept_in_the_history_without_a_name(
    database: Database, place: make.Place
) -> None:
    with database.writing(place.organisation_id) as session:
        row, staff = _asked(session, place), make.actor(session, place)
        answer(session, staff, row.id, GONE, 0, make.key(), LATER)
        answer(session, staff, row.id, Answer(FollowUpAnswer.SAME), 1, make.key(), LATER)
        events = session.scalars(
            select(TaskEvent).where(
                TaskEvent.task_id == row.task_id, TaskEvent.kind == "followed_up"
            )
        ).all()

    told = {(event.before.get("answer"), event.after.get("answer")) for event in events}
    assert told == {(None, "gone"), ("gone", "same")}
    assert {event.user_id for event in events} == {None}


def test_an_answer_stands_after_thirty_days(database: Database, place: make.Place) -> None:
    with database.writing(place.organisation_id) as session:
        row, staff = _asked(session, place), make.actor(session, place)
        answer(session, staff, row.id, GONE, 0, make.key(), LATER)
        late = LATER + timedelta(days=31)
        with pytest.raises(Conflict, match="settled"):
            answer(session, staff, row.id, Answer(FollowUpAnswer.SAME), 1, make.key(), late)
        with pytest.raises(Conflict, match="settled"):
            take_back(session, staff, row.id, 1, late)


def test_an_answer_is_taken_back(database: Database, place: make.Place) -> None:
    with database.writing(place.organisation_id) as session:
        row, staff = _asked(session, place), make.actor(session, place)
        answer(session, staff, row.id, GONE, 0, make.key(), LATER)
        take_back(session, staff, row.id, 1, LATER)

        assert (row.state, row.answer, row.confirmed_hours) == ("asked", None, None)
        assert freed(session, place.organisation_id).confirmed_decisions == 0


def test_too_early_or_cancelled_is_refused(database: Database, place: make.Place) -> None:
    with database.writing(place.organisation_id) as session:
        staff = make.actor(session, place)
        early, cancelled = follow_ups(session, _decided(session, place))
        cancelled.state = FollowUpState.CANCELLED.value
        session.flush()
        with pytest.raises(Conflict, match="not_asked_yet"):
            answer(session, staff, early.id, GONE, 0, make.key(), make.NOW)
        with pytest.raises(Conflict, match="cancelled"):
            answer(session, staff, cancelled.id, GONE, 0, make.key(), LATER)


@pytest.mark.parametrize(
    ("said", "opened"),
    [
        (Answer(FollowUpAnswer.SAME), True),
        (Answer(FollowUpAnswer.MORE, minutes_now=45), True),
        (GONE, False),
        (Answer(FollowUpAnswer.UNKNOWN), False),
    ],
)
def test_what_did_not_help_is_tried_again(
    database: Database, place: make.Place, said: Answer, *, opened: bool
) -> None:
    with database.writing(place.organisation_id) as session:
        row = _asked(session, place)
        answer(session, make.actor(session, place), row.id, said, 0, make.key(), LATER)
        origins = session.scalars(
            select(Case.origin).where(
                Case.task_id == row.task_id, Case.state != CaseState.CLOSED.value
            )
        ).all()

    assert (CaseOrigin.NOT_FREED.value in origins) is opened


def test_another_unit_and_another_organisation_find_nothing(
    database: Database, place: make.Place
) -> None:
    with database.writing_all() as session:
        elsewhere = make.organisation(session, "annan")
        foreign = make.actor(session, elsewhere, Role.SUPPORT)
    with database.writing(place.organisation_id) as session:
        row = _asked(session, place)
        person = make.actor(session, place)
        south = Actor(person.user_id, place.organisation_id, Role.STAFF, place.south, None, "Rut")
        for who in (south, foreign):
            with pytest.raises(NotFound):
                answer(session, who, row.id, GONE, 0, make.key(), LATER)
        assert read.waiting(session, south, LATER, None).lines == ()
        with pytest.raises(NotFound):
            read.question(session, south, row.id, LATER)
        assert len(read.waiting(session, person, LATER, None).lines) == 1


def test_the_list_goes_on_where_a_page_ends(
    database: Database, place: make.Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read, "PAGE", 2)
    with database.writing(place.organisation_id) as session:
        support = make.actor(session, place, Role.SUPPORT)
        for _ in range(5):
            _decided(session, place)
        found: list[str] = []
        after: str | None = None
        while True:
            listed = read.waiting(session, support, LATER, after)
            found += [line.id for line in listed.lines]
            after = listed.after
            if after is None:
                break
        assert len(found) == len(set(found)) == 5
        with pytest.raises(Invalid):
            read.waiting(session, support, LATER, "nonsense")


def test_carrying_it_out_moves_the_questions(database: Database, place: make.Place) -> None:
    with database.writing(place.organisation_id) as session:
        support = make.actor(session, place, Role.SUPPORT)
        decision = decided(session, support, make.task(session, place))
        carry_out(session, support, decision, make.NOW + timedelta(days=40))
        session.flush()

        assert follow_ups(session, decision)[0].due_on == date(2026, 7, 19)


def test_only_units_that_the_reader_sees_are_added_up(
    database: Database, place: make.Place
) -> None:
    with database.writing(place.organisation_id) as session:
        _decided(session, place)

        assert freed(session, place.organisation_id, {place.south}).decisions == 0
        assert freed(session, place.organisation_id, {place.ward}).decisions == 1
