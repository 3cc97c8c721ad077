"""What web tests need: installations with the demonstration loaded, and people at browsers."""

from __future__ import annotations

import fcntl
import json
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from tests import make
from tests.web.browser import HOME, NEIGHBOUR, Browser, neighbour
from timethief.app import create_app
from timethief.config import Config
from timethief.domain.identifiers import to_text
from timethief.domain.people import INSTALLATION, Role
from timethief.services import demonstration
from timethief.services.operators import add_operator, set_first_password
from timethief.services.organisations import NewUser, add_user
from timethief.services.passwords import hash_password
from timethief.storage.database import Database
from timethief.storage.schema import migrate
from timethief.storage.tables import AuditEvent, Base, Organisation, Report, Requester, Task, User
from timethief.storage.uploads import Uploads
from timethief.web import current

SECRET = "of the tests, and long enough to sign with"
UNIT_MANAGER = "unit_manager"
OPERATOR = "operator"
LASTING = timedelta(days=1)
USUAL = {"session_idle": timedelta(minutes=30), "session_length": timedelta(hours=12)}
"""How long log-ins last where nothing else is set; those of tests last as long as a run may take."""
NEIGHBOURS_TITLE = "Grannens hemliga rapport"


@dataclass
class Installation:
    """The service with a database of its own."""

    app: Flask
    emails: Mapping[str, str]
    cookies: Mapping[str, str]
    kept: dict[str, Browser] = field(default_factory=dict)

    @property
    def database(self) -> Database:
        """Its database."""
        found: Database = self.app.extensions[current.DATABASE]
        return found

    def browser(self, role: str = "", home: str = HOME) -> Browser:
        """A new browser, in which somebody of that role logged in when the database was loaded."""
        browser = Browser(self.app, home)
        if role:
            browser.client.set_cookie(browser.cookie_name, self.cookies[role])
        return browser

    def log_in(self, role: str) -> Browser:
        """A new browser, in which somebody of that role logs in now."""
        browser = Browser(self.app)
        answer = browser.log_in_as(self.emails[role])
        assert answer.status == 302, answer.text
        return browser

    def of(self, role: str) -> Browser:
        """A browser that stays open, for tests that only look."""
        if role not in self.kept:
            self.kept[role] = self.browser(role)
        return self.kept[role]

    def ask(self, question: Callable[[Session], Any]) -> Any:  # noqa: ANN401 - what the question gives
        """What the database answers."""
        with self.database.reading_all() as session:
            return question(session)

    def change(self, act: Callable[[Session], Any]) -> Any:  # noqa: ANN401 - what the act gives
        """Change something behind the back of the service."""
        with self.database.writing_all() as session:
            return act(session)

    def count(self, table: type[Base]) -> int:
        """How many rows a table has."""
        return int(
            self.ask(lambda session: session.scalar(select(func.count()).select_from(table)))
        )

    def stored(self) -> dict[str, int]:
        """A print of every table but that of the log-ins, which tell when they were seen."""
        with self.database.reading_all() as session:
            return {
                name: hash(frozenset(repr(tuple(row)) for row in session.execute(select(table))))
                for name, table in Base.metadata.tables.items()
                if name != "user_session"
            }

    def tasks(self, code: str = demonstration.CODE) -> list[Task]:
        """Every task of an organisation."""
        query = select(Task).join(Organisation, Organisation.id == Task.organisation_id)
        found: list[Task] = self.ask(
            lambda session: list(session.scalars(query.where(Organisation.code == code)))
        )
        return sorted(found, key=lambda task: task.id)

    @property
    def task_id(self) -> str:
        """A task of the demonstration, as it stands in addresses."""
        return to_text(self.tasks()[0].id)

    @property
    def unit_id(self) -> str:
        """The unit of the demonstration that everybody there may choose, as it stands in addresses."""
        query = select(User.unit_id).where(User.email == self.emails["staff"])
        return to_text(self.ask(lambda session: session.scalars(query).one()))

    @property
    def requester_id(self) -> str:
        """A requester that only the demonstration organisation has, as it stands in addresses."""
        organisation_id = self.tasks()[0].organisation_id
        query = select(func.min(Requester.id)).where(Requester.organisation_id == organisation_id)
        return to_text(self.ask(lambda session: session.scalars(query).one()))

    @property
    def foreign(self) -> Task:
        """A task of the other organisation."""
        return self.tasks(NEIGHBOUR)[0]

    def latest_report(self) -> Report:
        """The only report that somebody with an account of the demonstration has sent."""
        query = select(Report).join(User, User.id == Report.user_id)
        emails = [email for role, email in self.emails.items() if not role.startswith(NEIGHBOUR)]
        found: Report = self.ask(
            lambda session: session.scalars(query.where(User.email.in_(emails))).one()
        )
        return found


def _load(config: Config, note: Path) -> None:
    """Load the database of the settings, log everybody in by the form, and note their cookies."""
    app = create_app(config)
    database: Database = app.extensions[current.DATABASE]
    migrate(database)
    _load_organisations(database)
    emails = _emails(database)
    made = Installation(app, emails, {})
    note.write_text(json.dumps({role: made.log_in(role).cookie for role in emails}))
    database.close()


def _load_organisations(database: Database) -> None:
    with database.writing_all() as session:
        demonstration.load(session, datetime.now(UTC))
        place = make.organisation(session, NEIGHBOUR)
        make.task(session, place, title=NEIGHBOURS_TITLE)
        for role in (Role.STAFF, Role.SUPPORT, Role.LEADERSHIP, Role.ADMIN):
            new = NewUser(
                email=f"{neighbour(role)}@example.org",
                name="Greta Granne",
                role=role,
                unit_id=None if role is Role.LEADERSHIP else place.ward,
                staff_category_id=place.nurse,
                password=demonstration.PASSWORD,
            )
            add_user(session, place.organisation_id, new)
        now = datetime.now(UTC)
        operator = add_operator(session, "operatoren@example.org", "Olle Operatör", now)
        set_first_password(session, operator, hash_password(demonstration.PASSWORD))
        session.flush()
        session.execute(delete(AuditEvent))  # so that tests find their own acts alone


def _emails(database: Database) -> dict[str, str]:
    with database.reading_all() as session:
        rows = session.execute(
            select(User.role, User.unit_id, User.email, Organisation.code)
            .join(Organisation, Organisation.id == User.organisation_id)
            .where(User.password_hash.is_not(None))
            .order_by(User.email.desc())
        ).all()
    own = {
        _who(role, unit): email for role, unit, email, code in rows if code == demonstration.CODE
    }
    own[OPERATOR] = next(email for _, _, email, code in rows if code == INSTALLATION)
    return own | {neighbour(role): email for role, _, email, code in rows if code == NEIGHBOUR}


def _who(role: str, unit_id: int | None) -> str:
    """The role, but for leadership of one unit."""
    return UNIT_MANAGER if role == Role.LEADERSHIP and unit_id is not None else role


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder for what all workers of a run use together."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "shared"
    folder.mkdir(exist_ok=True)
    return folder


@contextmanager
def _alone(shared: Path, name: str) -> Iterator[None]:
    """Within the block no other worker does the same."""
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def loaded_sqlite(shared: Path, config: Config) -> Path:
    """An SQLite file with the demonstration and a neighbouring organisation, loaded once in a run."""
    file = shared / "loaded.sqlite3"
    with _alone(shared, "sqlite"):
        if not file.exists():
            _load(replace(config, database_url=f"sqlite:///{file}"), shared / "sqlite.cookies")
    return file


@pytest.fixture(scope="session")
def loaded_postgresql(postgresql_server: str, shared: Path, config: Config) -> str:
    """A PostgreSQL database with the demonstration and a neighbouring organisation, loaded once in a run."""
    note = shared / "loaded.postgresql"
    with _alone(shared, "postgresql"):
        if not note.exists():
            name = f"loaded_{uuid.uuid4().hex[:12]}"
            _create(postgresql_server, name, "template1")
            url = _address(postgresql_server, name)
            _load(replace(config, database_url=url), shared / "postgresql.cookies")
            note.write_text(name)
    return note.read_text()


def _address(server: str, name: str) -> str:
    return server.format(name) if "{}" in server else f"{server}/{name}"


def _create(server: str, name: str, template: str) -> None:
    with psycopg.connect(_address(server, "postgres"), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'.encode())


@pytest.fixture(scope="session")
def bytecode(shared: Path) -> FileSystemBytecodeCache:
    """Compiled templates, so that not every test compiles them anew."""
    return FileSystemBytecodeCache(str(shared))


@pytest.fixture(scope="session")
def config() -> Config:
    """The settings of an ordinary installation; its database is put in place of the address."""
    return Config(
        instance=Path("/nonexistent"),
        database_url="",
        secret_key=SECRET,
        base_url="http://localhost",
        locale="sv",
        # People are logged in when the database is loaded, and a run may take longer than a break.
        session_idle=LASTING,
        session_length=LASTING,
    )


Make = Callable[..., Installation]


@pytest.fixture(scope="module")
def install(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    shared: Path,
    bytecode: FileSystemBytecodeCache,
    config: Config,
) -> Iterator[Make]:
    """Makes installations, each with its own copy of the loaded database; closed at the end of the file at the latest.

    A server takes a hundred connections, and a database that nobody closes keeps its own.
    """
    made: list[Database] = []

    def new(kind: str = "sqlite", **settings: Any) -> Installation:  # noqa: ANN401 - fields of the settings
        name = f"test_{uuid.uuid4().hex[:12]}"
        if kind == "sqlite":
            file = tmp_path_factory.getbasetemp() / f"{name}.sqlite3"
            shutil.copy(request.getfixturevalue("loaded_sqlite"), file)
            url = f"sqlite:///{file}"
        else:
            server = request.getfixturevalue("postgresql_server")
            loaded = request.getfixturevalue("loaded_postgresql")
            with _alone(shared, "postgresql"):  # a template may not be in use elsewhere
                _create(server, name, loaded)
            url = _address(server, name)
        app = create_app(replace(config, database_url=url, **settings))
        app.jinja_env.bytecode_cache = bytecode
        # Wakes no process: a test that sends a file does the work itself.
        app.extensions[current.UPLOADS] = Uploads(tmp_path_factory.getbasetemp() / name, url)
        cookies = json.loads((shared / f"{kind}.cookies").read_text())
        found = Installation(app, _emails(app.extensions[current.DATABASE]), cookies)
        made.append(found.database)
        return found

    yield new
    for database in made:
        database.close()


@pytest.fixture
def installation(install: Make) -> Iterator[Installation]:
    """An installation on SQLite, for this test alone."""
    made = install()
    yield made
    made.database.close()
    with suppress(FileNotFoundError):
        Path(str(made.database.url.database)).unlink()


@pytest.fixture(scope="module")
def lasting(install: Make) -> Installation:
    """An installation on SQLite for all tests of a file, which leave nothing behind that others meet."""
    return install()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def standing(request: pytest.FixtureRequest, install: Make) -> Installation:
    """An installation on each kind of database, for all tests of a file, which leave nothing behind."""
    return install(request.param)


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, install: Make) -> Iterator[Installation]:
    """An installation on each kind of database, for this test alone."""
    made = install(request.param)
    yield made
    made.database.close()


@pytest.fixture
def app(installation: Installation) -> Flask:
    """The application of an installation for this test alone."""
    return installation.app


@pytest.fixture
def client(installation: Installation) -> Browser:
    """A browser of somebody who has not logged in."""
    return installation.browser()


@pytest.fixture
def staff(installation: Installation) -> Browser:
    """A browser of somebody who logs tasks."""
    return installation.browser("staff")


@pytest.fixture
def support(installation: Installation) -> Browser:
    """A browser of a reviewer."""
    return installation.browser("support")


@pytest.fixture
def admin(installation: Installation) -> Browser:
    """A browser of an administrator."""
    return installation.browser("admin")
