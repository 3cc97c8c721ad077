"""What a reviewer adds to a task: the things that staff cannot know."""

from __future__ import annotations

from dataclasses import dataclass, replace

from timethief.domain.ranges import Range
from timethief.domain.tasks import Automation, Frequency, TaskFacts, Use
from timethief.domain.vocabulary import Binding

MOST_USES = 6
"""That a reviewer can hold of one task."""


@dataclass(frozen=True, slots=True)
class Review:
    """The figures of a task as a reviewer sets them; from then on they count instead of the reports'.

    Attributes:
        uses: every use, in order, as the reviewer holds it.
        other_staff_category_id: who could do it as well.
    """

    minutes: float | Range
    frequency: Frequency
    people: int | Range
    binding: Binding
    legal_basis: str = ""
    achievable_minutes: float | None = None
    sufficient_frequency: Frequency | None = None
    other_staff_category_id: int | None = None
    duplicate_share: float = 0.0
    automation: Automation | None = None
    uses: tuple[Use, ...] = ()

    def applied_to(self, facts: TaskFacts, other_hourly_cost_sek: float | None) -> TaskFacts:
        """The task's facts with the reviewer's figures in place.

        Args:
            facts: as they are stored.
            other_hourly_cost_sek: tariff of `other_staff_category_id`; None where none is named.
        """
        return replace(
            facts,
            minutes=self.minutes,
            frequency=self.frequency,
            people=self.people,
            binding=self.binding,
            achievable_minutes=self.achievable_minutes,
            sufficient_frequency=self.sufficient_frequency,
            other_hourly_cost_sek=other_hourly_cost_sek,
            duplicate_share=self.duplicate_share,
            automation=self.automation,
            uses=self.uses,
        )
