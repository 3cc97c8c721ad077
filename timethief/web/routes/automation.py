"""What may be automated, and the questions that come before it."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from timethief.domain.automation_gate import REMEDIES, GateQuestion, Standing
from timethief.domain.errors import Conflict, NotFound
from timethief.domain.identifiers import from_text
from timethief.domain.people import Permission
from timethief.i18n import day, gettext, language
from timethief.queries import automation as read
from timethief.queries import playbook
from timethief.queries import tasks as read_tasks
from timethief.queries.inventory import Cursor
from timethief.queries.visible_units import visible_units
from timethief.reports.automation import (
    JUDGEMENT_SOURCE,
    case_facts,
    effort_chart,
    exact_table,
    payback_text,
    question_text,
    standing_text,
    what_figures_say,
)
from timethief.services import automation_gate as do
from timethief.web import current
from timethief.web.carrying_out import carry_out
from timethief.web.forms.automation import CheckForm, GateForm, read_moment
from timethief.web.gate import requires
from timethief.web.pages import page, tell

blueprint = Blueprint("automation", __name__)

_EXAMPLES = 2
"""Shown beside a question."""


@blueprint.get("/automation")
@requires(Permission.READ_INVENTORY)
def index() -> ResponseReturnValue:
    """The tasks that may be automated: what it takes, what it saves, and who still looks."""
    told = request.args.get("cursor")
    cursor = Cursor.read(told) if told else None
    with current.reading() as session:
        units = visible_units(session, current.actor())
        found = read.candidates(session, units, cursor)
    return page(
        "automation/index.html",
        found=found,
        payback_text=payback_text,
        exact=exact_table(found, day),
        chart=effort_chart(found, lambda task_id: url_for("tasks.task", task_id=task_id)),
        next_href=_address(found.next),
        previous_href=_address(found.previous),
    )


def _address(cursor: Cursor | None) -> str | None:
    return None if cursor is None else url_for("automation.index", cursor=str(cursor))


@blueprint.get("/tasks/<task_id>/gate")
@requires(Permission.REVIEW_TASKS)
def gate(task_id: str) -> ResponseReturnValue:
    """The questions, with the one open whose turn it is."""
    task, found = _read(task_id)
    return _gate_page(task, found, _turn(found))


def _turn(found: read.Gate) -> str | None:
    """The part of the gate that is to be answered next."""
    if found.standing is Standing.TAKEN_AWAY:
        return None
    if found.turn is not None:
        return found.turn.question.value
    return do.HUMAN_CHECK if found.standing is Standing.NO_CHECK else None


@blueprint.route("/tasks/<task_id>/gate/<part>", methods=["GET", "POST"])
@requires(Permission.REVIEW_TASKS, keeps_text=True)
def answer(task_id: str, part: str) -> ResponseReturnValue:
    """Answer one question, or say what a person would still look at."""
    if part not in do.PARTS:
        raise NotFound("question")
    task, found = _read(task_id)
    form = _form(found, part)
    if form.sent():
        now = current.now()

        def act() -> Standing:
            with current.writing() as session:
                if isinstance(form, CheckForm):
                    said, seen = form.to_check(), form.seen.data or ""
                    return do.state_check(
                        session,
                        current.actor(),
                        from_text(task_id),
                        said,
                        seen,
                        form.key.data or "",
                        now,
                    )
                new, seen_at = form.to_answer(GateQuestion(part)), form.seen_at()
                return do.answer(
                    session,
                    current.actor(),
                    from_text(task_id),
                    new,
                    seen_at,
                    form.key.data or "",
                    now,
                )

        if carry_out(form, act):
            undo_href = url_for("automation.undo", task_id=task_id, part=part, at=now.isoformat())
            tell(_told(task_id), undo_href)
            return redirect(url_for("automation.gate", task_id=task_id, _anchor="main"))
        task, found = _read(task_id)
        if form.conflict:
            # The next press of Save is made knowing what the other one did.
            form.seen.data = str(_data(found, part).get("seen", ""))
    return _gate_page(task, found, part, form)


@blueprint.post("/tasks/<task_id>/gate/<part>/undo")
@requires(Permission.REVIEW_TASKS)
def undo(task_id: str, part: str) -> ResponseReturnValue:
    """Put back what stood before."""
    try:
        done_at = read_moment(request.args.get("at", ""))
        with current.writing() as session:
            do.undo(session, current.actor(), from_text(task_id), part, done_at, current.now())
        tell(gettext("What stood there before stands again."))
    except Conflict:
        _read(task_id)  # what does not exist answers so
        tell(gettext("Something else has been answered since, so nothing was undone."))
    return redirect(url_for("automation.gate", task_id=task_id))


def _read(task_id: str) -> tuple[read_tasks.TaskPage, read.Gate]:
    with current.reading() as session:
        task = read_tasks.task_page(session, current.actor(), from_text(task_id))
        return task, read.gate_of_task(session, task)


def _told(task_id: str) -> str:
    _, found = _read(task_id)
    return f"{gettext('Saved.')} {standing_text(found.standing)}"


def _data(found: read.Gate, part: str) -> dict[str, object]:
    if part == do.HUMAN_CHECK:
        return CheckForm.of(found.human_check)
    step = next(each for each in found.steps if each.question == part)
    return GateForm.of(step.answered)


def _form(found: read.Gate, part: str) -> GateForm | CheckForm:
    if part == do.HUMAN_CHECK:
        return CheckForm.read(_data(found, part))
    form = GateForm.read(_data(found, part))
    form.offer()
    return form


def _gate_page(
    task: read_tasks.TaskPage,
    found: read.Gate,
    part: str | None,
    form: GateForm | CheckForm | None = None,
) -> ResponseReturnValue:
    if part is not None and form is None:
        form = _form(found, part)
    examples = []
    if part in list(GateQuestion):
        actions = REMEDIES[GateQuestion(part)]
        with current.reading() as session:
            examples = playbook.fitting_a_question(
                session, task.signals, actions, language(), _EXAMPLES
            )
    benefit = task.assessment.benefit_hours.likely
    return page(
        "automation/gate.html",
        task=task,
        gate=found,
        part=part,
        form=form,
        examples=examples,
        question_text=question_text,
        figures={
            step.question: what_figures_say(step, task.facts, benefit) for step in found.steps
        },
        standing=standing_text(found.standing),
        judgement_source=JUDGEMENT_SOURCE if found.standing is Standing.JUDGEMENT else "",
        case=case_facts(found.case, task.policy) if found.case else None,
    ), form.status if form else 200
