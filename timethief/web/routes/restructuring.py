"""Merging tasks that are the same, splitting one in two, and taking either back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from timethief.domain.errors import Conflict, Invalid, Invalids, NotFound
from timethief.domain.identifiers import from_text, to_text
from timethief.domain.people import Permission
from timethief.domain.restructuring import MOST_MERGED
from timethief.domain.tasks import LONGEST_TITLE, read_text
from timethief.i18n import gettext
from timethief.queries import choices
from timethief.queries import restructurings as read
from timethief.queries.tasks import TaskPage, task_page
from timethief.reports.explanations import wording
from timethief.reports.refusals import sentence
from timethief.reports.report_figures import report_count
from timethief.reports.restructurings import why_not_merged, why_not_split, why_not_undone
from timethief.services.restructuring import merging, splitting, undoing
from timethief.services.restructuring.splitting import Side
from timethief.web import current
from timethief.web.forms.restructuring import MergeForm, SplitForm
from timethief.web.gate import requires
from timethief.web.pages import page, tell

blueprint = Blueprint("restructuring", __name__, url_prefix="/restructuring")


@blueprint.route("/merge", methods=["GET", "POST"])
@requires(Permission.REVIEW_TASKS, keeps_text=True)
def merge() -> ResponseReturnValue:
    """Tasks side by side: which of them is kept?"""
    chosen = request.form if request.method == "POST" else request.args
    task_ids = _named(chosen.getlist("task"))
    form = MergeForm.read()
    refused = ""
    if form.sent():
        try:
            with current.writing() as session:
                done = merging.merge(
                    session, current.actor(), form.to_merge(), form.key.data or "", current.now()
                )
                kept = read.whole_of(session, done)
            tell(
                gettext("The tasks are one now. Those who wrote can follow it as before."),
                url_for("restructuring.undo", restructuring_id=to_text(done)),
            )
            return redirect(url_for("tasks.task", task_id=kept))
        except Invalid as refusal:
            if refusal.field in ("kept", "unit", "uses"):
                form.refuse(refusal)
            else:
                refused, form.status = sentence(refusal), 422
        except Conflict as conflict:
            refused, form.status = why_not_merged(conflict.reason), 409
    return _merge_page(form, task_ids, refused)


def _named(texts: list[str]) -> list[int]:
    """The tasks that were named, each once; of those that have been merged, what they were merged into."""
    if len(texts) > MOST_MERGED:
        raise NotFound("task")
    with current.reading() as session:
        return read.standing(session, [from_text(each) for each in texts])


def _merge_page(form: MergeForm, task_ids: list[int], refused: str) -> ResponseReturnValue:
    query = read_text(request.values.get("q", ""), "q", LONGEST_TITLE)
    with current.reading() as session:
        actor = current.actor()
        tasks = read.compared(session, actor, task_ids, current.today())
        title = query or (tasks[0].task.title if tasks else "")
        more = read.alike(session, actor, title, task_ids) if title else ()
    form.offer(tasks)
    kept = {each.task.id for each in tasks}
    if form.kept.data not in kept:
        form.kept.data = ""
    return page(
        "restructuring/merge.html",
        form=form,
        tasks=tasks,
        refused=refused,
        more=more if len(tasks) < MOST_MERGED else (),
        q=query,
        report_count=report_count,
        several_units=len({each.unit_id for each in tasks}) > 1,
        differing=_differing(tasks),
    ), form.status


def _differing(tasks: tuple[read.ComparedTask, ...]) -> frozenset[str]:
    """What is not the same in all of them."""
    told: dict[str, set[Any]] = {
        "unit": {each.task.unit for each in tasks},
        "requester": {each.task.requester for each in tasks},
        "minutes": {each.task.facts.minutes for each in tasks},
        "frequency": {each.task.facts.frequency for each in tasks},
        "people": {each.task.facts.people for each in tasks},
        "binding": {each.task.binding for each in tasks},
        "signals": {each.task.signals for each in tasks},
        "uses": {tuple((u.beneficiary, u.purpose) for u in each.uses) for each in tasks},
    }
    return frozenset(name for name, values in told.items() if len(values) > 1)


@blueprint.route("/split/<task_id>", methods=["GET", "POST"])
@requires(Permission.REVIEW_TASKS, keeps_text=True)
def split(task_id: str) -> ResponseReturnValue:
    """Take a part out of a task; both are shown before anything is stored."""
    with current.reading() as session:
        task = task_page(session, current.actor(), from_text(task_id))
        names = choices.requester_names(session, current.actor().organisation_id)
    form = SplitForm.read(SplitForm.of(task))
    sides: tuple[Side, Side] | None = None
    refused = ""
    if form.sent():
        try:
            wanted = form.to_split()
            if "save" not in request.form:
                with current.reading() as session:
                    sides = splitting.preview(
                        session, current.actor(), from_text(task_id), wanted, current.now()
                    )
            else:
                with current.writing() as session:
                    done = splitting.split(
                        session,
                        current.actor(),
                        from_text(task_id),
                        wanted,
                        form.task_version(),
                        form.key.data or "",
                        current.now(),
                    )
                    made = read.the_part(session, done) or task_id
                tell(
                    gettext("The part is a task of its own now."),
                    url_for("restructuring.undo", restructuring_id=to_text(done)),
                )
                return redirect(url_for("tasks.task", task_id=made))
        except Invalid as refusal:
            form.refuse(refusal)
        except Invalids:
            form.status = 422
        except Conflict as conflict:
            refused, form.status = why_not_split(conflict.reason), 409
            form.version.data = str(task.version)
    return _split_page(task, form, sides, refused, names)


def _split_page(
    task: TaskPage,
    form: SplitForm,
    sides: tuple[Side, Side] | None,
    refused: str,
    names: tuple[str, ...],
) -> ResponseReturnValue:
    form.offer(task)
    return page(
        "restructuring/split.html",
        form=form,
        task=task,
        sides=[(side, wording(side.explanation)) for side in sides] if sides else None,
        refused=refused,
        requester_names=names,
    ), form.status


@blueprint.post("/<restructuring_id>/undo")
@requires(Permission.REVIEW_TASKS)
def undo(restructuring_id: str) -> ResponseReturnValue:
    """Let the tasks be what they were."""
    key = from_text(restructuring_id)
    with current.reading() as session:
        task_id = read.whole_of(session, key)
    try:
        with current.writing() as session:
            undoing.undo(session, current.actor(), key, current.now())
        tell(gettext("Undone. The tasks are as they were."))
    except Conflict as conflict:
        tell(why_not_undone(conflict.reason))
    return redirect(url_for("tasks.task", task_id=task_id))
