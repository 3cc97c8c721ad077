"""Sending a report that is not to be traced: the same steps with and without an account to reach the form."""

from __future__ import annotations

from http import HTTPStatus

from flask import make_response, request
from flask.typing import ResponseReturnValue

from timethief.domain.errors import Invalid, Invalids, NotFound
from timethief.domain.intake import ReportFacts
from timethief.i18n import gettext, language
from timethief.queries import anonymous_reports as read
from timethief.queries import choices
from timethief.queries.anonymous_reports import ReportingPlace
from timethief.services.anonymous import reports as do
from timethief.services.anonymous.forms import FormToken, new_form, read_form
from timethief.services.anonymous.receipts import receipt_hash
from timethief.web import current
from timethief.web.forms.anonymous import AnonymousForm
from timethief.web.pages import page

_MINUTE = 60


def form_page(place: ReportingPlace, action: str) -> ResponseReturnValue:
    """The form, or what came of sending it.

    Args:
        place: the organisation whose form it is.
        action: address of this form.
    """
    form = AnonymousForm.read({"wants_receipt": True})
    token = read_form(current.config().secret_key, place.organisation_id, form.token.data or "")
    wait = 0
    if form.sent():
        if token is None or not token.is_in_time(current.now()):
            token, form.expired, form.status = None, True, 400
        elif _may_be_sent(form, token):
            wait = current.quotas().reports.take(place.organisation_id)
            if not wait:
                facts = _carry_out(form, token, place)
                if facts is not None:
                    return _thanks(place, token, facts, action, receipt=form.wants_receipt.data)
    if token is None:
        form.token.data = new_form(
            current.config().secret_key, place.organisation_id, current.now()
        )
    if wait:
        form.wait, form.status = -(-wait // _MINUTE), HTTPStatus.TOO_MANY_REQUESTS
    answer = make_response(_shown(form, place, action), form.status)
    if wait:
        answer.headers["Retry-After"] = str(wait)
    return answer


def _may_be_sent(form: AnonymousForm, token: FormToken) -> bool:
    """Whether it looks as though somebody had written it."""
    if (form.website.data or "").strip():
        form.say(form.website, gettext("Empty this field, and send again."))
        return False
    if token.is_too_fast(current.now()):
        form.too_fast, form.status = True, 422
        return False
    return True


def _carry_out(form: AnonymousForm, token: FormToken, place: ReportingPlace) -> ReportFacts | None:
    """What was stored; None, with what is wrong beside the fields, where it is refused or asked about."""
    try:
        facts = form.to_report()
        if form.points_somebody_out(facts):
            return None
        wanted = form.wants_receipt.data
        found = receipt_hash(token.receipt, current.config().receipt_salt) if wanted else None
        with current.writing(place.organisation_id) as session:
            do.send(session, place.organisation_id, facts, token.key, found)
    except Invalid as refusal:
        form.refuse(refusal)
    except Invalids:
        form.status = 422
    except NotFound as refusal:
        if str(refusal) not in ("unit", "staff_category", "requester"):
            raise
        form.refuse(Invalid(str(refusal), "not_a_choice"))
    else:
        return facts
    return None


def _thanks(
    place: ReportingPlace, token: FormToken, facts: ReportFacts, action: str, *, receipt: bool
) -> str:
    with current.reading(place.organisation_id) as session:
        hours = read.hours_a_year(session, place.organisation_id, facts)
    return page(
        "anonymous/thanks.html",
        place=place,
        action=action,
        home_href=action,
        receipt=token.receipt if receipt else "",
        hours=hours,
    )


def _shown(form: AnonymousForm, place: ReportingPlace, action: str) -> str:
    with current.reading(place.organisation_id) as session:
        form.offer(
            read.units_to_offer(session, place.organisation_id),
            read.staff_categories_to_offer(session, place.organisation_id),
            choices.most_named_requesters(session, place.organisation_id),
            language(),
        )
    form.unit.description = gettext(
        "Units with fewer than ten people are left out, so that nobody is pointed out. Choose the one above instead."
    )
    return page(
        "anonymous/form.html",
        form=form,
        place=place,
        action=action,
        home_href=action,
        shared_computer=request.args.get("shared") == "yes",
    )
