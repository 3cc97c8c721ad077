"""The page of a task, and its review on the same page."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from timethief.domain.assessment import Assessment
from timethief.domain.errors import Conflict, Invalid, Invalids
from timethief.domain.identifiers import from_text
from timethief.domain.own_time import Activity
from timethief.domain.people import Permission
from timethief.i18n import gettext, language
from timethief.queries import choices, playbook, restructurings
from timethief.queries import tasks as read
from timethief.queries.inquiries import inquiries_of_task
from timethief.queries.report_figures import reports_of_task
from timethief.reports.explanations import Wording, wording
from timethief.reports.history import changes
from timethief.reports.inquiries import answer_texts
from timethief.reports.report_figures import report_count
from timethief.reports.task_figures import task_figures
from timethief.services import reviews as do
from timethief.web import current
from timethief.web.forms.review import ReviewForm
from timethief.web.gate import requires
from timethief.web.pages import page, tell
from timethief.web.task_parts import parts_of

blueprint = Blueprint("tasks", __name__, url_prefix="/tasks")


@blueprint.get("/<task_id>")
@requires(Permission.READ_INVENTORY)
def task(task_id: str) -> ResponseReturnValue:
    """What a task costs and gives, why, and what could be done."""
    kept = _merged_into(task_id)
    if kept is not None:
        return kept
    found = _read(task_id)
    form = None
    if current.actor().may(Permission.REVIEW_TASKS):
        form = ReviewForm.read(ReviewForm.of(found))
    return _task_page(found, form)


@blueprint.post("/<task_id>/review")
@requires(Permission.REVIEW_TASKS, keeps_text=True)
def review(task_id: str) -> ResponseReturnValue:
    """See what the reviewer's figures would come to, or save them."""
    kept = _merged_into(task_id)
    if kept is not None:
        return kept
    found = _read(task_id)
    form = ReviewForm.read()
    if form.sent():
        # Who is asked which number was meant sees what it comes to before it is saved.
        if "preview" in request.form or "meant" in request.form:
            return _task_page(found, form, _preview(form, task_id))
        if _store(form, task_id):
            tell(gettext("Saved. The verdict and all totals follow."))
            # The browser keeps the form's place on the page unless it is told another.
            return redirect(url_for("tasks.task", task_id=task_id, _anchor="main"))
    return _task_page(found, form)


def _merged_into(task_id: str) -> ResponseReturnValue | None:
    """The way to the task that this one has been merged into; None where it has not been."""
    with current.reading() as session:
        kept = restructurings.kept_for(session, task_id)
    if kept is None:
        return None
    if request.method == "POST":
        tell(gettext("The task was merged into this one meanwhile, so the figures were not saved."))
    else:
        tell(gettext("The task that you looked for has been merged into this one."))
    return redirect(url_for("tasks.task", task_id=kept))


def _read(task_id: str) -> read.TaskPage:
    with current.reading() as session:
        return read.task_page(session, current.actor(), from_text(task_id))


def _preview(form: ReviewForm, task_id: str) -> tuple[Assessment, Wording] | None:
    """What the figures would come to; None, with what is wrong beside the fields, where they are refused."""
    try:
        figures = form.to_review()
        with current.reading() as session:
            assessment, explanation = do.preview(
                session, current.actor(), from_text(task_id), figures, current.now()
            )
        return assessment, wording(explanation)
    except Invalid as refusal:
        form.refuse(refusal)
    except Invalids:
        form.status = 422
    return None


def _store(form: ReviewForm, task_id: str) -> bool:
    """Save; false, with what is wrong told on the form, where it is refused."""
    try:
        figures = form.to_review()
        with current.writing() as session:
            do.store(
                session,
                current.actor(),
                from_text(task_id),
                figures,
                form.task_version(),
                form.key.data or "",
                current.now(),
            )
            form.count_time(session, current.actor().organisation_id, Activity.REVIEW)
    except Invalid as refusal:
        form.refuse(refusal)
    except Invalids:
        form.status = 422
    except Conflict:
        form.conflict = True
        form.status = 409
    else:
        return True
    return False


def _task_page(
    found: read.TaskPage,
    form: ReviewForm | None,
    preview: tuple[Assessment, Wording] | None = None,
) -> ResponseReturnValue:
    actor = current.actor()
    with current.reading() as session:
        reported = reports_of_task(
            session, actor.organisation_id, from_text(found.id), current.today()
        )
        categories = choices.staff_categories(session, actor.organisation_id)
        asked = inquiries_of_task(session, actor, from_text(found.id), current.today())
        examples = playbook.fitting_a_task(
            session,
            found.signals,
            found.assessment.cause,
            found.assessment.recommended,
            language(),
        )
        parts = parts_of(session, actor, found, current.today())
    if form is not None:
        form.offer(categories, language())
        if form.conflict:
            # The next press of Save is made knowing what the other one did.
            form.version.data = str(found.version)
    return page(
        "tasks/task.html",
        task=found,
        figures=task_figures(found),
        form=form,
        wording=wording(found.explanation),
        examples=examples,
        inquiries=[(line, answer_texts(line.answered) if line.answered else []) for line in asked],
        reported=report_count(reported),
        staff_category=found.staff_category_en if language() == "en" else found.staff_category,
        history=[(event, changes(event.before, event.after)) for event in found.events],
        preview=preview[0] if preview else None,
        preview_wording=preview[1] if preview else None,
        **parts,
    ), form.status if form else 200
