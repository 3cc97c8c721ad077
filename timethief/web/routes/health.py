"""Whether the service is up and ready, for those who watch over it. Tells no numbers."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from timethief.domain.people import Permission
from timethief.storage.schema import is_current
from timethief.web import current
from timethief.web.gate import requires

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@requires(Permission.ANYONE)
def alive() -> ResponseReturnValue:
    """The process is up."""
    return {"status": "ok"}


@blueprint.get("/readyz")
@requires(Permission.ANYONE)
def ready() -> ResponseReturnValue:
    """The database is reached and has the schema that this code needs."""
    try:
        current_schema = is_current(current.database())
    except SQLAlchemyError:
        return {"status": "database unreachable"}, 503
    if not current_schema:
        return {"status": "migrations missing"}, 503
    return {"status": "ok"}
