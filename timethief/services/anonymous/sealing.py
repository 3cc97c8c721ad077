"""Secrets that must be had back are stored sealed: the database alone opens none of them.

The key is made from the installation's own (`TIMETHIEF_SECRET_KEY`), one for each purpose.
"""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Unsealable(Exception):
    """What is stored was sealed with another key, or changed since."""


def seal(secret_key: str, purpose: str, text: str) -> str:
    """The text as it may be stored."""
    return _box(secret_key, purpose).encrypt(text.encode()).decode()


def unseal(secret_key: str, purpose: str, sealed: str) -> str:
    """The text again.

    Raises:
        Unsealable: the installation has another key now, or somebody changed what is stored.
    """
    try:
        return _box(secret_key, purpose).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Unsealable from error


def _box(secret_key: str, purpose: str) -> Fernet:
    derived = HKDF(SHA256(), length=32, salt=None, info=f"timethief {purpose}".encode())
    return Fernet(base64.urlsafe_b64encode(derived.derive(secret_key.encode())))
