"""Commands that move the inventory in and out of files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory

import click
from sqlalchemy.orm import Session

from timethief.cli.collecting import collecting_seldom
from timethief.cli.plainly import Fault as CommandFault
from timethief.cli.plainly import current_database, plainly
from timethief.config import read_config
from timethief.domain.intake import RequesterName
from timethief.domain.policy import Policy
from timethief.domain.sheet_tasks import Fault, SheetTask
from timethief.exchange.sheets.checking import checked
from timethief.exchange.sheets.reading import Staged, read_file
from timethief.exchange.task_exports import about_export, as_csv, as_json, write_xlsx
from timethief.exchange.task_template import Registers, write_template
from timethief.i18n import DEFAULT_LANGUAGE, speaking
from timethief.queries.organisations import NamedOrganisation, organisation_of_code
from timethief.queries.task_lines import TaskBatches, names_of, oldest_first
from timethief.reports.refusals import sentence
from timethief.services.importing.places import Places, places_of
from timethief.services.importing.putting_in import Imported, prepared, put_in
from timethief.services.registers import default_names
from timethief.services.requesters import unknown_names
from timethief.storage.assumptions import policy_in_force
from timethief.storage.database import Database
from timethief.storage.unit_tree import units_in_order

_MOST_TOLD = 100
"""Faults that are told one by one."""
_ENDINGS = (".xlsx", ".csv", ".json")
_ORGANISATION = click.option(
    "--organisation", "code", required=True, help="Code of the organisation."
)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@plainly
def template(file: Path) -> None:
    """Write the spreadsheet to fill in, with drop-downs, to FILE (xlsx)."""
    _check_ending(file, (".xlsx",))
    with speaking(DEFAULT_LANGUAGE):
        write_template(file, Registers(staff_categories=default_names(DEFAULT_LANGUAGE)))


@click.command("export")
@click.argument("file", type=click.Path(path_type=Path))
@_ORGANISATION
@plainly
def export_file(file: Path, code: str) -> None:
    """Write the inventory to FILE; its ending says how: xlsx, csv or json."""
    _check_ending(file, _ENDINGS)
    with collecting_seldom(), closing(current_database(read_config())) as database:
        found = _organisation(database, code)
        with database.reading(found.id) as session, speaking(found.language):
            _write(session, found, file)


def _write(session: Session, organisation: NamedOrganisation, file: Path) -> None:
    """Write beside the file first: it is replaced whole, or left as it was."""
    units = {unit.id: unit.name for unit in units_in_order(session, organisation.id)}
    names = names_of(session, units, organisation.language)
    tasks = TaskBatches(session, organisation.id, oldest_first(session, organisation.id), names)
    with NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}.", delete=False) as written:
        try:
            if file.suffix.lower() == ".xlsx":
                policy = policy_in_force(session, organisation.id)
                about = about_export(organisation.name, datetime.now(UTC), policy.version)
                write_xlsx(Path(written.name), tasks, about)
            else:
                written.writelines(_text(tasks, file.suffix.lower()))
            Path(written.name).replace(file)
        finally:
            Path(written.name).unlink(missing_ok=True)


def _text(tasks: TaskBatches, ending: str) -> Iterator[bytes]:
    return as_csv(tasks) if ending == ".csv" else as_json(tasks)


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_ORGANISATION
@click.option("--dry-run", is_flag=True, help="Look whether all can be imported; change nothing.")
@click.option("--json", "as_document", is_flag=True, help="Tell what was done as JSON.")
@plainly
def import_file(file: Path, code: str, *, dry_run: bool, as_document: bool) -> None:
    """Put the tasks of FILE (xlsx or csv) into the inventory: all of them, or none."""
    with (
        collecting_seldom(),
        closing(current_database(read_config())) as database,
        TemporaryDirectory() as folder,
    ):
        found = _organisation(database, code)
        staged = read_file(file, Path(folder) / "staged")
        for heading in staged.header.unknown:
            click.echo(f"column {heading}: not known, left aside", err=True)
        with database.reading(found.id) as session:
            policy, places = policy_in_force(session, found.id), places_of(session, found.id)
        _refuse(staged.faults)
        rows = _Rows(staged, policy, places)
        done = _look(database, found.id, rows) if dry_run else _put_in(database, found.id, rows)
    _tell(rows, done, dry_run=dry_run, as_document=as_document)


def _look(database: Database, organisation_id: int, rows: _Rows) -> Imported:
    """What can be told without putting anything in."""
    asking = [RequesterName(task.requester, task.level) for task in rows.tasks()]
    with database.reading(organisation_id) as session:
        return Imported(new_requesters=unknown_names(session, organisation_id, asking))


def _put_in(database: Database, organisation_id: int, rows: _Rows) -> Imported:
    """Compute all before others must wait for it."""
    with ExitStack() as held:
        with database.reading(organisation_id) as session:
            computed = prepared(session, organisation_id, rows.tasks, datetime.now(UTC))
            ready = held.enter_context(computed)
        with database.writing(organisation_id) as session:
            return put_in(session, None, ready)


@dataclass(slots=True)
class _Rows:
    """The rows of the file, and how many of them are the form's own example."""

    staged: Staged
    policy: Policy
    places: Places
    examples: int = 0

    def tasks(self) -> Iterator[SheetTask]:
        """The tasks of the file. At the end each fault is told in a line, and the command ends, if there is any."""
        faults: list[Fault] = []
        self.examples = count = 0
        for task, found in checked(self.staged, self.policy, self.places):
            count += len(found)
            faults += found[: _MOST_TOLD - len(faults)]
            self.examples += task is None and not found
            if task is not None and not count:
                yield task
        _refuse(faults, count)


def _refuse(faults: Sequence[Fault], count: int | None = None) -> None:
    count = len(faults) if count is None else count
    for fault in faults[:_MOST_TOLD]:
        click.echo(_line(fault), err=True)
    if count:
        message = f"{count} faults, nothing imported"
        raise CommandFault(message)


def _line(fault: Fault) -> str:
    stood = f" ({fault.shown})" if fault.shown else ""
    return f"row {fault.row}, column {fault.column}: {sentence(fault.refusal)}{stood}"


def _tell(rows: _Rows, done: Imported, *, dry_run: bool, as_document: bool) -> None:
    count = rows.staged.rows - rows.examples
    if as_document:
        document = {
            "rows": count,
            "examples": rows.examples,
            "added": done.added,
            "changed": done.changed,
            "unchanged": done.unchanged,
            "new_requesters": done.new_requesters,
            "unknown_columns": list(rows.staged.header.unknown),
            "dry_run": dry_run,
        }
        click.echo(json.dumps(document, ensure_ascii=False).encode())
        return
    if rows.examples:
        click.echo("the example of the template is left out")
    for name in done.new_requesters:
        click.echo(f"new requester, to be looked at: {name}")
    if dry_run:
        click.echo(f"{count} rows, no faults; nothing changed")
    else:
        told = f"{done.added} added, {done.changed} changed, {done.unchanged} unchanged"
        click.echo(told)


def _organisation(database: Database, code: str) -> NamedOrganisation:
    with database.reading_all() as session:
        return organisation_of_code(session, code)


def _check_ending(file: Path, endings: tuple[str, ...]) -> None:
    if file.suffix.lower() not in endings:
        message = f"the name of the file must end in {' or '.join(endings)}"
        raise CommandFault(message)
