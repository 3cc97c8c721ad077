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
from timethief.i18n import gettext
from timethief.queries import dashboard as read
from timethief.queries.leadership import Standing, standing
from timethief.queries.report_figures import months_of_reports, smallest_count
from timethief.queries.visible_units import VisibleUnits, visible_units
from timethief.reports import dashboard as charts
from timethief.reports.dashboard_tables import dashboard_tables
from timethief.reports.labels import label
from timethief.reports.leadership import (
    age_text,
    freed_text,
    needs_text,
    own_time_text,
    used_for_text,
)
from timethief.reports.report_figures import MonthInWords, month_of_reports
from timethief.reports.tables import Chart
from timethief.reports.unit_names import unit_options
from timethief.web import current
from timethief.web.file_kinds import FileKind
from timethief.web.gate import requires
from timethief.web.large_downloads import Download, not_too_often
from timethief.web.pages import page
from timethief.web.table_files import table_file

blueprint = Blueprint("dashboard", __name__)


@dataclass(frozen=True, slots=True)
class _Choice:
    """What part of the inventory the page shows."""

    unit_id: int | None
    level: str | None

    def address(self, **conditions: str) -> str:
        """The inventory of what is shown, with these conditions more."""
        return self._address("inventory.inventory", **conditions)

    def file_address(self, endpoint: str) -> str:
        """The same as a file."""
        return self._address(endpoint)

    def _address(self, endpoint: str, **conditions: str) -> str:
        chosen = {"unit": to_text(self.unit_id) if self.unit_id else None, "level": self.level}
        wanted = {name: value for name, value in (chosen | conditions).items() if value}
        return f"{url_for(endpoint)}?{urlencode(wanted)}"


@dataclass(frozen=True, slots=True)
class _Overview:
    """All that the page shows, and its files with it."""

    units: VisibleUnits
    chosen: _Choice
    shown: read.Dashboard
    share: Chart
    askers: Chart
    scatter: Chart
    months: list[MonthInWords] | None
    smallest: int
    standing: Standing


@blueprint.get("/dashboard")
@requires(Permission.READ_INVENTORY)
def dashboard() -> ResponseReturnValue:
    """The figures of the organisation, or of a part of it and one requester level."""
    found = _overview()
    chosen = found.chosen
    return page(
        "dashboard/dashboard.html",
        shown=found.shown,
        chosen=chosen,
        chosen_id="" if chosen.unit_id is None else to_text(chosen.unit_id),
        confirmed=found.shown.figures.confirmed_share,
        units=unit_options(found.units.choices()),
        whole_may_be_chosen=found.units.opens_at is None,
        share=found.share,
        askers=found.askers,
        scatter=found.scatter,
        months=found.months,
        smallest=found.smallest,
        freed=_freed(found.standing),
        to_decide=[(each.task, needs_text(each.needs)) for each in found.standing.to_decide],
        has_decisions=bool(found.standing.freed.decisions),
        age=age_text(found.standing.newest_on, current.today()),
        decide_href=_where_it_is_decided,
        step=ROUNDED_TO,
        downloads=[
            Download(gettext("Excel (xlsx)"), chosen.file_address("dashboard.as_xlsx")),
            Download(gettext("Text in columns (csv)"), chosen.file_address("dashboard.as_csv")),
            *_open_data(found.units),
        ],
    )


@blueprint.get("/dashboard/export.xlsx")
@requires(Permission.READ_INVENTORY)
@not_too_often
def as_xlsx() -> ResponseReturnValue:
    """The tables of the page as a workbook."""
    return _file(FileKind.XLSX)


@blueprint.get("/dashboard/export.csv")
@requires(Permission.READ_INVENTORY)
@not_too_often
def as_csv() -> ResponseReturnValue:
    """The tables of the page as text in columns."""
    return _file(FileKind.CSV)


def _where_it_is_decided(task_id: str) -> str:
    """Where a task is decided, for who may; else its page."""
    decides = current.actor().may(Permission.DECIDE_TASKS)
    return url_for("decisions.decide" if decides else "tasks.task", task_id=task_id)


def _freed(reached: Standing) -> list[str]:
    """What has been freed, in sentences."""
    texts = (freed_text(reached.freed), used_for_text(reached.freed), own_time_text(reached.own))
    return [text for text in texts if text]


def _open_data(units: VisibleUnits) -> list[Download]:
    """The way to what may be open to all, for those who decide on it."""
    of_the_whole = units.opens_at is None
    if not (of_the_whole and current.actor().may(Permission.SHARE_OPEN_DATA)):
        return []
    return [Download(gettext("Open data"), url_for("open_data.index"))]


def _file(kind: FileKind) -> ResponseReturnValue:
    found = _overview()
    unit_id, level = found.chosen.unit_id, found.chosen.level
    part = gettext("The whole organisation") if unit_id is None else found.units.name(unit_id)
    selection = f"{part}; {label('level', level)}" if level else part
    drawn = (found.share, found.askers, found.scatter)
    tables = dashboard_tables(found.shown, found.standing, drawn, found.months or ())
    return table_file("overview", tables, kind, selection, found.shown.policy.version)


def _overview() -> _Overview:
    """What the address asks for.

    Raises:
        NotFound: the unit is not to be chosen.
    """
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
        reached = standing(session, units, current.today(), unit_id, chosen.level)
    return _Overview(
        units=units,
        chosen=chosen,
        shown=shown,
        share=charts.share_chart(shown, chosen.address),
        askers=charts.askers_chart(shown, chosen.address),
        scatter=charts.scatter_chart(shown, lambda task_id: url_for("tasks.task", task_id=task_id)),
        months=None if months is None else [month_of_reports(each) for each in months],
        smallest=smallest,
        standing=reached,
    )
