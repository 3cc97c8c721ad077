"""What the organisation is called, speaks and calls those it is there for."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from timethief.domain.people import Permission
from timethief.i18n import gettext
from timethief.services import organisation_settings as do
from timethief.services.organisation_settings import OrganisationFacts
from timethief.web import current
from timethief.web.carrying_out import carry_out
from timethief.web.forms.administration.organisation import OrganisationForm, told_of
from timethief.web.gate import requires
from timethief.web.pages import page, tell

blueprint = Blueprint("organisation", __name__, url_prefix="/organisation")


@blueprint.route("", methods=["GET", "POST"])
@requires(Permission.MANAGE_ORGANISATION, keeps_text=True)
def index() -> ResponseReturnValue:
    """Name, language and words."""
    form = form_of_organisation()
    if form.sent() and carry_out(form, lambda: change(form)):
        tell(gettext("Saved."))
        return redirect(url_for("administration.organisation.index"))
    theirs = prepare(form)
    return page("administration/organisation.html", form=form, theirs=theirs), form.status


def form_of_organisation() -> OrganisationForm:
    """The form as sent, or as the organisation stands."""
    with current.reading() as session:
        facts = do.organisation_facts(session, current.actor().organisation_id)
    return OrganisationForm.read({**told_of(facts), "seen": do.seen_organisation(facts)})


def prepare(form: OrganisationForm) -> OrganisationFacts | None:
    """Fill in the choices; what another has saved meanwhile, where that is in the way."""
    form.offer()
    if not form.conflict:
        return None
    with current.reading() as session:
        facts = do.organisation_facts(session, current.actor().organisation_id)
    # The next press of Save is made knowing what the other one did.
    form.seen.data = do.seen_organisation(facts)
    return facts


def change(form: OrganisationForm) -> None:
    """Save what the form says."""
    facts = form.to_facts()
    with current.writing() as session:
        do.change(
            session,
            current.actor(),
            facts,
            form.seen.data or "",
            form.key.data or "",
            current.now(),
        )
