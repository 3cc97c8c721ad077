"""What an anonymous form carries in place of a log-in: sealed, good for a while, and tied to nobody.

A form's key is carried out once. The receipt is in it from the start, so that a form sent twice, or whose answer
was lost, shows the same one; nobody but the service can open the seal.
"""

from __future__ import annotations

import json
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from timethief.services.anonymous.receipts import new_receipt
from timethief.services.anonymous.sealing import Unsealable, seal, unseal

FORM_LASTS = timedelta(hours=12)
PAGE_LASTS = timedelta(minutes=15)
SHORTEST = timedelta(seconds=3)
"""Nobody reads the form and answers it faster; programs do."""
_FORM = "anonymous form"
_PAGE = "receipt page"


@dataclass(frozen=True, slots=True)
class FormToken:
    """What a form carries.

    Attributes:
        key: of the form, which is carried out once.
        receipt: the code that its writer is given, if wanted.
        made_at: when the page was made.
    """

    key: str
    receipt: str
    made_at: datetime

    def is_in_time(self, now: datetime) -> bool:
        """Whether it may still be sent."""
        return now - self.made_at <= FORM_LASTS

    def is_too_fast(self, now: datetime) -> bool:
        """Whether it was sent faster than anybody writes."""
        return now - self.made_at < SHORTEST


def new_form(secret_key: str, organisation_id: int, now: datetime) -> str:
    """What a new form carries, sealed."""
    content = [
        organisation_id,
        secrets.token_urlsafe(16),
        new_receipt(),
        now.isoformat(),
    ]
    return seal(secret_key, _FORM, json.dumps(content))


def read_form(secret_key: str, organisation_id: int, sealed: str) -> FormToken | None:
    """What a form of the organisation carries; None where it is none of ours."""
    try:
        owner, key, receipt, made_at = json.loads(unseal(secret_key, _FORM, sealed))
    except Unsealable:
        return None
    if owner != organisation_id:
        return None
    return FormToken(key, receipt, datetime.fromisoformat(made_at))


@dataclass(frozen=True, slots=True)
class PageToken:
    """What the page of a thread carries once its code has been given.

    Attributes:
        report_id: the report whose page it is.
        key: of what is sent from it, which is carried out once.
    """

    report_id: uuid.UUID
    key: str


def new_page(secret_key: str, organisation_id: int, report_id: uuid.UUID, now: datetime) -> str:
    """What the page of a thread carries, sealed."""
    content = [organisation_id, str(report_id), secrets.token_urlsafe(16), now.isoformat()]
    return seal(secret_key, _PAGE, json.dumps(content))


def read_page(
    secret_key: str, organisation_id: int, sealed: str, now: datetime
) -> PageToken | None:
    """What the page of a thread carries; None where it has stood open too long, or is none of ours."""
    try:
        owner, report_id, key, made_at = json.loads(unseal(secret_key, _PAGE, sealed))
    except Unsealable:
        return None
    if owner != organisation_id or now - datetime.fromisoformat(made_at) > PAGE_LASTS:
        return None
    return PageToken(uuid.UUID(report_id), key)
