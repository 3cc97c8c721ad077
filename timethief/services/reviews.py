"""What a reviewer does: fill in what staff cannot know, and see the verdict move before saving."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from timethief.domain.assessment import Assessment, assess
from timethief.domain.errors import Conflict
from timethief.domain.explanation import Explanation, explain
from timethief.domain.people import Actor, Permission, ensure
from timethief.domain.ranges import Range
from timethief.domain.review import Review
from timethief.domain.statements import Statement
from timethief.domain.tasks import TaskFacts, Use, check_yearly_time
from timethief.domain.vocabulary import Source, TaskStatus
from timethief.services.history import EventKind, note
from timethief.services.sent_forms import earlier_result, remember
from timethief.services.staff_categories import owned_category
from timethief.services.tasks import add_statement, add_use, owned, settle
from timethief.storage.assumptions import Assumptions, load_assumptions
from timethief.storage.facts import UseRows, facts_of, use_of
from timethief.storage.tables import AssessmentRow, Task, TaskUse
from timethief.storage.turns import take_turn
from timethief.storage.uses import uses_of

_TOLD = (
    "minutes",
    "minutes_low",
    "minutes_high",
    "times",
    "per",
    "people",
    "people_low",
    "people_high",
    "binding",
    "legal_basis",
    "achievable_minutes",
    "sufficient_times",
    "sufficient_per",
    "duplicate_share",
    "rule_based",
    "digital_input",
    "exceptions",
    "systems",
    "stable",
    "needs_judgement",
)
"""What the history tells of a task's figures."""


def preview(
    session: Session, actor: Actor, task_id: int, review: Review, now: datetime
) -> tuple[Assessment, Explanation]:
    """What the task would come to with these figures; nothing is stored.

    Raises:
        NotAllowed, NotFound, Invalid: as `store`.
    """
    ensure(actor, Permission.REVIEW_TASKS)
    task = owned(session, actor.organisation_id, task_id)
    assumptions = load_assumptions(session, actor.organisation_id, now.date())
    facts = _reviewed(session, task, review, assumptions)
    assessment = assess(facts, assumptions.policy)
    return assessment, explain(facts, assumptions.policy, assessment)


def store(
    session: Session,
    actor: Actor,
    task_id: int,
    review: Review,
    version: int,
    key: str,
    now: datetime,
) -> None:
    """Set the figures of a task; from now on they count instead of the reports'.

    Args:
        session: writing.
        actor: a reviewer.
        task_id: the task.
        review: all figures and uses as the reviewer holds them.
        version: of the task that the reviewer saw.
        key: of the form; sent again it changes nothing.
        now: time of the review.

    Raises:
        NotAllowed: the actor may not review.
        NotFound: the task, or the other staff category, is not of the organisation.
        Invalid: it would take a person more than all hours of a year.
        Conflict: reason `changed_meanwhile`, or `form_of_another` where the key was sent with another form.
    """
    ensure(actor, Permission.REVIEW_TASKS)
    take_turn(session, actor.organisation_id)
    task = owned(session, actor.organisation_id, task_id)
    earlier = earlier_result(session, actor.organisation_id, key)
    if earlier == str(task.id):
        return
    if earlier is not None:
        raise Conflict("form_of_another")
    if task.version != version:
        raise Conflict("changed_meanwhile")
    assumptions = load_assumptions(session, actor.organisation_id, now.date())
    _reviewed(session, task, review, assumptions)
    before = told(session, task)
    write_figures(task, review)
    _state_uses(session, task, review, now)
    if task.status == TaskStatus.REPORTED.value:
        task.status = TaskStatus.IN_REVIEW.value
    settle(session, task, assumptions)
    session.flush()
    note(session, actor, task, EventKind.REVIEWED, now, before, told(session, task))
    remember(session, actor.organisation_id, key, str(task.id), now)


def _reviewed(session: Session, task: Task, review: Review, assumptions: Assumptions) -> TaskFacts:
    likely = review.minutes.likely if isinstance(review.minutes, Range) else review.minutes
    check_yearly_time(likely, review.frequency, assumptions.policy)
    other = None
    if review.other_staff_category_id is not None:
        owned_category(session, task.organisation_id, review.other_staff_category_id)
        other = assumptions.tariffs[review.other_staff_category_id]
    elif task.other_staff_category_id is None:
        # A tariff given without a category stays until a category is named.
        other = task.other_hourly_cost_sek
    facts = facts_of(task, uses_of(session, [task.id])[task.id], assumptions.tariffs)
    return review.applied_to(facts, other)


def write_figures(task: Task, review: Review) -> None:
    """Let the task hold the figures of the review, all but its uses."""
    task.figures_by = Source.REVIEWER.value
    task.assumed = False
    task.minutes_low, task.minutes, task.minutes_high = _spread(review.minutes)
    people_low, people, people_high = _spread(review.people)
    task.people = int(people)
    task.people_low = None if people_low is None else int(people_low)
    task.people_high = None if people_high is None else int(people_high)
    task.times, task.per = review.frequency.times, review.frequency.per.value
    task.binding, task.legal_basis = review.binding.value, review.legal_basis
    task.achievable_minutes = review.achievable_minutes
    enough = review.sufficient_frequency
    task.sufficient_times = enough.times if enough else None
    task.sufficient_per = enough.per.value if enough else None
    if review.other_staff_category_id is not None or task.other_staff_category_id is not None:
        task.other_hourly_cost_sek = None
    task.other_staff_category_id = review.other_staff_category_id
    task.duplicate_share = review.duplicate_share
    automation = review.automation
    task.rule_based = automation.rule_based if automation else None
    task.digital_input = automation.digital_input if automation else None
    task.exceptions = automation.exceptions if automation else None
    task.stable = automation.stable if automation else True
    task.systems = int(automation.systems) if automation else 1
    task.needs_judgement = automation.needs_judgement if automation else False


def _spread(estimate: float | Range) -> tuple[float | None, float, float | None]:
    if isinstance(estimate, Range):
        return estimate.low, estimate.likely, estimate.high
    return None, estimate, None


def _state_uses(session: Session, task: Task, review: Review, now: datetime) -> None:
    """Add what the reviewer says anew; a use whose answer is unchanged keeps the word it had.

    A use that the reviewer left out is struck: what was said of it is kept, and counts no more.
    """
    known = uses_of(session, [task.id])[task.id]
    pairs = _paired(review.uses, known)
    for row, _ in known:
        strike(session, row)
    for position, (use, rows) in enumerate(pairs, start=1):
        if rows is None:
            said_on = now.date()
            add_use(session, task, use, position=position, source=Source.REVIEWER, said_on=said_on)
        else:
            rows[0].position = position
            _state_again(session, rows, use, now)


def _paired(uses: Sequence[Use], known: Sequence[UseRows]) -> list[tuple[Use, UseRows | None]]:
    """Each use with the stored one that it is: the same beneficiary and purpose, else the first left over."""
    free = list(known)
    found: dict[int, UseRows] = {}
    for number, use in enumerate(uses):
        same = [rows for rows in free if _is_about(rows, use)]
        if same:
            found[number] = same[0]
            free.remove(same[0])
    for number in range(len(uses)):
        if number not in found and free:
            found[number] = free.pop(0)
    return [(use, found.get(number)) for number, use in enumerate(uses)]


def _is_about(rows: UseRows, use: Use) -> bool:
    row = rows[0]
    return (row.beneficiary, row.purpose) == (use.beneficiary.value, use.purpose.value)


def strike(session: Session, row: TaskUse) -> None:
    """Let the use count no more; what was said of it is kept."""
    lowest = session.scalar(
        select(func.min(TaskUse.position)).where(TaskUse.task_id == row.task_id)
    )
    row.position = min(lowest or 0, 0) - 1
    session.flush()


def _state_again(session: Session, rows: UseRows, use: Use, now: datetime) -> None:
    row, statements = rows
    row.beneficiary, row.purpose = use.beneficiary.value, use.purpose.value
    if use_of(row, statements) == use:
        return
    said = Statement(Source.REVIEWER, use.in_use, use.worth, now.date())
    add_statement(session, row, said, sequence=len(statements) + 1)


def told(session: Session, task: Task) -> dict[str, Any]:
    """What the history tells of a task: its figures and its verdict."""
    row = session.scalars(select(AssessmentRow).where(AssessmentRow.task_id == task.id)).one()
    return {
        **{name: getattr(task, name) for name in _TOLD},
        "status": task.status,
        "verdict": row.verdict,
        "recommended": row.recommended,
    }
