from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timethief.domain.errors import Invalid
from timethief.domain.people import Role
from timethief.domain.sign_on import (
    CLOCK_SECONDS,
    Identity,
    Membership,
    Rights,
    Rule,
    SignOnRefused,
    check_answer,
    check_issuer,
    check_shape,
    identity,
    is_test_provider,
    moved_up,
    organisations,
    read_claims,
    rights,
    values_of,
)

NOW = 1_780_000_000.0
LEADERS = Rule("groups", "leaders", role=Role.LEADERSHIP)
NURSES = Rule("groups", "nurses", role=Role.STAFF)
WARD = Rule("department", "Ward 1", unit_id=1)


def _answer(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any claim
    return {
        "iss": "https://id.kommun.se",
        "aud": "we",
        "sub": "anna-1",
        "exp": NOW + 300,
        "iat": NOW,
        "nonce": "n",
    } | changes


def _reason(claims: dict[str, Any]) -> str:
    try:
        check_answer(claims, issuer="https://id.kommun.se", client_id="we", nonce="n", now=NOW)
    except SignOnRefused as refusal:
        return refusal.reason
    return ""


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, ""),
        ({"aud": ["we"]}, ""),
        ({"azp": "we"}, ""),
        ({"exp": NOW - CLOCK_SECONDS + 1}, ""),
        ({"exp": NOW - CLOCK_SECONDS}, "expired"),
        ({"iat": NOW + CLOCK_SECONDS}, ""),
        ({"iat": NOW + CLOCK_SECONDS + 1}, "clock"),
        ({"nbf": NOW + CLOCK_SECONDS + 1}, "clock"),
        ({"iss": "https://id.kommun.se/"}, "issuer"),
        ({"iss": ["https://id.kommun.se"]}, "issuer"),
        ({"iss": None}, "issuer"),
        ({"aud": []}, "audience"),
        ({"aud": None}, "audience"),
        ({"aud": ["we", "we"]}, "audience"),
        ({"aud": {"we": 1}}, "audience"),
        ({"azp": None}, "audience"),
        ({"exp": None}, "incomplete"),
        ({"iat": None}, "incomplete"),
        ({"exp": True}, "not_a_number"),
        ({"nbf": "soon"}, "not_a_number"),
        ({"exp": float("inf")}, "not_a_number"),
        ({"nonce": None}, "nonce"),
        ({"nonce": ["n"]}, "nonce"),
        ({"sub": None}, "subject"),
        ({"groups": ["g"] * 1_001}, "too_large"),
        ({"groups": {"g" * 2_001: 1}}, "too_large"),
    ],
)
def test_an_answer_is_in_order_or_says_what_is_not(changes: dict[str, Any], reason: str) -> None:
    assert _reason(_answer(**changes)) == reason


def test_without_a_nonce_of_ours_no_answer_is_right() -> None:
    with pytest.raises(SignOnRefused):
        check_answer(
            _answer(nonce=""), issuer="https://id.kommun.se", client_id="we", nonce="", now=NOW
        )


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(claims=st.dictionaries(st.text(max_size=8), _ANY, max_size=6))
def test_whatever_is_claimed_is_let_through_or_refused_and_nothing_else(
    claims: dict[str, Any],
) -> None:
    for check in (check_shape, lambda c: organisations([Membership("a", "b", 1)], c)):
        with suppress(SignOnRefused):
            check(claims)
    assert isinstance(_reason(_answer(**claims)), str)
    rights([LEADERS, WARD], None, claims)


@pytest.mark.parametrize(
    ("claims", "values"),
    [
        ({"groups": "a"}, {"a"}),
        ({"groups": ["a", "b", "a"]}, {"a", "b"}),
        ({"groups": [1, True, None, {"a": 1}, 1.5]}, {"1", "true"}),
        ({"groups": False}, {"false"}),
        ({"groups": {"a": 1}}, set()),
        ({}, set()),
    ],
)
def test_the_values_of_a_claim_are_told_as_text(claims: dict[str, Any], values: set[str]) -> None:
    assert values_of(claims, "groups") == values


def test_dots_lead_into_a_claim_unless_one_is_called_so() -> None:
    nested = {"realm_access": {"roles": ["a"]}}

    assert values_of(nested, "realm_access.roles") == {"a"}
    assert values_of(nested | {"realm_access.roles": "b"}, "realm_access.roles") == {"b"}
    assert values_of(nested, "realm_access.roles.a") == frozenset()
    assert values_of({"https://kommun.se/roll": "chef"}, "https://kommun.se/roll") == {"chef"}


@pytest.mark.parametrize(
    ("claims", "role", "unit"),
    [
        ({"groups": ["leaders", "nurses"]}, Role.LEADERSHIP, None),
        ({"groups": ["nurses"], "department": "Ward 1"}, Role.STAFF, 1),
        ({"groups": ["NURSES"]}, None, None),
        ({"groups": ["nurses "]}, None, None),
        ({"department": "Ward 1"}, None, 1),
    ],
)
def test_the_first_rule_that_fits_decides(
    claims: dict[str, Any], role: Role | None, unit: int | None
) -> None:
    found = rights([LEADERS, NURSES, WARD], None, claims)

    assert (found.role, found.unit_id) == (role, unit)


def test_who_fits_no_rule_gets_what_is_meant_for_them() -> None:
    assert rights([LEADERS], Role.STAFF, {}) == Rights(Role.STAFF)
    assert rights([LEADERS], None, {}) == Rights(None)


def test_a_rule_about_units_makes_the_provider_decide_on_them() -> None:
    assert not rights([LEADERS], None, {}).units_are_given
    assert rights([WARD], None, {}).units_are_given


A, B = Membership("hsa", "SE-1", 1), Membership("hsa", "SE-2", 2)
NUMBER_A, NUMBER_B = Membership("number", "21", 1), Membership("number", "22", 2)


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({"hsa": "SE-1"}, {1}),
        ({"hsa": ["SE-1", "SE-9"]}, {1}),
        ({"hsa": ["SE-1", "SE-2"]}, {1, 2}),
        ({"hsa": ["SE-1", "SE-2"], "number": "22"}, {2}),
        ({"hsa": ["SE-1", "SE-2"], "number": ["21", "22"]}, {1, 2}),
        ({"hsa": "SE-1", "number": "99"}, {1}),
        ({"hsa": "SE-1", "number": "22"}, "conflicting_organisations"),
        ({"hsa": "SE-9"}, "unknown_organisation"),
        ({}, "unknown_organisation"),
    ],
)
def test_the_claims_say_where_somebody_belongs_or_nobody_is_let_in(
    claims: dict[str, Any], expected: set[int] | str
) -> None:
    try:
        found: set[int] | str = set(organisations([A, B, NUMBER_A, NUMBER_B], claims))
    except SignOnRefused as refusal:
        found = refusal.reason

    assert found == expected


def test_an_unverified_address_is_refused_and_an_untold_one_is_not() -> None:
    for told in (False, "false"):
        with pytest.raises(SignOnRefused):
            identity(_answer(email="a@b.se", email_verified=told))
    assert identity(_answer(email="a@b.se")).email == "a@b.se"


@pytest.mark.parametrize(
    ("claims", "name", "email"),
    [
        ({"name": "Anna Öberg", "email": "a@b.se"}, "Anna Öberg", "a@b.se"),
        ({"given_name": "Anna", "family_name": "Öberg"}, "Anna Öberg", ""),
        ({"email": "a@b.se"}, "a@b.se", "a@b.se"),
        ({"name": "Anna\r\nÖberg\u202e"}, "Anna Öberg", ""),
        ({"name": "x" * 201, "email": "a@b.se"}, "a@b.se", "a@b.se"),
        ({"name": ["Anna"], "email": {"a": 1}}, "", ""),
        ({"email": "no address"}, "", ""),
    ],
)
def test_name_and_address_are_one_line_each_or_nothing(
    claims: dict[str, Any], name: str, email: str
) -> None:
    assert identity(_answer(**claims)) == Identity("https://id.kommun.se", "anna-1", name, email)


@pytest.mark.parametrize(
    ("issuer", "reason"),
    [
        (" https://id.kommun.se ", ""),
        ("https://login.microsoftonline.com/5f0c3f0e-6c35-4c6a-9f8f-2f6d7a1b0c9d/v2.0", ""),
        ("https://id.kommun.se:8443/realms/staff", ""),
        ("", "required"),
        ("http://id.kommun.se", "not_https"),
        ("id.kommun.se", "not_an_address"),
        ("https://", "not_an_address"),
        ("https://a@id.kommun.se", "not_an_address"),
        ("https://id.kommun.se?x", "not_an_address"),
        ("https://id.kommun.se#x", "not_an_address"),
        ("https://id.kommun.se/ x", "not_an_address"),
        ("https://id.kommun.se:port", "not_an_address"),
        ("https://id.kommun.se/" + "x" * 500, "not_an_address"),
        ("https://login.microsoftonline.com/common/v2.0", "many_tenants"),
        ("https://login.microsoftonline.com/Organizations/v2.0", "many_tenants"),
        ("https://idp-test.inera.se", "test_provider"),
        ("https://idp.test.sambi.se", "test_provider"),
        ("https://oidc-provider-mock.kommun.se", "test_provider"),
        ("https://id.kommun.se/realms/TEST", "test_provider"),
        ("https://localhost", "test_provider"),
        ("https://idp", "test_provider"),
        ("https://id.local", "test_provider"),
        ("https://10.0.0.1", "test_provider"),
        ("https://[2001:db8::1]", "test_provider"),
    ],
)
def test_in_production_only_a_real_provider_of_ones_own_will_do(issuer: str, reason: str) -> None:
    if not reason:
        assert check_issuer(issuer, production=True) == issuer.strip()
        return
    with pytest.raises(Invalid) as refused:
        check_issuer(issuer, production=True)
    assert refused.value.reason == reason


@pytest.mark.parametrize("issuer", ["http://127.0.0.1:9000", "https://idp-test.inera.se"])
def test_in_development_a_test_provider_will_do(issuer: str) -> None:
    assert check_issuer(issuer, production=False) == issuer
    assert is_test_provider(issuer)


def test_claims_are_typed_a_line_each() -> None:
    assert read_claims("groups: a\n\n groups :b: c \nx:1") == {"groups": ["a", "b: c"], "x": ["1"]}


@given(rows=st.lists(st.integers(), min_size=1, unique=True), place=st.integers(min_value=0))
def test_moving_up_changes_two_places_and_no_others(rows: list[int], place: int) -> None:
    chosen = rows[place % len(rows)]

    moved = moved_up(rows, chosen)

    at = rows.index(chosen)
    assert sorted(moved) == sorted(rows)
    assert moved.index(chosen) == max(at - 1, 0)
    assert [each for each in moved if each != chosen] == [each for each in rows if each != chosen]
