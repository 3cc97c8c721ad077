"""The definition, the formulas, and the policy and tariffs in force: anybody can check a figure."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from timethief.domain import disclosure
from timethief.domain.people import Permission
from timethief.domain.small_units import SMALLEST_UNIT
from timethief.i18n import language
from timethief.queries import choices
from timethief.queries.policies import policy_history
from timethief.queries.report_figures import smallest_count
from timethief.reports.policies import assumption_lines, occasion_lines, usage_lines
from timethief.web import current
from timethief.web.gate import requires
from timethief.web.pages import page

blueprint = Blueprint("about", __name__)


@blueprint.get("/about")
@requires(Permission.READ_INVENTORY)
def about() -> ResponseReturnValue:
    """What the figures mean and what they rest on."""
    organisation_id = current.actor().organisation_id
    with current.reading() as session:
        in_force = policy_history(session, organisation_id)[0]
        smallest = smallest_count(session, organisation_id)
        tariffs = choices.tariffs(session, organisation_id, current.today())
    return page(
        "about/about.html",
        policy=in_force.policy,
        adopted_on=in_force.adopted_on,
        occasions=occasion_lines(in_force.policy),
        usage=usage_lines(in_force.policy),
        assumptions=assumption_lines(in_force.policy),
        tariffs=[line for line in tariffs if line.in_force],
        reader=language(),
        rules=disclosure,
        smallest=smallest,
        smallest_unit=SMALLEST_UNIT,
    )
