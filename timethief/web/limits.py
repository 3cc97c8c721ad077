"""How often an address may call what is open to all.

Counted in each worker process by itself: nothing of who called is stored anywhere.
"""

from __future__ import annotations

from flask import Flask, Response
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from timethief.web import current

_TO_BE_TRIED_AGAIN = frozenset({429, 503})

limiter = Limiter(get_remote_address, storage_uri="memory://", headers_enabled=True)


def install(app: Flask) -> None:
    """Start counting."""
    app.after_request(_tell_wait)  # the first to be named is the last to be called
    limiter.init_app(app)


def _tell_wait(response: Response) -> Response:
    """The wait that a page tells of goes before the one that the address would have; what was done tells of none."""
    seconds = current.wait()
    if seconds is not None:
        response.headers["Retry-After"] = str(seconds)
    elif response.status_code not in _TO_BE_TRIED_AGAIN:
        response.headers.pop("Retry-After", None)
    return response
