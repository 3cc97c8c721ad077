"""Who belongs to the organisation: read and changed by an administrator."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from timethief.domain.errors import Conflict, Invalid, Invalids
from timethief.domain.identifiers import from_text
from timethief.domain.people import Permission, Role
from timethief.domain.tasks import read_text
from timethief.i18n import gettext, language, speaking
from timethief.queries import choices
from timethief.queries import people as read
from timethief.queries import tokens as read_tokens
from timethief.services import people as do
from timethief.services.access import password_links
from timethief.services.access import tokens as do_tokens
from timethief.web import current
from timethief.web.forms.people import ROLES, PersonForm
from timethief.web.gate import requires
from timethief.web.handed_over import can_mail, mail_password_link, password_address
from timethief.web.pages import page, tell

blueprint = Blueprint("people", __name__, url_prefix="/administration/people")

LONGEST_SEARCH = 100


@blueprint.get("")
@requires(Permission.MANAGE_PEOPLE)
def index() -> ResponseReturnValue:
    """The people of the organisation, by name, and who is invited."""
    wanted = _filter()
    after, before = (request.args.get(name) for name in ("after", "before"))
    actor = current.actor()
    with current.reading() as session:
        found = read.people(
            session,
            actor.organisation_id,
            wanted,
            after=from_text(after) if after else None,
            before=from_text(before) if before and not after else None,
        )
        waiting = read.invitations(session, actor.organisation_id, current.now())
    kept = {
        "q": wanted.words or None,
        "role": wanted.role,
        "former": "1" if wanted.former else None,
    }
    return page(
        "administration/people.html",
        found=found,
        wanted=wanted,
        waiting=waiting,
        roles=ROLES,
        kept=kept,
        sought=bool(wanted.words or wanted.role or wanted.former),
    )


def _filter() -> read.PersonFilter:
    role = request.args.get("role") or None
    if role is not None and role not in list(ROLES):
        raise Invalid("role", "not_a_choice")
    return read.PersonFilter(
        words=read_text(request.args.get("q", ""), "q", LONGEST_SEARCH),
        role=None if role is None else Role(role),
        former=request.args.get("former") == "1",
    )


@blueprint.route("/<user_id>", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE, keeps_text=True)
def person(user_id: str) -> ResponseReturnValue:
    """One person: role, unit, staff category, tokens, membership."""
    identifier = from_text(user_id)
    with current.reading() as session:
        found = read.person(session, current.actor().organisation_id, identifier)
    form = PersonForm.read(
        {
            "name": found.line.name,
            "role": found.line.role,
            "unit": found.unit_id,
            "staff_category": found.staff_category_id,
            "version": str(found.version),
        }
    )
    if form.sent():
        conflict = _change(form, identifier)
        if conflict is None and form.status == 200:  # noqa: PLR2004 - HTTP
            tell(gettext("Saved."))
            return redirect(_after_change(identifier, user_id))
        return _person_page(identifier, form, conflict)
    return _person_page(identifier, form)


def _change(form: PersonForm, user_id: int) -> str | None:
    """The reason of a conflict; None where it was done, or is refused beside the fields."""
    try:
        facts = form.to_facts()
        with current.writing() as session:
            do.change_person(
                session, current.actor(), user_id, facts, form.seen_version(), current.now()
            )
    except Conflict as conflict:
        form.status = 409
        return conflict.reason
    except Invalid as refusal:
        form.refuse(refusal)
    except Invalids:
        form.status = 422
    return None


def _after_change(identifier: int, user_id: str) -> str:
    """Who has just given up the own right to be here is led to where the new role may be."""
    if identifier == current.actor().user_id:
        return url_for("accounts.start")
    return url_for("people.person", user_id=user_id)


def _person_page(
    user_id: int, form: PersonForm | None, conflict: str | None = None
) -> ResponseReturnValue:
    actor = current.actor()
    with current.reading() as session:
        found = read.person(session, actor.organisation_id, user_id)
        units = choices.units(session, actor.organisation_id)
        categories = choices.staff_categories(session, actor.organisation_id)
        tokens = read_tokens.tokens(session, actor.organisation_id, current.today(), user_id)
    if form is None:
        form = PersonForm(
            data={
                "name": found.line.name,
                "role": found.line.role,
                "unit": found.unit_id,
                "staff_category": found.staff_category_id,
            }
        )
        form.status = 409
    if conflict is not None or form.version.data is None:
        form.version.data = str(found.version)
    form.offer(units, categories, language())
    shown = page(
        "administration/person.html",
        form=form,
        person=found.line,
        person_id=found.line.id,
        is_self=user_id == actor.user_id,
        tokens=tokens,
        conflict=conflict,
        last_administrator=do.LAST_ADMINISTRATOR,
    )
    return shown, form.status


@blueprint.post("/<user_id>/end-membership")
@requires(Permission.MANAGE_PEOPLE)
def end_membership(user_id: str) -> ResponseReturnValue:
    """The person no longer belongs: log-ins and tokens end at once."""
    identifier = from_text(user_id)
    try:
        with current.writing() as session:
            do.end_membership(session, current.actor(), identifier, current.now())
    except Conflict as conflict:
        return _person_page(identifier, None, conflict.reason)
    tell(
        gettext("The membership has ended, and every log-in with it."),
        url_for("people.restore_membership", user_id=user_id),
    )
    return redirect(_after_change(identifier, user_id))


@blueprint.post("/<user_id>/restore-membership")
@requires(Permission.MANAGE_PEOPLE)
def restore_membership(user_id: str) -> ResponseReturnValue:
    """The person belongs again."""
    with current.writing() as session:
        do.restore_membership(session, current.actor(), from_text(user_id), current.now())
    tell(gettext("The membership is restored."))
    return redirect(url_for("people.person", user_id=user_id))


@blueprint.post("/<user_id>/end-log-ins")
@requires(Permission.MANAGE_PEOPLE)
def end_log_ins(user_id: str) -> ResponseReturnValue:
    """Every log-in and token of the person ends."""
    identifier = from_text(user_id)
    with current.writing() as session:
        do.end_log_ins(session, current.actor(), identifier, current.now())
    tell(gettext("Every log-in and every token of the person has ended."))
    return redirect(_after_change(identifier, user_id))


@blueprint.post("/<user_id>/password-link")
@requires(Permission.MANAGE_PEOPLE)
def password_link(user_id: str) -> ResponseReturnValue:
    """A link to a new password: by mail to the person, or shown once to be handed over."""
    now = current.now()
    with current.writing_all() as session:
        made = password_links.hand_out(session, current.actor(), from_text(user_id), now)
        if can_mail():
            with speaking(made.language):
                mail_password_link(session, made, now)
    if can_mail():
        tell(gettext("A link to a new password is on its way to %(name)s.", name=made.name))
        return redirect(url_for("people.person", user_id=user_id))
    return page(
        "administration/people_password_link.html",
        name=made.name,
        link=password_address(made.token),
        back=url_for("people.person", user_id=user_id),
    )


@blueprint.get("/tokens")
@requires(Permission.MANAGE_PEOPLE)
def tokens() -> ResponseReturnValue:
    """The API tokens of the organisation."""
    with current.reading() as session:
        found = read_tokens.tokens(session, current.actor().organisation_id, current.today())
    return page("administration/people_tokens.html", tokens=found)


@blueprint.post("/tokens/<token_id>/revoke")
@requires(Permission.MANAGE_PEOPLE)
def revoke_token(token_id: str) -> ResponseReturnValue:
    """A token of anybody of the organisation opens nothing any more."""
    with current.writing() as session:
        do_tokens.revoke_token(session, current.actor(), from_text(token_id), current.now())
    tell(gettext("The token has been revoked."))
    return redirect(url_for("people.tokens"))
