"""Answering the questions that come before automation, and saying what a person would still look at."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.automation_gate import (
    LONGEST_TOLD,
    UNDO_DAYS,
    GateAnswerKind,
    GateQuestion,
    NewAnswer,
    Standing,
    check_turn,
)
from timethief.domain.errors import Conflict, Invalid, NotFound
from timethief.domain.people import Actor, Permission, ensure
from timethief.domain.tasks import read_text
from timethief.i18n import TIME_ZONE
from timethief.services.automation_list import answers_of, follow, standing_of
from timethief.services.history import EventKind, note
from timethief.services.sent_forms import earlier_result, remember
from timethief.services.tasks import owned
from timethief.storage.assumptions import policy_in_force
from timethief.storage.tables import (
    AssessmentRow,
    AutomationCandidate,
    GateAnswer,
    Task,
    TaskEvent,
)
from timethief.storage.turns import take_turn

HUMAN_CHECK = "human_check"
"""The part of the gate that comes after the questions."""
PARTS = (*(question.value for question in GateQuestion), HUMAN_CHECK)


def answer(
    session: Session,
    actor: Actor,
    task_id: int,
    new: NewAnswer,
    seen: datetime | None,
    key: str,
    now: datetime,
) -> Standing:
    """Answer one question, for the first time or anew; how the task stands after it.

    Args:
        session: writing.
        actor: a reviewer.
        task_id: the task.
        new: the answer.
        seen: when the answer that the actor saw was given; None where there was none.
        key: of the form; sent again it changes nothing.
        now: time of the answer.

    Raises:
        NotAllowed: the actor may not review.
        NotFound: the task is not of the organisation.
        Invalid: there is no reason, or an earlier question comes first.
        Conflict: reason `changed_meanwhile`, or `form_of_another`.
    """
    task = _turn(session, actor, task_id)
    if _was_sent(session, task, new.question, key):
        return _standing(session, task)
    told = new.tidied()
    check_turn(told.question, answers_of(session, [task.id])[task.id])
    row = session.get(GateAnswer, (task.id, told.question.value))
    if (None if row is None else row.answered_at) != seen:
        raise Conflict("changed_meanwhile")
    before = _told(row)
    if row is None:
        row = GateAnswer(
            task_id=task.id, question=told.question.value, organisation_id=task.organisation_id
        )
        session.add(row)
    row.answer, row.reason = told.kind.value, told.reason
    row.user_id, row.answered_at = actor.user_id, now
    note(session, actor, task, EventKind.GATE_ANSWERED, now, before, _told(row))
    remember(session, task.organisation_id, key, _result(task, told.question), now)
    return _followed(session, task, now)


def state_check(
    session: Session,
    actor: Actor,
    task_id: int,
    human_check: str,
    seen: str,
    key: str,
    now: datetime,
) -> Standing:
    """Say what a person would still look at; the task then enters the list, if nothing else stands in its way.

    Args:
        session: writing.
        actor: a reviewer.
        task_id: the task.
        human_check: what a person would still look at.
        seen: what stood there when the actor opened the form.
        key: of the form; sent again it changes nothing.
        now: time of the statement.

    Raises:
        NotAllowed, NotFound, Conflict: as `answer`.
        Invalid: nothing was said; or the task takes judgement about a person, and is not for automation.
    """
    task = _turn(session, actor, task_id)
    if _was_sent(session, task, HUMAN_CHECK, key):
        return _standing(session, task)
    if _standing(session, task) is Standing.JUDGEMENT:
        raise Invalid(HUMAN_CHECK, "takes_judgement")
    told = read_text(human_check, HUMAN_CHECK, LONGEST_TOLD, required=True)
    row = session.get(AutomationCandidate, task.id)
    before = "" if row is None else row.human_check
    if before != seen:
        raise Conflict("changed_meanwhile")
    _put_check(session, task, told)
    note(session, actor, task, EventKind.GATE_ANSWERED, now, _check(before), _check(told))
    remember(session, task.organisation_id, key, _result(task, HUMAN_CHECK), now)
    return _followed(session, task, now)


def undo(
    session: Session, actor: Actor, task_id: int, part: str, done_at: datetime, now: datetime
) -> Standing:
    """Put back what stood before the newest change of a part of the gate.

    Args:
        session: writing.
        actor: a reviewer.
        task_id: the task.
        part: a question, or `HUMAN_CHECK`.
        done_at: when the change was made that is to be undone.
        now: time of the act.

    Raises:
        NotAllowed, NotFound: as `answer`; or there is no such part.
        Conflict: reason `changed_meanwhile` where something else has been said since, `too_late` after 30 days.
    """
    task = _turn(session, actor, task_id)
    if part not in PARTS:
        raise NotFound("question")
    changes = [each for each in _events(session, task) if _is_about(each, part)]
    if not changes or changes[0].happened_at != done_at:
        raise Conflict("changed_meanwhile")
    if now - done_at > timedelta(days=UNDO_DAYS):
        raise Conflict("too_late")
    event = changes[0]
    if part == HUMAN_CHECK:
        _put_check(session, task, event.before.get(part, ""))
    else:
        _put_back(session, task, GateQuestion(part), event, changes)
    # From what was undone to what stands again.
    note(session, actor, task, EventKind.GATE_ANSWERED, now, event.after, event.before)
    return _followed(session, task, now)


def _turn(session: Session, actor: Actor, task_id: int) -> Task:
    ensure(actor, Permission.REVIEW_TASKS)
    take_turn(session, actor.organisation_id)
    return owned(session, actor.organisation_id, task_id)


def _result(task: Task, part: str) -> str:
    return f"gate {task.id} {part}"


def _was_sent(session: Session, task: Task, part: str, key: str) -> bool:
    earlier = earlier_result(session, task.organisation_id, key)
    if earlier is not None and earlier != _result(task, part):
        raise Conflict("form_of_another")
    return earlier is not None


def _put_back(
    session: Session,
    task: Task,
    question: GateQuestion,
    undone: TaskEvent,
    changes: list[TaskEvent],
) -> None:
    """Let the answer be what it was before the change, by whom and when it was given; or none."""
    row = session.get_one(GateAnswer, (task.id, question.value))
    before: Mapping[str, str] = undone.before
    if question.value not in before and f"{question.value}_at" not in before:
        session.delete(row)
        session.flush()
        return
    # What was the same before and after is not noted.
    answered = before.get(question.value, row.answer)
    if answered not in list(GateAnswerKind):
        raise Conflict("changed_meanwhile")  # masked since
    row.answer = answered
    row.reason = before.get(f"{question.value}_reason", row.reason)
    row.answered_at = datetime.fromisoformat(before[f"{question.value}_at"])
    given = (each for each in changes if each.happened_at == row.answered_at)
    row.user_id = next((each.user_id for each in given), None)


def _put_check(session: Session, task: Task, told: str) -> None:
    row = session.get(AutomationCandidate, task.id)
    if row is None:
        row = AutomationCandidate(
            task_id=task.id, organisation_id=task.organisation_id, gain_hours=0
        )
        session.add(row)
    row.human_check = told


def _told(row: GateAnswer | None) -> dict[str, str]:
    """What the history tells of an answer."""
    if row is None:
        return {}
    return {
        row.question: row.answer,
        f"{row.question}_reason": row.reason,
        f"{row.question}_at": row.answered_at.isoformat(),
    }


def _check(told: str) -> dict[str, str]:
    return {HUMAN_CHECK: told} if told else {}


def _events(session: Session, task: Task) -> list[TaskEvent]:
    """What has been answered of the task, newest first."""
    query = select(TaskEvent).where(
        TaskEvent.task_id == task.id, TaskEvent.kind == EventKind.GATE_ANSWERED.value
    )
    return list(session.scalars(query.order_by(TaskEvent.happened_at.desc())))


def _is_about(event: TaskEvent, part: str) -> bool:
    """An answer that is given anew may change nothing but its reason and its time."""
    names = {part, f"{part}_at"}
    return bool(names & (event.before.keys() | event.after.keys()))


def _standing(session: Session, task: Task) -> Standing:
    candidate = session.get(AutomationCandidate, task.id)
    check = "" if candidate is None else candidate.human_check
    return standing_of(task, answers_of(session, [task.id])[task.id], check)


def _followed(session: Session, task: Task, now: datetime) -> Standing:
    session.flush()
    row = session.scalars(select(AssessmentRow).where(AssessmentRow.task_id == task.id)).one()
    policy = policy_in_force(session, task.organisation_id)
    follow(session, [task], {task.id: row}, policy, now.astimezone(TIME_ZONE).date())
    return _standing(session, task)
