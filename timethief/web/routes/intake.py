"""The intake: what waits for a reviewer, and what is done with it."""

from __future__ import annotations

import uuid

from flask import Blueprint, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from timethief.domain.anonymity import IntakeStatus
from timethief.domain.errors import Conflict, Invalid, Invalids, NotFound
from timethief.domain.identifiers import from_text, to_text
from timethief.domain.intake import ReportFacts
from timethief.domain.people import Permission
from timethief.i18n import gettext, language
from timethief.queries import anonymous_reports, choices
from timethief.queries import intake as read
from timethief.queries.cases import answers_of, case_of_report
from timethief.queries.intake import IntakePage
from timethief.queries.returns import signs_of_report
from timethief.queries.similar import similar_tasks
from timethief.queries.waiting import Which, waiting
from timethief.reports.cases import PARTS, age, time_left
from timethief.reports.intake import is_unfinished, missing_in_words, openings
from timethief.services import intake as do
from timethief.web import current
from timethief.web.forms.anonymous import AnswerForm
from timethief.web.forms.log import LogForm, answers
from timethief.web.gate import requires
from timethief.web.pages import page, tell

blueprint = Blueprint("intake", __name__, url_prefix="/intake")


@blueprint.get("")
@requires(Permission.REVIEW_TASKS)
def index() -> ResponseReturnValue:
    """Everything that waits, readable without opening it."""
    asked = request.args.get("which", "")
    which = Which(asked) if asked in list(Which) else Which.ALL
    today = current.today()
    with current.reading() as session:
        found = waiting(session, current.actor(), which, request.args.get("after"), today)
    return page(
        "intake/index.html",
        waiting=found,
        which=which,
        parts=[(each, gettext(words)) for each, words in PARTS.items()],
        missing_in_words=missing_in_words,
        time_left=time_left,
        today=today,
    )


@blueprint.route("/<uuid:report_id>", methods=["GET", "POST"])
@requires(Permission.REVIEW_TASKS, keeps_text=True)
def report(report_id: uuid.UUID) -> ResponseReturnValue:
    """One report: what was written, what is missing, and the answer to the writer."""
    found = _found(report_id)
    status = IntakeStatus(found.status) if found.status else IntakeStatus.RECEIVED
    begun = openings().get(request.args.get("begin", ""))
    form = AnswerForm.read(
        {"intake_status": begun.status if begun else status, "text": begun.text if begun else ""}
    )
    form.offer(status)
    if not found.is_anonymous and request.method == "POST":
        raise NotFound("report")
    if form.sent() and _answer(form, report_id):
        tell(gettext("Saved. The writer sees it from tomorrow morning on."))
        return redirect(url_for("intake.report", report_id=report_id))
    with current.reading() as session:
        similar = similar_tasks(session, current.actor(), found.facts.title)
        signs = signs_of_report(session, current.actor(), report_id)
        case = case_of_report(session, current.actor(), report_id)
        answered = () if case is None else answers_of(session, from_text(case.id))
    return page(
        "intake/report.html",
        returns=signs,
        form=form,
        report=found,
        similar=similar,
        openings=openings(),
        missing=missing_in_words(_missing(found)),
        reader=language(),
        case=case,
        answered=answered,
        time_left=time_left,
        age=age,
        today=current.today(),
    ), form.status


@blueprint.route("/<uuid:report_id>/task", methods=["GET", "POST"])
@requires(Permission.REVIEW_TASKS, keeps_text=True)
def task(report_id: uuid.UUID) -> ResponseReturnValue:
    """Add what is missing, and make a task of it."""
    organisation_id = current.actor().organisation_id
    found = _found(report_id)
    with current.reading() as session:
        requesters = choices.most_named_requesters(session, organisation_id)
    chips = [each.id for each in requesters]
    form = LogForm.read(answers(found.facts, chips, found.requester))
    if form.sent():
        task_id = _make(form, report_id)
        if task_id is not None:
            tell(gettext("The report is now a task of the inventory."))
            return redirect(url_for("tasks.task", task_id=to_text(task_id)))
    with current.reading() as session:
        form.offer(
            choices.units(session, organisation_id),
            choices.staff_categories(session, organisation_id),
            requesters,
            language(),
        )
        names = choices.requester_names(session, organisation_id)
    return page(
        "intake/task.html",
        form=form,
        report=found,
        requester_names=names,
        missing=missing_in_words(_missing(found)),
    ), form.status


@blueprint.post("/<uuid:report_id>/join")
@requires(Permission.REVIEW_TASKS)
def join(report_id: uuid.UUID) -> ResponseReturnValue:
    """Let it be one more report of a task that is there."""
    try:
        with current.writing() as session:
            task_id = from_text(request.form.get("task", ""))
            do.join_task(session, current.actor(), report_id, task_id, current.now())
    except Conflict:
        tell(gettext("Somebody else has taken care of it meanwhile. This is how it stands now."))
        return redirect(url_for("intake.index"))
    tell(gettext("The report has been added to the task."))
    return redirect(url_for("tasks.task", task_id=to_text(task_id)))


@blueprint.get("/<uuid:report_id>/record")
@requires(Permission.REVIEW_TASKS)
def record(report_id: uuid.UUID) -> ResponseReturnValue:
    """Everything that is stored of an anonymous report, for a request for public records."""
    with current.reading() as session:
        stored = anonymous_reports.public_record(
            session, current.actor().organisation_id, report_id
        )
    answer = jsonify(stored)
    answer.headers["Content-Disposition"] = f'attachment; filename="report-{report_id}.json"'
    return answer


def _found(report_id: uuid.UUID) -> IntakePage:
    with current.reading() as session:
        return read.intake_page(session, current.actor().organisation_id, report_id)


def _missing(found: IntakePage) -> tuple[str, ...]:
    named = found.requester is not None
    return tuple(each for each in found.facts.missing() if not (named and each == "requester"))


def _answer(form: AnswerForm, report_id: uuid.UUID) -> bool:
    """Whether it was stored; else what is wrong stands beside the fields."""
    status = form.to_status()
    if status is None:
        return False
    if is_unfinished(form.text.data or ""):
        form.say(form.text, gettext("Write something in place of the dots, or take them away."))
        return False
    try:
        with current.writing() as session:
            do.answer(
                session,
                current.actor(),
                report_id,
                form.text.data or "",
                status,
                form.key.data or "",
                current.now(),
            )
    except Invalid as refusal:
        form.refuse(refusal)
        return False
    return True


def _make(form: LogForm, report_id: uuid.UUID) -> int | None:
    """The task; None, with what is wrong beside the fields, where it is refused."""
    try:
        facts = _complete(form)
        with current.writing() as session:
            return do.make_task(
                session, current.actor(), report_id, facts, form.key.data or "", current.now()
            )
    except Invalid as refusal:
        form.refuse(refusal)
    except Invalids:
        form.status = 422
    except Conflict:
        form.conflict, form.status = True, 409
    except NotFound as refusal:
        if str(refusal) not in ("unit", "staff_category", "requester"):
            raise
        form.refuse(Invalid(str(refusal), "not_a_choice"))
    return None


def _complete(form: LogForm) -> ReportFacts:
    """The facts, with every question that is still open told at once.

    Raises:
        Invalids: something is wrong or missing.
    """
    facts = form.to_report()
    for missing in facts.missing():
        form.say(form[missing], gettext("A task needs an answer to this."))
    if facts.missing():
        raise Invalids([])
    return facts
