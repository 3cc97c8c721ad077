"""`GET /api/v1/openapi.json`: what the API is, told by the API itself."""

from __future__ import annotations

from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue

from timethief.domain.people import Permission
from timethief.exchange.api.description import Call, Content, Tag
from timethief.exchange.api.openapi import Description, description
from timethief.i18n import N_, language
from timethief.web import current
from timethief.web.api.describing import described, routes
from timethief.web.bearer import limited
from timethief.web.gate import requires

blueprint = limited(Blueprint("api_description", __name__, url_prefix="/api/v1"))


@blueprint.get("/openapi.json")
@requires(Permission.ANYONE, bearer_only=True)
@described(Call(Tag.ABOUT, N_("This description, in OpenAPI 3.1."), Content(Description)))
def openapi() -> ResponseReturnValue:
    """The description of every call."""
    return jsonify(description(routes(current_app), current.config().base_url, language()))
