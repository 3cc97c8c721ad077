"""The requesters that an organisation has added itself: put right, named, and two made one."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from timethief.domain.identifiers import from_text, to_text
from timethief.domain.people import Permission
from timethief.domain.tasks import read_text
from timethief.i18n import gettext, ngettext, number
from timethief.queries import requester_administration as read
from timethief.services import requester_merging as do
from timethief.services.requesters import requester_of
from timethief.storage.search import LONGEST_QUERY
from timethief.web import current
from timethief.web.carrying_out import carry_out
from timethief.web.forms.administration.requesters import MergeForm, RequesterForm
from timethief.web.gate import requires
from timethief.web.pages import page, tell

blueprint = Blueprint("requesters", __name__, url_prefix="/requesters")


@blueprint.get("")
@requires(Permission.MANAGE_ORGANISATION)
def index() -> ResponseReturnValue:
    """The organisation's own requesters by name, or those of the registers too."""
    q = read_text(request.args.get("q", ""), "q", LONGEST_QUERY)
    after = request.args.get("after") or None
    everyone = request.args.get("registers") == "yes"
    with current.reading() as session:
        found = read.requesters(
            session,
            current.actor().organisation_id,
            q,
            from_text(after) if after else None,
            everyone=everyone,
        )
    return page("administration/requesters.html", found=found, q=q, everyone=everyone, after=after)


@blueprint.get("/<requester_id>")
@requires(Permission.MANAGE_ORGANISATION)
def requester(requester_id: str) -> ResponseReturnValue:
    """One requester, to be changed."""
    with current.reading() as session:
        organisation_id = current.actor().organisation_id
        row = requester_of(session, organisation_id, from_text(requester_id))
        told = {
            "name": row.name,
            "level": row.level,
            "verified": row.verified,
            "aliases": "\n".join(do.own_aliases(session, row, organisation_id)),
            "seen": do.seen_requester(session, row),
        }
    return _requester_page(requester_id, RequesterForm.read(told))


@blueprint.post("/<requester_id>")
@requires(Permission.MANAGE_ORGANISATION, keeps_text=True)
def change(requester_id: str) -> ResponseReturnValue:
    """Change a requester's name, level and other names."""
    form = RequesterForm.read()
    if form.sent() and carry_out(form, lambda: _change(form, requester_id)):
        tell(gettext("Saved."))
        address = url_for("administration.requesters.requester", requester_id=requester_id)
        return redirect(address)
    return _requester_page(requester_id, form)


@blueprint.get("/<requester_id>/merge")
@requires(Permission.MANAGE_ORGANISATION)
def merge(requester_id: str) -> ResponseReturnValue:
    """Find the requester that this one really is, and see both side by side."""
    return _merge_page(requester_id, MergeForm.read({"kept": request.args.get("kept", "")}))


@blueprint.post("/<requester_id>/merge")
@requires(Permission.MANAGE_ORGANISATION, keeps_text=True)
def merged(requester_id: str) -> ResponseReturnValue:
    """Make one of the two."""
    form = MergeForm.read()
    count: list[int] = []
    if form.sent() and carry_out(form, lambda: count.append(_merge(form, requester_id))):
        tell(
            ngettext(
                "They are one now. %(num)s task has moved.",
                "They are one now. %(num)s tasks have moved.",
                count[0],
                num=number(count[0]),
            )
        )
        kept = form.kept.data
        return redirect(url_for("administration.requesters.requester", requester_id=kept))
    return _merge_page(requester_id, form)


def _change(form: RequesterForm, requester_id: str) -> None:
    facts = form.to_facts()
    with current.writing() as session:
        do.change(
            session,
            current.actor(),
            from_text(requester_id),
            facts,
            form.seen.data or "",
            form.key.data or "",
            current.now(),
        )


def _merge(form: MergeForm, requester_id: str) -> int:
    with current.writing() as session:
        return do.merge(
            session,
            current.actor(),
            from_text(requester_id),
            form.to_kept(),
            form.key.data or "",
            current.now(),
        )


def _requester_page(requester_id: str, form: RequesterForm) -> ResponseReturnValue:
    organisation_id = current.actor().organisation_id
    form.offer()
    with current.reading() as session:
        line = read.requester_line(session, organisation_id, from_text(requester_id))
        row = requester_of(session, organisation_id, from_text(requester_id))
        theirs = None
        if form.conflict:
            # The next press of Save is made knowing what the other one did.
            form.seen.data = do.seen_requester(session, row)
            theirs = do.own_aliases(session, row, organisation_id)
        registers = read.other_names(session, row.id, own=False)
    return page(
        "administration/requester.html",
        form=form,
        requester=line,
        theirs=theirs,
        registers=registers,
    ), form.status


def _merge_page(requester_id: str, form: MergeForm) -> ResponseReturnValue:
    organisation_id = current.actor().organisation_id
    q = read_text(request.args.get("q", ""), "q", LONGEST_QUERY)
    with current.reading() as session:
        own = do.own_requester(session, organisation_id, from_text(requester_id))
        gone = read.requester_line(session, organisation_id, own.id)
        gone_names = read.other_names(session, own.id, own=True)
        kept = kept_names = None
        if form.kept.data:
            kept_id = from_text(form.kept.data)
            kept = read.requester_line(session, organisation_id, kept_id)
            kept_names = (
                *read.other_names(session, kept_id, own=True),
                *read.other_names(session, kept_id, own=False),
            )
        found = None
        if q:
            everyone = read.requesters(session, organisation_id, q, everyone=True)
            found = [
                each
                for each in everyone.lines
                if each.id != to_text(own.id) and each.successor is None
            ]
    return page(
        "administration/requester_merge.html",
        form=form,
        gone=gone,
        gone_names=gone_names,
        kept=kept,
        kept_names=kept_names,
        found=found,
        q=q,
    ), form.status
