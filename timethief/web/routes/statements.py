"""Pages that are open to all: privacy, what is stored, accessibility. And the form that fills them in."""

from __future__ import annotations

from itertools import groupby

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from timethief.domain.people import Permission
from timethief.domain.public_statements import PublicStatements
from timethief.i18n import gettext, language
from timethief.queries.public_statements import Speaker, only_organisation, speaker
from timethief.queries.stored_data import stored_tables
from timethief.reports.public_statements import missing_texts
from timethief.reports.retention import kept_text, kind_words
from timethief.services import public_statements as do
from timethief.web import current
from timethief.web.carrying_out import carry_out
from timethief.web.forms.public_statements import PublicStatementsForm
from timethief.web.gate import requires
from timethief.web.pages import page, tell
from timethief.web.routes.anonymous import find, unknown

blueprint = Blueprint("statements", __name__)


@blueprint.get("/privacy")
@requires(Permission.ANYONE)
def privacy() -> ResponseReturnValue:
    """What is stored about those who use the service, why, for how long, and who sees it."""
    return _privacy(_speaker(), url_for("statements.stored"))


@blueprint.get("/privacy/stored")
@requires(Permission.ANYONE)
def stored() -> ResponseReturnValue:
    """Every table and column with its meaning."""
    return _stored()


@blueprint.get("/accessibility")
@requires(Permission.ANYONE)
def accessibility() -> ResponseReturnValue:
    """How accessible the service is, as the law asks an organisation to tell."""
    return _accessibility(_speaker())


@blueprint.get("/r/<code>/privacy")
@requires(Permission.ANYONE)
def anonymous_privacy(code: str) -> ResponseReturnValue:
    """The same for those who report without being known, by whose code it is."""
    place = find(code)
    if place is None:
        return unknown()
    link = url_for("statements.anonymous_stored", code=place.code)
    return _privacy(_of(place.organisation_id), link, anonymous_href=_form_href(place.code))


@blueprint.get("/r/<code>/privacy/stored")
@requires(Permission.ANYONE)
def anonymous_stored(code: str) -> ResponseReturnValue:
    """The same list, on the path on which nobody is known."""
    place = find(code)
    return unknown() if place is None else _stored(_form_href(place.code))


@blueprint.get("/r/<code>/accessibility")
@requires(Permission.ANYONE)
def anonymous_accessibility(code: str) -> ResponseReturnValue:
    """The same statement, on the path on which nobody is known."""
    place = find(code)
    if place is None:
        return unknown()
    return _accessibility(_of(place.organisation_id), _form_href(place.code))


@blueprint.route("/administration/statements", methods=["GET", "POST"])
@requires(Permission.MANAGE_ORGANISATION, keeps_text=True)
def edit() -> ResponseReturnValue:
    """Fill in what the pages say of the organisation."""
    told = _of(current.actor().organisation_id).statements
    form = PublicStatementsForm.read(PublicStatementsForm.of(told))
    form.offer()
    if form.sent() and carry_out(form, lambda: _change(form)):
        tell(gettext("Saved. The pages show it at once."))
        return redirect(url_for("statements.edit"))
    if form.conflict:
        form.seen.data = do.seen_statements(told)
    return page(
        "administration/statements.html",
        form=form,
        told=told,
        missing=missing_texts(told),
        is_old=told.is_old(current.today()),
    ), form.status


def _change(form: PublicStatementsForm) -> None:
    given = form.to_statements()
    with current.writing() as session:
        do.change(
            session,
            current.actor(),
            given,
            form.seen.data or "",
            current.today(),
            current.now(),
        )


def _speaker() -> Speaker | None:
    """The organisation of who is logged in, or the only one there is."""
    visitor = current.visitor()
    if visitor is not None:
        return _of(visitor.organisation_id)
    with current.reading_all() as session:
        found = only_organisation(session)
    return None if found is None else _of(found)


def _of(organisation_id: int) -> Speaker:
    with current.reading(organisation_id) as session:
        return speaker(session, organisation_id)


def _form_href(code: str) -> str:
    return url_for("anonymous.report", code=code)


def _privacy(
    organisation: Speaker | None, stored_href: str, anonymous_href: str = ""
) -> ResponseReturnValue:
    return page(
        "statements/privacy.html",
        organisation=organisation,
        told=organisation.statements if organisation else PublicStatements(),
        stored_href=stored_href,
        back_href=anonymous_href,
        home_href=anonymous_href or None,
        kind_words=kind_words,
        kept_text=kept_text,
    )


def _stored(back_href: str = "") -> ResponseReturnValue:
    groups = [
        (group, list(tables))
        for group, tables in groupby(stored_tables(language()), key=lambda table: table.group)
    ]
    return page(
        "statements/stored.html", groups=groups, back_href=back_href, home_href=back_href or None
    )


def _accessibility(organisation: Speaker | None, back_href: str = "") -> ResponseReturnValue:
    visitor = current.visitor()
    told = organisation.statements if organisation else PublicStatements()
    return page(
        "statements/accessibility.html",
        organisation=organisation,
        told=told,
        site=current.config().base_url,
        may_edit=visitor is not None and visitor.may(Permission.MANAGE_ORGANISATION),
        missing=missing_texts(told),
        is_old=told.is_old(current.today()),
        today=current.today(),
        back_href=back_href,
        home_href=back_href or None,
        path=request.path,
    )
