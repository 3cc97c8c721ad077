"""What is to be looked at again, and saying that it is still needed."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from timethief.domain.errors import Conflict, NotFound
from timethief.domain.identifiers import from_text
from timethief.domain.people import Permission
from timethief.i18n import gettext
from timethief.queries import review_dates as read
from timethief.queries.tasks import task_page
from timethief.services.following_up import review_dates as do
from timethief.web import current
from timethief.web.carrying_out import carry_out
from timethief.web.forms.follow_ups import StillNeededForm
from timethief.web.gate import requires
from timethief.web.pages import page, tell

blueprint = Blueprint("review_dates", __name__, url_prefix="/review-dates")


@blueprint.get("")
@requires(Permission.READ_INVENTORY)
def index() -> ResponseReturnValue:
    """Tasks and internal rules past their date, or close to it."""
    actor, today = current.actor(), current.today()
    with current.reading() as session:
        tasks = read.due_tasks(session, actor, today, request.args.get("after"))
        rules = read.due_rules(session, actor, today, request.args.get("rules_after"))
    return page("review_dates/index.html", tasks=tasks, rules=rules)


@blueprint.route("/tasks/<task_id>", methods=["GET", "POST"])
@requires(Permission.DECIDE_TASKS, keeps_text=True)
def task(task_id: str) -> ResponseReturnValue:
    """Say that a task is still needed, and why."""
    key = from_text(task_id)
    with current.reading() as session:
        found = task_page(session, current.actor(), key)
        review_on = read.review_on(session, current.actor().organisation_id, key)
        if not read.may_confirm_task(session, current.actor(), key):
            raise NotFound("task")
    form = StillNeededForm.read()
    if form.sent() and carry_out(form, lambda: _confirm_task(form, key)):
        tell(
            gettext("Noted: it is still needed."),
            url_for("review_dates.undo_task", task_id=task_id),
        )
        return redirect(url_for("tasks.task", task_id=task_id))
    return page(
        "review_dates/still_needed.html",
        form=form,
        title=found.title,
        hours=found.assessment.cost_hours.likely,
        requester=found.requester,
        review_on=review_on,
        action=url_for("review_dates.task", task_id=task_id),
        back_href=url_for("tasks.task", task_id=task_id),
    ), form.status


def _confirm_task(form: StillNeededForm, task_id: int) -> None:
    reason = form.to_reason()
    with current.writing() as session:
        do.confirm_task(
            session, current.actor(), task_id, reason, form.key.data or "", current.now()
        )


@blueprint.post("/tasks/<task_id>/undo")
@requires(Permission.DECIDE_TASKS)
def undo_task(task_id: str) -> ResponseReturnValue:
    """Take that back."""
    try:
        with current.writing() as session:
            do.undo_task(session, current.actor(), from_text(task_id), current.now())
        tell(gettext("Undone. The review date is what it was."))
    except Conflict:
        tell(gettext("There is nothing to undo any more."))
    return redirect(url_for("tasks.task", task_id=task_id))


@blueprint.route("/rules/<requirement_id>", methods=["GET", "POST"])
@requires(Permission.DECIDE_TASKS, keeps_text=True)
def rule(requirement_id: str) -> ResponseReturnValue:
    """Say that an internal rule is still needed, and why."""
    key = from_text(requirement_id)
    with current.reading() as session:
        found = read.due_rule(session, current.actor(), key, current.today())
    if not found.may_confirm:
        raise NotFound("requirement")
    form = StillNeededForm.read()
    if form.sent() and carry_out(form, lambda: _confirm_rule(form, key)):
        tell(
            gettext("Noted: the rule is still needed."),
            url_for("review_dates.undo_rule", requirement_id=requirement_id),
        )
        return redirect(url_for("review_dates.index"))
    return page(
        "review_dates/still_needed.html",
        form=form,
        title=found.title,
        hours=found.cost_hours,
        requester=found.requester,
        review_on=found.review_on,
        action=url_for("review_dates.rule", requirement_id=requirement_id),
        back_href=url_for("review_dates.index"),
    ), form.status


def _confirm_rule(form: StillNeededForm, requirement_id: int) -> None:
    reason = form.to_reason()
    with current.writing() as session:
        do.confirm_rule(
            session, current.actor(), requirement_id, reason, form.key.data or "", current.now()
        )


@blueprint.post("/rules/<requirement_id>/undo")
@requires(Permission.DECIDE_TASKS)
def undo_rule(requirement_id: str) -> ResponseReturnValue:
    """Take that back."""
    try:
        with current.writing() as session:
            do.undo_rule(session, current.actor(), from_text(requirement_id), current.now())
        tell(gettext("Undone. The review date is what it was."))
    except Conflict:
        tell(gettext("There is nothing to undo any more."))
    return redirect(url_for("review_dates.index"))
