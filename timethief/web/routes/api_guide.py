"""The API as people read it, from its own description."""

from __future__ import annotations

from flask import Blueprint, current_app, url_for
from flask.typing import ResponseReturnValue

from timethief.domain.people import Permission
from timethief.exchange.api.guide import guide
from timethief.exchange.api.openapi import description
from timethief.i18n import language
from timethief.web import current
from timethief.web.api.describing import routes
from timethief.web.gate import requires
from timethief.web.pages import page

blueprint = Blueprint("api_guide", __name__)


@blueprint.get("/about/api")
@requires(Permission.ANYONE)
def index() -> ResponseReturnValue:
    """Every call, with examples; also for those who have not logged in."""
    base = current.config().base_url
    return page(
        "about/api.html",
        groups=guide(description(routes(current_app), base, language())),
        base=base,
        description_href=url_for("api_description.openapi", language=language()),
    )
