"""Following up an anonymous report by its code: no log-in, and nothing that lasts beyond the page."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, make_response, request, url_for
from flask.typing import ResponseReturnValue

from timethief.domain.errors import Invalid, NotFound
from timethief.domain.people import Permission
from timethief.i18n import gettext, ngettext, number
from timethief.queries import anonymous_reports as read
from timethief.queries.anonymous_reports import ReportingPlace, Thread
from timethief.services.anonymous import reports as do
from timethief.services.anonymous.forms import PageToken, new_page, read_page
from timethief.services.anonymous.receipts import receipt_hash
from timethief.services.personal_data import PersonalData, personal_data_in
from timethief.storage.scrubbing import scrub
from timethief.web import current
from timethief.web.forms.anonymous import AdditionForm, ReceiptForm
from timethief.web.gate import requires
from timethief.web.pages import page
from timethief.web.routes.anonymous import find, unknown

blueprint = Blueprint("receipts", __name__, url_prefix="/r")
_MINUTE = 60


@blueprint.route("/<code>/receipt", methods=["GET", "POST"])
@requires(Permission.ANYONE)
def receipt(code: str) -> ResponseReturnValue:
    """Where the code is given; then the thread that it opens."""
    place = find(code)
    if place is None:
        return unknown()
    form = ReceiptForm.read()
    if not form.sent():
        return _asked(place, form)
    asked_from = request.remote_addr or ""
    wait = current.quotas().codes.wait(place.organisation_id, asked_from)
    if wait:
        return _must_wait(place, form, wait)
    found = receipt_hash(form.receipt.data or "", current.config().receipt_salt)
    with current.reading(place.organisation_id) as session:
        thread = read.thread(session, place.organisation_id, found, current.today())
    if thread is None:
        current.quotas().codes.wrong(place.organisation_id, asked_from)
        form.say(
            form.receipt,
            gettext(
                "We find nothing with this code. See that you wrote all 20 signs. Codes end after 12 months, and when a "
                "report is taken back."
            ),
        )
        return _asked(place, form)
    return _thread_page(place, thread, AdditionForm.new({"text": form.typed.data or ""}))


@blueprint.post("/<code>/receipt/add")
@requires(Permission.ANYONE)
def add(code: str) -> ResponseReturnValue:
    """Add to one's report, or answer a question."""
    place = find(code)
    if place is None:
        return unknown()
    form = AdditionForm.read()
    token = _token(place, form)
    if token is None:
        return _stood_open(place, form)
    persons = None
    told = ""
    try:
        if "as_it_is" not in request.form:
            persons = personal_data_in([form.text.data or ""]) or None
        if persons is None:
            with current.writing(place.organisation_id) as session:
                text = form.text.data or ""
                do.add(session, place.organisation_id, token.report_id, text, token.key)
            told = gettext("It has been added. The reviewers see it from tomorrow morning on.")
            form = AdditionForm.new()
    except Invalid as refusal:
        form.refuse(refusal)
    except NotFound:
        return _stood_open(place, form)
    with current.reading(place.organisation_id) as session:
        thread = read.thread_of(session, place.organisation_id, token.report_id)
    return _thread_page(place, thread, form, persons=persons, told=told)


@blueprint.post("/<code>/receipt/withdraw")
@requires(Permission.ANYONE)
def withdraw(code: str) -> ResponseReturnValue:
    """Take one's report back, for good."""
    place = find(code)
    if place is None:
        return unknown()
    form = AdditionForm.read()
    token = _token(place, form)
    if token is None:
        return _stood_open(place, form)
    try:
        with current.writing(place.organisation_id) as session:
            today = current.today()
            tasks = do.withdraw(session, place.organisation_id, token.report_id, today)
    except NotFound:
        pass  # withdrawn a moment ago, by the same button
    else:
        scrub(current.database(), tasks=tasks)
    return page("anonymous/withdrawn.html", place=place, home_href=_home(place))


def _token(place: ReportingPlace, form: AdditionForm) -> PageToken | None:
    secret = current.config().secret_key
    return read_page(secret, place.organisation_id, form.token.data or "", current.now())


def _asked(place: ReportingPlace, form: ReceiptForm) -> ResponseReturnValue:
    shown = page("anonymous/receipt.html", form=form, place=place, home_href=_home(place))
    return shown, form.status


def _must_wait(place: ReportingPlace, form: ReceiptForm, wait: int) -> ResponseReturnValue:
    minutes = -(-wait // _MINUTE)
    form.say(
        form.receipt,
        ngettext(
            "There have been too many wrong codes. Wait %(num)s minute and try again.",
            "There have been too many wrong codes. Wait %(num)s minutes and try again.",
            minutes,
            num=number(minutes),
        ),
    )
    form.status = HTTPStatus.TOO_MANY_REQUESTS
    answer = make_response(_asked(place, form))
    answer.headers["Retry-After"] = str(wait)
    return answer


def _stood_open(place: ReportingPlace, form: AdditionForm) -> ResponseReturnValue:
    """The page has stood open for more than a quarter of an hour: the code again; what was typed goes along."""
    asked = ReceiptForm.new({"typed": form.text.data or ""})
    asked.expired, asked.status = True, HTTPStatus.BAD_REQUEST
    return _asked(place, asked)


def _thread_page(
    place: ReportingPlace,
    thread: Thread,
    form: AdditionForm,
    *,
    persons: PersonalData | None = None,
    told: str = "",
) -> ResponseReturnValue:
    form.token.data = new_page(
        current.config().secret_key, place.organisation_id, thread.id, current.now()
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY if persons else form.status
    return page(
        "anonymous/thread.html",
        form=form,
        place=place,
        thread=thread,
        persons=persons,
        told=told,
        home_href=_home(place),
    ), status


def _home(place: ReportingPlace) -> str:
    return url_for("anonymous.report", code=place.code)
