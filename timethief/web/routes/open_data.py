"""What may be open to all: seen before it is used, taken out by hand, published by nobody but the organisation."""

from __future__ import annotations

from flask import Blueprint, Response, json, redirect, url_for
from flask.typing import ResponseReturnValue

from timethief.domain.people import Permission
from timethief.exchange.open_data import catalogue_document, open_data_document
from timethief.i18n import gettext
from timethief.queries import open_data as read
from timethief.queries.open_data import OpenData
from timethief.reports.open_data import open_tables
from timethief.reports.report_figures import month_of_reports
from timethief.services import open_data as do
from timethief.web import current
from timethief.web.carrying_out import carry_out
from timethief.web.downloads import attachment
from timethief.web.forms.open_data import OpenDataForm
from timethief.web.gate import requires
from timethief.web.open_data_address import home_of_open_data
from timethief.web.pages import page, tell

blueprint = Blueprint("open_data", __name__, url_prefix="/administration/open-data")


@blueprint.get("")
@requires(Permission.SHARE_OPEN_DATA)
def index() -> ResponseReturnValue:
    """All that the file holds, what is missing for a description, and both to take out."""
    found = _read()
    return _page(found, _form(found))


@blueprint.post("/facts")
@requires(Permission.MANAGE_ORGANISATION, keeps_text=True)
def facts() -> ResponseReturnValue:
    """Save what the organisation says of its data."""
    found = _read()
    form = _form(found)
    if form.sent() and carry_out(form, lambda: _change(form)):
        tell(gettext("Saved."))
        return redirect(url_for("open_data.index"))
    if form.conflict:
        # The next press of Save is made knowing what the other one did.
        form.seen.data = do.seen_facts(found.facts)
    return _page(found, form)


@blueprint.post("/open-data.json")
@requires(Permission.SHARE_OPEN_DATA)
def as_json() -> ResponseReturnValue:
    """The file itself; that it was taken out stands in the trail."""
    found = _read()
    with current.writing() as session:
        do.note_taken_out(session, current.actor(), current.now())
    return _file(open_data_document(found), "application/json", "json")


@blueprint.get("/open-data.dcat.jsonld")
@requires(Permission.SHARE_OPEN_DATA)
def as_catalogue() -> ResponseReturnValue:
    """The description of the file."""
    document = catalogue_document(_read(), home_of_open_data())
    return _file(document, "application/ld+json", "dcat.jsonld")


def _read() -> OpenData:
    with current.reading() as session:
        return read.open_data(session, current.actor(), current.today())


def _form(found: OpenData) -> OpenDataForm:
    form = OpenDataForm.read({**OpenDataForm.of(found.facts), "seen": do.seen_facts(found.facts)})
    form.offer()
    return form


def _change(form: OpenDataForm) -> None:
    given = form.to_facts()
    with current.writing() as session:
        do.change(session, current.actor(), given, form.seen.data or "", current.now())


def _page(found: OpenData, form: OpenDataForm) -> ResponseReturnValue:
    return page(
        "administration/open_data.html",
        found=found,
        form=form,
        tables=open_tables(found),
        months=[month_of_reports(each) for each in found.months],
        theirs=found.facts if form.conflict else None,
    ), form.status


def _file(document: dict[str, object], mimetype: str, ending: str) -> Response:
    written = json.dumps(document, indent=1).encode()
    name = f"timethief-open-data-{current.today()}.{ending}"
    return attachment([written], mimetype, name)
