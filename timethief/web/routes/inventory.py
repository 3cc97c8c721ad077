"""The inventory: every task of the organisation, filtered, searched and sorted; the address is the state."""

from __future__ import annotations

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from timethief.domain.people import Permission
from timethief.i18n import gettext, language, ngettext, number
from timethief.queries import inventory as read
from timethief.queries.filters import TaskFilter
from timethief.queries.inventory_choices import (
    chosen_names,
    inventory_choices,
    inventory_counts,
)
from timethief.queries.visible_units import visible_units
from timethief.web import current
from timethief.web.file_kinds import FileKind
from timethief.web.gate import requires
from timethief.web.inventory_address import Wanted, read_wanted
from timethief.web.inventory_filters import chips, options, selects, verdicts
from timethief.web.large_downloads import Download, not_too_often
from timethief.web.pages import page
from timethief.web.task_files import task_file

blueprint = Blueprint("inventory", __name__)


@blueprint.get("/inventory")
@requires(Permission.READ_INVENTORY)
def inventory() -> ResponseReturnValue:
    """One page of the tasks that the address asks for."""
    wanted = read_wanted(request.args)
    if any(not value for value in request.args.values()):
        # A form sends its empty fields too; the address that people copy shall hold what counts.
        return redirect(wanted.address())
    with current.reading() as session:
        units = visible_units(session, current.actor())
        names = chosen_names(session, units, wanted.filter, language())
        counts = inventory_counts(session, units, wanted.filter)
        found = read.page(session, units, wanted.filter, wanted.sort, wanted.cursor)
    return page(
        "inventory/inventory.html",
        wanted=wanted,
        found=found,
        summary=_summary(found, wanted),
        chips=chips(wanted, names),
        clear_href=Wanted(TaskFilter(), wanted.sort).address(),
        downloads=_downloads(wanted),
        verdicts=verdicts(wanted, counts),
        levels=options(wanted, counts, "level"),
        filters_href=wanted.filters_address(),
        chosen=wanted.pairs(),
        next_href=wanted.address(cursor=str(found.next)) if found.next else None,
        previous_href=wanted.address(cursor=str(found.previous)) if found.previous else None,
    )


@blueprint.get("/inventory/filters")
@requires(Permission.READ_INVENTORY)
def filters() -> ResponseReturnValue:
    """Every filter, to choose several at once; scripts show it within the inventory."""
    wanted = read_wanted(request.args)
    with current.reading() as session:
        units = visible_units(session, current.actor())
        chosen_names(session, units, wanted.filter, language())
        choices = inventory_choices(session, units, wanted.filter)
        counts = inventory_counts(session, units, wanted.filter)
    return page(
        "inventory/filters.html",
        wanted=wanted,
        chosen=wanted.pairs(),
        selects=selects(choices, counts),
    )


@blueprint.get("/inventory/export.xlsx")
@requires(Permission.READ_INVENTORY)
@not_too_often
def as_xlsx() -> ResponseReturnValue:
    """Every task that the filter leaves, as a workbook."""
    return task_file(read_wanted(request.args), FileKind.XLSX)


@blueprint.get("/inventory/export.csv")
@requires(Permission.READ_INVENTORY)
@not_too_often
def as_csv() -> ResponseReturnValue:
    """Every task that the filter leaves, as text in columns."""
    return task_file(read_wanted(request.args), FileKind.CSV)


@blueprint.get("/inventory/export.json")
@requires(Permission.READ_INVENTORY)
@not_too_often
def as_json() -> ResponseReturnValue:
    """Every task that the filter leaves, for other systems."""
    return task_file(read_wanted(request.args), FileKind.JSON)


def _downloads(wanted: Wanted) -> list[Download]:
    return [
        Download(gettext("Excel (xlsx)"), wanted.address_of("inventory.as_xlsx")),
        Download(gettext("Text in columns (csv)"), wanted.address_of("inventory.as_csv")),
        Download(gettext("For other systems (json)"), wanted.address_of("inventory.as_json")),
    ]


def _summary(found: read.InventoryPage, wanted: Wanted) -> str:
    """How many tasks there are, as far as that is known without counting a million of them."""
    if found.count is not None:
        return ngettext("%(num)s task", "%(num)s tasks", found.count, num=number(found.count))
    if wanted.cursor is None:
        return gettext("More than %(count)s tasks", count=number(len(found.lines)))
    return gettext("%(count)s tasks on this page", count=number(len(found.lines)))
