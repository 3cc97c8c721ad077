"""One's own API tokens."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from timethief.domain.errors import Invalid, Invalids
from timethief.domain.identifiers import from_text
from timethief.domain.people import Permission
from timethief.domain.tokens import LONGEST_LIFE, Scope
from timethief.i18n import gettext
from timethief.queries import tokens as read
from timethief.services import sent_forms
from timethief.services.access import tokens as do
from timethief.web import current
from timethief.web.forms.tokens import TokenForm
from timethief.web.gate import requires
from timethief.web.pages import page, tell

blueprint = Blueprint("tokens", __name__, url_prefix="/account/tokens")


@blueprint.route("", methods=["GET", "POST"])
@requires(Permission.OWN_ACCOUNT, keeps_text=True)
def index() -> ResponseReturnValue:
    """One's own tokens, and a new one, which is shown once."""
    actor = current.actor()
    form = TokenForm.read(
        {
            "scope": Scope.READ.value,
            "expires_on": (current.today() + LONGEST_LIFE).isoformat(),
        }
    )
    made = _make(form) if form.sent() else None
    if made == "":
        tell(gettext("The token has been made already. It is shown only once."))
        return redirect(url_for("tokens.index"))
    form.offer()
    with current.reading() as reading:
        found = read.tokens(reading, actor.organisation_id, current.today(), actor.user_id)
    return page("account/token_page.html", form=form, tokens=found, made=made), form.status


def _make(form: TokenForm) -> str | None:
    """The token; empty where the same form made one before; None where it is refused beside the fields."""
    actor, key = current.actor(), form.key.data or ""
    try:
        new = form.to_token()
        with current.writing() as writing:
            if sent_forms.earlier_result(writing, actor.organisation_id, key) is not None:
                return ""
            made = do.make_token(writing, actor, new, current.today(), current.now())
            sent_forms.remember(writing, actor.organisation_id, key, "", current.now())
            return made
    except Invalid as refusal:
        form.refuse(refusal)
    except Invalids:
        form.status = 422
    return None


@blueprint.post("/<token_id>/revoke")
@requires(Permission.OWN_ACCOUNT)
def revoke(token_id: str) -> ResponseReturnValue:
    """The token opens nothing any more."""
    with current.writing() as writing:
        do.revoke_token(writing, current.actor(), from_text(token_id), current.now())
    tell(gettext("The token has been revoked."))
    return redirect(url_for("tokens.index"))
