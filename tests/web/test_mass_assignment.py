"""T15: every field of every model, sent to every route that changes something, by every role below administrator."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from sqlalchemy import select

from tests.web.conftest import Installation
from timethief.domain.identifiers import to_text
from timethief.storage.tables import ApiToken, Base, User

LOWER_ROLES = ("staff", "support", "leadership")
AT_A_TIME = 150
HOSTILE = {
    "role": "admin",
    "status": "done",
    "verdict": "clear",
    "flagged": "1",
    "verified": "1",
    "active": "",
    "email": "angripare@example.org",
    "password_hash": "x",
    "scope": "write",
    "expires_on": "2099-01-01",
}
"""What somebody would like a field to be; all others are tried with the other organisation's identifier."""
MOVING = frozenset({"user_session", "wrong_tries", "sent_form", "job_run", "scheduler"})
"""Tables that tell of the requests themselves."""
OWN_TO_CHANGE = {"user_account": {"language", "last_seen_month"}}
DECIDERS_TO_CHANGE = {"task": {"version", "review_on", "reviewed_on"}}
"""Leadership says that a task is still needed."""
REVIEWED = frozenset(
    {"task", "task_signal", "task_use", "use_statement", "assessment", "total", "task_search"}
)
"""What reviewers are there to change; who owns it they do not."""
OWNERSHIP = ("id", "organisation_id", "user_id", "report_id")
Rows = Mapping[str, dict[Any, dict[str, Any]]]


def _fields(foreign: str) -> dict[str, str]:
    names = {column.name for table in Base.metadata.tables.values() for column in table.columns}
    return {name: HOSTILE.get(name, foreign) for name in sorted(names - {"key"})}


def _addresses(installation: Installation) -> Iterator[str]:
    known = {
        "task_id": installation.task_id,
        "requester_id": installation.requester_id,
        "user_id": _id_of(installation, "admin"),
        "code": "exempel",
    }
    for rule in installation.app.url_map.iter_rules():
        if "POST" in (rule.methods or set()) and rule.rule != "/logout":
            yield re.sub(
                r"<(?:\w+:)?(\w+)>",
                lambda found: known.get(found.group(1), "0123456789ab"),
                rule.rule,
            )


def _id_of(installation: Installation, who: str) -> str:
    query = select(User.id).where(User.email == installation.emails[who])
    return to_text(installation.ask(lambda session: session.scalars(query).one()))


def _rows(installation: Installation) -> Rows:
    with installation.database.reading_all() as session:
        found = {}
        for name, table in Base.metadata.tables.items():
            if name in MOVING:
                continue
            keys = [column.name for column in table.primary_key.columns]
            rows = [dict(row._mapping) for row in session.execute(select(table))]
            found[name] = {tuple(row[key] for key in keys): row for row in rows}
        return found


def _changes(before: Rows, after: Rows, role: str) -> list[str]:
    found = []
    for name, rows in before.items():
        may_change = role == "support" and name in REVIEWED
        for key, row in rows.items():
            now = after[name].get(key)
            if now is None:
                found += [] if may_change else [f"{name} {key} is gone"]
                continue
            own = OWN_TO_CHANGE.get(name, set())
            if role == "leadership":
                own = own | DECIDERS_TO_CHANGE.get(name, set())
            columns = OWNERSHIP if may_change else row.keys() - own
            found += [
                f"{name}.{column}: {row[column]!r} became {now[column]!r}"
                for column in columns
                if column in row and now[column] != row[column]
            ]
    return found


@pytest.mark.parametrize("role", LOWER_ROLES)
def test_no_field_of_a_model_changes_what_is_not_to_be_changed(
    either: Installation, role: str
) -> None:
    own = either.tasks()[0].organisation_id
    foreign = either.foreign.organisation_id
    query = select(User).where(User.email == either.emails[role])
    user = either.ask(lambda session: session.scalars(query).one())
    fields = list(_fields(to_text(foreign)).items())
    browser = either.browser(role)
    token = browser.get("/account").token
    before, statuses = _rows(either), set()

    for address in _addresses(either):
        for start in range(0, len(fields), AT_A_TIME):
            sent = dict(itertools.islice(fields, start, start + AT_A_TIME))
            answer = browser.post(address, sent | {"csrf_token": token})
            assert answer.status < 500, (address, answer.status)
            statuses.add(answer.status)
            if answer.headers.get("Location", "").startswith("/login"):  # the log-in was ended
                browser = either.log_in(role)
                token = browser.get("/account").token

    assert {302, 403, 404, 422} <= statuses
    after = _rows(either)
    assert _changes(before, after, role) == []
    for name, rows in after.items():
        for key in rows.keys() - before[name].keys():
            row = rows[key]
            assert row.get("organisation_id", own) == own, (name, row)
            assert row.get("user_id") in (None, user.id), (name, row)
            assert "role" not in row or row["role"] == user.role, (name, row)
    assert either.count(ApiToken) == 0
