"""Who asks for tasks, and what it costs in all."""

from __future__ import annotations

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from timethief.domain.errors import Invalid
from timethief.domain.identifiers import from_text, to_text
from timethief.domain.people import Permission
from timethief.domain.tasks import read_text
from timethief.domain.vocabulary import Level
from timethief.i18n import gettext
from timethief.queries import requesters as read
from timethief.queries.inquiries import waiting_for_requirements
from timethief.queries.visible_units import VisibleUnits, visible_units
from timethief.reports import requesters as words
from timethief.reports.labels import label
from timethief.storage.search import LONGEST_QUERY
from timethief.web import current
from timethief.web.file_kinds import FileKind
from timethief.web.gate import requires
from timethief.web.large_downloads import Download, not_too_often
from timethief.web.pages import page
from timethief.web.table_files import table_file

blueprint = Blueprint("requesters", __name__, url_prefix="/requesters")


@blueprint.get("")
@requires(Permission.READ_INVENTORY)
def index() -> ResponseReturnValue:
    """The requesters of the organisation's tasks, largest first."""
    level, q = _wanted()
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
        downloads=[
            Download(gettext("Excel (xlsx)"), url_for(".as_xlsx", level=level, q=q or None)),
            Download(
                gettext("Text in columns (csv)"), url_for(".as_csv", level=level, q=q or None)
            ),
        ],
    )


@blueprint.get("/export.xlsx")
@requires(Permission.READ_INVENTORY)
@not_too_often
def as_xlsx() -> ResponseReturnValue:
    """The whole list as a workbook."""
    return _file(FileKind.XLSX)


@blueprint.get("/export.csv")
@requires(Permission.READ_INVENTORY)
@not_too_often
def as_csv() -> ResponseReturnValue:
    """The whole list as text in columns."""
    return _file(FileKind.CSV)


def _file(kind: FileKind) -> ResponseReturnValue:
    level, q = _wanted()
    with current.reading() as session:
        units = visible_units(session, current.actor())
        found = read.requester_list(session, units, level, q, most=None)
    selection = [_own_unit(units) or gettext("The whole organisation")]
    selection += [label("level", level)] if level else []
    selection += [f"{gettext('Name')}: {q}"] if q else []
    tables = [words.requesters_table(found)]
    return table_file("requesters", tables, kind, "; ".join(selection), found.policy_version)


def _wanted() -> tuple[str | None, str]:
    """The level and the words that the list is of.

    Raises:
        Invalid: no such level, or no such words.
    """
    level = request.args.get("level") or None
    if level is not None and level not in list(Level):
        raise Invalid("level", "not_a_choice")
    return level, read_text(request.args.get("q", ""), "q", LONGEST_QUERY)


@blueprint.get("/<requester_id>")
@requires(Permission.READ_INVENTORY)
def requester(requester_id: str) -> ResponseReturnValue:
    """What one requester asks for."""
    with current.reading() as session:
        units = visible_units(session, current.actor())
        found = read.requester_page(session, units, from_text(requester_id))
        asked = waiting_for_requirements(session, units.organisation_id)
    return page(
        "requesters/requester.html",
        requester=found,
        asked=asked,
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
