"""Asking that a task be tried ("begär prövning"): one question, a receipt with a day, and a way back."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from timethief.domain.errors import Conflict
from timethief.domain.identifiers import from_text, to_text
from timethief.domain.people import Permission
from timethief.i18n import gettext
from timethief.queries import review_requests as read
from timethief.services.cases import requests as do
from timethief.web import current
from timethief.web.carrying_out import carry_out
from timethief.web.forms.cases import RequestForm
from timethief.web.gate import requires
from timethief.web.pages import page, tell

blueprint = Blueprint("review_requests", __name__, url_prefix="/review-requests")


@blueprint.route("/of-task/<task_id>", methods=["GET", "POST"])
@requires(Permission.LOG_TASKS, keeps_text=True)
def ask(task_id: str) -> ResponseReturnValue:
    """Why should it be tried?"""
    key = from_text(task_id)
    with current.reading() as session:
        asked = read.subject(session, current.actor(), key)
    if asked.own_request is not None:
        return redirect(url_for("review_requests.receipt", request_id=asked.own_request))
    form = RequestForm.read()
    made: list[int] = []

    def act() -> None:
        with current.writing() as session:
            made.append(
                do.ask_review(
                    session,
                    current.actor(),
                    key,
                    form.reason.data or "",
                    form.key.data or "",
                    current.now(),
                )
            )

    told = form.reason.data or ""
    if form.sent() and not form.asks_about_persons(told) and carry_out(form, act):
        return redirect(url_for("review_requests.receipt", request_id=to_text(made[0])))
    return page("cases/ask.html", form=form, asked=asked), form.status


@blueprint.get("/<request_id>")
@requires(Permission.LOG_TASKS)
def receipt(request_id: str) -> ResponseReturnValue:
    """What one has asked for, by when there is an answer, and what has been answered."""
    with current.reading() as session:
        found = read.own_request(session, current.actor(), from_text(request_id))
    return page("cases/receipt.html", asked=found, today=current.today())


@blueprint.post("/<request_id>/withdraw")
@requires(Permission.LOG_TASKS)
def withdraw(request_id: str) -> ResponseReturnValue:
    """Take one's own request back."""
    with current.writing() as session:
        do.withdraw_request(session, current.actor(), from_text(request_id), current.now())
    tell(
        gettext("Your request has been taken back."),
        url_for("review_requests.again", request_id=request_id),
    )
    return redirect(url_for("log.mine"))


@blueprint.post("/<request_id>/again")
@requires(Permission.LOG_TASKS)
def again(request_id: str) -> ResponseReturnValue:
    """Undo that it was taken back."""
    try:
        with current.writing() as session:
            do.ask_again(session, current.actor(), from_text(request_id), current.now())
        tell(gettext("Your request counts again."))
    except Conflict:
        tell(gettext("It was taken back too long ago. Ask once more instead."))
        return redirect(url_for("log.mine"))
    return redirect(url_for("review_requests.receipt", request_id=request_id))
