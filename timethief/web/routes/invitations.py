"""Inviting people, and accepting: the link makes an account, once."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from timethief.domain.errors import Invalid, Invalids
from timethief.domain.identifiers import from_text
from timethief.domain.links import INVITATION_LIFE, LinkState
from timethief.domain.people import Permission, Role
from timethief.i18n import gettext
from timethief.queries import choices
from timethief.queries import people as read
from timethief.services import sent_forms
from timethief.services.access import invitations as do
from timethief.services.access.invitations import Invited, OpenedInvitation
from timethief.services.passwords import new_password
from timethief.web import current
from timethief.web.entering import enter
from timethief.web.forms.people import AcceptForm, InvitationForm
from timethief.web.gate import requires
from timethief.web.handed_over import can_mail, invitation_link, mail_invitation
from timethief.web.limits import limiter
from timethief.web.pages import page, tell

blueprint = Blueprint("invitations", __name__)

OPENED = "120 per minute"
"""Links from one address: far too few to find one by guessing."""


@blueprint.route("/administration/people/invite", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE, keeps_text=True)
def invite() -> ResponseReturnValue:
    """Invite somebody: by mail, or by a link that is shown once."""
    form = InvitationForm.read({"role": Role.STAFF.value})
    look_alikes: list[read.PersonLine] = []
    if form.sent():
        answer = _invite(form, look_alikes)
        if answer is not None:
            return answer
    with current.reading() as reading:
        form.offer_places(choices.units(reading, current.actor().organisation_id))
    shown = page(
        "administration/invite.html", form=form, look_alikes=look_alikes, can_mail=can_mail()
    )
    return shown, form.status


def _invite(form: InvitationForm, look_alikes: list[read.PersonLine]) -> ResponseReturnValue | None:
    """What follows; None, with what is wrong beside the fields or among those who look alike, where it is refused."""
    actor, key = current.actor(), form.key.data or ""
    try:
        new = form.to_invitation()
        if not form.another.data:
            with current.reading() as reading:
                look_alikes += read.look_alikes(
                    reading, actor.organisation_id, new.email or "", new.name
                )
            if look_alikes:
                form.say(
                    form.another,
                    gettext(
                        "Somebody like this is here already. Look whether it is the same person."
                    ),
                )
                return None
        with current.writing() as writing:
            if sent_forms.earlier_result(writing, actor.organisation_id, key) is not None:
                return redirect(url_for("people.index"))
            invited = do.invite(writing, actor, new, current.now())
            sent_forms.remember(
                writing, actor.organisation_id, key, str(invited.invitation_id), current.now()
            )
            mailed = mail_invitation(
                writing,
                invited,
                actor.organisation_id,
                current.organisation_name(),
                current.now(),
            )
    except Invalid as refusal:
        form.refuse(refusal)
    except Invalids:
        form.status = 422
    else:
        return _hand_over(invited, mailed=mailed)
    return None


def _hand_over(invited: Invited, *, mailed: bool) -> ResponseReturnValue:
    """By mail, or on the page: the link is stored nowhere, so this is the only time that it can be shown."""
    if mailed:
        tell(gettext("The invitation of %(name)s is on its way.", name=invited.name))
        return redirect(url_for("people.index"))
    return page(
        "administration/invited.html",
        name=invited.name,
        link=invitation_link(invited),
        last_day=(current.now() + INVITATION_LIFE).date(),
        back=url_for("people.index"),
    )


@blueprint.post("/administration/people/invitations/<invitation_id>/renew")
@requires(Permission.MANAGE_PEOPLE)
def renew(invitation_id: str) -> ResponseReturnValue:
    """A new link in place of the one that was lost or has become too old."""
    actor = current.actor()
    with current.writing() as writing:
        invited = do.renew(writing, actor, from_text(invitation_id), current.now())
        mailed = mail_invitation(
            writing, invited, actor.organisation_id, current.organisation_name(), current.now()
        )
    return _hand_over(invited, mailed=mailed)


@blueprint.post("/administration/people/invitations/<invitation_id>/withdraw")
@requires(Permission.MANAGE_PEOPLE)
def withdraw(invitation_id: str) -> ResponseReturnValue:
    """The link opens nothing any more."""
    with current.writing() as writing:
        do.withdraw(writing, current.actor(), from_text(invitation_id), current.now())
    tell(gettext("The invitation has been withdrawn."))
    return redirect(url_for("people.index"))


@blueprint.route("/invitations/<token>", methods=["GET", "POST"])
@requires(Permission.ANYONE, keeps_text=True)
@limiter.limit(OPENED)
def invitation(token: str) -> ResponseReturnValue:
    """Where an invitation leads: name and password, and one is in."""
    now = current.now()
    with current.reading_all() as reading:
        found = do.opened(reading, token, now)
    if found.state is not LinkState.OPEN:
        return page("invitations/ended.html", state=found.state.value), 410
    form = AcceptForm.read({"name": _known_name(found), "email": found.email or ""})
    if form.sent():
        user_id = _accept(form, token, found)
        if user_id is not None:
            return enter(user_id, _first_page(found))
    entrance = url_for("sign_on.entrance", code=found.organisation_code) if found.sign_on else ""
    shown = page("invitations/invitation.html", form=form, invitation=found, sign_on_href=entrance)
    return shown, form.status


def _known_name(found: OpenedInvitation) -> str:
    """The name that whoever invited has given; what stands before the @ of an address is none."""
    return "" if found.name == (found.email or "").partition("@")[0] else found.name


def _accept(form: AcceptForm, token: str, found: OpenedInvitation) -> int | None:
    """The account; None, with what is wrong beside the fields, where it is refused."""
    try:
        name, email = form.to_person(found.email)
        # Hashed before the transaction begins: it takes a while, and others wait to write.
        known = [name, email, found.organisation]
        hashed = new_password(form.new_password.data or "", "new_password", known)
        with current.writing(found.organisation_id) as writing:
            return do.accept(
                writing, found.organisation_id, token, name, email, hashed, current.now()
            )
    except Invalid as refusal:
        form.refuse(refusal)
    except Invalids:
        form.status = 422
    return None


def _first_page(found: OpenedInvitation) -> str:
    """The first administrator goes on to the set-up."""
    if found.role is Role.ADMIN and not found.is_set_up:
        return url_for("administration.set_up.index")
    return url_for("log.log")
