"""What every command has: refusals and faults in one clear line, and a database of the right schema."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

import click
from sqlalchemy.exc import SQLAlchemyError

from timethief.config import Config, WrongSetting
from timethief.domain.errors import Invalid, Invalids, Refusal
from timethief.reports.refusals import sentence
from timethief.storage.database import Database
from timethief.storage.schema import is_current

P = ParamSpec("P")


class Fault(click.ClickException):
    """One clear line on standard error, and exit code 1."""

    def show(self, file: Any = None) -> None:  # noqa: ANN401 - the library's own type
        """Print the line."""
        click.echo(f"timethief: {self.format_message()}", file=file, err=True)


def plainly(command: Callable[P, None]) -> Callable[P, None]:
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


def current_database(config: Config) -> Database:
    """The database of the settings; it must have the schema that this code needs."""
    database = Database(config.database_url)
    if not is_current(database):
        message = "the database is missing or has another schema; run: python -m timethief init"
        raise Fault(message)
    return database
