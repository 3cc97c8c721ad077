"""The demonstration organisation: tasks that the Swedish source documents name, with figures marked as assumed."""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.anonymity import IntakeStatus, ReportingMode, week_of
from timethief.domain.errors import Conflict
from timethief.domain.identifiers import new_identifier
from timethief.domain.intake import RequesterName, UseAnswer
from timethief.domain.names import folded
from timethief.domain.people import Role
from timethief.domain.ranges import Range
from timethief.domain.statements import Statement
from timethief.domain.tasks import Use, Worth
from timethief.domain.vocabulary import (
    Beneficiary,
    InUse,
    Level,
    OrganisationKind,
    Purpose,
    Sector,
    Source,
)
from timethief.services.assessments import assess_tasks
from timethief.services.demonstrating import automation, decisions, follow_ups, functions
from timethief.services.organisations import NewUser, add_organisation, add_unit, add_user
from timethief.services.registers import DATA, load_registers
from timethief.services.requesters import find_or_add
from timethief.services.tasks import add_statement, add_use
from timethief.storage import search
from timethief.storage.assumptions import load_assumptions
from timethief.storage.tables import (
    AnonymousReport,
    Organisation,
    Report,
    Requester,
    Requirement,
    StaffCategory,
    Task,
    TaskSignal,
)
from timethief.storage.totals import Ledger

CODE = "exempel"
REPORTING_CODE = "exempel-kod"
PASSWORD = "tidstjuv-2026"  # noqa: S105 - of the demonstration people, shown at the start
_NOON = time(12, tzinfo=UTC)


def any_organisation(session: Session) -> bool:
    """Whether the database holds any organisation."""
    return session.scalars(select(Organisation.id).limit(1)).first() is not None


def is_loaded(session: Session) -> bool:
    """Whether the demonstration organisation is there."""
    return (
        session.scalars(select(Organisation.id).where(Organisation.code == CODE)).first()
        is not None
    )


def people() -> list[dict[str, str]]:
    """The demonstration people: e-mail, name, role, unit (empty: of the whole) and staff category of each."""
    found: list[dict[str, str]] = _content()["people"]
    return found


def log_ins() -> list[str]:
    """The demonstration people and their password, a line each."""
    width = max(len(person["email"]) for person in people())
    return [f"  {p['email']:<{width}}  {PASSWORD}  ({p['name']}, {p['role']})" for p in people()]


def load(session: Session, now: datetime) -> None:
    """Load the demonstration organisation.

    Raises:
        Conflict: it is there already.
    """
    if is_loaded(session):
        message = f"the organisation {CODE} is there already"
        raise Conflict(message)
    load_registers(session)
    content = _content()
    about = content["organisation"]
    organisation_id = add_organisation(
        session, CODE, about["name"], OrganisationKind(about["kind"]), now.date()
    )
    session.get_one(Organisation, organisation_id).set_up_on = now.date()
    places = _Places(session, organisation_id, content)
    for person in people():
        add_user(
            session,
            organisation_id,
            NewUser(
                email=person["email"],
                name=person["name"],
                role=Role(person["role"]),
                unit_id=places.units[person["unit"]] if person["unit"] else None,
                staff_category_id=places.categories[person["staff_category"]],
                password=PASSWORD,
            ),
        )
    _load_tasks(session, organisation_id, places, content["tasks"], now)
    _open_to_anonymous_reports(session, organisation_id)
    _load_anonymous_reports(session, organisation_id, places, content["anonymous_reports"], now)
    session.flush()
    functions.demonstrate(session, organisation_id, now)
    automation.demonstrate(session, organisation_id, now)
    decisions.demonstrate(session, organisation_id, now)
    follow_ups.demonstrate(session, organisation_id, now)


def _open_to_anonymous_reports(session: Session, organisation_id: int) -> None:
    organisation = session.get_one(Organisation, organisation_id)
    organisation.reporting_mode = ReportingMode.ANONYMOUS.value
    organisation.reporting_code = REPORTING_CODE


def _load_anonymous_reports(
    session: Session,
    organisation_id: int,
    places: _Places,
    reports: list[dict[str, Any]],
    now: datetime,
) -> None:
    """Reports that a batch has shown already; their writers wanted a code, which nobody has."""
    clusters: dict[str, uuid.UUID] = {}
    for given in reports:
        week = week_of(now.date() - timedelta(weeks=given["weeks_ago"]))
        key = places.requesters.get(given.get("requester") or "")
        frequency = given.get("frequency") or {}
        session.add(
            AnonymousReport(
                organisation_id=organisation_id,
                released_week=week,
                title=given["title"],
                description=given.get("description", ""),
                minutes=given.get("minutes"),
                times=frequency.get("times"),
                per=frequency.get("per"),
                people=given.get("people"),
                unit_id=places.units[given["unit"]] if given.get("unit") else None,
                requester_id=key.id if key else None,
                requester_name=given.get("requester_name", ""),
                use_answer=given["use"],
                signals=" ".join(sorted(given.get("signals", ()))),
                receipt_hash=secrets.token_hex(32),
                cluster_id=clusters.setdefault(
                    given.get("cluster") or given["title"], uuid.uuid4()
                ),
                status=IntakeStatus.RECEIVED.value,
                shown_status=IntakeStatus.RECEIVED.value,
            )
        )


def _content() -> dict[str, Any]:
    content: dict[str, Any] = json.loads((DATA / "demonstration.json").read_text(encoding="utf-8"))
    return content


class _Places:
    """Units, requesters, requirements and staff categories by the names that the file gives them."""

    def __init__(self, session: Session, organisation_id: int, content: Mapping[str, Any]) -> None:
        self.units: dict[str, int] = {}
        for unit in content["units"]:
            self.units[unit["code"]] = add_unit(
                session,
                organisation_id,
                unit["code"],
                unit["name"],
                Sector(unit["sector"]),
                self.units[unit["parent"]] if unit["parent"] else None,
                unit["headcount"],
            )
        self.requesters = {
            each["key"]: _verified(session, organisation_id, each) for each in content["requesters"]
        }
        self.requirements: dict[str, int] = {}
        for each in content["requirements"]:
            row = Requirement(
                organisation_id=organisation_id,
                requester_id=self.requesters[each["requester"]].id,
                title=each["title"],
                folded_title=folded(each["title"]),
                binding=each["binding"],
                legal_basis=each.get("legal_basis") or "",
                grant_sek_per_year=each.get("grant_sek_per_year"),
            )
            session.add(row)
            session.flush()
            self.requirements[each["key"]] = row.id
        self.categories = {
            code: category_id
            for category_id, code in session.execute(
                select(StaffCategory.id, StaffCategory.code).where(
                    StaffCategory.organisation_id == organisation_id
                )
            )
        }


def _verified(session: Session, organisation_id: int, given: Mapping[str, Any]) -> Requester:
    name = RequesterName(given["name"], Level(given["level"]))
    requester = find_or_add(session, organisation_id, name)
    requester.verified = True
    return requester


def _load_tasks(
    session: Session,
    organisation_id: int,
    places: _Places,
    tasks: list[dict[str, Any]],
    now: datetime,
) -> None:
    assumptions = load_assumptions(session, organisation_id, now.date())
    ledger = Ledger()
    rows: list[Task] = []
    sequences: dict[int, int] = {}
    for given in tasks:
        task = _task(organisation_id, places, given)
        session.add(task)
        session.flush()
        _add_what_is_said(session, task, given)
        logged = datetime.combine(task.logged_on, _NOON)
        sequences[task.id] = int(logged.timestamp() * 1_000_000) + len(rows)
        rows.append(task)
    assess_tasks(session, rows, assumptions, ledger, sequences)
    ledger.store(session)
    names = {requester.id: requester.name for requester in places.requesters.values()}
    search.index(
        session,
        [
            search.Document(t.id, organisation_id, t.title, t.description, names[t.requester_id])
            for t in rows
        ],
    )


def _task(organisation_id: int, places: _Places, given: Mapping[str, Any]) -> Task:
    low, minutes, high = _estimate(given["minutes"])
    people_low, people, people_high = _estimate(given["people"])
    enough = given.get("sufficient_frequency") or {}
    automation = given.get("automation") or {}
    other = given.get("other_staff_category")
    return Task(
        id=new_identifier(),
        organisation_id=organisation_id,
        unit_id=places.units[given["unit"]],
        requester_id=places.requesters[given["requester"]].id,
        requirement_id=places.requirements[given["requirement"]]
        if given.get("requirement")
        else None,
        staff_category_id=places.categories[given["staff_category"]],
        title=given["title"],
        description=given["description"],
        minutes=minutes,
        minutes_low=low,
        minutes_high=high,
        times=given["frequency"]["times"],
        per=given["frequency"]["per"],
        people=people,
        people_low=people_low,
        people_high=people_high,
        hourly_cost_sek=given.get("hourly_cost_sek"),
        binding=given["binding"],
        legal_basis=given.get("legal_basis") or "",
        achievable_minutes=given.get("achievable_minutes"),
        sufficient_times=enough.get("times"),
        sufficient_per=enough.get("per"),
        other_staff_category_id=places.categories[other] if other else None,
        other_hourly_cost_sek=given.get("other_hourly_cost_sek"),
        duplicate_share=given.get("duplicate_share") or 0.0,
        rule_based=automation.get("rule_based"),
        digital_input=automation.get("digital_input"),
        exceptions=automation.get("exceptions"),
        stable=automation.get("stable", True),
        systems=automation.get("systems", 1),
        needs_judgement=automation.get("needs_judgement", False),
        status=given["status"],
        figures_by=Source.REVIEWER.value,
        assumed=given["assumed"],
        origin=given.get("source") or "",
        logged_on=date.fromisoformat(given["logged"]),
        version=1,
    )


def _estimate(given: float | Mapping[str, float]) -> tuple[Any, Any, Any]:
    if isinstance(given, Mapping):
        return given["low"], given["likely"], given["high"]
    return None, given, None


def _add_what_is_said(session: Session, task: Task, given: Mapping[str, Any]) -> None:
    """Signals, uses with who says what, and reports."""
    for signal in given.get("signals", []):
        session.add(
            TaskSignal(task_id=task.id, signal=signal, organisation_id=task.organisation_id)
        )
    for position, use in enumerate(given["uses"], start=1):
        _add_use(session, task, use, position)
    for report in given.get("report_minutes", []):
        session.add(
            Report(
                organisation_id=task.organisation_id,
                task_id=task.id,
                title=task.title,
                minutes=report,
                unit_id=task.unit_id,
                staff_category_id=task.staff_category_id,
                requester_id=task.requester_id,
                use_answer=UseAnswer.UNKNOWN.value,
                sent_on=task.logged_on,
            )
        )


def _add_use(session: Session, task: Task, given: Mapping[str, Any], position: int) -> None:
    row = None
    for sequence, said in enumerate(given["statements"], start=1):
        source, in_use = Source(said["by"]), InUse(said["in_use"])
        worth = _worth(said.get("worth") or given["worth"])
        if row is None:
            use = Use(Beneficiary(given["beneficiary"]), Purpose(given["purpose"]), in_use, worth)
            row = add_use(
                session, task, use, position=position, source=source, said_on=task.logged_on
            )
        else:
            statement = Statement(source, in_use, worth, task.logged_on)
            add_statement(session, row, statement, sequence=sequence)


def _worth(given: Mapping[str, Any]) -> Worth:
    minutes = given.get("minutes")
    if isinstance(minutes, Mapping):
        minutes = Range(minutes["low"], minutes["likely"], minutes["high"])
    return Worth(share=given.get("share"), minutes=minutes, sek_per_year=given.get("sek_per_year"))
