"""The trail in words: what was done, to what, and what changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from typing import Any

from timethief.domain.audit import Act
from timethief.domain.retention import Kind
from timethief.i18n import N_, day, gettext, number
from timethief.reports.history import changes as task_changes
from timethief.reports.labels import label, labels
from timethief.reports.policy_numbers import NUMBERS
from timethief.reports.retention import kind_words

ACTS: dict[Act, str] = {
    Act.TARIFF_ADOPTED: N_("New tariff"),
    Act.STAFF_CATEGORY_ADDED: N_("New staff category"),
    Act.STAFF_CATEGORY_RENAMED: N_("Staff category got another name"),
    Act.POLICY_ADOPTED: N_("New policy"),
    Act.UNIT_ADDED: N_("New unit"),
    Act.UNIT_CHANGED: N_("Unit changed"),
    Act.UNIT_REMOVED: N_("Unit taken away"),
    Act.UNITS_IMPORTED: N_("Units read from a file"),
    Act.TASKS_IMPORTED: N_("Tasks imported from a file"),
    Act.IMPORT_UNDONE: N_("Import of tasks undone"),
    Act.REQUESTER_CHANGED: N_("Requester changed"),
    Act.REQUESTERS_MERGED: N_("Requesters merged"),
    Act.ORGANISATION_CHANGED: N_("The organisation's settings changed"),
    Act.ORGANISATION_SET_UP: N_("The organisation was set up"),
    Act.PERSON_INVITED: N_("Somebody was invited"),
    Act.INVITATION_WITHDRAWN: N_("Invitation taken back"),
    Act.PERSON_ADDED: N_("Somebody joined"),
    Act.PERSON_CHANGED: N_("Facts about a person changed"),
    Act.ROLE_CHANGED: N_("Role changed"),
    Act.MEMBERSHIP_ENDED: N_("Account closed"),
    Act.MEMBERSHIP_RESTORED: N_("Account opened again"),
    Act.LOG_INS_ENDED: N_("Log-ins ended"),
    Act.PASSWORD_LINK_MADE: N_("Link for a new password made"),
    Act.TOKEN_MADE: N_("New API token"),
    Act.TOKEN_REVOKED: N_("API token revoked"),
    Act.ORGANISATION_ADDED: N_("New organisation"),
    Act.ORGANISATION_CLOSED: N_("Organisation closed"),
    Act.ORGANISATION_OPENED: N_("Organisation opened again"),
    Act.TASK_REVIEWED: N_("Task reviewed or decided"),
    Act.INQUIRY_SENT: N_("A requester was asked"),
    Act.INQUIRY_WITHDRAWN: N_("A question to a requester was taken back"),
    Act.RULE_CONFIRMED: N_("An internal rule was said to be needed still, or that was taken back"),
    Act.TEXT_MASKED: N_("Words were masked"),
    Act.RETENTION_SET: N_("New rule for how long things are kept"),
    Act.HOLD_PLACED: N_("Weeding was stopped"),
    Act.HOLD_LIFTED: N_("Weeding was allowed again"),
    Act.ARCHIVE_TAKEN_OUT: N_("Everything was taken out for the archive"),
    Act.RECORD_TAKEN_OUT: N_("A record was taken out"),
    Act.REPORTING_MODE_CHANGED: N_("Way of reporting changed"),
    Act.REPORTING_CODE_RENEWED: N_("New code for anonymous reports"),
    Act.FUNCTION_ADDED: N_("New function that cases are handed to"),
    Act.FUNCTION_CHANGED: N_("Function that cases are handed to changed"),
    Act.JOB_ASKED_FOR: N_("Job asked for"),
    Act.MAIL_TRIED_AGAIN: N_("Mail tried again"),
    Act.PLAYBOOK_ENTRY_ADDED: N_("An example of what we did was added"),
    Act.PLAYBOOK_ENTRY_CHANGED: N_("An example of what we did was changed"),
    Act.PLAYBOOK_ENTRY_REMOVED: N_("An example of what we did was removed"),
    Act.STATEMENTS_CHANGED: N_("Facts for the pages on privacy and accessibility changed"),
    Act.OPEN_DATA_CHANGED: N_("Facts about open data changed"),
    Act.OPEN_DATA_TAKEN_OUT: N_("Open data was taken out"),
    Act.SIGN_ON_CHANGED: N_("Log-in by a provider changed"),
    Act.SIGN_ON_RULES_CHANGED: N_("Rules for log-in by a provider changed"),
    Act.SIGN_ON_MEMBERSHIPS_CHANGED: N_("Who belongs by log-in changed"),
}
_SUBJECTS = {
    "anonymous_report": N_("Anonymous report"),
    "api_token": N_("API token"),
    "archive": N_("Archive"),
    "hold": N_("Stopped weeding"),
    "import": N_("Import"),
    "inquiry": N_("Question to a requester"),
    "invitation": N_("Invitation"),
    "job": N_("Job"),
    "mail": N_("Mail"),
    "organisation": N_("Organisation"),
    "person": N_("Person"),
    "policy": N_("Policy"),
    "report": N_("Report"),
    "requester": N_("Requester"),
    "requirement": N_("Requirement"),
    "retention": N_("Rule for keeping"),
    "sign_on": N_("Log-in by a provider"),
    "sign_on_membership": N_("Belonging by log-in"),
    "sign_on_rule": N_("Rule for log-in"),
    "staff_category": N_("Staff category"),
    "task": N_("Task"),
    "unit": N_("Unit"),
}
_FIELDS = {
    "accessibility_contact": N_("Contact for accessibility"),
    "active": N_("Active"),
    "address": N_("Web address"),
    "aliases": N_("Other names"),
    "alternatives": N_("What one can do instead"),
    "assessed_how": N_("How it was tested"),
    "assessed_on": N_("When it was tested"),
    "button": N_("Text on the button"),
    "changed": N_("Changed units"),
    "claim": N_("Claim"),
    "client_id": N_("Client"),
    "client_word": N_("Word for those we are there for"),
    "code": N_("Code"),
    "compliance": N_("How far the service meets the rules"),
    "data_protection_officer": N_("Data protection officer"),
    "contact": N_("Contact"),
    "decided_on": N_("Day of the decision"),
    "decision": N_("Decision"),
    "default_role": N_("Role where no rule fits"),
    "due_on": N_("Answer wanted by"),
    "email": N_("E-mail address"),
    "expires_on": N_("In force until"),
    "headcount": N_("Employees"),
    "hourly_cost_sek": N_("What an hour costs"),
    "issuer": N_("Provider"),
    "key_to_provider_replaced": N_("Client secret replaced"),
    "kind": N_("Kind"),
    "language": N_("Language"),
    "legal_basis": N_("Legal basis"),
    "level": N_("Level"),
    "licence": N_("Licence"),
    "months": N_("Months"),
    "name": N_("Name"),
    "name_en": N_("Name in English"),
    "name_sv": N_("Name in Swedish"),
    "new": N_("New units"),
    "parent_id": N_("Unit above"),
    "place": N_("Place in the order"),
    "privacy_contact": N_("Contact for questions about personal data"),
    "reason": N_("Reason"),
    "reporting_code": N_("Code for anonymous reports"),
    "reporting_mode": N_("Way of reporting"),
    "requester_id": N_("Requester"),
    "reviewed_on": N_("Last looked at"),
    "role": N_("Role"),
    "scope": N_("Scope"),
    "sector": N_("Sector"),
    "set_up_on": N_("Set up"),
    "shortcomings": N_("What is not accessible, and why"),
    "smallest_count": N_("Fewest reports for a figure"),
    "source": N_("Source"),
    "staff_category_id": N_("Staff category"),
    "successor_id": N_("Successor"),
    "tasks": N_("Tasks"),
    "tasks_added": N_("Added tasks"),
    "tasks_changed": N_("Changed tasks"),
    "tasks_unchanged": N_("Unchanged tasks"),
    "texts": N_("Texts that were changed"),
    "unit_id": N_("Unit"),
    "updated_on": N_("Gone through"),
    "valid_from": N_("In force since"),
    "value": N_("Value"),
    "verified": N_("Verified"),
    "version": N_("Version"),
    "whistleblowing": N_("Whistle-blowing channel"),
}
_LISTS = {
    "client_word": "client_word",
    "compliance": "compliance",
    "default_role": "role",
    "kind": "organisation_kind",
    "language": "language",
    "level": "level",
    "licence": "licence",
    "reporting_mode": "reporting_mode",
    "role": "role",
    "scope": "scope",
    "sector": "sector",
}
BY_NOBODY = N_("The service itself")


def act_text(act: str) -> str:
    """What was done."""
    if act.startswith("task_") and act.removeprefix("task_") in labels("event"):
        return gettext("Task: %(event)s", event=label("event", act.removeprefix("task_")).lower())
    return gettext(ACTS[Act(act)]) if act in set(Act) else act.replace("_", " ")


def subject_text(subject: str) -> str:
    """What sort of thing it was done to."""
    known = _SUBJECTS.get(subject)
    return gettext(known) if known else subject.replace("_", " ")


def reference_text(subject: str, reference: str) -> str:
    """Which of them; a kind of thing that has a rule in its words."""
    if subject in ("retention", "hold") and reference in set(Kind):
        return kind_words(Kind(reference)).name
    return reference


def who_text(name: str, role: str) -> str:
    """Who did it, in which role: "Rut (administrator)"."""
    if not role:
        return gettext(BY_NOBODY)
    shown = label("role", role).lower() if role in labels("role") else role
    return f"{name or gettext('An account that is gone')} ({shown})"


def change_texts(
    act: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    names: Mapping[str, Mapping[str, str]] | None = None,
) -> list[str]:
    """Each thing that changed, as "Role: Staff -> Leadership"; what is new has no arrow.

    Args:
        act: what was done.
        before: as it stood.
        after: as it stands.
        names: what units and the like are called today, by the field that names them; else their identifier is shown.
    """
    if act.startswith("task_"):
        return task_changes(before, after)
    changed = [*before, *(name for name in after if name not in before)]
    found = []
    for name in changed:
        known = (names or {}).get(name, {})
        new = _value(name, after.get(name), known) if name in after else gettext("taken away")
        told = f"{_value(name, before[name], known)} \u2192 {new}" if name in before else new
        found.append(f"{field_text(name)}: {told}")
    return found


def field_text(name: str) -> str:
    """The name of what changed."""
    known = _FIELDS.get(name)
    return gettext(known) if known else _policy_text(name) or _plain(name)


def _policy_text(name: str) -> str:
    """The name of a number of the policy, such as `occasions.week`; empty where it is none."""
    kind, _, code = name.partition(".")
    if kind == "usage" and code in labels("in_use"):
        return label("in_use", code)
    wanted = (kind, code) if code else (kind,)
    return next((each.name_of_it for each in NUMBERS if each.path == wanted), "")


def _plain(name: str) -> str:
    return name.replace("_", " ").replace(".", " ").capitalize()


def _value(name: str, value: Any, known: Mapping[str, str]) -> str:  # noqa: ANN401 - as stored
    if value is None or value in ("", [], {}):
        return gettext("not stated")
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, int | float):
        return number(value, 4)
    if isinstance(value, list):
        return ", ".join(_value(name, part, known) for part in value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return known.get(value) or _words(name, value)


def _words(name: str, value: str) -> str:
    """A text as it is read: a code in its words, a day as a day."""
    if name == "kind" and value in set(Kind):
        return kind_words(Kind(value)).name
    if name in _LISTS and value in labels(_LISTS[name]):
        return label(_LISTS[name], value)
    if name.endswith("_on") or name == "valid_from":
        with suppress(ValueError):
            return day(date.fromisoformat(value))
    return value


def act_choices() -> list[tuple[str, str]]:
    """Every act with its words, by the words."""
    return sorted(((act.value, gettext(words)) for act, words in ACTS.items()), key=lambda a: a[1])
