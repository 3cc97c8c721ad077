"""How somebody wants mail: on the own account, and by the link that stands in each letter."""

from __future__ import annotations

from flask import Blueprint, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from timethief.domain.errors import Invalid, NotFound
from timethief.domain.mail_preferences import Choice
from timethief.domain.people import Permission
from timethief.i18n import gettext, set_language
from timethief.reports.operation import mail_kind
from timethief.services import mail_preferences as do
from timethief.services.mail_preferences import UNSUBSCRIBE, Unsubscribed
from timethief.web import current
from timethief.web.forms.mail_preferences import MailForm
from timethief.web.gate import LANGUAGE_KEY, requires
from timethief.web.limits import limiter
from timethief.web.pages import page, tell

blueprint = Blueprint("mail_preferences", __name__)

OPENED = "60 per minute"
"""Links opened from one address."""


@blueprint.post("/account/mail")
@requires(Permission.OWN_ACCOUNT)
def choose() -> ResponseReturnValue:
    """Choose how to get each kind of mail."""
    with current.reading() as reading:
        present = do.preferences_of(reading, current.actor())
    form = MailForm.of(present)
    try:
        with current.writing() as writing:
            do.choose(writing, current.actor(), form.chosen())
    except Invalid:
        tell(gettext("Nothing was saved. Choose one of the answers."))
    else:
        tell(gettext("Saved."))
    return redirect(f"{url_for('account.account')}#mail")


@blueprint.route(f"{UNSUBSCRIBE}/<mail_token>", methods=["GET", "POST"])
@requires(Permission.ANYONE, bearer_only=True)
@limiter.limit(OPENED)
def unsubscribe(mail_token: str) -> ResponseReturnValue:
    """Say no to more letters of a kind, without a log-in: mail programs do it too, by sending the form."""
    try:
        of = do.read_link(current.config().secret_key, mail_token, current.now())
        if request.method == "POST":
            _carry_out(of)
        with current.reading(of.organisation_id) as reading:
            found = do.subscriber(reading, of)
    except NotFound:
        return page("unsubscribe/ended.html"), 404
    if LANGUAGE_KEY not in session and current.visitor() is None:
        set_language(found.language)
    return page(
        "unsubscribe/unsubscribe.html",
        kind=mail_kind(of.kind.value),
        organisation=found.organisation,
        is_off=found.choice is Choice.NEVER,
    )


def _carry_out(of: Unsubscribed) -> None:
    again = "again" in request.form
    with current.writing(of.organisation_id) as writing:
        (do.subscribe_again if again else do.unsubscribe)(writing, of)
