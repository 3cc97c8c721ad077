"""The first settings of a new organisation, a step at a time; each can be left, skipped and taken up again."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from timethief.domain.people import Permission
from timethief.i18n import gettext
from timethief.queries.unit_administration import unit_tree
from timethief.services import set_up as do
from timethief.services.set_up import SetUp, Step, StepState
from timethief.web import current
from timethief.web.administration import place_of
from timethief.web.carrying_out import carry_out
from timethief.web.forms.administration.organisation import OrganisationForm
from timethief.web.forms.administration.units import ImportForm
from timethief.web.forms.base import BaseForm
from timethief.web.gate import requires
from timethief.web.pages import page, tell
from timethief.web.routes.administration import organisation, unit_import

blueprint = Blueprint("set_up", __name__, url_prefix="/set-up")

_STEPS = tuple(Step)


@blueprint.get("")
@requires(Permission.MANAGE_ORGANISATION)
def index() -> ResponseReturnValue:
    """Lead to the first step that waits."""
    return redirect(url_for("administration.set_up.step", name=_state().next.value))


@blueprint.get("/<name>")
@requires(Permission.MANAGE_ORGANISATION)
def step(name: str) -> ResponseReturnValue:
    """A step."""
    return _step_page(_read(name))


@blueprint.post("/<name>")
@requires(Permission.MANAGE_ORGANISATION, keeps_text=True)
def take(name: str) -> ResponseReturnValue:
    """Take a step, or leave it for later."""
    at = _read(name)
    form = BaseForm.read()
    if "skip" in request.form and form.sent() and at is not Step.DONE:
        _note(at, StepState.SKIPPED)
        return _onwards(at)
    if at is Step.ORGANISATION:
        return _take_organisation()
    if at is Step.UNITS:
        return _take_units()
    if not form.sent():
        return _step_page(at, form)
    if at is Step.DONE:
        with current.writing() as session:
            do.finish(session, current.actor(), current.now(), current.today())
        tell(gettext("The service is ready to use."))
        return redirect(url_for("log.log"))
    _note(at, StepState.TAKEN)
    return _onwards(at)


def _take_organisation() -> ResponseReturnValue:
    form = organisation.form_of_organisation()
    if form.sent() and carry_out(form, lambda: organisation.change(form)):
        _note(Step.ORGANISATION, StepState.TAKEN)
        return _onwards(Step.ORGANISATION)
    return _step_page(Step.ORGANISATION, form)


def _take_units() -> ResponseReturnValue:
    """Read in the lines; without any the step is taken where there are units already."""
    form = ImportForm.read()
    if not form.sent():
        return _step_page(Step.UNITS, form)
    with current.reading() as session:
        known = unit_tree(session, current.actor().organisation_id).count
    sent = request.files.get("file")
    told = bool((form.pasted.data or "").strip()) or bool(sent and sent.filename)
    if known and not told:
        _note(Step.UNITS, StepState.TAKEN)
        return _onwards(Step.UNITS)
    shown = unit_import.shown_list(form, empty="pasted")
    if shown is None or shown.faults:
        if shown is not None:
            form.status = 422
        return _step_page(Step.UNITS, form, shown)
    outcome = unit_import.read_in(form, shown.text, form.key.data or "")
    if outcome is None:
        return _step_page(Step.UNITS, form)
    tell(outcome)
    _note(Step.UNITS, StepState.TAKEN)
    return _onwards(Step.UNITS)


def _read(name: str) -> Step:
    try:
        return Step(name)
    except ValueError as error:
        raise NotFound from error


def _state() -> SetUp:
    with current.reading() as session:
        return do.set_up_of(session, current.actor().organisation_id)


def _note(at: Step, state: StepState) -> None:
    with current.writing() as session:
        do.take_step(session, current.actor(), at, state)


def _onwards(at: Step) -> ResponseReturnValue:
    following = _STEPS[_STEPS.index(at) + 1]
    return redirect(url_for("administration.set_up.step", name=following.value))


def _step_page(
    at: Step, form: BaseForm | None = None, shown: unit_import.ShownList | None = None
) -> ResponseReturnValue:
    state, theirs, tree = _state(), None, None
    if at is Step.ORGANISATION:
        sent = form if isinstance(form, OrganisationForm) else None
        sent = sent or organisation.form_of_organisation()
        form, theirs = sent, organisation.prepare(sent)
    elif at is Step.UNITS:
        form = form or ImportForm.read()
        with current.reading() as session:
            tree = unit_tree(session, current.actor().organisation_id)
    else:
        form = form or BaseForm.read()
    return page(
        f"set_up/{at.value}.html",
        at=at.value,
        position=_STEPS.index(at) + 1,
        steps=[(each.value, state.states.get(each)) for each in _STEPS],
        state=state,
        form=form,
        theirs=theirs,
        tree=tree,
        shown=shown,
        reporting=place_of("reporting"),
        people=place_of("people"),
        **unit_import.list_words(),
    ), form.status
