"""Speaks with identity providers by Authlib: authorization code with PKCE, nonce and state (OpenID Connect Core 1.0).

Authlib checks the signature and the shape of the answer; what it leaves open (several audiences, numbers that are
none, a clock that is ahead) our own rules check before, in `timethief.domain.sign_on`.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.base_client.errors import MismatchingStateError
from authlib.integrations.flask_client import FlaskIntegration
from authlib.integrations.flask_client.apps import FlaskOAuth2App
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from flask import request, session
from joserfc.errors import (
    BadSignatureError,
    ExceededSizeError,
    InvalidKeyIdError,
    JoseError,
    UnsupportedAlgorithmError,
)
from requests import PreparedRequest, RequestException, Response
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from timethief.domain.sign_on import (
    CLOCK_SECONDS,
    Claims,
    SignOnRefused,
    check_answer,
    check_shape,
)
from timethief.services.access.discovery import Discovery, Published, reason_of
from timethief.services.access.sign_on_settings import Provider
from timethief.services.outbound import Door, OutboundFault

SCOPE = "openid profile email"
STATE_SECONDS = 600
_MOST_STATES = 3
"""Log-ins begun at once in one browser; more would not fit into its cookie."""
_STATE = "_state_"
_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (MismatchingStateError, "state"),
    (InvalidKeyIdError, "unknown_key"),
    (UnsupportedAlgorithmError, "algorithm"),
    (ExceededSizeError, "too_large"),
    (JoseError, "signature"),
)
_CODES = {
    "access_denied": "cancelled",
    "consent_required": "cancelled",
    "interaction_required": "cancelled",
    "login_required": "cancelled",
    "account_selection_required": "cancelled",
    "invalid_grant": "code",
    "invalid_client": "client",
    "unauthorized_client": "client",
}
"""Of OAuth 2.0 and OpenID Connect."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What a provider said of somebody, found in order.

    Attributes:
        claims: of the answer and, where more was needed, of the provider's page about the person.
        nonce: of the log-in that it belongs to.
        target: where the person wanted to go.
    """

    claims: Claims
    nonce: str
    target: str


def begin(provider: Provider, discovery: Discovery, redirect_uri: str, target: str) -> str:
    """The address at the provider where the person logs in.

    Raises:
        SignOnRefused: the provider cannot be reached or understood.
    """
    client = _client(provider, discovery)
    made = client.create_authorization_url(redirect_uri)
    address = str(made.pop("url"))
    client.save_authorize_data(redirect_uri=redirect_uri, target=target, **made)
    return address


def finish(provider: Provider, discovery: Discovery, needed: Iterable[str]) -> Answered:
    """Fetch and check the provider's answer to the log-in that comes back with this request.

    Args:
        provider: that the log-in was begun at.
        discovery: what is known of providers.
        needed: claims without which the provider's page about the person is asked for too.

    Raises:
        SignOnRefused: says why nobody is logged in.
    """
    if request.args.get("iss", provider.issuer) != provider.issuer:  # RFC 9207
        raise SignOnRefused("issuer")
    client = _client(provider, discovery)
    begun = client.framework.get_state_data(session, request.args.get("state")) or {}
    try:
        token = client.authorize_access_token(
            claims_cls=partial(_IdToken, provider), leeway=CLOCK_SECONDS
        )
        claims = token.get("userinfo")
        if not claims:
            raise SignOnRefused("incomplete")
        claims = _completed(client, token, dict(claims), needed)
    except BadSignatureError as error:
        discovery.forget_keys(provider.issuer)
        raise SignOnRefused("signature") from error
    except (AuthlibBaseError, JoseError) as error:
        raise SignOnRefused(_reason(error)) from error
    except OutboundFault as fault:
        raise SignOnRefused(reason_of(fault)) from fault
    except (
        *(RequestException, ValueError, KeyError, TypeError, AttributeError),
        *(RuntimeError, OverflowError),  # too deep a nesting is a RuntimeError
    ) as error:
        raise SignOnRefused("not_understood") from error
    discovery.of(provider.issuer).keys = client.server_metadata.get("jwks")
    return Answered(claims, str(begun.get("nonce", "")), str(begun.get("target", "")))


def _client(provider: Provider, discovery: Discovery) -> Any:  # noqa: ANN401 - Authlib publishes no types
    """Authlib's client for the provider, who can fetch nothing but by our door."""
    try:
        published: Published = discovery.of(provider.issuer)
    except OutboundFault as fault:
        raise SignOnRefused(reason_of(fault)) from fault
    values = dict(published.values)
    method = values.pop("token_endpoint_auth_method")
    if published.keys:
        values["jwks"] = published.keys
    whose = provider.organisation_id or "installation"
    client = FlaskOAuth2App(
        _States(f"sign_on_{whose}"),
        name=f"sign_on_{whose}",
        client_id=provider.client_id,
        client_secret=provider.client_secret,
        client_kwargs={
            "scope": SCOPE,
            "code_challenge_method": "S256",
            "token_endpoint_auth_method": method,
            "leeway": 0,  # a token is used at once, however short its life
        },
        user_agent="Timethief",
        **values,
    )
    client.client_cls = partial(_Session, discovery.door)
    return client


def _completed(
    client: Any,  # noqa: ANN401 - Authlib publishes no types
    token: dict[str, Any],
    claims: dict[str, Any],
    needed: Iterable[str],
) -> Claims:
    """The claims with those that stand only at the provider's page about the person; what was signed goes first."""
    missing = {name for name in needed if name.split(".")[0] not in claims}
    if not missing or "userinfo_endpoint" not in client.server_metadata:
        return claims
    more = dict(client.userinfo(token=token))
    check_shape(more)
    if more.get("sub") != claims["sub"]:
        raise SignOnRefused("subject")
    return more | claims


def _reason(error: Exception) -> str:
    for kind, reason in _REASONS:
        if isinstance(error, kind):
            return reason
    return _CODES.get(getattr(error, "error", ""), "not_understood")


class _IdToken(CodeIDToken):  # type: ignore[misc]
    """The signed answer, checked by our rules before Authlib's."""

    def __init__(self, provider: Provider, *given: Any) -> None:  # noqa: ANN401 - Authlib's own
        super().__init__(*given)
        self._provider = provider

    def validate(self, now: int | None = None, leeway: int = 0) -> None:
        """Refuse whatever is not in order."""
        check_answer(
            self,
            issuer=self._provider.issuer,
            client_id=self._provider.client_id,
            nonce=str(self.params.get("nonce") or ""),
            now=time.time(),
        )
        super().validate(now, leeway)


class _States(FlaskIntegration):  # type: ignore[misc]
    """Log-ins that have been begun, in the browser's signed cookie, for ten minutes."""

    expires_in = STATE_SECONDS

    def get_state_data(self, cookie: Any, state: str | None) -> Any:  # noqa: ANN401 - Authlib's own
        """What was noted when the log-in was begun."""
        kept = cookie.get(f"{_STATE}{self.name}_{state}")
        return kept["data"] if kept and kept["exp"] > time.time() else None

    def set_state_data(self, cookie: Any, state: str, data: Any) -> None:  # noqa: ANN401 - Authlib's own
        """Note it; the oldest give way."""
        begun = [(kept["exp"], key) for key, kept in cookie.items() if key.startswith(_STATE)]
        for _, key in sorted(begun, reverse=True)[_MOST_STATES - 1 :]:
            cookie.pop(key)
        super().set_state_data(cookie, state, data)


class _Session(OAuth2Session):  # type: ignore[misc]
    """Sends by our door and by nothing else, whatever the environment says of proxies."""

    def __init__(self, door: Door, **given: Any) -> None:  # noqa: ANN401 - Authlib's own
        super().__init__(**given)
        self.trust_env = False
        self.adapters.clear()
        for scheme in ("https://", "http://"):
            self.mount(scheme, _ByDoor(door))


class _ByDoor(BaseAdapter):
    """The guarded door as the requests library wants it."""

    def __init__(self, door: Door) -> None:
        super().__init__()
        self._door = door

    def send(self, request: PreparedRequest, *_: Any, **__: Any) -> Response:  # noqa: ANN401 - the library's own
        """One request, one answer; redirects and whatever is slow or large have been refused."""
        body = request.body.encode() if isinstance(request.body, str) else request.body
        headers = {name: str(value) for name, value in request.headers.items()}
        answer = self._door.fetch(
            request.method or "GET",
            request.url or "",
            headers,
            body if isinstance(body, bytes) else None,
        )
        response = Response()
        response.status_code = answer.status
        response.headers = CaseInsensitiveDict(answer.headers)
        response.encoding = "utf-8"
        response.url = request.url or ""
        response.request = request
        response._content = answer.body  # noqa: SLF001 - as the library's own adapters for tests do
        return response

    def close(self) -> None:
        """Nothing is kept open."""
