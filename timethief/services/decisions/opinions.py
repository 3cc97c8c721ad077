"""What people think of what is tried or decided: with their name on it, and kept beside the verdict."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from timethief.domain.decisions import LONGEST_OPINION, MOST_OPINIONS, UNDONE_WITHIN, Stance
from timethief.domain.errors import Conflict, Invalid, NotFound
from timethief.domain.identifiers import to_text
from timethief.domain.people import Actor, Permission, ensure
from timethief.domain.tasks import read_text
from timethief.services.cases.opening import case_of_task
from timethief.services.decisions.deciding import standing_decision
from timethief.services.sent_forms import earlier_numbers, remember
from timethief.services.tasks import owned
from timethief.storage.tables import Opinion
from timethief.storage.turns import take_turn


@dataclass(frozen=True, slots=True)
class NewOpinion:
    """What somebody says, and whether it is for or against."""

    stance: Stance
    text: str


def say(
    session: Session, actor: Actor, task_id: int, new: NewOpinion, key: str, now: datetime
) -> int:
    """Say what one thinks of a task that is tried or decided; the opinion's identifier.

    Args:
        session: writing.
        actor: anybody of the organisation; the name is shown.
        task_id: of what.
        new: what is said.
        key: of the form; sent again it says nothing more.
        now: time of the act.

    Raises:
        NotAllowed: the actor is of no organisation.
        NotFound: the task is not of the organisation.
        Invalid: of `text`; or `MOST_OPINIONS` have been said.
        Conflict: reason `not_tried`: nobody is to decide of it.
    """
    ensure(actor, Permission.LOG_TASKS)
    take_turn(session, actor.organisation_id)
    task = owned(session, actor.organisation_id, task_id)
    earlier = earlier_numbers(session, actor.organisation_id, key)
    if earlier is not None:
        return earlier[0]
    decision = standing_decision(session, task.id)
    if decision is None and case_of_task(session, task.id) is None:
        raise Conflict("not_tried")
    text = read_text(new.text, "text", LONGEST_OPINION, required=True)
    said = session.scalar(
        select(func.count()).select_from(Opinion).where(Opinion.task_id == task.id)
    )
    if (said or 0) >= MOST_OPINIONS:
        raise Invalid("text", "too_many_items", limit=MOST_OPINIONS)
    opinion = Opinion(
        organisation_id=actor.organisation_id,
        task_id=task.id,
        decision_id=None if decision is None else decision.id,
        stance=new.stance.value,
        text=text,
        user_id=actor.user_id,
        said_at=now,
    )
    session.add(opinion)
    session.flush()
    remember(session, actor.organisation_id, key, str(opinion.id), now)
    return opinion.id


def take_back(session: Session, actor: Actor, opinion_id: int, now: datetime) -> str:
    """Take one's own opinion back, within 30 days; the task, as it stands in addresses.

    Raises:
        NotFound: there is no such opinion of the actor's.
        Conflict: reason `too_late_to_undo`.
    """
    ensure(actor, Permission.LOG_TASKS)
    take_turn(session, actor.organisation_id)
    opinion = session.get(Opinion, opinion_id)
    if (
        opinion is None
        or opinion.organisation_id != actor.organisation_id
        or opinion.user_id != actor.user_id
    ):
        raise NotFound("opinion")
    if now - opinion.said_at > UNDONE_WITHIN:
        raise Conflict("too_late_to_undo")
    task_id = to_text(opinion.task_id)
    session.delete(opinion)
    return task_id
