"""The path on which nobody is known: no session is opened, no cookie read or set, whatever the browser sends.

Everything under `/r/` belongs to it. The session that a view finds there refuses to be touched, so that a mistake
of ours shows at once. The language is that of the address or of the browser.
"""

from __future__ import annotations

from typing import Any, NoReturn

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin

from timethief.i18n import LANGUAGES

PREFIX = "/r/"


class Touched(RuntimeError):
    """A view under the path has used the session: a fault of ours."""


class NoSession(dict[str, Any], SessionMixin):
    """What stands where the session would: every use of it fails."""

    accessed = False
    modified = False

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        message = "nobody has a session here"
        raise Touched(message)

    __getitem__ = __setitem__ = __delitem__ = __contains__ = __iter__ = __len__ = _refuse
    get = pop = popitem = clear = update = setdefault = keys = values = items = copy = _refuse


class Sessions(SecureCookieSessionInterface):
    """Sessions everywhere but on the path on which nobody is known."""

    def open_session(self, app: Flask, request: Request) -> Any:  # noqa: ANN401 - either kind
        """The session of the cookie, which is not even read on that path."""
        return NoSession() if is_unseen(request.path) else super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Set the cookie, but not on that path."""
        if not isinstance(session, NoSession):
            super().save_session(app, session, response)


def install(app: Flask) -> None:
    """Keep sessions away from the path, and its address away from other sites."""
    app.session_interface = Sessions()
    app.after_request(_tell_nobody)


def is_unseen(path: str) -> bool:
    """Whether nobody is known at this path."""
    return path.startswith(PREFIX) or path == PREFIX.rstrip("/")


def here() -> bool:
    """Whether nobody is known at the path of this request."""
    return is_unseen(request.path)


def language(otherwise: str) -> str:
    """The language of the address, else of the browser, else the installation's."""
    chosen = request.args.get("language")
    if chosen in LANGUAGES:
        return chosen
    return request.accept_languages.best_match(LANGUAGES) or otherwise


def noted_path() -> str:
    """The path as it may stand in a log line: here not even the organisation's code, nor what was sought."""
    return PREFIX if here() else request.path


def _tell_nobody(response: Response) -> Response:
    if here():
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
    return response
