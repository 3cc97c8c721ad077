"""The codes by which writers find their anonymous reports again: made, hashed, and never kept."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from threading import BoundedSemaphore

from sqlalchemy.orm import Session

from timethief.domain.receipts import BITS, read_receipt, receipt_of
from timethief.storage.tables import ReceiptSalt

_N, _R, _P = 2**15, 8, 1
_LENGTH = 32
_MEMORY = 64 * 1024 * 1024
_AT_ONCE = BoundedSemaphore(2)
"""Each takes 32 MB and 150 ms."""
_PROOF = "proof"


def new_receipt() -> str:
    """A new code; whoever holds it is the writer."""
    return receipt_of(secrets.randbits(BITS))


def receipt_hash(receipt: str, salt: str) -> str:
    """What is stored of a code, and looked up by it. As much work for what is no code at all."""
    return _scrypt(read_receipt(receipt), salt)


def is_the_salt(session: Session, salt: str) -> bool:
    """Whether the codes given so far were hashed with this salt; the first one that is asked about is.

    Args:
        session: writing, over all organisations.
        salt: the installation's.
    """
    proof = _scrypt(_PROOF, salt)
    row = session.get(ReceiptSalt, _PROOF)
    if row is None:
        session.add(ReceiptSalt(name=_PROOF, proof=proof))
        return True
    return hmac.compare_digest(row.proof, proof)


def _scrypt(text: str, salt: str) -> str:
    with _AT_ONCE:
        found = hashlib.scrypt(
            text.encode(), salt=salt.encode(), n=_N, r=_R, p=_P, maxmem=_MEMORY, dklen=_LENGTH
        )
    return found.hex()
