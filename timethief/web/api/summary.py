"""`GET /api/v1/summary`: totals by one dimension."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from timethief.domain.people import Permission
from timethief.exchange.api.description import Call, Content, Tag
from timethief.exchange.api.summaries import SummaryDocument, SummaryQuery, summary_document
from timethief.i18n import N_, language
from timethief.queries.summary import summary as totals_by
from timethief.queries.visible_units import visible_units
from timethief.web import current
from timethief.web.api.describing import described
from timethief.web.bearer import limited
from timethief.web.gate import requires

blueprint = limited(Blueprint("api_summary", __name__, url_prefix="/api/v1"))


@blueprint.get("/summary")
@requires(Permission.READ_INVENTORY, bearer_only=True)
@described(
    Call(
        Tag.SUMMARY,
        N_("Totals by unit, requester, level, verdict and more."),
        Content(SummaryDocument),
        details=N_(
            "The conditions unit and level can be combined with everything. Of the others there may be one, and then "
            "the rows are by unit, by level or by the condition itself; flagged goes together with verdict and with "
            "cause. Other combinations are added up where at most 10,000 tasks meet one of the conditions, else they "
            "are refused, and the answer tells what can be combined. Units count with those below them. A month is "
            "shown from the eighth day of the next."
        ),
        query=SummaryQuery,
        refuses=(404,),
    )
)
def summary(query: SummaryQuery) -> ResponseReturnValue:
    """Totals by one dimension."""
    with current.reading() as session:
        visible = visible_units(session, current.actor())
        found = totals_by(
            session,
            visible,
            query.filter(),
            query.group_by,
            today=current.today(),
            language=language(),
        )
    return jsonify(summary_document(query.group_by, found))
