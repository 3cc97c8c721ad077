"""The kinds of files that pages are taken out as."""

from __future__ import annotations

from enum import StrEnum

from timethief.i18n import N_, gettext
from timethief.web import current


class FileKind(StrEnum):
    """What kind of file, by the ending of its name."""

    XLSX = "xlsx"
    CSV = "csv"
    JSON = "json"


MIMETYPES = {
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.CSV: "text/csv",
    FileKind.JSON: "application/json",
}


_NAMES = {
    "inventory": N_("timethief-inventory"),
    "overview": N_("timethief-overview"),
    "requesters": N_("timethief-requesters"),
}


def file_name(what: str, kind: FileKind) -> str:
    """What the file is called in the language in use: what it holds, and the day."""
    return f"{gettext(_NAMES[what])}-{current.today()}.{kind}"
