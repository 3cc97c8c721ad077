"""The trail of administrative acts: which acts leave a trace, and in what form.

It tells what was done to the organisation's rules, rights and texts. It never tells that somebody logged in, read
or reported: it is no record of persons.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from timethief.domain.identifiers import to_text


class Act(StrEnum):
    """What was done. Each has its words in `timethief.reports.audit`."""

    TARIFF_ADOPTED = "tariff_adopted"
    STAFF_CATEGORY_ADDED = "staff_category_added"
    STAFF_CATEGORY_RENAMED = "staff_category_renamed"
    POLICY_ADOPTED = "policy_adopted"
    UNIT_ADDED = "unit_added"
    UNIT_CHANGED = "unit_changed"
    UNIT_REMOVED = "unit_removed"
    UNITS_IMPORTED = "units_imported"
    TASKS_IMPORTED = "tasks_imported"
    IMPORT_UNDONE = "import_undone"
    REQUESTER_CHANGED = "requester_changed"
    REQUESTERS_MERGED = "requesters_merged"
    ORGANISATION_CHANGED = "organisation_changed"
    ORGANISATION_SET_UP = "organisation_set_up"
    PERSON_INVITED = "person_invited"
    INVITATION_WITHDRAWN = "invitation_withdrawn"
    PERSON_ADDED = "person_added"
    PERSON_CHANGED = "person_changed"
    ROLE_CHANGED = "role_changed"
    MEMBERSHIP_ENDED = "membership_ended"
    MEMBERSHIP_RESTORED = "membership_restored"
    LOG_INS_ENDED = "log_ins_ended"
    PASSWORD_LINK_MADE = "password_link_made"  # noqa: S105
    TOKEN_MADE = "token_made"  # noqa: S105 - a name of an act
    TOKEN_REVOKED = "token_revoked"  # noqa: S105
    ORGANISATION_ADDED = "organisation_added"
    ORGANISATION_CLOSED = "organisation_closed"
    ORGANISATION_OPENED = "organisation_opened"
    TASK_REVIEWED = "task_reviewed"
    """Stands for every act of office on a task. Those are in the history of the task, and are not recorded twice."""
    INQUIRY_SENT = "inquiry_sent"
    INQUIRY_WITHDRAWN = "inquiry_withdrawn"
    RULE_CONFIRMED = "rule_confirmed"
    TEXT_MASKED = "text_masked"
    RETENTION_SET = "retention_set"
    HOLD_PLACED = "hold_placed"
    HOLD_LIFTED = "hold_lifted"
    ARCHIVE_TAKEN_OUT = "archive_taken_out"
    RECORD_TAKEN_OUT = "record_taken_out"
    REPORTING_MODE_CHANGED = "reporting_mode_changed"
    REPORTING_CODE_RENEWED = "reporting_code_renewed"
    JOB_ASKED_FOR = "job_asked_for"
    MAIL_TRIED_AGAIN = "mail_tried_again"
    STATEMENTS_CHANGED = "statements_changed"
    OPEN_DATA_CHANGED = "open_data_changed"
    OPEN_DATA_TAKEN_OUT = "open_data_taken_out"
    PLAYBOOK_ENTRY_ADDED = "playbook_entry_added"
    PLAYBOOK_ENTRY_CHANGED = "playbook_entry_changed"
    PLAYBOOK_ENTRY_REMOVED = "playbook_entry_removed"
    FUNCTION_ADDED = "function_added"
    FUNCTION_CHANGED = "function_changed"
    SIGN_ON_CHANGED = "sign_on_changed"
    SIGN_ON_RULES_CHANGED = "sign_on_rules_changed"
    SIGN_ON_MEMBERSHIPS_CHANGED = "sign_on_memberships_changed"


_SECRET = ("password", "token", "secret", "hash", "receipt", "recovery")
"""Parts of names whose values never stand in the trail."""


def told(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as the trail keeps them: plain, with identifiers as they stand in addresses.

    Raises:
        ValueError: a value that opens something would be written down; a fault of ours.
    """
    for name in values:
        if any(part in name for part in _SECRET):
            message = f"{name} never stands in the trail"
            raise ValueError(message)
    return {name: _plain(name, value) for name, value in values.items()}


def _plain(name: str, value: Any) -> Any:  # noqa: ANN401 - any value that JSON can hold, and some that it cannot
    if isinstance(value, Mapping):
        return told(value)
    if isinstance(value, (list, tuple, set, frozenset)):
        parts = sorted(value, key=str) if isinstance(value, (set, frozenset)) else value
        return [_plain(name.removesuffix("s"), part) for part in parts]
    if isinstance(value, int) and not isinstance(value, bool) and _names_a_row(name):
        return to_text(value)
    if isinstance(value, (StrEnum, uuid.UUID)):
        return str(value)
    return value.isoformat() if isinstance(value, (date, datetime)) else value


def _names_a_row(name: str) -> bool:
    return name == "id" or name.endswith("_id")
