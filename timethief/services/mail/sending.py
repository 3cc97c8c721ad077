"""Empties the queue: leases a mail, hands it over, notes the outcome. At least once, and as good as once.

The note that a mail is sent follows the server's word that it took it. Who dies between the two sends it again,
with the same Message-ID; nowhere else is anything sent twice, and nothing is lost.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session

from timethief.config import Config, MailServer
from timethief.domain.contact import read_email
from timethief.domain.errors import Invalid
from timethief.domain.mail import BACK_OFF, TO_OUTSIDERS, UNSENT, MailKind, MailState, next_try
from timethief.domain.mail_preferences import OFFERED
from timethief.domain.names import folded
from timethief.i18n import DEFAULT_LANGUAGE
from timethief.services.mail.letters import Letter, Sender, write
from timethief.services.mail.server import PATIENCE, Connection, NotTaken
from timethief.services.mail_preferences import Unsubscribed, address_of
from timethief.services.surroundings import Surroundings
from timethief.storage.crash_points import crash_point
from timethief.storage.database import Database
from timethief.storage.tables import Organisation, OutboxMail, User

LEASE = timedelta(seconds=120)
"""Longer than one mail may take."""
_LONGEST_WAIT = max(BACK_OFF)
_LONGEST_RUN = 300.0
"""Seconds after which a run begins no more; the next minute's goes on."""
_EMPTIED = {"subject": "", "text": "", "html": None}


@dataclass(frozen=True, slots=True)
class _Leased:
    """A mail that is ours to send."""

    mail_id: int
    attempts: int
    first_tried_at: datetime
    letter: Letter


class _Clock:
    """The time since a run began, by the clock that nobody can turn."""

    def __init__(self, began: datetime) -> None:
        self._began = began
        self._at = time.monotonic()

    def now(self) -> datetime:
        """The time."""
        return self._began + timedelta(seconds=self.elapsed)

    @property
    def elapsed(self) -> float:
        """Seconds since the run began."""
        return time.monotonic() - self._at


def send_waiting(
    surroundings: Surroundings, now: datetime, patience: float = PATIENCE
) -> Mapping[str, int]:
    """Send what is due."""
    server = surroundings.config.mail_server
    if server is None:
        with surroundings.database.reading_all() as session:
            return {"waiting": waiting(session)}
    run = _Run(surroundings, server, _Clock(now), patience)
    run.empty()
    return {name: count for name, count in run.counted.items() if count}


class _Run:
    """One go at the queue."""

    def __init__(
        self, surroundings: Surroundings, server: MailServer, clock: _Clock, patience: float
    ) -> None:
        self.counted = {"sent": 0, "failed": 0, "given_up": 0, "dropped": 0}
        self._database: Database = surroundings.database
        self._config: Config = surroundings.config
        self._stopping = surroundings.stopping
        self._server = server
        self._clock = clock
        self._patience = patience
        self._connection: Connection | None = None

    def empty(self) -> None:
        """Send one after another, until none is due or the server takes no more."""
        try:
            while not self._stopping() and self._clock.elapsed < _LONGEST_RUN:
                crash_point("mail.before_lease")
                mail = self._lease()
                if mail is None:
                    return
                crash_point("mail.after_lease")
                try:
                    self._send(mail)
                except NotTaken as failure:
                    self._note_failure(mail, failure)
                    if failure.server_down:
                        return
        finally:
            if self._connection is not None:
                self._connection.close()

    def _send(self, mail: _Leased) -> None:
        sender = Sender(self._config.mail_from, self._config.base_url)
        try:
            recipient = read_email(mail.letter.recipient, "recipient")
        except Invalid as refusal:
            raise NotTaken("no_address") from refusal
        message = write(mail.letter, sender, self._clock.now())
        if self._connection is None or not self._connection.is_open:
            self._connection = Connection(self._server, self._patience)
        self._connection.send(sender.address, recipient, message)
        self._note(
            mail,
            _EMPTIED
            | {
                "state": MailState.SENT.value,
                "ended_at": self._clock.now(),
                "error": None,
                "answer": None,
            },
        )
        self.counted["sent"] += 1
        crash_point("mail.after_sent")

    def _lease(self) -> _Leased | None:
        """The next mail that is due; those whose recipient may have it no more are dropped on the way."""
        while True:
            with self._database.writing_all() as session:
                row = session.scalars(_next_due(self._clock.now())).first()
                if row is None:
                    return None
                organisation = session.get_one(Organisation, row.organisation_id)
                member = _member(session, row)
                may_have_it = member is not None or row.kind in TO_OUTSIDERS
                if organisation.active and may_have_it:
                    return self._take(row, organisation, member)
                row.state = MailState.DROPPED.value
                row.ended_at = self._clock.now()
                row.subject, row.text, row.html = "", "", None
            self.counted["dropped"] += 1

    def _take(self, row: OutboxMail, organisation: Organisation, member: User | None) -> _Leased:
        now = self._clock.now()
        language = member.language if member is not None else None
        row.state = MailState.LEASED.value
        row.leased_until = now + LEASE
        row.attempts += 1
        row.first_tried_at = row.first_tried_at or now
        letter = Letter(
            name=(str(row.organisation_id), row.recipient, row.kind, row.key),
            recipient=row.recipient,
            organisation=organisation.name,
            language=language or organisation.language or DEFAULT_LANGUAGE,
            subject=row.subject,
            text=row.text,
            html=row.html,
            unsubscribe="" if member is None else self._way_out(row.kind, member),
        )
        return _Leased(row.id, row.attempts, row.first_tried_at, letter)

    def _way_out(self, kind: str, member: User) -> str:
        """Where the member says that no more of this kind is wanted; empty where it must come."""
        if kind not in OFFERED:
            return ""
        of = Unsubscribed(member.organisation_id, member.id, MailKind(kind))
        return address_of(self._config.base_url, self._config.secret_key, of, self._clock.now())

    def _note_failure(self, mail: _Leased, failure: NotTaken) -> None:
        now = self._clock.now()
        values: dict[str, Any] = {"error": failure.kind, "answer": failure.answer}
        again = next_try(mail.attempts, mail.first_tried_at, now)
        if again is None or failure.kind == "no_address":
            values |= {"state": MailState.GIVEN_UP.value, "ended_at": now}
            self.counted["given_up"] += 1
        else:
            values |= {"state": MailState.WAITING.value, "next_try_at": again}
            self.counted["failed"] += 1
        self._note(mail, values)

    def _note(self, mail: _Leased, values: Mapping[str, Any]) -> None:
        with self._database.writing_all() as session:
            session.execute(
                update(OutboxMail)
                .where(
                    OutboxMail.id == mail.mail_id,
                    OutboxMail.state == MailState.LEASED.value,
                    OutboxMail.attempts == mail.attempts,
                )
                .values(leased_until=None, **values)
            )


def waiting(session: Session) -> int:
    """How many mails have not been sent."""
    unsent = select(func.count()).select_from(OutboxMail).where(OutboxMail.state.in_(UNSENT))
    return session.scalars(unsent).one()


def _next_due(now: datetime) -> Any:  # noqa: ANN401 - a select of the library
    """A mail to send now. A lease or a wait that ends later than any could is one that a turned clock left."""
    ready = and_(
        OutboxMail.state == MailState.WAITING.value,
        or_(OutboxMail.next_try_at <= now, OutboxMail.next_try_at > now + _LONGEST_WAIT),
    )
    left = and_(
        OutboxMail.state == MailState.LEASED.value,
        or_(OutboxMail.leased_until <= now, OutboxMail.leased_until > now + LEASE),
    )
    return (
        select(OutboxMail)
        .where(or_(ready, left))
        .order_by(OutboxMail.next_try_at, OutboxMail.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def _member(session: Session, row: OutboxMail) -> User | None:
    return session.scalars(
        select(User).where(
            User.organisation_id == row.organisation_id,
            User.folded_email == folded(row.recipient),
            User.active.is_(True),
        )
    ).first()
