"""Reporting with an account that only opens the form: nothing of it is kept."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from timethief.domain.anonymity import ReportingMode
from timethief.domain.people import Permission
from timethief.queries.anonymous_reports import place_of
from timethief.web import current
from timethief.web.anonymous_sending import form_page
from timethief.web.gate import requires

blueprint = Blueprint("unnamed", __name__, url_prefix="/log/unnamed")


@blueprint.route("", methods=["GET", "POST"])
@requires(Permission.LOG_TASKS, keeps_text=True)
def report() -> ResponseReturnValue:
    """The five questions, and what came of them."""
    with current.reading() as session:
        place = place_of(session, current.actor().organisation_id)
    if place.mode is not ReportingMode.PSEUDONYMOUS:
        return redirect(url_for("log.log"))
    return form_page(place, url_for("unnamed.report"))
