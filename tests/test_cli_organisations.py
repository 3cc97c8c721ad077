from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from click.testing import Result
from sqlalchemy import select

from tests.test_cli import run, the_line
from timethief.domain.links import LinkState
from timethief.i18n import TIME_ZONE
from timethief.services import passwords
from timethief.services.access import invitations, password_links, tokens
from timethief.storage.database import Database
from timethief.storage.tables import ApiToken, AuditEvent, Invitation, Organisation, Unit, User

PASSWORD = "fyra glada hundar springer"
BASE = "https://tid.example.org"


class Service:
    """The commands, and what they leave behind."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, *arguments: str, given: str | None = None) -> Result:
        return run(*arguments, given=given, INSTANCE=str(self.folder), BASE_URL=BASE)

    def does(self, *arguments: str, given: str | None = None) -> str:
        found = self.run(*arguments, given=given)
        assert (found.exit_code, found.stderr) == (0, "")
        return found.stdout

    def refuses(self, *arguments: str, given: str | None = None) -> str:
        return the_line(self.run(*arguments, given=given))

    def ask(self, question: Any) -> Any:  # noqa: ANN401 - what the question gives
        database = Database(f"sqlite:///{self.folder / 'timethief.sqlite3'}")
        with database.reading_all() as session:
            found = question(session)
        database.close()
        return found

    def user(self, email: str) -> User:
        found: User = self.ask(
            lambda session: session.scalars(select(User).where(User.email == email)).one()
        )
        return found


@pytest.fixture
def empty(sqlite_template: Path, tmp_path: Path) -> Service:
    """An installation without any organisation."""
    shutil.copy(sqlite_template, tmp_path / "timethief.sqlite3")
    return Service(tmp_path)


@pytest.fixture
def service(empty: Service) -> Service:
    """An installation with one organisation."""
    empty.does("organisation", "add", "nykom", "Nya kommunen", "--kind", "municipality")
    return empty


@pytest.mark.parametrize("admin", [[], ["--admin", "eva@example.org"]])
def test_an_organisation_is_made_and_the_link_of_its_administrator_printed_alone(
    empty: Service, admin: list[str]
) -> None:
    link = empty.does("organisation", "add", "nykom", "Nya kommunen", "--kind", "region", *admin)

    assert link.startswith(f"{BASE}/invitations/")
    token = urlsplit(link.strip()).path.rsplit("/", 1)[1]
    opened = empty.ask(lambda session: invitations.opened(session, token, datetime.now(UTC)))
    assert (opened.state, opened.role, opened.organisation) == (
        LinkState.OPEN,
        "admin",
        "Nya kommunen",
    )
    assert opened.email == (admin[1] if admin else None)
    acts = empty.ask(lambda session: sorted(session.scalars(select(AuditEvent.act))))
    assert acts == ["organisation_added", "person_invited"]


@pytest.mark.parametrize(
    ("code", "name", "told"),
    [
        ("nykom", "En annan", "code: Another organisation has this code."),
        ("NYKOM", "En annan", "code: Another organisation has this code."),
        ("installation", "Drift", "code: This code is kept"),
        ("a b", "Namn", "code: Write letters and digits"),
        ("", "Namn", "code: Write letters and digits"),
        ("kod", " ", "name: Write a name."),
        ("kod", "A\nB", "name: Write it on one line."),
    ],
)
def test_an_organisation_that_cannot_be_made_is_told_in_one_line(
    service: Service, code: str, name: str, told: str
) -> None:
    line = service.refuses("organisation", "add", code, name, "--kind", "other")

    assert line.startswith(told)
    count = service.ask(lambda session: len(session.scalars(select(Organisation)).all()))
    assert count == 1


def test_an_address_that_is_none_makes_no_organisation(empty: Service) -> None:
    line = empty.refuses(
        "organisation", "add", "nykom", "Namn", "--kind", "other", "--admin", "eva@b"
    )

    assert "Write the e-mail address as" in line
    assert empty.ask(lambda session: session.scalars(select(Organisation)).all()) == []
    assert empty.ask(lambda session: session.scalars(select(Invitation)).all()) == []


def test_units_are_made_in_a_tree(service: Service) -> None:
    service.does("unit", "add", "vo", "V\u00e5rd", "--organisation", "nykom", "--sector", "care")
    service.does(
        *("unit", "add", "h1", "Hemtj\u00e4nst 1", "--organisation", "nykom"),
        *("--parent", "VO", "--headcount", "30"),
    )

    units = service.ask(lambda session: session.scalars(select(Unit).order_by(Unit.code)).all())
    assert [(u.code, u.sector, u.headcount) for u in units] == [
        ("h1", "other", 30),
        ("vo", "care", None),
    ]
    assert units[0].parent_id == units[1].id


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["vo", "Annat", "--organisation", "nykom"], "code: Another unit has that code."),
        (["v2", "V\u00c5RD", "--organisation", "nykom"], "name: There is a unit of that name"),
        (["v2", "X", "--organisation", "nykom", "--parent", "x"], "no unit has the code x"),
        (["v2", "X", "--organisation", "x\ny"], "no organisation has the code x?y"),
        (["v2", "X", "--organisation", "installation"], "no organisation has the code"),
        (["", "X", "--organisation", "nykom"], "code: "),
        (["v2", "", "--organisation", "nykom"], "name: Write a name."),
        (["v2", "X", "--organisation", "nykom", "--headcount", "-1"], "headcount: "),
    ],
)
def test_a_unit_that_cannot_be_made_is_told_in_one_line(
    service: Service, arguments: list[str], told: str
) -> None:
    service.does("unit", "add", "vo", "V\u00e5rd", "--organisation", "nykom")

    assert service.refuses("unit", "add", *arguments).startswith(told)


def test_an_account_is_made_with_a_password_that_stands_nowhere(service: Service) -> None:
    service.does("unit", "add", "vo", "V\u00e5rd", "--organisation", "nykom")

    said = service.does(
        *("user", "add", "anna.berg@example.org", "--organisation", "nykom"),
        *("--role", "support", "--unit", "vo", "--password-stdin"),
        given=f"{PASSWORD}\n",
    )

    assert said == ""
    user = service.user("anna.berg@example.org")
    assert (user.name, user.role, user.unit_id is not None) == ("Anna Berg", "support", True)
    assert passwords.fits(user.password_hash, PASSWORD)


def test_without_a_password_a_link_to_choose_one_is_printed_alone(service: Service) -> None:
    link = service.does(
        "user", "add", "bo@example.org", "--organisation", "nykom", "--role", "admin"
    )

    assert link.startswith(f"{BASE}/login/new-password/")
    token = link.strip().rsplit("/", 1)[1]
    opened = service.ask(lambda session: password_links.opened(session, token, datetime.now(UTC)))
    assert (opened.state, opened.email) == (LinkState.OPEN, "bo@example.org")


@pytest.mark.parametrize(
    ("arguments", "given", "told"),
    [
        (["a@b", "--role", "staff"], "", "email: Write the e-mail address as"),
        (["bo@example.org", "--role", "staff"], "", "email: This address already has an account"),
        (["ny@example.org", "--role", "staff", "--unit", "x"], "", "no unit has the code x"),
        (["ny@example.org", "--role", "staff", "--password-stdin"], "kort\n", "password: "),
        (["ny@example.org", "--role", "staff", "--password-stdin"], "", "password: "),
    ],
)
def test_an_account_that_cannot_be_made_is_told_in_one_line(
    service: Service, arguments: list[str], given: str, told: str
) -> None:
    service.does("user", "add", "bo@example.org", "--organisation", "nykom", "--role", "staff")

    line = service.refuses("user", "add", *arguments, "--organisation", "nykom", given=given)

    assert line.startswith(told)


@pytest.mark.parametrize("role", ["operator", "owner", ""])
def test_no_account_is_made_in_a_role_that_no_organisation_gives(
    service: Service, role: str
) -> None:
    found = service.run("user", "add", "x@example.org", "--organisation", "nykom", "--role", role)

    assert found.exit_code == 2


def test_an_operator_belongs_to_an_organisation_that_holds_nothing(service: Service) -> None:
    for email in ("drift@example.org", "jour@example.org"):
        service.does("operator", "add", email, "--password-stdin", given=f"{PASSWORD}\n")

    user = service.user("drift@example.org")
    assert user.role == "operator"
    assert user.organisation_id == service.user("jour@example.org").organisation_id
    own = service.ask(lambda session: session.get(Organisation, user.organisation_id))
    assert (own.code, own.kind) == ("installation", "other")
    assert service.refuses("operator", "add", "drift@example.org").startswith("email: ")


@pytest.mark.parametrize("command", ["user", "unit"])
def test_nothing_is_made_in_the_organisation_of_the_operators(
    service: Service, command: str
) -> None:
    service.does("operator", "add", "drift@example.org")
    more = ["--role", "admin"] if command == "user" else ["Namn"]

    line = service.refuses(command, "add", "x@example.org", *more, "--organisation", "installation")

    assert line == "no organisation has the code installation"


def test_a_token_is_printed_alone_and_opens_for_a_year(service: Service) -> None:
    service.does("user", "add", "bo@example.org", "--organisation", "nykom", "--role", "staff")
    today = datetime.now(UTC).astimezone(TIME_ZONE).date()

    token = service.does("token", "create", "BO@example.org", "--scope", "write").strip()

    bearer = service.ask(lambda session: tokens.bearer_of(session, token, today))
    assert (bearer.actor.name, bearer.scope) == ("Bo", "write")
    row = service.ask(lambda session: session.scalars(select(ApiToken)).one())
    assert row.expires_on == today + timedelta(days=365)
    assert token not in str(vars(row))


def test_of_accounts_in_several_organisations_one_must_be_chosen(service: Service) -> None:
    service.does("organisation", "add", "annan", "Annan", "--kind", "other")
    for code in ("nykom", "annan"):
        service.does("user", "add", "bo@example.org", "--organisation", code, "--role", "staff")

    line = service.refuses("token", "create", "bo@example.org", "--scope", "read")
    token = service.does(
        "token", "create", "bo@example.org", "--scope", "read", "--organisation", "annan"
    )

    assert line.endswith("choose with --organisation: annan, nykom")
    assert token.startswith("tt_")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["ingen@example.org"], "no account has this e-mail address"),
        (["bo@example.org", "--organisation", "x"], "no organisation has the code x"),
        (["bo@example.org", "--name", "a\nb"], "name: Write it on one line."),
    ],
)
def test_a_token_that_cannot_be_made_is_told_in_one_line(
    service: Service, arguments: list[str], told: str
) -> None:
    service.does("user", "add", "bo@example.org", "--organisation", "nykom", "--role", "staff")

    assert service.refuses("token", "create", *arguments, "--scope", "read") == told


@pytest.mark.parametrize(
    "arguments",
    [
        ["organisation", "add", "a"],
        ["organisation", "add", "a", "b"],
        ["organisation", "add", "a", "b", "--kind", "planet"],
        ["unit", "add", "a", "b"],
        ["unit", "add", "a", "b", "--organisation", "c", "--sector", "space"],
        ["unit", "add", "a", "b", "--organisation", "c", "--headcount", "many"],
        ["user", "add", "a@example.org", "--organisation", "c"],
        ["operator", "add"],
        ["token", "create", "a@example.org"],
        ["token", "create", "a@example.org", "--scope", "all"],
        ["token", "create", "a@example.org", "--scope", "read", "--days", "366"],
    ],
)
def test_wrong_usage_is_told_as_such(arguments: list[str]) -> None:
    found = run(*arguments)

    assert (found.exit_code, found.stdout) == (2, "")


@pytest.mark.parametrize(
    "arguments",
    [
        ["organisation", "add", "a", "b", "--kind", "other"],
        ["unit", "add", "a", "b", "--organisation", "c"],
        ["user", "add", "a@example.org", "--organisation", "c", "--role", "staff"],
        ["operator", "add", "a@example.org"],
        ["token", "create", "a@example.org", "--scope", "read"],
    ],
)
def test_without_a_database_the_way_to_one_is_told(arguments: list[str], tmp_path: Path) -> None:
    assert Service(tmp_path).refuses(*arguments).endswith("run: python -m timethief init")
