"""How people want to be written to: each kind of mail at once, in the monthly letter, or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from timethief.domain.errors import Invalid
from timethief.domain.mail import MailKind
from timethief.domain.people import Role


class Choice(StrEnum):
    """How somebody wants one kind of mail."""

    EACH = "each"
    """At once; the monthly letter itself: yes."""
    DIGEST = "digest"
    """Only as a number in the monthly letter."""
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class _Offer:
    """To which roles a kind of mail goes, and how they get it as long as they have not chosen."""

    usual: Mapping[Role, Choice]
    choices: tuple[Choice, ...] = tuple(Choice)


_YES_OR_NO = (Choice.EACH, Choice.NEVER)

OFFERED: dict[MailKind, _Offer] = {
    MailKind.NOTICE: _Offer(
        dict.fromkeys((Role.SUPPORT, Role.ADMIN), Choice.EACH), choices=_YES_OR_NO
    ),
    MailKind.CASE: _Offer(
        dict.fromkeys((Role.SUPPORT, Role.LEADERSHIP), Choice.EACH),
    ),
    MailKind.DECISION: _Offer(
        dict.fromkeys((Role.STAFF, Role.SUPPORT, Role.LEADERSHIP, Role.ADMIN), Choice.EACH)
    ),
    MailKind.FOLLOW_UP: _Offer(
        dict.fromkeys((Role.SUPPORT, Role.LEADERSHIP), Choice.EACH),
    ),
    MailKind.REVIEW_DATE: _Offer(
        dict.fromkeys((Role.SUPPORT, Role.LEADERSHIP), Choice.EACH),
    ),
    MailKind.DIGEST: _Offer(
        {Role.LEADERSHIP: Choice.EACH, Role.SUPPORT: Choice.NEVER}, choices=_YES_OR_NO
    ),
}
"""Kinds that people choose how to get. All others are always sent: without them nobody could use the service."""


def offered_to(role: Role) -> tuple[MailKind, ...]:
    """The kinds that somebody of this role chooses how to get."""
    return tuple(kind for kind, offer in OFFERED.items() if role in offer.usual)


def choices_of(kind: MailKind) -> tuple[Choice, ...]:
    """In which ways a kind can be had."""
    return OFFERED[kind].choices if kind in OFFERED else (Choice.EACH,)


def wants(kind: MailKind, role: Role, chosen: str | None) -> Choice:
    """How somebody gets mail of a kind.

    Args:
        kind: what the mail is about.
        role: which the person has now.
        chosen: what the person has chosen, if anything. What the kind cannot be had in any more counts as nothing.
    """
    offer = OFFERED.get(kind)
    if offer is None:
        return Choice.EACH
    if chosen in offer.choices:
        return Choice(chosen)
    # Who gets it in a role that it is not meant for, such as a case of old, gets it as others do.
    return offer.usual.get(role, Choice.NEVER if kind is MailKind.DIGEST else Choice.EACH)


def check_choice(kind: str, choice: str, role: Role) -> tuple[MailKind, Choice]:
    """What was chosen of which kind.

    Raises:
        Invalid: the role does not get that kind, or it cannot be had so.
    """
    offered = {each.value: each for each in offered_to(role)}
    if kind not in offered or choice not in choices_of(offered[kind]):
        raise Invalid("choice", "not_a_choice")
    return offered[kind], Choice(choice)
