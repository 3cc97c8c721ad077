"""What has been decided in the demonstration, so that the log tells something from the first day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.decisions import NewDecision, Outcome, Rung, Stance, StepState
from timethief.domain.people import Actor, Role
from timethief.domain.vocabulary import TaskStatus
from timethief.i18n import TIME_ZONE
from timethief.services.decisions import ladder, opinions
from timethief.services.decisions.deciding import carry_out, decide
from timethief.services.following_up.planning import plan
from timethief.services.people import as_actor
from timethief.storage.tables import Decision, EscalationStep, Task, User


@dataclass(frozen=True, slots=True)
class _Told:
    """A decision of the demonstration: of the task with this title, so many days ago."""

    title: str
    days_ago: int
    outcome: Outcome
    reason: str
    done: bool = False
    more: dict[str, Any] = field(default_factory=dict)


_DECISIONS = (
    _Told(
        "Skriva uppföljningsrapport från enheten",
        97,
        Outcome.REMOVE,
        "Ledningen läser samma siffror i ekonomisystemet. Ingen kunde säga vad rapporten används till.",
        done=True,
    ),
    _Told(
        "Resa till möten utan tydligt syfte",
        95,
        Outcome.REDUCE_FREQUENCY,
        "Fyra möten om året räcker. Resten kan vi ta på distans.",
        done=True,
    ),
    _Told(
        "Dra svåra ärenden i kollegiet",
        45,
        Outcome.KEEP,
        "Här lär vi av varandra, och besluten blir mer lika. Det är värt mer än tiden det tar.",
    ),
    _Told(
        "Registrera samma mätvärde på flera ställen",
        30,
        Outcome.REGISTER_ONCE,
        "Mätvärdet finns redan i journalen. Vi hämtar det därifrån.",
    ),
    _Told(
        "Detaljerad återrapportering av riktade statsbidrag",
        21,
        Outcome.RAISE,
        "Avtalet kräver rapporten, men den är mer detaljerad än någon behöver.",
        more={"raised_with": "Statliga bidragsmyndigheter"},
    ),
    _Told(
        "Veckans informationsmöte",
        14,
        Outcome.REDUCE_FREQUENCY,
        "Varannan vecka räcker. Det som är bråttom mejlar vi.",
    ),
    _Told(
        "Fylla i internkontrollen i den nya Stratsys-modulen",
        7,
        Outcome.TRIAL,
        "Vi gör kontrollen som förra året under tiden, och ser om något missas.",
        more={"trial_weeks": 8, "watched": "Om revisorerna eller ledningen saknar något."},
    ),
)


def demonstrate(session: Session, organisation_id: int, now: datetime) -> None:
    """Decide as the demonstration's people would have done."""
    support, leader = (_somebody(session, organisation_id, role) for role in _DECIDERS)
    staff = _somebody(session, organisation_id, Role.STAFF)
    if support is None or leader is None or staff is None:
        return
    for number, told in enumerate(_DECISIONS):
        task = session.scalars(
            select(Task).where(Task.organisation_id == organisation_id, Task.title == told.title)
        ).one()
        task.status = TaskStatus.IN_REVIEW.value
        decision = _decide(session, leader if number % 2 else support, task, told, now)
        if told.outcome is Outcome.RAISE:
            _raise(session, support, decision, now)
        if told.outcome is Outcome.TRIAL:
            against = opinions.NewOpinion(
                Stance.DISSENTS, "Utan kontrollen ser vi inte i tid när något går fel."
            )
            opinions.say(session, staff, task.id, against, f"opinion-{task.id}", now)


_DECIDERS = (Role.SUPPORT, Role.LEADERSHIP)


def _decide(session: Session, actor: Actor, task: Task, told: _Told, now: datetime) -> Decision:
    new = NewDecision(told.outcome, told.reason, **told.more)
    made = decide(session, actor, task.id, new, None, task.version, f"decided-{task.id}", now)
    if told.done:
        carry_out(session, actor, made, now)
    decision = session.get_one(Decision, made)
    _date_back(decision, told)
    plan(session, decision, task)
    return decision


def _date_back(decision: Decision, told: _Told) -> None:
    """Let it have been decided earlier: tariffs of the demonstration hold from today on."""
    ago = timedelta(days=told.days_ago)
    decision.decided_at -= ago
    day = decision.decided_at.astimezone(TIME_ZONE).date()
    if decision.trial_weeks is not None:
        decision.trial_ends_on = day + timedelta(weeks=decision.trial_weeks)
    if told.done:
        decision.carried_out_on = day


def _raise(session: Session, actor: Actor, decision: Decision, now: datetime) -> None:
    first = session.scalars(
        select(EscalationStep).where(EscalationStep.decision_id == decision.id)
    ).one()
    seen = ladder.seen_step(first.state, first.note)
    note = "De hänvisar till förordningen."
    ladder.change_step(session, actor, first.id, StepState.REFUSED, note, seen, now)
    above = ladder.NewStep(Rung.ASSOCIATION, "SKR")
    added = ladder.add_step(session, actor, decision.id, above, f"step-{decision.id}", now)
    ladder.change_step(session, actor, added, StepState.SENT, "", "planned ", now)


def _somebody(session: Session, organisation_id: int, role: Role) -> Actor | None:
    user = session.scalars(
        select(User)
        .where(
            User.organisation_id == organisation_id,
            User.role == role.value,
            User.unit_id.is_(None) if role is Role.LEADERSHIP else User.active.is_(True),
        )
        .order_by(User.email)
    ).first()
    return None if user is None else as_actor(user)
