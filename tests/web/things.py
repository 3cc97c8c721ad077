"""One thing of every kind that an address may name, in an organisation of an installation."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import make
from tests.web.browser import NEIGHBOUR, neighbour
from tests.web.conftest import OPERATOR, Installation
from tests.web.decided import raised
from timethief.domain.anonymity import IntakeStatus
from timethief.domain.cases import CaseOrigin
from timethief.domain.identifiers import from_text, to_text
from timethief.domain.import_runs import ImportState
from timethief.domain.intake import UseAnswer
from timethief.domain.names import folded
from timethief.domain.people import Actor, Permission, Role
from timethief.domain.playbook import Practice
from timethief.domain.policy import Policy
from timethief.domain.retention import Kind
from timethief.domain.sign_on import Rule
from timethief.domain.tokens import Scope
from timethief.domain.vocabulary import Action, Sector
from timethief.services import demonstration
from timethief.services.access.invitations import NewInvitation, add_invitation
from timethief.services.access.sign_on_rules import add_membership, add_rule
from timethief.services.access.tokens import NewToken, make_token
from timethief.services.asking.inquiries import NewInquiry, ask
from timethief.services.asking.letters import Desk
from timethief.services.asking.links import token_of
from timethief.services.cases.functions import first_function
from timethief.services.cases.opening import open_task_case
from timethief.services.cases.requests import ask_review
from timethief.services.mail_preferences import Unsubscribed, address_of
from timethief.services.organisations import NewUser, add_unit, add_user
from timethief.services.outbox import Mail, MailKind, queue
from timethief.services.people import as_actor
from timethief.services.playbook import add as add_example
from timethief.services.restructuring.marks import marks_of
from timethief.services.retention import place_hold
from timethief.storage.assumptions import tariffs_in_force
from timethief.storage.facts import facts_of
from timethief.storage.tables import (
    AnonymousReport,
    ApiToken,
    Base,
    Decision,
    FollowUp,
    Hold,
    Organisation,
    OutboxMail,
    Report,
    Requester,
    Restructuring,
    ReturnSign,
    SignOnMembership,
    SignOnRule,
    StaffCategory,
    Task,
    TaskImport,
    User,
    UserSession,
)

UNKNOWN = "zzzzzzzzzzzz"
UNKNOWN_UUID = "6f1f64c6-8f5b-4d0c-8f9e-4a1f8a2f6c11"


def who(role: str, code: str) -> str:
    """How the installation calls somebody of that role in that organisation."""
    return role if code == demonstration.CODE or role == OPERATOR else neighbour(role)


def things(installation: Installation, role: str, code: str) -> Mapping[str, str]:
    """What stands in an address in place of each of its parts; made where it is not there already.

    Args:
        installation: whose database.
        role: whose own things they are, where they are somebody's.
        code: of the organisation.
    """
    found: Mapping[str, str] = installation.change(
        lambda session: _things(session, installation, role, code)
    )
    return found


def _things(
    session: Session, installation: Installation, role: str, code: str
) -> Mapping[str, str]:
    now = datetime.now(UTC)
    own = session.scalars(select(Organisation.id).where(Organisation.code == code)).one()
    admin = _actor(session, installation.emails[who("admin", code)])
    somebody = _actor(session, installation.emails[who(role, code)])
    invited = add_invitation(
        session, own, NewInvitation(f"ny.{code}@example.org", "Ny", Role.STAFF), now
    )
    spare = add_user(
        session, own, NewUser(f"reserv.{code}@example.org", "Rut", Role.STAFF, None, None, None)
    )
    unit = add_unit(session, own, "reserv", "Reserven", Sector.OTHER)
    token = NewToken("Till testet", Scope.READ, now.date() + timedelta(days=30))
    make_token(session, somebody, token, now.date(), now)
    place_hold(session, admin, Kind.REPORTS, "", "Begärt utlämnande", now)
    add_rule(session, admin, Rule("groups", f"reserv-{code}", Role.STAFF, None), now)
    mail = Mail(own, f"ny.{code}@example.org", MailKind.NOTICE, "prov", "Ämne", "Text")
    queue(session, mail, now)
    operator = _actor(session, installation.emails[OPERATOR])
    add_membership(session, operator, code, "organisation", f"reserv-{code}", now)
    practice = Practice("Slopad rapport", "", "Vi frågade.", "", Action.REMOVE)
    entry = add_example(
        session,
        _actor(session, installation.emails[who("support", code)]),
        practice,
        f"prov-{code}-{role}",
        now,
    )
    session.flush()
    reviewer = _actor(session, installation.emails[who("support", code)])
    inquiry = _inquiry(session, own, reviewer, now)
    return {
        "entry_id": to_text(entry),
        "task_id": _latest(session, Task, own),
        "restructuring_id": _restructuring(session, own),
        "requester_id": _requester(session, own),
        "requirement_id": _requirement(session, own),
        "inquiry_id": to_text(inquiry),
        **_of_cases(session, own, somebody, now),
        "mail_token": _mail_token(installation, somebody, now),
        "answer_token": token_of(installation.app.config["SECRET_KEY"], own, inquiry),
        "user_id": to_text(spare),
        "unit_id": to_text(unit),
        "category_id": _latest(session, StaffCategory, own),
        "invitation_id": to_text(invited.invitation_id),
        "token": invited.token,
        "token_id": _latest(
            session, ApiToken, somebody.organisation_id, ApiToken.user_id == somebody.user_id
        ),
        "log_in_id": _latest(
            session,
            UserSession,
            somebody.organisation_id,
            UserSession.user_id == somebody.user_id,
        ),
        "hold_id": _latest(session, Hold, own),
        "rule_id": _latest(session, SignOnRule, own),
        "mail_id": _latest(session, OutboxMail, own),
        "membership_id": _latest(session, SignOnMembership, own),
        "intake": _anonymous(session, own),
        "log": _report(session, somebody),
        "import_id": _import(session, somebody, now),
        "part": "take_away",
        "key": UNKNOWN,
        "follow_up_id": to_text(_follow_up(session, own, now)),
        "sign_id": to_text(_sign(session, own)),
        "version": "0",
        **raised(session, own, reviewer, now),
    }


def _follow_up(session: Session, own: int, now: datetime) -> int:
    """A question about a decision that waits for an answer."""
    task = session.scalars(select(Task).where(Task.organisation_id == own).limit(1)).one()
    support = _support(session, own)
    facts = facts_of(task, (), tariffs_in_force(session, own, now.date()))
    occasions = {per.value: count for per, count in Policy().occasions.items()}
    decision = Decision(
        organisation_id=own,
        number=f"2020-{session.scalar(select(func.count()).select_from(Decision)):04}",
        task_id=task.id,
        title=task.title,
        folded_text=folded(task.title),
        outcome="simplify",
        reason="Den kan vara kortare.",
        user_id=support,
        capacity="",
        decided_at=now - timedelta(days=100),
        baseline={
            "minutes": facts.minutes_range(Policy()).likely,
            "times": task.times,
            "per": task.per,
            "people": task.people,
            "occasions": occasions,
        },
        expected_low=1.0,
        expected_likely=2.0,
        expected_high=3.0,
        allotment={},
        status_before=task.status,
        state="replaced",
    )
    session.add(decision)
    session.flush()
    row = FollowUp(
        organisation_id=own,
        decision_id=decision.id,
        task_id=task.id,
        months=3,
        due_on=now.date(),
        state="asked",
        asked_at=now,
        comment="",
        version=0,
    )
    session.add(row)
    session.flush()
    return row.id


def _support(session: Session, own: int) -> int:
    query = select(User.id).where(User.organisation_id == own, User.role == Role.SUPPORT.value)
    return session.scalars(query.limit(1)).one()


def _sign(session: Session, own: int) -> int:
    """A report that resembles a task."""
    task = session.scalars(select(Task.id).where(Task.organisation_id == own).limit(1)).one()
    row = ReturnSign(
        organisation_id=own,
        task_id=task,
        report_id=uuid.UUID(_anonymous(session, own)),
        noticed_on=make.TODAY,
        state="open",
    )
    session.add(row)
    session.flush()
    return row.id


def _import(session: Session, somebody: Actor, now: datetime) -> str:
    """A file that has been read and waits for the choice."""
    row = TaskImport(
        organisation_id=somebody.organisation_id,
        user_id=somebody.user_id,
        file_name="lista.xlsx",
        digest="",
        language="sv",
        state=ImportState.PREVIEW.value,
        made_at=now,
        rows_total=1,
        rows_right=1,
    )
    session.add(row)
    session.flush()
    return to_text(row.id)


def _restructuring(session: Session, own: int) -> str:
    """A merge of nothing into a task, which can be undone."""
    task = session.get_one(Task, from_text(_latest(session, Task, own)))
    row = Restructuring(
        organisation_id=own,
        kind="merge",
        task_id=task.id,
        done_at=datetime.now(UTC),
        version_after=task.version,
        before={
            "unit_id": to_text(task.unit_id),
            "figures_by": task.figures_by,
            "signals": [],
            "reports": [],
            "added_uses": [],
        },
    )
    session.add(row)
    session.flush()
    row.before = {**row.before, "marks": marks_of(session, task.id)}
    return to_text(row.id)


def _requirement(session: Session, own: int) -> str:
    """A requirement that a task answers; what does not exist where there is none."""
    query = select(Task.requirement_id).where(
        Task.organisation_id == own, Task.requirement_id.is_not(None)
    )
    found = session.scalars(query.limit(1)).first()
    return UNKNOWN if found is None else to_text(found)


def _of_cases(session: Session, own: int, somebody: Actor, now: datetime) -> dict[str, str]:
    """A function, and a case; where the actor is of the organisation's staff, the actor's own request."""
    task = from_text(_latest(session, Task, own))
    asker = somebody if somebody.organisation_id == own else None
    if asker is None or not asker.may(Permission.LOG_TASKS):
        case = open_task_case(session, own, task, CaseOrigin.QUEUE, now)
        request = UNKNOWN
    else:
        made = ask_review(session, asker, task, "Varför så ofta?", f"prov-{asker.user_id}", now)
        case = open_task_case(session, own, task, CaseOrigin.QUEUE, now)
        request = to_text(made)
    return {
        "case_id": to_text(case.id),
        "request_id": request,
        "function_id": to_text(first_function(session, own).id),
    }


def _inquiry(session: Session, own: int, reviewer: Actor, now: datetime) -> int:
    """A question to a requester that waits for an answer."""
    task = session.scalars(select(Task.id).where(Task.organisation_id == own).limit(1)).one()
    new = NewInquiry(now.date() + timedelta(days=21), task, None, f"{to_text(own)}@example.org")
    return ask(session, reviewer, new, Desk("http://localhost", "", sends=False), make.key(), now)


def _actor(session: Session, email: str) -> Actor:
    return as_actor(session.scalars(select(User).where(User.email == email)).one())


def _latest(session: Session, table: type[Base], own: int, *more: object) -> str:
    """One of the organisation's; which does not matter."""
    kind: type = table
    query = select(kind.id).where(kind.organisation_id == own, *more)  # type: ignore[attr-defined, arg-type]
    return to_text(session.scalars(query.limit(1)).one())


def _mail_token(installation: Installation, whose: Actor, now: datetime) -> str:
    of = Unsubscribed(whose.organisation_id, whose.user_id, MailKind.CASE)
    return address_of("", installation.app.config["SECRET_KEY"], of, now).rpartition("/")[2]


def _requester(session: Session, own: int) -> str:
    query = select(Requester.id).where(
        Requester.organisation_id == own, Requester.successor_id.is_(None)
    )
    return to_text(session.scalars(query.limit(1)).one())


def _anonymous(session: Session, own: int) -> str:
    """An anonymous report that reviewers see."""
    row = AnonymousReport(
        organisation_id=own,
        title="Något som tar tid",
        use_answer=UseAnswer.UNKNOWN.value,
        status=IntakeStatus.RECEIVED.value,
        shown_status=IntakeStatus.RECEIVED.value,
        released_week="2026-W10",
    )
    session.add(row)
    session.flush()
    return str(row.id)


def _report(session: Session, somebody: Actor) -> str:
    """A report of that person that waits for somebody to complete it."""
    row = Report(
        organisation_id=somebody.organisation_id,
        user_id=somebody.user_id,
        title="Något annat",
        use_answer=UseAnswer.UNKNOWN.value,
        sent_on=make.TODAY,
    )
    session.add(row)
    session.flush()
    return str(row.id)


FIXED = {
    ("set-up", "name"): "organisation",
    ("retention", "kind"): "reports",
    ("jobs", "name"): "tidy",
    ("mask", "kind"): "task",
}
"""Parts of addresses that name a thing of the service, the same everywhere."""


def address(rule: str, named: Mapping[str, str] | None, code: str = demonstration.CODE) -> str:
    """The rule with things in the place of its parts; with none at all, with what does not exist."""
    parts = []
    for part in rule.split("/"):
        name = part.strip("<>").rpartition(":")[2]
        if not part.startswith("<"):
            parts.append(part)
        elif name in ("name", "kind"):
            parts.append(
                next(value for (at, n), value in FIXED.items() if n == name and at in rule)
            )
        elif name == "decision_id>.json":
            parts.append((UNKNOWN if named is None else named["decision_id"]) + ".json")
        elif name == "reference":
            parts.append(UNKNOWN if named is None else named["task_id"])
        elif name == "code":
            parts.append(code)
        elif name == "report_id":
            own = "intake" if "intake" in rule else "log"
            parts.append(UNKNOWN_UUID if named is None else named[own])
        else:
            parts.append(UNKNOWN if named is None else named[name])
    return "/".join(parts)


__all__ = ["NEIGHBOUR", "address", "things", "who"]
