"""Commands that run jobs: by the clock, or one at once."""

from __future__ import annotations

import os
import signal
import sys
from datetime import UTC, datetime
from threading import Event
from types import FrameType

import click

from timethief.cli.digest import write_digest
from timethief.cli.plainly import Fault, current_database, plainly
from timethief.config import read_config
from timethief.services.jobs import JOBS, Surroundings
from timethief.services.jobs.running import Runner
from timethief.services.jobs.scheduler import Scheduler


def _utc() -> datetime:
    return datetime.now(UTC)


@click.command()
@plainly
def scheduler() -> None:
    """Run jobs by the clock, mail among them. Several may run: one leads, the others wait."""
    config = read_config()
    database = current_database(config)
    stop = Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    surroundings = Surroundings(database, config, stop.is_set, write_digest)
    finished = Scheduler(surroundings, JOBS, stop, _utc, _say).run()
    if not finished:
        # A run that would not end must not keep the process. Its row tells the next scheduler to do it again.
        os._exit(1)
    database.close()


@click.group()
def job() -> None:
    """One job of the scheduler."""


@job.command()
@click.argument("name", type=click.Choice([each.name for each in JOBS]))
@plainly
def run(name: str) -> None:
    """Run the job NAME now, where it has not run today."""
    config = read_config()
    database = current_database(config)
    [wanted] = [each for each in JOBS if each.name == name]
    runner = Runner(Surroundings(database, config, write_digest=write_digest), _utc)
    with runner.beating():
        runs = runner.look(wanted, early=True)
    database.close()
    if not runs:
        click.echo(f"{name}: has run already, or there is nobody to run it for")
    for each in runs:
        counted = ", ".join(f"{what} {count}" for what, count in each.counters.items())
        click.echo(f"{name}: {each.error or counted or 'done'}")
    if any(each.error for each in runs):
        message = f"{name}: failed"
        raise Fault(message)


def _say(text: str) -> None:
    print(f"scheduler: {text}", file=sys.stderr, flush=True)  # noqa: T201 - a process speaks there
