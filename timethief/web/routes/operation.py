"""The page of those who run the installation: the organisations, by name."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from timethief.domain.errors import Invalid, Invalids
from timethief.domain.links import INVITATION_LIFE
from timethief.domain.people import Permission
from timethief.i18n import gettext
from timethief.queries import operation as read
from timethief.services import operators as do
from timethief.services import sent_forms
from timethief.services.access.invitations import Invited
from timethief.services.operators import NewOrganisation
from timethief.web import current
from timethief.web.forms.operation import OrganisationForm
from timethief.web.gate import requires
from timethief.web.handed_over import invitation_link, mail_invitation
from timethief.web.pages import page, tell

blueprint = Blueprint("operation", __name__, url_prefix="/operation")


@blueprint.get("")
@requires(Permission.OPERATE)
def index() -> ResponseReturnValue:
    """The organisations of the installation."""
    with current.reading_all() as session:
        found = read.organisations(session)
    return page("operation/index.html", organisations=found)


@blueprint.route("/organisations/add", methods=["GET", "POST"])
@requires(Permission.OPERATE, keeps_text=True)
def add() -> ResponseReturnValue:
    """Let an organisation in, and invite its first administrator."""
    form = OrganisationForm.read()
    if form.sent():
        answer = _add(form)
        if answer is not None:
            return answer
    form.offer()
    return page("operation/add.html", form=form), form.status


def _add(form: OrganisationForm) -> ResponseReturnValue | None:
    """What follows; None, with what is wrong beside the fields, where it is refused."""
    actor, key = current.actor(), form.key.data or ""
    try:
        new = form.to_organisation()
        with current.writing_all() as session:
            if sent_forms.earlier_result(session, actor.organisation_id, key) is not None:
                return redirect(url_for("operation.index"))
            invited, organisation_id = do.open_organisation(
                session, actor, new, current.today(), current.now()
            )
            sent_forms.remember(session, actor.organisation_id, key, new.code, current.now())
            mailed = mail_invitation(session, invited, organisation_id, new.name, current.now())
    except Invalid as refusal:
        form.refuse(refusal)
    except Invalids:
        form.status = 422
    else:
        return _hand_over(invited, new, mailed=mailed)
    return None


def _hand_over(invited: Invited, new: NewOrganisation, *, mailed: bool) -> ResponseReturnValue:
    if mailed:
        tell(
            gettext(
                "%(organisation)s is added. Its first administrator gets a mail.",
                organisation=new.name,
            )
        )
        return redirect(url_for("operation.index"))
    return page(
        "administration/invited.html",
        organisation=new.name,
        name=new.admin_email,
        link=invitation_link(invited),
        last_day=(current.now() + INVITATION_LIFE).date(),
        back=url_for("operation.index"),
    )


@blueprint.post("/organisations/<code>/close")
@requires(Permission.OPERATE)
def close(code: str) -> ResponseReturnValue:
    """Nobody of the organisation can log in any more."""
    with current.writing_all() as session:
        do.set_open(session, current.actor(), code, is_open=False, now=current.now())
    tell(
        gettext("The organisation is closed. What it owns stays."),
        url_for("operation.reopen", code=code),
    )
    return redirect(url_for("operation.index"))


@blueprint.post("/organisations/<code>/reopen")
@requires(Permission.OPERATE)
def reopen(code: str) -> ResponseReturnValue:
    """The people of the organisation can log in again."""
    with current.writing_all() as session:
        do.set_open(session, current.actor(), code, is_open=True, now=current.now())
    tell(gettext("The organisation is open again."))
    return redirect(url_for("operation.index"))
