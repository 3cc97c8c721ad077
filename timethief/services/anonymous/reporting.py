"""How staff of an organisation may report, and the code that leads to the anonymous form."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy.orm import Session

from timethief.domain.anonymity import ReportingMode
from timethief.domain.audit import Act
from timethief.domain.people import Actor, Permission, ensure
from timethief.domain.reporting_codes import number_of_codes, reporting_code_of
from timethief.services import audit
from timethief.storage.tables import Organisation
from timethief.storage.turns import take_turn


def choose_mode(session: Session, actor: Actor, mode: ReportingMode, now: datetime) -> None:
    """Let staff report in this way from now on; the first time that it needs a code, one is made.

    Raises:
        NotAllowed: the actor may not change it.
    """
    ensure(actor, Permission.MANAGE_ORGANISATION)
    take_turn(session, actor.organisation_id)
    organisation = session.get_one(Organisation, actor.organisation_id)
    before = organisation.reporting_mode
    organisation.reporting_mode = mode.value
    if mode is not ReportingMode.OPEN and organisation.reporting_code is None:
        organisation.reporting_code = _new_code()
    if before != mode.value:
        audit.record(
            session,
            actor,
            Act.REPORTING_MODE_CHANGED,
            "organisation",
            before={"reporting_mode": before},
            after={"reporting_mode": mode.value},
            now=now,
        )


def renew_code(session: Session, actor: Actor, now: datetime) -> None:
    """A new code: posters and links with the old one lead nowhere from now on.

    Raises:
        NotAllowed: the actor may not change it.
    """
    ensure(actor, Permission.MANAGE_ORGANISATION)
    take_turn(session, actor.organisation_id)
    organisation = session.get_one(Organisation, actor.organisation_id)
    before = organisation.reporting_code
    organisation.reporting_code = _new_code()
    audit.record(
        session,
        actor,
        Act.REPORTING_CODE_RENEWED,
        "organisation",
        before={"reporting_code": before},
        after={"reporting_code": organisation.reporting_code},
        now=now,
    )


def _new_code() -> str:
    return reporting_code_of(secrets.randbelow(number_of_codes()))
