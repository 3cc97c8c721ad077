"""Letting somebody in, once it is sure who it is: a log-in of its own, and the text that was kept for it."""

from __future__ import annotations

from http import HTTPStatus

from flask import redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from timethief.i18n import gettext
from timethief.services.access import sessions
from timethief.web import current, form_keys
from timethief.web.gate import LANGUAGE_KEY, LOGIN_KEY, recognise
from timethief.web.kept_forms import FIELD, KeptForm
from timethief.web.pages import first_page, page, tell


def enter(user_id: int, target: str, kept: KeptForm | None = None) -> ResponseReturnValue:
    """Begin a log-in and go on to `target`, or to the form that was sent after the last log-in had ended.

    Everything that the browser held before is dropped, but the language. The text of another person is not shown;
    where nobody knows whose it is, the page asks.
    """
    earlier = session.get(LOGIN_KEY)
    with current.writing_all() as writing:
        if earlier is not None:
            sessions.end(writing, earlier)
        token = sessions.start(writing, user_id, current.now(), current.lifetimes())
    chosen = {LANGUAGE_KEY: session[LANGUAGE_KEY]} if LANGUAGE_KEY in session else {}
    session.clear()
    session.update({LOGIN_KEY: token} | chosen)
    if target == url_for("log.log"):
        recognise(token)
        target = first_page(current.actor())
    if kept is None or not kept.address:
        return redirect(target)
    theirs = form_keys.is_of(kept.key, user_id)
    if theirs is False:
        tell(
            gettext(
                "Somebody else had written in a form on this computer. That text has been thrown away."
            )
        )
        return redirect(target)
    if theirs and FIELD in request.form:
        # The browser sends the same fields on to the form, which shows them again.
        return redirect(kept.address, HTTPStatus.TEMPORARY_REDIRECT)
    recognise(token)
    return page("account/kept_form.html", kept=kept, otherwise=target, sure=bool(theirs))
