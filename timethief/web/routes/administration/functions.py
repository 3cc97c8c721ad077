"""The functions that cases are handed to: service desks, support functions and higher instances."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from timethief.domain.errors import Invalid, NotFound
from timethief.domain.identifiers import from_text
from timethief.domain.people import Permission
from timethief.i18n import gettext
from timethief.queries import cases as read
from timethief.services.cases import functions as do
from timethief.web import current
from timethief.web.carrying_out import carry_out
from timethief.web.forms.administration.functions import FunctionForm
from timethief.web.gate import requires
from timethief.web.pages import page, tell

blueprint = Blueprint("functions", __name__, url_prefix="/functions")


@blueprint.route("", methods=["GET", "POST"])
@requires(Permission.MANAGE_ORGANISATION, keeps_text=True)
def index() -> ResponseReturnValue:
    """Every function with what waits for it, and a new one."""
    form = FunctionForm.read()
    if form.sent() and carry_out(form, lambda: _add(form)):
        tell(gettext("The function has been added. Cases can be handed to it."))
        return redirect(url_for("administration.functions.index"))
    organisation_id = current.actor().organisation_id
    with current.reading() as session:
        lines = read.functions(session, organisation_id)
        form.offer(read.people_of(session, organisation_id, Permission.REVIEW_TASKS))
    return page("administration/functions.html", form=form, functions=lines), form.status


@blueprint.get("/<function_id>")
@requires(Permission.MANAGE_ORGANISATION)
def function(function_id: str) -> ResponseReturnValue:
    """One function, to be changed."""
    return _function_page(function_id, FunctionForm.read(FunctionForm.of(_line(function_id))))


@blueprint.post("/<function_id>")
@requires(Permission.MANAGE_ORGANISATION, keeps_text=True)
def change(function_id: str) -> ResponseReturnValue:
    """Change a function, who works in it, and whether it gets new cases."""
    _line(function_id)
    form = FunctionForm.read()
    if form.sent() and carry_out(form, lambda: _change(form, function_id)):
        tell(gettext("Saved."))
        return redirect(url_for("administration.functions.index"))
    return _function_page(function_id, form)


def _line(function_id: str) -> read.FunctionLine:
    with current.reading() as session:
        return read.function_line(session, current.actor().organisation_id, from_text(function_id))


def _add(form: FunctionForm) -> None:
    facts = form.to_facts(is_new=True)
    with current.writing() as session, _members_beside_their_field():
        do.add_function(session, current.actor(), facts, form.key.data or "", current.now())


def _change(form: FunctionForm, function_id: str) -> None:
    facts = form.to_facts()
    with current.writing() as session, _members_beside_their_field():
        do.change_function(
            session,
            current.actor(),
            from_text(function_id),
            facts,
            form.seen(),
            current.now(),
        )


@contextmanager
def _members_beside_their_field() -> Iterator[None]:
    """Tell of a member that is none where members are chosen."""
    try:
        yield
    except NotFound as refusal:
        if str(refusal) != "members":
            raise
        raise Invalid("members", "not_a_choice") from refusal


def _function_page(function_id: str, form: FunctionForm) -> ResponseReturnValue:
    organisation_id = current.actor().organisation_id
    line = _line(function_id)
    with current.reading() as session:
        people = read.people_of(session, organisation_id, Permission.REVIEW_TASKS)
    form.offer(people, line.members)
    theirs = None
    if form.conflict:
        # The next press of Save is made knowing what the other one did.
        form.version.data, theirs = str(line.version), line
    return page(
        "administration/function.html", form=form, function=line, theirs=theirs
    ), form.status
