"""A list of units from a spreadsheet: shown first, then read in, all of it or nothing."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from timethief.domain.errors import Invalid
from timethief.domain.people import Permission
from timethief.domain.unit_plan import Plan
from timethief.exchange.sheets.unit_cells import Row, as_text, read_pasted
from timethief.exchange.sheets.unit_reading import read_confined
from timethief.exchange.unit_sheets import (
    COLUMNS,
    UnitSheet,
    read_units,
    sector_words,
    unit_workbook,
)
from timethief.i18n import gettext, ngettext, number
from timethief.reports.refusals import sentence
from timethief.services import units as do
from timethief.web import current
from timethief.web.carrying_out import carry_out
from timethief.web.forms.administration.units import ConfirmForm, ImportForm
from timethief.web.gate import requires
from timethief.web.pages import page, tell

blueprint = Blueprint("unit_import", __name__, url_prefix="/units")

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class ShownList:
    """A list of units as it will be read in, if it can be.

    Attributes:
        text: the rows, as the form that reads them in sends them back.
    """

    sheet: UnitSheet
    plan: Plan
    text: str

    @property
    def faults(self) -> int:
        """How many cells must be put right first."""
        return len(self.sheet.faults) + len(self.plan.faults)


@blueprint.route("/import", methods=["GET", "POST"])
@requires(Permission.MANAGE_ORGANISATION, keeps_text=True)
def import_list() -> ResponseReturnValue:
    """Choose a file, or paste rows; and see what they would make of the units."""
    form = ImportForm.read()
    shown = shown_list(form) if form.sent() else None
    confirm = ConfirmForm(data={"sheet": shown.text, "key": form.key.data}) if shown else None
    return page(
        "administration/unit_import.html",
        form=form,
        shown=shown,
        confirm=confirm,
        sectors=sector_words(),
        **list_words(),
    ), form.status


@blueprint.post("/import/confirm")
@requires(Permission.MANAGE_ORGANISATION, keeps_text=True)
def confirm() -> ResponseReturnValue:
    """Read the list in that was shown."""
    form = ConfirmForm.read()
    told = ImportForm(data={"pasted": form.sheet.data, "key": form.key.data})
    if form.sent():
        outcome = read_in(told, form.sheet.data or "", form.key.data or "")
        if outcome is not None:
            tell(outcome)
            return redirect(url_for("administration.units.index"))
    else:
        told.expired, told.status = form.expired, form.status
    return page(
        "administration/unit_import.html",
        form=told,
        shown=None,
        confirm=None,
        sectors=sector_words(),
        **list_words(),
    ), told.status


@blueprint.get("/import/template")
@requires(Permission.MANAGE_ORGANISATION)
def template() -> ResponseReturnValue:
    """A spreadsheet with the units that there are, to be filled in and read in again."""
    with current.reading() as session:
        known = do.known_units(session, current.actor().organisation_id)
    name = gettext("units")
    headers = {"Content-Disposition": f'attachment; filename="{name}.xlsx"'}
    return Response(unit_workbook(known), mimetype=_XLSX, headers=headers)


def list_words() -> dict[str, object]:
    """What the page that shows a list needs to say what is wrong in it."""
    return {
        "sentence": sentence,
        "column_name": lambda column: gettext(COLUMNS[column]) if column in COLUMNS else column,
    }


def shown_list(form: ImportForm, empty: str = "file") -> ShownList | None:
    """What the list would do; None, with what is wrong beside the field, where it cannot be read at all.

    Args:
        form: the list, as a file or pasted.
        empty: the field that is told where there is neither.
    """
    sent = request.files.get("file")
    content = sent.read() if sent is not None else b""
    try:
        if content:
            return _shown(read_confined(content))
        if (form.pasted.data or "").strip():
            return _shown(read_pasted(form.pasted.data or ""))
        form.refuse(Invalid(empty, "no_list"))
    except Invalid as refusal:
        field = "file" if content else "pasted"
        form.refuse(Invalid(field, refusal.reason, **refusal.values))
    return None


def read_in(form: ImportForm, text: str, key: str) -> str | None:
    """Read the list in and say what came of it; None, with what is wrong on the form, where it cannot be."""
    outcome: list[tuple[int, int]] = []

    def act() -> None:
        sheet = read_units(read_pasted(text))
        if sheet.faults:
            raise Invalid("pasted", "list_has_faults")
        with current.writing() as session:
            outcome.append(
                do.adopt_lines(session, current.actor(), sheet.lines, key, current.now())
            )

    try:
        done = carry_out(form, act)
    except KeyError:  # a refusal of a cell, which the form has no field for
        done = False
        form.refuse(Invalid("pasted", "list_has_faults"))
    if not done:
        return None
    new, changed = outcome[0]
    told = ngettext("%(num)s unit is new", "%(num)s units are new", new, num=number(new))
    also = ngettext("%(num)s has changed", "%(num)s have changed", changed, num=number(changed))
    if not changed:
        return gettext("The list has been read in: %(new)s.", new=told)
    return gettext("The list has been read in: %(new)s, %(changed)s.", new=told, changed=also)


def _shown(rows: list[Row]) -> ShownList:
    sheet = read_units(rows)
    with current.reading() as session:
        plan = do.planned(session, current.actor().organisation_id, sheet.lines)
    if plan.new > do.MOST_UNITS:
        raise Invalid("file", "too_many_units", limit=do.MOST_UNITS)
    return ShownList(sheet, plan, as_text(row.cells for row in rows))
