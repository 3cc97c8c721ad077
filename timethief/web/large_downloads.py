"""Files that hold much: a few at a time in each process, and not too often for one person."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from os import SEEK_END
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import BoundedSemaphore
from typing import BinaryIO, Self, TypeVar, cast

from flask import Response
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.exceptions import TooManyRequests

from timethief.web import current
from timethief.web.downloads import Chunks, attachment, download
from timethief.web.limits import limiter

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


@dataclass(frozen=True, slots=True)
class Download:
    """A file to choose from the menu of a page."""

    label: str
    href: str


AT_ONCE = 2
"""Of the threads of a process; the others are there for pages."""
OFTEN = "20 per minute"
"""For one person."""
WAIT = 30
"""Seconds to wait where others take out files."""
_CHUNK = 2**16
_room = BoundedSemaphore(AT_ONCE)


def not_too_often(view: View) -> View:
    """Count how often each person asks for such a file; stands right under `requires`."""
    return cast("View", limiter.limit(OFTEN, key_func=_person)(view))


def _person() -> str:
    return f"person {current.actor().user_id}"


def large_download(chunks: Chunks, mimetype: str, name: str) -> Response:
    """As `download`, where there is room.

    Raises:
        TooManyRequests: others are taking out files.
    """
    with _Place() as place:
        return place.until_sent(download(chunks, mimetype, name))


def written_download(write: Callable[[Session, Path], None], mimetype: str, name: str) -> Response:
    """A file that is written whole before it is sent: the database is let go before the first byte leaves.

    Args:
        write: writes it, from what a session reads.
        mimetype: of the file.
        name: of the file.

    Raises:
        TooManyRequests: others are taking out files.
    """
    with _Place() as place:
        with NamedTemporaryFile(delete=False) as file:
            path = Path(file.name)
        try:
            with current.reading() as session:
                write(session, path)
            written = path.open("rb")
        finally:
            path.unlink()  # what has been opened can be read none the less, and nothing is left behind
        size = written.seek(0, SEEK_END)
        written.seek(0)
        response = attachment(_parts_of(written), mimetype, name)
        response.content_length = size
        response.call_on_close(written.close)
        return place.until_sent(response)


def _parts_of(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while part := file.read(_CHUNK):
            yield part


class _Place:
    """One of the few; given back when the block ends, or when what it led to has been sent."""

    def __init__(self) -> None:
        self._held = False
        self._sending = False

    def __enter__(self) -> Self:
        self._held = _room.acquire(blocking=False)
        if not self._held:
            current.set_wait(WAIT)
            raise TooManyRequests
        return self

    def __exit__(self, *_: object) -> None:
        if not self._sending:
            self._give_back()

    def until_sent(self, response: Response) -> Response:
        """Keep the place until the answer has been sent, its reader is gone, or nobody holds it any more."""
        self._sending = True
        response.call_on_close(self._give_back)
        weakref.finalize(response, self._give_back)
        return response

    def _give_back(self) -> None:
        if self._held:  # an answer may be closed more than once
            self._held = False
            _room.release()
