"""Logging in, in one step or several, and out."""

from __future__ import annotations

from datetime import datetime, timedelta
from http import HTTPStatus

from flask import Blueprint, Response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from timethief.domain.errors import Invalid
from timethief.domain.people import Permission
from timethief.i18n import gettext
from timethief.services.access import lock_outs, log_ins, second_factor, sessions
from timethief.services.access.log_ins import Account
from timethief.web import current, kept_forms
from timethief.web.addresses import local_address
from timethief.web.entering import enter
from timethief.web.forms.accounts import CodeForm, LogInForm, OrganisationForm
from timethief.web.forms.base import BaseForm
from timethief.web.gate import LOGIN_KEY, requires
from timethief.web.limits import limiter
from timethief.web.pages import first_page, page
from timethief.web.tries import counted, must_wait, password_of

blueprint = Blueprint("accounts", __name__)

WRONG_TRIES = "300 per 5 minutes"
"""From one address, behind which a whole hospital may be: those who get in do not count."""
HALF_OPEN_KEY = "half_open"
_HALF_OPEN = timedelta(minutes=10)
"""So long somebody has to choose an organisation and to find the app with the code."""


def _was_wrong(answer: Response) -> bool:
    return answer.status_code in (
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.TOO_MANY_REQUESTS,
    )


@blueprint.get("/")
@requires(Permission.ANYONE)
def start() -> ResponseReturnValue:
    """The first page of whoever comes."""
    visitor = current.visitor()
    return redirect(url_for("accounts.log_in") if visitor is None else first_page(visitor))


@blueprint.route("/login", methods=["GET", "POST"])
@requires(Permission.ANYONE, keeps_text=True)
@limiter.limit(WRONG_TRIES, methods=["POST"], deduct_when=_was_wrong)
def log_in() -> ResponseReturnValue:
    """Log in with e-mail address and password."""
    form = LogInForm.read()
    email = form.address() if form.sent() else None
    if email is not None:
        try:
            accounts = counted(
                password_of(email), lambda: _opened_by(email, form.password.data or "")
            )
        except lock_outs.TooManyTries as refusal:
            return must_wait(refusal, form, form.email, lambda: _page("login.html", form))
        if accounts:
            return _next_step(accounts)
        form.say(form.email, gettext("The e-mail address and the password do not go together."))
    return _page("login.html", form), form.status


@blueprint.route("/login/organisation", methods=["GET", "POST"])
@requires(Permission.ANYONE, keeps_text=True)
def choose() -> ResponseReturnValue:
    """Choose between the organisations that the password opens."""
    accounts = _half_open()
    if not accounts:
        return _from_the_beginning()
    form = OrganisationForm.read()
    form.offer(accounts)
    chosen = form.chosen(accounts) if form.sent() else None
    if chosen is not None:
        return _next_step([chosen])
    return _page("account/organisation.html", form), form.status


@blueprint.route("/login/code", methods=["GET", "POST"])
@requires(Permission.ANYONE, keeps_text=True)
@limiter.limit(WRONG_TRIES, methods=["POST"], deduct_when=_was_wrong)
def second_step() -> ResponseReturnValue:
    """The code from the app, or a recovery code."""
    accounts = _half_open()
    if len(accounts) != 1:
        return _from_the_beginning()
    form = CodeForm.read()
    code = form.code() if form.sent() else None
    if code is not None:
        try:
            is_right = counted(
                f"code {accounts[0].user_id}", lambda: _opens_second_step(accounts[0], code)
            )
        except lock_outs.TooManyTries as refusal:
            return must_wait(
                refusal, form, form.one_time_code, lambda: _page("account/code.html", form)
            )
        if is_right:
            return enter(accounts[0].user_id, _target(), kept_forms.carried())
        form.refuse(Invalid("one_time_code", "wrong_code"))
    return _page("account/code.html", form), form.status


@blueprint.post("/logout")
@requires(Permission.ANYONE)
def log_out() -> ResponseReturnValue:
    """Log out: the log-in ends on the server too."""
    token = session.get(LOGIN_KEY)
    if token is not None:
        with current.writing_all() as writing:
            sessions.end(writing, token)
    session.clear()
    return redirect(url_for("accounts.log_in"))


def _opened_by(email: str, password: str) -> list[Account] | None:
    """The accounts that go with the two; None where there is none."""
    with current.reading_all() as reading:
        locked = log_ins.accounts_of(reading, email)
    return log_ins.opened(locked, password) or None


def _opens_second_step(account: Account, code: str) -> bool | None:
    """True where the code opens the account; None where it does not."""
    with current.writing_all() as writing:
        is_right = second_factor.is_right(
            writing, account.user_id, current.config().secret_key, code, current.now()
        )
    return is_right or None


def _next_step(accounts: list[Account]) -> ResponseReturnValue:
    """What is still to be done before one is in: choose an organisation, write a code, nothing."""
    kept = kept_forms.carried()
    if len(accounts) == 1 and not accounts[0].second_factor:
        return enter(accounts[0].user_id, _target(), kept)
    session[HALF_OPEN_KEY] = {
        "accounts": [each.user_id for each in accounts],
        "since": current.now().timestamp(),
    }
    if len(accounts) == 1:
        if kept is None:
            return redirect(url_for("accounts.second_step", next=_wanted()))
        return _page("account/code.html", CodeForm.new())
    if kept is None:
        return redirect(url_for("accounts.choose", next=_wanted()))
    form = OrganisationForm.new()
    form.offer(accounts)
    return _page("account/organisation.html", form)


def _half_open() -> list[Account]:
    """The accounts whose password was right a moment ago. The cookie is signed, and opens nothing by itself."""
    held = session.get(HALF_OPEN_KEY)
    if held is None:
        return []
    age = current.now() - datetime.fromtimestamp(held["since"], current.now().tzinfo)
    if not timedelta() <= age <= _HALF_OPEN:
        return []
    with current.reading_all() as reading:
        return log_ins.accounts_with(reading, held["accounts"])


def _from_the_beginning() -> ResponseReturnValue:
    """The first step again; what was typed before goes along."""
    session.pop(HALF_OPEN_KEY, None)
    if kept_forms.carried() is None:
        return redirect(url_for("accounts.log_in", next=_wanted()))
    form = LogInForm.new()
    form.expired = True
    return _page("login.html", form), 400


def _page(template: str, form: BaseForm) -> str:
    return page(template, form=form, kept=kept_forms.carried(), next=_wanted())


def _wanted() -> str | None:
    """Where somebody wanted to go before, if that is a page of ours."""
    return local_address(request.args.get("next"), "") or None


def _target() -> str:
    return _wanted() or url_for("log.log")
