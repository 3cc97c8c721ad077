"""The words for every code of the vocabulary, in one place."""

from __future__ import annotations

from contextvars import ContextVar

from timethief.i18n import N_, gettext

_LABELS: dict[str, dict[str, str]] = {
    "verdict": {
        "clear": N_("Time thief"),
        "probable": N_("Probable time thief"),
        "partial": N_("Partly a time thief"),
        "possible": N_("Cannot be decided yet"),
        "justified": N_("Justified administration"),
    },
    "cause": {
        "unknown_use": N_("Nobody knows what it is used for"),
        "unused": N_("It is not used"),
        "inefficient": N_("It could be done more simply"),
        "disproportionate": N_("It takes more than it gives"),
    },
    "action": {
        "remove": N_("Take it away"),
        "raise_with_requester": N_("Raise it with the requester"),
        "register_once": N_("Register once"),
        "automate": N_("Automate"),
        "simplify": N_("Simplify"),
        "reassign": N_("Move to other staff"),
        "reduce_frequency": N_("Do it less often"),
        "keep": N_("Keep"),
    },
    "level": {
        "own_organisation": N_("Own organisation"),
        "state": N_("The state"),
        "region": N_("Region"),
        "municipality": N_("Municipality"),
        "eu": N_("EU"),
        "other": N_("Other"),
    },
    "binding": {
        "law": N_("Law"),
        "agreement": N_("Agreement"),
        "internal_rule": N_("Own rule"),
        "custom": N_("Custom"),
        "unknown": N_("Not known"),
    },
    "beneficiary": {
        "citizen": N_("The citizen"),
        "own_unit": N_("The own unit"),
        "own_organisation": N_("The own organisation"),
        "requester": N_("The one who asks for it"),
        "other_authority": N_("Another authority"),
        "research": N_("Research"),
    },
    "purpose": {
        "legal_certainty": N_("Legal certainty"),
        "safety": N_("Safety"),
        "coordination": N_("Coordination"),
        "learning": N_("Learning and development"),
        "follow_up": N_("Follow-up"),
        "payment": N_("Payment"),
        "statistics": N_("Statistics"),
        "self_protection": N_("To cover one's back"),
        "other": N_("Other use"),
    },
    "in_use": {
        "confirmed": N_("Confirmed use"),
        "believed": N_("Believed to be used"),
        "unknown": N_("Not known whether it is used"),
        "not_used": N_("Not used"),
    },
    "source": {
        "performer": N_("Those who do it"),
        "receiver": N_("Those who receive it"),
        "reviewer": N_("Reviewer"),
    },
    "per": {
        "calendar_day": N_("every day of the year"),
        "working_day": N_("per working day"),
        "week": N_("per week"),
        "month": N_("per month"),
        "quarter": N_("per quarter"),
        "half_year": N_("per half-year"),
        "year": N_("per year"),
    },
    "signal": {
        "double_entry": N_("Double entry"),
        "manual_transfer": N_("Copied by hand between systems"),
        "old_system": N_("Old or awkward system"),
        "rarely_used_system": N_("A system we seldom use"),
        "paper": N_("Paper or fax"),
        "wrong_staff": N_("The wrong people do it"),
        "wrong_addressee": N_("Asked of the wrong person"),
        "needs_signature": N_("Has to be signed"),
        "too_detailed": N_("More detailed than needed"),
        "changed_format": N_("The form keeps changing"),
        "many_requesters": N_("Several ask for the same thing"),
        "no_feedback": N_("No feedback"),
        "cover_back": N_("Done to cover one's back"),
        "meeting": N_("Meeting"),
        "legacy_routine": N_("Has always been done"),
        "support_withdrawn": N_("The support was withdrawn"),
        "practical_fault": N_("Something does not work"),
        "internal_market": N_("Internal buying and selling"),
        "grant": N_("State grant"),
    },
    "sector": {
        "care": N_("Care"),
        "school": N_("School"),
        "social_services": N_("Social services"),
        "health": N_("Health care"),
        "administration": N_("Administration"),
        "other": N_("Other sector"),
    },
    "status": {
        "reported": N_("Reported"),
        "in_review": N_("In review"),
        "decided": N_("Decided"),
        "done": N_("Done"),
        "kept": N_("Kept"),
        "stopped": N_("Stopped"),
    },
    "role": {
        "staff": N_("Staff"),
        "support": N_("Support function"),
        "leadership": N_("Leadership"),
        "admin": N_("Administrator"),
        "operator": N_("Operator of the installation"),
    },
    "log_in": {
        "password": N_("Password"),
        "sign_on": N_("The organisation's log-in"),
        "none": N_("No password yet"),
    },
    "scope": {
        "read": N_("Read"),
        "write": N_("Read and change"),
    },
    "organisation_kind": {
        "municipality": N_("Municipality"),
        "region": N_("Region"),
        "state_agency": N_("State agency"),
        "other": N_("Other"),
    },
    "use_answer": {
        "citizen": N_("It benefits the citizen"),
        "somebody_else": N_("Somebody else needs it"),
        "nobody": N_("Nobody uses it"),
        "unknown": N_("Don't know"),
    },
    "sort": {
        "avoidable": N_("Most hours to free"),
        "cost": N_("Takes most time"),
        "gain": N_("Most to gain"),
        "newest": N_("Newest"),
    },
    "event": {
        "logged": N_("Was logged"),
        "joined": N_("One more said the same thing"),
        "changed": N_("A report was changed"),
        "withdrawn": N_("A report was withdrawn"),
        "reviewed": N_("Was reviewed"),
        "from_anonymous": N_("Stems from an anonymous report"),
        "completed": N_("What was missing in a report was added"),
        "imported": N_("Was changed by an import"),
        "requester_answered": N_("The requester answered"),
        "review_requested": N_("Somebody asked that it be tried"),
        "taken": N_("Was taken care of"),
        "routed": N_("Was handed on"),
        "merged": N_("Was merged with another task"),
        "split": N_("Was split in two"),
        "restructuring_undone": N_("A merge or a split was undone"),
        "gate_answered": N_("A question before automation was answered"),
        "decided": N_("Was decided"),
        "decision_undone": N_("A decision was taken back"),
        "carried_out": N_("What was decided was done"),
        "followed_up": N_("Those who do it told what it takes now"),
        "came_back": N_("Whether it has come back after it was stopped"),
        "confirmed_needed": N_("Was looked at: still needed"),
    },
    "belongs": {
        "rest": N_("To what stays"),
        "part": N_("To the part"),
        "both": N_("To both"),
    },
    "function_kind": {
        "service_desk": N_("Service desk: mends what is broken"),
        "support": N_("Support function: develops, automates, does administration"),
        "higher_instance": N_("Higher instance: may end what a unit may not"),
    },
    "case_route": {
        "local_fix": N_("To the service desk"),
        "support_function": N_("To a support function"),
        "unit_manager": N_("To the unit manager"),
        "higher_instance": N_("To a higher instance"),
        "requester": N_("To the requester"),
        "rule_owner": N_("To the owner of the rule"),
    },
    "case_origin": {
        "report": N_("A report that waits"),
        "review_request": N_("Somebody asked that it be tried"),
        "queue": N_("Taken from the queue"),
        "returned": N_("Seems to have come back"),
        "review_date": N_("Its review date has passed"),
        "not_freed": N_("The unit says no time was freed"),
    },
    "case_closed_as": {
        "decided": N_("Decided"),
        "local_fix": N_("Handed to the service desk"),
        "made_task": N_("In the inventory"),
        "merged": N_("Part of another task"),
        "answered": N_("Answered"),
        "withdrawn": N_("Taken back"),
    },
    "gate_answer": {
        "done": N_("It has been done"),
        "not_possible": N_("Not possible"),
        "not_relevant": N_("Not relevant"),
    },
    "follow_up_state": {
        "waiting": N_("Not asked yet"),
        "asked": N_("Waits for an answer"),
        "answered": N_("Answered"),
        "cancelled": N_("Not asked any more"),
    },
    "follow_up_answer": {
        "gone": N_("Gone altogether"),
        "less": N_("Less"),
        "same": N_("As much as before"),
        "more": N_("More than before"),
        "unknown": N_("Don't know"),
    },
    "return_state": {
        "open": N_("Nobody has looked yet"),
        "came_back": N_("It has come back"),
        "something_else": N_("It was something else"),
    },
    "outcome": {
        "keep": N_("Keep (justified administration)"),
        "remove": N_("Take it away"),
        "automate": N_("Automate"),
        "register_once": N_("Register once"),
        "simplify": N_("Simplify"),
        "move": N_("Move to other staff"),
        "reduce_frequency": N_("Do it less often"),
        "raise": N_("Raise it"),
        "refuse_requirement": N_("Say no to the requirement"),
        "trial": N_("Pause on trial"),
    },
    "decision_state": {
        "in_force": N_("In force"),
        "carried_out": N_("Done"),
        "replaced": N_("Replaced by a later decision"),
        "undone": N_("Was undone"),
    },
    "freed_for": {
        "core_work": N_("Core work"),
        "quality": N_("Better quality"),
        "less_overtime": N_("Less overtime"),
        "cash": N_("Lower cost"),
        "not_realised": N_("Cannot be used"),
    },
    "stance": {
        "agrees": N_("Agrees"),
        "dissents": N_("Thinks otherwise"),
        "remarks": N_("Remark"),
    },
    "rung": {
        "rule_owner": N_("The owner of the rule"),
        "requester": N_("The one who asks for it"),
        "above_requester": N_("Above the one who asks"),
        "association": N_("SKR or another association"),
        "government": N_("The government"),
    },
    "step_state": {
        "planned": N_("Planned"),
        "sent": N_("Sent"),
        "agreed": N_("They agree"),
        "refused": N_("They say no"),
        "no_answer": N_("No answer"),
    },
    "compliance": {
        "fully": N_("Fully"),
        "partly": N_("Partly"),
        "not": N_("Not"),
    },
    "licence": {
        "cc0": N_("CC0: anybody may use the data as they like"),
        "cc_by": N_("CC BY: anybody may use the data who says where they are from"),
    },
    "language": {
        "sv": N_("Swedish"),
        "en": N_("English"),
    },
    "client_word": {
        "citizen": N_("Citizens"),
        "patient": N_("Patients"),
        "pupil": N_("Pupils"),
        "client": N_("Clients"),
        "customer": N_("Customers"),
    },
    "reporting_mode": {
        "open": N_("Open: with log-in"),
        "pseudonymous": N_("Log-in needed, but nothing of it is kept"),
        "anonymous": N_("Anonymous: without log-in"),
    },
    "intake_status": {
        "received": N_("Received"),
        "reading": N_("We are looking at it"),
        "asked": N_("We have a question"),
        "used": N_("It is in the inventory"),
        "closed": N_("Answered"),
    },
    "side": {
        "writer": N_("The writer"),
        "reviewer": N_("The reviewers"),
    },
    "inquiry_state": {
        "waiting": N_("Waiting for an answer"),
        "late": N_("Has not answered"),
        "answered": N_("Has answered"),
        "withdrawn": N_("Taken back"),
    },
    "used": {
        "yes": N_("Yes, we use it"),
        "no": N_("No, we do not use it"),
        "unknown": N_("Don't know"),
    },
    "relevant": {
        "yes": N_("Yes"),
        "partly": N_("In part"),
        "no": N_("No"),
        "unknown": N_("Don't know"),
    },
    "worth_it": {
        "more": N_("Yes, clearly more than that"),
        "yes": N_("Yes, about that much"),
        "simpler": N_("Only if it is done less often or in a simpler way"),
        "no": N_("No"),
        "unknown": N_("Don't know"),
    },
    "message_kind": {
        "addition": N_("Addition"),
        "answer": N_("Answer"),
        "question": N_("Question"),
    },
}


_OF_CLIENTS: dict[tuple[str, str], dict[str, str]] = {
    ("use_answer", "citizen"): {
        "citizen": N_("It benefits the citizen"),
        "patient": N_("It benefits the patient"),
        "pupil": N_("It benefits the pupil"),
        "client": N_("It benefits the client"),
        "customer": N_("It benefits the customer"),
    },
    ("beneficiary", "citizen"): {
        "citizen": N_("The citizen"),
        "patient": N_("The patient"),
        "pupil": N_("The pupil"),
        "client": N_("The client"),
        "customer": N_("The customer"),
    },
}
"""The words for those the organisation is there for: whole texts, since other languages bend the word."""

DEFAULT_CLIENT_WORD = "citizen"
_client_word: ContextVar[str] = ContextVar("client_word", default=DEFAULT_CLIENT_WORD)


def speak_of(client_word: str) -> None:
    """From now on in this context, those the organisation is there for are called so."""
    _client_word.set(client_word)


def _words(kind: str, code: str) -> str:
    of_clients = _OF_CLIENTS.get((kind, code))
    words = of_clients.get(_client_word.get()) if of_clients else None
    return words or _LABELS[kind][code]


def label(kind: str, code: str) -> str:
    """The words for a code, in the language in use.

    Args:
        kind: which list of the vocabulary: "verdict", "action", "level" and so on.
        code: its value there.
    """
    return gettext(_words(kind, code))


def labels(kind: str) -> dict[str, str]:
    """Every code of a list with its words, in the list's order."""
    return {code: gettext(_words(kind, code)) for code in _LABELS[kind]}
