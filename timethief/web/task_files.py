"""The inventory as a file: what the page shows with the same filter, in the same order."""

from __future__ import annotations

from pathlib import Path

from flask import Response
from sqlalchemy.orm import Session

from timethief.exchange.task_exports import about_export, as_csv, as_json, write_xlsx
from timethief.i18n import gettext, language
from timethief.queries.every_task import every_task
from timethief.queries.inventory_choices import chosen_names
from timethief.queries.task_lines import TaskBatches
from timethief.queries.visible_units import visible_units
from timethief.reports.labels import label
from timethief.storage.assumptions import policy_in_force
from timethief.web import current
from timethief.web.file_kinds import MIMETYPES, FileKind, file_name
from timethief.web.inventory_address import Wanted
from timethief.web.inventory_filters import chips
from timethief.web.large_downloads import large_download, written_download


def task_file(wanted: Wanted, kind: FileKind) -> Response:
    """The tasks that somebody asks for, all of them; units are named as that person may see them.

    Raises:
        NotFound: the filter holds what is not there, or not to be chosen.
        TooManyRequests: others are taking out files.
    """
    actor, spoken = current.actor(), language()
    with current.reading() as session:
        units = visible_units(session, actor)
        names = chosen_names(session, units, wanted.filter, spoken)

    def tasks(session: Session) -> TaskBatches:
        units = visible_units(session, actor)
        return every_task(session, units, wanted.filter, wanted.sort, spoken)

    def write(session: Session, file: Path) -> None:
        version = policy_in_force(session, actor.organisation_id).version
        told = "; ".join(f"{chip.label}: {chip.value}" for chip in chips(wanted, names))
        about = about_export(current.organisation_name(), current.now(), version, told)
        about.append((gettext("Order"), label("sort", wanted.sort)))
        write_xlsx(file, tasks(session), about)

    mimetype, name = MIMETYPES[kind], file_name("inventory", kind)
    if kind is FileKind.XLSX:
        return written_download(write, mimetype, name)
    chunks = as_csv if kind is FileKind.CSV else as_json
    return large_download(lambda session: chunks(tasks(session)), mimetype, name)
