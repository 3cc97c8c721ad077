"""Files that are written while they are sent, so that no size of organisation fills the memory."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import quote

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

    return attachment(sent(), mimetype, name)


def attachment(parts: Iterable[bytes], mimetype: str, name: str) -> Response:
    """A file with this name, of these parts."""
    response = Response(parts, mimetype=mimetype)
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    names = {"filename": plain}
    if plain != name:
        names["filename*"] = f"UTF-8''{quote(name, safe='')}"
    response.headers.set("Content-Disposition", "attachment", **names)
    return response
