"""Who may do what: roles, permissions with a sentence each, and one table of grants."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from timethief.domain.errors import NotAllowed


class Role(StrEnum):
    """In which capacity somebody uses the service."""

    STAFF = "staff"
    SUPPORT = "support"
    LEADERSHIP = "leadership"
    ADMIN = "admin"


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
    MANAGE_TARIFFS = "manage_tariffs"
    """Change what an hour of a staff category costs."""


_EVERYBODY = frozenset(Role)

GRANTS: dict[Permission, frozenset[Role]] = {
    Permission.LOG_TASKS: _EVERYBODY,
    Permission.READ_INVENTORY: _EVERYBODY,
    Permission.REVIEW_TASKS: frozenset({Role.SUPPORT}),
    Permission.MANAGE_TARIFFS: frozenset({Role.ADMIN}),
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
