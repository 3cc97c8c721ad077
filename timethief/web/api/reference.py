"""Reference data: `GET /api/v1/units`, `/staff-categories`, `/policy`, `/requesters`, `/requirements`."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from timethief.domain.identifiers import from_text
from timethief.domain.people import Permission
from timethief.domain.tasks import read_text
from timethief.exchange.api.description import Call, Content, Tag
from timethief.exchange.api.queries import PageQuery
from timethief.exchange.api.reference import (
    Listed,
    PolicyDocument,
    RequesterDocument,
    RequesterQuery,
    RequirementDocument,
    RequirementQuery,
    StaffCategoryDocument,
    UnitDocument,
)
from timethief.exchange.reference_documents import document, listed
from timethief.i18n import N_
from timethief.queries import reference as read
from timethief.queries.visible_units import visible_units
from timethief.storage.search import LONGEST_QUERY
from timethief.web import current
from timethief.web.api.describing import described
from timethief.web.bearer import limited
from timethief.web.gate import requires

blueprint = limited(Blueprint("api_reference", __name__, url_prefix="/api/v1"))


@blueprint.get("/units")
@requires(Permission.READ_INVENTORY, bearer_only=True)
@described(
    Call(
        Tag.REFERENCE,
        N_("The units of your organisation."),
        Content(Listed[UnitDocument]),
        details=N_("Those that are too small to be shown are left out."),
        query=PageQuery,
    )
)
def units(query: PageQuery) -> ResponseReturnValue:
    """The units of the organisation."""
    with current.reading() as session:
        visible = visible_units(session, current.actor())
        found = read.units(session, visible, query.cursor, query.limit)
    return jsonify(listed(found.lines, found.next))


@blueprint.get("/staff-categories")
@requires(Permission.READ_INVENTORY, bearer_only=True)
@described(
    Call(
        Tag.REFERENCE,
        N_("The staff categories of your organisation, all of them."),
        Content(Listed[StaffCategoryDocument]),
    )
)
def staff_categories() -> ResponseReturnValue:
    """The staff categories of the organisation, all of them."""
    with current.reading() as session:
        found = read.staff_categories(session, current.actor().organisation_id, current.today())
    return jsonify(listed(found, None))


@blueprint.get("/policy")
@requires(Permission.READ_INVENTORY, bearer_only=True)
@described(
    Call(
        Tag.REFERENCE,
        N_("The assumptions that your organisation assesses by."),
        Content(PolicyDocument),
    )
)
def policy() -> ResponseReturnValue:
    """The policy in force."""
    with current.reading() as session:
        return jsonify(document(read.policy(session, current.actor().organisation_id)))


@blueprint.get("/requesters")
@requires(Permission.READ_INVENTORY, bearer_only=True)
@described(
    Call(
        Tag.REFERENCE,
        N_("Those who may ask for tasks."),
        Content(Listed[RequesterDocument]),
        details=N_("Authorities, regions and municipalities, and those of your organisation."),
        query=RequesterQuery,
    )
)
def requesters(query: RequesterQuery) -> ResponseReturnValue:
    """Those who may ask for tasks."""
    with current.reading() as session:
        found = read.requesters(
            session,
            current.actor().organisation_id,
            level=query.level,
            words=read_text(query.q, "q", LONGEST_QUERY),
            cursor=query.cursor,
            limit=query.limit,
        )
    return jsonify(listed(found.lines, found.next))


@blueprint.get("/requirements")
@requires(Permission.READ_INVENTORY, bearer_only=True)
@described(
    Call(
        Tag.REFERENCE,
        N_("What requesters ask for: reports, forms and routines."),
        Content(Listed[RequirementDocument]),
        query=RequirementQuery,
        refuses=(404,),
    )
)
def requirements(query: RequirementQuery) -> ResponseReturnValue:
    """What requesters ask for."""
    with current.reading() as session:
        found = read.requirements(
            session,
            current.actor().organisation_id,
            requester_id=None if query.requester is None else from_text(query.requester),
            words=read_text(query.q, "q", LONGEST_QUERY),
            cursor=query.cursor,
            limit=query.limit,
        )
    return jsonify(listed(found.lines, found.next))
