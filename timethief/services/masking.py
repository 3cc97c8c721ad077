"""Masking words everywhere they stand: in a task, in all that tells of it, in its history and in the search."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from timethief.domain.audit import Act
from timethief.domain.errors import Invalid, NotFound
from timethief.domain.identifiers import from_text, to_text
from timethief.domain.inquiries import LONGEST_FUNCTION
from timethief.domain.masking import LONGEST, SHORTEST, Maskable, masked, masked_deep, masked_in
from timethief.domain.names import folded
from timethief.domain.people import Actor, Permission, ensure
from timethief.domain.retention import LONGEST_REASON
from timethief.domain.tasks import LONGEST_TITLE, read_text
from timethief.services import audit
from timethief.storage import loop_texts, search
from timethief.storage.merged import kept_in_place_of, merged_into
from timethief.storage.tables import (
    AnonymousMessage,
    AnonymousReport,
    Decision,
    ImportedChange,
    Inquiry,
    PlaybookEntry,
    Report,
    Requester,
    Task,
    TaskEvent,
)
from timethief.storage.turns import take_turn

Texts = dict[str, tuple[str, int | None]]
"""Columns that hold text, with what they hold and how long it may be."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A text of the thing, before and after."""

    field: str
    before: str
    after: str


def masked_texts(
    session: Session, actor: Actor, kind: Maskable, key: int | uuid.UUID, part: str
) -> list[Shown]:
    """How the texts would read; nothing is stored. Without a part, how they read now.

    Raises:
        NotAllowed: the actor may not review.
        NotFound: there is no such thing in the organisation.
        Invalid: as `mask`.
    """
    ensure(actor, Permission.REVIEW_TASKS)
    row = _owned(session, actor.organisation_id, kind, key)
    words = _read_part(part) if part.strip() else ""
    rows = _together(session, row)
    if words:
        _check(rows, words)
    return [
        Shown(field, text, masked(text, words) if words else text)
        for each in rows
        for field, (text, _) in _texts(each).items()
        if text and (each is row or (words and masked(text, words) != text))
    ]


def mask(
    session: Session,
    actor: Actor,
    kind: Maskable,
    key: int | uuid.UUID,
    part: str,
    reason: str,
    now: datetime,
) -> int:
    """Replace the part by the mask in the thing and all that belongs to the same task; in how many texts.

    Args:
        session: writing.
        actor: a reviewer.
        kind: what sort of thing it is.
        key: which.
        part: the words, as they stand there.
        reason: why; it stands in the trail, the words do not.
        now: time of the act.

    Raises:
        NotAllowed: the actor may not review.
        NotFound: there is no such thing in the organisation.
        Invalid: the part stands nowhere, is too short, or stands in the reason too; no reason.
    """
    ensure(actor, Permission.REVIEW_TASKS)
    take_turn(session, actor.organisation_id)
    row = _owned(session, actor.organisation_id, kind, key)
    words = _read_part(part)
    why = read_text(reason, "reason", LONGEST_REASON, required=True)
    if masked(why, words) != why:
        raise Invalid("reason", "holds_the_masked")
    rows = _together(session, row)
    _check(rows, words)
    changed = sum(_mask_row(each, words) for each in rows)
    for task in [each for each in rows if isinstance(each, Task)]:
        task.version += 1
        _mask_history(session, task, words)
        if task.merged_into_id is None:
            _index(session, task)
    audit.record(
        session,
        actor,
        Act.TEXT_MASKED,
        kind.value,
        reference=_name(key),
        after={"reason": why, "texts": changed},
        now=now,
    )
    return changed


def _name(key: int | uuid.UUID) -> str:
    return to_text(key) if isinstance(key, int) else str(key)


def key_of(kind: Maskable, text: str) -> int | uuid.UUID:
    """The key of a thing as it stands in an address.

    Raises:
        NotFound: it is none.
    """
    if kind is Maskable.TASK:
        return from_text(text)
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise NotFound(kind.value) from error


Row = Any
"""Of a task, a report, or what was asked, said and decided of it."""
_TABLES: dict[Maskable, type[Task | Report | AnonymousReport]] = {
    Maskable.TASK: Task,
    Maskable.REPORT: Report,
    Maskable.ANONYMOUS_REPORT: AnonymousReport,
}


def _owned(
    session: Session, organisation_id: int, kind: Maskable, key: int | uuid.UUID
) -> Task | Report | AnonymousReport:
    if kind is Maskable.TASK and isinstance(key, int):
        key = kept_in_place_of(session, key)
    row: Any = session.get(_TABLES[kind], key)
    if row is None or row.organisation_id != organisation_id:
        raise NotFound(kind.value)
    if kind is Maskable.ANONYMOUS_REPORT and row.released_week is None:
        raise NotFound(kind.value)  # nobody is to know of it before its batch
    found: Task | Report | AnonymousReport = row
    return found


def _read_part(part: str) -> str:
    words = read_text(part, "words", LONGEST, required=True)
    if len(words) < SHORTEST:
        raise Invalid("words", "too_short", limit=SHORTEST)
    return words


def _together(session: Session, row: Task | Report | AnonymousReport) -> list[Row]:
    """The row, and all that tells of the same task: what is copied from one to the other is masked in both."""
    task_id = row.id if isinstance(row, Task) else row.task_id
    found: list[Row] = [row]
    if task_id is not None:
        task = session.get_one(Task, task_id)
        if task is not row:
            found.append(task)
        found += merged_into(session, [task.id])
        reports = session.scalars(select(Report).where(Report.task_id == task_id))
        unnamed = session.scalars(select(AnonymousReport).where(AnonymousReport.task_id == task_id))
        found += [each for each in (*reports, *unnamed) if each is not row]
        found += _asked_about(session, task)
        found += _told_of(session, task)
    anonymous = [each.id for each in found if isinstance(each, AnonymousReport)]
    messages = select(AnonymousMessage).where(AnonymousMessage.report_id.in_(anonymous))
    written = [each.id for each in found if isinstance(each, (Report, AnonymousReport))]
    merged = [each.id for each in found if isinstance(each, Task) and each.id != task_id]
    return [
        *found,
        *session.scalars(messages.order_by(AnonymousMessage.position)),
        *loop_texts.rows_about(session, task_id or 0, written),
        *(about for other in merged for about in loop_texts.rows_about(session, other, ())),
    ]


def _asked_about(session: Session, task: Task) -> Sequence[Inquiry]:
    """What its requester was asked and has answered, also about the whole requirement: the page of the task shows it."""
    of_task = Inquiry.task_id == task.id
    if task.requirement_id is not None:
        of_task = or_(of_task, Inquiry.requirement_id == task.requirement_id)
    return session.scalars(
        select(Inquiry)
        .where(Inquiry.organisation_id == task.organisation_id, of_task)
        .order_by(Inquiry.id)
    ).all()


def _told_of(session: Session, task: Task) -> Sequence[PlaybookEntry]:
    """What the organisation told others that it did about the task: it was begun from it, and bears its title."""
    return session.scalars(
        select(PlaybookEntry)
        .where(
            PlaybookEntry.organisation_id == task.organisation_id, PlaybookEntry.title == task.title
        )
        .order_by(PlaybookEntry.id)
    ).all()


def _texts(row: Row) -> Texts:
    if type(row) in loop_texts.NAMED:
        columns = loop_texts.COLUMNS.get(type(row), {})
        return {field: (getattr(row, field), longest) for field, longest in columns.items()}
    if isinstance(row, AnonymousMessage):
        return {"text": (row.text, None)}
    if isinstance(row, PlaybookEntry):
        names = {"title": LONGEST_TITLE, "where": LONGEST_TITLE, "done": None, "effect": None}
        return {field: (getattr(row, field), longest) for field, longest in names.items()}
    if isinstance(row, Inquiry):
        return {
            "message": (row.message, None),
            "comment": (row.comment, None),
            "answered_by": (row.answered_by, LONGEST_FUNCTION),
        }
    texts: Texts = {
        "title": (row.title, LONGEST_TITLE),
        "description": (row.description, None),
    }
    if isinstance(row, AnonymousReport):
        texts["requester_name"] = (row.requester_name, LONGEST_TITLE)
    if isinstance(row, Task):
        texts["legal_basis"] = (row.legal_basis, None)
    return texts


def _check(rows: Sequence[Row], words: str) -> None:
    found = False
    for row in rows:
        for text, longest in _texts(row).values():
            after = masked(text, words)
            found = found or after != text
            if longest is not None and len(after) > longest:
                raise Invalid("words", "mask_too_long")
    if not found:
        raise Invalid("words", "not_in_the_text")


def _mask_row(row: Row, words: str) -> int:
    changed = 0
    for field, (text, _) in _texts(row).items():
        after = masked(text, words)
        if after != text:
            setattr(row, field, after)
            changed += 1
    if changed and isinstance(row, PlaybookEntry):
        row.folded_text = folded(f"{row.title} {row.where} {row.done} {row.effect}")
        row.version += 1
    if changed and isinstance(row, Decision):
        row.folded_text = folded(f"{row.title} {row.reason}")
    for field in loop_texts.PACKED.get(type(row), ()):
        setattr(row, field, masked_deep(getattr(row, field), words))
    return changed


def _mask_history(session: Session, task: Task, words: str) -> None:
    for event in session.scalars(select(TaskEvent).where(TaskEvent.task_id == task.id)):
        before, after = masked_in(event.before, words), masked_in(event.after, words)
        if (before, after) != (event.before, event.after):
            event.before, event.after = before, after
    # What undoing an import would put back.
    for change in session.scalars(select(ImportedChange).where(ImportedChange.task_id == task.id)):
        change.before = {
            name: masked_in(value, words) if isinstance(value, dict) else value
            for name, value in change.before.items()
        }


def _index(session: Session, task: Task) -> None:
    requester = session.get_one(Requester, task.requester_id)
    document = search.Document(
        task.id, task.organisation_id, task.title, task.description, requester.name
    )
    search.index(session, [document])
