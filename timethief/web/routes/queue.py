"""The queue of support functions: what to take up next, and what to say no to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from timethief.domain.decisions import MOST_AT_ONCE
from timethief.domain.errors import Conflict, Invalid, Invalids, NotFound
from timethief.domain.identifiers import from_text, to_text
from timethief.domain.people import Permission
from timethief.i18n import gettext, language
from timethief.queries import queue as read
from timethief.queries.inventory_choices import chosen_names, inventory_choices
from timethief.queries.queue_choices import queue_choices
from timethief.reports.queue import changed_in_words, done_in_words
from timethief.reports.refusals import sentence
from timethief.services import queue as do
from timethief.services.queue import Chosen, Done
from timethief.web import current, form_keys
from timethief.web.gate import requires
from timethief.web.inventory_filters import selects
from timethief.web.pages import page, tell
from timethief.web.queue_address import QueueAddress, back_to, read_back, read_queue
from timethief.web.queue_page import shown_queue

blueprint = Blueprint("queue", __name__, url_prefix="/queue")


@blueprint.get("")
@requires(Permission.REVIEW_TASKS)
def index() -> ResponseReturnValue:
    """All groups, or a page of one."""
    address = read_queue(request.args)
    if any(not value for value in request.args.values()):
        # A form sends its empty fields too; the address that people copy shall hold what counts.
        return redirect(address.address())
    return _shown(address)


@blueprint.get("/filters")
@requires(Permission.REVIEW_TASKS)
def filters() -> ResponseReturnValue:
    """Every filter, to choose several at once; scripts show it within the queue."""
    address = read_queue(request.args)
    with current.reading() as session:
        who = read.reader(session, current.actor(), current.now())
        chosen_names(session, who.units, address.filter, language())
        choices = inventory_choices(session, who.units, address.filter)
        more = queue_choices(session, who.units.organisation_id)
    lists = [each for each in selects(choices, {}) if each.name != "status"]
    return page(
        "queue/filters.html",
        address=address,
        chosen=address.pairs(),
        selects=lists,
        more=more,
    )


@blueprint.post("/act")
@requires(Permission.REVIEW_TASKS)
def act() -> ResponseReturnValue:
    """Do something with one task or with those that are marked."""
    acts: Mapping[str, Callable[[str], Done]] = {
        "take": _take,
        "back": _give_back,
        "give": _give,
        "keep": _keep,
    }
    wanted = request.form.get("act", "")
    if wanted == "seen":
        return _mark_seen()
    if wanted == "merge":
        return _merge()
    if wanted not in acts:
        raise BadRequest
    key = request.form.get("key", "")
    if form_keys.is_of(key, current.actor().user_id) is not True:
        raise BadRequest
    try:
        done = acts[wanted](key)
    except Invalid as refusal:
        return _shown(_sent_from(), sentence(refusal)), 422
    except Invalids as refused:
        return _shown(_sent_from(), " ".join(sentence(each) for each in refused.refusals)), 422
    except Conflict:
        told = gettext("Somebody else has decided on it meanwhile. Look at it again.")
        return _shown(_sent_from(), told), 409
    if done.count:
        tell(done_in_words(wanted, done.count), _undo_address(key))
    for changed in done.changed:
        tell(changed_in_words(changed, current.today()))
    return redirect(back_to(request.form.get("back", "")))


@blueprint.post("/undo/<key>")
@requires(Permission.REVIEW_TASKS)
def undo(key: str) -> ResponseReturnValue:
    """Put it back as it was."""
    if form_keys.is_of(key, current.actor().user_id) is not True:
        raise NotFound("undo")
    try:
        with current.writing() as session:
            do.undo(session, current.actor(), key, current.now())
    except Conflict:
        tell(
            gettext("It cannot be undone: somebody has gone on with it since. Nothing was changed.")
        )
    else:
        tell(gettext("It is undone."))
    return redirect(back_to(request.args.get("back", "")))


def _shown(address: QueueAddress, refusal: str = "") -> str:
    with current.reading() as session:
        values = shown_queue(session, address)
    return page(
        "queue/queue.html",
        **values,
        refusal=refusal,
        typed_reason=request.form.get("reason", ""),
        marked={each.partition(".")[0] for each in request.form.getlist("task")},
    )


def _sent_from() -> QueueAddress:
    """The page that the form was sent from."""
    return read_back(request.form.get("back", ""))


def _undo_address(key: str) -> str:
    return url_for("queue.undo", key=key, back=request.form.get("back") or None)


def _chosen() -> list[Chosen]:
    return [Chosen.read(text) for text in request.form.getlist("task")]


def _take(key: str) -> Done:
    with current.writing() as session:
        return do.take(session, current.actor(), _chosen(), key, current.now())


def _give_back(key: str) -> Done:
    with current.writing() as session:
        return do.give_back(session, current.actor(), _chosen(), key, current.now())


def _give(key: str) -> Done:
    if not request.form.get("function"):
        raise Invalid("function", "required_function")
    function_id = from_text(request.form["function"])
    with current.writing() as session:
        return do.give(session, current.actor(), _chosen(), function_id, key, current.now())


def _keep(key: str) -> Done:
    reason = request.form.get("reason", "")
    if not reason.strip():
        raise Invalid("reason", "required_keep_reason")
    with current.writing() as session:
        return do.keep(session, current.actor(), _chosen(), reason, key, current.now())


def _mark_seen() -> ResponseReturnValue:
    chosen = _chosen()[: 2 * MOST_AT_ONCE]
    with current.writing() as session:
        do.mark_seen(session, current.actor(), [each.task_id for each in chosen])
    return redirect(back_to(request.form.get("back", "")))


def _merge() -> ResponseReturnValue:
    tasks = [("task", to_text(each.task_id)) for each in _chosen()]
    if len(tasks) < 2:  # noqa: PLR2004 - one alone cannot be merged
        return _shown(_sent_from(), gettext("Mark two tasks or more to merge them.")), 422
    return redirect(f"{url_for('restructuring.merge')}?{urlencode(tasks)}")
