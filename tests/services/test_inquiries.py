from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests import make
from tests.services.settings import CONFIG
from timethief.config import MailServer
from timethief.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from timethief.domain.identifiers import from_text
from timethief.domain.inquiries import MAILS_A_DAY, Answer, Relevant, Used, WorthIt
from timethief.domain.intake import UseAnswer
from timethief.domain.mail import MailState
from timethief.domain.people import Actor, Role
from timethief.domain.tasks import Use, Worth
from timethief.domain.vocabulary import Beneficiary, InUse, Purpose, Source, Verdict
from timethief.queries import inquiries as read
from timethief.queries.asked import asked, shown_of_requirement, shown_of_task
from timethief.queries.tasks import TaskPage, task_page
from timethief.queries.verification import differences
from timethief.services import reviews
from timethief.services.asking import answers as inquiry_answers
from timethief.services.asking.answers import carry_out_waiting
from timethief.services.asking.inquiries import (
    NewInquiry,
    answer,
    ask,
    remind,
    remind_requesters,
    withdraw,
)
from timethief.services.asking.letters import Desk
from timethief.services.assessments import assess_tasks
from timethief.services.mail.sending import send_waiting
from timethief.services.surroundings import Surroundings
from timethief.storage.database import Database
from timethief.storage.tables import (
    AuditEvent,
    Inquiry,
    OutboxMail,
    Requirement,
    Task,
    TaskEvent,
    UseStatement,
)
from timethief.storage.totals import Ledger

SERVER = MailServer("smtp", "localhost", 1)
MAILING = replace(CONFIG, mail_server=SERVER, secret_key="a key")
DESK = Desk.of(MAILING)
SILENT = Desk.of(CONFIG)
DAY = timedelta(days=1)
TO = "registrator@tillsyn.example.org"
DEADLINE = make.TODAY + 21 * DAY
USED = Answer(Used.YES, Relevant.YES, WorthIt.MORE, Beneficiary.OTHER_AUTHORITY, Purpose.STATISTICS)
NOT_USED = Answer(Used.NO, Relevant.NO, WorthIt.NO)
UNKNOWN = Answer(Used.UNKNOWN, Relevant.UNKNOWN, WorthIt.UNKNOWN)


@dataclass(frozen=True)
class Office:
    """An organisation with a reviewer and a task that an authority asks for."""

    database: Database
    place: make.Place
    anna: Actor
    task: int

    @property
    def organisation_id(self) -> int:
        return self.place.organisation_id

    def ask(
        self,
        *,
        task: int | None = None,
        requirement: int | None = None,
        desk: Desk = DESK,
        now: datetime = make.NOW,
        recipient: str = TO,
        deadline: date = DEADLINE,
        key: str = "",
    ) -> int:
        about = None if requirement else (task or self.task)
        new = NewInquiry(deadline, about, requirement, recipient, "Hör gärna av dig.")
        with self.database.writing(self.organisation_id) as session:
            return ask(session, self.anna, new, desk, key or make.key(), now)

    def answer(self, inquiry: int, given: Answer, now: datetime = make.NOW, key: str = "") -> None:
        with self.database.writing(self.organisation_id) as session:
            answer(session, self.organisation_id, inquiry, given, key or make.key(), now)

    def page(self, task: int | None = None) -> TaskPage:
        with self.database.reading_all() as session:
            return task_page(session, make.reviewer(self.place), task or self.task)

    def said(self, task: int | None = None) -> list[tuple[str, str, InUse, Worth]]:
        return [
            (
                stated.use.beneficiary.value,
                stated.use.purpose.value,
                stated.use.in_use,
                stated.use.worth,
            )
            for stated in self.page(task).uses
        ]

    def row(self, inquiry: int) -> Inquiry:
        with self.database.reading_all() as session:
            return session.get_one(Inquiry, inquiry)

    def line(self, inquiry: int, today: date = make.TODAY) -> read.InquiryLine:
        with self.database.reading(self.organisation_id) as session:
            return read.inquiry(session, self.anna, inquiry, today)

    def mails(self) -> list[OutboxMail]:
        with self.database.reading_all() as session:
            return list(session.scalars(select(OutboxMail).order_by(OutboxMail.queued_at)))

    def differences(self) -> list[str]:
        with self.database.reading_all() as session:
            return list(differences(session))


@pytest.fixture
def office(database: Database) -> Office:
    with database.writing_all() as session:
        place = make.organisation(session)
        anna = make.actor(session, place, Role.SUPPORT, "Anna")
        task = make.task(
            session, place, title="Rapport", requester_id=place.state, use=UseAnswer.SOMEBODY_ELSE
        )
    return Office(database, place, anna, task)


def _requirement(office: Office, tasks: int) -> tuple[int, list[int]]:
    """A requirement that so many tasks answer, and they, in the order of their identifiers."""
    with office.database.writing_all() as session:
        requirement = Requirement(
            organisation_id=office.organisation_id,
            requester_id=office.place.state,
            title="Statistik",
            folded_title="statistik",
            binding="law",
        )
        session.add(requirement)
        session.flush()
        who = make.actor(session, office.place)
        made = []
        for number in range(tasks):
            unit = office.place.ward if number % 2 else office.place.south
            made.append(
                make.task(
                    session,
                    office.place,
                    who,
                    title=f"Rapport {number}",
                    requester_id=office.place.state,
                    unit_id=unit,
                    use=UseAnswer.UNKNOWN,
                )
            )
        rows = session.scalars(select(Task).where(Task.id.in_(made))).all()
        for row in rows:
            row.requirement_id = requirement.id
        session.flush()
        ledger = Ledger()
        assess_tasks(session, rows, make.assumptions(session, office.place), ledger)
        ledger.store(session)
        return requirement.id, sorted(made)


def _receivers(session: Session) -> int:
    return int(
        session.scalar(
            select(func.count())
            .select_from(UseStatement)
            .where(UseStatement.source == Source.RECEIVER.value)
        )
        or 0
    )


def test_a_confirmed_use_puts_right_what_was_guessed_and_changes_the_verdict(
    office: Office,
) -> None:
    before = office.page().assessment

    office.answer(office.ask(), USED, now=make.NOW + DAY)

    worth = Worth(share=2.0)
    assert office.said() == [("other_authority", "statistics", InUse.CONFIRMED, worth)]
    after = office.page()
    assert (before.verdict, after.assessment.verdict) == (Verdict.POSSIBLE, Verdict.JUSTIFIED)
    sources = [said.source for said in after.uses[0].statements]
    assert sources == [Source.RECEIVER, Source.PERFORMER]
    assert after.events[0].kind == "requester_answered"
    assert after.events[0].name is None
    assert after.events[0].after["verdict"] == "justified"
    assert office.differences() == []


def test_what_is_not_used_is_a_time_thief(office: Office) -> None:
    office.answer(office.ask(), NOT_USED)

    assert [use[:3] for use in office.said()] == [("requester", "other", InUse.NOT_USED)]
    assert office.page().assessment.verdict is Verdict.CLEAR
    assert office.differences() == []


def test_not_used_says_nothing_of_the_benefit_of_others(office: Office) -> None:
    with office.database.writing_all() as session:
        task = make.task(session, office.place, title="Annat", requester_id=office.place.state)

    office.answer(office.ask(task=task), NOT_USED)

    assert [use[:3] for use in office.said(task)] == [
        ("citizen", "other", InUse.BELIEVED),
        ("requester", "other", InUse.NOT_USED),
    ]


def test_not_to_know_makes_the_use_unsure(office: Office) -> None:
    worth = office.said()[0][3]

    office.answer(office.ask(), UNKNOWN)

    assert office.said() == [("requester", "other", InUse.UNKNOWN, worth)]
    assert office.differences() == []


def test_a_reviewer_counts_before_the_requester(office: Office) -> None:
    use = Use(Beneficiary.OTHER_AUTHORITY, Purpose.STATISTICS, InUse.NOT_USED, Worth(share=0.0))
    with office.database.writing_all() as session:
        version = session.get_one(Task, office.task).version
        review = make.review(uses=(use,))
        reviews.store(session, office.anna, office.task, review, version, make.key(), make.NOW)

    office.answer(office.ask(), USED)

    (stated,) = office.page().uses
    assert stated.use.in_use is InUse.NOT_USED
    assert stated.differ
    assert [said.source for said in stated.statements][:2] == [Source.REVIEWER, Source.RECEIVER]
    assert office.differences() == []


def test_who_reviews_while_the_requester_answers_is_told(office: Office) -> None:
    with office.database.reading_all() as session:
        version = session.get_one(Task, office.task).version

    office.answer(office.ask(), USED)

    with office.database.writing_all() as session, pytest.raises(Conflict):
        reviews.store(
            session, office.anna, office.task, make.review(), version, make.key(), make.NOW
        )


def test_a_report_that_comes_later_leaves_what_the_requester_said(office: Office) -> None:
    office.answer(office.ask(), USED)
    with office.database.writing_all() as session:
        who = make.actor(session, office.place)
        facts = make.report_facts(office.place, title="Rapport", use=UseAnswer.NOBODY)
        make.sent(session, who, facts, same_as=office.task)

    assert [use[2] for use in office.said()] == [InUse.CONFIRMED]


def test_an_answer_about_a_requirement_is_stated_on_each_of_its_tasks(office: Office) -> None:
    requirement, tasks = _requirement(office, 5)
    inquiry = office.ask(requirement=requirement)

    office.answer(inquiry, USED)

    assert {office.page(task).assessment.verdict for task in tasks} == {Verdict.JUSTIFIED}
    assert [use[2] for use in office.said()] == [InUse.BELIEVED]
    line = office.line(inquiry)
    assert (line.tasks, line.under_way) == (5, False)
    assert office.differences() == []


def test_what_is_left_after_the_first_batch_is_done_by_the_job(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    requirement, tasks = _requirement(office, 7)
    inquiry = office.ask(requirement=requirement)
    monkeypatch.setattr(inquiry_answers, "BATCH", 3)

    office.answer(inquiry, NOT_USED)
    half = office.line(inquiry)
    surroundings = Surroundings(office.database, MAILING)
    counted = carry_out_waiting(surroundings, make.NOW)

    assert (half.tasks, half.under_way) == (3, True)
    assert counted == {"tasks": 4}
    assert carry_out_waiting(surroundings, make.NOW) == {}
    assert {office.page(task).assessment.verdict for task in tasks} == {Verdict.CLEAR}
    assert office.line(inquiry).tasks == 7
    assert office.differences() == []


def test_a_job_that_is_to_stop_goes_on_another_time(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    requirement, _ = _requirement(office, 4)
    inquiry = office.ask(requirement=requirement)
    monkeypatch.setattr(inquiry_answers, "BATCH", 2)
    office.answer(inquiry, NOT_USED)

    assert carry_out_waiting(Surroundings(office.database, MAILING, lambda: True), make.NOW) == {}
    assert carry_out_waiting(Surroundings(office.database, MAILING), make.NOW) == {"tasks": 2}


_DIES = """
import sys
from tests.services.test_inquiries import MAILING, make
from timethief.services.asking import answers as inquiry_answers
from timethief.services.surroundings import Surroundings
from timethief.storage.database import Database
inquiry_answers.BATCH = 2
inquiry_answers.carry_out_waiting(Surroundings(Database(sys.argv[1]), MAILING), make.NOW)
"""


def test_who_dies_between_two_batches_has_lost_nothing_and_does_nothing_twice(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    requirement, tasks = _requirement(office, 7)
    inquiry = office.ask(requirement=requirement)
    monkeypatch.setattr(inquiry_answers, "BATCH", 2)
    office.answer(inquiry, NOT_USED)
    url = office.database.url.render_as_string(hide_password=False)
    root = Path(__file__).parents[2]

    died = subprocess.run(
        [sys.executable, "-c", _DIES, url],
        env=os.environ
        | {"PYTHONPATH": str(root), "TIMETHIEF_TEST_CRASH_POINT": "inquiry.batch_stored"},
        check=False,
    )
    after_death = office.line(inquiry).tasks
    carry_out_waiting(Surroundings(office.database, MAILING), make.NOW)

    assert died.returncode == -signal.SIGKILL
    assert (after_death, office.line(inquiry).tasks) == (4, 7)
    with office.database.reading_all() as session:
        assert _receivers(session) == 7
        events = session.scalars(
            select(TaskEvent.task_id).where(TaskEvent.kind == "requester_answered")
        ).all()
    assert sorted(events) == tasks
    assert office.differences() == []


def test_the_same_form_sent_twice_is_one_answer(office: Office) -> None:
    inquiry, key = office.ask(), make.key()

    office.answer(inquiry, USED, key=key)
    office.answer(inquiry, NOT_USED, key=key)

    assert [use[2] for use in office.said()] == [InUse.CONFIRMED]
    with office.database.reading_all() as session:
        assert _receivers(session) == 1


def test_a_second_answer_is_refused(office: Office) -> None:
    inquiry = office.ask()
    office.answer(inquiry, USED)

    with pytest.raises(Conflict) as refused:
        office.answer(inquiry, NOT_USED)

    assert refused.value.reason == "answered"
    assert [use[2] for use in office.said()] == [InUse.CONFIRMED]


def test_of_two_who_answer_at_once_one_is_first(office: Office) -> None:
    inquiry, ready = office.ask(), Barrier(2)
    told: list[str] = []

    def send(given: Answer) -> None:
        ready.wait()
        try:
            office.answer(inquiry, given)
            told.append("taken")
        except Conflict as refusal:
            told.append(refusal.reason)

    both = [Thread(target=send, args=(given,)) for given in (USED, NOT_USED)]
    for each in both:
        each.start()
    for each in both:
        each.join()

    assert sorted(told) == ["answered", "taken"]
    with office.database.reading_all() as session:
        assert _receivers(session) == 1
    assert office.differences() == []


def test_a_late_answer_is_taken_until_the_link_closes(office: Office) -> None:
    first = office.ask()
    second = office.ask(recipient="")
    last = datetime.combine(DEADLINE + 90 * DAY, make.NOW.time(), make.NOW.tzinfo)

    office.answer(first, USED, now=last)
    with pytest.raises(Conflict) as refused:
        office.answer(second, USED, now=last + DAY)

    assert refused.value.reason == "closed"
    assert office.line(second, (last + DAY).date()).is_open is False


def test_what_was_taken_back_takes_no_answer(office: Office) -> None:
    inquiry = office.ask()
    with office.database.writing(office.organisation_id) as session:
        withdraw(session, office.anna, inquiry, make.NOW)
        withdraw(session, office.anna, inquiry, make.NOW)

    with pytest.raises(Conflict) as refused:
        office.answer(inquiry, USED)

    assert refused.value.reason == "closed"
    assert office.mails() == []
    with office.database.reading_all() as session:
        acts = session.scalars(select(AuditEvent.act).order_by(AuditEvent.act)).all()
        assert [act for act in acts if act.startswith("inquiry")] == [
            "inquiry_sent",
            "inquiry_withdrawn",
        ]
        assert asked(session, office.organisation_id, inquiry, make.TODAY).shown is None


def test_what_has_been_answered_cannot_be_taken_back_nor_reminded_of(office: Office) -> None:
    inquiry = office.ask()
    office.answer(inquiry, USED)

    for act in (
        lambda session: withdraw(session, office.anna, inquiry, make.NOW),
        lambda session: remind(session, office.anna, inquiry, DESK, make.NOW),
    ):
        with office.database.writing(office.organisation_id) as session:
            with pytest.raises(Conflict) as refused:
                act(session)
            assert refused.value.reason == "answered"


def test_the_mail_holds_the_link_and_nothing_that_staff_wrote(office: Office) -> None:
    inquiry = office.ask()

    (mail,) = office.mails()
    assert mail.recipient == TO
    assert DESK.link(office.row(inquiry)) in mail.text.split("\n\n")
    assert "Hör gärna av dig." in mail.text
    assert "31 mars 2026" in mail.text
    assert "Rapport" not in mail.text + mail.subject
    assert mail.subject == "Tre frågor från Ort"


def test_the_same_form_asks_once(office: Office) -> None:
    key = make.key()

    assert office.ask(key=key) == office.ask(key=key)
    assert len(office.mails()) == 1


def test_nobody_is_asked_the_same_thing_twice_at_a_time(office: Office) -> None:
    first = office.ask()
    with pytest.raises(Invalid) as refused:
        office.ask()
    assert (refused.value.field, refused.value.reason) == ("recipient", "already_asked")

    office.ask(recipient="annan@example.org")
    office.answer(first, USED)
    office.ask()


@pytest.mark.parametrize("deadline", [make.TODAY - DAY, make.TODAY, make.TODAY + 181 * DAY])
def test_a_deadline_that_cannot_be_is_refused(office: Office, deadline: date) -> None:
    with pytest.raises(Invalid) as refused:
        office.ask(deadline=deadline)

    assert refused.value.field == "deadline"
    assert office.mails() == []


@pytest.mark.parametrize("recipient", ["x", "a@b", "a@x.se\nBcc: b@x.se", "a@x.se,b@x.se"])
def test_what_is_no_address_is_refused(office: Office, recipient: str) -> None:
    with pytest.raises(Invalid) as refused:
        office.ask(recipient=recipient)

    assert refused.value.field == "recipient"


def test_an_organisation_mails_no_more_than_so_many_questions_in_a_day(office: Office) -> None:
    with office.database.writing_all() as session:
        for number in range(MAILS_A_DAY):
            session.add(
                Inquiry(
                    organisation_id=office.organisation_id,
                    task_id=office.task,
                    asked_at=make.NOW,
                    recipient=f"n{number}@example.org",
                    message="",
                    deadline=DEADLINE,
                    state="waiting",
                )
            )

    with pytest.raises(Invalid) as refused:
        office.ask()
    assert refused.value.reason == "asked_too_often"
    office.ask(recipient="")
    office.ask(now=make.NOW + DAY)


def test_without_a_mail_server_the_link_is_handed_over(office: Office) -> None:
    inquiry = office.ask(desk=SILENT)

    assert office.mails() == []
    with office.database.writing(office.organisation_id) as session:
        assert remind(session, office.anna, inquiry, SILENT, make.NOW) is False
    assert remind_requesters(Surroundings(office.database, CONFIG), make.NOW + 20 * DAY) == {}
    office.answer(inquiry, USED)
    assert office.line(inquiry).state == "answered"


def test_who_has_not_answered_is_reminded_once(office: Office) -> None:
    office.ask()
    surroundings = Surroundings(office.database, MAILING)

    early = remind_requesters(surroundings, make.NOW + 13 * DAY)
    due = remind_requesters(surroundings, make.NOW + 14 * DAY)
    again = [remind_requesters(surroundings, make.NOW + days * DAY) for days in (14, 15, 21, 30)]

    assert (early, due, again) == ({}, {"reminded": 1}, [{}, {}, {}, {}])
    first, second = office.mails()
    assert second.subject == "Påminnelse: tre frågor från Ort"
    assert first.text.split("\n\n")[-3] == second.text.split("\n\n")[-3]


def test_a_reminder_that_was_missed_is_sent_until_the_day_and_not_after(office: Office) -> None:
    office.ask()
    surroundings = Surroundings(office.database, MAILING)

    assert remind_requesters(surroundings, make.NOW + 22 * DAY) == {}
    assert remind_requesters(surroundings, make.NOW + 21 * DAY) == {"reminded": 1}


def test_who_was_reminded_by_hand_is_not_reminded_again_by_the_clock(office: Office) -> None:
    inquiry = office.ask()
    with office.database.writing(office.organisation_id) as session:
        assert remind(session, office.anna, inquiry, DESK, make.NOW + DAY)
        assert remind(session, office.anna, inquiry, DESK, make.NOW + DAY)

    assert len(office.mails()) == 2
    later = make.NOW + 14 * DAY
    assert remind_requesters(Surroundings(office.database, MAILING), later) == {}


@pytest.mark.parametrize("ended", ["answered", "withdrawn"])
def test_nobody_is_reminded_of_what_is_over(office: Office, ended: str) -> None:
    inquiry = office.ask()
    if ended == "answered":
        office.answer(inquiry, USED)
    else:
        with office.database.writing(office.organisation_id) as session:
            withdraw(session, office.anna, inquiry, make.NOW)

    later = make.NOW + 14 * DAY
    assert remind_requesters(Surroundings(office.database, MAILING), later) == {}


def test_mail_that_never_arrives_is_told(office: Office) -> None:
    inquiry = office.ask()
    other = office.ask(recipient="annan@example.org")
    with office.database.writing_all() as session:
        session.execute(
            update(OutboxMail)
            .where(OutboxMail.recipient == TO)
            .values(state=MailState.GIVEN_UP.value, ended_at=make.NOW)
        )

    assert office.line(inquiry).not_delivered
    assert not office.line(other).not_delivered
    office.answer(inquiry, USED)
    assert not office.line(inquiry).not_delivered


def test_mail_goes_to_somebody_without_an_account(office: Office) -> None:
    office.ask()

    counted = send_waiting(Surroundings(office.database, MAILING), make.NOW, patience=0.1)

    assert "dropped" not in counted
    assert [mail.state for mail in office.mails()] == [MailState.WAITING.value]


@pytest.mark.parametrize("role", [Role.STAFF, Role.LEADERSHIP, Role.ADMIN])
def test_only_reviewers_ask(office: Office, role: Role) -> None:
    inquiry = office.ask()
    other = replace(office.anna, role=role)
    new = NewInquiry(DEADLINE, office.task)
    acts = (
        lambda session: ask(session, other, new, DESK, make.key(), make.NOW),
        lambda session: withdraw(session, other, inquiry, make.NOW),
        lambda session: remind(session, other, inquiry, DESK, make.NOW),
    )
    for act in acts:
        with office.database.writing(office.organisation_id) as session, pytest.raises(NotAllowed):
            act(session)


def test_what_is_of_others_or_unknown_is_not_found(office: Office) -> None:
    inquiry = office.ask()
    with office.database.writing_all() as session:
        neighbours = make.organisation(session, "granne")
        greta = make.actor(session, neighbours, Role.SUPPORT, "Greta")
    own = neighbours.organisation_id
    acts = (
        lambda s: ask(s, greta, NewInquiry(DEADLINE, office.task), DESK, make.key(), make.NOW),
        lambda s: ask(s, greta, NewInquiry(DEADLINE, None, 12345), DESK, make.key(), make.NOW),
        lambda s: withdraw(s, greta, inquiry, make.NOW),
        lambda s: remind(s, greta, inquiry, DESK, make.NOW),
        lambda s: answer(s, own, inquiry, USED, make.key(), make.NOW),
        lambda s: shown_of_task(s, own, office.task),
        lambda s: shown_of_requirement(s, own, 12345),
        lambda s: asked(s, own, inquiry, make.TODAY),
        lambda s: read.inquiry(s, greta, inquiry, make.TODAY),
    )
    for act in acts:
        with office.database.writing(own) as session, pytest.raises(NotFound):
            act(session)


def test_a_requirement_that_no_task_answers_cannot_be_asked_about(office: Office) -> None:
    requirement, _ = _requirement(office, 0)

    with pytest.raises(NotFound):
        office.ask(requirement=requirement)


def test_the_sum_is_told_where_it_is_about_no_single_task(office: Office) -> None:
    def whole() -> int | None:
        with office.database.reading(office.organisation_id) as session:
            found = shown_of_task(session, office.organisation_id, office.task).whole
        return None if found is None else found.tasks

    alone = whole()
    _requirement(office, 2)

    assert alone is None
    assert whole() == 3


def test_readers_see_the_answer_but_not_the_address(office: Office) -> None:
    inquiry = office.ask()
    office.answer(inquiry, USED)
    with office.database.writing_all() as session:
        rut = make.actor(session, office.place, Role.STAFF, "Rut")

    with office.database.reading(office.organisation_id) as session:
        (line,) = read.inquiries_of_task(session, rut, office.task, make.TODAY)

    assert line.answered is not None
    assert (line.recipient, line.asked_by, line.message) == ("", "", "")


def test_the_task_tells_what_was_asked_of_its_requirement(office: Office) -> None:
    requirement, tasks = _requirement(office, 1)
    office.ask(requirement=requirement)

    with office.database.reading(office.organisation_id) as session:
        (line,) = read.inquiries_of_task(session, office.anna, tasks[0], DEADLINE + DAY)
        none = read.inquiries_of_task(session, office.anna, office.task, DEADLINE)
        waiting = read.waiting_for_requirements(session, office.organisation_id)

    assert (line.shown_state, line.task_id, line.about) == ("late", None, "Statistik")
    assert none == ()
    assert list(waiting.values()) == [DEADLINE]


def test_the_list_is_walked_a_page_at_a_time_without_loss(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read, "PAGE", 2)
    made = [
        office.ask(recipient=f"n{number}@example.org", deadline=DEADLINE + (number % 3) * DAY)
        for number in range(5)
    ]

    def walk(part: str) -> list[str]:
        seen, after = [], None
        while True:
            with office.database.reading(office.organisation_id) as session:
                page = getattr(read, part)(session, office.anna, make.TODAY, after)
            seen += [line.id for line in page.lines]
            after = page.after
            if after is None:
                return seen

    waiting = walk("open_inquiries")
    assert len(set(waiting)) == len(waiting) == 5
    deadlines = [office.line(inquiry).deadline for inquiry in made]
    assert [office.line(from_text(each)).deadline for each in waiting] == sorted(deadlines)
    assert walk("ended_inquiries") == []
    for inquiry in made:
        with office.database.writing(office.organisation_id) as session:
            withdraw(session, office.anna, inquiry, make.NOW)
    assert sorted(walk("ended_inquiries")) == sorted(waiting)


@pytest.mark.parametrize(
    "cursor", ["x", "2026-03-10", "2026-13-99.zzzzzzzzzzzz", f"{'9' * 40}.zzzzzzzzzzzz"]
)
@pytest.mark.parametrize("part", ["open_inquiries", "ended_inquiries"])
def test_a_cursor_that_cannot_be_read_is_refused(office: Office, part: str, cursor: str) -> None:
    with (
        office.database.reading(office.organisation_id) as session,
        pytest.raises(Invalid) as refused,
    ):
        getattr(read, part)(session, office.anna, make.TODAY, cursor)

    assert refused.value.reason == "unreadable"
