"""A whole task as another system tells it, before it is known what its words stand for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from timethief.domain.errors import Invalid, Invalids
from timethief.domain.intake import STATED_USES, ReportFacts, RequesterName, UseAnswer
from timethief.domain.ranges import Range
from timethief.domain.tasks import Automation, Frequency, Use
from timethief.domain.vocabulary import Binding, Signal


@dataclass(frozen=True, slots=True)
class NewTask:
    """Everything that is told of a task; the rest as in `timethief.domain.tasks.TaskFacts`.

    Attributes:
        unit: code or identifier.
        requester: by name, where `requester_id` is empty.
        staff_category, other_staff_category: codes; None where none is told.
        requirement: title of what the requester asks for; may be empty.
    """

    title: str
    unit: str
    minutes: float | Range
    frequency: Frequency
    people: int | Range
    requester: RequesterName | None = None
    requester_id: str = ""
    description: str = ""
    staff_category: str | None = None
    hourly_cost_sek: float | None = None
    requirement: str = ""
    binding: Binding = Binding.UNKNOWN
    legal_basis: str = ""
    uses: tuple[Use, ...] = ()
    achievable_minutes: float | None = None
    sufficient_frequency: Frequency | None = None
    other_staff_category: str | None = None
    other_hourly_cost_sek: float | None = None
    duplicate_share: float = 0.0
    automation: Automation | None = None
    signals: frozenset[Signal] = frozenset()

    def as_report(self, unit_id: int, category_id: int | None, requester_id: int) -> ReportFacts:
        """What one who does the work may say of it: the answers of the form for logging.

        Args:
            unit_id: of the unit that the words stand for.
            category_id: of the staff category; None where none is told.
            requester_id: of the requester.

        Raises:
            Invalids: fields that only a reviewer may fill in.
        """
        refused = [Invalid(field, "only_a_reviewer") for field in self._of_a_reviewer()]
        answer = _answer(self.uses)
        if refused or answer is None or isinstance(self.minutes, Range):
            raise Invalids(refused)
        return ReportFacts(
            title=self.title,
            description=self.description,
            minutes=self.minutes,
            frequency=self.frequency,
            people=self.people,
            unit_id=unit_id,
            staff_category_id=category_id,
            requester_id=requester_id,
            use=answer,
            worth_share=self.uses[0].worth.share if self.uses else None,
            achievable_minutes=self.achievable_minutes,
            signals=self.signals,
        )

    def _of_a_reviewer(self) -> Iterator[str]:
        """Fields that hold what staff are not asked for."""
        if isinstance(self.minutes, Range):
            yield "minutes"
        if self.binding is not Binding.UNKNOWN:
            yield "binding"
        if _answer(self.uses) is None:
            yield "uses"
        if self.duplicate_share:
            yield "duplicate_share"
        for name in ("requirement", "legal_basis"):
            if getattr(self, name):
                yield name
        for name in (
            *("hourly_cost_sek", "sufficient_frequency", "other_staff_category"),
            *("other_hourly_cost_sek", "automation"),
        ):
            if getattr(self, name) is not None:
                yield name


def _answer(uses: tuple[Use, ...]) -> UseAnswer | None:
    """Which of the form's answers the uses are; None for what the form cannot say."""
    if not uses:
        return UseAnswer.UNKNOWN
    if len(uses) > 1 or uses[0].worth.share is None:
        return None
    told = (uses[0].beneficiary, uses[0].purpose, uses[0].in_use)
    for answer, stated in STATED_USES.items():
        if stated is not None and told == (stated.beneficiary, stated.purpose, stated.in_use):
            return answer
    return None
