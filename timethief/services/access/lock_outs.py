"""Slows down guessing, for one account and for all together. Waits grow, and every one of them ends.

Counted in the database, so that all workers count together. What is counted is named by a keyed hash: the table
does not tell whose account somebody tried, and an address without an account waits like one with.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from timethief.domain.errors import Refusal
from timethief.storage.tables import WrongTries

FREE_TRIES = 10
WINDOW = timedelta(minutes=15)
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)
MEMORY = timedelta(days=1)
"""So long after a wait the next one is still longer."""
ALL_TRIES = 1_000
ALL_WINDOW = timedelta(minutes=5)
_ALL = "all"


class TooManyTries(Refusal):
    """One must wait before the next try; `until` is when."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


Name = Callable[[str], str]


def namer(secret_key: str) -> Name:
    """Makes the name under which something is counted: nobody reads from it what it stands for."""
    key = hmac.digest(secret_key.encode(), b"timethief wrong tries", "sha256")

    def name(what: str) -> str:
        return hmac.new(key, what.encode("utf-8", "replace"), hashlib.sha256).hexdigest()

    return name


def begin(session: Session, subject: str, now: datetime) -> None:
    """Count a try before it is made, so that a hundred at once are not more than one after the other.

    Raises:
        TooManyTries: it may not be made yet.
    """
    everything = session.get(WrongTries, _ALL)
    if everything and everything.wait_until and now < everything.wait_until:
        raise TooManyTries(everything.wait_until)
    tries = _of(session, subject, now)
    if tries.wait_until is not None and now < tries.wait_until:
        raise TooManyTries(tries.wait_until)
    if _is_forgotten(tries, now):
        tries.count, tries.since, tries.wait_until = 0, now, None
    tries.count += 1
    if tries.count >= FREE_TRIES:
        tries.wait_until = now + _wait(tries.count - FREE_TRIES)


def was_wrong(session: Session, now: datetime) -> None:
    """The try that had begun was in vain: it counts among those of all."""
    tries = _of(session, _ALL, now)
    if now - tries.since > ALL_WINDOW:
        tries.count, tries.since, tries.wait_until = 0, now, None
    tries.count += 1
    if tries.count >= ALL_TRIES:
        tries.wait_until = tries.since + ALL_WINDOW
    _forget_old(session, now)


def was_right(session: Session, subject: str) -> None:
    """The owner got in, by password or by a link that was mailed: nothing is counted any more."""
    session.execute(delete(WrongTries).where(WrongTries.subject == subject))


def _of(session: Session, subject: str, now: datetime) -> WrongTries:
    """The row of the subject, which nobody else changes until this transaction ends."""
    query = select(WrongTries).where(WrongTries.subject == subject).with_for_update()
    found = session.scalars(query).one_or_none()
    if found is not None:
        return found
    try:
        with session.begin_nested():
            session.execute(insert(WrongTries).values(subject=subject, count=0, since=now))
    except IntegrityError:
        pass  # another worker was first, and this one waits for it
    return session.scalars(query).one()


def _is_forgotten(tries: WrongTries, now: datetime) -> bool:
    if tries.wait_until is None:
        return now - tries.since > WINDOW
    return now - tries.wait_until > MEMORY


def _wait(earlier: int) -> timedelta:
    """Twice as long each time, up to the longest."""
    doubled: int = 1 << min(earlier, 16)
    return min(FIRST_WAIT * doubled, LONGEST_WAIT)


def _forget_old(session: Session, now: datetime) -> None:
    session.execute(
        delete(WrongTries).where(
            WrongTries.subject != _ALL,
            WrongTries.since < now - WINDOW,
            or_(WrongTries.wait_until.is_(None), WrongTries.wait_until < now - MEMORY),
        )
    )
