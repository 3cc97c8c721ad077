"""What the queue can be filtered by beside what the inventory can, and what cases can be given to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from timethief.domain.cases import CaseState
from timethief.domain.identifiers import to_text
from timethief.domain.names import alphabetical
from timethief.storage.tables import Case, SupportFunction, User


@dataclass(frozen=True, slots=True)
class QueueChoices:
    """Identifiers and names, by name.

    Attributes:
        functions: those that take new cases.
        owners: people who have taken a case that is open.
    """

    functions: tuple[tuple[str, str], ...]
    owners: tuple[tuple[str, str], ...]


def queue_choices(session: Session, organisation_id: int) -> QueueChoices:
    """What there is to choose from."""
    functions = session.execute(
        select(SupportFunction.id, SupportFunction.name).where(
            SupportFunction.organisation_id == organisation_id, SupportFunction.active.is_(True)
        )
    )
    taken = select(Case.user_id).where(
        Case.organisation_id == organisation_id,
        Case.state != CaseState.CLOSED.value,
        Case.task_id.is_not(None),
    )
    owners = session.execute(
        select(User.id, User.name).where(
            User.organisation_id == organisation_id, User.id.in_(taken)
        )
    )
    return QueueChoices(_named(functions.all()), _named(owners.all()))


def _named(rows: Sequence[Row[int, str]]) -> tuple[tuple[str, str], ...]:
    found = [(to_text(row[0]), row[1]) for row in rows]
    return tuple(sorted(found, key=lambda each: alphabetical(each[1])))
