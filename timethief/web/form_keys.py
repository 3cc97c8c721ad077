"""The key of a form: it tells one sending from another, and whose the form is.

Whoever was logged in when the form was opened stands in it as a keyed hash, which names nobody. So text that
somebody wrote before the log-in ended is given back to that person, and to no other one at the same computer.
"""

from __future__ import annotations

import base64
import hmac
import secrets

from timethief.web import current

_RANDOM = 22
_WRITER = 16
_WHOLE = _RANDOM + 1 + _WRITER


def new_key() -> str:
    """A key that no form has had, of who is logged in, if anybody."""
    unique = secrets.token_urlsafe(16)
    visitor = current.visitor()
    return unique if visitor is None else f"{unique}-{_writer(unique, visitor.user_id)}"


def is_of(key: str, user_id: int) -> bool | None:
    """Whether the form was opened by this person; None where the key does not tell."""
    if len(key) != _WHOLE or key[_RANDOM] != "-":
        return None
    return hmac.compare_digest(
        key[_RANDOM + 1 :].encode(), _writer(key[:_RANDOM], user_id).encode()
    )


def _writer(unique: str, user_id: int) -> str:
    secret = current.config().secret_key.encode()
    made = hmac.digest(secret, f"timethief form {unique} {user_id}".encode(), "sha256")
    return base64.urlsafe_b64encode(made)[:_WRITER].decode()
