"""The overview: what administration costs, what it gives, who asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from timethief.domain.disclosure import ROUNDED_TO
from timethief.domain.identifiers import from_text, to_text
from timethief.domain.people import Permission
from timethief.domain.vocabulary import Level
from timethief.queries import dashboard as read
from timethief.queries.report_figures import months_of_reports, smallest_count
from timethief.queries.visible_units import visible_units
from timethief.reports import dashboard as charts
from timethief.reports.report_figures import month_of_reports
from timethief.reports.unit_names import unit_options
from timethief.web import current
from timethief.web.gate import requires
from timethief.web.pages import page

blueprint = Blueprint("dashboard", __name__)


@dataclass(frozen=True, slots=True)
class _Choice:
    """What part of the inventory the page shows."""

    unit_id: int | None
    level: str | None

    def address(self, **conditions: str) -> str:
        """The inventory of what is shown, with these conditions more."""
        chosen = {"unit": to_text(self.unit_id) if self.unit_id else None, "level": self.level}
        wanted = {name: value for name, value in (chosen | conditions).items() if value}
        return f"{url_for('inventory.inventory')}?{urlencode(wanted)}"


@blueprint.get("/dashboard")
@requires(Permission.READ_INVENTORY)
def dashboard() -> ResponseReturnValue:
    """The figures of the organisation, or of a part of it and one requester level."""
    actor = current.actor()
    asked_for = request.args.get("unit")
    unit_id = from_text(asked_for) if asked_for else None
    level = request.args.get("level")
    with current.reading() as session:
        units = visible_units(session, actor)
        chosen = _Choice(units.chosen(unit_id), level if level in list(Level) else None)
        shown = read.dashboard(session, units, unit_id, chosen.level)
        months = months_of_reports(session, actor, units, unit_id)
        smallest = smallest_count(session, actor.organisation_id)
    return page(
        "dashboard/dashboard.html",
        shown=shown,
        chosen=chosen,
        chosen_id="" if chosen.unit_id is None else to_text(chosen.unit_id),
        confirmed=shown.figures.confirmed_share,
        units=unit_options(units.choices()),
        whole_may_be_chosen=units.opens_at is None,
        share=charts.share_chart(shown, chosen.address),
        askers=charts.askers_chart(shown, chosen.address),
        scatter=charts.scatter_chart(shown, lambda task_id: url_for("tasks.task", task_id=task_id)),
        months=None if months is None else [month_of_reports(each) for each in months],
        smallest=smallest,
        step=ROUNDED_TO,
    )
