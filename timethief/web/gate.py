"""What happens before any page: who is it, may they, and is the request whole.

Closed by default: a view that declares no permission answers nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import unquote_to_bytes, urlsplit

from flask import Flask, Request, current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import BadRequest, NotFound, RequestEntityTooLarge
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

from timethief.domain.people import Actor, Permission, ensure
from timethief.exchange.sheets.files import LARGEST_FILE
from timethief.i18n import LANGUAGES, gettext, set_language
from timethief.reports.labels import DEFAULT_CLIENT_WORD, speak_of
from timethief.services.access import sessions
from timethief.web import bearer, current, form_keys, kept_forms, unseen
from timethief.web.forms.accounts import LogInForm
from timethief.web.pages import page

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])

LOGIN_KEY = "login"
LANGUAGE_KEY = "language"
LARGEST_UPLOAD = LARGEST_FILE + 50_000
"""Bytes of a request that brings a file: the file, and what stands round it."""
_THROWN_AWAY = 5 * LARGEST_UPLOAD
"""So much is read of what will not be used."""
_CHUNK = 2**20
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

protection = CSRFProtect()


def requires(
    permission: Permission,
    *,
    keeps_text: bool = False,
    bearer_only: bool = False,
    takes_file: bool = False,
) -> Callable[[View], View]:
    """Declare who may open a view.

    Args:
        permission: the right that it takes, for every method.
        keeps_text: the view shows its form again when it had stood open too long.
        bearer_only: the view never reads a cookie, so that no other site can make a browser use it.
        takes_file: the request may be as large as a spreadsheet may be, once it is known who sends it. Of a form
            that is larger the view is told by `current.is_too_large()`, and gets nothing of it.
    """

    def mark(view: View) -> View:
        declared: Any = view
        declared.permission = permission
        declared.keeps_text = keeps_text
        declared.bearer_only = bearer_only
        declared.takes_file = takes_file
        return view

    return mark


def install(app: Flask) -> None:
    """Put the gate before every request."""
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    app.config["WTF_CSRF_TIME_LIMIT"] = 12 * 3600
    protection.init_app(app)
    app.before_request(_pass)


def _pass() -> ResponseReturnValue | None:
    speak_of(DEFAULT_CLIENT_WORD)
    if unseen.here():
        _pass_unseen()
        return None
    _choose_language()
    view: Any = current_app.view_functions.get(request.endpoint or "")
    takes_file = getattr(view, "takes_file", False)
    _refuse_unreadable(request, with_body=not takes_file)
    if current.is_api():
        bearer.refuse_in_address()
    else:
        _recognise()
    if request.endpoint is None or request.routing_exception is not None:
        return None  # the router answers 404 or 405
    permission = getattr(view, "permission", None)
    if permission is None:
        raise NotFound
    if view.bearer_only:
        if permission is not Permission.ANYONE:
            bearer.let_in(permission)
        if takes_file:
            _let_file_in()
        return None
    return _pass_person(view, permission)


def _pass_person(view: Any, permission: Permission) -> ResponseReturnValue | None:  # noqa: ANN401 - a marked view
    """Whether somebody at a browser may open the view, and has sent the form that was shown."""
    changes = request.method not in _SAFE
    if changes:
        _refuse_other_sites()
    if permission is not Permission.ANYONE:
        visitor = current.visitor()
        if visitor is None:
            keeps_text = changes and view.keeps_text and not view.takes_file
            if changes and view.takes_file:
                _throw_away()
            return _ask_to_log_in(keeps_text=keeps_text)
        ensure(visitor, permission)
        if changes and view.takes_file and not _take_form_with_file():
            return None
        if changes and view.keeps_text and _is_back_from_log_in(visitor):
            return None
    return _protect(keeps_text=view.keeps_text) if changes else None


def _let_file_in() -> None:
    """Let the request be as large as a file may be. Its fields go to the view, the file to the disk as it comes.

    Raises:
        BadRequest: a field is no text.
        RequestEntityTooLarge: it is larger than that.
    """
    request.max_content_length = LARGEST_UPLOAD
    if any("\ufffd" in text for text in (*request.form, *request.form.values())):
        raise BadRequest  # no field beside a file is free text


def _take_form_with_file() -> bool:
    """Whether the form was read; else it was too large, and the view gets an empty one."""
    try:
        _let_file_in()
    except RequestEntityTooLarge:
        _throw_away()
        request.__dict__.update(form=ImmutableMultiDict(), files=ImmutableMultiDict())
        current.set_too_large()
        return False
    return True


def _throw_away() -> None:
    """Read what was sent and keep nothing of it: a browser does not listen before it has sent all."""
    left = _THROWN_AWAY
    while left > 0 and (read := len(request.environ["wsgi.input"].read(_CHUNK))):
        left -= read


def _pass_unseen() -> None:
    """Where nobody is known: neither session nor cookie is looked at. The form's own token stands for both."""
    set_language(unseen.language(current.config().locale))
    _refuse_unreadable(request)
    if request.endpoint is None or request.routing_exception is not None:
        return
    if getattr(current_app.view_functions[request.endpoint], "permission", None) is None:
        raise NotFound
    if request.method not in _SAFE:
        _refuse_other_sites()


def _refuse_other_sites() -> None:
    """Refuse what another site made the browser send. Browsers say it in one of two headers, or in both."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise BadRequest
    origin = request.headers.get("Origin", "null")
    ours = {request.host, urlsplit(current.config().base_url).netloc}
    if origin != "null" and origin.partition("://")[2] not in ours:
        raise BadRequest


def _ask_to_log_in(*, keeps_text: bool) -> ResponseReturnValue:
    """The log-in page; it carries along what was typed, where the log-in had ended while somebody wrote."""
    kept = kept_forms.just_sent() if keeps_text else None
    if kept is None:
        return redirect(url_for("accounts.log_in", next=_here()))
    return page("login.html", form=LogInForm.new(), kept=kept, next=kept.address), 400


def _is_back_from_log_in(visitor: Actor) -> bool:
    """Whether the request brings text that was kept through a log-in; the view then shows it, and does nothing."""
    kept = kept_forms.carried()
    if kept is None:
        return False
    if form_keys.is_of(kept.key, visitor.user_id) is not True:
        protection.protect()  # the person has been asked on a page of ours, and said that it is theirs
    kept_forms.put_back(kept)
    current.set_form_expired()
    return True


def _protect(*, keeps_text: bool) -> ResponseReturnValue | None:
    """Refuse a form that is not from this log-in; let it be shown again where it had only stood open too long."""
    try:
        protection.protect()
    except CSRFError:
        if not keeps_text:
            raise
        visitor = current.visitor()
        if visitor and form_keys.is_of(request.form.get("key", ""), visitor.user_id) is False:
            title = gettext("The form is not yours")
            text = gettext(
                "It was opened by somebody else who was logged in on this computer. Nothing has been sent."
            )
            return page("error.html", title=title, text=text), 400
        current.set_form_expired()
    return None


def _choose_language() -> None:
    """The language of this request: first of all, so that every refusal is told in it too."""
    chosen = request.args.get("language")
    if current.is_api():
        set_language(chosen if chosen in LANGUAGES else current.config().locale)
        return
    if chosen in LANGUAGES:
        session[LANGUAGE_KEY] = chosen
    set_language(session.get(LANGUAGE_KEY) or current.config().locale)


def recognise(token: str) -> None:
    """The request is that of the person whose log-in this token is, if it is in force."""
    now = current.now()
    with current.reading_all() as reading:
        found = sessions.of_token(reading, token, now, current.lifetimes())
    if found is None:
        return
    current.set_visitor(found.actor, found.organisation)
    speak_of(found.client_word)
    if LANGUAGE_KEY not in session:
        set_language(found.language)
    if found.stale or found.outgrown:
        _keep_in_force(token, found)


def _keep_in_force(token: str, found: sessions.LogIn) -> None:
    if not found.outgrown:
        with current.writing_all_if_free() as free:
            # The next page comes to it where something large is being written now.
            if free is not None:
                sessions.mark_seen(free, token, current.now())
        return
    with current.writing_all() as writing:
        if found.stale:
            sessions.mark_seen(writing, token, current.now())
        if found.outgrown:
            renewed = sessions.renew(writing, token)
            if renewed is not None:
                session[LOGIN_KEY] = renewed


def _recognise() -> None:
    """Whose request it is."""
    token = session.get(LOGIN_KEY)
    if token is not None:
        recognise(token)


def _refuse_unreadable(sent: Request, *, with_body: bool = True) -> None:
    """Refuse bytes that are no text, which Flask would quietly replace, and more fields than any form has."""
    parts = [unquote_to_bytes(sent.query_string)]
    if not with_body:
        pass
    elif sent.mimetype == "application/x-www-form-urlencoded":
        body = sent.get_data(cache=True, parse_form_data=False)
        if body.count(b"&") >= current_app.config["MAX_FORM_PARTS"]:
            raise RequestEntityTooLarge
        parts.append(unquote_to_bytes(body))
    elif sent.mimetype == "multipart/form-data":
        parts += _fields_of_parts(sent)
    try:
        for part in parts:
            part.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest from error


def _fields_of_parts(sent: Request) -> list[bytes]:
    """What stands in the fields of a form that may hold files; a file is for its view to read."""
    body = sent.get_data(cache=True, parse_form_data=False)
    boundary = sent.mimetype_params.get("boundary", "").encode()
    decoder = MultipartDecoder(boundary, max_parts=current_app.config["MAX_FORM_PARTS"])
    found: list[bytes] = []
    in_file = False
    try:
        decoder.receive_data(body)
        decoder.receive_data(None)
        while not isinstance(event := decoder.next_event(), Epilogue | NeedData):
            if isinstance(event, File | Field):
                in_file = isinstance(event, File)
                found.append(b"")
            elif isinstance(event, Data) and not in_file and found:
                found[-1] += event.data
    except ValueError as error:
        raise BadRequest from error
    return found


def _here() -> str:
    """Where to go after logging in: this page, if it is one that is only read."""
    return request.full_path.rstrip("?") if request.method in _SAFE else url_for("log.log")
