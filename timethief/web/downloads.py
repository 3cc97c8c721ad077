"""Files that are written while they are sent, so that no size of organisation fills the memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from flask import Response
from sqlalchemy.orm import Session

from timethief.i18n import language, speaking
from timethief.web import current

Chunks = Callable[[Session], Iterator[bytes]]
"""Makes the parts of a file from what a session reads."""


def download(chunks: Chunks, mimetype: str, name: str) -> Response:
    """A file with this name. What it holds is of one moment; a fault on the way breaks the transfer off."""
    database, organisation_id = current.database(), current.actor().organisation_id
    spoken = language()

    def sent() -> Iterator[bytes]:
        with speaking(spoken), database.reading(organisation_id) as session:
            yield from chunks(session)

    response = Response(sent(), mimetype=mimetype)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
