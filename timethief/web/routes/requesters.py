"""Who asks for tasks, and what it costs in all."""

from __future__ import annotations

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from timethief.domain.errors import Invalid
from timethief.domain.identifiers import from_text, to_text
from timethief.domain.people import Permission
from timethief.domain.tasks import read_text
from timethief.domain.vocabulary import Level
from timethief.queries import requesters as read
from timethief.queries.visible_units import VisibleUnits, visible_units
from timethief.reports import requesters as words
from timethief.storage.search import LONGEST_QUERY
from timethief.web import current
from timethief.web.gate import requires
from timethief.web.pages import page

blueprint = Blueprint("requesters", __name__, url_prefix="/requesters")


@blueprint.get("")
@requires(Permission.READ_INVENTORY)
def index() -> ResponseReturnValue:
    """The requesters of the organisation's tasks, largest first."""
    level = request.args.get("level") or None
    if level is not None and level not in list(Level):
        raise Invalid("level", "not_a_choice")
    q = read_text(request.args.get("q", ""), "q", LONGEST_QUERY)
    with current.reading() as session:
        units = visible_units(session, current.actor())
        found = read.requester_list(session, units, level, q)
    return page(
        "requesters/index.html",
        found=found,
        finding=words.finding(found),
        own_unit=_own_unit(units),
        chosen=level,
        q=q,
    )


@blueprint.get("/<requester_id>")
@requires(Permission.READ_INVENTORY)
def requester(requester_id: str) -> ResponseReturnValue:
    """What one requester asks for."""
    with current.reading() as session:
        units = visible_units(session, current.actor())
        found = read.requester_page(session, units, from_text(requester_id))
    return page(
        "requesters/requester.html",
        requester=found,
        finding=words.requester_finding(found),
        own_unit=_own_unit(units),
        inventory_href=url_for("inventory.inventory", unit=_unit(units), requester=found.id),
        unit=_unit(units),
    )


def _unit(units: VisibleUnits) -> str | None:
    """The unit that all figures are of, as it stands in addresses."""
    return None if units.opens_at is None else to_text(units.opens_at)


def _own_unit(units: VisibleUnits) -> str:
    """Name of the unit that all figures are of; empty where they are of the whole organisation."""
    return "" if units.opens_at is None else units.name(units.opens_at)
