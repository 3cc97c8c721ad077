"""How long things are kept: rules with the decisions that allow them, what is held back, what was weeded."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from timethief.domain.errors import Invalid, Invalids, NotFound
from timethief.domain.identifiers import from_text
from timethief.domain.people import Permission
from timethief.domain.retention import Kind, Rule, check_rule
from timethief.i18n import gettext
from timethief.queries import retention as read
from timethief.reports.retention import due_text, held_text, kept_text, kind_words
from timethief.services import retention as do
from timethief.web import current
from timethief.web.carrying_out import carry_out
from timethief.web.forms.retention import HoldForm, RuleForm
from timethief.web.gate import requires
from timethief.web.pages import page, tell

blueprint = Blueprint("retention", __name__, url_prefix="/administration/retention")


@blueprint.get("")
@requires(Permission.MANAGE_ORGANISATION)
def index() -> ResponseReturnValue:
    """Every kind with its rule, what is held back, and the protocol."""
    organisation_id = current.actor().organisation_id
    with current.reading() as session:
        kinds = read.kept_kinds(session, organisation_id, current.today())
        holds = read.holds(session, organisation_id)
        protocol = read.protocol(session, organisation_id)
    return page(
        "administration/retention.html",
        kinds=kinds,
        holds=holds,
        protocol=protocol,
        kind_words=kind_words,
        kept_text=kept_text,
        due_text=due_text,
        held_text=held_text,
    )


@blueprint.route("/rules/<kind>", methods=["GET", "POST"])
@requires(Permission.MANAGE_ORGANISATION, keeps_text=True)
def rule(kind: str) -> ResponseReturnValue:
    """The rule of one kind, with what it would weed today before it is saved."""
    chosen = _kind(kind)
    organisation_id = current.actor().organisation_id
    with current.reading() as session:
        kept = read.kept_kind(session, organisation_id, chosen, current.today())
    form = RuleForm.read(RuleForm.of(kept))
    preview = None
    if form.sent():
        wanted = _read_rule(form, chosen)
        if wanted is not None and "preview" in request.form:
            with current.reading() as session:
                preview = read.would_weed(session, organisation_id, wanted, current.today())
        elif wanted is not None and carry_out(form, lambda: _store(form, wanted)):
            tell(gettext("Saved. The rule is followed from the coming night."))
            return redirect(url_for("retention.index"))
    if form.conflict:
        form.version.data = str(kept.version)
    return page(
        "administration/retention_rule.html",
        form=form,
        kept=kept,
        words=kind_words(chosen),
        preview=preview,
        due_text=due_text,
        held_text=held_text,
    ), form.status


@blueprint.route("/hold", methods=["GET", "POST"])
@requires(Permission.MANAGE_ORGANISATION, keeps_text=True)
def hold() -> ResponseReturnValue:
    """Hold something back from weeding."""
    form = HoldForm.read()
    form.offer()
    if form.sent() and carry_out(form, lambda: _hold(form)):
        tell(gettext("Saved. It is kept until you allow weeding again."))
        return redirect(url_for("retention.index"))
    return page("administration/retention_hold.html", form=form), form.status


def _hold(form: HoldForm) -> None:
    with current.writing() as session:
        do.place_hold(
            session,
            current.actor(),
            form.to_kind(),
            form.reference.data or "",
            form.reason.data or "",
            current.now(),
        )


@blueprint.post("/hold/<hold_id>/lift")
@requires(Permission.MANAGE_ORGANISATION)
def lift(hold_id: str) -> ResponseReturnValue:
    """Let the rules apply again."""
    with current.writing() as session:
        do.lift_hold(session, current.actor(), from_text(hold_id), current.today(), current.now())
    tell(gettext("Weeding is allowed again, by the rules."))
    return redirect(url_for("retention.index"))


def _kind(text: str) -> Kind:
    if text not in set(Kind):
        raise NotFound("kind")
    return Kind(text)


def _read_rule(form: RuleForm, kind: Kind) -> Rule | None:
    """The rule; None, with what is wrong beside the fields, where it cannot be one."""
    try:
        wanted = form.to_rule(kind)
        check_rule(wanted, current.today())
    except Invalid as refusal:
        form.refuse(refusal)
    except Invalids:
        form.status = 422
    else:
        return wanted
    return None


def _store(form: RuleForm, wanted: Rule) -> None:
    with current.writing() as session:
        do.set_rule(
            session,
            current.actor(),
            wanted,
            form.seen_version(),
            current.today(),
            current.now(),
        )
