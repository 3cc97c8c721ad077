"""Where the link of a question leads: three questions to a requester who needs no account."""

from __future__ import annotations

from flask import Blueprint, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from timethief.domain.errors import Conflict, Invalid, Invalids
from timethief.domain.identifiers import from_text
from timethief.domain.own_time import Activity
from timethief.domain.people import Permission
from timethief.i18n import gettext, set_language
from timethief.queries import asked as read
from timethief.queries.asked import Asked
from timethief.reports.inquiries import answer_texts
from timethief.reports.labels import speak_of
from timethief.services.asking import inquiries as do
from timethief.services.asking.links import ANSWERS, read_token
from timethief.web import current
from timethief.web.forms.inquiries import AnswerForm
from timethief.web.gate import LANGUAGE_KEY, requires
from timethief.web.limits import limiter
from timethief.web.pages import page, tell

blueprint = Blueprint("answers", __name__, url_prefix=ANSWERS)

OPENED = "120 per minute"
"""Links opened from one address."""


@blueprint.route("/<answer_token>", methods=["GET", "POST"])
@requires(Permission.ANYONE, keeps_text=True)
@limiter.limit(OPENED)
def answer(answer_token: str) -> ResponseReturnValue:
    """Ask, take the answer, or show what has been answered."""
    organisation_id, inquiry_id = read_token(current.config().secret_key, answer_token)
    found = _read(organisation_id, inquiry_id)
    form = AnswerForm.read()
    form.offer(found.organisation)
    if found.shown is None:
        return _closed(found, form)
    if found.answered and request.method == "GET":
        return _answered(found)
    if form.sent():
        try:
            if _store(form, organisation_id, found):
                tell(gettext("Your answer has been sent."))
                return redirect(url_for("answers.answer", answer_token=answer_token))
        except Conflict:
            found = _read(organisation_id, inquiry_id)
            if not found.answered:
                return _closed(found, form)
    if found.answered:
        return _answered(found, form, by_another=True)
    return page("inquiries/answer.html", form=form, asked=found, shown=found.shown), form.status


def _read(organisation_id: int, inquiry_id: int) -> Asked:
    with current.reading(organisation_id) as reading:
        found = read.asked(reading, organisation_id, inquiry_id, current.today())
    current.set_organisation(found.organisation)
    speak_of(found.client_word)
    if current.visitor() is None and LANGUAGE_KEY not in session:
        set_language(found.language)
    return found


def _store(form: AnswerForm, organisation_id: int, found: Asked) -> bool:
    """Whether the answer was taken; else what is wrong stands beside the fields."""
    try:
        given = form.to_answer()
        if form.asks_about_persons(given.comment, given.answered_by):
            return False
        with current.writing(organisation_id) as writing:
            do.answer(
                writing,
                organisation_id,
                from_text(found.id),
                given,
                form.key.data or "",
                current.now(),
                shown_hours=found.shown.hours.likely if found.shown else None,
            )
            form.count_time(writing, organisation_id, Activity.ANSWER)
    except Invalid as refusal:
        form.refuse(refusal)
    except Invalids:
        form.status = 422
    else:
        return True
    return False


def _answered(
    found: Asked, form: AnswerForm | None = None, *, by_another: bool = False
) -> ResponseReturnValue:
    """What has been answered; to who comes second, with what was typed."""
    shown = page(
        "inquiries/answered.html",
        asked=found,
        answers=answer_texts(found.answered) if found.answered else [],
        typed=form.comment.data if form else "",
        by_another=by_another,
    )
    return shown, 409 if by_another else 200


def _closed(found: Asked, form: AnswerForm) -> ResponseReturnValue:
    """The question was taken back, or is too old; what was typed is shown."""
    return page("inquiries/closed.html", asked=found, typed=form.comment.data), 410
