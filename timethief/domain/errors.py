"""Every "no" of the system. The edges turn them into status codes, exit codes and sentences."""

from __future__ import annotations

from collections.abc import Iterable


class Refusal(Exception):
    """Something that was asked for is not done."""


class NotFound(Refusal):
    """It does not exist, or it belongs to another organisation: the two answer alike."""


class NotAllowed(Refusal):
    """The one who asks lacks the right; `permission` names the right that it takes."""

    def __init__(self, permission: str) -> None:
        super().__init__(permission)
        self.permission = permission


class Conflict(Refusal):
    """The thing has changed, or is no longer in a state where this can be done; `reason` is a key."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Invalid(Refusal):
    """One value cannot be used.

    Attributes:
        field: the name of the field as in the model, with a path for nested ones (`uses.0.worth`).
        reason: a key of the sentences in `timethief.reports.refusals`.
        values: what the sentence needs, such as the limit that was passed.
    """

    def __init__(self, field: str, reason: str, **values: object) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason
        self.values = values

    def under(self, prefix: str) -> Invalid:
        """The same refusal, told of a field inside `prefix`."""
        path = f"{prefix}.{self.field}" if self.field else prefix
        return Invalid(path, self.reason, **self.values)


class Invalids(Refusal):
    """Several values cannot be used; all are told at once."""

    def __init__(self, refusals: Iterable[Invalid]) -> None:
        self.refusals = tuple(refusals)
        super().__init__("; ".join(str(refusal) for refusal in self.refusals))
