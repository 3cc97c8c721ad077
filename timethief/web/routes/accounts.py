"""Logging in and out."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from timethief.domain.names import folded
from timethief.domain.people import Permission
from timethief.i18n import gettext
from timethief.services import accounts as do
from timethief.web import current
from timethief.web.addresses import local_address
from timethief.web.forms.accounts import LONGEST_EMAIL, LogInForm
from timethief.web.gate import LANGUAGE_KEY, LOGIN_KEY, requires
from timethief.web.limits import limiter
from timethief.web.pages import page

blueprint = Blueprint("accounts", __name__)

WRONG_PASSWORDS = "10 per 15 minutes"
"""For one account, whoever tries: a wait, never a lock."""


def _account() -> str:
    return f"account {folded(request.form.get('email', '')[:LONGEST_EMAIL])}"


def _was_wrong(answer: Response) -> bool:
    return answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.get("/")
@requires(Permission.ANYONE)
def start() -> ResponseReturnValue:
    """The first page of whoever comes."""
    if current.visitor() is None:
        return redirect(url_for("accounts.log_in"))
    return redirect(url_for("log.log"))


@blueprint.route("/login", methods=["GET", "POST"])
@requires(Permission.ANYONE, keeps_text=True)
@limiter.limit("300 per 5 minutes", methods=["POST"])
@limiter.limit(WRONG_PASSWORDS, methods=["POST"], key_func=_account, deduct_when=_was_wrong)
def log_in() -> ResponseReturnValue:
    """Log in with e-mail address and password."""
    form = LogInForm.read()
    target = local_address(request.args.get("next"), url_for("log.log"))
    email = form.address() if form.sent() else None
    if email is not None:
        with current.reading_all() as reading:
            user_id = do.user_with_password(reading, email, form.password.data or "")
        if user_id is not None:
            _start_session(user_id)
            return redirect(target)
        form.say(form.email, gettext("The e-mail address and the password do not go together."))
    return page("login.html", form=form), form.status


@blueprint.post("/logout")
@requires(Permission.ANYONE)
def log_out() -> ResponseReturnValue:
    """Log out: the log-in ends on the server too."""
    token = session.get(LOGIN_KEY)
    if token is not None:
        with current.writing_all() as writing:
            do.end_session(writing, token)
    session.clear()
    return redirect(url_for("accounts.log_in"))


def _start_session(user_id: int) -> None:
    """Everything that the browser held before log-in is dropped, but the language."""
    with current.writing_all() as writing:
        token = do.start_session(writing, user_id, current.now())
    kept = {LANGUAGE_KEY: session[LANGUAGE_KEY]} if LANGUAGE_KEY in session else {}
    session.clear()
    session.update({LOGIN_KEY: token} | kept)
