"""`GET /api/v1/exports/tasks.xlsx`, `.csv`, `.json`: the inventory as a file, as its page gives it."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from timethief.domain.people import Permission
from timethief.exchange.api.description import CSV, XLSX, Call, Content, Tag
from timethief.exchange.api.exports import ExportedTasks, ExportQuery
from timethief.i18n import N_
from timethief.web.api.describing import described
from timethief.web.bearer import limited
from timethief.web.file_kinds import FileKind
from timethief.web.gate import requires
from timethief.web.inventory_address import Wanted
from timethief.web.large_downloads import not_too_often
from timethief.web.task_files import task_file

blueprint = limited(Blueprint("api_exports", __name__, url_prefix="/api/v1/exports"))

_DETAILS = N_("All tasks that meet the filter. At most 20 files a minute.")


@blueprint.get("/tasks.xlsx")
@requires(Permission.READ_INVENTORY, bearer_only=True)
@described(
    Call(
        Tag.EXPORTS,
        N_("The tasks as an Excel workbook."),
        Content(None, XLSX),
        details=_DETAILS,
        query=ExportQuery,
        refuses=(404,),
    )
)
@not_too_often
def export_tasks_xlsx(query: ExportQuery) -> ResponseReturnValue:
    """The tasks as a workbook."""
    return task_file(Wanted(query.filter(), query.sort), FileKind.XLSX)


@blueprint.get("/tasks.csv")
@requires(Permission.READ_INVENTORY, bearer_only=True)
@described(
    Call(
        Tag.EXPORTS,
        N_("The tasks as CSV."),
        Content(None, CSV),
        details=_DETAILS,
        query=ExportQuery,
        refuses=(404,),
    )
)
@not_too_often
def export_tasks_csv(query: ExportQuery) -> ResponseReturnValue:
    """The tasks as CSV."""
    return task_file(Wanted(query.filter(), query.sort), FileKind.CSV)


@blueprint.get("/tasks.json")
@requires(Permission.READ_INVENTORY, bearer_only=True)
@described(
    Call(
        Tag.EXPORTS,
        N_("The tasks as JSON, by the columns of the spreadsheet."),
        Content(ExportedTasks),
        details=_DETAILS,
        query=ExportQuery,
        refuses=(404,),
    )
)
@not_too_often
def export_tasks_json(query: ExportQuery) -> ResponseReturnValue:
    """The tasks as JSON."""
    return task_file(Wanted(query.filter(), query.sort), FileKind.JSON)
