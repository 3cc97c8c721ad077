"""Commands that make organisations, their units and people, operators and API tokens."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import click
from sqlalchemy.orm import Session

from timethief.cli.plainly import Fault, current_database, plainly
from timethief.config import read_config
from timethief.domain.audit import Act
from timethief.domain.contact import name_from_email, read_email, read_name
from timethief.domain.errors import Invalid
from timethief.domain.identifiers import to_text
from timethief.domain.links import INVITATION_LIFE
from timethief.domain.names import folded
from timethief.domain.numbers import check_number
from timethief.domain.people import Actor, Role
from timethief.domain.tasks import read_text
from timethief.domain.tokens import LONGEST_LIFE, Scope
from timethief.domain.unit_plan import HEADCOUNT, LONGEST_CODE
from timethief.domain.vocabulary import OrganisationKind, Sector
from timethief.i18n import TIME_ZONE
from timethief.services import audit, operators, units
from timethief.services.access import password_links, tokens
from timethief.services.access.invitations import check_no_account
from timethief.services.access.tokens import NewToken
from timethief.services.operators import NewOrganisation
from timethief.services.organisations import NewUser, add_unit, add_user
from timethief.services.passwords import new_password

_ROLES = [role.value for role in Role if role is not Role.OPERATOR]
_PASSWORD = click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input."
)
_NAME = click.option("--name", default="", help="As shown; taken from the address where left out.")


@click.group()
def organisation() -> None:
    """Make organisations."""


@organisation.command("add")
@click.argument("code")
@click.argument("name")
@click.option("--kind", required=True, type=click.Choice([kind.value for kind in OrganisationKind]))
@click.option("--admin", "admin_email", help="E-mail address of the first administrator.")
@plainly
def add_organisation(code: str, name: str, kind: str, admin_email: str | None) -> None:
    """Make an organisation; print the link that leads its first administrator into the set-up, once."""
    config = read_config()
    new = NewOrganisation(code, name, OrganisationKind(kind), admin_email)
    with current_database(config).writing_all() as session:
        invited, _ = operators.open_organisation(session, None, new, _today(), _now())
    click.echo(f"{config.base_url}/invitations/{invited.token}")


@click.group()
def unit() -> None:
    """Make units."""


@unit.command("add")
@click.argument("code")
@click.argument("name")
@click.option(
    "--organisation", "organisation_code", required=True, help="Code of the organisation."
)
@click.option("--parent", "parent_code", help="Code of the unit above.")
@click.option("--headcount", type=int)
@click.option(
    "--sector",
    default=Sector.OTHER.value,
    show_default=True,
    type=click.Choice([sector.value for sector in Sector]),
)
@plainly
def add_one_unit(
    code: str,
    name: str,
    organisation_code: str,
    parent_code: str | None,
    headcount: int | None,
    sector: str,
) -> None:
    """Make a unit of an organisation."""
    plain_code = read_text(code, "code", LONGEST_CODE, required=True)
    plain_name = read_name(name)
    if headcount is not None:
        check_number(headcount, "headcount", HEADCOUNT)
    with current_database(read_config()).writing_all() as session:
        organisation_id = _organisation(session, organisation_code)
        parent_id = _unit(session, organisation_id, parent_code)
        for known in units.known_units(session, organisation_id):
            if folded(known.code) == folded(plain_code):
                raise Invalid("code", "code_taken")
            if known.parent_id == parent_id and folded(known.name) == folded(plain_name):
                raise Invalid("name", "name_taken")
        unit_id = add_unit(
            session, organisation_id, plain_code, plain_name, Sector(sector), parent_id, headcount
        )
        audit.record(
            session,
            None,
            Act.UNIT_ADDED,
            "unit",
            reference=to_text(unit_id),
            after={
                "name": plain_name,
                "code": plain_code,
                "sector": sector,
                "headcount": headcount,
                "parent_id": parent_id,
            },
            now=_now(),
            organisation_id=organisation_id,
        )


@click.group()
def user() -> None:
    """Make accounts."""


@user.command("add")
@click.argument("email")
@click.option(
    "--organisation", "organisation_code", required=True, help="Code of the organisation."
)
@click.option("--role", required=True, type=click.Choice(_ROLES))
@click.option("--unit", "unit_code", help="Code of the unit where the person works.")
@_NAME
@_PASSWORD
@plainly
def add_one_user(
    email: str,
    organisation_code: str,
    role: str,
    unit_code: str | None,
    name: str,
    *,
    password_stdin: bool,
) -> None:
    """Make an account; without a password, print the link by which the person chooses one, once."""
    address = read_email(email)
    shown = read_name(name or name_from_email(address))

    def add(session: Session) -> int:
        organisation_id = _organisation(session, organisation_code)
        check_no_account(session, organisation_id, address)
        unit_id = _unit(session, organisation_id, unit_code)
        new = NewUser(address, shown, Role(role), unit_id, None, None)
        user_id = add_user(session, organisation_id, new)
        audit.record(
            session,
            None,
            Act.PERSON_ADDED,
            "person",
            reference=to_text(user_id),
            after={"email": address, "role": role, "unit_id": unit_id},
            now=_now(),
            organisation_id=organisation_id,
        )
        return user_id

    _add_account(add, [shown, address, organisation_code], password_stdin=password_stdin)


@click.group()
def operator() -> None:
    """Make operators of the installation."""


@operator.command("add")
@click.argument("email")
@_NAME
@_PASSWORD
@plainly
def add_one_operator(email: str, name: str, *, password_stdin: bool) -> None:
    """Make an operator, who sees which organisations there are and nothing within them.

    Without a password, print the link by which the person chooses one, once.
    """
    address = read_email(email)
    shown = read_name(name or name_from_email(address))
    _add_account(
        lambda session: operators.add_operator(session, address, shown, _now()),
        [shown, address],
        password_stdin=password_stdin,
    )


def _add_account(add: Callable[[Session], int], known: list[str], *, password_stdin: bool) -> None:
    """Make an account, with the password from standard input or with a link to choose one."""
    config = read_config()
    database = current_database(config)
    # Hashed before the transaction begins: it takes a while, and others wait to write.
    hashed = new_password(_password(), "password", known) if password_stdin else None
    with database.writing_all() as session:
        user_id = add(session)
        if hashed is not None:
            operators.set_first_password(session, user_id, hashed)
            return
        token = password_links.link_for(session, user_id, _now(), INVITATION_LIFE)
    click.echo(f"{config.base_url}/login/new-password/{token}")


@click.group()
def token() -> None:
    """Make API tokens."""


@token.command("create")
@click.argument("email")
@click.option("--scope", required=True, type=click.Choice([scope.value for scope in Scope]))
@click.option(
    "--organisation",
    "organisation_code",
    help="Code of the organisation, where the address has accounts in several.",
)
@click.option("--name", default="command line", show_default=True, help="What it is for.")
@click.option(
    "--days",
    default=LONGEST_LIFE.days,
    show_default=True,
    type=click.IntRange(1, LONGEST_LIFE.days),
    help="How long it lives.",
)
@plainly
def create_token(
    email: str, scope: str, organisation_code: str | None, name: str, days: int
) -> None:
    """Make an API token for an account; print the token alone, once."""
    today = _today()
    new = NewToken(name, Scope(scope), today + timedelta(days=days))
    with current_database(read_config()).writing_all() as session:
        owner = _owner(session, email, organisation_code)
        made = tokens.make_token(session, owner, new, today, _now())
    click.echo(made)


def _organisation(session: Session, code: str) -> int:
    """The organisation of that code; that of the operators is made by `operator add` alone."""
    found = operators.organisation_of(session, code)
    if found is None:
        message = f"no organisation has the code {_shown(code)}"
        raise Fault(message)
    return found


def _owner(session: Session, email: str, organisation_code: str | None) -> Actor:
    if organisation_code is not None:
        _organisation(session, organisation_code)
    found = operators.accounts_of(session, email, organisation_code)
    if not found:
        message = "no account has this e-mail address"
        raise Fault(message)
    if len(found) > 1:
        codes = ", ".join(sorted({code for code, _ in found}))
        message = f"the address has several accounts; choose with --organisation: {codes}"
        raise Fault(message)
    return found[0][1]


def _unit(session: Session, organisation_id: int, code: str | None) -> int | None:
    if code is None:
        return None
    for known in units.known_units(session, organisation_id):
        if folded(known.code) == folded(code):
            return known.id
    message = f"no unit has the code {_shown(code)}"
    raise Fault(message)


def _shown(code: str) -> str:
    """On one line, whatever it is."""
    return "".join(sign if sign.isprintable() else "?" for sign in code[:LONGEST_CODE])


def _password() -> str:
    return sys.stdin.readline().rstrip("\r\n")


def _now() -> datetime:
    return datetime.now(UTC)


def _today() -> date:
    return _now().astimezone(TIME_ZONE).date()
