"""Every refusal and fault as an answer: what, why, what to do. Never a trace, a path or a version."""

from __future__ import annotations

import re
import secrets
import traceback
from dataclasses import dataclass

import structlog
from flask import Flask, Response, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, SecurityError

from timethief.domain import errors
from timethief.domain.decisions import NotOfTheUnit
from timethief.domain.people import GRANTS, Permission
from timethief.domain.tokens import OutOfScope, TokenInAddress
from timethief.i18n import N_, gettext
from timethief.reports.decisions import CONFLICTS as DECISION_CONFLICTS
from timethief.reports.imports import CONFLICTS
from timethief.reports.labels import label
from timethief.reports.refusals import sentence
from timethief.web import current, form_keys, kept_forms
from timethief.web.pages import page
from timethief.web.unseen import noted_path

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Words:
    title: str
    text: str


_WORDS = {
    400: _Words(
        N_("The request could not be read"),
        N_("Something in what was sent could not be read. Go back and try again."),
    ),
    401: _Words(
        N_("A token is needed"),
        N_(
            "Send a token that holds, in the head Authorization: Bearer. You make tokens in the service, under My account."
        ),
    ),
    403: _Words(N_("This page is for others"), N_("Your role does not include it.")),
    404: _Words(
        N_("The page was not found"),
        N_("It does not exist, or it belongs to another organisation."),
    ),
    405: _Words(N_("That cannot be done here"), N_("Go back and use the buttons on the page.")),
    409: _Words(
        N_("Somebody else changed it meanwhile"),
        N_("Your text was not saved. Open the page again to see what has changed."),
    ),
    412: _Words(
        N_("It has changed meanwhile"),
        N_("Nothing was changed. Read it again, and send its new ETag in If-Match."),
    ),
    413: _Words(
        N_("That was too much"), N_("What was sent is too large. Shorten it and try again.")
    ),
    415: _Words(N_("Wrong kind of content"), N_("Send it as application/json.")),
    422: _Words(N_("Something needs to be corrected"), N_("See what is told about each field.")),
    428: _Words(
        N_("The version is missing"),
        N_("Send the ETag of the answer in which you read it, in the head If-Match."),
    ),
    429: _Words(N_("Too many at once"), N_("Wait a minute and try again.")),
    500: _Words(
        N_("Something went wrong with us"),
        N_("The fault has been noted. Try again in a minute. Reference: %(reference)s."),
    ),
    503: _Words(
        N_("We cannot save just now"),
        N_("What you sent has not been saved. Go back and try again in a minute."),
    ),
}

_BY_HAND = re.compile(r"[^a-z0-9_-]|.{25}")
"""What people write has capitals, spaces or is long; what they choose from lists is none of it."""
_READS_ONLY = N_("The token is for reading only. Make one that may change things too.")
_IN_ADDRESS = N_(
    "A token must not stand in the address, where others can read it. Revoke it, make a new one, and send that in "
    "the head Authorization."
)
_ANOTHER_UNIT = N_(
    "You decide of what is done in your own unit and those below it. This task is another unit's."
)
_CONFLICTS = {
    "last_administrator": N_(
        "There must be at least one administrator. Make somebody else administrator first."
    ),
    "link_used": N_("The link has been used. Each link works once."),
    **CONFLICTS,
    **DECISION_CONFLICTS,
}


def install(app: Flask) -> None:
    """Answer every refusal and fault in one place, and note faults a line each."""
    # The library's own way shows every local variable, and with them what people have sent.
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ]
    )
    app.register_error_handler(errors.NotFound, lambda _: _answer(404))
    app.register_error_handler(errors.NotAllowed, _not_allowed)
    app.register_error_handler(NotOfTheUnit, lambda _: _answer(403, gettext(_ANOTHER_UNIT)))
    app.register_error_handler(OutOfScope, lambda _: _answer(403, gettext(_READS_ONLY)))
    app.register_error_handler(TokenInAddress, lambda _: _answer(400, gettext(_IN_ADDRESS)))
    app.register_error_handler(errors.Conflict, _conflict)
    app.register_error_handler(errors.Invalid, lambda refusal: _invalid([refusal]))
    app.register_error_handler(errors.Invalids, lambda refused: _invalid(list(refused.refusals)))
    app.register_error_handler(OperationalError, _database_fault)
    app.register_error_handler(SecurityError, _strange_host)
    app.register_error_handler(HTTPException, _http_fault)
    app.register_error_handler(Exception, _fault)


def _answer(status: int, text: str | None = None, **members: object) -> Response:
    words = _WORDS.get(status, _WORDS[500 if status >= 500 else 400])  # noqa: PLR2004 - HTTP
    title, said = gettext(words.title), text or gettext(words.text)
    if current.is_api():
        return problem(status, title, said, **members)
    shown = page("error.html", title=title, text=said)
    return Response(shown, status, mimetype="text/html")


def problem(status: int, title: str, detail: str, **members: object) -> Response:
    """A problem document (RFC 9457)."""
    response = jsonify(
        {"type": "about:blank", "title": title, "status": status, "detail": detail} | members
    )
    response.status_code = status
    response.mimetype = "application/problem+json"
    return response


def _invalid(refusals: list[errors.Invalid]) -> ResponseReturnValue:
    told = [
        {"field": each.field, "reason": each.reason, "detail": sentence(each)} for each in refusals
    ]
    return _answer(422, told[0]["detail"], errors=told)


def _not_allowed(refusal: errors.NotAllowed) -> ResponseReturnValue:
    roles = [label("role", role) for role in GRANTS[Permission(refusal.permission)]]
    text = gettext("The page is for: %(roles)s.", roles=", ".join(sorted(roles)).lower())
    if current.is_api():
        return _answer(403, text)
    advice = gettext("If you need it, ask an administrator in your organisation.")
    shown = page(
        "error.html", title=gettext(_WORDS[403].title), text=f"{text} {advice}", typed=_typed()
    )
    return Response(shown, 403, mimetype="text/html")


def _typed() -> list[str]:
    """What somebody had written in a form that is refused, so that it can be copied; no codes, no passwords."""
    if request.method != "POST":
        return []
    sent, visitor = kept_forms.just_sent(), current.visitor()
    if sent is None or (visitor and form_keys.is_of(sent.key, visitor.user_id) is False):
        return []
    return [value for name, value in sent.fields if name != "key" and _BY_HAND.search(value)]


def _conflict(refusal: errors.Conflict) -> ResponseReturnValue:
    words = _CONFLICTS.get(refusal.reason)
    return _answer(409, None if words is None else gettext(words))


def _http_fault(fault: HTTPException) -> ResponseReturnValue:
    if fault.response is not None:
        return fault.response
    response = _answer(fault.code or 500)
    for name, value in fault.get_headers():
        if name.lower() in ("allow", "retry-after", "www-authenticate"):
            response.headers[name] = value
    return response


def _strange_host(_fault: SecurityError) -> ResponseReturnValue:
    """Asked for under a name that is not ours, under which no address of a page can be made either."""
    return Response(gettext(_WORDS[400].title), 400, mimetype="text/plain")


def _database_fault(fault: OperationalError) -> ResponseReturnValue:
    """The database is locked, full or gone: nothing was stored."""
    _log.error("database fault", path=noted_path(), kind=type(fault.orig).__name__)
    response = _answer(503)
    response.headers["Retry-After"] = "5"
    return response


def _fault(fault: Exception) -> ResponseReturnValue:
    reference = secrets.token_hex(3).upper()
    _log.error(
        "fault",
        reference=reference,
        path=noted_path(),
        kind=type(fault).__qualname__,
        where=[
            f"{frame.filename}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(fault.__traceback__)
        ],
    )
    return _answer(500, gettext(_WORDS[500].text, reference=reference))
