"""Logging a task, its answer, and one's own reports."""

from __future__ import annotations

import uuid

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from timethief.domain.anonymity import ReportingMode
from timethief.domain.errors import Invalid, Invalids, NotFound
from timethief.domain.identifiers import from_text, to_text
from timethief.domain.intake import ReportFacts
from timethief.domain.own_time import Activity
from timethief.domain.people import Permission
from timethief.i18n import gettext, language
from timethief.queries import choices, follow_ups
from timethief.queries import reports as read
from timethief.queries.anonymous_reports import place_of
from timethief.queries.refusals import Refusal, refusal_alike, refusal_of_task
from timethief.queries.returns import signs_of_report
from timethief.queries.review_requests import own_requests, reports_with_answers
from timethief.queries.similar import SimilarTask, similar_task, similar_tasks
from timethief.reports.explanations import wording
from timethief.services import reports as do
from timethief.web import current
from timethief.web.forms.log import TimedLogForm, answers
from timethief.web.gate import requires
from timethief.web.pages import page, tell

blueprint = Blueprint("log", __name__, url_prefix="/log")


@blueprint.route("", methods=["GET", "POST"])
@requires(Permission.LOG_TASKS, keeps_text=True)
def log() -> ResponseReturnValue:
    """The five questions; where nothing of an account shall be kept, on a form of their own."""
    actor = current.actor()
    with current.reading() as session:
        if place_of(session, actor.organisation_id).mode is ReportingMode.PSEUDONYMOUS:
            return redirect(url_for("unnamed.report"))
    form = TimedLogForm.read(
        {
            "unit": to_text(actor.unit_id) if actor.unit_id else "",
            "staff_category": to_text(actor.staff_category_id) if actor.staff_category_id else "",
        }
    )
    if form.sent() and not _asks_for_help():
        sent = _send(form, None)
        if sent is not None:
            return redirect(url_for("log.receipt", report_id=sent.report_id))
    return _form_page("log/log.html", form)


@blueprint.post("/similar")
@requires(Permission.LOG_TASKS)
def similar() -> ResponseReturnValue:
    """Tasks that look like the title being typed, as a part of the page."""
    with current.reading() as session:
        title = request.form.get("title", "")[:200]
        found = similar_tasks(session, current.actor(), title)
        refusal = refusal_alike(session, current.actor().organisation_id, title)
    return page("log/similar.html", similar=found, refusal=refusal)


@blueprint.get("/sent/<uuid:report_id>")
@requires(Permission.LOG_TASKS)
def receipt(report_id: uuid.UUID) -> ResponseReturnValue:
    """What one's report comes to."""
    with current.reading() as session:
        found = read.receipt(session, current.actor(), report_id)
        actor = current.actor()
        signs = signs_of_report(session, actor, report_id)
        refusal = (
            refusal_of_task(session, actor.organisation_id, from_text(found.task.id))
            if found.task
            else None
        )
    if found.withdrawn:
        return redirect(url_for("log.log"))
    words = wording(found.task.explanation) if found.task else None
    return page(
        "log/receipt.html",
        receipt=found,
        wording=words,
        missing=_missing(found.facts),
        returns=signs,
        refusal=refusal,
    )


@blueprint.route("/sent/<uuid:report_id>/change", methods=["GET", "POST"])
@requires(Permission.LOG_TASKS, keeps_text=True)
def change(report_id: uuid.UUID) -> ResponseReturnValue:
    """Change one's own report; one that was withdrawn is sent anew."""
    with current.reading() as session:
        found = read.receipt(session, current.actor(), report_id)
        chips = [
            each.id
            for each in choices.most_named_requesters(session, current.actor().organisation_id)
        ]
    form = TimedLogForm.read(answers(found.facts, chips, found.requester))
    if form.sent():
        sent = _send(form, None if found.withdrawn else report_id)
        if sent is not None:
            tell(gettext("Saved."))
            return redirect(url_for("log.receipt", report_id=sent.report_id))
    return _form_page("log/log.html", form, changing=True)


@blueprint.post("/sent/<uuid:report_id>/withdraw")
@requires(Permission.LOG_TASKS)
def withdraw(report_id: uuid.UUID) -> ResponseReturnValue:
    """Take one's own report back; its text stands in the form again."""
    with current.writing() as session:
        do.withdraw(session, current.actor(), report_id, current.now())
    tell(
        gettext(
            "Your report has been taken back. The text is still here if you want to send it again."
        )
    )
    return redirect(url_for("log.change", report_id=report_id))


@blueprint.get("/mine")
@requires(Permission.LOG_TASKS)
def mine() -> ResponseReturnValue:
    """One's own reports."""
    with current.reading() as session:
        found = reports_with_answers(session, current.actor())
        asked = own_requests(session, current.actor())
        is_asked = follow_ups.any_waits(session, current.actor(), current.now())
    return page(
        "log/mine.html",
        reports=found,
        requests=asked,
        unit_is_asked=is_asked,
        today=current.today(),
    )


def _missing(facts: ReportFacts) -> list[str]:
    """What somebody must add before the report counts, in words."""
    words = {
        "minutes": gettext("how long it takes"),
        "frequency": gettext("how often it is done"),
        "people": gettext("how many do it"),
        "unit": gettext("where it is done"),
        "requester": gettext("who asks for it"),
    }
    return [words[name] for name in facts.missing()]


def _asks_for_help() -> bool:
    """Whether the button pressed was one that looks up or takes over a similar task."""
    return "look_up" in request.form or "same" in request.form


def _send(form: TimedLogForm, report_id: uuid.UUID | None) -> do.Sent | None:
    """Carry the form out; None, with what is wrong beside the fields, where it is refused."""
    try:
        facts = form.to_report()
        if form.points_somebody_out(facts):
            return None
        same_as = form.same_task()
        with current.writing() as session:
            actor, now = current.actor(), current.now()
            if report_id is not None:
                sent = do.change(session, actor, report_id, facts, now)
            else:
                sent = do.submit(session, actor, facts, form.key.data or "", now, same_as)
            form.count_time(session, actor.organisation_id, Activity.LOG)
            return sent
    except Invalid as refusal:
        form.refuse(refusal)
    except Invalids:
        form.status = 422
    except NotFound as refusal:
        _say_that_it_is_gone(form, str(refusal))
    return None


def _say_that_it_is_gone(form: TimedLogForm, thing: str) -> None:
    """Tell of an answer that is not there to choose; what was written stays.

    Raises:
        NotFound: it is no answer of the form that is gone.
    """
    if thing == "task":
        form.say(
            form.same_as,
            gettext(
                "The task that yours was the same thing as is gone. Press Send again to send yours as a new one."
            ),
        )
    elif thing in ("unit", "staff_category", "requester"):
        form.refuse(Invalid(thing, "not_a_choice"))
    else:
        raise NotFound(thing)


def _form_page(template: str, form: TimedLogForm, *, changing: bool = False) -> ResponseReturnValue:
    organisation_id = current.actor().organisation_id
    with current.reading() as session:
        found = _similar(session, form)
        requesters = choices.most_named_requesters(session, organisation_id)
        form.offer(
            choices.units(session, organisation_id),
            choices.staff_categories(session, organisation_id),
            requesters,
            language(),
        )
        names = choices.requester_names(session, organisation_id)
        same = _same(session, form)
        refusal = _refusal(session, form, same)
        place = place_of(session, organisation_id)
    return page(
        template,
        form=form,
        similar=found,
        looked="look_up" in request.form,
        same=same,
        refusal=refusal,
        requester_names=names,
        changing=changing,
        place=place,
    ), form.status


def _similar(session: Session, form: TimedLogForm) -> tuple[SimilarTask, ...]:
    """What looks alike, where that was asked for by the button (scripts do it while typing)."""
    if "look_up" not in request.form:
        return ()
    return similar_tasks(session, current.actor(), (form.title.data or "")[:200])


def _refusal(session: Session, form: TimedLogForm, same: SimilarTask | None) -> Refusal | None:
    """That the organisation has said no to what is asked for, where the requirement is known by now."""
    organisation_id = current.actor().organisation_id
    if same is not None:
        return refusal_of_task(session, organisation_id, from_text(same.id))
    if "look_up" not in request.form:
        return None
    return refusal_alike(session, organisation_id, (form.title.data or "")[:200])


def _same(session: Session, form: TimedLogForm) -> SimilarTask | None:
    """The task that the person said it is the same thing as."""
    if "same" in request.form:
        form.same_as.data = request.form["same"]
    if not form.same_as.data:
        return None
    try:
        same = similar_task(session, current.actor(), from_text(form.same_as.data))
    except NotFound:
        form.same_as.data = ""
        return None
    if "same" in request.form:
        form.title.data = same.title
    return same
