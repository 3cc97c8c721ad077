"""The link by which a requester answers: signed, stored nowhere, and the same however often it is told.

It holds which organisation and which question, and a signature of both made with the installation's own key. So a
reminder can say it again, and nobody can make one who has not that key.
"""

from __future__ import annotations

import base64
import binascii
import hmac

from timethief.domain.errors import NotFound

ANSWERS = "/answers"
"""Where the pages for requesters begin."""
_EACH = 8
_SIGNATURE = 16
_WHOLE = 2 * _EACH + _SIGNATURE


def token_of(secret_key: str, organisation_id: int, inquiry_id: int) -> str:
    """What stands in the link of a question."""
    named = organisation_id.to_bytes(_EACH) + inquiry_id.to_bytes(_EACH)
    return base64.urlsafe_b64encode(named + _signature(secret_key, named)).rstrip(b"=").decode()


def read_token(secret_key: str, token: str) -> tuple[int, int]:
    """The organisation and the question that a link is for.

    Raises:
        NotFound: we have made no such link.
    """
    try:
        whole = token + "=" * (-len(token) % 4)
        raw = base64.b64decode(whole.encode("ascii"), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise NotFound("link") from error
    organisation_id = int.from_bytes(raw[:_EACH])
    inquiry_id = int.from_bytes(raw[_EACH : 2 * _EACH])
    # Compared as it is written: the last letter could else stand for several of the same meaning.
    if len(raw) != _WHOLE or not hmac.compare_digest(
        token.encode(), token_of(secret_key, organisation_id, inquiry_id).encode()
    ):
        raise NotFound("link")
    return organisation_id, inquiry_id


def _signature(secret_key: str, named: bytes) -> bytes:
    return hmac.digest(secret_key.encode(), b"timethief inquiry " + named, "sha256")[:_SIGNATURE]


def address_of(base_url: str, secret_key: str, organisation_id: int, inquiry_id: int) -> str:
    """The link, made from the settings, never from what a browser says of the host."""
    return f"{base_url}{ANSWERS}/{token_of(secret_key, organisation_id, inquiry_id)}"
