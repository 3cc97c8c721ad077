"""Log-in by an identity provider: what its answer must hold, and what its claims give. Pure rules.

A claim is something that the provider says of a person: a name, a group, a place of work. An account is known by
issuer and subject, never by its e-mail address.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from timethief.domain.errors import Invalid, Refusal
from timethief.domain.people import Role

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""By which an answer may be signed. None where both sides share a key, which a public one could pass for."""
CLOCK_SECONDS = 120
"""How far the provider's clock may be from ours."""
LONGEST_SUBJECT = 255
LONGEST_CLAIM = 2_000
MOST_VALUES = 1_000
DEEPEST = 6
LONGEST_ISSUER = 500
LONGEST_EMAIL = LONGEST_NAME = 200

MAPPED_ROLES = (Role.STAFF, Role.SUPPORT, Role.LEADERSHIP, Role.ADMIN)
"""What a rule may give; nobody runs the installation by a claim."""
DEFAULT_ROLES = (Role.STAFF,)
"""What somebody may get whom no rule fits: this or nothing."""

Claims = Mapping[str, Any]


class SignOnRefused(Refusal):
    """Nobody is logged in; `reason` is a key of the sentences in `timethief.reports.sign_on`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Rule:
    """Who has this value of the claim gets the role, the unit, or both."""

    claim: str
    value: str
    role: Role | None = None
    unit_id: int | None = None


@dataclass(frozen=True, slots=True)
class Membership:
    """Who has this value of the claim belongs to the organisation."""

    claim: str
    value: str
    organisation_id: int


@dataclass(frozen=True, slots=True)
class Rights:
    """What somebody's claims give.

    Attributes:
        role: None where there is nothing to give: nobody is logged in.
        unit_id: where the person works, if a rule says so.
        units_are_given: there are rules about units: somebody whom none fits has no unit (any more).
        role_by: the rule that gave the role; None for the default.
        unit_by: the rule that gave the unit.
    """

    role: Role | None
    unit_id: int | None = None
    role_by: Rule | None = None
    unit_by: Rule | None = None
    units_are_given: bool = False


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is, by the word of the provider."""

    issuer: str
    subject: str
    name: str
    email: str


def rights(rules: Sequence[Rule], default_role: Role | None, claims: Claims) -> Rights:
    """The first rule that fits and names a role decides the role, and likewise the unit."""
    fitting = [rule for rule in rules if rule.value in values_of(claims, rule.claim)]
    role_by = next((rule for rule in fitting if rule.role is not None), None)
    unit_by = next((rule for rule in fitting if rule.unit_id is not None), None)
    return Rights(
        role=default_role if role_by is None else role_by.role,
        unit_id=None if unit_by is None else unit_by.unit_id,
        role_by=role_by,
        unit_by=unit_by,
        units_are_given=any(rule.unit_id is not None for rule in rules),
    )


def organisations(memberships: Iterable[Membership], claims: Claims) -> frozenset[int]:
    """Which organisations somebody belongs to: one, or several to choose from.

    Several values of one claim are several assignments. Different claims must agree on at least one organisation.

    Raises:
        SignOnRefused: no value is known (`unknown_organisation`), or two claims name organisations that have
            nothing in common (`conflicting_organisations`).
    """
    named: dict[str, set[int]] = {}
    for each in memberships:
        if each.value in values_of(claims, each.claim):
            named.setdefault(each.claim, set()).add(each.organisation_id)
    if not named:
        raise SignOnRefused("unknown_organisation")
    common = frozenset.intersection(*(frozenset(each) for each in named.values()))
    if not common:
        raise SignOnRefused("conflicting_organisations")
    return common


def values_of(claims: Claims, name: str) -> frozenset[str]:
    """The values of a claim as text; dots lead into what it holds, as in `realm_access.roles`."""
    found: Any = claims.get(name)
    if name not in claims:
        found = claims
        for part in name.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
    return frozenset(_texts(found))


def _texts(value: Any) -> Iterable[str]:  # noqa: ANN401 - any value that JSON can hold
    if isinstance(value, bool):
        yield "true" if value else "false"
    elif isinstance(value, (str, int)):
        yield str(value)
    elif isinstance(value, list):
        for each in value:
            if isinstance(each, (str, int, bool)):
                yield from _texts(each)


def check_answer(claims: Claims, *, issuer: str, client_id: str, nonce: str, now: float) -> None:
    """Refuse an answer that is not whole, not for us, not from this provider, or not of this moment.

    Its signature has been checked before.

    Raises:
        SignOnRefused: says which.
    """
    check_shape(claims)
    if claims.get("iss") != issuer:
        raise SignOnRefused("issuer")
    audience = claims.get("aud")
    if audience not in (client_id, [client_id]):
        raise SignOnRefused("audience")
    if claims.get("azp", client_id) != client_id:
        raise SignOnRefused("audience")
    _check_times(claims, now)
    if not nonce or claims.get("nonce") != nonce:
        raise SignOnRefused("nonce")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
        raise SignOnRefused("subject")


def _check_times(claims: Claims, now: float) -> None:
    moments: dict[str, float] = {}
    for name in ("exp", "iat", "nbf"):
        value = claims.get(name, 0 if name == "nbf" else None)
        if value is None:
            raise SignOnRefused("incomplete")
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise SignOnRefused("not_a_number")
        moments[name] = value
    if moments["exp"] <= now - CLOCK_SECONDS:
        raise SignOnRefused("expired")
    if max(moments["iat"], moments["nbf"]) > now + CLOCK_SECONDS:
        raise SignOnRefused("clock")


def check_shape(claims: Claims) -> None:
    """Refuse numbers that are none, and claims larger than any that tells something.

    Raises:
        SignOnRefused: `not_a_number` or `too_large`.
    """
    _check_value(claims, 0)


def _check_value(value: Any, depth: int) -> None:  # noqa: ANN401 - any value that JSON can hold
    if depth > DEEPEST:
        raise SignOnRefused("too_large")
    if isinstance(value, float) and not math.isfinite(value):
        raise SignOnRefused("not_a_number")
    if isinstance(value, str) and len(value) > LONGEST_CLAIM:
        raise SignOnRefused("too_large")
    if isinstance(value, (list, Mapping)):
        if len(value) > MOST_VALUES:
            raise SignOnRefused("too_large")
        held = [*value.keys(), *value.values()] if isinstance(value, Mapping) else value
        for each in held:
            _check_value(each, depth + 1)


def identity(claims: Claims) -> Identity:
    """Who the claims are about; `check_answer` has found them in order.

    Raises:
        SignOnRefused: the provider itself says that the e-mail address is not known to be the person's.
    """
    if claims.get("email_verified") in (False, "false"):
        raise SignOnRefused("email_not_verified")
    email = _text(claims, "email", LONGEST_EMAIL)
    if "@" not in email:
        email = ""
    parts = (_text(claims, name, LONGEST_NAME) for name in ("given_name", "family_name"))
    name = _text(claims, "name", LONGEST_NAME) or " ".join(part for part in parts if part)
    return Identity(
        issuer=str(claims["iss"]),
        subject=str(claims["sub"]),
        name=(name or email)[:LONGEST_NAME],
        email=email,
    )


def _text(claims: Claims, name: str, longest: int) -> str:
    """The claim as one line of text; empty where it is missing, or nothing that could be shown."""
    value = claims.get(name)
    if not isinstance(value, str) or len(value) > longest:
        return ""
    return " ".join("".join(c if c.isprintable() else " " for c in value).split())


_MANY_TENANTS = ("common", "organizations", "consumers")
_TEST_NAMES = ("test", "mock", "localhost")
_TEST_ENDINGS = (".example", ".invalid", ".local", ".localdomain", ".onion")


def check_issuer(text: str, *, production: bool) -> str:
    """The issuer as it is compared: exactly as the provider writes it.

    Args:
        text: as it was typed.
        production: people reach the service by https; then no test provider opens it.

    Raises:
        Invalid: of `issuer`; reason `required`, `not_an_address`, `not_https`, `many_tenants` or `test_provider`.
    """
    issuer = text.strip()
    if not issuer:
        raise Invalid("issuer", "required")
    parts = split_address(issuer)
    if parts is None or parts.query or parts.fragment or len(issuer) > LONGEST_ISSUER:
        raise Invalid("issuer", "not_an_address")
    if production and parts.scheme != "https":
        raise Invalid("issuer", "not_https")
    if set(_MANY_TENANTS) & set(parts.path.lower().split("/")):
        raise Invalid("issuer", "many_tenants")
    if production and is_test_provider(issuer):
        raise Invalid("issuer", "test_provider")
    return issuer


def is_test_provider(issuer: str) -> bool:
    """Whether the address itself says that it is a provider for tests, or one on somebody's own machine."""
    parts = split_address(issuer)
    host = (parts.hostname or "") if parts else ""
    named = f"{host}{parts.path if parts else ''}".lower()
    if any(word in named for word in _TEST_NAMES) or host.endswith(_TEST_ENDINGS):
        return True
    return ":" in host or "." not in host or host.rpartition(".")[2].isdigit()


def split_address(address: str) -> SplitResult | None:
    """The parts of a plain web address; None where it is anything else, or holds a name and password."""
    if any(not sign.isprintable() or sign in ' \\"<>' for sign in address):
        return None
    try:
        parts = urlsplit(address)
        whole = bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets that are not closed, a port that is no number
        return None
    if not whole or parts.scheme not in ("http", "https") or "@" in parts.netloc:
        return None
    return parts


def read_claims(text: str) -> dict[str, Any]:
    """Claims as an administrator types them to try the rules: a line each, `name: value`; a name may stand again.

    Raises:
        Invalid: of `claims`; reason `not_a_claim` with the `line`, or `required`.
    """
    found: dict[str, list[str]] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        name, colon, value = line.partition(":")
        if not colon or not name.strip() or not value.strip():
            raise Invalid("claims", "not_a_claim", line=number)
        found.setdefault(name.strip(), []).append(value.strip())
    if not found:
        raise Invalid("claims", "required")
    return dict(found)


def moved_up(identifiers: Sequence[int], identifier: int) -> list[int]:
    """The same in the same order, but this one before the one that stood above it."""
    place = identifiers.index(identifier)
    above = max(place - 1, 0)
    rest = [each for each in identifiers if each != identifier]
    return [*rest[:above], identifier, *rest[above:]]
