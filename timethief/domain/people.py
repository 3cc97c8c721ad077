"""Who may do what: roles, permissions with a sentence each, and one table of grants."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from timethief.domain.errors import NotAllowed

INSTALLATION = "installation"
"""Code of the organisation whose people are the operators. It holds nothing else, so that they can see nothing else."""


class Role(StrEnum):
    """In which capacity somebody uses the service."""

    STAFF = "staff"
    SUPPORT = "support"
    LEADERSHIP = "leadership"
    ADMIN = "admin"
    OPERATOR = "operator"
    """Runs the installation, and sees nothing of what the organisations write."""


class Permission(StrEnum):
    """A right, with a sentence that says what it opens."""

    ANYONE = "anyone"
    """Pages that need no log-in."""
    LOG_TASKS = "log_tasks"
    """Send in a task, change or withdraw one's own report."""
    READ_INVENTORY = "read_inventory"
    """Read tasks, requesters and totals of one's own organisation: staff see what leadership sees."""
    REVIEW_TASKS = "review_tasks"
    """Fill in what staff cannot know, and confirm uses."""
    DECIDE_TASKS = "decide_tasks"
    """Decide what becomes of a task: keep, take away, change, raise. The manager of a unit within that unit only."""
    IMPORT_TASKS = "import_tasks"
    """Put a whole spreadsheet of tasks into the inventory, and take it out again."""
    MANAGE_TARIFFS = "manage_tariffs"
    """Change what an hour of a staff category costs."""
    MANAGE_ORGANISATION = "manage_organisation"
    """Change units, staff categories, requesters, policy, words and how staff may report."""
    SHARE_OPEN_DATA = "share_open_data"
    """See and take out the figures of the whole organisation that may be open to all."""
    MANAGE_PEOPLE = "manage_people"
    """Invite people, give and take roles, end log-ins and tokens, and say how log-in works."""
    READ_TRACES = "read_traces"
    """Read and take out the audit trail and everything else that the organisation owns."""
    OWN_ACCOUNT = "own_account"
    """See and change one's own log-ins, password and tokens."""
    OPERATE = "operate"
    """See the organisations by name, the scheduled jobs and the mail that waits."""


_EVERYBODY = frozenset(Role) - {Role.OPERATOR}
"""Of an organisation."""

GRANTS: dict[Permission, frozenset[Role]] = {
    Permission.LOG_TASKS: _EVERYBODY,
    Permission.READ_INVENTORY: _EVERYBODY,
    Permission.REVIEW_TASKS: frozenset({Role.SUPPORT}),
    Permission.DECIDE_TASKS: frozenset({Role.SUPPORT, Role.LEADERSHIP}),
    Permission.IMPORT_TASKS: frozenset({Role.SUPPORT, Role.ADMIN}),
    Permission.MANAGE_TARIFFS: frozenset({Role.ADMIN}),
    Permission.MANAGE_ORGANISATION: frozenset({Role.ADMIN}),
    Permission.SHARE_OPEN_DATA: frozenset({Role.LEADERSHIP, Role.ADMIN}),
    Permission.MANAGE_PEOPLE: frozenset({Role.ADMIN}),
    Permission.READ_TRACES: frozenset({Role.ADMIN}),
    Permission.OWN_ACCOUNT: frozenset(Role),
    Permission.OPERATE: frozenset({Role.OPERATOR}),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """The person who acts, as of this request.

    Attributes:
        user_id: the account.
        organisation_id: everything that is read or written is bound to it.
        role: the role held now; looked up anew for each request.
        unit_id: where the person works, if known.
        staff_category_id: what the person works as, if known.
        name: as shown to the person.
    """

    user_id: int
    organisation_id: int
    role: Role
    unit_id: int | None
    staff_category_id: int | None
    name: str

    def may(self, permission: Permission) -> bool:
        """Whether the role holds the right."""
        return permission is Permission.ANYONE or self.role in GRANTS[permission]


def ensure(actor: Actor, permission: Permission) -> None:
    """Refuse unless the actor holds the right.

    Raises:
        NotAllowed: names the right that it takes.
    """
    if not actor.may(permission):
        raise NotAllowed(permission)
