"""Who calls the API: a token in the head of the request, and nothing else. Cookies are never read here."""

from __future__ import annotations

import hashlib
import re

from flask import Blueprint, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from timethief.domain.people import Permission, ensure
from timethief.domain.tokens import PREFIX, TokenInAddress, ensure_scope
from timethief.services.access import tokens
from timethief.web import current
from timethief.web.limits import limiter

CALLS = "600 per minute"
"""With one token."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_TOKEN = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{43}}", re.ASCII)
_NAMES = frozenset(
    {"token", "access_token", "api_token", "api_key", "apikey", "authorization", "bearer"}
)


def refuse_in_address() -> None:
    """Addresses are written down in many places: a token that stands in one is refused, be it good or not.

    Raises:
        TokenInAddress: it does.
    """
    for name, value in request.args.items(multi=True):
        if name.casefold() in _NAMES or _TOKEN.search(value):
            raise TokenInAddress
    if _TOKEN.search(request.path):
        raise TokenInAddress


def let_in(permission: Permission) -> None:
    """Recognise the caller, with the rights held at this moment; refuse who may not.

    Raises:
        Unauthorized: there is no token, or none that opens anything.
        OutOfScope: the token is for reading only.
        NotAllowed: the token's owner lacks the right.
    """
    token, today = _sent_token(), current.today()
    with current.reading_all() as session:
        bearer = tokens.bearer_of(session, token, today) if token else None
    if bearer is None:
        raise Unauthorized(www_authenticate=WWWAuthenticate("bearer", {"realm": "timethief"}))
    current.set_visitor(bearer.actor, bearer.organisation)
    if bearer.stale:
        with current.writing_all_if_free() as free:
            if free is not None:
                tokens.mark_used(free, bearer, today)
    ensure_scope(bearer.scope, writes=request.method not in _SAFE)
    ensure(bearer.actor, permission)


def limited(blueprint: Blueprint) -> Blueprint:
    """The calls of the blueprint, counted for each token; what is left stands in the head of every answer."""
    limiter.limit(CALLS, key_func=_counted_as)(blueprint)
    return blueprint


def _sent_token() -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    token = token.strip()
    return token if scheme.casefold() == "bearer" and _TOKEN.fullmatch(token) else None


def _counted_as() -> str:
    token = _sent_token()
    if token is None:
        return f"address {request.remote_addr}"
    return f"token {hashlib.sha256(token.encode()).hexdigest()}"
