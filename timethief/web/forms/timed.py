"""How long a form has been open: the time when it was shown stands in it, signed, and is stored nowhere."""

from __future__ import annotations

import base64
import hmac
from typing import Any, Self

from sqlalchemy.orm import Session
from wtforms import HiddenField

from timethief.domain.own_time import Activity
from timethief.services import own_time
from timethief.web import current
from timethief.web.forms.base import BaseForm

_SIGNATURE = 16


class Timed(BaseForm):
    """A form whose time is counted. One shown again, with what is wrong, still knows when it was first shown."""

    shown_at = HiddenField()

    @classmethod
    def new(cls, data: dict[str, Any] | None = None) -> Self:
        """As every form, shown now."""
        form = super().new(data)
        form.shown_at.data = _stamp(int(current.now().timestamp()))
        return form

    def count_time(self, session: Session, organisation_id: int, activity: Activity) -> None:
        """Count the form, which has been carried out in this transaction."""
        own_time.count(session, organisation_id, activity, self._seconds(), current.now())

    def _seconds(self) -> float | None:
        """Seconds since it was shown; None where that was not said by us."""
        stamp = self.shown_at.data or ""
        number = stamp.partition(".")[0]
        if not (number.isascii() and number.isdigit()) or not hmac.compare_digest(
            stamp.encode(), _stamp(int(number)).encode()
        ):
            return None
        return current.now().timestamp() - int(number)


def _stamp(seconds: int) -> str:
    secret = current.config().secret_key.encode()
    made = hmac.digest(secret, f"timethief shown at {seconds}".encode(), "sha256")
    return f"{seconds}.{base64.urlsafe_b64encode(made)[:_SIGNATURE].decode()}"
