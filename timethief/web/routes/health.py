"""Whether the service is up and ready, for those who watch over it. Tells no numbers."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from timethief.domain.people import Permission
from timethief.queries.clock import watched
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
    """The database is reached and has the schema that this code needs. Clock and mail are warned of only."""
    try:
        if not is_current(current.database()):
            return {"status": "migrations missing"}, 503
        warnings = _warnings()
    except SQLAlchemyError:
        return {"status": "database unreachable"}, 503
    return {"status": "ok", "warnings": warnings}


def _warnings() -> list[str]:
    """What does not keep pages from being served, but should be looked at."""
    with current.reading_all() as session:
        found = watched(session, current.now())
    said = {
        "scheduler not seen for 5 minutes": found.scheduler_seen,
        "mail waits for more than 30 minutes": found.mail_moves,
    }
    return [words for words, is_well in said.items() if not is_well]
