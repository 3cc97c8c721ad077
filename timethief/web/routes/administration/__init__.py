"""The administration of an organisation: one blueprint, with a part for each kind of thing that is managed."""

from __future__ import annotations

from flask import Blueprint

from timethief.web.routes.administration import (
    functions,
    index,
    organisation,
    policy,
    requesters,
    set_up,
    staff_categories,
    unit_import,
    units,
)

blueprint = Blueprint("administration", __name__, url_prefix="/administration")
blueprint.add_url_rule("", view_func=index.index, endpoint="index")
for part in (
    functions,
    organisation,
    policy,
    requesters,
    set_up,
    staff_categories,
    unit_import,
    units,
):
    blueprint.register_blueprint(part.blueprint)
