"""What is stored. Rows have no behaviour: rules are in the domain, changes in the services.

Everything but the shared registers belongs to one organisation.
"""

from timethief.storage.tables.assessments import AssessmentRow, Total
from timethief.storage.tables.base import Base
from timethief.storage.tables.organisations import (
    Organisation,
    PolicyVersion,
    StaffCategory,
    Tariff,
    Unit,
)
from timethief.storage.tables.people import User, UserSession
from timethief.storage.tables.reports import Report, SentForm
from timethief.storage.tables.requesters import Requester, RequesterAlias, Requirement
from timethief.storage.tables.tasks import Task, TaskSignal, TaskUse, UseStatement
from timethief.storage.tables.traces import TaskEvent

__all__ = [
    "AssessmentRow",
    "Base",
    "Organisation",
    "PolicyVersion",
    "Report",
    "Requester",
    "RequesterAlias",
    "Requirement",
    "SentForm",
    "StaffCategory",
    "Tariff",
    "Task",
    "TaskEvent",
    "TaskSignal",
    "TaskUse",
    "Total",
    "Unit",
    "UseStatement",
    "User",
    "UserSession",
]
