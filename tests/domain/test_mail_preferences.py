from __future__ import annotations

import pytest

from timethief.domain.errors import Invalid
from timethief.domain.mail import TO_OUTSIDERS, MailKind
from timethief.domain.mail_preferences import (
    OFFERED,
    Choice,
    check_choice,
    choices_of,
    offered_to,
    wants,
)
from timethief.domain.people import Role

NEEDED = {MailKind.INVITATION, MailKind.ACCOUNT, MailKind.INQUIRY}


def test_every_kind_is_either_chosen_or_needed() -> None:
    assert set(OFFERED) | NEEDED == set(MailKind)
    assert not set(OFFERED) & (NEEDED | TO_OUTSIDERS)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("chosen", [None, "never", "digest", "x"])
def test_what_nobody_could_do_without_always_comes(role: Role, chosen: str | None) -> None:
    assert {wants(kind, role, chosen) for kind in NEEDED} == {Choice.EACH}


@pytest.mark.parametrize(
    ("role", "chosen", "gets"),
    [
        (Role.LEADERSHIP, None, Choice.EACH),
        (Role.SUPPORT, None, Choice.NEVER),
        (Role.SUPPORT, "each", Choice.EACH),
        (Role.LEADERSHIP, "never", Choice.NEVER),
        (Role.STAFF, None, Choice.NEVER),
        (Role.LEADERSHIP, "digest", Choice.EACH),
    ],
)
def test_the_monthly_letter_goes_to_leadership_and_to_those_of_support_who_want_it(
    role: Role, chosen: str | None, gets: Choice
) -> None:
    assert wants(MailKind.DIGEST, role, chosen) is gets


@pytest.mark.parametrize("role", list(Role))
def test_every_role_chooses_among_ways_that_there_are(role: Role) -> None:
    for kind in offered_to(role):
        assert wants(kind, role, None) in choices_of(kind)
        for choice in choices_of(kind):
            assert check_choice(kind.value, choice.value, role) == (kind, choice)
            assert wants(kind, role, choice.value) is choice


@pytest.mark.parametrize(
    ("kind", "choice", "role"),
    [
        ("account", "never", Role.STAFF),
        ("case", "never", Role.STAFF),
        ("case", "sometimes", Role.SUPPORT),
        ("digest", "digest", Role.LEADERSHIP),
        ("x", "each", Role.SUPPORT),
    ],
)
def test_what_is_not_offered_cannot_be_chosen(kind: str, choice: str, role: Role) -> None:
    with pytest.raises(Invalid):
        check_choice(kind, choice, role)
