"""What each outcome would come to for a task, before anybody decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from timethief.domain.decisions import FREEING, Decidable, Outcome
from timethief.domain.people import Actor
from timethief.domain.ranges import Range
from timethief.i18n import TIME_ZONE
from timethief.services.decisions.baselines import baseline_of
from timethief.services.decisions.rights import ensure_may_decide
from timethief.services.tasks import owned
from timethief.storage.assumptions import load_assumptions


@dataclass(frozen=True, slots=True)
class Outlook:
    """What can be decided of a task, and the hours that each outcome is expected to free a year."""

    decidable: Decidable
    expected: Mapping[Outcome, Range]


def outlook(session: Session, actor: Actor, task_id: int, now: datetime) -> Outlook:
    """What can be decided of a task.

    Raises:
        NotAllowed: the actor may not decide, or not of this unit's tasks.
        NotFound: the task is not of the organisation, or has been merged.
    """
    task = owned(session, actor.organisation_id, task_id)
    today = now.astimezone(TIME_ZONE).date()
    assumptions = load_assumptions(session, actor.organisation_id, today)
    ensure_may_decide(actor, task, assumptions)
    baseline = baseline_of(session, task, assumptions)
    return Outlook(
        baseline.decidable, {each: baseline.expected(each) for each in Outcome if each in FREEING}
    )
