"""Cases: handing on, answering, taking, naming who decides. Reports and tasks are handled alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from timethief.domain.cases import FUNCTIONS_OF, Route, check_route
from timethief.domain.errors import Conflict, Invalid
from timethief.domain.identifiers import from_text
from timethief.domain.people import Actor, Permission
from timethief.i18n import gettext
from timethief.queries import cases as read
from timethief.queries import choices
from timethief.queries.case_matters import Matter, matter_of
from timethief.queries.cases import CaseLine, FunctionLine
from timethief.queries.own_cases import own_cases
from timethief.reports.cases import WAYS, answer_openings, letter, time_left, way_answer
from timethief.reports.intake import is_unfinished
from timethief.services.cases import answers, routing
from timethief.web import current
from timethief.web.carrying_out import carry_out
from timethief.web.forms.cases import CaseAnswerForm, HandingForm, TermsForm, seen_version
from timethief.web.gate import requires
from timethief.web.pages import page, tell

blueprint = Blueprint("cases", __name__, url_prefix="/cases")

Act = Callable[[Session, Actor, int, int, datetime], None]
"""Something that a press does with a case as it was seen."""


def home_of(case: CaseLine) -> str:
    """The page that the case stands on: of its report or of its task."""
    if case.report_id is not None:
        return url_for("intake.report", report_id=case.report_id)
    return url_for("tasks.task", task_id=case.task_id, _anchor="case")


@blueprint.get("")
@requires(Permission.DECIDE_TASKS)
def index() -> ResponseReturnValue:
    """What waits for the reader to decide."""
    with current.reading() as session:
        found = own_cases(session, current.actor(), request.args.get("after"))
    return page("cases/index.html", found=found, time_left=time_left, today=current.today())


@blueprint.route("/<case_id>/hand-on", methods=["GET", "POST"])
@requires(Permission.REVIEW_TASKS, keeps_text=True)
def hand_on(case_id: str) -> ResponseReturnValue:
    """Choose the way; then say to whom and why, and tell those who wrote."""
    case, matter = _read(case_id)
    way = _way(case)
    if way is None:
        ways = [each for each in WAYS if _is_open(each, case)]
        return page(
            "cases/ways.html",
            case=case,
            matter=matter,
            home=home_of(case),
            ways=[(each, gettext(WAYS[each])) for each in ways],
        )
    return _hand_on(case, matter, way)


@blueprint.post("/<case_id>/undo")
@requires(Permission.REVIEW_TASKS)
def undo(case_id: str) -> ResponseReturnValue:
    """Take the latest handing on back."""
    try:
        with current.writing() as session:
            routing.undo_route(session, current.actor(), from_text(case_id), current.now())
        tell(
            gettext("It is back where it was. What those who wrote were told, they have been told.")
        )
    except Conflict:
        tell(
            gettext(
                "It can no longer be undone: somebody has gone on with it, or 30 days have passed."
            )
        )
    return redirect(home_of(_read(case_id)[0]))


@blueprint.post("/<case_id>/take")
@requires(Permission.REVIEW_TASKS)
def take(case_id: str) -> ResponseReturnValue:
    """See to it oneself."""
    return _see_to(case_id, routing.take_case, gettext("You see to it now."), "cases.leave")


@blueprint.post("/<case_id>/leave")
@requires(Permission.REVIEW_TASKS)
def leave(case_id: str) -> ResponseReturnValue:
    """Leave it to the function again."""
    text = gettext("You do not see to it any more. It waits for somebody of the function.")
    return _see_to(case_id, routing.leave_case, text, "cases.take")


@blueprint.route("/<case_id>/answer", methods=["GET", "POST"])
@requires(Permission.REVIEW_TASKS, keeps_text=True)
def answer(case_id: str) -> ResponseReturnValue:
    """Answer those who wrote."""
    case, matter = _read(case_id)
    begun = {each.value: opening for each, opening in answer_openings().items()}
    chosen = request.args.get("begin", "")
    data = {"version": str(case.version)}
    if chosen in begun:
        data |= {"template": chosen, "text": begun[chosen].text}
    form = CaseAnswerForm.read(data)
    form.offer()

    def act() -> None:
        new = form.to_answer()
        with current.writing() as session:
            answers.answer_case(
                session,
                current.actor(),
                from_text(case_id),
                new,
                form.seen(),
                form.key.data or "",
                current.now(),
            )

    if form.sent() and carry_out(form, act):
        tell(gettext("Answered. Those who wrote see it on their own page."))
        return redirect(home_of(case))
    _see_again(form, case_id)
    with current.reading() as session:
        told = read.answers_of(session, from_text(case_id))
    return page(
        "cases/answer.html",
        form=form,
        case=case,
        matter=matter,
        home=home_of(case),
        openings=begun,
        told=told,
    ), form.status


@blueprint.route("/<case_id>/terms", methods=["GET", "POST"])
@requires(Permission.REVIEW_TASKS, keeps_text=True)
def terms(case_id: str) -> ResponseReturnValue:
    """Name who decides, and move the day of the first answer."""
    case, matter = _read(case_id)
    form = TermsForm.read(
        {
            "version": str(case.version),
            "decider_id": case.decider_id or "",
            "answer_due": case.answer_due.isoformat(),
        }
    )

    def act() -> None:
        decider_id, due = form.to_terms()
        with current.writing() as session:
            routing.set_terms(
                session,
                current.actor(),
                from_text(case_id),
                decider_id,
                due,
                form.seen(),
                current.now(),
            )

    if matter.unit_id is None or case.task_id is None:
        people: tuple[read.Person, ...] = ()
    else:
        with current.reading() as session:
            people = read.deciders(session, current.actor().organisation_id, matter.unit_id)
    form.offer(people)
    if form.sent() and carry_out(form, act):
        tell(gettext("Saved."))
        return redirect(home_of(case))
    theirs = _see_again(form, case_id)
    return page(
        "cases/terms.html",
        form=form,
        case=theirs or case,
        matter=matter,
        home=home_of(case),
        theirs=theirs,
    ), form.status


def _hand_on(case: CaseLine, matter: Matter, way: Route) -> ResponseReturnValue:
    organisation_id = current.actor().organisation_id
    with current.reading() as session:
        functions = read.active_functions(session, organisation_id, FUNCTIONS_OF.get(way))
        units = choices.units(session, organisation_id)
    if way in FUNCTIONS_OF and not functions:
        return page("cases/no_function.html", case=case, home=home_of(case), way=way)
    first = functions[0] if functions else None
    name = first.name if first and way in FUNCTIONS_OF else ""
    form = HandingForm.read({"version": str(case.version), "answer": way_answer(way, name)})
    form.offer(way, functions, units, matter.unit or "")
    if form.answer.data == way_answer(way, name):
        form.answer.data = way_answer(way, _chosen_name(form, functions, name))
    if form.sent() and not _has_dots(form) and carry_out(form, lambda: _carry(form, case, way)):
        tell(gettext("Handed on."), url_for("cases.undo", case_id=case.id))
        return redirect(_after(case, way))
    theirs = _see_again(form, case.id)
    return page(
        "cases/hand_on.html",
        form=form,
        case=case,
        matter=matter,
        home=home_of(case),
        way=way,
        functions=functions,
        letter=_letter(first, matter) if way is Route.LOCAL_FIX else "",
        theirs=theirs,
    ), form.status


def _chosen_name(form: HandingForm, functions: Sequence[FunctionLine], name: str) -> str:
    """The function that was chosen, which the answer is to name; `name` where there is nothing to choose."""
    if "function_id" not in form:
        return name
    return next((each.name for each in functions if each.id == form.function_id.data), name)


def _carry(form: HandingForm, case: CaseLine, way: Route) -> None:
    handing = form.to_handing(way)
    with current.writing() as session:
        routing.route(
            session,
            current.actor(),
            from_text(case.id),
            handing,
            form.seen(),
            form.key.data or "",
            current.now(),
        )


def _after(case: CaseLine, way: Route) -> str:
    """Where one goes on: to the question, where the requester is to be asked."""
    if way is Route.REQUESTER:
        return url_for("inquiries.ask_of_task", task_id=case.task_id)
    return url_for("intake.index") if case.report_id is not None else home_of(case)


def _letter(function: FunctionLine | None, matter: Matter) -> str:
    facts = (
        (gettext("Where"), matter.unit_name or ""),
        (gettext("Reach us at"), _contact(current.actor())),
    )
    return letter(function.letter if function else "", matter.title, matter.description, facts)


def _contact(actor: Actor) -> str:
    """Whom the service desk asks: the reviewer, never who wrote."""
    with current.reading() as session:
        return read.contact_of(session, actor)


def _has_dots(form: HandingForm) -> bool:
    if not is_unfinished(form.answer.data or ""):
        return False
    form.say(form.answer, gettext("Write something in place of the dots, or take them away."))
    return True


def _see_again(form: CaseAnswerForm | HandingForm | TermsForm, case_id: str) -> CaseLine | None:
    """What another has done meanwhile; the next press is made knowing it."""
    if not form.conflict:
        return None
    now = _read(case_id)[0]
    form.version.data = str(now.version)
    return now


def _see_to(case_id: str, act: Act, done: str, undone: str) -> ResponseReturnValue:
    case, _ = _read(case_id)
    version = seen_version(request.form.get("version", str(case.version)))
    try:
        with current.writing() as session:
            act(session, current.actor(), from_text(case_id), version, current.now())
        tell(done, url_for(undone, case_id=case_id))
    except Conflict:
        tell(
            gettext(
                "Somebody else has done something with it meanwhile. This is how it stands now."
            )
        )
    return redirect(home_of(case))


def _way(case: CaseLine) -> Route | None:
    chosen = request.args.get("way", "")
    if chosen not in list(Route) or not _is_open(Route(chosen), case):
        return None
    return Route(chosen)


def _is_open(way: Route, case: CaseLine) -> bool:
    try:
        check_route(way, is_task=case.task_id is not None)
    except Invalid:
        return False
    return True


def _read(case_id: str) -> tuple[CaseLine, Matter]:
    with current.reading() as session:
        case = read.case_line(session, current.actor(), from_text(case_id))
        return case, matter_of(session, current.actor(), case)
