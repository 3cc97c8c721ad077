"""A real mail server on this machine that answers as it is told."""

from __future__ import annotations

import asyncio
import socket
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from timethief.config import MailServer

OK = "250 OK"
Authenticator = Callable[[SMTP, Session, Envelope, str, object], AuthResult]


@dataclass
class Received:
    """A mail that the server took, or was handed before it died."""

    recipient: str
    message: EmailMessage

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"])

    def part(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        assert part is not None
        return str(part.get_content())


@dataclass
class PostOffice:
    """What the server has been handed, and what it answers.

    Attributes:
        taken: what it said 250 to.
        handed: all whose text it got, with or without an answer.
        refused: its answers to recipients, each in turn; the last holds on.
        answers: its answers to the text of mails, each in turn; the last holds on.
        slow: seconds before it answers to a text.
        dies: it breaks off after the text, so many times.
    """

    taken: list[Received] = field(default_factory=list)
    handed: list[Received] = field(default_factory=list)
    refused: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    answers: list[str] = field(default_factory=list)
    slow: float = 0.0
    dies: int = 0
    port: int = 0

    @property
    def address(self) -> MailServer:
        return MailServer("smtp", "127.0.0.1", self.port)

    def to(self, recipient: str) -> list[Received]:
        return [each for each in self.taken if each.recipient == recipient]

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: object
    ) -> str:
        answer = _next(self.refused[address])
        if answer == OK:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        assert isinstance(content, bytes)
        message = message_from_bytes(content, policy=default)
        assert isinstance(message, EmailMessage)
        [recipient] = envelope.rcpt_tos
        self.handed.append(Received(recipient, message))
        if self.slow:
            await asyncio.sleep(self.slow)
        if self.dies:
            self.dies -= 1
            assert server.transport is not None
            server.transport.close()
            return OK
        answer = _next(self.answers)
        if answer == OK:
            self.taken.append(self.handed[-1])
        return answer


def _next(answers: list[str]) -> str:
    if len(answers) > 1:
        return answers.pop(0)
    return answers[0] if answers else OK


@contextmanager
def opened(**options: Any) -> Iterator[PostOffice]:  # noqa: ANN401 - the library's own
    """The server, listening."""
    office = PostOffice()
    controller = Controller(office, hostname="127.0.0.1", port=0, **options)
    controller.port = _free_port()
    controller.start()
    office.port = controller.port
    try:
        yield office
    finally:
        controller.stop()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def lets_in(user: str, password: str) -> Authenticator:
    """An authenticator that knows one log-in."""

    def check(
        _server: SMTP, _session: Session, _envelope: Envelope, _way: str, given: object
    ) -> AuthResult:
        assert isinstance(given, LoginPassword)
        known = (given.login, given.password) == (user.encode(), password.encode())
        return AuthResult(success=known, handled=False)

    return check
