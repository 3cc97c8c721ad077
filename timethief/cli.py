"""Commands for those who run the service: `python -m timethief COMMAND`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec

import click
from sqlalchemy.exc import SQLAlchemyError

from timethief import __version__
from timethief.config import Config, WrongSetting, read_config
from timethief.domain.errors import Invalid, Invalids, Refusal
from timethief.domain.policy import DEFAULT_POLICY
from timethief.exchange.assessment_documents import assessed
from timethief.exchange.json_text import read_json
from timethief.exchange.task_documents import read_task
from timethief.i18n import set_language
from timethief.queries.verification import differences
from timethief.reports.refusals import sentence
from timethief.server import serve as serve_web
from timethief.services import demonstration, registers
from timethief.storage.database import Database
from timethief.storage.schema import is_current, migrate

P = ParamSpec("P")


class Fault(click.ClickException):
    """One clear line on standard error, and exit code 1."""

    def show(self, file: Any = None) -> None:  # noqa: ANN401 - the library's own type
        """Print the line."""
        click.echo(f"timethief: {self.format_message()}", file=file, err=True)


def _plainly(command: Callable[P, None]) -> Callable[P, None]:
    """Turn every refusal and fault of the surroundings into one line."""

    @wraps(command)
    def run(*arguments: P.args, **options: P.kwargs) -> None:
        try:
            command(*arguments, **options)
        except Invalids as refused:
            raise Fault(_told(refused.refusals[0])) from refused
        except Invalid as refusal:
            raise Fault(_told(refusal)) from refusal
        except (WrongSetting, Refusal) as refusal:
            raise Fault(str(refusal)) from refusal
        except SQLAlchemyError as fault:
            raise Fault(_first_line(fault)) from fault
        except OSError as fault:
            raise Fault(f"{fault.filename or ''}: {fault.strerror}") from fault

    return run


def _told(refusal: Invalid) -> str:
    return f"{refusal.field}: {sentence(refusal)}" if refusal.field else sentence(refusal)


def _first_line(fault: SQLAlchemyError) -> str:
    cause = getattr(fault, "orig", None) or fault
    return f"database: {str(cause).strip().splitlines()[0]}"


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="timethief")
def main() -> None:
    """Timethief: the inventory of administrative time thieves."""
    set_language("en")


@main.command()
@_plainly
def init() -> None:
    """Create or migrate the database; safe to repeat."""
    config = read_config()
    database = Database(config.database_url)
    migrate(database)
    with database.writing() as session:
        registers.load_registers(session)


@main.command()
@click.option(
    "--if-empty", is_flag=True, help="Do nothing where the database holds any organisation."
)
@_plainly
def demo(*, if_empty: bool) -> None:
    """Load the demonstration organisation."""
    database = _current_database(read_config())
    with database.writing() as session:
        if not (if_empty and demonstration.any_organisation(session)):
            demonstration.load(session, datetime.now(UTC))
        is_there = demonstration.is_loaded(session)
    if is_there:
        for line in demonstration.log_ins():
            click.echo(line)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65_535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64))
@_plainly
def serve(host: str, port: int, workers: int) -> None:
    """Serve the web pages and the API."""
    config = read_config()
    _current_database(config).close()
    serve_web(config, host, port, workers)


@main.command()
@click.argument("file")
@_plainly
def assess(file: str) -> None:
    """Assess the task or the list of tasks in FILE (JSON; - for standard input); needs no database."""
    given = read_json(sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes())
    tariffs = registers.default_tariffs()
    found = []
    for number, task in enumerate(given if isinstance(given, list) else [given]):
        try:
            found.append(assessed(read_task(task, DEFAULT_POLICY, tariffs), DEFAULT_POLICY))
        except Invalids as refused:
            raise refused.refusals[0].under(f"task {number + 1}") from refused
        except Invalid as refusal:
            raise refusal.under(f"task {number + 1}") from refusal
    # JSON is UTF-8, whatever the terminal speaks.
    click.echo(json.dumps(found, ensure_ascii=False, indent=2).encode())


@main.command()
@_plainly
def verify() -> None:
    """Compute every assessment and total anew and compare; exit 1 and a list where they differ."""
    database = _current_database(read_config())
    count = 0
    with database.reading() as session:
        for difference in differences(session):
            click.echo(difference)
            count += 1
    if count:
        message = f"{count} differences"
        raise Fault(message)
    click.echo("Everything agrees.")


def _current_database(config: Config) -> Database:
    database = Database(config.database_url)
    if not is_current(database):
        message = "the database is missing or has another schema; run: python -m timethief init"
        raise Fault(message)
    return database
