"""The closed lists of the model. The values are the public codes of API, spreadsheet and database."""

from __future__ import annotations

from enum import StrEnum


class Per(StrEnum):
    """What a frequency is counted in."""

    CALENDAR_DAY = "calendar_day"
    WORKING_DAY = "working_day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"


class Level(StrEnum):
    """Where in society a requester stands. The own organisation first: most is decided there."""

    OWN_ORGANISATION = "own_organisation"
    STATE = "state"
    REGION = "region"
    MUNICIPALITY = "municipality"
    EU = "eu"
    OTHER = "other"


class Binding(StrEnum):
    """What obliges us to do a task."""

    LAW = "law"
    AGREEMENT = "agreement"
    INTERNAL_RULE = "internal_rule"
    CUSTOM = "custom"
    UNKNOWN = "unknown"

    @property
    def needs_requester(self) -> bool:
        """Law and agreement cannot be set aside without the one who asks."""
        return self in (Binding.LAW, Binding.AGREEMENT)


class Beneficiary(StrEnum):
    """On whom the benefit of a use falls."""

    CITIZEN = "citizen"
    OWN_UNIT = "own_unit"
    OWN_ORGANISATION = "own_organisation"
    REQUESTER = "requester"
    OTHER_AUTHORITY = "other_authority"
    RESEARCH = "research"


class Purpose(StrEnum):
    """What a use is for."""

    LEGAL_CERTAINTY = "legal_certainty"
    SAFETY = "safety"
    COORDINATION = "coordination"
    LEARNING = "learning"
    FOLLOW_UP = "follow_up"
    PAYMENT = "payment"
    STATISTICS = "statistics"
    SELF_PROTECTION = "self_protection"
    OTHER = "other"


class InUse(StrEnum):
    """Is it really used? Only the receiver or a reviewer can confirm."""

    CONFIRMED = "confirmed"
    BELIEVED = "believed"
    UNKNOWN = "unknown"
    NOT_USED = "not_used"


class Source(StrEnum):
    """Who says what a use is worth; later ones are more authoritative."""

    PERFORMER = "performer"
    RECEIVER = "receiver"
    REVIEWER = "reviewer"


class Verdict(StrEnum):
    """What follows from cost and benefit."""

    CLEAR = "clear"
    PROBABLE = "probable"
    PARTIAL = "partial"
    POSSIBLE = "possible"
    JUSTIFIED = "justified"

    @property
    def flagged(self) -> bool:
        """A time thief, wholly, probably or in part."""
        return self in (Verdict.CLEAR, Verdict.PROBABLE, Verdict.PARTIAL)


class Cause(StrEnum):
    """Why a flagged task is a time thief."""

    UNKNOWN_USE = "unknown_use"
    UNUSED = "unused"
    INEFFICIENT = "inefficient"
    DISPROPORTIONATE = "disproportionate"


class Action(StrEnum):
    """The remedies, in the order in which they are listed and in which equals win."""

    REMOVE = "remove"
    RAISE_WITH_REQUESTER = "raise_with_requester"
    REGISTER_ONCE = "register_once"
    AUTOMATE = "automate"
    SIMPLIFY = "simplify"
    REASSIGN = "reassign"
    REDUCE_FREQUENCY = "reduce_frequency"
    KEEP = "keep"


IMPROVEMENTS = frozenset(
    {
        Action.REGISTER_ONCE,
        Action.AUTOMATE,
        Action.SIMPLIFY,
        Action.REASSIGN,
        Action.REDUCE_FREQUENCY,
    }
)
"""The remedies that keep the task and its benefit, and do it better."""


class Signal(StrEnum):
    """What makes a task take time, as ticked by the one who logs it. Never enters the figures."""

    DOUBLE_ENTRY = "double_entry"
    MANUAL_TRANSFER = "manual_transfer"
    OLD_SYSTEM = "old_system"
    RARELY_USED_SYSTEM = "rarely_used_system"
    PAPER = "paper"
    WRONG_STAFF = "wrong_staff"
    WRONG_ADDRESSEE = "wrong_addressee"
    NEEDS_SIGNATURE = "needs_signature"
    TOO_DETAILED = "too_detailed"
    CHANGED_FORMAT = "changed_format"
    MANY_REQUESTERS = "many_requesters"
    NO_FEEDBACK = "no_feedback"
    COVER_BACK = "cover_back"
    MEETING = "meeting"
    LEGACY_ROUTINE = "legacy_routine"
    SUPPORT_WITHDRAWN = "support_withdrawn"
    PRACTICAL_FAULT = "practical_fault"
    INTERNAL_MARKET = "internal_market"
    GRANT = "grant"


class Sector(StrEnum):
    """What a unit works with."""

    CARE = "care"
    SCHOOL = "school"
    SOCIAL_SERVICES = "social_services"
    HEALTH = "health"
    ADMINISTRATION = "administration"
    OTHER = "other"


class OrganisationKind(StrEnum):
    """What an organisation is."""

    MUNICIPALITY = "municipality"
    REGION = "region"
    STATE_AGENCY = "state_agency"
    OTHER = "other"


class ClientWord(StrEnum):
    """What an organisation calls those it is there for."""

    CITIZEN = "citizen"
    PATIENT = "patient"
    PUPIL = "pupil"
    CLIENT = "client"
    CUSTOMER = "customer"


class TaskStatus(StrEnum):
    """How far a task has come. The verdict is computed from the first moment; a decision is a person's."""

    REPORTED = "reported"
    IN_REVIEW = "in_review"
    DECIDED = "decided"
    DONE = "done"
    KEPT = "kept"
    STOPPED = "stopped"
