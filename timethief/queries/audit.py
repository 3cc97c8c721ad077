"""The trail of administrative acts, newest first: a page at a time, or all of it for an export."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from heapq import merge
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from timethief.domain.audit import Act
from timethief.domain.errors import Invalid, NotFound
from timethief.domain.identifiers import from_text, to_text
from timethief.i18n import TIME_ZONE
from timethief.storage.tables import AuditEvent, TaskEvent, User

TASK = "task"
"""The subject of acts on tasks, which stand in the history of the task and are read from there."""
PAGE = 50
_READ_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class TrailFilter:
    """Which lines; None for all.

    Attributes:
        first: from the beginning of that day in Sweden.
        last: to its end.
    """

    act: Act | None = None
    subject: str | None = None
    person: int | None = None
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class TrailCursor:
    """A place in the trail: the line there.

    Attributes:
        newer: the page before the place, else the one after it.
    """

    happened_at: datetime
    id: int
    newer: bool = False

    def __str__(self) -> str:
        """As it stands in an address; readers need not understand it."""
        moment = int(self.happened_at.timestamp() * 1_000_000)
        return f"{'n' if self.newer else 'o'}{moment}.{to_text(self.id)}"

    @classmethod
    def read(cls, text: str) -> TrailCursor:
        """The cursor of an address.

        Raises:
            Invalid: field `cursor`, reason `unreadable`.
        """
        moment, _, line = text[1:].partition(".")
        try:
            if text[:1] not in ("n", "o") or not moment.isascii() or len(moment) > 17:  # noqa: PLR2004
                raise Invalid("cursor", "unreadable")
            happened_at = datetime.fromtimestamp(int(moment) / 1_000_000, TIME_ZONE)
            return cls(happened_at, from_text(line), text[0] == "n")
        except (ValueError, OverflowError, OSError, NotFound) as error:
            raise Invalid("cursor", "unreadable") from error


@dataclass(frozen=True, slots=True)
class TrailLine:
    """One act. `name` is empty where a command or a job acted, or the account is gone."""

    id: str
    happened_at: datetime
    user_id: str
    name: str
    role: str
    act: str
    subject: str
    reference: str
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass(frozen=True, slots=True)
class TrailPage:
    """Lines, and where the pages before and after begin."""

    lines: tuple[TrailLine, ...]
    newer: TrailCursor | None
    older: TrailCursor | None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who stands in the trail."""

    id: str
    name: str


def trail(
    session: Session, organisation_id: int, wanted: TrailFilter, cursor: TrailCursor | None
) -> TrailPage:
    """One page of an organisation's trail."""
    newer = cursor is not None and cursor.newer
    found = [
        _line(each, name)
        for query in _queries(organisation_id, wanted, cursor, newer=newer)
        for each, name in session.execute(query.limit(PAGE + 1))
    ]
    found.sort(key=_place, reverse=not newer)
    more, lines = len(found) > PAGE, found[:PAGE]
    if newer:
        lines.reverse()
    has_newer = more if newer else cursor is not None
    has_older = True if newer else more
    return TrailPage(
        tuple(lines),
        _cursor(lines[0], newer=True) if lines and has_newer else None,
        _cursor(lines[-1], newer=False) if lines and has_older else None,
    )


def whole_trail(session: Session, organisation_id: int, wanted: TrailFilter) -> Iterator[TrailLine]:
    """All lines, newest first, however many: they are read as they are asked for."""
    options = {"yield_per": _READ_AT_ONCE}
    streams = [
        (_line(each, name) for each, name in session.execute(query, execution_options=options))
        for query in _queries(organisation_id, wanted, None, newer=False)
    ]
    yield from merge(*streams, key=_place, reverse=True)


def subjects(session: Session, organisation_id: int) -> list[str]:
    """The kinds of thing that acts can be looked for by."""
    query = select(AuditEvent.subject).where(AuditEvent.organisation_id == organisation_id)
    return sorted({TASK, *session.scalars(query.distinct())})


def people(session: Session, organisation_id: int) -> list[Person]:
    """Those who stand in the trail, by name; never how often."""
    acted = [
        select(table.user_id).where(table.organisation_id == organisation_id)
        for table in (AuditEvent, TaskEvent)
    ]
    query = (
        select(User.id, User.name)
        .where(User.organisation_id == organisation_id, or_(*(User.id.in_(each) for each in acted)))
        .order_by(User.name, User.id)
    )
    return [Person(to_text(row.id), row.name) for row in session.execute(query)]


def _queries(
    organisation_id: int, wanted: TrailFilter, cursor: TrailCursor | None, *, newer: bool
) -> Iterator[Select[Any, Any]]:
    """The trail itself, and the acts of office that stand in the histories of tasks."""
    if wanted.act is not Act.TASK_REVIEWED:
        query = _lines(AuditEvent, organisation_id, wanted, cursor, newer=newer)
        if wanted.act is not None:
            query = query.where(AuditEvent.act == wanted.act.value)
        if wanted.subject is not None:
            query = query.where(AuditEvent.subject == wanted.subject)
        yield query
    if wanted.act in (None, Act.TASK_REVIEWED) and wanted.subject in (None, TASK):
        query = _lines(TaskEvent, organisation_id, wanted, cursor, newer=newer)
        yield query.where(TaskEvent.user_id.is_not(None))


def _lines(
    table: type[AuditEvent | TaskEvent],
    organisation_id: int,
    wanted: TrailFilter,
    cursor: TrailCursor | None,
    *,
    newer: bool,
) -> Select[Any, Any]:
    query = (
        select(table, User.name)
        .join(User, User.id == table.user_id, isouter=True)
        .where(table.organisation_id == organisation_id)
    )
    if wanted.person is not None:
        query = query.where(table.user_id == wanted.person)
    if wanted.first is not None:
        query = query.where(table.happened_at >= _begin(wanted.first))
    if wanted.last is not None and wanted.last < date.max:
        query = query.where(table.happened_at < _begin(wanted.last + timedelta(days=1)))
    moment, key = table.happened_at, table.id
    if cursor is not None and newer:
        same = and_(moment == cursor.happened_at, key > cursor.id)
        query = query.where(or_(moment > cursor.happened_at, same))
    elif cursor is not None:
        same = and_(moment == cursor.happened_at, key < cursor.id)
        query = query.where(or_(moment < cursor.happened_at, same))
    if newer:
        return query.order_by(moment, key)
    return query.order_by(moment.desc(), key.desc())


def _begin(day: date) -> datetime:
    return datetime.combine(day, time.min, TIME_ZONE)


def _place(line: TrailLine) -> tuple[datetime, str]:
    """Where a line stands; identifiers sort as text just as they do as numbers."""
    return line.happened_at, line.id


def _cursor(line: TrailLine, *, newer: bool) -> TrailCursor:
    return TrailCursor(line.happened_at, from_text(line.id), newer)


def _line(event: AuditEvent | TaskEvent, name: str | None) -> TrailLine:
    return TrailLine(
        id=to_text(event.id),
        happened_at=event.happened_at,
        user_id="" if event.user_id is None else to_text(event.user_id),
        name=name or "",
        role=event.role,
        act=f"task_{event.kind}" if isinstance(event, TaskEvent) else event.act,
        subject=TASK if isinstance(event, TaskEvent) else event.subject,
        reference=to_text(event.task_id) if isinstance(event, TaskEvent) else event.reference,
        before=event.before,
        after=event.after,
    )
