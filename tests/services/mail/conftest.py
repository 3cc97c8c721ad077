"""What tests of mail need: an installation with somebody to write to, and a mail server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from tests import make
from tests.services.mail.post_office import PostOffice, opened
from tests.services.settings import CONFIG
from timethief.config import MailServer
from timethief.domain.mail import Mail, MailKind
from timethief.services import outbox
from timethief.services.jobs import Surroundings
from timethief.services.mail.sending import send_waiting
from timethief.storage.database import Database
from timethief.storage.tables import OutboxMail, User


@dataclass
class Outbox:
    """The queue of an installation, and those to whom mail goes."""

    database: Database
    place: make.Place
    server: MailServer | None = None

    def person(self, email: str) -> str:
        """Somebody with an account."""
        with self.database.writing_all() as session:
            user = session.get_one(User, make.actor(session, self.place).user_id)
            user.email = user.folded_email = email
        return email

    def queue(self, recipient: str, key: str = "1", **changes: Any) -> None:  # noqa: ANN401 - fields of the mail
        mail = Mail(
            organisation_id=self.place.organisation_id,
            recipient=recipient,
            kind=MailKind.NOTICE,
            key=key,
            subject="Ärendet är avgjort",
            text="Hej!\n\nBeslutet finns här:\n\nhttps://tidstjuvar.example.se/tasks/abc",
        )
        with self.database.writing(self.place.organisation_id) as session:
            outbox.queue(session, replace(mail, **changes), make.NOW)

    def send(
        self,
        now: datetime = make.NOW,
        patience: float = 5.0,
        stopping: Callable[[], bool] = lambda: False,
    ) -> dict[str, int]:
        config = replace(CONFIG, mail_server=self.server)
        return dict(send_waiting(Surroundings(self.database, config, stopping), now, patience))

    def mails(self) -> list[OutboxMail]:
        with self.database.reading_all() as session:
            return list(session.scalars(select(OutboxMail).order_by(OutboxMail.recipient)))

    def mail(self) -> OutboxMail:
        [found] = self.mails()
        return found

    def states(self) -> dict[str, str]:
        return {mail.recipient: mail.state for mail in self.mails()}


@pytest.fixture
def post_office() -> Iterator[PostOffice]:
    """A mail server that takes everything until it is told otherwise."""
    with opened() as office:
        yield office


@pytest.fixture
def queued(database: Database, post_office: PostOffice) -> Outbox:
    """A queue that is sent to the mail server."""
    with database.writing_all() as session:
        place = make.organisation(session)
    return Outbox(database, place, post_office.address)
