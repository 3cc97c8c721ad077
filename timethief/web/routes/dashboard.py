"""The overview: what administration costs, what it gives, who asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from timethief.domain.errors import NotFound
from timethief.domain.identifiers import from_text, to_text
from timethief.domain.people import Permission
from timethief.domain.vocabulary import Level
from timethief.queries import choices
from timethief.queries import dashboard as read
from timethief.queries.totals import Scope
from timethief.reports import dashboard as charts
from timethief.reports.unit_names import unit_options
from timethief.storage.unit_tree import UnitNode
from timethief.web import current
from timethief.web.gate import requires
from timethief.web.pages import page

blueprint = Blueprint("dashboard", __name__)


@dataclass(frozen=True, slots=True)
class _Choice:
    """What part of the inventory the page shows."""

    unit: UnitNode | None
    level: str | None

    def address(self, **conditions: str) -> str:
        """The inventory of what is shown, with these conditions more."""
        chosen = {"unit": to_text(self.unit.id) if self.unit else None, "level": self.level}
        wanted = {name: value for name, value in (chosen | conditions).items() if value}
        return f"{url_for('inventory.inventory')}?{urlencode(wanted)}"


@blueprint.get("/dashboard")
@requires(Permission.READ_INVENTORY)
def dashboard() -> ResponseReturnValue:
    """The figures of the organisation, or of a part of it and one requester level."""
    organisation_id = current.actor().organisation_id
    with current.reading() as session:
        units = choices.units(session, organisation_id)
        chosen = _choice(units)
        scope = Scope(organisation_id, chosen.unit.id if chosen.unit else None, chosen.level)
        shown = read.dashboard(session, scope)
    return page(
        "dashboard/dashboard.html",
        shown=shown,
        chosen=chosen,
        chosen_id=to_text(chosen.unit.id) if chosen.unit else "",
        confirmed=shown.figures.confirmed_share,
        units=unit_options(units),
        share=charts.share_chart(shown, chosen.address),
        askers=charts.askers_chart(shown, chosen.address),
        scatter=charts.scatter_chart(shown, lambda task_id: url_for("tasks.task", task_id=task_id)),
    )


def _choice(units: tuple[UnitNode, ...]) -> _Choice:
    level = request.args.get("level")
    try:
        unit_id = from_text(request.args.get("unit", ""))
    except NotFound:
        unit_id = None
    return _Choice(
        unit=next((unit for unit in units if unit.id == unit_id), None),
        level=level if level in list(Level) else None,
    )
