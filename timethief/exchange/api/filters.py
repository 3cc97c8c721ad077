"""The filters that tasks, totals and files share."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from timethief.domain.identifiers import from_text
from timethief.domain.tasks import read_text
from timethief.domain.vocabulary import Action, Cause, Level, Signal, TaskStatus, Verdict
from timethief.exchange.api.queries import Identifier, TrueOrFalse
from timethief.exchange.task_documents import Document
from timethief.i18n import N_
from timethief.queries.filters import TaskFilter
from timethief.storage.search import LONGEST_QUERY

_REFERENCES = ("unit", "requester", "requirement", "staff_category")
_CODES = ("level", "verdict", "cause", "recommended", "signal", "status")


class FilterQuery(Document):
    """Which tasks. All conditions must be met."""

    unit: Identifier | None = Field(
        None, description=N_("Only tasks of this unit and those below it.")
    )
    requester: Identifier | None = Field(None, description=N_("Only what this requester asks for."))
    requirement: Identifier | None = Field(None, description=N_("Only what this one requires."))
    staff_category: Identifier | None = Field(
        None, description=N_("Only what this staff category does.")
    )
    level: Level | None = Field(None, description=N_("Only what this level asks for."))
    verdict: Verdict | None = Field(None, description=N_("Only tasks with this verdict."))
    flagged: TrueOrFalse | None = Field(
        None, description=N_("Only time thieves, wholly, probably or in part; or only the others.")
    )
    cause: Cause | None = Field(None, description=N_("Only time thieves of this cause."))
    recommended: Action | None = Field(
        None, description=N_("Only tasks where this remedy is recommended.")
    )
    signal: Signal | None = Field(None, description=N_("Only tasks with this reason ticked."))
    status: TaskStatus | None = Field(None, description=N_("Only tasks that have come this far."))
    q: str = Field(
        "", description=N_("Words to be found in title, description or the requester's name.")
    )

    def filter(self) -> TaskFilter:
        """The same as the queries take it.

        Raises:
            Invalid: the words cannot be read.
            NotFound: something that is no identifier.
        """
        found: dict[str, Any] = {
            name: from_text(getattr(self, name))
            for name in _REFERENCES
            if getattr(self, name) is not None
        }
        codes = {name: getattr(self, name) for name in _CODES}
        found |= {name: code.value for name, code in codes.items() if code is not None}
        return TaskFilter(**found, flagged=self.flagged, q=read_text(self.q, "q", LONGEST_QUERY))
