"""`GET /api/v1/exports/open-data.json` and its description: what may be open to all, with the rules applied."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify
from flask.typing import ResponseReturnValue

from timethief.domain.people import Permission
from timethief.exchange.api.description import Call, Content, Tag
from timethief.exchange.open_data import catalogue_document, open_data_document
from timethief.exchange.open_data_models import CatalogueDocument, OpenDataDocument
from timethief.i18n import N_
from timethief.queries.open_data import OpenData, open_data
from timethief.web import current
from timethief.web.api.describing import described
from timethief.web.bearer import limited
from timethief.web.gate import requires
from timethief.web.open_data_address import home_of_open_data

blueprint = limited(Blueprint("api_open_data", __name__, url_prefix="/api/v1/exports"))
LD_JSON = "application/ld+json"


@blueprint.get("/open-data.json")
@requires(Permission.SHARE_OPEN_DATA, bearer_only=True)
@described(
    Call(
        Tag.EXPORTS,
        N_("The figures of your organisation that may be open to all."),
        Content(OpenDataDocument),
        details=N_(
            "Figures of too few tasks or reports are left out. Nothing is published by it: your organisation decides."
        ),
    )
)
def open_data_file() -> ResponseReturnValue:
    """The file of open data."""
    return jsonify(open_data_document(_read()))


@blueprint.get("/open-data.dcat.jsonld")
@requires(Permission.SHARE_OPEN_DATA, bearer_only=True)
@described(
    Call(
        Tag.EXPORTS,
        N_("A description of the open data for catalogues of data, in DCAT-AP-SE."),
        Content(CatalogueDocument, LD_JSON),
    )
)
def open_data_catalogue() -> ResponseReturnValue:
    """The description of the file."""
    written = current_app.json.dumps(catalogue_document(_read(), home_of_open_data()))
    return Response(written, mimetype=LD_JSON)


def _read() -> OpenData:
    with current.reading() as session:
        return open_data(session, current.actor(), current.today())
