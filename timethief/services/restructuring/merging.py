"""Merging tasks that are the same: one is kept, with all that was said of any of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from timethief.domain.errors import Conflict, Invalid, NotFound
from timethief.domain.identifiers import new_identifier, to_text
from timethief.domain.own_time import check_not_own
from timethief.domain.people import Actor, Permission, ensure
from timethief.domain.restructuring import (
    Merge,
    RestructuringKind,
    check_can_be_merged,
    check_number_merged,
)
from timethief.domain.review import MOST_USES
from timethief.domain.vocabulary import Source
from timethief.i18n import TIME_ZONE
from timethief.services.assessments import forget_assessments
from timethief.services.history import EventKind, note
from timethief.services.restructuring.copying import copy_use, next_position
from timethief.services.restructuring.marks import marks_of
from timethief.services.restructuring.moving import move_over
from timethief.services.reviews import told
from timethief.services.sent_forms import earlier_numbers, remember
from timethief.services.tasks import refigure, reports_of, settle
from timethief.storage import search
from timethief.storage.assumptions import load_assumptions
from timethief.storage.facts import UseRows
from timethief.storage.tables import RestructuredTask, Restructuring, Task
from timethief.storage.turns import take_turn
from timethief.storage.uses import signals_of, uses_of


def merge(session: Session, actor: Actor, wanted: Merge, key: str, now: datetime) -> int:
    """Let one task stand for several: it gets their reports, signals, questions and requests.

    The others count no more and are found nowhere; their addresses lead to the kept one.

    Args:
        session: writing.
        actor: a reviewer.
        wanted: which tasks, and what the reviewer has chosen.
        key: of the form; sent again it gives the same merge.
        now: time of the act.

    Returns:
        Identifier of the merge, by which it can be undone.

    Raises:
        NotAllowed: the actor may not review.
        NotFound: one of the tasks is not the organisation's.
        Invalid: of `task`, `unit` or `uses`.
        Conflict: `merged`, `stopped`, `decided` or `changed_meanwhile`.
    """
    ensure(actor, Permission.REVIEW_TASKS)
    take_turn(session, actor.organisation_id)
    earlier = earlier_numbers(session, actor.organisation_id, key)
    if earlier is not None:
        return earlier[0]
    check_number_merged([wanted.kept_id, *wanted.other_ids])
    kept, *others = (
        _standing(session, actor, each, wanted.versions)
        for each in (wanted.kept_id, *wanted.other_ids)
    )
    for task in (kept, *others):
        check_can_be_merged(task.status, kept=task is kept)
        check_not_own(task.origin)
    chosen_unit = _unit(kept, others, wanted.unit_id)
    added = _chosen_uses(session, kept, others, wanted.use_ids)
    assumptions = load_assumptions(session, actor.organisation_id, now.astimezone(TIME_ZONE).date())
    before = told(session, kept)
    row = Restructuring(
        id=new_identifier(),
        organisation_id=actor.organisation_id,
        kind=RestructuringKind.MERGE.value,
        task_id=kept.id,
        user_id=actor.user_id,
        done_at=now,
        version_after=kept.version,
        before={
            "unit_id": to_text(kept.unit_id),
            "figures_by": kept.figures_by,
            "signals": sorted(signals_of(session, [kept.id])[kept.id]),
            "reports": [str(report.id) for report in reports_of(session, kept)],
        },
    )
    session.add(row)
    session.flush()
    for task in others:
        _put_into(session, actor, task, kept, row, now)
    forget_assessments(session, [task.id for task in others], assumptions)
    position = next_position(session, kept)
    new = [copy_use(session, rows, kept, position + n) for n, rows in enumerate(added)]
    refigure(session, kept, assumptions)
    if chosen_unit != kept.unit_id:
        # A report would bring its own unit back: from here on the reviewer's word counts.
        kept.unit_id, kept.figures_by = chosen_unit, Source.REVIEWER.value
        settle(session, kept, assumptions)
    session.flush()
    after = told(session, kept)
    note(session, actor, kept, EventKind.MERGED, now, before, after)
    row.version_after = kept.version
    row.before = row.before | {
        "added_uses": [to_text(use.id) for use in new],
        "marks": marks_of(session, kept.id),
    }
    remember(session, actor.organisation_id, key, str(row.id), now)
    session.flush()
    return row.id


def uses_to_add(session: Session, kept_id: int, other_ids: Sequence[int]) -> list[UseRows]:
    """Uses of the others that the kept task does not have: another beneficiary, or another purpose."""
    uses = uses_of(session, [kept_id, *other_ids])
    known = {_pair(rows) for rows in uses[kept_id]}
    found: list[UseRows] = []
    for task_id in other_ids:
        for rows in uses[task_id]:
            if _pair(rows) not in known:
                known.add(_pair(rows))
                found.append(rows)
    return found


def _pair(rows: UseRows) -> tuple[str, str]:
    return rows[0].beneficiary, rows[0].purpose


def _standing(session: Session, actor: Actor, task_id: int, versions: Mapping[int, int]) -> Task:
    task = session.get(Task, task_id)
    if task is None or task.organisation_id != actor.organisation_id:
        raise NotFound("task")
    if task.merged_into_id is not None:
        raise Conflict("merged")
    if versions.get(task_id) != task.version:
        raise Conflict("changed_meanwhile")
    return task


def _unit(kept: Task, others: Sequence[Task], unit_id: int | None) -> int:
    """A task is of one unit: where they are of several, the reviewer says of which."""
    units = {task.unit_id for task in (kept, *others)}
    if len(units) == 1:
        return kept.unit_id
    if unit_id is None:
        raise Invalid("unit", "required_of_merged")
    if unit_id not in units:
        raise Invalid("unit", "not_a_choice")
    return unit_id


def _chosen_uses(
    session: Session, kept: Task, others: Sequence[Task], use_ids: Collection[int]
) -> list[UseRows]:
    offered = {
        rows[0].id: rows for rows in uses_to_add(session, kept.id, [task.id for task in others])
    }
    if not set(use_ids) <= offered.keys():
        raise Invalid("uses", "not_a_choice")
    if len(uses_of(session, [kept.id])[kept.id]) + len(set(use_ids)) > MOST_USES:
        raise Invalid("uses", "too_many_items", limit=MOST_USES)
    return [rows for use_id, rows in offered.items() if use_id in use_ids]


def _put_into(
    session: Session, actor: Actor, task: Task, kept: Task, row: Restructuring, now: datetime
) -> None:
    moved: dict[str, Any] = move_over(session, task, kept, now)
    task.merged_into_id = kept.id
    task.version += 1
    search.forget(session, task.id)
    session.add(
        RestructuredTask(
            restructuring_id=row.id,
            task_id=task.id,
            organisation_id=task.organisation_id,
            moved=moved,
        )
    )
    note(session, actor, task, EventKind.MERGED, now)
    session.flush()
