"""An assessment as it is answered. Held against the calls by the tests, not built for each answer."""

from __future__ import annotations

from pydantic import Field

from timethief.domain.vocabulary import Action, Cause, Verdict
from timethief.exchange.task_documents import Document
from timethief.i18n import N_


class HoursDocument(Document):
    """Hours a year as a range."""

    low: float = Field(examples=[150.0])
    likely: float = Field(examples=[200.0])
    high: float = Field(examples=[250.0])


class RemedyDocument(Document):
    """What could be done about the task."""

    action: Action
    annual_cost_hours: float = Field(
        description=N_("Hours a year that the task would cost then."), examples=[66.7]
    )
    annual_benefit_hours: float = Field(
        description=N_("Its benefit a year then, in hours."), examples=[100.0]
    )
    one_off_hours: float = Field(
        description=N_("Hours that the change itself takes, once."), examples=[16.0]
    )
    released_hours: float = Field(description=N_("Hours a year that are freed."), examples=[133.3])
    net_hours: float = Field(
        description=N_("Benefit less cost, and less the change shared out over its years."),
        examples=[28.0],
    )
    gain_hours: float = Field(
        description=N_("How much better that is than to go on as now."), examples=[128.0]
    )
    needs_requester: bool = Field(
        description=N_("Whether it takes the one who asks for the task."), examples=[False]
    )


class ExplanationDocument(Document):
    """Why, in both languages."""

    sv: str = Field(examples=["Kostar 200 timmar om året."])
    en: str = Field(examples=["Costs 200 hours a year."])


class AssessmentDocument(Document):
    """What follows from cost and benefit."""

    cost_hours: HoursDocument
    cost_sek: float = Field(examples=[120000.0])
    fte: float = Field(description=N_("Full-time equivalents."), examples=[0.125])
    benefit_hours: HoursDocument
    verdict: Verdict
    flagged: bool = Field(
        description=N_("Whether it is a time thief, wholly, probably or in part."), examples=[True]
    )
    cause: Cause | None = Field(description=N_("Why it is one; null where it is none."))
    recommended: Action = Field(description=N_("The remedy that gains most."))
    within_own_mandate: Action = Field(
        description=N_("The best remedy that needs nobody's consent.")
    )
    avoidable_hours: float = Field(
        description=N_("Hours a year that the recommended remedy takes away."), examples=[133.3]
    )
    gain_hours: float = Field(
        description=N_("What it gains in all, in hours a year."), examples=[128.0]
    )
    remedies: list[RemedyDocument]
    explanation: ExplanationDocument
    policy_version: int = Field(
        description=N_("Which version of the assumptions it rests on."), examples=[1]
    )
