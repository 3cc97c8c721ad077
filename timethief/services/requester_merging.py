"""An organisation's own requesters: put right, given other names, and two that are one made one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.audit import Act
from timethief.domain.errors import Conflict, Invalid, Invalids, NotFound
from timethief.domain.identifiers import to_text
from timethief.domain.names import folded
from timethief.domain.people import Actor, Permission, ensure
from timethief.domain.seen import as_seen, check_seen
from timethief.domain.tasks import read_text
from timethief.domain.vocabulary import Level
from timethief.services.audit import record
from timethief.services.requesters import LONGEST_NAME, requester_of
from timethief.services.sent_forms import earlier_numbers, earlier_result, remember
from timethief.storage import search
from timethief.storage.assumptions import load_assumptions
from timethief.storage.references import is_referred_to, point_at
from timethief.storage.tables import (
    AssessmentRow,
    Requester,
    RequesterAlias,
    Requirement,
    Task,
)
from timethief.storage.totals import Ledger, line_of
from timethief.storage.turns import take_turn

BATCH = 500
MOST_ALIASES = 20


@dataclass(frozen=True, slots=True)
class RequesterFacts:
    """A requester as somebody wants it; `aliases` are its other names."""

    name: str
    level: Level
    verified: bool
    aliases: tuple[str, ...] = ()


def own_requester(session: Session, organisation_id: int, requester_id: int) -> Requester:
    """A requester that the organisation has added itself; those of the registers are nobody's to change.

    Raises:
        NotFound: it is of the registers, or another organisation's.
    """
    requester = requester_of(session, organisation_id, requester_id)
    if requester.organisation_id is None:
        raise NotFound("requester")
    return requester


def seen_requester(session: Session, requester: Requester) -> str:
    """A print of the requester as it stands, for the form that changes it."""
    return as_seen(_told(session, requester))


def own_aliases(session: Session, requester: Requester, organisation_id: int) -> list[str]:
    """The other names that the organisation has given a requester."""
    rows = session.scalars(
        select(RequesterAlias).where(
            RequesterAlias.requester_id == requester.id,
            RequesterAlias.organisation_id == organisation_id,
        )
    )
    return [row.name for row in sorted(rows, key=lambda row: row.folded_name)]


def change(
    session: Session,
    actor: Actor,
    requester_id: int,
    facts: RequesterFacts,
    seen: str,
    key: str,
    now: datetime,
) -> None:
    """Change a requester. Of one of the registers only the organisation's own other names can be.

    Raises:
        NotAllowed: the actor may not change requesters.
        NotFound: there is none.
        Invalids: a name that cannot be used, or that another one has.
        Conflict: somebody changed it meanwhile, or it has been merged into another.
    """
    ensure(actor, Permission.MANAGE_ORGANISATION)
    organisation_id = actor.organisation_id
    take_turn(session, organisation_id)
    requester = requester_of(session, organisation_id, requester_id)
    if earlier_result(session, organisation_id, key) is not None:
        return
    before = _told(session, requester)
    check_seen(before, seen)
    if requester.organisation_id is not None:
        if requester.successor_id is not None:
            raise Conflict("merged")
        _rename(session, organisation_id, requester, facts, now)
    _name_also(session, requester, organisation_id, facts.aliases)
    session.flush()
    after = _told(session, requester)
    if before != after:
        record(
            session,
            actor,
            Act.REQUESTER_CHANGED,
            "requester",
            reference=to_text(requester.id),
            before=before,
            after=after,
            now=now,
        )
    remember(session, organisation_id, key, str(requester.id), now)


def merge(
    session: Session, actor: Actor, gone_id: int, kept_id: int, key: str, now: datetime
) -> int:
    """Make one requester of two: everything that names the first names the second from now on; how many tasks.

    The first keeps its name, which leads on to the second. It cannot be undone: which tasks were whose is not
    kept anywhere but in the history.

    Raises:
        NotAllowed: the actor may not change requesters.
        NotFound: the first is not the organisation's own, or there is no second.
        Invalid: both are the same, or the second leads on itself.
        Conflict: the first has been merged already.
    """
    ensure(actor, Permission.MANAGE_ORGANISATION)
    organisation_id = actor.organisation_id
    take_turn(session, organisation_id)
    gone = own_requester(session, organisation_id, gone_id)
    kept = requester_of(session, organisation_id, kept_id)
    earlier = earlier_numbers(session, organisation_id, key)
    if earlier is not None:
        return earlier[0]
    if gone.successor_id is not None:
        raise Conflict("merged")
    if gone.id == kept.id:
        raise Invalid("kept", "the_same")
    if kept.successor_id is not None:
        raise Invalid("kept", "merged")
    requirements = _join_requirements(session, organisation_id, gone, kept)
    _join_aliases(session, organisation_id, gone, kept)
    point_at(
        session,
        "requester",
        gone.id,
        kept.id,
        but=frozenset({"task", "requirement", "requester_alias"}),
    )
    count = _move_tasks(session, organisation_id, gone, kept, requirements, now)
    for old in requirements:
        if not is_referred_to(session, "requirement", old):
            session.delete(session.get_one(Requirement, old))
    gone.active, gone.successor_id = False, kept.id
    session.flush()
    record(
        session,
        actor,
        Act.REQUESTERS_MERGED,
        "requester",
        reference=to_text(gone.id),
        before={"name": gone.name},
        after={"name": kept.name, "requester_id": kept.id, "tasks": count},
        now=now,
    )
    remember(session, organisation_id, key, str(count), now)
    return count


def _told(session: Session, requester: Requester) -> dict[str, Any]:
    own = session.scalars(
        select(RequesterAlias.name).where(
            RequesterAlias.requester_id == requester.id,
            RequesterAlias.organisation_id.is_not(None),
        )
    )
    return {
        "name": requester.name,
        "level": requester.level,
        "verified": requester.verified,
        "aliases": sorted(own),
        "successor_id": requester.successor_id,
    }


def _rename(
    session: Session,
    organisation_id: int,
    requester: Requester,
    facts: RequesterFacts,
    now: datetime,
) -> None:
    name = " ".join(read_text(facts.name, "name", LONGEST_NAME, required=True).split())
    key = folded(name)[:LONGEST_NAME]
    taken = session.scalar(
        select(Requester.id).where(
            Requester.organisation_id == requester.organisation_id,
            Requester.level == facts.level.value,
            Requester.folded_name == key,
            Requester.id != requester.id,
        )
    )
    if taken is not None:
        raise Invalids([Invalid("name", "requester_taken")])
    renamed, moved = requester.name != name, requester.level != facts.level.value
    requester.name, requester.folded_name = name, key
    requester.level, requester.verified = facts.level.value, facts.verified
    session.flush()
    if not renamed and not moved:
        return

    def move(_task: Task, row: AssessmentRow | None) -> None:
        if row is not None:
            row.level = requester.level

    _rebook(session, organisation_id, requester.id, move, requester.name, now)


def _name_also(
    session: Session, requester: Requester, organisation_id: int, aliases: tuple[str, ...]
) -> None:
    wanted: dict[str, str] = {}
    for alias in aliases:
        name = read_text(alias, "aliases", LONGEST_NAME)
        if name and folded(name) != requester.folded_name:
            wanted.setdefault(folded(name)[:LONGEST_NAME], name)
    if len(wanted) > MOST_ALIASES:
        raise Invalids([Invalid("aliases", "too_many_names", limit=MOST_ALIASES)])
    of_another = session.scalars(
        select(Requester.name).where(
            Requester.organisation_id == organisation_id,
            Requester.folded_name.in_(wanted),
            Requester.id != requester.id,
            # One that has been merged into this one leads here already.
            Requester.successor_id.is_(None),
        )
    ).first()
    if of_another is not None:
        raise Invalids([Invalid("aliases", "name_of_another", name=of_another)])
    rows = session.scalars(
        select(RequesterAlias).where(
            RequesterAlias.requester_id == requester.id,
            RequesterAlias.organisation_id == organisation_id,
        )
    ).all()
    for row in rows:
        if row.folded_name in wanted:
            row.name = wanted.pop(row.folded_name)
        else:
            session.delete(row)
    for key, name in wanted.items():
        session.add(
            RequesterAlias(
                organisation_id=organisation_id,
                requester_id=requester.id,
                name=name,
                folded_name=key,
            )
        )


def _join_requirements(
    session: Session, organisation_id: int, gone: Requester, kept: Requester
) -> dict[int, int]:
    """Hand over what the first asks for; where the second asks for the same, which becomes which."""
    known: dict[str, int] = {}
    for row in session.scalars(select(Requirement).where(Requirement.requester_id == kept.id)):
        known.setdefault(row.folded_title, row.id)
    joined: dict[int, int] = {}
    for row in session.scalars(
        select(Requirement).where(
            Requirement.requester_id == gone.id, Requirement.organisation_id == organisation_id
        )
    ):
        if row.folded_title in known:
            joined[row.id] = known[row.folded_title]
            point_at(
                session, "requirement", row.id, known[row.folded_title], but=frozenset({"task"})
            )
        else:
            row.requester_id = kept.id
    session.flush()
    return joined


def _join_aliases(session: Session, organisation_id: int, gone: Requester, kept: Requester) -> None:
    own = RequesterAlias.organisation_id == organisation_id
    known = set(
        session.scalars(
            select(RequesterAlias.folded_name).where(RequesterAlias.requester_id == kept.id)
        )
    )
    for row in session.scalars(
        select(RequesterAlias).where(RequesterAlias.requester_id == gone.id, own)
    ).all():
        if row.folded_name in known or row.folded_name == kept.folded_name:
            session.delete(row)
        else:
            row.requester_id = kept.id
    session.flush()


def _move_tasks(
    session: Session,
    organisation_id: int,
    gone: Requester,
    kept: Requester,
    requirements: dict[int, int],
    now: datetime,
) -> int:
    """Let the tasks of the first name the second; how many there were."""

    def move(task: Task, row: AssessmentRow | None) -> None:
        task.requester_id = kept.id
        if task.requirement_id in requirements:
            task.requirement_id = requirements[task.requirement_id]
        if row is not None:
            row.requester_id, row.requirement_id = kept.id, task.requirement_id
            row.level = kept.level

    return _rebook(session, organisation_id, gone.id, move, kept.name, now)


def _rebook(
    session: Session,
    organisation_id: int,
    requester_id: int,
    move: Callable[[Task, AssessmentRow | None], None],
    name: str,
    now: datetime,
) -> int:
    """Do something to each task of a requester; totals and the words it is found by follow. How many count.

    Those that were merged into others have no assessment, and are not found by words.
    """
    assumptions = load_assumptions(session, organisation_id, now.date())
    ledger, count, last = Ledger(), 0, 0
    while True:
        tasks = session.scalars(
            select(Task)
            .where(
                Task.organisation_id == organisation_id,
                Task.requester_id == requester_id,
                Task.id > last,
            )
            .order_by(Task.id)
            .limit(BATCH)
        ).all()
        if not tasks:
            break
        last = tasks[-1].id
        rows = _assessments(session, tasks)
        for task in tasks:
            row = rows.get(task.id)
            if row is None:
                move(task, None)
                continue
            lineage, sector = assumptions.lineage[row.unit_id], assumptions.sectors[row.unit_id]
            ledger.take(line_of(row, lineage, sector))
            move(task, row)
            ledger.add(line_of(row, lineage, sector))
        session.flush()
        live = [task for task in tasks if task.id in rows]
        _index(session, live, name)
        count += len(live)
        for each in (*tasks, *rows.values()):
            session.expunge(each)
    ledger.store(session)
    return count


def _assessments(session: Session, tasks: Sequence[Task]) -> dict[int, AssessmentRow]:
    found = session.scalars(
        select(AssessmentRow).where(AssessmentRow.task_id.in_([task.id for task in tasks]))
    )
    return {row.task_id: row for row in found}


def _index(session: Session, tasks: Sequence[Task], requester: str) -> None:
    search.index(
        session,
        [
            search.Document(task.id, task.organisation_id, task.title, task.description, requester)
            for task in tasks
        ],
    )
