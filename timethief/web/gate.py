"""What happens before any page: who is it, may they, and is the request whole.

Closed by default: a view that declares no permission answers nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import unquote_to_bytes

from flask import Flask, Request, current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import BadRequest, NotFound, RequestEntityTooLarge

from timethief.domain.people import Permission, ensure
from timethief.i18n import LANGUAGES, set_language
from timethief.services import accounts
from timethief.web import current

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])

LOGIN_KEY = "login"
LANGUAGE_KEY = "language"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

protection = CSRFProtect()


def requires(
    permission: Permission, *, keeps_text: bool = False, bearer_only: bool = False
) -> Callable[[View], View]:
    """Declare who may open a view.

    Args:
        permission: the right that it takes, for every method.
        keeps_text: the view shows its form again when it had stood open too long.
        bearer_only: the view never reads a cookie, so that no other site can make a browser use it.
    """

    def mark(view: View) -> View:
        declared: Any = view
        declared.permission = permission
        declared.keeps_text = keeps_text
        declared.bearer_only = bearer_only
        return view

    return mark


def install(app: Flask) -> None:
    """Put the gate before every request."""
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    app.config["WTF_CSRF_TIME_LIMIT"] = 12 * 3600
    protection.init_app(app)
    app.before_request(_pass)


def _pass() -> ResponseReturnValue | None:
    _choose_language()
    _refuse_unreadable(request)
    _recognise()
    if request.endpoint is None or request.routing_exception is not None:
        return None  # the router answers 404 or 405
    view: Any = current_app.view_functions[request.endpoint]
    permission = getattr(view, "permission", None)
    if permission is None:
        raise NotFound
    if permission is not Permission.ANYONE:
        visitor = current.visitor()
        if visitor is None:
            return redirect(url_for("accounts.log_in", next=_here()))
        ensure(visitor, permission)
    if request.method not in _SAFE and not view.bearer_only:
        _protect(keeps_text=view.keeps_text)
    return None


def _protect(*, keeps_text: bool) -> None:
    """Refuse what another site made the browser send, and what had stood open too long."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise BadRequest
    try:
        protection.protect()
    except CSRFError:
        if not keeps_text:
            raise
        current.set_form_expired()


def _choose_language() -> None:
    """The language of this request: first of all, so that every refusal is told in it too."""
    chosen = request.args.get("language")
    if chosen in LANGUAGES:
        session[LANGUAGE_KEY] = chosen
    set_language(session.get(LANGUAGE_KEY) or current.config().locale)


def _recognise() -> None:
    """Whose request it is."""
    token = session.get(LOGIN_KEY)
    if token is None or (request.endpoint or "").startswith("api."):
        return
    now = current.now()
    with current.reading_all() as reading:
        found = accounts.log_in_of(reading, token, now)
    if found is None:
        return
    current.set_visitor(found.actor, found.organisation)
    if found.stale:
        with current.writing_all() as writing:
            accounts.mark_seen(writing, token, now)


def _refuse_unreadable(sent: Request) -> None:
    """Refuse bytes that are no text, which Flask would quietly replace, and more fields than any form has."""
    parts = [unquote_to_bytes(sent.query_string)]
    if sent.mimetype == "application/x-www-form-urlencoded":
        body = sent.get_data(cache=True, parse_form_data=False)
        if body.count(b"&") >= current_app.config["MAX_FORM_PARTS"]:
            raise RequestEntityTooLarge
        parts.append(unquote_to_bytes(body))
    elif sent.mimetype == "multipart/form-data":
        parts.append(sent.get_data(cache=True, parse_form_data=False))
    try:
        for part in parts:
            part.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest from error


def _here() -> str:
    """Where to go after logging in: this page, if it is one that is only read."""
    return request.full_path.rstrip("?") if request.method in _SAFE else url_for("log.log")
