"""The own account: password, second step, language, and where one is logged in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from flask import Blueprint, redirect, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from timethief.domain.errors import Invalid
from timethief.domain.identifiers import from_text, to_text
from timethief.domain.people import Actor, Permission
from timethief.i18n import LANGUAGES, gettext
from timethief.queries.accounts import own_account
from timethief.services import passwords
from timethief.services.access import accounts as do
from timethief.services.access import lock_outs, second_factor, sessions
from timethief.services.mail_preferences import preferences_of
from timethief.web import current
from timethief.web.forms.accounts import CodeForm, FirstCodeForm, LanguageForm, PasswordForm
from timethief.web.forms.mail_preferences import MailForm
from timethief.web.gate import LANGUAGE_KEY, LOGIN_KEY, requires
from timethief.web.pages import page, tell
from timethief.web.pictures import qr_code
from timethief.web.tries import counted, must_wait

blueprint = Blueprint("account", __name__, url_prefix="/account")


@blueprint.get("")
@requires(Permission.OWN_ACCOUNT)
def account() -> ResponseReturnValue:
    """Everything that one can see and change about the own account."""
    return _account_page(PasswordForm.new())


@blueprint.post("/password")
@requires(Permission.OWN_ACCOUNT, keeps_text=True)
def change_password() -> ResponseReturnValue:
    """Choose another password; every other log-in ends."""
    form = PasswordForm.read()
    if form.sent():
        try:
            if _change_password(form):
                tell(
                    gettext(
                        "Your password has been changed. You have been logged out everywhere else."
                    )
                )
                return redirect(url_for("account.account"))
        except lock_outs.TooManyTries as refusal:
            return must_wait(refusal, form, form.present_password, lambda: _account_text(form))
    return _account_page(form)


@blueprint.post("/language")
@requires(Permission.OWN_ACCOUNT)
def choose_language() -> ResponseReturnValue:
    """Choose the language of the pages, at every log-in from now on."""
    form = LanguageForm.read()
    with current.writing() as writing:
        do.choose_language(writing, current.actor(), form.language.data or None, LANGUAGES)
    session.pop(LANGUAGE_KEY, None)
    tell(gettext("Saved."))
    return redirect(url_for("account.account"))


@blueprint.post("/log-ins/<log_in_id>/end")
@requires(Permission.OWN_ACCOUNT)
def end_log_in(log_in_id: str) -> ResponseReturnValue:
    """Log out somewhere else, or here."""
    with current.writing() as writing:
        sessions.end_own(writing, current.actor(), from_text(log_in_id))
    tell(gettext("Logged out there."))
    return redirect(url_for("account.account"))


@blueprint.post("/log-ins/end-others")
@requires(Permission.OWN_ACCOUNT)
def end_other_log_ins() -> ResponseReturnValue:
    """Log out everywhere but here."""
    with current.writing() as writing:
        sessions.end_all(writing, current.actor().user_id, but=session[LOGIN_KEY])
    tell(gettext("You have been logged out everywhere else."))
    return redirect(url_for("account.account"))


@blueprint.route("/second-step", methods=["GET", "POST"])
@requires(Permission.OWN_ACCOUNT, keeps_text=True)
def set_up_second_step() -> ResponseReturnValue:
    """Turn on the second step of the log-in: read the picture with an app, and write the code that it shows."""
    form = FirstCodeForm.read()
    code = form.code() if form.sent() else None
    if code is not None:
        codes = _with_code(form, code, second_factor.confirm)
        if codes is not None:
            return page("account/recovery_codes.html", codes=codes)
    with current.reading() as reading:
        found = second_factor.unconfirmed(reading, current.actor(), current.config().secret_key)
    if found is None:
        return redirect(url_for("account.account"))
    secret, address = found
    return page(
        "account/set_up_second_step.html",
        form=form,
        secret=_in_groups(secret),
        picture=qr_code(address),
    ), form.status


@blueprint.post("/second-step/begin")
@requires(Permission.OWN_ACCOUNT)
def begin_second_step() -> ResponseReturnValue:
    """Make a new secret for the app."""
    with current.writing() as writing:
        second_factor.begin(writing, current.actor(), current.config().secret_key)
    return redirect(url_for("account.set_up_second_step"))


@blueprint.route("/second-step/codes", methods=["GET", "POST"])
@requires(Permission.OWN_ACCOUNT, keeps_text=True)
def renew_recovery_codes() -> ResponseReturnValue:
    """New recovery codes in place of the old ones."""
    if not _has_second_step():
        return redirect(url_for("account.account"))
    form = CodeForm.read()
    code = form.code() if form.sent() else None
    if code is not None:
        codes = _with_code(form, code, second_factor.renew_codes)
        if codes is not None:
            return page("account/recovery_codes.html", codes=codes)
    return page("account/renew_recovery_codes.html", form=form), form.status


@blueprint.route("/second-step/off", methods=["GET", "POST"])
@requires(Permission.OWN_ACCOUNT, keeps_text=True)
def turn_off_second_step() -> ResponseReturnValue:
    """Log in by password alone again."""
    if not _has_second_step():
        return redirect(url_for("account.account"))
    form = CodeForm.read()
    code = form.code() if form.sent() else None
    if code is not None and _with_code(form, code, second_factor.turn_off) is not None:
        tell(gettext("The second step is off. You log in by password alone."))
        return redirect(url_for("account.account"))
    return page("account/turn_off_second_step.html", form=form), form.status


def _change_password(form: PasswordForm) -> bool:
    """Whether it was changed; otherwise the reason stands beside its field.

    Raises:
        TooManyTries: the present password has been guessed at too often.
    """
    actor = current.actor()
    with current.reading() as reading:
        known = do.known(reading, actor.user_id)
    present = form.present_password.data or ""
    right = counted(
        f"present password {actor.user_id}",
        lambda: passwords.fits(known.password_hash, present) or None,
    )
    if right is None:
        form.refuse(Invalid("present_password", "wrong_password"))
        return False
    try:
        made = passwords.new_password(form.new_password.data or "", "new_password", known.words)
    except Invalid as refusal:
        form.refuse(refusal)
        return False
    with current.writing() as writing:
        do.change_password(writing, actor, made, session[LOGIN_KEY])
    return True


def _has_second_step() -> bool:
    with current.reading() as reading:
        return own_account(reading, current.actor()).codes_left is not None


Act = Callable[[Session, Actor, str, str, datetime], Sequence[str]]
"""Something that takes a code: session, actor, the installation's key, the code, the time."""


def _with_code(form: CodeForm, code: str, act: Act) -> Sequence[str] | None:
    """What the act gives; None, with what is wrong beside the code, where it is refused."""

    def attempt() -> Sequence[str] | None:
        with current.writing() as writing:
            return act(writing, current.actor(), current.config().secret_key, code, current.now())

    try:
        return counted(f"code {current.actor().user_id}", attempt)
    except Invalid as refusal:
        form.refuse(refusal)
    return None


def _account_page(form: PasswordForm) -> ResponseReturnValue:
    return _account_text(form), form.status


def _account_text(form: PasswordForm) -> str:
    with current.reading() as reading:
        found = own_account(reading, current.actor())
        log_ins = sessions.own(
            reading, current.actor(), session[LOGIN_KEY], current.now(), current.lifetimes()
        )
        mail = preferences_of(reading, current.actor())
    languages = LanguageForm.new({"language": found.language})
    languages.offer()
    return page(
        "account/account.html",
        account=found,
        form=form,
        language_form=languages,
        log_ins=log_ins,
        mail_form=MailForm.shown(mail),
        to_text=to_text,
    )


def _in_groups(secret: str) -> str:
    """Four letters at a time, for who types it."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
