"""The command that assesses tasks from a file."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from timethief.cli.plainly import plainly
from timethief.domain.errors import Invalid, Invalids
from timethief.domain.policy import DEFAULT_POLICY
from timethief.exchange.assessment_documents import assessed
from timethief.exchange.json_text import read_json
from timethief.exchange.task_documents import read_task
from timethief.services import registers


@click.command()
@click.argument("file")
@plainly
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
