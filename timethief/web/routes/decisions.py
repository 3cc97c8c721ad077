"""Deciding what becomes of tasks, the log of decisions, and what people think of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from timethief.domain.decisions import (
    OUTCOME_OF,
    ClosedOutcome,
    Outcome,
    closed_outcome,
    most_allotted,
)
from timethief.domain.errors import Conflict, Invalid, Invalids
from timethief.domain.identifiers import from_text, to_text
from timethief.domain.own_time import Activity
from timethief.domain.people import Permission
from timethief.domain.ranges import Range
from timethief.domain.tasks import read_text
from timethief.exchange.decision_documents import decision_document
from timethief.i18n import gettext
from timethief.queries import decisions as read
from timethief.queries import tasks as read_tasks
from timethief.queries.inquiries import inquiries_of_task
from timethief.queries.report_figures import reports_of_task
from timethief.reports.decisions import (
    CONFLICTS,
    allotment_texts,
    capacity_text,
    closed_text,
    outcome_text,
    standing_text,
    starters,
)
from timethief.reports.explanations import wording
from timethief.reports.inquiries import answer_texts
from timethief.reports.labels import label, labels
from timethief.reports.report_figures import report_count
from timethief.services.decisions import deciding as do
from timethief.services.decisions import ladder, opinions
from timethief.services.decisions.outlook import outlook
from timethief.storage.search import LONGEST_QUERY
from timethief.web import current
from timethief.web.carrying_out import carry_out
from timethief.web.forms.base import BaseForm
from timethief.web.forms.decisions import (
    CarryOutForm,
    DecideForm,
    NewStepForm,
    OpinionForm,
    StepForm,
    opened_with,
)
from timethief.web.gate import requires
from timethief.web.pages import page, tell

blueprint = Blueprint("decisions", __name__)


@blueprint.get("/decisions")
@requires(Permission.READ_INVENTORY)
def log() -> ResponseReturnValue:
    """What has been decided, newest first."""
    wanted = _wanted()
    if any(not value for value in request.args.values()):
        return redirect(_log_address(wanted))
    with current.reading() as session:
        actor = current.actor()
        after = request.args.get("after") or None
        found = read.decision_log(session, actor, wanted, current.now(), after)
        years = read.decision_years(session, actor.organisation_id)
    return page(
        "decisions/log.html",
        found=found,
        wanted=wanted,
        years=years,
        outcomes=labels("outcome"),
        is_filtered=bool(wanted.outcome or wanted.year or wanted.words),
        standing_text=standing_text,
        next_href=_log_address(wanted, found.next) if found.next else None,
    )


@blueprint.get("/decisions/<decision_id>")
@requires(Permission.READ_INVENTORY)
def decision(decision_id: str) -> ResponseReturnValue:
    """One decision with all that belongs to it, for the registry."""
    found = _read(decision_id)
    return page(
        "decisions/decision.html",
        found=found,
        line=found.line,
        standing=standing_text(found.line),
        capacity=capacity_text(found.line.capacity),
        allotment=allotment_texts(found.allotment),
        cost=_range(found.baseline.get("cost_hours")),
        benefit=_range(found.baseline.get("benefit_hours")),
    )


@blueprint.get("/decisions/<decision_id>.json")
@requires(Permission.READ_INVENTORY)
def decision_json(decision_id: str) -> ResponseReturnValue:
    """The same for other systems."""
    answer = jsonify(decision_document(_read(decision_id)))
    answer.headers["Content-Disposition"] = f'inline; filename="decision-{decision_id}.json"'
    return answer


@blueprint.route("/tasks/<task_id>/decide", methods=["GET", "POST"])
@requires(Permission.DECIDE_TASKS, keeps_text=True)
def decide(task_id: str) -> ResponseReturnValue:
    """Decide what becomes of a task."""
    number, actor, now = from_text(task_id), current.actor(), current.now()
    with current.reading() as session:
        task = read_tasks.task_page(session, actor, number)
        known = read.decisions_of_task(session, actor, number, now)
        ahead = outlook(session, actor, number, now)
        asked = inquiries_of_task(session, actor, number, current.today())
        reported = reports_of_task(session, actor.organisation_id, number, current.today())
    closed = {
        each: why for each in Outcome if (why := closed_outcome(each, ahead.decidable)) is not None
    }
    seen = known.standing.id if known.standing else ""
    opened = opened_with(task.version, seen, task.requester)
    form = DecideForm.read(opened | {"outcome": request.args.get("outcome", "")})
    form.offer(closed)
    if form.sent() and (made := _decide(form, number)):
        tell(
            gettext("It has been decided."),
            url_for("decisions.undo", decision_id=made),
        )
        return redirect(url_for("decisions.decision", decision_id=made))
    if form.conflict:
        # The next press is made knowing what the other one did.
        form.version.data, form.seen.data = opened["version"], seen
    return page(
        "decisions/decide.html",
        form=form,
        task=task,
        known=known,
        reported=report_count(reported),
        wording=wording(task.explanation),
        inquiries=[(line, answer_texts(line.answered) if line.answered else []) for line in asked],
        expected=[
            (outcome_text(each), hours)
            for each, hours in ahead.expected.items()
            if hours.likely and each not in closed
        ],
        most=max((most_allotted(hours) for hours in ahead.expected.values()), default=0.0),
        closed=_closed(closed),
        recommended=_recommended(task, closed),
        starters=starters(),
        standing_text=standing_text,
        capacity_text=capacity_text,
        conflict_text=gettext(CONFLICTS[form.conflict_reason])
        if form.conflict_reason in CONFLICTS
        else "",
    ), form.status


def _recommended(
    task: read_tasks.TaskPage, closed: dict[Outcome, ClosedOutcome]
) -> list[tuple[str, str]]:
    """What the figures propose: best of all, and best within own mandate."""
    found = task.assessment
    best = OUTCOME_OF[found.recommended]
    lines = [(gettext("Best of all"), outcome_text(best))]
    own = OUTCOME_OF[found.within_own_mandate]
    if own is not best:
        lines.append((gettext("Best within own mandate"), outcome_text(own)))
    if best in closed:
        lines.append((outcome_text(best), closed_text(closed[best])))
    return lines


def _closed(closed: dict[Outcome, ClosedOutcome]) -> list[tuple[str, list[str]]]:
    """Why some outcomes cannot be chosen, each reason once."""
    return [
        (
            closed_text(why),
            [label("outcome", each) for each, found in closed.items() if found is why],
        )
        for why in ClosedOutcome
        if why in closed.values()
    ]


def _decide(form: DecideForm, task_id: int) -> str:
    """The decision as it stands in addresses; empty, with what is wrong on the form, where it is refused."""
    try:
        new = form.to_decision()
        with current.writing() as session:
            made = do.decide(
                session,
                current.actor(),
                task_id,
                new,
                form.seen_decision(),
                form.seen_version(),
                form.key.data or "",
                current.now(),
            )
            form.count_time(session, current.actor().organisation_id, Activity.DECIDE)
    except Invalid as refusal:
        form.refuse(refusal)
    except Invalids as refused:
        form.status = 422
        for each in refused.refusals:
            form.refuse(each)
    except Conflict as conflict:
        form.conflict, form.conflict_reason, form.status = True, conflict.reason, 409
    else:
        return to_text(made)
    return ""


@blueprint.post("/decisions/<decision_id>/undo")
@requires(Permission.DECIDE_TASKS)
def undo(decision_id: str) -> ResponseReturnValue:
    """Undo a decision."""
    return _act(decision_id, do.undo, gettext("The decision has been undone."))


@blueprint.post("/decisions/<decision_id>/not-done")
@requires(Permission.DECIDE_TASKS)
def not_done(decision_id: str) -> ResponseReturnValue:
    """Take back that it has been done."""
    return _act(
        decision_id, do.take_back_carrying_out, gettext("It is not noted as done any more.")
    )


def _act(
    decision_id: str, act: Callable[[Any, Any, int, datetime], None], told: str
) -> ResponseReturnValue:
    with current.writing() as session:
        act(session, current.actor(), from_text(decision_id), current.now())
    tell(told)
    return redirect(url_for("decisions.decision", decision_id=decision_id))


@blueprint.route("/decisions/<decision_id>/done", methods=["GET", "POST"])
@requires(Permission.DECIDE_TASKS)
def done(decision_id: str) -> ResponseReturnValue:
    """Note that what was decided has been done."""
    found = _read(decision_id)
    form = CarryOutForm.read({"carried_out_on": current.today().isoformat()})
    if form.sent() and carry_out(form, lambda: _done(form, decision_id)):
        tell(gettext("Noted as done."), url_for("decisions.not_done", decision_id=decision_id))
        return redirect(url_for("decisions.decision", decision_id=decision_id))
    return _small(form, found, gettext("It is done"), gettext("Save"))


def _done(form: CarryOutForm, decision_id: str) -> None:
    day = form.to_day()
    with current.writing() as session:
        do.carry_out(session, current.actor(), from_text(decision_id), current.now(), day)


@blueprint.route("/decisions/<decision_id>/raise", methods=["GET", "POST"])
@requires(Permission.DECIDE_TASKS, keeps_text=True)
def new_step(decision_id: str) -> ResponseReturnValue:
    """Raise it with somebody more."""
    found = _read(decision_id)
    form = NewStepForm.read({"rung": found.next_rung.value if found.next_rung else ""})
    form.offer()
    if form.sent() and carry_out(form, lambda: _new_step(form, decision_id)):
        tell(gettext("Saved."))
        return redirect(url_for("decisions.decision", decision_id=decision_id, _anchor="ladder"))
    return _small(form, found, gettext("Raise it with somebody more"), gettext("Save"))


def _new_step(form: NewStepForm, decision_id: str) -> None:
    step = form.to_step()
    with current.writing() as session:
        actor, key = current.actor(), form.key.data or ""
        ladder.add_step(session, actor, from_text(decision_id), step, key, current.now())


@blueprint.route("/decisions/<decision_id>/raise/<step_id>", methods=["GET", "POST"])
@requires(Permission.DECIDE_TASKS, keeps_text=True)
def step(decision_id: str, step_id: str) -> ResponseReturnValue:
    """Say how a step stands."""
    found = _read(decision_id)
    line = read.step_of(found, step_id)
    form = StepForm.read(StepForm.of(line))
    form.offer()
    if form.sent() and carry_out(form, lambda: _step(form, step_id)):
        tell(gettext("Saved."))
        return redirect(url_for("decisions.decision", decision_id=decision_id, _anchor="ladder"))
    if form.conflict:
        line = read.step_of(_read(decision_id), step_id)
        form.seen.data = StepForm.of(line)["seen"]
    return _small(form, found, line.to_whom, gettext("Save"), step=line)


def _step(form: StepForm, step_id: str) -> None:
    state, note = form.to_state()
    with current.writing() as session:
        actor, seen = current.actor(), form.seen.data or ""
        ladder.change_step(session, actor, from_text(step_id), state, note, seen, current.now())


def _small(
    form: BaseForm, found: read.DecisionPage, title: str, button: str, **values: object
) -> ResponseReturnValue:
    return page(
        "decisions/small.html",
        form=form,
        found=found,
        line=found.line,
        title=title,
        button_text=button,
        **values,
    ), form.status


@blueprint.route("/tasks/<task_id>/opinion", methods=["GET", "POST"])
@requires(Permission.LOG_TASKS, keeps_text=True)
def opinion(task_id: str) -> ResponseReturnValue:
    """Say what one thinks of a task that is tried or decided."""
    with current.reading() as session:
        task = read_tasks.task_page(session, current.actor(), from_text(task_id))
        known = read.decisions_of_task(session, current.actor(), from_text(task_id), current.now())
    form = OpinionForm.read({"stance": request.args.get("stance", "")})
    form.offer()
    if form.sent() and (made := _say(form, task_id)):
        tell(gettext("Saved."), url_for("decisions.take_back_opinion", opinion_id=made))
        return redirect(url_for("tasks.task", task_id=task_id, _anchor="decisions"))
    return page(
        "decisions/opinion.html", form=form, task=task, known=known, standing_text=standing_text
    ), form.status


def _say(form: OpinionForm, task_id: str) -> str:
    made: list[int] = []

    def act() -> None:
        new = form.to_opinion()
        with current.writing() as session:
            actor, key = current.actor(), form.key.data or ""
            made.append(opinions.say(session, actor, from_text(task_id), new, key, current.now()))

    return to_text(made[0]) if carry_out(form, act) else ""


@blueprint.post("/opinions/<opinion_id>/take-back")
@requires(Permission.LOG_TASKS)
def take_back_opinion(opinion_id: str) -> ResponseReturnValue:
    """Take one's own opinion back."""
    with current.writing() as session:
        actor, number = current.actor(), from_text(opinion_id)
        task_id = opinions.take_back(session, actor, number, current.now())
    tell(gettext("Your opinion has been taken back."))
    return redirect(url_for("tasks.task", task_id=task_id, _anchor="decisions"))


def _read(decision_id: str) -> read.DecisionPage:
    with current.reading() as session:
        return read.decision_page(session, current.actor(), from_text(decision_id), current.now())


def _range(hours: Any) -> Range | None:  # noqa: ANN401 - as it was stored
    return None if hours is None else Range(hours["low"], hours["likely"], hours["high"])


def _wanted() -> read.WantedDecisions:
    """What the address asks for.

    Raises:
        Invalid: a value that is none of the choices.
    """
    outcome, year = request.args.get("outcome"), request.args.get("year")
    if outcome and outcome not in set(Outcome):
        raise Invalid("outcome", "not_a_choice")
    if year and not (year.isascii() and year.isdigit() and 1900 <= int(year[:5]) <= 2999):  # noqa: PLR2004
        raise Invalid("year", "not_a_choice")
    return read.WantedDecisions(
        outcome=Outcome(outcome) if outcome else None,
        year=int(year) if year else None,
        words=read_text(request.args.get("q", ""), "q", LONGEST_QUERY),
    )


def _log_address(wanted: read.WantedDecisions, after: str | None = None) -> str:
    chosen: dict[str, Any] = {
        "outcome": wanted.outcome,
        "year": wanted.year,
        "q": wanted.words or None,
        "after": after,
    }
    return url_for("decisions.log", **chosen)
