"""Reference data: `GET /api/v1/units`, `/staff-categories`, `/policy`, `/requesters`."""

from __future__ import annotations

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from timethief.domain.errors import Invalid
from timethief.domain.people import Permission
from timethief.domain.tasks import read_text
from timethief.domain.vocabulary import Level
from timethief.exchange.reference_documents import document, listed
from timethief.queries import reference as read
from timethief.queries.visible_units import visible_units
from timethief.storage.search import LONGEST_QUERY
from timethief.web import current
from timethief.web.bearer import limited
from timethief.web.gate import requires

blueprint = limited(Blueprint("api_reference", __name__, url_prefix="/api/v1"))


@blueprint.get("/units")
@requires(Permission.READ_INVENTORY, bearer_only=True)
def units() -> ResponseReturnValue:
    """The units of the organisation."""
    _only("cursor", "limit")
    with current.reading() as session:
        visible = visible_units(session, current.actor())
        found = read.units(session, visible, request.args.get("cursor"), _limit())
    return jsonify(listed(found.lines, found.next))


@blueprint.get("/staff-categories")
@requires(Permission.READ_INVENTORY, bearer_only=True)
def staff_categories() -> ResponseReturnValue:
    """The staff categories of the organisation, all of them."""
    _only()
    with current.reading() as session:
        found = read.staff_categories(session, current.actor().organisation_id, current.today())
    return jsonify(listed(found, None))


@blueprint.get("/policy")
@requires(Permission.READ_INVENTORY, bearer_only=True)
def policy() -> ResponseReturnValue:
    """The policy in force."""
    _only()
    with current.reading() as session:
        return jsonify(document(read.policy(session, current.actor().organisation_id)))


@blueprint.get("/requesters")
@requires(Permission.READ_INVENTORY, bearer_only=True)
def requesters() -> ResponseReturnValue:
    """Those who may ask for tasks."""
    _only("level", "q", "cursor", "limit")
    with current.reading() as session:
        found = read.requesters(
            session,
            current.actor().organisation_id,
            level=_level(),
            words=read_text(request.args.get("q", ""), "q", LONGEST_QUERY),
            cursor=request.args.get("cursor"),
            limit=_limit(),
        )
    return jsonify(listed(found.lines, found.next))


def _only(*names: str) -> None:
    """Refuse what the call does not know, rather than answer another question than was asked."""
    for name in request.args:
        if name not in (*names, "language"):
            raise Invalid(name, "unknown_field")
        if len(request.args.getlist(name)) > 1:
            raise Invalid(name, "key_twice", key=name)


def _limit() -> int:
    text = request.args.get("limit")
    if text is None:
        return read.PAGE
    if not (text.isascii() and text.isdigit() and len(text) <= 3):  # noqa: PLR2004 - digits of the most
        raise Invalid("limit", "not_whole")
    if not 1 <= int(text) <= read.MOST_ON_A_PAGE:
        raise Invalid("limit", "too_large", limit=read.MOST_ON_A_PAGE)
    return int(text)


def _level() -> Level | None:
    level = request.args.get("level")
    if level is None:
        return None
    if level not in list(Level):
        raise Invalid("level", "not_a_choice")
    return Level(level)
