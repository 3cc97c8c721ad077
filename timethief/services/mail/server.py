"""The conversation with the server that takes mail from us."""

from __future__ import annotations

import smtplib
import ssl
import time
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP
from types import TracebackType
from typing import Self

from timethief.config import MailServer
from timethief.storage.crash_points import crash_point

PATIENCE = 100.0
"""Seconds for one mail. A server that needs a minute is waited for; a lease of the queue lasts longer than this."""
_TO_CONNECT = 30.0
_BUSY = 421
"""The server's own word for: not now, to nobody."""


class NotTaken(Exception):
    """The server did not take a mail.

    Attributes:
        kind: why, as a key.
        answer: the server's number, if it gave one.
        server_down: nothing else will be taken either, for now.
    """

    def __init__(self, kind: str, answer: int | None = None, *, server_down: bool = False) -> None:
        super().__init__(kind)
        self.kind = kind
        self.answer = answer
        self.server_down = server_down


class Connection:
    """An open conversation."""

    def __init__(self, server: MailServer, patience: float = PATIENCE) -> None:
        """Connect and log in.

        Raises:
            NotTaken: the server is not there, or does not let us in.
        """
        self._patience = patience
        try:
            self._smtp = _connect(server, min(patience, _TO_CONNECT))
        except smtplib.SMTPAuthenticationError as fault:
            raise NotTaken("log_in_refused", fault.smtp_code, server_down=True) from fault
        except ssl.SSLError as fault:
            raise NotTaken("not_secure", server_down=True) from fault
        except smtplib.SMTPNotSupportedError as fault:
            raise NotTaken("not_secure", server_down=True) from fault
        except smtplib.SMTPResponseException as fault:
            raise NotTaken("server_busy", fault.smtp_code, server_down=True) from fault
        except (OSError, smtplib.SMTPException) as fault:
            raise NotTaken("unreachable", server_down=True) from fault

    def __enter__(self) -> Self:
        """The conversation."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it politely if the other side still listens."""
        self.close()

    def close(self) -> None:
        """End the conversation."""
        with suppress(OSError, smtplib.SMTPException):
            if self._smtp.sock is not None:
                self._smtp.sock.settimeout(1.0)
                self._smtp.quit()
        self._smtp.close()

    @property
    def is_open(self) -> bool:
        """Whether another mail can be sent."""
        return self._smtp.sock is not None

    def send(self, sender: str, recipient: str, message: EmailMessage) -> None:
        """Hand one mail to one recipient over; when this returns, the server has taken it.

        Raises:
            NotTaken: it did not, or nobody knows.
        """
        until = time.monotonic() + self._patience
        crash_point("mail.before_data")
        try:
            self._step(until)
            self._expect(*self._smtp.mail(sender), kind="sender_refused", server_down=True)
            self._step(until)
            self._expect(*self._smtp.rcpt(recipient), kind="recipient_refused")
            self._step(until)
            self._expect(*self._smtp.data(message.as_bytes(policy=SMTP)), kind="mail_refused")
        except smtplib.SMTPDataError as fault:
            self._refused(fault.smtp_code, kind="mail_refused")
        except (OSError, smtplib.SMTPException) as fault:
            self._smtp.close()
            # The library tells a time-out as a broken connection; what it was stands behind.
            late = isinstance(fault, TimeoutError) or isinstance(fault.__context__, TimeoutError)
            raise NotTaken("too_slow" if late else "broken_off") from fault
        crash_point("mail.after_250")

    def _step(self, until: float) -> None:
        """What is left of the patience is for the next answer."""
        if self._smtp.sock is None:
            raise smtplib.SMTPServerDisconnected
        self._smtp.sock.settimeout(max(0.01, until - time.monotonic()))

    def _expect(self, code: int, _words: bytes, *, kind: str, server_down: bool = False) -> None:
        if code not in (250, 251):
            self._refused(code, kind=kind, server_down=server_down)

    def _refused(self, code: int, *, kind: str, server_down: bool = False) -> None:
        if code == _BUSY:
            self._smtp.close()
            raise NotTaken("server_busy", code, server_down=True)
        with suppress(OSError, smtplib.SMTPException):
            self._smtp.rset()
        raise NotTaken(kind, code, server_down=server_down)


def _connect(server: MailServer, timeout: float) -> smtplib.SMTP:
    context = ssl.create_default_context()
    smtp: smtplib.SMTP
    if server.security == "smtps":
        smtp = smtplib.SMTP_SSL(server.host, server.port, timeout=timeout, context=context)
    else:
        smtp = smtplib.SMTP(server.host, server.port, timeout=timeout)
    try:
        if server.security == "smtp+starttls":
            smtp.starttls(context=context)
        if server.user:
            smtp.login(server.user, server.password)
        smtp.ehlo_or_helo_if_needed()
    except BaseException:
        smtp.close()
        raise
    return smtp
