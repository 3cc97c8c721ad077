"""Did it happen? The questions about decisions, and reports that resemble what was stopped."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from timethief.domain.errors import Conflict, NotFound
from timethief.domain.follow_ups import ReturnState
from timethief.domain.identifiers import from_text
from timethief.domain.own_time import Activity
from timethief.domain.people import Permission
from timethief.i18n import gettext
from timethief.queries import follow_ups as read
from timethief.queries.returns import ReturnLine, open_signs
from timethief.reports.follow_ups import before_text, estimate_text_of, outcome_text
from timethief.services.following_up import answering as do
from timethief.services.following_up.returns import settle_sign
from timethief.web import current
from timethief.web.carrying_out import carry_out
from timethief.web.forms.follow_ups import FollowUpForm
from timethief.web.gate import requires
from timethief.web.pages import page, tell

_LONGEST_VERSION = 9
"""Digits."""
blueprint = Blueprint("follow_ups", __name__, url_prefix="/follow-ups")


@blueprint.get("")
@requires(Permission.LOG_TASKS)
def index() -> ResponseReturnValue:
    """What waits for an answer of one's unit, and what has been answered."""
    actor, now = current.actor(), current.now()
    signs: tuple[ReturnLine, ...] = ()
    with current.reading() as session:
        waiting = read.waiting(session, actor, now, request.args.get("after"))
        answered = read.answered(session, actor, now, request.args.get("answered_after"))
        if actor.may(Permission.REVIEW_TASKS):
            signs = open_signs(session, actor)
    return page(
        "follow_ups/index.html",
        waiting=waiting,
        answered=answered,
        returns=signs,
        before_text=before_text,
        outcome_text=outcome_text,
        estimate_text=estimate_text_of,
    )


@blueprint.route("/<follow_up_id>", methods=["GET", "POST"])
@requires(Permission.LOG_TASKS, keeps_text=True)
def question(follow_up_id: str) -> ResponseReturnValue:
    """One question, and its answer."""
    found = _read(follow_up_id)
    form = FollowUpForm.read(FollowUpForm.of(found))
    form.offer()
    ended = ""
    if form.sent():
        try:
            if carry_out(form, lambda: _answer(form, follow_up_id)):
                return _thank(follow_up_id)
        finally:
            found = _read(follow_up_id)
        if form.conflict:
            ended = "" if found.may_answer else _why_ended(found)
            # The next press of Send is made knowing what the other one answered.
            form.version.data = str(found.version)
    return page(
        "follow_ups/question.html",
        line=found,
        form=form,
        ended=ended,
        before=before_text(found),
        outcome=outcome_text(found.told) if found.told else "",
        changed=estimate_text_of(found.told) if found.told else "",
    ), form.status


def _read(follow_up_id: str) -> read.FollowUpLine:
    with current.reading() as session:
        return read.question(session, current.actor(), from_text(follow_up_id), current.now())


def _answer(form: FollowUpForm, follow_up_id: str) -> None:
    said = form.to_answer()
    with current.writing() as session:
        do.answer(
            session,
            current.actor(),
            from_text(follow_up_id),
            said,
            form.seen_version(),
            form.key.data or "",
            current.now(),
        )
        form.count_time(session, current.actor().organisation_id, Activity.FOLLOW_UP)


def _thank(follow_up_id: str) -> ResponseReturnValue:
    found = _read(follow_up_id)
    undo = url_for("follow_ups.take_back", follow_up_id=follow_up_id, version=found.version)
    tell(gettext("Thank you. What you said stands beside what was expected."), undo)
    return redirect(url_for("follow_ups.index"))


def _why_ended(found: read.FollowUpLine) -> str:
    if found.state == "cancelled":
        return gettext("This is not asked any more: something else has been decided, or asked.")
    if found.state == "waiting":
        return gettext("It is too early to answer this.")
    return gettext("The answer is older than 30 days and stands.")


@blueprint.post("/<follow_up_id>/take-back/<version>")
@requires(Permission.LOG_TASKS)
def take_back(follow_up_id: str, version: str) -> ResponseReturnValue:
    """Let the question stand open again."""
    if not version.isascii() or not version.isdigit() or len(version) > _LONGEST_VERSION:
        raise NotFound("follow_up")
    try:
        with current.writing() as session:
            do.take_back(
                session, current.actor(), from_text(follow_up_id), int(version), current.now()
            )
        tell(gettext("The answer has been taken back. The question stands open again."))
    except Conflict:
        tell(gettext("Somebody has answered anew meanwhile, so nothing was taken back."))
    return redirect(url_for("follow_ups.question", follow_up_id=follow_up_id))


@blueprint.post("/returns/<sign_id>")
@requires(Permission.REVIEW_TASKS)
def settle(sign_id: str) -> ResponseReturnValue:
    """Say whether a stopped task has come back."""
    state = request.form.get("state", "")
    with current.writing() as session:
        settle_sign(session, current.actor(), from_text(sign_id), state, current.now())
    told = ReturnState(state)
    words = {
        ReturnState.CAME_BACK: gettext("Noted: it has come back. There is a case for it now."),
        ReturnState.SOMETHING_ELSE: gettext("Noted: it was something else."),
        ReturnState.OPEN: gettext("Undone. It waits for you again."),
    }
    undo = url_for("follow_ups.reopen", sign_id=sign_id)
    tell(words[told], None if told is ReturnState.OPEN else undo)
    return redirect(url_for("follow_ups.index", _anchor="returns"))


@blueprint.post("/returns/<sign_id>/reopen")
@requires(Permission.REVIEW_TASKS)
def reopen(sign_id: str) -> ResponseReturnValue:
    """Take back what was said of it."""
    with current.writing() as session:
        settle_sign(
            session, current.actor(), from_text(sign_id), ReturnState.OPEN.value, current.now()
        )
    tell(gettext("Undone. It waits for you again."))
    return redirect(url_for("follow_ups.index", _anchor="returns"))
