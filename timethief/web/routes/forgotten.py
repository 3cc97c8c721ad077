"""A new password for who has forgotten the old one."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from timethief.domain.errors import Invalid
from timethief.domain.links import LinkState
from timethief.domain.names import folded
from timethief.domain.people import Permission
from timethief.i18n import gettext, speaking
from timethief.services.access import lock_outs
from timethief.services.access import password_links as do
from timethief.services.access.password_links import OpenedLink
from timethief.services.passwords import new_password as hashed_password
from timethief.web import current
from timethief.web.forms.people import ForgottenForm, NewPasswordForm
from timethief.web.gate import requires
from timethief.web.handed_over import can_mail, mail_password_link
from timethief.web.limits import limiter
from timethief.web.pages import page, tell
from timethief.web.tries import forgive, password_of

blueprint = Blueprint("forgotten", __name__, url_prefix="/login")

ASKED = "60 per 5 minutes"
"""Links asked for from one address."""
OPENED = "120 per minute"


@blueprint.route("/forgotten", methods=["GET", "POST"])
@requires(Permission.ANYONE, keeps_text=True)
@limiter.limit(ASKED, methods=["POST"])
def forgotten() -> ResponseReturnValue:
    """Ask for a link. Whether the address is known is told to nobody."""
    form = ForgottenForm.read()
    email = form.address() if form.sent() else None
    if email is None:
        return page("invitations/forgotten.html", form=form, can_mail=can_mail()), form.status
    if can_mail():
        _send_links(email)
    return page("invitations/forgotten_sent.html", can_mail=can_mail())


def _send_links(email: str) -> None:
    name = lock_outs.namer(current.config().secret_key)(f"link {folded(email)}")
    now = current.now()
    with current.writing_all() as writing:
        for made in do.ask(writing, email, name, now):
            with speaking(made.language):
                mail_password_link(writing, made, now)


@blueprint.route("/new-password/<token>", methods=["GET", "POST"])
@requires(Permission.ANYONE, keeps_text=True)
@limiter.limit(OPENED)
def new_password(token: str) -> ResponseReturnValue:
    """Where the link leads: choose another password, then log in with it."""
    with current.reading_all() as reading:
        found = do.opened(reading, token, current.now())
    if found.state is not LinkState.OPEN:
        return page("invitations/link_ended.html", state=found.state.value), 410
    form = NewPasswordForm.read()
    if form.sent() and _set(form, token, found):
        forgive(password_of(found.email))
        tell(gettext("The password has been changed. Log in with it."))
        return redirect(url_for("accounts.log_in"))
    return page("invitations/new_password.html", form=form, link=found), form.status


def _set(form: NewPasswordForm, token: str, found: OpenedLink) -> bool:
    try:
        known = [found.name, found.email, found.organisation]
        hashed = hashed_password(form.new_password.data or "", "new_password", known)
        with current.writing_all() as writing:
            do.set_password(writing, token, hashed, current.now())
    except Invalid as refusal:
        form.refuse(refusal)
        return False
    return True
