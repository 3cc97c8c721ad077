"""A request that brings a key of the caller's own is carried out once, however often it is sent."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from timethief.domain.errors import Invalid
from timethief.domain.people import Actor
from timethief.storage.tables import ApiRequest

KEPT = timedelta(days=7)
LONGEST_KEY = 255
FIELD = "Idempotency-Key"


@dataclass(frozen=True, slots=True)
class KeyedRequest:
    """A request with its key, both as prints."""

    key: str
    content: str


def keyed(key: str | None, call: str, body: Any) -> KeyedRequest | None:  # noqa: ANN401 - any JSON value
    """The request that this key stands for; None where there is no key.

    Args:
        key: as it was sent.
        call: which call of the API.
        body: the value that was sent; how it was written does not matter.

    Raises:
        Invalid: field `Idempotency-Key`, where the key is empty, too long or holds other signs than plain ones.
    """
    if key is None:
        return None
    if not key.strip():
        raise Invalid(FIELD, "required")
    if len(key) > LONGEST_KEY:
        raise Invalid(FIELD, "too_long", limit=LONGEST_KEY, length=len(key))
    if not (key.isascii() and key.isprintable()):
        raise Invalid(FIELD, "bad_characters")
    return KeyedRequest(_print(key), _print(json.dumps([call, body], sort_keys=True)))


def earlier_result(session: Session, actor: Actor, request: KeyedRequest | None) -> str | None:
    """What the request led to the first time; None where it has not been carried out.

    Raises:
        Invalid: field `Idempotency-Key`, reason `key_of_another_body`.
    """
    if request is None:
        return None
    row = session.get(ApiRequest, (actor.organisation_id, actor.user_id, request.key))
    if row is None:
        return None
    if row.content != request.content:
        raise Invalid(FIELD, "key_of_another_body")
    return row.result


def remember(
    session: Session, actor: Actor, request: KeyedRequest | None, result: str, now: datetime
) -> None:
    """Note in the same transaction what the request led to."""
    if request is not None:
        session.add(
            ApiRequest(
                organisation_id=actor.organisation_id,
                user_id=actor.user_id,
                key=request.key,
                content=request.content,
                result=result,
                sent_at=now,
            )
        )


def forget_old(session: Session, now: datetime) -> int:
    """Remove what has been kept long enough; how many there were.

    Args:
        session: over all organisations.
        now: the time.
    """
    done: Any = session.execute(delete(ApiRequest).where(ApiRequest.sent_at < now - KEPT))
    return int(done.rowcount)


def _print(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
