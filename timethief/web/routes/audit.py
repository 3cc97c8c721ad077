"""The trail of administrative acts: to be read and taken out, never to be changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from timethief.domain.audit import Act
from timethief.domain.errors import Invalid, NotFound
from timethief.domain.identifiers import from_text, to_text
from timethief.domain.people import Permission
from timethief.exchange.trail_exports import trail_csv, trail_json
from timethief.queries import audit as read
from timethief.queries import choices
from timethief.queries.audit import TrailCursor, TrailFilter, TrailLine
from timethief.reports.audit import (
    act_choices,
    act_text,
    change_texts,
    reference_text,
    subject_text,
    who_text,
)
from timethief.web import current
from timethief.web.downloads import download
from timethief.web.gate import requires
from timethief.web.pages import page

blueprint = Blueprint("audit", __name__, url_prefix="/administration/trail")
_LONGEST_SUBJECT = 64
_PAGES = {
    "person": ("people.person", "user_id"),
    "requester": ("administration.requesters.requester", "requester_id"),
    "staff_category": ("administration.staff_categories.category", "category_id"),
    "task": ("tasks.task", "task_id"),
    "unit": ("administration.units.unit", "unit_id"),
}
_GONE = (Act.UNIT_REMOVED, Act.REQUESTERS_MERGED)


@blueprint.get("")
@requires(Permission.READ_TRACES)
def trail() -> ResponseReturnValue:
    """One page of the trail, newest first."""
    wanted, cursor = _filter(request.args), request.args.get("cursor")
    if any(not value for value in request.args.values()):
        return redirect(_address(wanted))
    at = TrailCursor.read(cursor) if cursor else None
    organisation_id = current.actor().organisation_id
    with current.reading() as session:
        found = read.trail(session, organisation_id, wanted, at)
        people = read.people(session, organisation_id)
        subjects = read.subjects(session, organisation_id)
        names = _names(session, organisation_id)
    return page(
        "administration/audit.html",
        lines=found.lines,
        wanted=_pairs(wanted),
        acts=act_choices(),
        subjects=sorted(((each, subject_text(each)) for each in subjects), key=lambda s: s[1]),
        people=people,
        act_text=act_text,
        subject_text=subject_text,
        reference_text=reference_text,
        who_text=who_text,
        change_texts=change_texts,
        names=names,
        page_of=_page_of,
        newer_href=_address(wanted, cursor=str(found.newer)) if found.newer else None,
        older_href=_address(wanted, cursor=str(found.older)) if found.older else None,
        clear_href=url_for("audit.trail") if _pairs(wanted) else "",
        csv_href=_address(wanted, "audit.as_csv"),
        json_href=_address(wanted, "audit.as_json"),
    )


@blueprint.get("/trail.csv")
@requires(Permission.READ_TRACES)
def as_csv() -> ResponseReturnValue:
    """The lines that the filter leaves, for a spreadsheet program."""
    wanted, organisation_id = _filter(request.args), current.actor().organisation_id
    return download(
        lambda session: trail_csv(read.whole_trail(session, organisation_id, wanted)),
        "text/csv",
        f"timethief-trail-{current.today()}.csv",
    )


@blueprint.get("/trail.json")
@requires(Permission.READ_TRACES)
def as_json() -> ResponseReturnValue:
    """The lines that the filter leaves, for other systems."""
    wanted, organisation_id = _filter(request.args), current.actor().organisation_id
    return download(
        lambda session: trail_json(read.whole_trail(session, organisation_id, wanted)),
        "application/json",
        f"timethief-trail-{current.today()}.json",
    )


def _names(session: Session, organisation_id: int) -> dict[str, dict[str, str]]:
    """What units and staff categories are called today, by the field of a change that names them."""
    units = {to_text(unit.id): unit.name for unit in choices.units(session, organisation_id)}
    categories = {
        each.id: each.name_sv for each in choices.staff_categories(session, organisation_id)
    }
    return {"unit_id": units, "parent_id": units, "staff_category_id": categories}


def _page_of(line: TrailLine) -> str:
    """Address of what it was done to; empty where that has no page, or no longer."""
    endpoint, name = _PAGES.get(line.subject, ("", ""))
    if not endpoint or line.act in _GONE:
        return ""
    try:
        given: Any = {name: to_text(from_text(line.reference))}
    except NotFound:
        return ""
    return url_for(endpoint, **given)


def _filter(given: Mapping[str, str]) -> TrailFilter:
    """What the address asks for.

    Raises:
        Invalid: a value that is none of the choices, or no day.
        NotFound: a person that cannot be one.
    """
    told = {name: value.strip() for name, value in given.items() if value.strip()}
    act, subject = told.get("act"), told.get("subject")
    if act is not None and act not in set(Act):
        raise Invalid("act", "not_a_choice")
    if subject is not None and (len(subject) > _LONGEST_SUBJECT or not subject.isidentifier()):
        raise Invalid("subject", "not_a_choice")
    return TrailFilter(
        act=None if act is None else Act(act),
        subject=subject,
        person=from_text(told["person"]) if "person" in told else None,
        first=_day(told, "first"),
        last=_day(told, "last"),
    )


def _day(told: Mapping[str, str], name: str) -> date | None:
    if name not in told:
        return None
    try:
        if len(told[name]) != len("2026-03-01"):
            raise Invalid(name, "not_a_date")
        found = date.fromisoformat(told[name])
    except ValueError as error:
        raise Invalid(name, "not_a_date") from error
    if not 1900 <= found.year <= 2999:  # noqa: PLR2004 - no clock of ours has been anywhere else
        raise Invalid(name, "not_a_date")
    return found


def _pairs(wanted: TrailFilter) -> dict[str, str]:
    pairs = {
        "act": wanted.act,
        "subject": wanted.subject,
        "person": None if wanted.person is None else to_text(wanted.person),
        "first": None if wanted.first is None else wanted.first.isoformat(),
        "last": None if wanted.last is None else wanted.last.isoformat(),
    }
    return {name: value for name, value in pairs.items() if value}


def _address(wanted: TrailFilter, endpoint: str = "audit.trail", cursor: str = "") -> str:
    pairs = _pairs(wanted) | ({"cursor": cursor} if cursor else {})
    return f"{url_for(endpoint)}?{urlencode(pairs)}" if pairs else url_for(endpoint)
