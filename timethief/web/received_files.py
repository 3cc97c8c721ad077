"""A spreadsheet that somebody sends in, by the page or by the API."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from timethief.domain.errors import Invalid
from timethief.exchange.sheets.files import LARGEST_FILE
from timethief.i18n import language
from timethief.services.importing.runs import receive
from timethief.web import current


def take_in(save: Callable[[Path], None], file_name: str) -> int:
    """Take the file in, and have it read.

    Args:
        save: writes what was sent.
        file_name: what the sender calls it.

    Returns:
        the identifier of the import.

    Raises:
        Invalid: field `file`; it is empty, too large, or too many wait.
    """
    with TemporaryDirectory() as folder:
        kept = Path(folder) / "file"
        save(kept)
        _check_size(kept.stat().st_size)
        with current.writing() as session:
            return receive(
                session,
                current.uploads(),
                current.actor(),
                file_name,
                kept,
                language(),
                current.now(),
            )


def _check_size(size: int) -> None:
    if not size:
        raise Invalid("file", "file_empty")
    if size > LARGEST_FILE:
        raise Invalid("file", "file_too_large", limit=LARGEST_FILE // 1_000)
