"""Decisions by the API: `GET`, `POST /api/v1/tasks/{id}/decisions`."""

from __future__ import annotations

from flask import Blueprint, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from timethief.domain.identifiers import from_text, to_text
from timethief.domain.people import Permission
from timethief.exchange.api import description as say
from timethief.exchange.api.decisions import (
    DecisionDocument,
    NewDecisionDocument,
    read_new_decision,
)
from timethief.exchange.api.description import Call, Content, Tag
from timethief.exchange.api.reference import Listed
from timethief.exchange.decision_documents import line_document
from timethief.i18n import N_
from timethief.queries import decisions as read
from timethief.services import api_requests
from timethief.services.decisions.deciding import decide_by_program
from timethief.web import current
from timethief.web.api.describing import described, json_body
from timethief.web.bearer import limited
from timethief.web.gate import requires

blueprint = limited(Blueprint("api_decisions", __name__, url_prefix="/api/v1"))


@blueprint.get("/tasks/<task_id>/decisions")
@requires(Permission.READ_INVENTORY, bearer_only=True)
@described(
    Call(
        Tag.TASKS,
        N_("What has been decided of a task, newest first."),
        Content(Listed[DecisionDocument]),
        details=N_("At most 50. Those that were replaced or undone are among them."),
    )
)
def decisions(task_id: str) -> ResponseReturnValue:
    """What has been decided of a task."""
    with current.reading() as session:
        found = read.decisions_of_task(session, current.actor(), from_text(task_id), current.now())
    return jsonify({"items": [line_document(line) for line in found.lines], "next": None})


@blueprint.post("/tasks/<task_id>/decisions")
@requires(Permission.DECIDE_TASKS, bearer_only=True)
@described(
    Call(
        Tag.TASKS,
        N_("Decide what becomes of a task."),
        Content(DecisionDocument),
        details=N_(
            "The rules are those of the page: a trial needs weeks and what is watched, raising needs with whom, what "
            "law or agreement obliges to is raised first, and automation comes after its questions. If another "
            "decision is in force than the one that you say you have seen, the answer is 409."
        ),
        status=201,
        bodies=(Content(NewDecisionDocument),),
        sends=(say.IDEMPOTENCY_KEY,),
        tells=(say.LOCATION,),
        refuses=(409,),
    )
)
def decide(task_id: str) -> ResponseReturnValue:
    """Decide what becomes of a task."""
    body = json_body()
    key = request.headers.get("Idempotency-Key")
    keyed = api_requests.keyed(key, f"decide {task_id}", body)
    sent, number, actor = read_new_decision(body), from_text(task_id), current.actor()
    with current.writing() as session:
        made = decide_by_program(
            session, actor, number, sent.decision, sent.replaces, keyed, current.now()
        )
    with current.reading() as session:
        found = read.decision_page(session, actor, made, current.now())
    answer = jsonify(line_document(found.line))
    answer.status_code = 201
    answer.headers["Location"] = url_for("api_decisions.decisions", task_id=to_text(number))
    return answer
