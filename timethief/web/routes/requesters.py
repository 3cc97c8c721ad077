"""Who asks for tasks, and what it costs in all."""

from __future__ import annotations

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from timethief.domain.errors import Invalid
from timethief.domain.identifiers import from_text
from timethief.domain.people import Permission
from timethief.domain.tasks import read_text
from timethief.domain.vocabulary import Level
from timethief.queries import requesters as read
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
        found = read.requester_list(session, current.actor().organisation_id, level, q)
    return page(
        "requesters/index.html",
        found=found,
        finding=words.finding(found),
        chosen=level,
        q=q,
    )


@blueprint.get("/<requester_id>")
@requires(Permission.READ_INVENTORY)
def requester(requester_id: str) -> ResponseReturnValue:
    """What one requester asks for."""
    with current.reading() as session:
        found = read.requester_page(
            session, current.actor().organisation_id, from_text(requester_id)
        )
    return page(
        "requesters/requester.html",
        requester=found,
        finding=words.requester_finding(found),
        inventory_href=url_for("inventory.inventory", requester=found.id),
    )
