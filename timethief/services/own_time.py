"""Counting what the service itself takes, and keeping it as a task of the inventory like any other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from timethief.domain.intake import RequesterName
from timethief.domain.own_time import MARK, Activity, OwnCost, interval_of, month_of
from timethief.domain.tasks import Use, Worth
from timethief.domain.vocabulary import (
    Beneficiary,
    Binding,
    InUse,
    Level,
    Per,
    Purpose,
    Source,
    TaskStatus,
)
from timethief.i18n import TIME_ZONE, gettext, speaking
from timethief.services.requesters import find_or_add
from timethief.services.staff_categories import category_or_default
from timethief.services.tasks import add_use, settle
from timethief.storage.assumptions import load_assumptions
from timethief.storage.database import Database
from timethief.storage.own_time import own_cost
from timethief.storage.tables import Organisation, OwnTime, Task, Unit
from timethief.storage.turns import take_turn

_MICROSECONDS = 1_000_000
_DECIMALS = 2


def count(
    session: Session, organisation_id: int, activity: Activity, seconds: float | None, now: datetime
) -> None:
    """One more form was sent, and how long it had been open. Nothing tells whose, or on which day.

    Args:
        session: writing.
        organisation_id: whose form.
        activity: what was done; never `Activity.ANONYMOUS`.
        seconds: from the page shown to the form sent; None where that is not known.
        now: the time.
    """
    end = None if seconds is None else interval_of(seconds)
    if end is None or activity is Activity.ANONYMOUS:
        return
    row = {
        "organisation_id": organisation_id,
        "month": month_of(now.astimezone(TIME_ZONE).date()),
        "activity": activity.value,
        "seconds": end,
        "occasions": 1,
    }
    session.execute(_one_more(session), row)


def _one_more(session: Session) -> Insert:
    key = ["organisation_id", "month", "activity", "seconds"]
    more = {"occasions": OwnTime.occasions + 1}
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(OwnTime).on_conflict_do_update(index_elements=key, set_=more)
    return postgresql.insert(OwnTime).on_conflict_do_update(index_elements=key, set_=more)


def keep_own_task(database: Database, organisation_id: int, now: datetime) -> Mapping[str, int]:
    """Let the inventory hold the service itself, with what it has taken in twelve months; again changes nothing."""
    today = now.astimezone(TIME_ZONE).date()
    with database.writing(organisation_id) as session:
        take_turn(session, organisation_id)
        cost = own_cost(session, organisation_id, today)
        task = session.scalars(
            select(Task).where(Task.organisation_id == organisation_id, Task.origin == MARK)
        ).first()
        if not cost.occasions:
            return {}
        if task is None:
            task = _add(session, organisation_id, cost, now)
            if task is None:
                return {}
        elif not _set(task, cost):
            return {}
        assumptions = load_assumptions(session, organisation_id, today)
        settle(session, task, assumptions, int(now.timestamp() * _MICROSECONDS))
    return {"tasks": 1}


def _set(task: Task, cost: OwnCost) -> bool:
    """Whether the figures are other than they were."""
    before = (task.minutes, task.times)
    task.minutes, task.times = round(cost.minutes_each, _DECIMALS), float(cost.occasions)
    return (task.minutes, task.times) != before


def _add(session: Session, organisation_id: int, cost: OwnCost, now: datetime) -> Task | None:
    """The task; None where the organisation has no unit that it could belong to."""
    organisation = session.get_one(Organisation, organisation_id)
    unit = session.scalars(
        select(Unit.id)
        .where(Unit.organisation_id == organisation_id)
        .order_by(Unit.parent_id.is_not(None), Unit.id)
        .limit(1)
    ).first()
    if unit is None:
        return None
    own = RequesterName(organisation.name, Level.OWN_ORGANISATION)
    with speaking(organisation.language):
        title = gettext("Timethief: tell, review, decide and follow up")
        description = gettext(
            "What this service itself takes. Its figures are kept by the service, from how long its forms are open."
        )
    task = Task(
        organisation_id=organisation_id,
        unit_id=unit,
        requester_id=find_or_add(session, organisation_id, own).id,
        staff_category_id=category_or_default(session, organisation_id, None),
        title=title,
        description=description,
        per=Per.YEAR.value,
        people=1,
        binding=Binding.CUSTOM.value,
        status=TaskStatus.REPORTED.value,
        figures_by=Source.REVIEWER.value,
        origin=MARK,
        logged_on=now.date(),
        version=0,
    )
    _set(task, cost)
    session.add(task)
    session.flush()
    use = Use(Beneficiary.OWN_ORGANISATION, Purpose.FOLLOW_UP, InUse.BELIEVED, Worth(share=1.0))
    add_use(session, task, use, position=1, source=Source.REVIEWER, said_on=now.date())
    return task
