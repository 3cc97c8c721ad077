"""What identity providers publish of themselves: where to log in, and by which keys they sign."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from timethief.domain.sign_on import ALGORITHMS, SignOnRefused, split_address
from timethief.services.outbound import Door, OutboundFault

KEPT_SECONDS = 3600.0
_ADDRESSES = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_OK = 200


@dataclass(slots=True)
class Published:
    """What a provider has published, as far as we use it.

    Attributes:
        values: named as in OpenID Connect Discovery 1.0; nothing else that the provider wrote goes any further.
        keys: by which it signs, once they have been fetched.
        fetched_at: when, by a clock that only goes forward.
    """

    values: dict[str, Any]
    fetched_at: float
    keys: dict[str, Any] | None = field(default=None, repr=False)


class Discovery:
    """Asks providers, and remembers their answers for an hour in this process."""

    def __init__(self, door: Door, *, production: bool) -> None:
        self.door = door
        self._production = production
        self._known: dict[str, Published] = {}
        self._lock = Lock()

    def of(self, issuer: str, *, afresh: bool = False) -> Published:
        """What the provider has published.

        Args:
            issuer: exactly as the provider names itself.
            afresh: ask, though its answer is remembered.

        Raises:
            OutboundFault: nothing came back.
            SignOnRefused: what came back is not of this provider, or not whole.
        """
        with self._lock:
            known = self._known.get(issuer)
        if known and not afresh and time.monotonic() - known.fetched_at < KEPT_SECONDS:
            return known
        found = Published(self._fetch(issuer), time.monotonic())
        with self._lock:
            self._known[issuer] = found
        return found

    def forget_keys(self, issuer: str) -> None:
        """Fetch the keys anew at the next log-in."""
        with self._lock:
            if issuer in self._known:
                self._known[issuer].keys = None

    def _fetch(self, issuer: str) -> dict[str, Any]:
        address = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
        answer = self.door.fetch("GET", address, {"Accept": "application/json"})
        if answer.status != _OK:
            raise SignOnRefused("not_understood")
        try:
            given = json.loads(answer.body)
        except (ValueError, RecursionError) as error:
            raise SignOnRefused("not_understood") from error
        if not isinstance(given, dict):
            raise SignOnRefused("not_understood")
        if given.get("issuer") != issuer:
            raise SignOnRefused("other_issuer_published")
        return self._used(given)

    def _used(self, given: dict[str, Any]) -> dict[str, Any]:
        kept: dict[str, Any] = {"issuer": given["issuer"]}
        for name in _ADDRESSES:
            kept[name] = self._address(given.get(name))
        if given.get("userinfo_endpoint"):
            kept["userinfo_endpoint"] = self._address(given["userinfo_endpoint"])
        signed = _texts(given.get("id_token_signing_alg_values_supported")) or ["RS256"]
        kept["id_token_signing_alg_values_supported"] = [a for a in ALGORITHMS if a in signed]
        if not kept["id_token_signing_alg_values_supported"]:
            raise SignOnRefused("algorithm")
        methods = _texts(given.get("token_endpoint_auth_methods_supported"))
        by_post = "client_secret_post" in methods and "client_secret_basic" not in methods
        kept["token_endpoint_auth_method"] = (
            "client_secret_post" if by_post else "client_secret_basic"
        )
        return kept

    def _address(self, value: object) -> str:
        parts = split_address(value) if isinstance(value, str) else None
        if parts is None or (self._production and parts.scheme != "https"):
            raise SignOnRefused("not_understood")
        return str(value)


def _texts(value: object) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def reason_of(fault: OutboundFault | SignOnRefused) -> str:
    """The key of the sentence for either."""
    return f"outbound_{fault.reason}" if isinstance(fault, OutboundFault) else fault.reason
