"""The numbers that an organisation assesses by: tried, adopted as a new version, and every task assessed anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from timethief.domain.audit import Act
from timethief.domain.errors import Conflict, Invalid
from timethief.domain.measures import PER_HOUR
from timethief.domain.people import Actor, Permission, ensure
from timethief.domain.policy import Policy
from timethief.domain.tasks import read_text
from timethief.services.assessments import BATCH, assess_organisation
from timethief.services.audit import record
from timethief.services.sent_forms import earlier_numbers, remember
from timethief.storage.assessed import assessed
from timethief.storage.assumptions import load_assumptions, policy_in_force
from timethief.storage.facts import numbers_of
from timethief.storage.merged import IS_LIVE
from timethief.storage.tables import AssessmentRow, Organisation, PolicyVersion, Task
from timethief.storage.turns import take_turn
from timethief.storage.uses import uses_of

MOST_LOOKED_AT = 5_000
"""Tasks that a preview computes: identifiers are random, so that these stand for all."""
LONGEST_REASON = 1_000
REASONS = "policy_reasons"
"""Where, in the organisation's statements, the reasons of its versions stand."""


@dataclass(frozen=True, slots=True)
class PolicyPreview:
    """What other numbers would change.

    Attributes:
        tasks: how many the organisation has.
        looked_at: how many of them were computed.
        moves: how many would go from one verdict to another: (from, to) and number, most first.
        hours_change: how many would cost another number of hours a year, or be worth another.
        cost: likely hours a year of those looked at, now and then.
        flagged: the same, of those that are time thieves.
        avoidable: hours a year that could be freed, now and then.
    """

    tasks: int
    looked_at: int
    moves: tuple[tuple[tuple[str, str], int], ...]
    hours_change: int
    cost: tuple[float, float]
    flagged: tuple[float, float]
    avoidable: tuple[float, float]

    @property
    def changed(self) -> int:
        """How many verdicts change."""
        return sum(count for _, count in self.moves)


def preview(session: Session, actor: Actor, policy: Policy, now: datetime) -> PolicyPreview:
    """Assess tasks by other numbers, and store nothing.

    Raises:
        NotAllowed: the actor may not change the policy.
    """
    ensure(actor, Permission.MANAGE_ORGANISATION)
    organisation_id = actor.organisation_id
    assumptions = replace(load_assumptions(session, organisation_id, now.date()), policy=policy)
    moves: Counter[tuple[str, str]] = Counter()
    sums = {name: [0, 0] for name in ("cost", "flagged", "avoidable")}
    looked_at, changed, last = 0, 0, 0
    while looked_at < MOST_LOOKED_AT:
        tasks = session.scalars(
            select(Task)
            .where(Task.organisation_id == organisation_id, Task.id > last, IS_LIVE)
            .order_by(Task.id)
            .limit(BATCH)
        ).all()
        if not tasks:
            break
        ids = [task.id for task in tasks]
        uses = uses_of(session, ids)
        rows = {
            row.task_id: row
            for row in session.scalars(select(AssessmentRow).where(AssessmentRow.task_id.in_(ids)))
        }
        for task in tasks:
            row, new = rows[task.id], assessed(task, uses[task.id], assumptions)
            old = {name: getattr(row, name) for name in new}
            if old["verdict"] != new["verdict"]:
                moves[old["verdict"], new["verdict"]] += 1
            changed += any(old[name] != new[name] for name in ("cost_likely", "benefit_likely"))
            for side, values in enumerate((old, new)):
                sums["cost"][side] += values["cost_likely"]
                sums["flagged"][side] += values["cost_likely"] if values["cause"] else 0
                sums["avoidable"][side] += values["avoidable_hours"]
        looked_at, last = looked_at + len(tasks), ids[-1]
        session.expunge_all()
    hours = {name: (now_ / PER_HOUR, then / PER_HOUR) for name, (now_, then) in sums.items()}
    return PolicyPreview(
        tasks=_count(session, organisation_id),
        looked_at=looked_at,
        moves=tuple(sorted(moves.items(), key=lambda move: (-move[1], move[0]))),
        hours_change=changed,
        cost=hours["cost"],
        flagged=hours["flagged"],
        avoidable=hours["avoidable"],
    )


def adopt(
    session: Session,
    actor: Actor,
    policy: Policy,
    reason: str,
    version: int,
    key: str,
    now: datetime,
) -> int:
    """Assess by these numbers from now on, and every task anew; how many there were.

    Args:
        session: writing.
        actor: an administrator.
        policy: the numbers; the version follows from those that there are.
        reason: why, in the organisation's own words.
        version: the one in force that the actor saw.
        key: of the form; sent again it changes nothing.
        now: time of the change.

    Raises:
        NotAllowed: the actor may not change the policy.
        Invalid: no reason, or no number differs.
        Conflict: another version came into force meanwhile.
    """
    ensure(actor, Permission.MANAGE_ORGANISATION)
    organisation_id = actor.organisation_id
    take_turn(session, organisation_id)
    earlier = earlier_numbers(session, organisation_id, key)
    if earlier is not None:
        return earlier[0]
    reason = read_text(reason, "reason", LONGEST_REASON, required=True)
    old = policy_in_force(session, organisation_id)
    if old.version != version:
        raise Conflict("changed_meanwhile")
    before, after = numbers_of(old), numbers_of(policy)
    if before == after:
        raise Invalid("reason", "no_number_differs")
    adopted = PolicyVersion(
        organisation_id=organisation_id,
        version=old.version + 1,
        adopted_on=now.date(),
        numbers=after,
    )
    session.add(adopted)
    _note_reason(session, organisation_id, adopted.version, reason)
    record(
        session,
        actor,
        Act.POLICY_ADOPTED,
        "policy",
        reference=str(adopted.version),
        before={"version": old.version, **_flat(before)},
        after={"version": adopted.version, "reason": reason, **_flat(after)},
        now=now,
    )
    session.flush()
    count = assess_organisation(session, load_assumptions(session, organisation_id, now.date()))
    remember(session, organisation_id, key, str(count), now)
    return count


def _note_reason(session: Session, organisation_id: int, version: int, reason: str) -> None:
    organisation = session.get_one(Organisation, organisation_id)
    noted = dict(organisation.statements.get(REASONS, {}))
    noted[str(version)] = reason
    organisation.statements = {**organisation.statements, REASONS: noted}


def _flat(numbers: Mapping[str, Any]) -> dict[str, Any]:
    """Each number by a name of its own, so that only those that differ are kept in the trail."""
    found: dict[str, Any] = {}
    for name, value in numbers.items():
        if isinstance(value, Mapping):
            found |= {f"{name}.{each}": number for each, number in value.items()}
        else:
            found[name] = value
    return found


def _count(session: Session, organisation_id: int) -> int:
    own = Task.organisation_id == organisation_id
    return session.scalar(select(func.count()).select_from(Task).where(own, IS_LIVE)) or 0
