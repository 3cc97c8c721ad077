"""Tasks by the API: `GET`, `POST /api/v1/tasks`, `GET`, `PATCH /tasks/{id}`, `GET /tasks/{id}/history`."""

from __future__ import annotations

import hashlib

from flask import Blueprint, Response, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import PreconditionFailed, PreconditionRequired

from timethief.domain.errors import Conflict
from timethief.domain.identifiers import from_text, to_text
from timethief.domain.people import Permission
from timethief.exchange.api import description as say
from timethief.exchange.api.description import Call, Content, Tag
from timethief.exchange.api.reference import Listed
from timethief.exchange.api.task_bodies import (
    NewTaskDocument,
    TaskChangeDocument,
    read_change,
    read_new_task,
)
from timethief.exchange.api.tasks import (
    EventDocument,
    ListedTaskDocument,
    TaskQuery,
    WholeTaskDocument,
    event_document,
    listed_document,
    whole_document,
)
from timethief.i18n import N_
from timethief.queries import api_tasks as read
from timethief.queries.inventory import Cursor
from timethief.services import api_requests
from timethief.services import whole_tasks as do
from timethief.web import current
from timethief.web.api.describing import described, json_body
from timethief.web.bearer import limited
from timethief.web.gate import requires

blueprint = limited(Blueprint("api_tasks", __name__, url_prefix="/api/v1"))


@blueprint.get("/tasks")
@requires(Permission.READ_INVENTORY, bearer_only=True)
@described(
    Call(
        Tag.TASKS,
        N_("The inventory, a part at a time."),
        Content(Listed[ListedTaskDocument]),
        details=N_(
            "Uses, remedies and explanation stand in the answer for the single task. A unit that is too small to be "
            "shown goes by the code of one above it."
        ),
        query=TaskQuery,
        refuses=(404,),
    )
)
def tasks(query: TaskQuery) -> ResponseReturnValue:
    """A part of the inventory."""
    cursor = None if query.cursor is None else Cursor.read(query.cursor)
    with current.reading() as session:
        found = read.task_list(
            session, current.actor(), query.filter(), query.sort, cursor, query.limit
        )
    items = [listed_document(task) for task in found.tasks]
    return jsonify({"items": items, "next": None if found.next is None else str(found.next)})


@blueprint.post("/tasks")
@requires(Permission.LOG_TASKS, bearer_only=True)
@described(
    Call(
        Tag.TASKS,
        N_("Add a task."),
        Content(WholeTaskDocument),
        details=N_(
            "What a reviewer sends counts as it is. What others send is their own report, as from the form for "
            "logging: it may hold title, description, minutes as a number, frequency, people, staff category, unit, "
            "requester, achievable minutes, signals and at most one use, which the form can say: for the citizen or "
            "the requester, of purpose other, believed to be used (or, for the requester, not used), worth a share. "
            "A requester that nobody has named before is added. If the task has been removed since, a request that "
            "is sent again gets 404."
        ),
        status=201,
        bodies=(Content(NewTaskDocument),),
        sends=(say.IDEMPOTENCY_KEY,),
        tells=(say.LOCATION, say.ETAG),
        refuses=(404,),
    )
)
def add() -> ResponseReturnValue:
    """Add a task."""
    body = json_body()
    keyed = api_requests.keyed(request.headers.get("Idempotency-Key"), "add task", body)
    given = read_new_task(body)
    actor = current.actor()
    with current.writing() as session:
        task_id = do.add(session, actor, given, keyed, current.now())
    with current.reading() as session:
        answer = _answer(read.whole_task(session, actor, task_id))
    answer.status_code = 201
    answer.headers["Location"] = url_for("api_tasks.task", task_id=to_text(task_id))
    return answer


@blueprint.get("/tasks/<task_id>")
@requires(Permission.READ_INVENTORY, bearer_only=True)
@described(
    Call(
        Tag.TASKS,
        N_("One task, with its assessment."),
        Content(WholeTaskDocument),
        sends=(say.IF_NONE_MATCH,),
        tells=(say.ETAG,),
        also=(304,),
    )
)
def task(task_id: str) -> ResponseReturnValue:
    """One task, with its assessment."""
    with current.reading() as session:
        answer = _answer(read.whole_task(session, current.actor(), from_text(task_id)))
    return answer.make_conditional(request)


@blueprint.patch("/tasks/<task_id>")
@requires(Permission.REVIEW_TASKS, bearer_only=True)
@described(
    Call(
        Tag.TASKS,
        N_("Change the figures of a task."),
        Content(WholeTaskDocument),
        details=N_(
            "As the review on the page of the task: from then on these figures count instead of the reports', and "
            "what stood there before is kept in the history. A field that is sent is set whole; one that is left out "
            "stays as it is. Null takes away what may be missing."
        ),
        bodies=(Content(TaskChangeDocument),),
        sends=(say.IF_MATCH,),
        tells=(say.ETAG,),
        refuses=(412, 428),
    )
)
def change(task_id: str) -> ResponseReturnValue:
    """Change the figures of a task."""
    actor, number = current.actor(), from_text(task_id)
    body = json_body()
    with current.reading() as session:
        found = read.whole_task(session, actor, number)
    if "If-Match" not in request.headers:
        raise PreconditionRequired
    answer = _answer(found)
    if not request.if_match.contains(answer.get_etag()[0] or ""):
        raise PreconditionFailed
    changed = read_change(found, body)
    if changed is None:
        return answer
    figures, other = changed
    try:
        with current.writing() as session:
            do.change(session, actor, number, figures, other, found.page.version, current.now())
    except Conflict as conflict:
        raise PreconditionFailed from conflict
    with current.reading() as session:
        return _answer(read.whole_task(session, actor, number))


@blueprint.get("/tasks/<task_id>/history")
@requires(Permission.READ_INVENTORY, bearer_only=True)
@described(
    Call(
        Tag.TASKS,
        N_("What has been done to a task, newest first."),
        Content(Listed[EventDocument]),
        details=N_(
            "The same acts as on the page of the task, at most 50, and never by whom. Reviewers also see what "
            "reports did."
        ),
    )
)
def history(task_id: str) -> ResponseReturnValue:
    """What has been done to a task."""
    with current.reading() as session:
        events = read.task_history(session, current.actor(), from_text(task_id))
    return jsonify({"items": [event_document(event) for event in events], "next": None})


def _answer(task: read.WholeTask) -> Response:
    """The task, with a print of all that is answered: it changes with anything that the reader sees."""
    answer = jsonify(whole_document(task))
    answer.set_etag(hashlib.sha256(answer.get_data()).hexdigest()[:32])
    return answer
