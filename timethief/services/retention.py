"""How long things are kept: the rules, what is held back, and the weeding itself with its protocol."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from timethief.domain.audit import Act
from timethief.domain.errors import Conflict, Invalid, NotFound
from timethief.domain.identifiers import from_text, to_text
from timethief.domain.people import Actor, Permission, ensure
from timethief.domain.retention import (
    LONGEST_REASON,
    LONGEST_REFERENCE,
    SINGLE,
    Kind,
    Rule,
    check_rule,
    kept_since,
)
from timethief.domain.tasks import read_text
from timethief.services import audit
from timethief.services.assessments import forget_assessments
from timethief.storage import search
from timethief.storage.assumptions import load_assumptions
from timethief.storage.database import Database
from timethief.storage.merged import merged_into
from timethief.storage.scrubbing import scrub_all
from timethief.storage.tables import (
    AnonymousMessage,
    AnonymousReport,
    AuditEvent,
    Base,
    Case,
    Hold,
    Inquiry,
    Report,
    RetentionRule,
    ReturnSign,
    SentForm,
    Task,
    TaskEvent,
    TaskSignal,
    TaskUse,
    UseStatement,
    Weeding,
)
from timethief.storage.turns import take_turn
from timethief.storage.weedable import KEYS, counts, held, to_weed

FORM_KEYS_LAST = timedelta(days=7)
"""A form that was sent so long ago is sent again by nobody."""
_BATCH = 500
_MASKED_LATELY = timedelta(days=2)


def set_rule(
    session: Session, actor: Actor, rule: Rule, version: int, today: date, now: datetime
) -> None:
    """Keep a kind so long from now on.

    Args:
        session: writing.
        actor: an administrator.
        rule: months, and the decision that allows them.
        version: of the rule that the administrator saw; 0 where there was none.
        today: the day in Sweden.
        now: time of the act.

    Raises:
        NotAllowed: the actor does not manage the organisation.
        Invalid: `timethief.domain.retention.check_rule`, or a text too long.
        Conflict: reason `changed_meanwhile`.
    """
    ensure(actor, Permission.MANAGE_ORGANISATION)
    take_turn(session, actor.organisation_id)
    needed = rule.months is not None
    decision = read_text(rule.decision, "decision", LONGEST_REFERENCE, required=needed)
    check_rule(Rule(rule.kind, rule.months, decision, rule.decided_on), today)
    row = session.scalars(
        select(RetentionRule).where(
            RetentionRule.organisation_id == actor.organisation_id,
            RetentionRule.kind == rule.kind.value,
        )
    ).one_or_none()
    if version != (row.version if row else 0):
        raise Conflict("changed_meanwhile")
    before = _told(row) if row else {"months": None, "decision": "", "decided_on": None}
    row = row or RetentionRule(
        organisation_id=actor.organisation_id, kind=rule.kind.value, version=0
    )
    row.months = rule.months
    row.decision = decision
    row.decided_on = rule.decided_on
    row.version += 1
    session.add(row)
    audit.record(
        session,
        actor,
        Act.RETENTION_SET,
        "retention",
        reference=rule.kind.value,
        before=before,
        after=_told(row),
        now=now,
    )


def _told(row: RetentionRule) -> dict[str, Any]:
    return {"months": row.months, "decision": row.decision, "decided_on": row.decided_on}


def place_hold(
    session: Session, actor: Actor, kind: Kind, reference: str, reason: str, now: datetime
) -> None:
    """Hold a kind, or one thing, back from weeding until the hold is lifted. Holding twice is holding once.

    Args:
        session: writing.
        actor: an administrator.
        kind: what to hold back.
        reference: the one thing, by its identifier or its whole address; empty for all of the kind.
        reason: why.
        now: time of the act.

    Raises:
        NotAllowed: the actor does not manage the organisation.
        Invalid: no reason, or of that kind only all can be held, or there is no such thing.
    """
    ensure(actor, Permission.MANAGE_ORGANISATION)
    why = read_text(reason, "reason", LONGEST_REASON, required=True)
    name = _existing(session, kind, reference)
    same = select(Hold.id).where(
        Hold.organisation_id == actor.organisation_id,
        Hold.kind == kind.value,
        Hold.reference == name,
        Hold.lifted_on.is_(None),
    )
    if session.scalars(same.limit(1)).first() is not None:
        return
    session.add(
        Hold(
            organisation_id=actor.organisation_id,
            kind=kind.value,
            reference=name,
            reason=why,
            placed_on=now.date(),
        )
    )
    audit.record(
        session,
        actor,
        Act.HOLD_PLACED,
        "hold",
        reference=name or kind.value,
        after={"kind": kind.value, "reason": why},
        now=now,
    )


def _existing(session: Session, kind: Kind, reference: str) -> str:
    """The identifier in what was typed or pasted; empty for none."""
    name = reference.strip().rstrip("/").rsplit("/", 1)[-1].partition("?")[0].partition("#")[0]
    if not name:
        return ""
    if kind not in SINGLE:
        raise Invalid("reference", "only_whole_kind")
    try:
        key: int | uuid.UUID = from_text(name) if kind is Kind.TASKS else uuid.UUID(name)
    except (NotFound, ValueError) as error:
        raise Invalid("reference", "no_such_thing") from error
    table: Any = KEYS[kind].class_
    if session.get(table, key) is None:
        raise Invalid("reference", "no_such_thing")
    return to_text(key) if isinstance(key, int) else str(key)


def lift_hold(session: Session, actor: Actor, hold_id: int, today: date, now: datetime) -> None:
    """Let the rules apply again. Lifting twice is lifting once.

    Raises:
        NotAllowed: the actor does not manage the organisation.
        NotFound: there is no such hold.
    """
    ensure(actor, Permission.MANAGE_ORGANISATION)
    row = session.get(Hold, hold_id)
    if row is None or row.organisation_id != actor.organisation_id:
        raise NotFound("hold")
    if row.lifted_on is not None:
        return
    row.lifted_on = today
    audit.record(
        session,
        actor,
        Act.HOLD_LIFTED,
        "hold",
        reference=row.reference or row.kind,
        before={"kind": row.kind, "reason": row.reason},
        now=now,
    )


def run(database: Database, organisation_id: int, now: datetime) -> Mapping[str, int]:
    """Weed what has had its time, by the organisation's rules; how much.

    Over the installation, since no session of an organisation may delete history. Each batch is a transaction
    with its line of the protocol, so that a run that is broken off can go on another time.
    """
    weeded = 0
    with database.reading_all() as reading:
        rules = _rules(reading, organisation_id)
    for rule in rules:
        since = kept_since(now.date(), rule.months or 0)
        while number := _weed(database, organisation_id, rule, since, now):
            weeded += number
    _forget_forms(database, organisation_id, now)
    if weeded or _has_masked(database, organisation_id, now):
        scrub_all(database)
    return {"weeded": weeded} if weeded else {}


def _rules(session: Session, organisation_id: int) -> list[Rule]:
    """The rules that weed; tasks first, since they take others with them."""
    rows = session.scalars(
        select(RetentionRule).where(RetentionRule.organisation_id == organisation_id)
    )
    known = {
        row.kind: Rule(Kind(row.kind), row.months, row.decision, row.decided_on) for row in rows
    }
    return [known[kind] for kind in Kind if kind in known and known[kind].weeds]


def _weed(database: Database, organisation_id: int, rule: Rule, since: date, now: datetime) -> int:
    """One batch of a kind; how many."""
    with database.writing_all() as session:
        take_turn(session, organisation_id)
        held_back = held(session, organisation_id)
        query = to_weed(rule.kind, organisation_id, since, held_back)
        keys = session.scalars(query.limit(_BATCH)).all()
        if not keys:
            return 0
        _, held_count = counts(session, rule.kind, organisation_id, since, held_back)
        gone = _delete(session, organisation_id, rule.kind, keys, now)
        for kind, number in gone.items():
            if number:
                session.add(
                    Weeding(
                        organisation_id=organisation_id,
                        happened_at=now,
                        kind=kind.value,
                        months=rule.months or 0,
                        decision=rule.decision,
                        count=number,
                        held=held_count if kind is rule.kind else 0,
                    )
                )
        return len(keys)


def _delete(
    session: Session, organisation_id: int, kind: Kind, keys: Sequence[Any], now: datetime
) -> dict[Kind, int]:
    """Delete these rows and what belongs to them; how many of each kind."""
    if kind is Kind.TASKS:
        return _delete_tasks(session, organisation_id, keys, now)
    if kind is Kind.ANONYMOUS_REPORTS:
        _remove(session, AnonymousMessage, AnonymousMessage.report_id.in_(keys))
    if kind in (Kind.REPORTS, Kind.ANONYMOUS_REPORTS):
        _forget_reports(session, Case.report_id.in_(keys), ReturnSign.report_id.in_(keys))
    table: Any = KEYS[kind].class_
    return {kind: _remove(session, table, KEYS[kind].in_(keys))}


def _forget_reports(session: Session, of_cases: Any, of_signs: Any) -> None:  # noqa: ANN401 - conditions
    """What was handled and noticed of reports goes with them."""
    _remove(session, ReturnSign, of_signs)
    _remove(session, Case, of_cases)


def _delete_tasks(
    session: Session, organisation_id: int, keys: Sequence[int], now: datetime
) -> dict[Kind, int]:
    """Tasks go with all that belongs to them, and out of totals and search.

    Cases, decisions and what came of them go by the database's own rule: they name the task. So do tasks that were
    merged into one of them.
    """
    keys = [*keys, *(task.id for task in merged_into(session, keys))]
    assumptions = load_assumptions(session, organisation_id, now.date())
    forget_assessments(session, keys, assumptions)
    for key in keys:
        search.forget(session, key)
    uses = select(TaskUse.id).where(TaskUse.task_id.in_(keys))
    _remove(session, UseStatement, UseStatement.use_id.in_(uses))
    _remove(session, TaskUse, TaskUse.task_id.in_(keys))
    _remove(session, TaskSignal, TaskSignal.task_id.in_(keys))
    written = select(AnonymousReport.id).where(AnonymousReport.task_id.in_(keys))
    _remove(session, AnonymousMessage, AnonymousMessage.report_id.in_(written))
    reports = select(Report.id).where(Report.task_id.in_(keys)).union_all(written)
    _forget_reports(session, Case.report_id.in_(reports), ReturnSign.report_id.in_(reports))
    return {
        Kind.ANONYMOUS_REPORTS: _remove(
            session, AnonymousReport, AnonymousReport.task_id.in_(keys)
        ),
        Kind.REPORTS: _remove(session, Report, Report.task_id.in_(keys)),
        Kind.TASK_HISTORY: _remove(session, TaskEvent, TaskEvent.task_id.in_(keys)),
        Kind.INQUIRIES: _remove(session, Inquiry, Inquiry.task_id.in_(keys)),
        Kind.TASKS: _remove(session, Task, Task.id.in_(keys)),
    }


def _remove(session: Session, table: type[Base], condition: Any) -> int:  # noqa: ANN401 - the library's own
    result: Any = session.execute(
        delete(table).where(condition), execution_options={"synchronize_session": False}
    )
    return int(result.rowcount)


def _forget_forms(database: Database, organisation_id: int, now: datetime) -> None:
    """Keys of forms tell when a report was sent, to the second; nobody needs them for long."""
    with database.writing(organisation_id) as session:
        _remove(session, SentForm, SentForm.sent_at < now - FORM_KEYS_LAST)


def _has_masked(database: Database, organisation_id: int, now: datetime) -> bool:
    """Whether words were masked since the files were last written anew."""
    with database.reading(organisation_id) as session:
        query = select(AuditEvent.id).where(
            AuditEvent.act == Act.TEXT_MASKED.value,
            AuditEvent.happened_at > now - _MASKED_LATELY,
        )
        return session.scalars(query.limit(1)).first() is not None
