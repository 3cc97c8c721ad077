"""Commands that make, fill, serve and check the database."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from timethief.cli.plainly import Fault, current_database, plainly
from timethief.config import read_config
from timethief.queries.verification import differences
from timethief.server import serve as serve_web
from timethief.services import demonstration, registers
from timethief.services.anonymous import receipts
from timethief.storage.database import Database
from timethief.storage.schema import migrate

_OTHER_SALT = (
    "TIMETHIEF_RECEIPT_SALT: this is not the salt that the codes of anonymous reports were made with. The reports are "
    "there, but their writers cannot open them. Put the earlier salt back from its backup."
)


@click.command()
@plainly
def init() -> None:
    """Create or migrate the database; safe to repeat."""
    config = read_config()
    database = Database(config.database_url)
    migrate(database)
    with database.writing_all() as session:
        registers.load_registers(session)


@click.command()
@click.option(
    "--if-empty", is_flag=True, help="Do nothing where the database holds any organisation."
)
@plainly
def demo(*, if_empty: bool) -> None:
    """Load the demonstration organisation."""
    database = current_database(read_config())
    with database.writing_all() as session:
        if not (if_empty and demonstration.any_organisation(session)):
            demonstration.load(session, datetime.now(UTC))
        is_there = demonstration.is_loaded(session)
    if is_there:
        for line in demonstration.log_ins():
            click.echo(line)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65_535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64))
@plainly
def serve(host: str, port: int, workers: int) -> None:
    """Serve the web pages and the API."""
    config = read_config()
    database = current_database(config)
    with database.writing_all() as session:
        if not receipts.is_the_salt(session, config.receipt_salt):
            click.echo(_OTHER_SALT, err=True)
    database.close()
    serve_web(config, host, port, workers)


@click.command()
@plainly
def verify() -> None:
    """Compute every assessment and total anew and compare; exit 1 and a list where they differ."""
    database = current_database(read_config())
    count = 0
    with database.reading_all() as session:
        for difference in differences(session):
            click.echo(difference)
            count += 1
    if count:
        message = f"{count} differences"
        raise Fault(message)
    click.echo("Everything agrees.")
