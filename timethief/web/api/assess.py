"""`POST /api/v1/assess`: one task in, its assessment out; stores nothing, needs no log-in."""

from __future__ import annotations

from functools import cache

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from timethief.domain.people import Permission
from timethief.domain.policy import DEFAULT_POLICY
from timethief.exchange.api.assessments import AssessmentDocument
from timethief.exchange.api.description import Call, Content, Tag
from timethief.exchange.assessment_documents import assessed
from timethief.exchange.task_documents import TaskDocument, read_task
from timethief.i18n import N_
from timethief.services.registers import default_tariffs
from timethief.web.api.describing import described, json_body
from timethief.web.gate import requires
from timethief.web.limits import limiter

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")

ASSESSMENTS = "120 per minute"


@blueprint.post("/assess")
@requires(Permission.ANYONE, bearer_only=True)
@described(
    Call(
        Tag.ASSESS,
        N_("One task in, its assessment out."),
        Content(AssessmentDocument),
        details=N_("Stores nothing, and rests on the assumptions that come with the service."),
        bodies=(Content(TaskDocument),),
    )
)
@limiter.limit(ASSESSMENTS)
def assess() -> ResponseReturnValue:
    """The assessment of the task in the body, by the default policy and tariffs."""
    facts = read_task(json_body(), DEFAULT_POLICY, _tariffs())
    return jsonify(assessed(facts, DEFAULT_POLICY))


@cache
def _tariffs() -> dict[str, float]:
    return default_tariffs()
