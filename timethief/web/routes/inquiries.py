"""Asking those who ask for tasks: the question, the list of questions, reminding and taking back."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from timethief.domain.errors import Conflict, Invalid, Invalids
from timethief.domain.identifiers import from_text, to_text
from timethief.domain.people import Permission
from timethief.i18n import gettext
from timethief.queries import asked, inquiries
from timethief.queries.asked import Shown
from timethief.reports.inquiries import answer_texts
from timethief.services.asking import inquiries as do
from timethief.services.asking.letters import Desk
from timethief.services.asking.links import address_of
from timethief.web import current
from timethief.web.forms.inquiries import AskForm
from timethief.web.gate import requires
from timethief.web.handed_over import can_mail
from timethief.web.pages import page, tell

blueprint = Blueprint("inquiries", __name__, url_prefix="/inquiries")


@blueprint.get("")
@requires(Permission.REVIEW_TASKS)
def index() -> ResponseReturnValue:
    """What has been asked: what is late first."""
    after, ended_after = request.args.get("after"), request.args.get("ended_after")
    actor, today = current.actor(), current.today()
    with current.reading() as session:
        waiting = inquiries.open_inquiries(session, actor, today, after)
        ended = inquiries.ended_inquiries(session, actor, today, ended_after)
    return page("inquiries/index.html", waiting=waiting, ended=ended)


@blueprint.route("/ask/task/<task_id>", methods=["GET", "POST"])
@requires(Permission.REVIEW_TASKS, keeps_text=True)
def ask_of_task(task_id: str) -> ResponseReturnValue:
    """Ask what one task is used for."""
    key = from_text(task_id)
    with current.reading() as session:
        shown = asked.shown_of_task(session, current.actor().organisation_id, key)
    return _ask(shown, url_for("tasks.task", task_id=task_id), task_id=key)


@blueprint.route("/ask/requirement/<requirement_id>", methods=["GET", "POST"])
@requires(Permission.REVIEW_TASKS, keeps_text=True)
def ask_of_requirement(requirement_id: str) -> ResponseReturnValue:
    """Ask what a requirement is used for, whichever tasks answer it."""
    key = from_text(requirement_id)
    with current.reading() as session:
        shown = asked.shown_of_requirement(session, current.actor().organisation_id, key)
    back = url_for("requesters.requester", requester_id=shown.requester_id)
    return _ask(shown, back, requirement_id=key)


def _ask(
    shown: Shown, back: str, task_id: int | None = None, requirement_id: int | None = None
) -> ResponseReturnValue:
    form = AskForm.read(AskForm.of(current.today()))
    if not can_mail():
        form.by_link_only()
    if form.sent():
        made = _carry_out(form, task_id, requirement_id)
        if made is not None:
            address = url_for("inquiries.inquiry", inquiry_id=to_text(made))
            if can_mail() and form.recipient.data:
                text = gettext("The question is on its way.")
            else:
                text = gettext("The question is ready. Hand over the link.")
            tell(text, url_for("inquiries.withdraw", inquiry_id=to_text(made)))
            return redirect(address)
    return page(
        "inquiries/ask.html", form=form, shown=shown, back_href=back, can_mail=can_mail()
    ), form.status


def _carry_out(form: AskForm, task_id: int | None, requirement_id: int | None) -> int | None:
    """The question; None, with what is wrong beside the fields, where it is refused."""
    try:
        new = form.to_inquiry(task_id, requirement_id, current.today(), by_mail=can_mail())
        with current.writing() as session:
            return do.ask(
                session, current.actor(), new, _desk(), form.key.data or "", current.now()
            )
    except Invalid as refusal:
        form.refuse(refusal)
    except Invalids:
        form.status = 422
    return None


@blueprint.get("/<inquiry_id>")
@requires(Permission.REVIEW_TASKS)
def inquiry(inquiry_id: str) -> ResponseReturnValue:
    """One question, with its link and what has been answered."""
    actor, key = current.actor(), from_text(inquiry_id)
    with current.reading() as session:
        found = inquiries.inquiry(session, actor, key, current.today())
    config = current.config()
    return page(
        "inquiries/inquiry.html",
        inquiry=found,
        link=address_of(config.base_url, config.secret_key, actor.organisation_id, key),
        answers=answer_texts(found.answered) if found.answered else [],
        can_mail=can_mail(),
    )


@blueprint.post("/<inquiry_id>/withdraw")
@requires(Permission.REVIEW_TASKS)
def withdraw(inquiry_id: str) -> ResponseReturnValue:
    """Take the question back."""
    try:
        with current.writing() as session:
            do.withdraw(session, current.actor(), from_text(inquiry_id), current.now())
        tell(gettext("The question has been taken back. The link says so to whoever opens it."))
    except Conflict:
        tell(gettext("The requester has answered meanwhile. Nothing was taken back."))
    return redirect(url_for("inquiries.inquiry", inquiry_id=inquiry_id))


@blueprint.post("/<inquiry_id>/remind")
@requires(Permission.REVIEW_TASKS)
def remind(inquiry_id: str) -> ResponseReturnValue:
    """Mail the question once more."""
    try:
        with current.writing() as session:
            mailed = do.remind(
                session, current.actor(), from_text(inquiry_id), _desk(), current.now()
            )
        if mailed:
            tell(gettext("The reminder is on its way. No more than one is sent in a day."))
        else:
            tell(gettext("No mail is sent. Hand over the link once more."))
    except Conflict:
        tell(gettext("The question has been answered or is closed, so nothing was sent."))
    return redirect(url_for("inquiries.inquiry", inquiry_id=inquiry_id))


def _desk() -> Desk:
    return Desk.of(current.config())
