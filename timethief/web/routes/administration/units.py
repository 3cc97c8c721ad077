"""The units of the organisation: the tree, one unit, and what becomes of it."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from timethief.domain.errors import Conflict, Invalids
from timethief.domain.identifiers import from_text
from timethief.domain.people import Permission
from timethief.domain.tasks import read_text
from timethief.domain.unit_plan import LONGEST_NAME
from timethief.domain.vocabulary import Sector
from timethief.i18n import gettext
from timethief.queries import unit_administration as read
from timethief.services import units as do
from timethief.services.units import UnitFacts
from timethief.storage.unit_tree import units_in_order, with_those_below
from timethief.web import current
from timethief.web.carrying_out import carry_out
from timethief.web.forms.administration.units import UnitForm, told_of
from timethief.web.gate import requires
from timethief.web.pages import page, tell

blueprint = Blueprint("units", __name__, url_prefix="/units")


@blueprint.get("")
@requires(Permission.MANAGE_ORGANISATION)
def index() -> ResponseReturnValue:
    """The tree of units, or those whose names hold some words."""
    q = read_text(request.args.get("q", ""), "q", LONGEST_NAME)
    under = request.args.get("under") or None
    organisation_id = current.actor().organisation_id
    with current.reading() as session:
        tree = read.unit_tree(session, organisation_id, from_text(under) if under else None)
        found = read.found_units(session, organisation_id, q) if q else None
    return page("administration/units.html", tree=tree, found=found, q=q, under=under)


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_ORGANISATION, keeps_text=True)
def new() -> ResponseReturnValue:
    """A unit that there has not been."""
    parent = request.args.get("parent", "")
    form = UnitForm.read({"parent": parent, "sector": _sector_of(parent)})
    if form.sent() and carry_out(form, lambda: _add(form)):
        tell(gettext("The unit has been added."))
        return redirect(url_for("administration.units.index", under=_shown_under(form)))
    with current.reading() as session:
        form.offer(units_in_order(session, current.actor().organisation_id))
    return page("administration/unit.html", form=form, unit=None), form.status


@blueprint.get("/<unit_id>")
@requires(Permission.MANAGE_ORGANISATION)
def unit(unit_id: str) -> ResponseReturnValue:
    """One unit, to be changed."""
    with current.reading() as session:
        row = do.owned_unit(session, current.actor().organisation_id, from_text(unit_id))
        facts = UnitFacts(row.name, Sector(row.sector), row.code, row.headcount, row.parent_id)
        form = UnitForm.read({**told_of(facts), "seen": do.seen_unit(row)})
    return _unit_page(unit_id, form)


@blueprint.post("/<unit_id>")
@requires(Permission.MANAGE_ORGANISATION, keeps_text=True)
def change(unit_id: str) -> ResponseReturnValue:
    """Rename or move a unit."""
    form = UnitForm.read()
    if form.sent() and carry_out(form, lambda: _change(form, unit_id)):
        tell(gettext("Saved. All totals follow."))
        return redirect(url_for("administration.units.unit", unit_id=unit_id))
    return _unit_page(unit_id, form)


@blueprint.post("/<unit_id>/remove")
@requires(Permission.MANAGE_ORGANISATION)
def remove(unit_id: str) -> ResponseReturnValue:
    """Take away a unit that nothing belongs to."""
    try:
        with current.writing() as session:
            do.remove(session, current.actor(), from_text(unit_id), current.now())
    except Conflict:
        tell(gettext("The unit is not empty, so it has not been taken away."))
        return redirect(url_for("administration.units.unit", unit_id=unit_id))
    tell(gettext("The unit has been taken away."))
    return redirect(url_for("administration.units.index"))


def _add(form: UnitForm) -> None:
    facts = _facts(form)
    with current.writing() as session:
        do.add(session, current.actor(), facts, form.key.data or "", current.now())


def _change(form: UnitForm, unit_id: str) -> None:
    facts = _facts(form)
    with current.writing() as session:
        do.change(
            session,
            current.actor(),
            from_text(unit_id),
            facts,
            form.seen.data or "",
            form.key.data or "",
            current.now(),
        )


def _facts(form: UnitForm) -> UnitFacts:
    facts = form.to_facts()
    if form.errors:
        raise Invalids([])
    return facts


def _unit_page(unit_id: str, form: UnitForm) -> ResponseReturnValue:
    organisation_id = current.actor().organisation_id
    with current.reading() as session:
        found = read.unit_page(session, organisation_id, from_text(unit_id))
        row = do.owned_unit(session, organisation_id, from_text(unit_id))
        nodes = units_in_order(session, organisation_id)
        below = with_those_below({node.id: node.parent_id for node in nodes}, row.id)
        form.offer(nodes, below)
        theirs = None
        if form.conflict:
            # The next press of Save is made knowing what the other one did.
            form.seen.data = do.seen_unit(row)
            theirs = row
        elif not form.seen.data:
            form.seen.data = do.seen_unit(row)
    return page("administration/unit.html", form=form, unit=found, theirs=theirs), form.status


def _sector_of(parent: str) -> str:
    """A new unit works with what the one above it does, unless somebody says otherwise."""
    if not parent:
        return Sector.OTHER.value
    with current.reading() as session:
        row = do.owned_unit(session, current.actor().organisation_id, from_text(parent))
        return row.sector


def _shown_under(form: UnitForm) -> str | None:
    """The part of the tree where the new unit can be seen, where not all of it is on one page."""
    with current.reading() as session:
        count = len(units_in_order(session, current.actor().organisation_id))
    return (form.parent.data or None) if count > read.MOST_AT_ONCE else None
