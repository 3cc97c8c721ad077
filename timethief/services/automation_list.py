"""Keeping the list of what may be automated true: it follows every answer, figure and status of a task."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.automation_case import automation_case
from timethief.domain.automation_gate import (
    Answers,
    GateAnswerKind,
    GateQuestion,
    Standing,
    standing,
)
from timethief.domain.measures import PER_HOUR, millionths
from timethief.domain.policy import Policy
from timethief.domain.vocabulary import TaskStatus
from timethief.storage.facts import automation_of
from timethief.storage.tables import AssessmentRow, AutomationCandidate, GateAnswer, Task


def follow(
    session: Session,
    tasks: Sequence[Task],
    rows: Mapping[int, AssessmentRow],
    policy: Policy,
    on: date,
) -> None:
    """Let the tasks among them that somebody has looked at enter the list, leave it, or stand there with new figures.

    Args:
        session: writing.
        tasks: that have been assessed, or whose questions were answered.
        rows: their assessments, by task.
        policy: that they are assessed by.
        on: the day.
    """
    ids = [task.id for task in tasks]
    found = session.scalars(
        select(AutomationCandidate).where(AutomationCandidate.task_id.in_(ids))
    ).all()
    if not found:
        return
    answers = answers_of(session, [candidate.task_id for candidate in found])
    by_id = {task.id: task for task in tasks}
    for candidate in found:
        task = by_id[candidate.task_id]
        hours = rows[task.id].cost_likely / PER_HOUR
        automation = automation_of(task)
        case = None if automation is None else automation_case(automation, policy, hours)
        candidate.gain_hours = (
            0 if case is None else millionths(case.net_hours / policy.horizon_years)
        )
        if standing_of(task, answers[task.id], candidate.human_check) is not Standing.LISTED:
            candidate.entered_on = None
        elif candidate.entered_on is None:
            candidate.entered_on = on


def standing_of(task: Task, answers: Answers, human_check: str) -> Standing:
    """Whether a stored task may be automated; what has been merged into another is closed."""
    status = TaskStatus.STOPPED if task.merged_into_id is not None else TaskStatus(task.status)
    return standing(answers, automation_of(task), status, human_check)


def answers_of(
    session: Session, task_ids: Collection[int]
) -> dict[int, dict[GateQuestion, GateAnswerKind]]:
    """What has been answered of each of the tasks."""
    found: dict[int, dict[GateQuestion, GateAnswerKind]] = {task_id: {} for task_id in task_ids}
    for row in session.scalars(select(GateAnswer).where(GateAnswer.task_id.in_(task_ids))):
        found[row.task_id][GateQuestion(row.question)] = GateAnswerKind(row.answer)
    return found
