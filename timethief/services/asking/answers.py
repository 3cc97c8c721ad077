"""What a requester has answered becomes the receiver's statement on the uses of each task that it is about.

In batches, in the order of the tasks' identifiers, each with the note of how far it came in the same transaction:
who dies in the middle has lost nothing, and nothing is stated twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.inquiries import (
    Answer,
    InquiryState,
    Relevant,
    Restated,
    Said,
    Used,
    WorthIt,
    restated,
)
from timethief.domain.statements import Statement
from timethief.domain.tasks import Use
from timethief.domain.vocabulary import Beneficiary, Level, Purpose, Source
from timethief.i18n import TIME_ZONE
from timethief.services.asking.letters import requester_of
from timethief.services.assessments import assess_tasks
from timethief.services.history import EventKind, note
from timethief.services.surroundings import Surroundings
from timethief.services.tasks import add_statement, add_use
from timethief.storage.assumptions import load_assumptions
from timethief.storage.crash_points import crash_point
from timethief.storage.facts import UseRows, statement_of, use_of
from timethief.storage.merged import IS_LIVE
from timethief.storage.tables import AssessmentRow, Inquiry, Organisation, Task, TaskUse
from timethief.storage.totals import Ledger
from timethief.storage.turns import take_turn
from timethief.storage.uses import uses_of

BATCH = 100
"""Tasks at a time: so many keep neither who answers nor anybody who writes waiting for long."""


def carry_out(session: Session, inquiry: Inquiry, now: datetime) -> int:
    """State what was answered on the next tasks; on how many. The last batch notes that all is done.

    Args:
        session: writing; the organisation's turn is taken.
        inquiry: that has been answered.
        now: time of the act.
    """
    tasks = session.scalars(
        select(Task)
        .where(
            Task.organisation_id == inquiry.organisation_id,
            Task.id == inquiry.task_id
            if inquiry.task_id is not None
            else Task.requirement_id == inquiry.requirement_id,
            Task.id > (inquiry.carried_to or 0),
            IS_LIVE,
        )
        .order_by(Task.id)
        .limit(BATCH)
    ).all()
    if tasks:
        _state(session, inquiry, tasks, now)
        inquiry.carried_to = tasks[-1].id
        inquiry.carried_tasks += len(tasks)
    if len(tasks) < BATCH:
        inquiry.carried_out_at = now
    return len(tasks)


def carry_out_waiting(surroundings: Surroundings, now: datetime) -> Mapping[str, int]:
    """Go on with answers that are about more tasks than could be seen to at once."""
    database, count = surroundings.database, 0
    with database.reading_all() as session:
        waiting = session.execute(
            select(Inquiry.organisation_id, Inquiry.id)
            .join(Organisation, Organisation.id == Inquiry.organisation_id)
            .where(
                Inquiry.state == InquiryState.ANSWERED.value,
                Inquiry.carried_out_at.is_(None),
                Organisation.active.is_(True),
            )
            .order_by(Inquiry.ended_at, Inquiry.id)
        ).all()
    for organisation_id, inquiry_id in waiting:
        going_on = True
        while going_on and not surroundings.stopping():
            with database.writing(organisation_id) as session:
                take_turn(session, organisation_id)
                inquiry = session.get(Inquiry, inquiry_id)
                if inquiry is None or inquiry.carried_out_at is not None:
                    break
                count += carry_out(session, inquiry, now)
                going_on = inquiry.carried_out_at is None
            crash_point("inquiry.batch_stored")
    return {"tasks": count} if count else {}


def answer_in(inquiry: Inquiry) -> Answer:
    """What was answered, as it is stored."""
    return Answer(
        used=Used(inquiry.used or ""),
        relevant=Relevant(inquiry.relevant or ""),
        worth=WorthIt(inquiry.worth or ""),
        beneficiary=None if inquiry.beneficiary is None else Beneficiary(inquiry.beneficiary),
        purpose=None if inquiry.purpose is None else Purpose(inquiry.purpose),
        comment=inquiry.comment,
        answered_by=inquiry.answered_by,
    )


def _state(session: Session, inquiry: Inquiry, tasks: Sequence[Task], now: datetime) -> None:
    """What the answer makes of the tasks: statements, assessments, totals and history."""
    answer, level = answer_in(inquiry), Level(requester_of(session, inquiry).level)
    assumptions = load_assumptions(
        session, inquiry.organisation_id, now.astimezone(TIME_ZONE).date()
    )
    ids = [task.id for task in tasks]
    uses, before = uses_of(session, ids), _told(session, ids)
    for task in tasks:
        known = uses[task.id]
        for meant in restated(answer, [_said(n, rows) for n, rows in enumerate(known)], level):
            _restate(session, task, known, meant, now)
        task.version += 1
    ledger = Ledger()
    assess_tasks(session, tasks, assumptions, ledger)
    ledger.store(session)
    session.flush()
    after = _told(session, ids)
    for task in tasks:
        note(
            session,
            None,
            task,
            EventKind.REQUESTER_ANSWERED,
            now,
            before[task.id],
            after[task.id],
        )


def _said(number: int, rows: UseRows) -> Said:
    row, statements = rows
    return Said(
        number,
        Beneficiary(row.beneficiary),
        Purpose(row.purpose),
        [statement_of(each) for each in statements],
    )


def _restate(
    session: Session, task: Task, known: Sequence[UseRows], restated_: Restated, now: datetime
) -> None:
    said_on, meant = now.astimezone(TIME_ZONE).date(), restated_.meant
    if restated_.use is None:
        add_use(
            session,
            task,
            meant,
            position=max((row.position for row, _ in known), default=0) + 1,
            source=Source.RECEIVER,
            said_on=said_on,
        )
        return
    row, statements = known[restated_.use]
    row.beneficiary, row.purpose = meant.beneficiary.value, meant.purpose.value
    if _stands(row, statements, meant):
        return
    said = Statement(Source.RECEIVER, meant.in_use, meant.worth, said_on)
    last = max(each.sequence for each in statements)
    add_statement(session, row, said, sequence=last + 1)


def _stands(row: TaskUse, statements: Sequence[Any], meant: Use) -> bool:
    """Whether the receiver has said just this already, and nothing else since."""
    own = [each for each in statements if each.source == Source.RECEIVER.value]
    return bool(own) and use_of(row, own[-1:]) == meant


def _told(session: Session, task_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """What the history tells of each task: its verdict, and what is recommended."""
    rows = session.execute(
        select(AssessmentRow.task_id, AssessmentRow.verdict, AssessmentRow.recommended).where(
            AssessmentRow.task_id.in_(task_ids)
        )
    )
    return {
        task_id: {"verdict": verdict, "recommended": recommended}
        for task_id, verdict, recommended in rows
    }
