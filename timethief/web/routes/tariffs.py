"""What an hour of each staff category costs: read and changed by an administrator."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from timethief.domain.errors import Invalid, Invalids
from timethief.domain.people import Permission
from timethief.i18n import day, gettext, language, ngettext, number
from timethief.queries import choices
from timethief.services import staff_categories as do
from timethief.web import current
from timethief.web.forms.tariffs import TariffForm
from timethief.web.gate import requires
from timethief.web.pages import page, tell

blueprint = Blueprint("tariffs", __name__, url_prefix="/tariffs")


@blueprint.route("", methods=["GET", "POST"])
@requires(Permission.MANAGE_TARIFFS, keeps_text=True)
def index() -> ResponseReturnValue:
    """Every tariff, and a new one."""
    form = TariffForm.read({"valid_from": current.today().isoformat()})
    if form.sent():
        adopted = _adopt(form)
        if adopted is not None:
            tell(_outcome(*adopted))
            return redirect(url_for("tariffs.index"))
    organisation_id = current.actor().organisation_id
    with current.reading() as session:
        lines = choices.tariffs(session, organisation_id, current.today())
        form.offer(choices.staff_categories(session, organisation_id), language())
    return page(
        "tariffs/index.html", form=form, lines=lines, reader=language(), today=current.today()
    ), form.status


def _outcome(valid_from: date, count: int) -> str:
    """What was done: now, or what will be on the day."""
    if valid_from > current.today():
        return gettext(
            "Saved. The tariff comes into force on %(day)s; every task is assessed anew then.",
            day=day(valid_from),
        )
    return ngettext(
        "Saved. %(num)s task has been assessed anew.",
        "Saved. %(num)s tasks have been assessed anew.",
        count,
        num=number(count),
    )


def _adopt(form: TariffForm) -> tuple[date, int] | None:
    """From when it is in force, and how many tasks were assessed anew; None, with what is wrong beside the fields, where it is refused."""
    try:
        tariff = form.to_tariff()
        with current.writing() as session:
            return tariff.valid_from, do.adopt_tariff(
                session, current.actor(), tariff, current.today(), current.now()
            )
    except Invalid as refusal:
        form.refuse(refusal)
    except Invalids:
        form.status = 422
    return None
