"""Who does the work: the organisation's staff categories, each with what an hour of it has cost and will cost."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from timethief.domain.identifiers import from_text
from timethief.domain.people import Permission
from timethief.i18n import gettext, language
from timethief.queries import choices
from timethief.services import staff_categories as do
from timethief.web import current
from timethief.web.carrying_out import carry_out
from timethief.web.forms.administration.staff_categories import NamesForm, NewCategoryForm
from timethief.web.gate import requires
from timethief.web.pages import page, tell

blueprint = Blueprint("staff_categories", __name__, url_prefix="/staff-categories")


@blueprint.route("", methods=["GET", "POST"])
@requires(Permission.MANAGE_TARIFFS, keeps_text=True)
def index() -> ResponseReturnValue:
    """Every category with what an hour costs now, and a new one."""
    form = NewCategoryForm.read()
    if form.sent() and carry_out(form, lambda: _add(form)):
        tell(gettext("The staff category has been added. From now on it can be chosen."))
        return redirect(url_for("administration.staff_categories.index"))
    organisation_id = current.actor().organisation_id
    with current.reading() as session:
        categories = choices.staff_categories(session, organisation_id)
        tariffs = choices.tariffs(session, organisation_id, current.today())
    in_force = {line.staff_category.id: line for line in tariffs if line.in_force}
    coming = {line.staff_category.id: line for line in tariffs if line.valid_from > current.today()}
    return page(
        "administration/staff_categories.html",
        form=form,
        categories=categories,
        in_force=in_force,
        coming=coming,
        reader=language(),
    ), form.status


@blueprint.get("/<category_id>")
@requires(Permission.MANAGE_TARIFFS)
def category(category_id: str) -> ResponseReturnValue:
    """One category: its names, and what an hour of it has cost."""
    with current.reading() as session:
        row = do.owned_category(session, current.actor().organisation_id, from_text(category_id))
        told = {"name_sv": row.name_sv, "name_en": row.name_en, "seen": do.seen_category(row)}
    return _category_page(category_id, NamesForm.read(told))


@blueprint.post("/<category_id>")
@requires(Permission.MANAGE_TARIFFS, keeps_text=True)
def rename(category_id: str) -> ResponseReturnValue:
    """Call it something else."""
    form = NamesForm.read()
    if form.sent() and carry_out(form, lambda: _rename(form, category_id)):
        tell(gettext("Saved."))
        return redirect(url_for("administration.staff_categories.index"))
    return _category_page(category_id, form)


def _add(form: NewCategoryForm) -> None:
    tariff = form.to_tariff()
    with current.writing() as session:
        do.add_category(
            session,
            current.actor(),
            form.to_names(),
            tariff,
            form.key.data or "",
            current.now(),
        )


def _rename(form: NamesForm, category_id: str) -> None:
    with current.writing() as session:
        do.rename_category(
            session,
            current.actor(),
            from_text(category_id),
            form.to_names(),
            form.seen.data or "",
            current.now(),
        )


def _category_page(category_id: str, form: NamesForm) -> ResponseReturnValue:
    organisation_id = current.actor().organisation_id
    with current.reading() as session:
        row = do.owned_category(session, organisation_id, from_text(category_id))
        tariffs = choices.tariffs(session, organisation_id, current.today())
        if form.conflict:
            # The next press of Save is made knowing what the other one did.
            form.seen.data = do.seen_category(row)
        theirs = (row.name_sv, row.name_en) if form.conflict else None
        name = row.name_en if language() == "en" else row.name_sv
    return page(
        "administration/staff_category.html",
        form=form,
        name=name,
        theirs=theirs,
        lines=[line for line in tariffs if line.staff_category.id == category_id],
        today=current.today(),
    ), form.status
