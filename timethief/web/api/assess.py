"""`POST /api/v1/assess`: one task in, its assessment out; stores nothing, needs no log-in."""

from __future__ import annotations

from functools import cache

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import UnsupportedMediaType

from timethief.domain.people import Permission
from timethief.domain.policy import DEFAULT_POLICY
from timethief.exchange.assessment_documents import assessed
from timethief.exchange.json_text import read_json
from timethief.exchange.task_documents import read_task
from timethief.services.registers import default_tariffs
from timethief.web.gate import requires
from timethief.web.limits import limiter

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")

ASSESSMENTS = "120 per minute"


@blueprint.post("/assess")
@requires(Permission.ANYONE, bearer_only=True)
@limiter.limit(ASSESSMENTS)
def assess() -> ResponseReturnValue:
    """The assessment of the task in the body, by the default policy and tariffs."""
    if request.mimetype != "application/json":
        raise UnsupportedMediaType
    facts = read_task(read_json(request.get_data()), DEFAULT_POLICY, _tariffs())
    return jsonify(assessed(facts, DEFAULT_POLICY))


@cache
def _tariffs() -> dict[str, float]:
    return default_tariffs()
