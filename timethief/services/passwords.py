"""Passwords: as they are stored, compared and chosen anew."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from timethief.domain.passwords import check_new_password, composed, is_too_long
from timethief.services.registers import DATA

_HASHER = PasswordHasher()
_NOBODY = _HASHER.hash(secrets.token_urlsafe(16))
"""Compared with where there is no such account, so that the answer takes as long."""


def hash_password(password: str) -> str:
    """The password as it is stored (argon2id)."""
    return _HASHER.hash(composed(password))


def fits(stored: str | None, password: str) -> bool:
    """Whether it is the password that is stored; where none is stored the work is the same.

    What is longer than any password is not hashed at all.
    """
    if is_too_long(password):
        return False
    try:
        _HASHER.verify(stored or _NOBODY, composed(password))
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False
    return stored is not None


def new_password(password: str, field: str, known: Iterable[str]) -> str:
    """The hash of a new password that may be used.

    Args:
        password: as typed or pasted.
        field: the name that refusals are told of.
        known: what others know of the person: name, e-mail address, organisation.

    Raises:
        Invalid: see `timethief.domain.passwords.check_new_password`.
    """
    return hash_password(check_new_password(password, field, _common(), known))


@cache
def _common() -> frozenset[str]:
    """The passwords that everybody tries first."""
    return frozenset((DATA / "common_passwords.txt").read_text(encoding="utf-8").split())
