"""The tables of a page as a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Response

from timethief.exchange.table_exports import tables_as_csv, write_tables
from timethief.i18n import gettext, moment
from timethief.reports.tables import Table
from timethief.web import current
from timethief.web.downloads import attachment
from timethief.web.file_kinds import MIMETYPES, FileKind, file_name


def table_file(
    what: str, tables: Sequence[Table], kind: FileKind, selection: str, policy_version: int
) -> Response:
    """A file of tables as they stand on a page, which are small.

    Args:
        what: names the file.
        tables: with the figures of the page.
        kind: workbook or CSV.
        selection: of what the figures are, in words.
        policy_version: what the tasks are assessed by.
    """
    if kind is FileKind.CSV:
        written = b"".join(tables_as_csv(tables))
    else:
        with TemporaryDirectory() as folder:
            file = Path(folder) / "tables.xlsx"
            write_tables(file, tables, _about(selection, policy_version))
            written = file.read_bytes()
    return attachment([written], MIMETYPES[kind], file_name(what, kind))


def _about(selection: str, policy_version: int) -> list[tuple[str, str]]:
    return [
        (gettext("Organisation"), current.organisation_name()),
        (gettext("Taken out"), moment(current.now())),
        (gettext("Selection"), selection),
        (gettext("Policy version"), str(policy_version)),
        (
            gettext("Figures"),
            gettext(
                "Estimates have two digits that count, as on the page. They do not add up exactly."
            ),
        ),
    ]
