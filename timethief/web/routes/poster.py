"""How staff may report: mode, code, link and poster."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from timethief.domain.anonymity import ReportingMode
from timethief.domain.errors import NotFound
from timethief.domain.people import Permission
from timethief.i18n import gettext
from timethief.queries.anonymous_reports import ReportingPlace, place_of
from timethief.services.anonymous import reporting as do
from timethief.web import current
from timethief.web.forms.anonymous import ReportingForm
from timethief.web.gate import requires
from timethief.web.pages import page, tell
from timethief.web.pictures import qr_code

blueprint = Blueprint("reporting", __name__, url_prefix="/administration/reporting")


@blueprint.route("", methods=["GET", "POST"])
@requires(Permission.MANAGE_ORGANISATION, keeps_text=True)
def index() -> ResponseReturnValue:
    """The mode, and what it means."""
    place = _place()
    form = ReportingForm.read({"mode": place.mode.value})
    form.offer()
    if form.sent():
        mode = form.to_mode()
        if mode is not None:
            with current.writing() as session:
                do.choose_mode(session, current.actor(), mode, current.now())
            tell(gettext("Saved."))
            return redirect(url_for("reporting.index"))
    return page("anonymous/reporting.html", form=form, place=place, link=_link(place)), form.status


@blueprint.post("/code")
@requires(Permission.MANAGE_ORGANISATION)
def renew() -> ResponseReturnValue:
    """A new code; the old poster leads nowhere."""
    with current.writing() as session:
        do.renew_code(session, current.actor(), current.now())
    tell(gettext("There is a new code. Take down the old posters: they lead nowhere now."))
    return redirect(url_for("reporting.index"))


@blueprint.get("/poster")
@requires(Permission.MANAGE_ORGANISATION)
def poster() -> ResponseReturnValue:
    """The poster, to be printed on A4.

    Raises:
        NotFound: there is nothing to lead to.
    """
    place = _place()
    if not place.code or place.mode is ReportingMode.OPEN:
        raise NotFound("poster")
    link = _link(place)
    return page("anonymous/poster.html", place=place, link=link, picture=qr_code(link, border=0))


def _place() -> ReportingPlace:
    with current.reading() as session:
        return place_of(session, current.actor().organisation_id)


def _link(place: ReportingPlace) -> str:
    if not place.code:
        return ""
    return current.config().base_url + url_for("anonymous.report", code=place.code)
