"""The job that asks units what came of decisions, and reminds once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session, aliased

from timethief.domain.follow_ups import REMINDED_AFTER, FollowUpState
from timethief.i18n import TIME_ZONE
from timethief.services.following_up.letters import Writer
from timethief.services.following_up.managers import managers
from timethief.services.surroundings import Surroundings
from timethief.storage.tables import Decision, FollowUp, Organisation, Task, User
from timethief.storage.turns import take_turn

_ASKED = FollowUpState.ASKED.value


def ask_units(surroundings: Surroundings, now: datetime) -> Mapping[str, int]:
    """Ask what came of decisions where it is time, and remind once of what has waited; done again it finds nothing."""
    with surroundings.database.reading_all() as session:
        organisations = session.scalars(
            select(Organisation.id).where(Organisation.active.is_(True)).order_by(Organisation.id)
        ).all()
    asked = reminded = 0
    for organisation_id in organisations:
        if surroundings.stopping():
            break
        with surroundings.database.writing(organisation_id) as session:
            take_turn(session, organisation_id)
            new, again = mark(session, organisation_id, now)
            if new or again:
                writer = Writer.of(session, organisation_id, surroundings.config, now)
                _write(session, writer, now)
        asked, reminded = asked + new, reminded + again
    return {"asked": asked, "reminded": reminded} if asked or reminded else {}


def mark(session: Session, organisation_id: int, now: datetime) -> tuple[int, int]:
    """Let what is due be asked, in the transaction that writes of it; how many questions are new, how many old."""
    today = now.astimezone(TIME_ZONE).date()
    due: Any = session.execute(
        update(FollowUp)
        .where(
            FollowUp.organisation_id == organisation_id,
            FollowUp.state == FollowUpState.WAITING.value,
            FollowUp.due_on <= today,
        )
        .values(state=_ASKED, asked_at=now)
        .execution_options(synchronize_session=False)
    )
    if due.rowcount:
        _leave_older_out(session, organisation_id)
    old: Any = session.execute(
        update(FollowUp)
        .where(
            FollowUp.organisation_id == organisation_id,
            FollowUp.state == _ASKED,
            FollowUp.asked_at <= now - REMINDED_AFTER,
            FollowUp.reminded_at.is_(None),
        )
        .values(reminded_at=now)
        .execution_options(synchronize_session=False)
    )
    return int(due.rowcount), int(old.rowcount)


def _leave_older_out(session: Session, organisation_id: int) -> None:
    """Nobody is asked the same thing twice: a later question takes the place of one that was not answered."""
    later = aliased(FollowUp)
    session.execute(
        update(FollowUp)
        .where(
            FollowUp.organisation_id == organisation_id,
            FollowUp.state == _ASKED,
            select(later.id)
            .where(
                later.organisation_id == organisation_id,
                later.decision_id == FollowUp.decision_id,
                later.months > FollowUp.months,
                later.state == _ASKED,
            )
            .exists(),
        )
        .values(state=FollowUpState.CANCELLED.value)
        .execution_options(synchronize_session=False)
    )


def _write(session: Session, writer: Writer, now: datetime) -> None:
    """One letter to each who is asked: the units' managers, or where there is none who decided."""
    organisation_id = writer.organisation.id
    leading = managers(session, organisation_id)
    rows = session.execute(
        select(Task.unit_id, Decision.user_id, FollowUp.asked_at == now)
        .select_from(FollowUp)
        .join(Task, Task.id == FollowUp.task_id)
        .join(Decision, Decision.id == FollowUp.decision_id)
        .where(
            FollowUp.organisation_id == organisation_id,
            FollowUp.state == _ASKED,
            (FollowUp.asked_at == now) | (FollowUp.reminded_at == now),
        )
    ).all()
    counts: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    people: dict[int, User] = {}
    for unit_id, decider_id, is_new in rows:
        readers = leading.of(unit_id) or _decider(session, organisation_id, decider_id)
        for user in readers:
            people[user.id] = user
            counts[user.id][0 if is_new else 1] += 1
    for user_id in sorted(people):
        writer.ask(people[user_id], *counts[user_id])


def _decider(session: Session, organisation_id: int, user_id: int | None) -> list[User]:
    user = None if user_id is None else session.get(User, user_id)
    if user is None or user.organisation_id != organisation_id or not user.active:
        return []
    return [user]
