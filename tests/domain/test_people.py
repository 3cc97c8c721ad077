from __future__ import annotations

import pytest

from timethief.domain.errors import NotAllowed
from timethief.domain.people import GRANTS, Actor, Permission, Role, ensure

STAFF, SUPPORT, LEADERSHIP, ADMIN, OPERATOR = Role


def actor(role: Role) -> Actor:
    return Actor(1, 1, role, unit_id=None, staff_category_id=None, name="Kim")


@pytest.mark.parametrize(
    ("permission", "roles"),
    [
        (Permission.ANYONE, set(Role)),
        (Permission.LOG_TASKS, {STAFF, SUPPORT, LEADERSHIP, ADMIN}),
        (Permission.READ_INVENTORY, {STAFF, SUPPORT, LEADERSHIP, ADMIN}),
        (Permission.REVIEW_TASKS, {SUPPORT}),
        (Permission.IMPORT_TASKS, {SUPPORT, ADMIN}),
        (Permission.MANAGE_TARIFFS, {ADMIN}),
        (Permission.MANAGE_ORGANISATION, {ADMIN}),
        (Permission.SHARE_OPEN_DATA, {LEADERSHIP, ADMIN}),
        (Permission.MANAGE_PEOPLE, {ADMIN}),
        (Permission.READ_TRACES, {ADMIN}),
        (Permission.OWN_ACCOUNT, {STAFF, SUPPORT, LEADERSHIP, ADMIN, OPERATOR}),
        (Permission.OPERATE, {OPERATOR}),
    ],
)
def test_a_right_is_held_by_these_roles_and_no_others(
    permission: Permission, roles: set[Role]
) -> None:
    assert {role for role in Role if actor(role).may(permission)} == roles


@pytest.mark.parametrize("permission", list(Permission))
def test_every_right_is_granted_to_somebody(permission: Permission) -> None:
    assert any(actor(role).may(permission) for role in Role)


def test_pages_for_anyone_need_no_grant() -> None:
    assert set(GRANTS) == set(Permission) - {Permission.ANYONE}


def test_the_refusal_names_the_right_that_it_takes() -> None:
    with pytest.raises(NotAllowed) as refused:
        ensure(actor(STAFF), Permission.REVIEW_TASKS)

    assert refused.value.permission == Permission.REVIEW_TASKS


def test_who_holds_the_right_is_let_through() -> None:
    ensure(actor(SUPPORT), Permission.REVIEW_TASKS)
