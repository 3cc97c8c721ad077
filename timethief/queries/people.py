"""Who belongs to the organisation, and who is invited. Nothing here counts what a person does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.orm import Session

from timethief.domain.contact import mailbox
from timethief.domain.errors import NotFound
from timethief.domain.identifiers import to_text
from timethief.domain.names import alphabetical, folded, outline
from timethief.domain.people import Role
from timethief.i18n import TIME_ZONE
from timethief.storage.tables import Invitation, Unit, User

PAGE = 50


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A person as the list shows it.

    Attributes:
        log_in: `password`, `sign_on`, or `none` where no password has been chosen yet.
        last_seen_month: its first day; None for never.
    """

    id: str
    name: str
    email: str
    role: str
    unit: str | None
    log_in: str
    last_seen_month: date | None
    active: bool


@dataclass(frozen=True, slots=True)
class PersonFilter:
    """Which people are looked for: whose name holds the words, in one role or any, members or former members."""

    words: str = ""
    role: Role | None = None
    former: bool = False


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """One page of the people, by name.

    Attributes:
        count: how many meet the filter.
        after: the page that follows begins after this person; None on the last.
        before: the page before ends before this person; None on the first.
    """

    lines: tuple[PersonLine, ...]
    count: int
    after: str | None
    before: str | None


@dataclass(frozen=True, slots=True)
class Person:
    """One person, as an administrator changes it."""

    line: PersonLine
    unit_id: str
    staff_category_id: str
    version: int


@dataclass(frozen=True, slots=True)
class InvitationLine:
    """An invitation that has not been accepted."""

    id: str
    email: str | None
    name: str
    role: str
    unit: str | None
    last_day: date
    too_old: bool


def people(
    session: Session,
    organisation_id: int,
    wanted: PersonFilter,
    *,
    after: int | None = None,
    before: int | None = None,
) -> PeoplePage:
    """One page of the people who meet the filter.

    Args:
        session: reading.
        organisation_id: whose people.
        wanted: the filter.
        after: the person that the page begins after.
        before: the person that the page ends before.

    Raises:
        NotFound: the place is nobody of the organisation.
    """
    conditions = _conditions(organisation_id, wanted)
    count = session.scalars(select(func.count()).select_from(User).where(*conditions)).one()
    place = tuple_(User.sort_name, User.id)
    backwards = before is not None
    query = _lines().where(*conditions)
    if backwards:
        query = query.where(place < _place(session, before))
        query = query.order_by(User.sort_name.desc(), User.id.desc())
    else:
        if after is not None:
            query = query.where(place > _place(session, after))
        query = query.order_by(User.sort_name, User.id)
    rows = session.execute(query.limit(PAGE + 1)).all()
    more, rows = len(rows) > PAGE, rows[:PAGE]
    if backwards:
        rows = rows[::-1]
    lines = tuple(_line(user, unit) for user, unit in rows)
    has_next, has_previous = (bool(lines), more) if backwards else (more, after is not None)
    return PeoplePage(
        lines=lines,
        count=count,
        after=lines[-1].id if has_next and lines else None,
        before=lines[0].id if has_previous and lines else None,
    )


def person(session: Session, organisation_id: int, user_id: int) -> Person:
    """One person.

    Raises:
        NotFound: there is none in the organisation.
    """
    row = session.execute(
        _lines().where(User.organisation_id == organisation_id, User.id == user_id)
    ).one_or_none()
    if row is None:
        raise NotFound("person")
    user, unit = row
    return Person(
        line=_line(user, unit),
        unit_id=_text(user.unit_id),
        staff_category_id=_text(user.staff_category_id),
        version=user.version,
    )


def invitations(
    session: Session, organisation_id: int, now: datetime
) -> tuple[InvitationLine, ...]:
    """The invitations that have not been accepted, the newest first."""
    rows = session.execute(
        select(Invitation, Unit.name)
        .outerjoin(Unit, Unit.id == Invitation.unit_id)
        .where(Invitation.organisation_id == organisation_id, Invitation.used_at.is_(None))
        .order_by(Invitation.invited_at.desc(), Invitation.id)
    )
    return tuple(
        InvitationLine(
            id=to_text(row.id),
            email=row.email,
            name=row.name,
            role=row.role,
            unit=unit,
            last_day=row.valid_until.astimezone(TIME_ZONE).date(),
            too_old=row.valid_until < now,
        )
        for row, unit in rows
    )


def look_alikes(
    session: Session, organisation_id: int, email: str, name: str
) -> Sequence[PersonLine]:
    """People of the organisation who may be the one that is meant: the same name to the eye, or mailbox."""
    rows = session.execute(
        select(User.id, User.name, User.email).where(
            User.organisation_id == organisation_id, User.folded_email != folded(email)
        )
    )
    seen, box = outline(name), mailbox(email)
    same = [row.id for row in rows if outline(row.name) == seen or mailbox(row.email) == box]
    found = session.execute(
        _lines().where(User.organisation_id == organisation_id, User.id.in_(same[:PAGE]))
    )
    return [_line(user, unit) for user, unit in found]


def _conditions(organisation_id: int, wanted: PersonFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [
        User.organisation_id == organisation_id,
        User.active.is_(not wanted.former),
    ]
    if wanted.role is not None:
        found.append(User.role == wanted.role.value)
    found += [
        User.sort_name.contains(alphabetical(word), autoescape=True)
        for word in wanted.words.split()
    ]
    return found


def _lines() -> Select[User, str | None]:
    return select(User, Unit.name).outerjoin(Unit, Unit.id == User.unit_id)


def _place(session: Session, user_id: int | None) -> ColumnElement[tuple[str, int]]:
    user = None if user_id is None else session.get(User, user_id)
    if user is None:
        raise NotFound("person")
    return tuple_(user.sort_name, user.id)


def _line(user: User, unit: str | None) -> PersonLine:
    return PersonLine(
        id=to_text(user.id),
        name=user.name,
        email=user.email,
        role=user.role,
        unit=unit,
        log_in=_log_in(user),
        last_seen_month=_first_day(user.last_seen_month),
        active=user.active,
    )


def _log_in(user: User) -> str:
    if user.issuer is not None:
        return "sign_on"
    return "none" if user.password_hash is None else "password"


def _first_day(month: str | None) -> date | None:
    return None if month is None else date.fromisoformat(f"{month}-01")


def _text(identifier: int | None) -> str:
    return "" if identifier is None else to_text(identifier)
