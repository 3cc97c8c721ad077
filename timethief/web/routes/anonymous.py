"""Reporting without an account, by the organisation's code. Nothing here knows who asks."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from timethief.domain.anonymity import ReportingMode
from timethief.domain.people import Permission
from timethief.domain.reporting_codes import read_reporting_code
from timethief.i18n import gettext
from timethief.queries.anonymous_reports import ReportingPlace, place_of_code
from timethief.reports.labels import speak_of
from timethief.web import current
from timethief.web.anonymous_sending import form_page
from timethief.web.forms.anonymous import SearchForm
from timethief.web.gate import requires
from timethief.web.pages import page

blueprint = Blueprint("anonymous", __name__, url_prefix="/r")


@blueprint.route("/", methods=["GET", "POST"])
@requires(Permission.ANYONE)
def search() -> ResponseReturnValue:
    """Where the code on a poster is typed by hand."""
    form = SearchForm.read()
    if form.sent():
        code = read_reporting_code(form.code.data or "")
        if find(code) is not None:
            return redirect(url_for("anonymous.report", code=code))
        form.say(
            form.code,
            gettext("No poster has this code. It may have been replaced: look for a newer one."),
        )
    return page(
        "anonymous/search.html", form=form, home_href=url_for("anonymous.search")
    ), form.status


@blueprint.route("/<code>", methods=["GET", "POST"])
@requires(Permission.ANYONE)
def report(code: str) -> ResponseReturnValue:
    """The five questions, and what came of them."""
    place = find(code)
    if place is None or place.mode is ReportingMode.OPEN:
        return unknown()
    if place.mode is ReportingMode.PSEUDONYMOUS:
        return page("anonymous/log_in_first.html", place=place, home_href=request.path)
    return form_page(place, url_for("anonymous.report", code=place.code))


def find(code: str) -> ReportingPlace | None:
    """The organisation with this code; the pages of the request are then for it."""
    with current.reading_all() as session:
        place = place_of_code(session, read_reporting_code(code))
    if place is not None:
        current.set_organisation(place.organisation)
        speak_of(place.client_word)
    return place


def unknown() -> ResponseReturnValue:
    """No organisation has the code, or it takes no such reports now: the two answer alike."""
    return page("anonymous/unknown.html", home_href=url_for("anonymous.search")), 404
