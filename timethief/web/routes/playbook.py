"""The playbook: what others did about time thieves, and what we did ourselves."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, TypeVar

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from timethief.domain.errors import Invalid
from timethief.domain.identifiers import from_text
from timethief.domain.people import Permission
from timethief.domain.tasks import read_text
from timethief.domain.vocabulary import Action, Cause, Signal
from timethief.i18n import gettext, language
from timethief.queries import playbook as read
from timethief.queries.tasks import task_page
from timethief.services import playbook as do
from timethief.storage.search import LONGEST_QUERY
from timethief.web import current
from timethief.web.carrying_out import carry_out
from timethief.web.forms.playbook import PlaybookForm
from timethief.web.gate import requires
from timethief.web.pages import page, tell

blueprint = Blueprint("playbook", __name__, url_prefix="/playbook")

Code = TypeVar("Code", bound=StrEnum)


@blueprint.get("")
@requires(Permission.READ_INVENTORY)
def index() -> ResponseReturnValue:
    """Examples, found by words, by what makes work heavy, or by the kind of remedy."""
    wanted = read.Wanted(
        words=read_text(request.args.get("q", ""), "q", LONGEST_QUERY),
        signal=_code(Signal, "signal"),
        cause=_code(Cause, "cause"),
        action=_code(Action, "action"),
    )
    after = request.args.get("after") or None
    with current.reading() as session:
        found = read.playbook(session, wanted, language(), after)
    chosen: dict[str, Any] = {
        "q": wanted.words or None,
        "signal": wanted.signal,
        "cause": wanted.cause,
        "action": wanted.action,
    }
    return page(
        "playbook/index.html",
        found=found,
        wanted=wanted,
        is_filtered=any(chosen.values()),
        next_href=url_for("playbook.index", **chosen, after=found.next) if found.next else None,
    )


def _code(kind: type[Code], name: str) -> Code | None:
    value = request.args.get(name)
    if not value:
        return None
    try:
        return kind(value)
    except ValueError as fault:
        raise Invalid(name, "not_a_choice") from fault


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.REVIEW_TASKS, keeps_text=True)
def new() -> ResponseReturnValue:
    """Write down what we did; about a task, with what is known of it filled in."""
    form = PlaybookForm.read(_begun(request.args.get("task")))
    form.offer()
    if form.sent() and carry_out(form, lambda: _add(form)):
        tell(gettext("Saved. It is shown where somebody opens a task of that kind."))
        return redirect(url_for("playbook.index"))
    return page("playbook/entry.html", form=form, entry=None), form.status


def _begun(task_id: str | None) -> dict[str, object] | None:
    if not task_id:
        return None
    actor = current.actor()
    with current.reading() as session:
        task = task_page(session, actor, from_text(task_id))
        return PlaybookForm.of(read.begun_from(session, actor, task), version=0)


def _add(form: PlaybookForm) -> None:
    practice = form.to_practice()
    with current.writing() as session:
        do.add(session, current.actor(), practice, form.key.data or "", current.now())


@blueprint.route("/<entry_id>", methods=["GET", "POST"])
@requires(Permission.REVIEW_TASKS, keeps_text=True)
def entry(entry_id: str) -> ResponseReturnValue:
    """Tell it otherwise."""
    with current.reading() as session:
        found, version = read.own_example(session, current.actor(), from_text(entry_id))
    form = PlaybookForm.read(PlaybookForm.of(found, version))
    form.offer()
    if form.sent() and carry_out(form, lambda: _change(form, entry_id)):
        tell(gettext("Saved."))
        return redirect(url_for("playbook.index"))
    if form.conflict:
        # The next press of Save is made knowing what the other one did.
        with current.reading() as session:
            found, version = read.own_example(session, current.actor(), from_text(entry_id))
        form.version.data = str(version)
    remove_href = url_for("playbook.remove", entry_id=entry_id)
    return page("playbook/entry.html", form=form, entry=found, remove_href=remove_href), form.status


def _change(form: PlaybookForm, entry_id: str) -> None:
    practice = form.to_practice()
    with current.writing() as session:
        actor, seen = current.actor(), form.seen_version()
        do.change(session, actor, from_text(entry_id), practice, seen, current.now())


@blueprint.post("/<entry_id>/remove")
@requires(Permission.REVIEW_TASKS)
def remove(entry_id: str) -> ResponseReturnValue:
    """Take it away."""
    with current.writing() as session:
        do.remove(session, current.actor(), from_text(entry_id), current.now())
    tell(gettext("The example has been removed."))
    return redirect(url_for("playbook.index"))
