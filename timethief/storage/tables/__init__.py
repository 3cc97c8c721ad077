"""What is stored. Rows have no behaviour: rules are in the domain, changes in the services.

Everything but the shared registers belongs to one organisation.
"""

from timethief.storage.tables.accounts import RecoveryCode, SecondFactor, WrongTries
from timethief.storage.tables.anonymous import (
    AnonymousForm,
    AnonymousMessage,
    AnonymousReport,
    ReceiptSalt,
)
from timethief.storage.tables.api_requests import ApiRequest
from timethief.storage.tables.assessments import AssessmentRow, Total
from timethief.storage.tables.base import Base
from timethief.storage.tables.cases import (
    AutomationCandidate,
    Case,
    CaseAnswer,
    GateAnswer,
    ReviewRequest,
    SeenTask,
)
from timethief.storage.tables.decisions import (
    Decision,
    EscalationStep,
    FollowUp,
    FreedTime,
    Opinion,
    ReturnSign,
)
from timethief.storage.tables.figures import PublishedFigure, PublishedMonth
from timethief.storage.tables.functions import FunctionMember, SupportFunction
from timethief.storage.tables.imports import ImportColumn, ImportedChange, TaskImport
from timethief.storage.tables.inquiries import Inquiry
from timethief.storage.tables.invitations import Invitation, PasswordLink
from timethief.storage.tables.jobs import JobRun, SchedulerLease
from timethief.storage.tables.mail import OutboxMail
from timethief.storage.tables.organisations import (
    Organisation,
    PolicyVersion,
    StaffCategory,
    Tariff,
    Unit,
)
from timethief.storage.tables.own_time import MailPreference, OwnTime
from timethief.storage.tables.people import User, UserSession
from timethief.storage.tables.playbook import PlaybookEntry
from timethief.storage.tables.reports import Report, SentForm
from timethief.storage.tables.requesters import Requester, RequesterAlias, Requirement
from timethief.storage.tables.restructurings import RestructuredTask, Restructuring
from timethief.storage.tables.sign_on import SignOn, SignOnMembership, SignOnRule, UsedAnswer
from timethief.storage.tables.tasks import Task, TaskSignal, TaskUse, UseStatement
from timethief.storage.tables.tokens import ApiToken
from timethief.storage.tables.traces import AuditEvent, Hold, RetentionRule, TaskEvent, Weeding

__all__ = [
    "AnonymousForm",
    "AnonymousMessage",
    "AnonymousReport",
    "ApiRequest",
    "ApiToken",
    "AssessmentRow",
    "AuditEvent",
    "AutomationCandidate",
    "Base",
    "Case",
    "CaseAnswer",
    "Decision",
    "EscalationStep",
    "FollowUp",
    "FreedTime",
    "FunctionMember",
    "GateAnswer",
    "Hold",
    "ImportColumn",
    "ImportedChange",
    "Inquiry",
    "Invitation",
    "JobRun",
    "MailPreference",
    "Opinion",
    "Organisation",
    "OutboxMail",
    "OwnTime",
    "PasswordLink",
    "PlaybookEntry",
    "PolicyVersion",
    "PublishedFigure",
    "PublishedMonth",
    "ReceiptSalt",
    "RecoveryCode",
    "Report",
    "Requester",
    "RequesterAlias",
    "Requirement",
    "RestructuredTask",
    "Restructuring",
    "RetentionRule",
    "ReturnSign",
    "ReviewRequest",
    "SchedulerLease",
    "SecondFactor",
    "SeenTask",
    "SentForm",
    "SignOn",
    "SignOnMembership",
    "SignOnRule",
    "StaffCategory",
    "SupportFunction",
    "Tariff",
    "Task",
    "TaskEvent",
    "TaskImport",
    "TaskSignal",
    "TaskUse",
    "Total",
    "Unit",
    "UseStatement",
    "UsedAnswer",
    "User",
    "UserSession",
    "Weeding",
    "WrongTries",
]
